"""The formats by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archdoc.report import github, gitlab, jsondoc, junit, markdown, sarif, text
from archdoc.report.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": jsondoc.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "markdown": markdown.render,
}
"""From a report to its text."""
