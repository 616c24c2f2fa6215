"""A box is as wide as its text in the widest of the fonts that may draw it."""

from __future__ import annotations

import pytest

from archdoc.render.svg.measure import text_width

BOLD = {"=": 0.838, "&": 0.872, "<": 0.838, "+": 0.838, "~": 0.838, "#": 0.838, "{": 0.712, "a": 0.675}
"""Widths of DejaVu Sans Bold, in em."""


@pytest.mark.parametrize("char", BOLD)
def test_no_sign_is_wider_than_it_is_thought(char: str) -> None:
    assert text_width(char, 100, bold=True) >= 100 * BOLD[char]
    assert text_width(char, 100, bold=True) < 150 * BOLD[char]
