"""Mermaid architecture diagrams: groups, services, junctions and edges.

https://mermaid.js.org/syntax/architecture.html
"""

from __future__ import annotations

import re
from dataclasses import replace

from archdoc.drift.drawn.drawing import Drawing, DrawnArrow, DrawnBox, Unread
from archdoc.drift.drawn.labels import lines_of
from archdoc.drift.drawn.reading import TOO_MANY, Cursor, blank_comments

HEADER = re.compile(r"\s*(?P<word>architecture(?:-beta)?)\b")

_NAME = r"[\w-]+"
_TITLE = r"(?:\[\s*+(?:\"(?P<quoted>[^\"\n]*)\"\s*+|(?P<title>[^\]\n]*))\])?"
_ICON = r"(?:\([^()\n]*\)|\"[^\"\n]*\")?"
_THING = re.compile(
    rf"(?P<kind>group|service|junction)\s+(?P<id>{_NAME})\s*+{_ICON}\s*+{_TITLE}\s*+(?:\bin\s+(?P<parent>{_NAME}))?\s*+"
)
_SIDE = r"(?:\{group\})?"
_EDGE = re.compile(
    rf"(?P<source>{_NAME}){_SIDE}\s*+:\s*+[LRTB]\s*+(?P<back><)?\s*+"
    rf"(?:--|-\s*+\[\s*+\"?(?P<label>[^\]\n\"]*)\"?\s*+\]\s*+-)"
    rf"\s*+(?P<head>>)?\s*+[LRTB]\s*+:\s*+(?P<target>{_NAME}){_SIDE}\s*+"
)
_IDLE = re.compile(r"(?:title|accTitle|accDescr|align)\b.*")


def read_architecture(text: str, first_line: int = 1) -> Drawing:
    """The drawing in the text of an architecture diagram."""
    cursor = Cursor(blank_comments(text), first_line)
    boxes: dict[str, DrawnBox] = {}
    arrows: list[DrawnArrow] = []
    unread: list[Unread] = []
    syntax, begin = "architecture-beta", first_line
    for number, raw in enumerate(cursor.text.split("\n"), first_line):
        line = raw.strip()
        header = HEADER.match(line)
        if header is not None and not boxes and not arrows:
            syntax, begin = header["word"], number
            line = line[header.end() :].strip()
        if not line or _IDLE.fullmatch(line):
            continue
        if len(boxes) + len(arrows) > TOO_MANY:
            unread.append(Unread(number, f"more than {TOO_MANY} boxes and arrows"))
            break
        thing, edge = _THING.fullmatch(line), _EDGE.fullmatch(line)
        if thing is not None:
            title = thing["quoted"] if thing["quoted"] is not None else thing["title"]
            label = lines_of(thing["id"] if title is None else title)
            kind, parent = thing["kind"], thing["parent"] or ""
            boxes.setdefault(
                thing["id"], DrawnBox(thing["id"], label, number, parent, kind == "group", kind == "junction")
            )
        elif edge is not None:
            source, target = edge["source"], edge["target"]
            if edge["back"] and not edge["head"]:
                source, target = target, source
            heads = bool(edge["back"] or edge["head"])
            arrows.append(DrawnArrow(source, target, number, (edge["label"] or "").strip(), heads))
        else:
            unread.append(Unread(number, "neither a group, a service, a junction nor an edge"))
    known = [replace(b, parent=b.parent if b.parent in boxes else "") for b in boxes.values()]
    drawn = tuple(a for a in arrows if a.source in boxes and a.target in boxes)
    return Drawing(syntax, begin, tuple(known), drawn, tuple(unread))
