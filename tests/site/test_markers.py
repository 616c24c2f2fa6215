from __future__ import annotations

import pytest

from archdoc.site.markers import fill, outside

PAGE = """# Mine

<!-- archdoc:view network -->
old
<!-- /archdoc -->

between

  <!-- archdoc:view security svg -->
<!-- /archdoc -->
end
"""


def body(name: str, form: str) -> str | None:
    return None if name == "none" else f"{name} as {form}"


def test_every_region_is_filled_and_nothing_else_changes() -> None:
    text, problems = fill(PAGE, body, "docs/mine.md")
    assert not problems
    assert "\n\nnetwork as mermaid\n\n<!-- /archdoc -->\n\nbetween" in text
    assert "security as svg" in text
    assert "old" not in text
    assert outside(text) == outside(PAGE)
    assert fill(text, body, "docs/mine.md")[0] == text


def test_line_ends_stay_as_they_are() -> None:
    text, _ = fill(PAGE.replace("\n", "\r\n"), body, "docs/mine.md")
    assert text.count("\r\n") == text.count("\n")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<!-- archdoc:view network -->\nno end\n", "no <!-- /archdoc -->"),
        ("<!-- archdoc:view network -->\n<!-- archdoc:view security -->\n<!-- /archdoc -->\n", "no <!-- /archdoc -->"),
        ("<!-- archdoc:view none -->\n<!-- /archdoc -->\n", "no view is called 'none'"),
        ("<!-- archdoc:veiw network -->\n<!-- /archdoc -->\n", "no view is called '(nothing)'"),
    ],
)
def test_a_wrong_marker_is_a_problem_at_its_line_and_changes_nothing(page: str, words: str) -> None:
    text, problems = fill("# Title\n\n" + page, body, "docs/mine.md")
    assert text == "# Title\n\n" + page
    assert [(p.source.path, p.source.line) for p in problems] == [("docs/mine.md", 3)]
    assert words in problems[0].message


@pytest.mark.parametrize("fence", ["```", "~~~~", "````md"])
def test_a_marker_in_a_code_fence_is_an_example(fence: str) -> None:
    closing = fence.rstrip("md")
    page = f"{fence}\n<!-- archdoc:view network -->\nold\n<!-- /archdoc -->\n{closing}\n"
    assert fill(page, body, "docs/mine.md") == (page, [])


def test_a_fence_inside_a_region_does_not_hide_the_end() -> None:
    page = "<!-- archdoc:view a -->\n```mermaid\nflowchart TB\n```\n<!-- /archdoc -->\nrest\n"
    assert fill(page, body, "m.md")[0] == "<!-- archdoc:view a -->\n\na as mermaid\n\n<!-- /archdoc -->\nrest\n"
