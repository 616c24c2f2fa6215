from __future__ import annotations

import difflib
import re
from dataclasses import replace

import pytest
from sample_drawings import EVIL, at, evil, network, wide

from archdoc.model.diagram import Arrow, Box, Cluster, Diagram
from archdoc.model.facts import Category, Source
from archdoc.render import mermaid
from archdoc.render.palette import ARROWS, CHANGES, CHANGES_DARK, COLOURS, DARK, PAPER, PAPER_DARK


def no_link(_source: Source) -> None:
    return None


def diagram(*ids: str, **more: object) -> Diagram:
    boxes = tuple(Box(i, "resource", (i,), at(1)) for i in ids)
    return replace(Diagram("d", "network", "T", "Q?", boxes=boxes), **more)  # type: ignore[arg-type]


def ids_of(text: str) -> list[str]:
    return re.findall(r"^ +(\w+)[\[(]", text, re.MULTILINE)


def test_shapes_styles_and_frames_are_written_as_mermaid_writes_them() -> None:
    text = mermaid.render(network(), no_link)
    assert text.startswith("flowchart TB\n")
    assert 'users(["Users"]):::other' in text
    assert 'db[("PostgreSQL")]:::database' in text
    assert 'deploy("deploy"):::byhand' in text
    assert 'subgraph priv["Private subnet 10.0.2.0/24"]' in text
    assert 'users -->|"HTTPS"| lb' in text
    assert 'bastion ==>|"22/tcp"| priv' in text
    assert "db -.-> pub" in text
    assert 'deploy -->|"by hand"| web_1' in text


@pytest.mark.parametrize(
    "word", ["end", "END", "graph", "default", "subgraph", "click", "style", "class", "o", "x", "TD"]
)
def test_words_of_the_language_are_no_ids(word: str) -> None:
    assert ids_of(mermaid.render(diagram(word), no_link)) == [f"n_{word}"]


def test_ids_that_differ_only_in_signs_stay_different() -> None:
    names = ids_of(mermaid.render(diagram("web[0]", "web.0", "web_0", "WEB-0", "ö", "ü", "", "7up"), no_link))
    assert len({n.lower() for n in names}) == 8


def test_a_new_box_changes_only_the_lines_about_it() -> None:
    before = network()
    box = Box("web[2]", "resource", ("web-3",), at(23), Category.COMPUTE, "priv")
    arrow = Arrow("lb", "web[2]", "routes_to", (at(16),))
    after = replace(
        before,
        boxes=(*before.boxes[:5], box, *before.boxes[5:]),
        arrows=(*before.arrows[:3], arrow, *before.arrows[3:]),
    )
    link = "https://example.org/{}".format
    old, new = (mermaid.render(d, lambda s: link(s.line)).splitlines() for d in (before, after))
    changed = [line[0] + line[1:].strip() for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert changed == [
        '+web_2["web-3"]:::compute',
        "+lb --> web_2",
        '+click web_2 href "https://example.org/23" "terraform/main.tf:23"',
    ]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "JaVaScRiPt:x",
        "//evil.example",
        'https://x/"onclick',
        "https://x/ y",
        "vbscript:x",
        "",
    ],
)
def test_an_address_that_could_run_or_break_out_is_no_link(address: str) -> None:
    assert "click" not in mermaid.render(network(), lambda _s: address)


@pytest.mark.parametrize(
    "address", ["https://example.org/a#L1-L2", "../views/network.md#x", "http://example.org/?a=b&c=d"]
)
def test_web_and_relative_addresses_are_links(address: str) -> None:
    assert f'click lb href "{address}"' in mermaid.render(network(), lambda _s: address)


def test_a_box_with_a_page_leads_there_rather_than_to_its_source() -> None:
    drawn = diagram("a")
    drawn = replace(drawn, boxes=(replace(drawn.boxes[0], link="#other"),))
    text = mermaid.render(drawn, lambda _s: "https://example.org/", lambda page: f"network.md{page}")
    assert 'click a href "network.md#other"' in text


def test_no_label_leaves_its_quotes_or_becomes_markup() -> None:
    lines = mermaid.render(evil(), no_link).encode("utf-8").decode().splitlines()
    for line in lines:
        shown = line.replace("<br/>", "").replace("-->", "").replace("==>", "").replace("-.->", "")
        assert not set("<>`\\$%\x00\x1b\u202e") & set(shown), line
        if '"' in line:
            assert line.count('"') == 2, line
            assert re.search(r'^ *(?:subgraph )?\w+[\[(]+"[^"]*"[\])]+(?::::\w+)?$|==>\|"[^"]*"\| \w+$', line), line


def test_long_labels_are_wrapped_and_cut() -> None:
    text = mermaid.render(
        diagram("module.platform.module.compute.hcloud_server.web_frontend_production_eu_central" * 5), no_link
    )
    label = re.search(r'\["(.*)"\]', text)
    assert label is not None
    lines = label[1].split("<br/>")
    assert max(map(len, lines)) <= 26
    assert len(lines) <= 6
    assert lines[-1].endswith("…")


def test_emoji_and_right_to_left_text_stay_whole() -> None:
    text = mermaid.render(diagram(EVIL[8]), no_link)
    for word in ("שלום", "مرحبا", "日本語", "👩‍👩‍👧", "🇩🇪"):
        assert word in text


def test_an_arrow_between_a_frame_and_its_inside_is_told_in_a_comment() -> None:
    drawn = Diagram(
        "d",
        "v",
        "T",
        "Q",
        clusters=(Cluster("f", "F"),),
        boxes=(Box("a", "x", ("A",), at(1), cluster="f"),),
        arrows=(Arrow("a", "f", "depends_on", (at(1),)),),
    )
    text = mermaid.render(drawn, no_link)
    assert "a -" not in text
    assert "%% a to f" in text


@pytest.mark.parametrize(("boxes", "arrows"), [(600, 480), (100, 700), (3000, 3000)])
def test_what_passes_the_limits_of_mermaid_says_how_much_is_missing(boxes: int, arrows: int) -> None:
    text = mermaid.render(wide(boxes, arrows), lambda s: f"https://example.org/{'long/' * 20}{s.line}")
    assert len(text) <= mermaid.MAX_TEXT
    assert len(re.findall(r" (?:-->|-\.->|==>)", text)) <= mermaid.MAX_EDGES
    if len(ids_of(text)) < boxes or arrows > mermaid.MAX_EDGES:
        assert "Not all is shown" in text


def test_the_legend_names_the_categories_that_occur() -> None:
    text = mermaid.render(network(), no_link, legend=True)
    assert 'legend_load_balancing["load balancing"]:::load_balancing' in text
    assert "legend_dns" not in text


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("category", list(Category))
def test_text_can_be_read_on_every_colour(category: Category) -> None:
    for colours in (COLOURS, DARK):
        colour = colours[category]
        assert contrast(colour.text, colour.fill) >= 4.5
        assert contrast(colour.border, colour.fill) >= 3


def test_arrows_and_frame_labels_can_be_seen_on_every_depth() -> None:
    for paper, which in ((PAPER, 0), (PAPER_DARK, 1)):
        for ground in (paper.fill, *paper.frames):
            assert contrast(paper.text, ground) >= 4.5
            for kind, strokes in ARROWS.items():
                assert contrast(strokes[which], ground) >= 3, (kind, ground)


def test_boxes_without_arrows_are_stacked_and_a_new_one_moves_only_its_neighbours() -> None:
    ids = [f"server-{i:02}" for i in range(40)]
    before = mermaid.render(diagram(*ids), no_link).splitlines()
    after = mermaid.render(diagram(*ids[:20], "server-19b", *ids[20:]), no_link).splitlines()
    assert 20 < sum("~~~" in line for line in before) < 40
    assert len([line for line in difflib.ndiff(before, after) if line[0] in "+-"]) <= 4


def test_what_happened_can_be_read_on_both_pages() -> None:
    for colours in (CHANGES, CHANGES_DARK):
        for colour in colours.values():
            assert contrast(colour.text, colour.fill) >= 4.5
            assert contrast(colour.border, colour.fill) >= 3
