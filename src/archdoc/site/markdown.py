"""Text of the repository inside Markdown: shown letter by letter, on Material, Zensical and a code host alike.

``Markdown`` is a string that is Markdown already. Templates write any other value through ``text``, so that what
nobody thought of is escaped, not trusted.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archdoc.render.text import clean, is_safe_address, shorten

LONGEST = 240
"""Characters of one value on a page; the graph JSON has it whole."""

_SPECIAL = re.compile(
    r"[&<>|`*{}\[\]~^$\\@]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word it is no emphasis
    r"|:(?=\w+:|//)|==+|(?<=\bwww)\."  # emoji names, bare addresses, highlights
    r"|^(?:[#+=-]|\d+[.)](?=\s|$))"  # headings and lists
)
_PLAIN_CODE = re.compile(r"(?!#!|:::)[^\s`|\\<>&{}$](?:[^`|\\<>&{}$]*[^\s`|\\<>&{}$])?")


class Markdown(str):
    """A string that is Markdown: it goes to the page as it is."""

    __slots__ = ()


def text(value: object, longest: int = LONGEST) -> Markdown:
    """A value as plain text: on one line, cut when very long, every sign of Markdown and HTML as an entity.

    Entities and not backslashes: renderers agree on them, inside tables too.
    """
    if isinstance(value, Markdown):
        return value
    return _escaped(str(value), longest)


@lru_cache(maxsize=1 << 16)
def _escaped(value: str, longest: int) -> Markdown:
    words = shorten(clean(value), longest)
    return Markdown(_SPECIAL.sub(lambda m: "".join(f"&#{ord(c)};" for c in m[0]), words))


def code(value: object, longest: int = LONGEST) -> Markdown:
    """A value in code type; empty for an empty value."""
    words = shorten(clean(str(value)), longest)
    if not words:
        return Markdown("")
    if _PLAIN_CODE.fullmatch(words):
        return Markdown(f"`{words}`")
    return Markdown(f"<code>{text(words, longest)}</code>")


def link(words: object, address: str | None) -> Markdown:
    """A link, or the words alone where there is no address or not a safe one."""
    shown = text(words)
    if address is None or not is_safe_address(address):
        return shown
    return Markdown(f"[{shown}]({address.replace('(', '%28').replace(')', '%29')})")


def joined(parts: list[Markdown], separator: str = ", ") -> Markdown:
    """Several pieces of Markdown as one."""
    return Markdown(separator.join(parts))


def comment(value: object) -> str:
    """A value that may stand inside an HTML comment."""
    return re.sub(r"--+|[<>]", " ", clean(str(value)))


def slug(name: str) -> str:
    """A file name or an anchor for a name: lower case letters, digits, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
