"""What the boxes of a page stand for, box by box: the score, why, and what else comes near."""

from __future__ import annotations

from collections.abc import Iterator

from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.compare import Judge, name_of, speaks_of_infrastructure
from archdoc.drift.drawn.drawing import DrawnBox
from archdoc.drift.drawn.matching import Match
from archdoc.drift.drawn.pages import sketches

_MOST_NAMED = 5
"""Nodes that are named for one box."""


def explain_page(path: str, text: str, judge: Judge, line: int = 0) -> str:
    """The boxes of a page's diagrams, or (``line``) those of one line, as text; empty where there is none."""
    told = []
    for sketch in sketches(text):
        matches, book = judge.matches(sketch)
        boxes = [b for b in sketch.drawing.boxes if line in (0, b.line)]
        if boxes and not speaks_of_infrastructure(sketch.drawing, matches):
            told.append(
                f"{path}:{sketch.drawing.line}: not compared: most of its boxes do not speak of infrastructure\n"
            )
        for box in sorted(boxes, key=lambda b: b.line):
            told.append("".join(_of_box(path, box, matches[box.id], book)))
    return "".join(told)


def _of_box(path: str, box: DrawnBox, match: Match, book: Codebook) -> Iterator[str]:
    what = f'{path}:{box.line}: the {"frame" if box.is_frame else "box"} "{box.title or box.id}"'
    if not match.claims:
        yield f"{what} claims nothing{_because(match)}\n"
        return
    if not match.node_ids:
        lacks = f": nothing is {', '.join(match.lacks)}" if match.lacks else ""
        is_judged = not box.is_frame or match.is_thing
        verdict = "is a phantom" if is_judged else "groups what is in it"
        yield f"{what} {verdict}{lacks if is_judged else ''}\n"
        for near in match.nearest:
            node = book.nodes[near.node_id]
            yield f"    nearest: {name_of(node)} ({node.source}), which is not {' and not '.join(near.lacks)}\n"
        return
    yield f"{what} stands for the following, score {match.score:.1f}{_because(match)}\n"
    for node_id in sorted(match.node_ids)[:_MOST_NAMED]:
        node = book.nodes[node_id]
        yield f"    {name_of(node)} ({node.source})\n"
    if len(match.node_ids) > _MOST_NAMED:
        yield f"    and {len(match.node_ids) - _MOST_NAMED} more\n"


def _because(match: Match) -> str:
    return f": {match.why}" if match.why else ""
