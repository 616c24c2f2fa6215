"""Finds the diagrams of a Markdown page: its fences, with what the comments above them ask for.

A fence opens with three or more backticks, tildes or (as some code hosts have it) colons, in lists and quotes as well
(https://spec.commonmark.org/0.31.2/#fenced-code-blocks). What a comment hides, what stands in a fence of another
language, and what archdoc wrote between its own markers is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archdoc.drift.drawn import architecture, c4, flowchart
from archdoc.drift.drawn.drawing import Drawing, Unread
from archdoc.drift.drawn.reading import TOO_LONG, blank_comments

_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>[^`]*)$")
_MERMAID = re.compile(r"(?:\{\s*\.?)?mermaid\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?P<tag>pre|div)\b[^>]*\bclass=[\"'][^\"']*\bmermaid\b[^\"']*[\"'][^>]*>", re.IGNORECASE)
_MARKER = re.compile(r"[-*+](?=\s)|\d{1,9}[.)](?=\s)")
_BLOCK = re.compile(r"(?:!!!|\?\?\?\+?|===)[ \t]")
"""Admonitions and tabs of MkDocs, the contents of which are indented by four."""
_WORD = re.compile(r"<!--\s*archdoc:(?P<word>[a-z]+)\b(?P<rest>.*?)-->", re.DOTALL)
_IGNORED_LINE = re.compile(r"^\s*%%\s*archdoc:ignore\b(?P<rest>.*)$")
_MOST_DRAWINGS = 500


@dataclass(frozen=True, slots=True)
class Sketch:
    """One diagram of a page. ``scope`` is what ``<!-- archdoc:scope … -->`` says; ``heading`` what it stands under."""

    drawing: Drawing
    scope: str = ""
    heading: str = ""
    ignored_lines: frozenset[int] = frozenset()


@dataclass
class _Block:
    """A fence that is open."""

    fence: str
    indent: int
    is_mermaid: bool
    line: int
    """Of its first line of text."""
    lines: list[str] = field(default_factory=list)
    end: str = ""
    """The tag that closes it, for an HTML element."""


def sketches(text: str) -> Iterator[Sketch]:
    """The diagrams of a page, in order, without those that are to be ignored."""
    found = 0
    for line, body, words, heading in _blocks(text):
        if "ignore" in words:
            continue
        drawing = read_drawing(body, line)
        if drawing is None:
            continue
        found += 1
        if found > _MOST_DRAWINGS:
            return
        yield Sketch(drawing, words.get("scope", ""), heading, _ignored_lines(body, line))


def read_drawing(text: str, first_line: int = 1) -> Drawing | None:
    """The drawing in the text of a Mermaid block; None for a kind of diagram that shows no boxes of infrastructure."""
    readers = (
        (flowchart.HEADER, flowchart.read_flowchart),
        (architecture.HEADER, architecture.read_architecture),
        (c4.HEADER, c4.read_c4),
    )
    shown = blank_comments(text[:TOO_LONG])
    for header, read in readers:
        begin = header.match(shown)
        if begin is not None:
            if len(text) > TOO_LONG:
                reason = f"{len(text):,} characters; diagrams of more than {TOO_LONG:,} are not read"
                return Drawing(begin["word"], first_line, unread=(Unread(first_line, reason),))
            return read(text, first_line)
    return None


def _ignored_lines(body: str, first: int) -> frozenset[int]:
    """The lines below ``%% archdoc:ignore``."""
    lines = enumerate(body.split("\n"), first)
    return frozenset(number + 1 for number, line in lines if _IGNORED_LINE.match(line))


@dataclass
class _Page:
    """A page while it is read, line by line."""

    block: _Block | None = None
    comment: list[str] | None = None
    inside_markers: bool = False
    words: dict[str, str] = field(default_factory=dict)
    heading: str = ""
    offsets: list[int] = field(default_factory=list)

    def take(self, number: int, line: str) -> _Block | None:
        """Read one line; the block that it closes, if any."""
        if self.block is not None:
            return self._in_block(line, self.block)
        if self.comment is not None:
            self.comment.append(line)
            if "-->" in line:
                self.words |= _words("\n".join(self.comment))
                self.comment = None
            return None
        content, indent = _content(line, self.offsets)
        if content and indent - (self.offsets[-1] if self.offsets else 0) <= 3:  # else it is code by its indentation
            self._in_text(number, content, indent)
        return None

    def _in_block(self, line: str, block: _Block) -> _Block | None:
        if not _closes(line, block):
            block.lines.append(_dedented(line, block.indent))
            return None
        self.block = None
        return block

    def _in_text(self, number: int, content: str, indent: int) -> None:
        fence = _FENCE.match(content)
        element = _ELEMENT.match(content)
        if content.startswith("<!--"):
            if re.match(r"<!--\s*archdoc:view\b", content):
                self.inside_markers = True
            elif re.match(r"<!--\s*/archdoc\s*-->", content):
                self.inside_markers = False
            if "-->" in content:
                self.words |= _words(content)
            else:
                self.comment = [content]
        elif fence is not None and (fence["fence"][0] != ":" or _MERMAID.match(fence["info"])):
            self.block = _Block(fence["fence"], indent, _MERMAID.match(fence["info"]) is not None, number + 1)
        elif element is not None and f"</{element['tag'].lower()}>" not in content.lower():
            first = [content[element.end() :]]
            self.block = _Block("", indent, True, number, first, f"</{element['tag'].lower()}>")
        else:
            self.words = {}
            if content.startswith("#"):
                self.heading = content.strip("# \t")


def _blocks(text: str) -> Iterator[tuple[int, str, dict[str, str], str]]:
    """Each Mermaid block: its first line, its text, the words of the comments above it, and its heading."""
    page = _Page()
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        closed = page.take(number, raw.expandtabs(4))
        if closed is not None:
            if closed.is_mermaid and not page.inside_markers:
                yield closed.line, "\n".join(closed.lines), page.words, page.heading
            page.words = {}
    last = page.block
    if last is not None and last.is_mermaid and not page.inside_markers:
        yield last.line, "\n".join(last.lines), page.words, page.heading


def _closes(line: str, block: _Block) -> bool:
    if block.end:
        return block.end in line.lower()
    content = re.sub(r"^[\s>]*", "", line).rstrip()
    return content.startswith(block.fence) and not content.strip(block.fence[0])


def _dedented(line: str, indent: int) -> str:
    """A line of a block without the indentation and the signs of quotes before it."""
    line = re.sub(r"^(?:\s{0,3}>)+\s?", "", line)
    lead = len(line) - len(line.lstrip(" "))
    return line[min(lead, indent) :]


def _content(line: str, offsets: list[int]) -> tuple[str, int]:
    """What a line holds after signs of quotes and lists, and its column; keeps the columns of the lists around it."""
    quoted = re.sub(r"^(?:\s{0,3}>)+\s?", "", line)
    content = quoted.lstrip(" ")
    indent = len(quoted) - len(content)
    if not content:
        return "", indent
    while offsets and offsets[-1] > indent:
        offsets.pop()
    for _ in range(10):
        if indent - (offsets[-1] if offsets else 0) > 3:
            break
        marker = _MARKER.match(content)
        if marker is not None:
            rest = content[marker.end() :]
            inner = rest.lstrip(" ")
            blanks = len(rest) - len(inner)
            indent += marker.end() + (blanks if inner and blanks < 5 else 1)
            offsets.append(indent)
            content = inner
            continue
        if _BLOCK.match(content):
            offsets.append(indent + 4)
            return content, indent + 4
        break
    return content, indent


def _words(comment: str) -> dict[str, str]:
    """``archdoc:ignore`` and ``archdoc:scope …`` of a comment."""
    return {m["word"]: m["rest"].strip() for m in _WORD.finditer(comment)}
