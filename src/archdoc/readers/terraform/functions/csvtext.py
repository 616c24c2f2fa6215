"""CSV as Go's encoding/csv reads it, which csvdecode uses: https://pkg.go.dev/encoding/csv#Reader."""

from __future__ import annotations

from archdoc.readers.terraform.errors import EvaluationError, check_elements


def records(text: str) -> list[tuple[int, list[str]]]:
    """The records of a text and the lines (from 1) they begin at (EvaluationError where it is not CSV).

    Empty lines count for nothing; every record must have as many fields as the first.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    made: list[tuple[int, list[str]]] = []
    at = 0
    while at < len(lines):
        begin = at
        if lines[at] == "" or (at == len(lines) - 1 and lines[at] == "\r"):
            at += 1
            continue
        fields, at = _record(lines, at)
        if made and len(fields) != len(made[0][1]):
            raise EvaluationError(f"CSV parse error on line {begin + 1}: wrong number of fields")
        made.append((begin + 1, fields))
        check_elements(len(made) * len(fields))
    return made


def _record(lines: list[str], at: int) -> tuple[list[str], int]:
    """One record, and the line after it."""
    fields: list[str] = []
    line = lines[at]
    while True:
        if not line.startswith('"'):
            field, comma, line = line.partition(",")
            if '"' in field:
                raise EvaluationError(f'CSV parse error on line {at + 1}: bare " in non-quoted-field')
            fields.append(field)
            if not comma:
                return fields, at + 1
            continue
        field, line, at = _quoted(lines, at, line[1:])
        fields.append(field)
        if not line:
            return fields, at + 1
        line = line[1:]


def _quoted(lines: list[str], at: int, line: str) -> tuple[str, str, int]:
    """A field after its opening quote: its text, what follows on its last line (a comma first), and that line."""
    pieces: list[str] = []
    while True:
        before, quote, after = line.partition('"')
        pieces.append(before)
        if not quote:
            at += 1
            if at == len(lines):
                raise EvaluationError(f'CSV parse error on line {at}: extraneous or missing " in quoted-field')
            pieces.append("\n")
            line = lines[at]
        elif after.startswith('"'):
            pieces.append('"')
            line = after[1:]
        elif after == "" or after.startswith(","):
            return "".join(pieces), after, at
        else:
            raise EvaluationError(f'CSV parse error on line {at + 1}: extraneous or missing " in quoted-field')
