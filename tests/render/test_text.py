from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from archdoc.render.text import clean, label_lines, shorten, wrap

FAMILY = "👩‍👩‍👧"


def test_control_and_reordering_characters_are_taken_out_and_joiners_stay() -> None:
    assert clean("a\x00b\x1b[31m\u202egnp.exe\u2066\ufeff\ud800 c\n\td") == "ab[31mgnp.exe c d"
    assert clean(FAMILY) == FAMILY


def test_a_cut_falls_between_whole_characters() -> None:
    assert shorten("ab" + FAMILY, 5) == "ab…"
    assert shorten("e\u0301" * 4, 4) == "e\u0301…"
    assert shorten("🇩🇪🇫🇷", 3) == "🇩🇪…"
    assert shorten("short", 5) == "short"


def test_lines_break_at_punctuation_before_they_break_a_word() -> None:
    assert wrap("hcloud_server.web_frontend_production", 20) == ["hcloud_server.web_", "frontend_production"]
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_label_is_never_empty_and_never_too_long() -> None:
    assert label_lines(()) == ["(no name)"]
    assert label_lines(("", "\x00")) == ["(no name)"]
    many = label_lines(tuple(f"line {i}" for i in range(20)))
    assert len(many) == 6
    assert many[-1].endswith("…")


@given(st.lists(st.text(max_size=300), max_size=8), st.integers(12, 40))
def test_any_label_fits_its_room(label: list[str], width: int) -> None:
    lines = label_lines(tuple(label), width)
    assert 1 <= len(lines) <= 6
    for line in lines:
        assert line.strip()
        assert sum(unicodedata.category(c) not in ("Mn", "Me", "Mc", "Cf") for c in line) <= width


@given(st.text(max_size=200), st.integers(5, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join("".join(wrap(clean(text), width)).split()) == "".join(clean(text).split())
