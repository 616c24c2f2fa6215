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


def _blocks(text: str) -> Iterator[tuple[int, str, dict[str, str], str]]:
    """Each Mermaid block: its first line, its text, the words of the comments above it, and its heading."""
    block: _Block | None = None
    comment: list[str] | None = None
    inside_markers = False
    words: dict[str, str] = {}
    heading = ""
    offsets: list[int] = []
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = raw.expandtabs(4)
        if block is not None:
            closed = _closes(line, block)
            if not closed:
                block.lines.append(_dedented(line, block.indent))
                continue
            if block.is_mermaid and not inside_markers:
                yield block.line + 1, "\n".join(block.lines), words, heading
            block, words = None, {}
            continue
        if comment is not None:
            comment.append(line)
            if "-->" in line:
                words |= _words("\n".join(comment))
                comment = None
            continue
        content, indent = _content(line, offsets)
        if not content:
            continue
        if indent - (offsets[-1] if offsets else 0) > 3:
            continue  # code by its indentation
        if content.startswith("<!--"):
            if re.match(r"<!--\s*archdoc:view\b", content):
                inside_markers = True
            elif re.match(r"<!--\s*/archdoc\s*-->", content):
                inside_markers = False
            if "-->" in content:
                words |= _words(content)
            else:
                comment = [content]
            continue
        fence = _FENCE.match(content)
        element = _ELEMENT.match(content)
        if fence is not None and (fence["fence"][0] != ":" or _MERMAID.match(fence["info"])):
            block = _Block(fence["fence"], indent, _MERMAID.match(fence["info"]) is not None, number)
        elif element is not None and f"</{element['tag'].lower()}>" not in content.lower():
            block = _Block("", indent, True, number, [content[element.end() :]], f"</{element['tag'].lower()}>")
            block.line -= 1
        else:
            words = {}
            if content.startswith("#"):
                heading = content.strip("# \t")
    if block is not None and block.is_mermaid and not inside_markers:
        yield block.line + 1, "\n".join(block.lines), words, heading


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
