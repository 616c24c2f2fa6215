"""Jinja for the pages: every value that is not ``Markdown`` already is escaped on its way out."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from archdoc.site.drawings import Table
from archdoc.site.generated import PAGE_MARK
from archdoc.site.markdown import Markdown, code, joined, text


def render_page(template: str, **values: Any) -> bytes:
    """A generated page: the mark, then the template's text, with single blank lines and one newline at the end."""
    body = _environment().get_template(template).render(values)
    return f"{PAGE_MARK}\n\n{_tidy(body)}\n".encode("utf-8", "replace")


def table(made: Table) -> Markdown:
    """A Markdown table, and a line that says when it does not show all rows."""
    lines = [_row([text(h) for h in made.head]), "|" + " --- |" * len(made.head)]
    lines += [_row(list(row.cells)) for row in made.rows]
    if made.total > len(made.rows):
        lines += ["", f"{len(made.rows)} of {made.total} rows are shown; the JSON files of this site have all of them."]
    return Markdown("\n".join(lines))


def _row(cells: list[Markdown]) -> str:
    return "| " + " | ".join(cells) + " |"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("archdoc.site"),
        autoescape=False,  # the pages are Markdown; finalize escapes for it
        finalize=text_of,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # else the disk is asked for every template at every use
    )
    environment.filters.update(table=table, raw=Markdown, code=code, joined=joined)
    return environment


def text_of(value: object) -> Markdown:
    """What Jinja prints for a value."""
    return text(value, 1000)


def _tidy(body: str) -> str:
    """One blank line where there are several; fenced blocks have none to lose."""
    return re.sub(r"\n{3,}", "\n\n", body).strip("\n")
