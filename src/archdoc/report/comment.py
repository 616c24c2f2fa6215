"""What differs, as Markdown for a comment under a pull or merge request.

Everything that comes from the repository stands in code type or in the drawing: there a code host shows it letter by
letter, links nothing, and calls nobody (https://docs.github.com/en/get-started/writing-on-github).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archdoc.model.change import AttributeChange, Change, GraphDiff, NodeChange
from archdoc.model.facts import Source
from archdoc.render.text import clean, short_value, shorten
from archdoc.report import markdown
from archdoc.report.changes import (
    LEAVES,
    RELATIONS,
    VALUES,
    Compared,
    alike,
    between_others,
    content_of,
    counted,
    grouped,
    in_order,
    own_relations,
    said_counts,
    said_view,
    several,
    times,
    verb_of,
)

MARK = "<!-- archdoc:diff -->"
"""The first line, by which the comment of an earlier run is found again."""
MOST_BYTES = 65_000
"""GitHub takes comments of 65,536 characters."""
MOST_DRAWING = 30_000
"""Bytes of a drawing that leave room for the list."""
_SQUARES = {Change.ADDED: "🟩", Change.REMOVED: "🟥", Change.CHANGED: "🟨"}


def render(diff: GraphDiff, compared: Compared, drawing: str = "", notes: Iterable[str] = ()) -> str:
    """The comment, within the limits of code hosts. ``drawing`` is Mermaid text, or "" where nothing is drawn."""
    page = _Page([MARK, "### Infrastructure"])
    page.add("", _summary(diff, compared))
    for note in compared.notes:
        page.add("", f"> {code(note, 300)}")
    if drawing and len(drawing.encode()) <= MOST_DRAWING:
        legend = " · ".join(f"{square} {change.value}" for change, square in _SQUARES.items())
        below = " ".join((f"{legend}, with what it is joined to.", *notes))
        page.add("", "```mermaid", drawing.rstrip("\n"), "```", below)
    if diff.views:
        page.add("", f"Views that differ: {'; '.join(said_view(v) for v in diff.views)}.")
    for title, lines in _sections(diff):
        page.section(title, lines)
    return page.text()


class _Page:
    """Lines, as many as fit."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._bytes = sum(_size(line) for line in lines)

    def add(self, *lines: str) -> None:
        self._lines += lines
        self._bytes += sum(_size(line) for line in lines)

    def section(self, title: str, items: list[list[str]]) -> None:
        """A part that can be opened; items that do not fit are counted."""
        if self._bytes > MOST_BYTES - 2000:
            return
        self.add("", "<details>", f"<summary>{title}</summary>", "")
        for number, item in enumerate(items):
            if self._bytes + sum(_size(line) for line in item) > MOST_BYTES - 500:
                self.add(f"- … and {len(items) - number} more: `archdoc diff` lists them all")
                break
            self.add(*item)
        self.add("", "</details>")

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def _size(line: str) -> int:
    return len(line.encode("utf-8", "replace")) + 1


def _summary(diff: GraphDiff, compared: Compared) -> str:
    against = f"compared with {code(compared.commit[:12])}"
    if compared.revision not in (compared.commit, compared.commit[:12]):
        against = f"compared with {code(compared.revision)} ({code(compared.commit[:12])})"
    if not diff:
        return f"Nothing differs, {against}."
    things = [c for c in diff.nodes if c.node.kind not in VALUES]
    parts = [said_counts(counted(things))] if things else []
    values = [c for c in diff.nodes if c.node.kind in VALUES]
    parts += [f"of variables, locals and outputs {said_counts(counted(values))}"] if values else []
    parts += [f"of relations {said_counts(counted(diff.edges))}"] if diff.edges else []
    return f"**{'; '.join(parts)}**, {against}."


def _sections(diff: GraphDiff) -> Iterator[tuple[str, list[list[str]]]]:
    relations = own_relations(diff)
    for change in Change:
        found = [c for c in in_order(diff.nodes) if c.change is change and c.node.kind not in VALUES]
        if found:
            items = [
                _item(c, more, [code(e.said) + times(n) for e, n in grouped(relations.get(c.node.id, []))])
                for c, more in alike(found)
            ]
            yield f"{_SQUARES[change]} {len(found)} {change.value}", items
    others = grouped(between_others(diff))
    if others:
        items = [
            [f"- {_SQUARES[e.change]} {code(e.said)}{times(n)} {_at(e.source)}", *_leaves(e.attributes)]
            for e, n in others
        ]
        yield f"{several(len(others), 'relation')} between things that stay", items
    values = [c for c in diff.nodes if c.node.kind in VALUES]
    if values:
        yield (
            f"{several(len(values), 'value')}: variables, locals, outputs",
            [_item(c, more, [], _SQUARES[c.change]) for c, more in alike(values)],
        )
    new = [p.problem for p in diff.problems if p.change is Change.ADDED]
    if new:
        items = [[f"- {code(p.code)} {code(p.message, 300)} {_at(p.source)}"] for p in new]
        yield f"{several(len(new), 'new problem')}: what archdoc could not work out", items


def _item(change: NodeChange, more: int, relations: list[str], square: str = "") -> list[str]:
    views = f": {', '.join(change.views)}" if change.views else ""
    and_more = f" and {more} more of its block" if more else ""
    lines = [f"- {square}{' ' if square else ''}{code(change.title)}{and_more} {_at(change.source)}{views}"]
    if change.moved_from:
        lines.append(f"  - moved from {code(change.moved_from)}")
    lines += _leaves(change.attributes)
    lines += [f"  - {line}" for line in relations[:RELATIONS]]
    if len(relations) > RELATIONS:
        lines.append(f"  - … and {several(len(relations) - RELATIONS, 'relation')} more")
    return lines


def code(value: object, longest: int = 160) -> str:
    """A value in code type, on one line, cut where it is long."""
    return markdown.code(shorten(clean(str(value)), longest))


def _leaves(changes: tuple[AttributeChange, ...]) -> list[str]:
    lines = [f"  - {_leaf(c)}" for c in changes[:LEAVES]]
    if len(changes) > LEAVES:
        lines.append(f"  - … and {several(len(changes) - LEAVES, 'attribute')} more")
    return lines


def _leaf(change: AttributeChange) -> str:
    if verb := verb_of(change):
        content = content_of(change).removeprefix(": ")
        return f"{code(change.path)} {verb}{f': {code(content)}' if content else ''}"
    before, after = ("none" if v is None else code(short_value(v, 120)) for v in (change.before, change.after))
    return f"{code(change.path)}: {before} → {after}"


def _at(source: Source) -> str:
    return f"({code(source)})"
