"""Mermaid flowcharts, read by the rules of Mermaid's own grammar.

https://mermaid.js.org/syntax/flowchart.html, and the grammar behind it (flow.jison). A statement that cannot be read
is noted, and reading goes on with the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archdoc.drift.drawn.drawing import Drawing, DrawnArrow, DrawnBox, Unread
from archdoc.drift.drawn.labels import lines_of
from archdoc.drift.drawn.reading import TOO_DEEP, TOO_MANY, Cursor, blank_comments

HEADER = re.compile(r"\s*(?P<word>flowchart-elk|flowchart|graph)\b(?:[ \t]*(?:TB|TD|BT|RL|LR|<|>|\^|v)(?=[\s;]|$))?")

_ID = re.compile(r"(?:[A-Za-z0-9!\"#$%'*+.`?\\_/,:&]|[^\x00-\x7f]|-(?=[^>\-.\s])|=(?!=))+")
_LINK = re.compile(r"[xo<]?--+[-xo>]|[xo<]?==+[=xo>]|[xo<]?-?\.+-[xo>]?|~~~+")
_STARTS = (
    (re.compile(r"[xo<]?--"), re.compile(r"[xo<]?--+[-xo>]")),
    (re.compile(r"[xo<]?=="), re.compile(r"[xo<]?==+[=xo>]")),
    (re.compile(r"[xo<]?-\."), re.compile(r"[xo<]?-?\.+-[xo>]?")),
)
_LINK_ID = re.compile(r"[^\s\"@]+@(?=[xo<]?[-=.~])")
_SPACE = re.compile(r"\s*")
_BLANKS = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"[\s;]*")
_REST = re.compile(r"(?:\"[^\"\n]*\"|[^;\n\"]|\"(?=[^\"\n]*(?:\n|$)))*")
_LINE = re.compile(r"[^\n]*")
_SUBGRAPH = re.compile(r"subgraph(?=[\s;]|$)[ \t]*")
_END = re.compile(r"end(?=[\s;]|$)")
_DIRECTION = re.compile(r"direction[ \t]+(?:TB|TD|BT|RL|LR)\b[^\n;]*")
_OTHER = re.compile(r"(?:style|linkStyle|classDef|class|click)(?=[ \t])")
_ACCESSIBLE = re.compile(r"acc(?:Title|Descr)[ \t]*:[^\n]*|accDescr[ \t]*\{[^}]{0,5000}\}")
_CLASS = re.compile(r":::[\w-]+")
_AND = re.compile(r"[ \t]*&[ \t]*|[ \t]*\n?[ \t]*&[ \t]+")
_DATA = re.compile(r"@\{")
_PAIR = re.compile(r"(?P<key>\w+)\s*:\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<plain>[^,\n}]*))")
_PROPERTIES = re.compile(r"\|[^|\n]*\|")

_SHAPES = (
    ("(((", (")))",)),
    ("((", ("))",)),
    ("([", ("])",)),
    ("(-", ("-)",)),
    ("(", (")",)),
    ("[[", ("]]",)),
    ("[(", (")]",)),
    ("[/", ("/]", "\\]")),
    ("[\\", ("\\]", "/]")),
    ("[", ("]",)),
    ("{{", ("}}",)),
    ("{", ("}",)),
    (">", ("]",)),
)
"""What opens a label, and what may close it; the longest first."""


class _WrongError(Exception):
    """The statement is not one of Mermaid's; the message says what was expected."""


@dataclass
class _Frame:
    id: str
    title: str
    line: int
    members: list[str] = field(default_factory=list)


@dataclass
class _Reader:
    """What has been read so far."""

    cursor: Cursor
    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    arrows: list[DrawnArrow] = field(default_factory=list)
    open: list[_Frame] = field(default_factory=list)
    closed: dict[str, _Frame] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    frames: int = 0

    def read(self) -> None:
        """Every statement up to the end of the text."""
        while True:
            self.cursor.skip(_BETWEEN)
            if self.cursor.at_end:
                break
            if len(self.texts) + len(self.arrows) + len(self.closed) > TOO_MANY:
                self.unread.append(Unread(self.cursor.line, f"more than {TOO_MANY} boxes and arrows"))
                break
            start = self.cursor.position
            try:
                self._statement()
            except _WrongError as error:
                self.unread.append(Unread(self.cursor.line_of(start), str(error)))
                self.cursor.position = start
                if _SUBGRAPH.match(self.cursor.text, start) and len(self.open) < TOO_DEEP:
                    self.open.append(_Frame(f"\0{start}", "", self.cursor.line))  # its end comes all the same
                self.cursor.skip(_LINE)
        while self.open:
            self.unread.append(Unread(self.open[-1].line, "a subgraph without its end"))
            self._close()

    def _statement(self) -> None:
        cursor = self.cursor
        if cursor.skip(_SUBGRAPH):
            self._open()
        elif cursor.skip(_END):
            if not self.open:
                raise _WrongError("an end without its subgraph")
            self._close()
        elif cursor.skip(_DIRECTION) or cursor.skip(_ACCESSIBLE):
            return
        elif cursor.skip(_OTHER):
            cursor.skip(_REST)
        else:
            self._chain()

    # -- frames ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """https://mermaid.js.org/syntax/flowchart.html#subgraphs: ``subgraph id [title]``, or a title alone."""
        cursor = self.cursor
        line = cursor.line
        if len(self.open) >= TOO_DEEP:
            raise _WrongError(f"subgraphs nested deeper than {TOO_DEEP}")
        if cursor.text.startswith('"', cursor.position):
            name, quoted = self._quoted(), True
        else:
            name, quoted = cursor.skip(re.compile(r"[^\n;\[\"]*")).strip(), False
        title = name
        cursor.skip(_BLANKS)
        if cursor.text.startswith("[", cursor.position):
            cursor.position += 1
            title = self._label(("]",))
        elif not quoted and cursor.text.startswith('"', cursor.position):
            title = self._quoted()
        own = name if title != name or not re.search(r"\s", name) else ""
        self.open.append(_Frame(own or f"subGraph{self.frames}", title, line))
        self.frames += not own

    def _close(self) -> None:
        """A member that an earlier frame has stays there, as in Mermaid."""
        frame = self.open.pop()
        self.closed.setdefault(frame.id, frame)
        for member in frame.members:
            if member != frame.id:
                self.parents.setdefault(member, frame.id)
        if self.open:
            self.open[-1].members.append(frame.id)

    # -- boxes and arrows -----------------------------------------------------------------------------------

    def _chain(self) -> None:
        sources = self._boxes()
        while True:
            before = self.cursor.position
            self.cursor.skip(_SPACE)
            link = self._link()
            if link is None:
                self.cursor.position = before
                break
            line, label, has_heads = link
            self.cursor.skip(_SPACE)
            targets = self._boxes()
            for source in sources:
                for target in targets:
                    if len(self.arrows) > TOO_MANY:
                        raise _WrongError(f"more than {TOO_MANY} arrows")
                    if has_heads is not None:
                        self.arrows.append(DrawnArrow(source, target, line, label, has_heads))
            sources = targets
        self.cursor.skip(_BLANKS)
        if not self.cursor.at_end and self.cursor.text[self.cursor.position] not in "\n;":
            raise _WrongError("neither an arrow nor the end of the statement")

    def _boxes(self) -> list[str]:
        found = [self._box()]
        while self.cursor.skip(_AND):
            found.append(self._box())
        return found

    def _box(self) -> str:
        cursor = self.cursor
        line = cursor.line
        name = cursor.skip(_ID)
        if name.endswith(":::") or ":::" in name:  # the sign of a class is made of letters of an id
            cursor.position -= len(name) - name.index(":::")
            name = name[: name.index(":::")]
        if not name:
            raise _WrongError("a box was expected")
        label: str | None = None
        for opening, closings in _SHAPES:
            if cursor.text.startswith(opening, cursor.position):
                cursor.position += len(opening)
                if opening == "[":
                    cursor.skip(_PROPERTIES)
                label = self._label(closings)
                break
        cursor.skip(_CLASS)
        if cursor.skip(_DATA):
            label = self._data(label)
            if name in self.links:
                return name
        cursor.skip(_CLASS)
        self._mention(name, label, line)
        return name

    def _mention(self, name: str, label: str | None, line: int) -> None:
        if name not in self.texts:
            self.texts[name] = name if label is None else label
            self.lines[name] = line
        elif label is not None:
            if self.texts[name] == name:
                self.lines[name] = line
            self.texts[name] = label
        if self.open:
            self.open[-1].members.append(name)

    def _data(self, label: str | None) -> str | None:
        """``@{ shape: cyl, label: "Orders" }``."""
        body = self.cursor.until(("}",), quotes=True)
        if body is None:
            raise _WrongError("@{ without its }")
        for pair in _PAIR.finditer(body):
            if pair["key"] == "label":
                label = next(v for v in (pair["double"], pair["single"], pair["plain"]) if v is not None).strip()
        return label

    def _link(self) -> tuple[int, str, bool | None] | None:
        """Line, label and whether it has a head (None: it is not to be seen) of the link that begins here."""
        cursor = self.cursor
        line = cursor.line
        named = cursor.skip(_LINK_ID)
        if named:
            self.links.add(named[:-1])
        sign = cursor.skip(_LINK)
        label = ""
        if not sign:
            sign, label = self._link_with_text()
            if not sign:
                cursor.position -= len(named)
                return None
        cursor.skip(_BLANKS)
        if cursor.text.startswith("|", cursor.position):
            cursor.position += 1
            label = self._label(("|",))
        if sign.startswith("~"):
            return line, label, None
        return line, label, sign[-1] in "xo>" or sign[0] in "xo<"

    def _link_with_text(self) -> tuple[str, str]:
        """``-- text -->``, ``== text ==>``, ``-. text .->``."""
        cursor = self.cursor
        for starts, ends in _STARTS:
            begin = starts.match(cursor.text, cursor.position)
            if begin is None:
                continue
            end = ends.search(cursor.text, begin.end(), min(len(cursor.text), begin.end() + 2000))
            if end is None:
                raise _WrongError(f"{begin[0]} without the end of its arrow")
            label = cursor.text[begin.end() : end.start()].strip()
            cursor.position = end.end()
            head = begin[0][0] if begin[0][0] in "xo<" else ""
            return head + end[0], label.strip('"')
        return "", ""

    # -- labels ---------------------------------------------------------------------------------------------

    def _label(self, closings: tuple[str, ...]) -> str:
        """The text up to what closes it, its quotes taken off."""
        cursor = self.cursor
        cursor.skip(_SPACE)
        if cursor.text.startswith('"', cursor.position):
            text = self._quoted()
            cursor.skip(_SPACE)
            for closing in closings:
                if cursor.text.startswith(closing, cursor.position):
                    cursor.position += len(closing)
                    return text
            raise _WrongError(f"{closings[0]} was expected after a label in quotes")
        found = cursor.until(closings)
        if found is None:
            raise _WrongError(f"a label without its {closings[0]}")
        return found.strip()

    def _quoted(self) -> str:
        self.cursor.position += 1
        found = self.cursor.until(('"',))
        if found is None:
            raise _WrongError("a label without the end of its quotes")
        if found.startswith("`") and found.endswith("`"):
            found = found[1:-1]
        return found


def read_flowchart(text: str, first_line: int = 1) -> Drawing:
    """The drawing in the text of a flowchart, the first line of which is ``first_line`` of its page."""
    cursor = Cursor(blank_comments(text), first_line)
    header = HEADER.match(cursor.text)
    syntax = header["word"] if header else ""
    line = cursor.line_of(header.start("word")) if header else first_line
    cursor.position = header.end() if header else 0
    reader = _Reader(cursor)
    reader.read()
    return Drawing(syntax, line, tuple(_boxes_of(reader)), tuple(reader.arrows), tuple(reader.unread))


def _boxes_of(reader: _Reader) -> Iterator[DrawnBox]:
    for frame in reader.closed.values():
        yield DrawnBox(frame.id, lines_of(frame.title), frame.line, _parent(reader, frame.id), is_frame=True)
    for name, text in reader.texts.items():
        if name not in reader.closed:
            yield DrawnBox(name, lines_of(text), reader.lines[name], _parent(reader, name))


def _parent(reader: _Reader, name: str) -> str:
    return reader.parents.get(name, "")
