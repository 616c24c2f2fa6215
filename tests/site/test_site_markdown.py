"""Escaping, against two renderers of Markdown: the one of MkDocs and the one of CommonMark with GitHub's tables."""

from __future__ import annotations

from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sample_drawings import EVIL

from archdoc.render.text import clean, shorten
from archdoc.site.markdown import LONGEST, code, link, slug, text

EXTENSIONS = [
    "tables",
    "attr_list",
    "md_in_html",
    "toc",
    "pymdownx.superfences",
    "pymdownx.details",
    "pymdownx.highlight",
]


class Shown(HTMLParser):
    """The text and the tags of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [v or "" for k, v in attrs if k == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def both(source: str) -> list[Shown]:
    return [
        Shown(markdown.markdown(source, extensions=EXTENSIONS)),
        Shown(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(source)),
    ]


@pytest.mark.parametrize("value", EVIL)
def test_attacks_are_shown_letter_by_letter(value: str) -> None:
    expected = shorten(clean(value), LONGEST)
    for shown in both(f"before {text(value)} after"):
        assert shown.text == f"before {expected} after".replace("  ", " ")
        assert shown.tags == {"p"}


@given(st.lists(st.text(max_size=80), min_size=3, max_size=3))
def test_any_text_in_a_table_stays_in_its_cell(values: list[str]) -> None:
    cells = [f"{text(values[0])}", f"{code(values[1])}", f"**x{text(values[2])}**"]
    for shown in both("| a | b | c |\n| --- | --- | --- |\n| " + " | ".join(cells) + " |\n"):
        expected = " ".join(" ".join(["a b c", clean(values[0]), clean(values[1]), "x" + clean(values[2])]).split())
        assert "".join(shown.text.split()) == "".join(expected.split())
        assert shown.tags <= {"table", "thead", "tbody", "tr", "th", "td", "strong", "code", "em", "div"}
        assert "em" not in shown.tags


@given(st.text(max_size=60))
def test_any_text_as_a_heading_or_list_item_is_text(value: str) -> None:
    for shown in both(f"## {text('x' + value)}\n\n- {text(value) or 'x'}\n"):
        assert shown.tags <= {"h2", "ul", "li", "p"}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil", "https://a/\n)b", 'https://a/"x']
)
def test_an_unsafe_address_is_no_link(address: str) -> None:
    assert link("words", address) == "words"


def test_brackets_in_an_address_do_not_end_the_link() -> None:
    for shown in both(link("a [b](c)", "https://example.org/x_(1).tf#L1")):
        assert shown.text == "a [b](c)"
        assert shown.addresses == ["https://example.org/x_%281%29.tf#L1"]


def test_ordinary_names_stay_readable_in_the_source() -> None:
    for plain in ("hcloud_server.web", "terraform/main.tf:12", "10.0.2.0/24", "nginx (docker)", "a-b", "443/tcp"):
        assert text(plain) == plain
    assert code('hcloud_server.web["a"]') == '`hcloud_server.web["a"]`'


def test_slugs_are_plain() -> None:
    assert slug("Network: Prod/EU (1)") == "network-prod-eu-1"
    assert slug("…") == "unnamed"
