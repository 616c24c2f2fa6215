"""Values that are not known, and how they go through an evaluation without stopping it.

``Unknown`` is known at run time only, ``Missing`` is a name that nothing defines. Both print as the expression
that gives them. A text with an unknown part is an ``Unknown`` of its own, made of its parts. While a text is put
together by code that only knows strings, an unknown part stands in it as a mark; ``joined`` takes it apart again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

from jinja2 import Undefined

from archdoc.readers.secrets import MASK

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
"""Unicode noncharacters; they are taken out of every text that is read."""
_numbers = count()
_living: WeakValueDictionary[int, Unknown] = WeakValueDictionary()


class NotKnownError(Exception):
    """Something had to be known here (a truth value, a length, the items of a list) and is not."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


class Unknown:
    """A value that is not known. ``expression`` gives it at run time, ``reason`` says why it is not known here.

    ``secret``: it is known or vaulted, but must not be shown. ``parts``: a text with unknown pieces in it.
    ``spelled``: the name that it is written under means nothing outside of a loop; expressions made of it spell it out.
    """

    def __init__(
        self,
        expression: str,
        reason: str,
        *,
        secret: bool = False,
        parts: tuple[str | Unknown, ...] = (),
        spelled: bool = False,
    ) -> None:
        self.spelled = spelled
        self.expression = expression
        self.reason = reason
        self.secret = secret
        self.parts = parts
        self.number = next(_numbers)
        _living[self.number] = self

    @property
    def text(self) -> str:
        """How it stands in a rendered text."""
        if self.parts:
            return "".join(p if isinstance(p, str) else p.text for p in self.parts)
        return MASK if self.secret else "{{ " + self.expression + " }}"

    def leaves(self) -> Iterator[Unknown]:
        """Its unknown pieces, or itself."""
        pieces = [p for p in self.parts if isinstance(p, Unknown)]
        for piece in pieces:
            yield from piece.leaves()
        if not pieces:
            yield self

    def __str__(self) -> str:
        return f"{_OPEN}{self.number}{_CLOSE}"

    __repr__ = __str__

    def __html__(self) -> str:
        return str(self)

    def __bool__(self) -> bool:
        raise NotKnownError(self)

    def __iter__(self) -> Iterator[Any]:
        raise NotKnownError(self)

    def __len__(self) -> int:
        raise NotKnownError(self)

    def __int__(self) -> int:
        raise NotKnownError(self)

    def __float__(self) -> float:
        raise NotKnownError(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return hash(self.number)


class Missing(Unknown, Undefined):  # type: ignore[misc]
    """A name, attribute or item that nothing defines: ``is defined`` is false, ``default`` replaces it."""

    def __init__(self, expression: str, reason: str) -> None:
        Undefined.__init__(self, name=expression)
        Unknown.__init__(self, expression, reason)


class _Omit:
    """Ansible's ``omit``: the option that has this value is left out."""

    def __repr__(self) -> str:
        return "omit"


OMIT = _Omit()


def joined(text: str) -> str | Unknown:
    """A text that was put together from texts and marks: itself, or an unknown of its parts."""
    if _OPEN not in text:
        return text
    parts: list[str | Unknown] = []
    for index, piece in enumerate(_MARK.split(text)):
        if index % 2 == 0:
            if piece:
                parts.append(MARKS.sub("", piece))
            continue
        unknown = _living.get(int(piece))
        parts.append(unknown if unknown is not None else MASK)
    known = [p for p in parts if isinstance(p, Unknown)]
    if len(parts) == 1 and known:
        return known[0]
    if not known:
        return "".join(p for p in parts if isinstance(p, str))
    secret = all(leaf.secret for p in known for leaf in p.leaves())
    return Unknown(known[0].expression, known[0].reason, secret=secret, parts=tuple(parts))


def contains_unknown(value: Any) -> Unknown | None:
    """The first unknown in a plain value, at any depth."""
    if isinstance(value, Unknown):
        return value
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for inner in items:
        found = contains_unknown(inner)
        if found is not None:
            return found
    return None


def replaced(value: Any, texts: dict[str, Unknown]) -> Any:
    """A plain value with a word in the place of each unknown, for writers that know plain data only."""
    if isinstance(value, Unknown):
        word = f"archdocUnknown{len(texts)}x"
        texts[word] = value
        return word
    if isinstance(value, Mapping):
        return {key: replaced(inner, texts) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [replaced(inner, texts) for inner in value]
    return value


def restored(text: str, texts: dict[str, Unknown]) -> str:
    """The text that a writer made of ``replaced`` data, with the marks of the unknowns back in it."""
    for word, unknown in texts.items():
        text = text.replace(word, str(unknown))
    return text
