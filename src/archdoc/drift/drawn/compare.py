"""Hand-drawn diagrams against the graph: phantoms, wrong addresses and omissions, told with lines and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archdoc.catalog import Catalog
from archdoc.config import DrawnConfig
from archdoc.drift.drawn.addresses import addresses_in, addresses_of
from archdoc.drift.drawn.arrows import Ways
from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.drawing import Drawing, DrawnArrow, DrawnBox
from archdoc.drift.drawn.matching import Match, Matcher
from archdoc.drift.drawn.omissions import omissions
from archdoc.drift.drawn.pages import Sketch, sketches
from archdoc.drift.drawn.scope import ScopeError, ViewNodes, parse_scope
from archdoc.drift.finding import Finding, found
from archdoc.model.facts import Node, NodeKind, Source
from archdoc.model.graph import Graph

_BOX_HINT = 'draw what the code has, or give the box an alias: [drawn.aliases] "{label}" = "address or name"'
_ARROW_HINT = "draw the arrow where the code has the relation, or put %% archdoc:ignore on the line above it"
_OMISSION_HINT = "draw it, or narrow the diagram with <!-- archdoc:scope … -->"
_READ_HINT = "correct the diagram, or put <!-- archdoc:ignore --> above it"
_SURE = 0.8
"""What a box must be matched with before an arrow of it is judged."""
_MOST_THINGS = 50
"""Nodes that one box may stand for and still be things of its own, which traffic does not pass unseen."""
_LONGEST_TITLE = 60
_MOST_NAMED = 10
"""Things that one message lists by name."""


@dataclass(frozen=True, slots=True)
class DrawnFinding:
    """A finding, and ``what`` it is about in words that no moved line changes: what a baseline remembers."""

    finding: Finding
    what: str


def compare_drawings(
    pages: Mapping[str, str],
    graph: Graph,
    catalog: Catalog,
    config: DrawnConfig,
    views: ViewNodes,
    files: Iterable[str] = (),
) -> list[DrawnFinding]:
    """All that the diagrams of some pages (texts by repository-relative path) and the code disagree about.

    ``files`` are the paths of the repository: a box that is named after one of them claims no more than the file.
    """
    judge = Judge(graph, catalog, config, views, files)
    return [f for path in sorted(pages) for sketch in sketches(pages[path]) for f in judge.findings(path, sketch)]


class Judge:
    """Judges diagrams, one after the other, against one graph."""

    def __init__(
        self, graph: Graph, catalog: Catalog, config: DrawnConfig, views: ViewNodes, files: Iterable[str] = ()
    ) -> None:
        self._graph = graph
        self._catalog = catalog
        self._config = config
        self._views = views
        self._files = frozenset(path.rpartition("/")[2] for path in files)
        self._matchers: dict[frozenset[str] | None, Matcher] = {}

    def findings(self, path: str, sketch: Sketch) -> Iterator[DrawnFinding]:
        """The findings of one diagram, in the order of its lines."""
        drawing = sketch.drawing
        scope, fault = self._scope(sketch)
        if fault:
            yield _unread(path, drawing.line, f"its archdoc:scope is not understood: {fault}")
        for unread in drawing.unread:
            yield _unread(path, unread.line, unread.reason)
        matcher = self._matcher(scope)
        matches = match_all(drawing, matcher)
        if not speaks_of_infrastructure(drawing, matches):
            return
        told = [
            *_boxes(path, sketch, matches, matcher),
            *_arrows(path, sketch, matches, matcher.book),
        ]
        yield from sorted(told, key=lambda t: t.finding.source.line)
        yield from _omitted(path, drawing, matches, matcher.book, scope is not None)

    def matches(self, sketch: Sketch) -> tuple[dict[str, Match], Codebook]:
        """What each box and frame of a diagram stands for, and the nodes that it was compared with."""
        matcher = self._matcher(self._scope(sketch)[0])
        return match_all(sketch.drawing, matcher), matcher.book

    def _scope(self, sketch: Sketch) -> tuple[frozenset[str] | None, str]:
        """The nodes in the diagram's scope (None: all), and what is wrong with what it says of it."""
        try:
            return parse_scope(sketch.scope).nodes(self._graph, self._views), ""
        except ScopeError as error:
            return None, str(error)

    def _matcher(self, scope: frozenset[str] | None) -> Matcher:
        if scope not in self._matchers:
            book = Codebook(self._graph, self._catalog, scope)
            self._matchers[scope] = Matcher(book, self._config.aliases, self._files)
        return self._matchers[scope]


def match_all(drawing: Drawing, matcher: Matcher) -> dict[str, Match]:
    """What each box and frame stands for, by its id."""
    stems = {stem for box in drawing.boxes if (stem := matcher.stem(box))[1]}
    words = Counter(stem for stem, _number in stems)  # of each number once: two boxes of one label are no series
    return {box.id: matcher.match(box, words[matcher.stem(box)[0]] > 1) for box in drawing.boxes}


def speaks_of_infrastructure(drawing: Drawing, matches: Mapping[str, Match]) -> bool:
    """Whether most boxes bear a name of the code, or of the field. Other flow charts are nobody's architecture."""
    claiming = [m for b in drawing.boxes if not b.is_frame and (m := matches[b.id]).claims]
    speaking = sum(1 for m in claiming if m.is_known)
    return speaking > len(claiming) / 2


# -- phantoms ---------------------------------------------------------------------------------------------------


def _boxes(path: str, sketch: Sketch, matches: Mapping[str, Match], matcher: Matcher) -> Iterator[DrawnFinding]:
    for box in sketch.drawing.boxes:
        match = matches[box.id]
        if box.line in sketch.ignored_lines or not match.claims:
            continue
        if match.node_ids:
            yield from _addresses(path, box, match, matcher.book)
        elif not box.is_frame or match.is_thing:
            name = "frame" if box.is_frame else "box"
            lacks = ", ".join(match.lacks)
            reason = f"nothing in the code is {lacks}" if lacks else "nothing in the code is called so"
            message = f'the {name} "{_title(box)}" is a phantom: {reason}{_nearest(match, matcher.book)}'
            hint = _BOX_HINT.format(label=_title(box))
            yield DrawnFinding(found("DR101", message, Source(path, box.line), hint, path), _title(box))


def _nearest(match: Match, book: Codebook) -> str:
    told = []
    for near in match.nearest:
        node = book.nodes[near.node_id]
        told.append(f"{name_of(node)} ({node.source}), which is not {' and not '.join(near.lacks)}")
    return f"; nearest: {'; '.join(told)}" if told else ""


def _addresses(path: str, box: DrawnBox, match: Match, book: Codebook) -> Iterator[DrawnFinding]:
    """An address in a label that none of the things has, where the code says which they have."""
    drawn = [a for line in box.label for a in addresses_in(line)]
    if not drawn:
        return
    held = {a for i in book.beside(match.node_ids) for a in addresses_of(book.nodes[i])}
    for address in drawn:
        plain = address.partition("/")[0]
        if held and not any(a.partition("/")[0] == plain for a in held):
            others = sorted(book.addresses.get(address, ()))
            owner = f"; it is the address of {name_of(book.nodes[others[0]])}" if others else ""
            shown = ", ".join(sorted(held)[:_MOST_NAMED])
            message = f'the box "{_title(box)}" says {address}, and the code says {shown}{owner}'
            hint = "write the address that the code has, or none"
            yield DrawnFinding(found("DR103", message, Source(path, box.line), hint, path), f"{_title(box)}: {address}")


def _arrows(path: str, sketch: Sketch, matches: Mapping[str, Match], book: Codebook) -> Iterator[DrawnFinding]:
    ways = Ways(book)
    sure = [m.node_ids for b in sketch.drawing.boxes if not b.is_frame and (m := matches[b.id]).score >= _SURE]
    drawn = frozenset(i for ids in sure if len(ids) <= _MOST_THINGS for i in ids)
    told: set[tuple[str, str]] = set()
    for arrow in sketch.drawing.arrows:
        ends = (arrow.source, arrow.target)
        if arrow.line in sketch.ignored_lines or ends in told:
            continue
        told.add(ends)
        sources, targets = (_stands_for(end, sketch.drawing, matches) for end in ends)
        if sources and targets and not ways.support(sources, targets, drawn):
            yield _arrow(path, sketch.drawing, arrow, (sources, targets), book)


def _stands_for(end: str, drawing: Drawing, matches: Mapping[str, Match]) -> frozenset[str]:
    """What an end of an arrow stands for: a frame for itself and all in it."""
    if end not in matches or matches[end].is_practice or 0 < matches[end].score < _SURE:
        return frozenset()
    found = set(matches[end].node_ids)
    box = drawing.by_id.get(end)
    if box is not None and box.is_frame:
        for inner in drawing.inside(end):
            if not matches[inner.id].node_ids and matches[inner.id].claims:
                return frozenset()  # some box in it is a phantom: the arrow may be meant for that
            found |= matches[inner.id].node_ids
    return frozenset(found)


def _arrow(
    path: str, drawing: Drawing, arrow: DrawnArrow, ends: tuple[frozenset[str], frozenset[str]], book: Codebook
) -> DrawnFinding:
    titles = [_title(drawing.by_id[end]) for end in (arrow.source, arrow.target)]
    what = f"{titles[0]} → {titles[1]}"
    meant = [_meant(ids, book) for ids in ends]
    message = f'the arrow "{what}" is a phantom: no relation in the code leads from {meant[0]} to {meant[1]}, or back'
    return DrawnFinding(found("DR102", message, Source(path, arrow.line), _ARROW_HINT, path), what)


def _meant(ids: frozenset[str], book: Codebook) -> str:
    first = book.nodes[min(ids)]
    more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
    return f"{name_of(first)} ({first.source}){more}"


# -- omissions and the rest -------------------------------------------------------------------------------------


def _omitted(
    path: str, drawing: Drawing, matches: Mapping[str, Match], book: Codebook, scoped: bool
) -> Iterator[DrawnFinding]:
    for omission in omissions(book, matches.values(), scoped):
        named = [f"{name_of(n)} ({n.source})" for n in omission.lacking[:_MOST_NAMED]]
        more = len(omission.lacking) - len(named)
        rest = f" and {more} more" if more else ""
        total = omission.shown + len(omission.lacking)
        message = (
            f"the diagram shows {omission.shown} of {total} things of the sort {omission.sort}, and lacks: "
            f"{', '.join(named)}{rest}"
        )
        what = f"{omission.sort} ({_place(drawing, matches)})"
        yield DrawnFinding(found("DR201", message, Source(path, drawing.line), _OMISSION_HINT, path), what)


def _place(drawing: Drawing, matches: Mapping[str, Match]) -> str:
    """What tells a diagram from another of its page, whatever its line: the first label in it."""
    return next((_title(b) for b in drawing.boxes if matches[b.id].claims), "")


def _unread(path: str, line: int, reason: str) -> DrawnFinding:
    message = f"the diagram is not read as a whole: {reason}"
    return DrawnFinding(found("DR104", message, Source(path, line), _READ_HINT, path), reason)


def _title(box: DrawnBox) -> str:
    title = box.title or box.id
    if len(title) <= _LONGEST_TITLE:
        return title
    first = box.label[0] if box.label else title
    return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…"


def name_of(node: Node) -> str:
    """A node as people call it in a message."""
    if node.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE, NodeKind.MODULE):
        return node.address or node.name
    if node.kind is NodeKind.PROVIDER:
        return f"provider {node.name}"
    return f"{node.kind.value.replace('_', ' ')} {node.name}"


def findings_of(told: Iterable[DrawnFinding]) -> list[Finding]:
    """The findings alone."""
    return [t.finding for t in told]
