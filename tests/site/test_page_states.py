"""What is wrong with a committed page, and who made it so."""

from __future__ import annotations

from sample_drawings import network

from archdoc.model.page import PageIssue, PageState
from archdoc.render.svg import render
from archdoc.site.generated import PAGE_MARK, manifest_bytes, manifest_path
from archdoc.site.state import page_issues

MANIFEST = manifest_path("docs")
PAGE = f"{PAGE_MARK}\n\n# A\n\nold\n".encode()
MINE = b"# Mine\n\n<!-- archdoc:view network -->\n\nold\n\n<!-- /archdoc -->\n\nwords\n"


def site(**files: bytes) -> dict[str, bytes]:
    made = {f"docs/{name}": data for name, data in files.items()}
    return made | {MANIFEST: manifest_bytes(made)}


def issues(committed: dict[str, bytes], expected: dict[str, bytes], *stale: str) -> list[PageIssue]:
    return page_issues({path: committed.get(path) for path in expected}, expected, stale, "docs")


def states(committed: dict[str, bytes], expected: dict[str, bytes]) -> dict[str, PageState]:
    return {issue.path: issue.state for issue in issues(committed, expected)}


def test_pages_as_archdoc_makes_them_have_no_issue_whatever_their_line_ends() -> None:
    made = site(**{"a.md": PAGE, "mine.md": MINE})
    assert issues(made, made) == []
    assert issues({p: d.replace(b"\n", b"\r\n") for p, d in made.items()}, made) == []


def test_an_edited_page_is_told_from_one_of_another_version() -> None:
    made = site(**{"a.md": PAGE})
    edited = {**made, "docs/a.md": PAGE.replace(b"old", b"mine")}
    assert issues(edited, made) == [PageIssue("docs/a.md", PageState.EDITED, 5)]
    assert states(made, site(**{"a.md": PAGE.replace(b"old", b"new")})) == {"docs/a.md": PageState.OUTDATED}


def test_where_nothing_is_recorded_nobody_is_blamed() -> None:
    made = site(**{"a.md": PAGE.replace(b"old", b"new")})
    first = b'{"files": ["docs/a.md"], "schema": "archdoc.files/1"}'
    assert states({"docs/a.md": PAGE, MANIFEST: first}, made) == {"docs/a.md": PageState.DIFFERENT}
    assert states({"docs/a.md": PAGE}, made) == {"docs/a.md": PageState.DIFFERENT, MANIFEST: PageState.MISSING}


def test_what_stands_between_markers_has_its_own_words() -> None:
    made = site(**{"mine.md": MINE})
    edited = {**made, "docs/mine.md": MINE.replace(b"old", b"mine")}
    assert issues(edited, made) == [PageIssue("docs/mine.md", PageState.EDITED_BETWEEN, 5)]
    new = site(**{"mine.md": MINE.replace(b"old", b"new")})
    assert states(made, new) == {"docs/mine.md": PageState.OUTDATED}
    assert states({**made, "docs/mine.md": MINE.replace(b"\nold\n\n", b"")}, new) == {
        "docs/mine.md": PageState.UNFILLED
    }


def test_words_around_the_markers_are_a_persons_own() -> None:
    made = site(**{"mine.md": MINE})
    other = site(**{"mine.md": MINE.replace(b"words", b"others")})
    assert made[MANIFEST] == other[MANIFEST]


def test_pictures_compare_by_the_drawing_that_they_show() -> None:
    from dataclasses import replace

    drawing = network()
    old = render(drawing, lambda _: None).svg
    new = render(replace(drawing, title="Another"), lambda _: None).svg
    made, now = site(**{"a.svg": old}), site(**{"a.svg": new})
    assert states(made, now) == {"docs/a.svg": PageState.OUTDATED}
    assert states({**now, "docs/a.svg": old}, now) == {"docs/a.svg": PageState.OTHER_DRAWING}
    assert states({**made, "docs/a.svg": old.replace(b"</svg>", b"<g/></svg>")}, made) == {
        "docs/a.svg": PageState.EDITED
    }


def test_a_missing_page_and_one_left_over() -> None:
    made = site(**{"a.md": PAGE, "b.md": PAGE})
    committed = {path: data for path, data in made.items() if path != "docs/b.md"}
    assert issues(committed, made, "docs/old.md") == [
        PageIssue("docs/b.md", PageState.MISSING),
        PageIssue("docs/old.md", PageState.LEFT_OVER),
    ]


def test_a_list_that_was_edited_is_said_where_nothing_else_differs() -> None:
    made = site(**{"a.md": PAGE})
    assert states({**made, MANIFEST: made[MANIFEST] + b" "}, made) == {MANIFEST: PageState.DIFFERENT}
