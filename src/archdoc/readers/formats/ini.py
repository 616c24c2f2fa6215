"""Files of sections with ``name = value`` lines, as systemd and fail2ban have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.readers.formats.scope import Facts

_SECTION = re.compile(r"^\s*\[([^\]\n]+)\]\s*(?:[#;].*)?$")
_PAIR = re.compile(r"^([A-Za-z][\w.-]*)\s*[=:]\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One option of a section, with its line."""

    section: str
    name: str
    value: str
    line: int


def entries(facts: Facts, backslash: bool = False) -> Iterator[Entry]:
    """The options in order. A value goes on behind a backslash (systemd), else on lines that are indented."""
    section = ""
    waiting: Entry | None = None
    open_line = False
    for number, text in facts.lines():
        stripped = text.strip()
        if waiting is not None and (open_line if backslash else text[:1] in " \t" and stripped):
            more = stripped.removesuffix("\\").strip() if backslash else stripped
            waiting = Entry(waiting.section, waiting.name, f"{waiting.value} {more}".strip(), waiting.line)
            open_line = backslash and stripped.endswith("\\")
            continue
        if not stripped or stripped[0] in "#;" or stripped.startswith(("{%", "{#")):
            continue
        header = _SECTION.match(text)
        pair = _PAIR.match(stripped)
        if (header or pair) and waiting is not None:
            yield waiting
            waiting = None
        if header:
            section = header[1].strip()
        elif pair:
            open_line = backslash and pair[2].endswith("\\")
            waiting = Entry(section, pair[1], pair[2].removesuffix("\\").strip() if backslash else pair[2], number)
    if waiting is not None:
        yield waiting


def truth(value: str) -> bool:
    """Whether a value switches something on."""
    return value.strip().lower() in ("true", "yes", "on", "1")
