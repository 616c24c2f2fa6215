"""What can be told of a value that is not known: not null, the beginning of its text, the range of its size.

These are cty's refinements (https://github.com/zclconf/go-cty/blob/main/docs/refinements.md). They decide what
Terraform can compare before apply: ``"web-${aws_vpc.a.id}" != null`` is true, and so is ``length(…) >= 0``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction
"""Whole numbers are ``int``; others a ``Fraction`` rounded to the 512 bits of mantissa that core keeps."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The raw content of a value that is not known before apply.

    ``low`` and ``high`` bound a number, or the number of elements of a list, set or map; both are inclusive.
    """

    not_null: bool = False
    prefix: str = ""
    low: Number | None = None
    high: Number | None = None

    def __repr__(self) -> str:
        return "UNKNOWN" if self == UNKNOWN else f"UNKNOWN{'!' if self.not_null else ''}"

    def narrowed(self, not_null: bool, prefix: str, low: Number | None, high: Number | None) -> Unknown:
        """With more told of it."""
        return Unknown(
            self.not_null or not_null,
            max(self.prefix, prefix, key=len),
            _tighter(self.low, low, max),
            _tighter(self.high, high, min),
        )


_Choose: TypeAlias = Callable[[Number, Number], Number]


def _tighter(one: Number | None, other: Number | None, choose: _Choose) -> Number | None:
    return other if one is None else one if other is None else choose(one, other)


UNKNOWN = Unknown()
"""Nothing is told."""
NOT_NULL = Unknown(not_null=True)


def safe_prefix(text: str) -> str:
    """What is certain to begin a string that begins so far: a last letter could still combine with what follows.

    https://pkg.go.dev/github.com/zclconf/go-cty/cty/ctystrings#SafeKnownPrefix
    """
    cut = unicodedata.normalize("NFC", text[:128])
    while cut and cut[-1] not in _BOUNDARIES:
        last, cut = cut[-1], cut[:-1]
        if not unicodedata.combining(last):
            break
    return cut


_BOUNDARIES = frozenset("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'")
