"""Mermaid C4 diagrams: people, systems, containers, components, nodes, boundaries and the relations between them.

https://mermaid.js.org/syntax/c4.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from archdoc.drift.drawn.drawing import Drawing, DrawnArrow, DrawnBox, Unread
from archdoc.drift.drawn.labels import lines_of
from archdoc.drift.drawn.reading import TOO_DEEP, TOO_MANY, Cursor, blank_comments

HEADER = re.compile(r"\s*(?P<word>C4(?:Context|Container|Component|Dynamic|Deployment))\b")

_CALL = re.compile(r"(?P<word>[A-Za-z_]\w*)[ \t]*\(")
_BETWEEN = re.compile(r"[\s;]*")
_LINE = re.compile(r"[^\n]*")
_IDLE = re.compile(r"(?:title|accTitle|accDescr|direction)\b[^\n]*")
_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_ARGUMENT = re.compile(r"\s*(?:\$(?P<name>\w+)\s*=\s*)?(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^,\"]*))\s*(?:,|$)")
_BOX = re.compile(r"(?:Person|(?:System|Container|Component)(?:Db|Queue)?)(?:_Ext)?")
_FRAME = re.compile(r"(?:Enterprise_|System_|Container_)?Boundary|Deployment_Node|Node(?:_[LR])?")
_RELATION = re.compile(r"(?:Bi)?Rel(?:_(?:U|Up|D|Down|L|Left|R|Right|Back|Neighbor))?|RelIndex")
_STYLE = re.compile(r"(?:Update|Lay_|Layout|Add|Set|SHOW|HIDE|LAYOUT|increment|set)\w*", re.IGNORECASE)
_WITH_TECHNOLOGY = ("Container", "Component", "Deployment", "Node")


@dataclass
class _Reader:
    cursor: Cursor
    boxes: dict[str, DrawnBox] = field(default_factory=dict)
    arrows: list[DrawnArrow] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def read(self) -> None:
        cursor = self.cursor
        while True:
            cursor.skip(_BETWEEN)
            if cursor.at_end:
                return
            if len(self.boxes) + len(self.arrows) > TOO_MANY:
                self.unread.append(Unread(cursor.line, f"more than {TOO_MANY} boxes and arrows"))
                return
            if cursor.text[cursor.position] == "}":
                cursor.position += 1
                if self.open:
                    self.open.pop()
                continue
            line = cursor.line
            if cursor.skip(_IDLE):
                continue
            call = cursor.skip(_CALL)
            body = cursor.until((")",), quotes=True) if call else None
            if body is None or not self._take(call.rstrip("( \t"), _arguments(body), line):
                self.unread.append(Unread(line, "neither an element nor a relation of C4"))
                if body is None:
                    cursor.skip(_LINE)

    def _take(self, word: str, arguments: list[str], line: int) -> bool:
        if _RELATION.fullmatch(word):
            skipped = 1 if word == "RelIndex" else 0
            ends = arguments[skipped : skipped + 2]
            if len(ends) == 2:
                source, target = reversed(ends) if word == "Rel_Back" else ends
                said = " ".join(lines_of(arguments[skipped + 2])) if len(arguments) > skipped + 2 else ""
                self.arrows.append(DrawnArrow(source, target, line, said))
            return len(ends) == 2
        is_frame = _FRAME.fullmatch(word) is not None
        if not is_frame and not _BOX.fullmatch(word):
            return _STYLE.fullmatch(word) is not None
        if not arguments or not arguments[0]:
            return False
        name = arguments[0]
        label = lines_of(arguments[1] if len(arguments) > 1 and arguments[1] else name)
        if word.startswith(_WITH_TECHNOLOGY) and "Boundary" not in word and len(arguments) > 2:
            label += tuple(f"[{part}]" for part in lines_of(arguments[2]))
        opens = is_frame and bool(self.cursor.skip(_BRACE))
        parent = self.open[-1] if self.open else ""
        is_person = word.startswith("Person")
        self.boxes.setdefault(name, DrawnBox(name, label, line, parent, is_frame and opens, is_person=is_person))
        if opens:
            if len(self.open) < TOO_DEEP:
                self.open.append(name)
            else:
                self.unread.append(Unread(line, f"boundaries nested deeper than {TOO_DEEP}"))
        return True


def _arguments(body: str) -> list[str]:
    """The positional arguments; ``$tags="…"`` and other named ones are left out."""
    found = []
    position = 0
    while position < len(body):
        argument = _ARGUMENT.match(body, position)
        if argument is None or argument.end() == position:
            break
        position = argument.end()
        if not argument["name"]:
            found.append(argument["quoted"] if argument["quoted"] is not None else argument["plain"].strip())
    return found


def read_c4(text: str, first_line: int = 1) -> Drawing:
    """The drawing in the text of a C4 diagram. A technology is a line of the label, in brackets."""
    cursor = Cursor(blank_comments(text), first_line)
    header = HEADER.match(cursor.text)
    cursor.position = header.end() if header else 0
    reader = _Reader(cursor)
    reader.read()
    boxes = tuple(replace(b, parent="" if b.parent == b.id else b.parent) for b in reader.boxes.values())
    arrows = tuple(a for a in reader.arrows if a.source in reader.boxes and a.target in reader.boxes)
    line = cursor.line_of(header.start("word")) if header else first_line
    return Drawing(header["word"] if header else "C4Context", line, boxes, arrows, tuple(reader.unread))
