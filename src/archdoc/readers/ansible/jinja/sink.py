"""What a template prints: pieces of text and values, each with the line of the template that printed it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archdoc.readers.ansible.jinja.session import MAX_TEXT, LimitError, Session


class Sink:
    """Collects what a template prints: values, each with the line of the template that printed it."""

    def __init__(self, session: Session) -> None:
        self.pieces: list[tuple[Any, int]] = []
        self._session = session
        self._size = 0

    def add(self, value: Any, line: int) -> None:
        """Print a value."""
        self._size += len(value) if isinstance(value, str) else 1
        if self._size > MAX_TEXT * 2:
            raise LimitError(f"a text of more than {MAX_TEXT * 2} characters")
        self._session.charge()
        self.pieces.append((value, line))

    def text(self) -> str:
        """Everything printed so far as one text; unknowns are marks in it."""
        return "".join("" if value is None else str(value) for value, _ in self.pieces)


def lines_of(text: str) -> list[str]:
    """The lines of a text, with their ends."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def sink_lines(sink: Sink, default: int) -> list[int]:
    """The line that each line of a sink's text came from."""
    return line_numbers((("" if value is None else str(value)), line or default) for value, line in sink.pieces)


def line_numbers(pieces: Iterable[tuple[str, int]]) -> list[int]:
    """The line that each line of a text came from, by the piece that begins it."""
    lines: list[int] = []
    fresh = True
    for text, line in pieces:
        for piece in lines_of(text):
            if fresh:
                lines.append(line)
            fresh = piece.endswith("\n")
    return lines
