"""Which diagrams of a Markdown page are looked at, and what the comments around them say."""

from __future__ import annotations

import textwrap

import pytest

from archdoc.drift.drawn.pages import sketches


def drawn(text: str) -> list[tuple[int, list[str]]]:
    """Line and boxes of each diagram."""
    return [(s.drawing.line, [b.id for b in s.drawing.boxes]) for s in sketches(textwrap.dedent(text).lstrip("\n"))]


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("```mermaid\ngraph TD\nA --> B\n```\n", 2),
        ("~~~~ mermaid\ngraph TD\nA --> B\n~~~\n~~~~\n", 2),
        ("``` {.mermaid .wide}\ngraph TD\nA --> B\n```\n", 2),
        ("```{mermaid}\ngraph TD\nA --> B\n```\n", 2),
        ('```mermaid title="x"\ngraph TD\nA --> B\n```\n', 2),
        ("::: mermaid\ngraph TD\nA --> B\n:::\n", 2),
        ("- item\n\n  ```mermaid\n  graph TD\n  A --> B\n  ```\n", 4),
        ("1. item\n    - inner\n\n        ```mermaid\n        graph TD\n        A --> B\n        ```\n", 5),
        ("- ```mermaid\n  graph TD\n  A --> B\n  ```\n", 2),
        ("> ```mermaid\n> graph TD\n> A --> B\n> ```\n", 2),
        ("!!! note\n\n    ```mermaid\n    graph TD\n    A --> B\n    ```\n", 4),
        ('=== "Tab"\n\n    ```mermaid\n    graph TD\n    A --> B\n    ```\n', 4),
        ('<pre class="mermaid">\ngraph TD\nA --> B\n</pre>\n', 2),
        ("```mermaid\r\ngraph TD\r\nA --> B\r\n```\r\n", 2),
        ("```mermaid\ngraph TD\nA --> B\n", 2),
        ("<details>\n\n```mermaid\n---\ntitle: x\n---\ngraph TD\nA --> B\n```\n</details>\n", 7),
    ],
)
def test_a_diagram_is_found_wherever_markdown_shows_it(page: str, line: int) -> None:
    assert drawn(page) == [(line, ["A", "B"])]


@pytest.mark.parametrize(
    "page",
    [
        "```text\ngraph TD\nA --> B\n```\n",
        "````markdown\n```mermaid\ngraph TD\nA --> B\n```\n````\n",
        "<!--\n```mermaid\ngraph TD\nA --> B\n```\n-->\n",
        "Text\n\n    ```mermaid\n    graph TD\n    A --> B\n    ```\n",
        "```mermaid\nsequenceDiagram\nA->>B: x\n```\n",
        "<!-- archdoc:ignore -->\n\n```mermaid\ngraph TD\nA --> B\n```\n",
        "<!-- archdoc:ignore a picture of another platform -->\n```mermaid\ngraph TD\nA --> B\n```\n",
        "<!-- archdoc:view network -->\n\n```mermaid\ngraph TD\nA --> B\n```\n\n<!-- /archdoc -->\n",
    ],
)
def test_what_markdown_does_not_show_or_a_comment_takes_out_is_passed_over(page: str) -> None:
    assert drawn(page) == []


def test_a_comment_speaks_of_the_next_diagram_alone() -> None:
    page = """
        <!-- archdoc:ignore -->
        ```mermaid
        graph TD
        A --> B
        ```

        ```mermaid
        graph TD
        C --> D
        ```

        <!-- archdoc:ignore -->
        Words between the two.

        ```mermaid
        graph TD
        E
        ```
    """
    assert [ids for _line, ids in drawn(page)] == [["C", "D"], ["E"]]


def test_scope_heading_and_ignored_lines_go_with_the_diagram() -> None:
    page = """
        ## The network

        <!-- archdoc:scope terraform/production
             view=network -->
        ```mermaid
        graph TD
        A --> B
        %% archdoc:ignore drawn by hand
        C[Review]
        D
        ```
    """
    (sketch,) = sketches(textwrap.dedent(page).lstrip("\n"))
    assert sketch.scope.split() == ["terraform/production", "view=network"]
    assert sketch.heading == "The network"
    assert sketch.ignored_lines == {9}
    assert sketch.drawing.by_id["C"].line == 9
