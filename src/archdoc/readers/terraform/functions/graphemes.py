"""The characters that a person sees, which Terraform's string functions count: extended grapheme clusters.

By https://unicode.org/reports/tr29/, from the properties that Python's unicodedata knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_ZERO_WIDTH_JOINER = "\u200d"
_PREPENDED = frozenset(range(0x600, 0x606)) | {0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0xD4E, 0x110BD, 0x110CD}
_PICTOGRAPHS = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139),
    (0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328), (0x2388, 0x2388), (0x23CF, 0x23CF),
    (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2), (0x25AA, 0x25AB), (0x25B6, 0x25B6), (0x25C0, 0x25C0),
    (0x25FB, 0x25FE), (0x2600, 0x2605), (0x2607, 0x2612), (0x2614, 0x2685), (0x2690, 0x2705), (0x2708, 0x2712),
    (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734),
    (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757),
    (0x2763, 0x2767), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2934, 0x2935),
    (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D),
    (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF), (0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F),
    (0x1F16C, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5),
    (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A), (0x1F23C, 0x1F23F),
    (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F774, 0x1F77F),
    (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F), (0x1F848, 0x1F84F), (0x1F85A, 0x1F85F), (0x1F888, 0x1F88F),
    (0x1F8AE, 0x1F8FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD),
)  # fmt: skip
"""Extended_Pictographic of https://www.unicode.org/Public/15.0.0/ucd/emoji/emoji-data.txt."""


def graphemes(text: str) -> list[str]:
    """The text cut between its grapheme clusters."""
    if text.isascii():
        return list(text) if "\r\n" not in text else list(_clusters(text))
    return list(_clusters(text))


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(text)):
        if _breaks(text, start, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _breaks(text: str, start: int, at: int) -> bool:
    """Whether a cluster that began at ``start`` ends before ``at``. GB3 to GB13 of the report, in its order."""
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if _is_control(before) or _is_control(after):
        return True
    if _hangul(before) + _hangul(after) in _SYLLABLES:
        return False
    if _extends(after) or after == _ZERO_WIDTH_JOINER or unicodedata.category(after) == "Mc":
        return False
    if ord(before) in _PREPENDED:
        return False
    if before == _ZERO_WIDTH_JOINER and _is_pictograph(after):
        return not any(_is_pictograph(char) for char in text[start : at - 1])
    if _is_regional(before) and _is_regional(after):
        return sum(1 for char in text[start:at] if _is_regional(char)) % 2 == 0
    return True


def _is_control(char: str) -> bool:
    if char in ("\u200c", _ZERO_WIDTH_JOINER) or ord(char) in _PREPENDED or 0xE0020 <= ord(char) <= 0xE007F:
        return False
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me")
        or char in "\u200c\uff9e\uff9f"
        or 0x1F3FB <= ord(char) <= 0x1F3FF
        or 0xE0020 <= ord(char) <= 0xE007F
    )


def _is_regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _is_pictograph(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _PICTOGRAPHS)


_SYLLABLES = frozenset({"LL", "LV", "Lv", "Lt", "vV", "vT", "VV", "VT", "tT", "TT"})
"""Hangul that stays together; v is a syllable of L and V, t one of L, V and T."""


def _hangul(char: str) -> str:
    point = ord(char)
    if 0x1100 <= point <= 0x115F or 0xA960 <= point <= 0xA97C:
        return "L"
    if 0x1160 <= point <= 0x11A7 or 0xD7B0 <= point <= 0xD7C6:
        return "V"
    if 0x11A8 <= point <= 0x11FF or 0xD7CB <= point <= 0xD7FB:
        return "T"
    if 0xAC00 <= point <= 0xD7A3:
        return "v" if (point - 0xAC00) % 28 == 0 else "t"
    return "-"
