"""What check found, as text, JSON, or GitHub's workflow commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from archdoc.model.facts import Source
from archdoc.model.problem import Severity


class Reported(Protocol):
    """What every finding has."""

    @property
    def severity(self) -> Severity:
        """error, warning or note."""
        ...

    @property
    def code(self) -> str:
        """The stable code."""
        ...

    @property
    def message(self) -> str:
        """The sentence for people."""
        ...

    @property
    def source(self) -> Source:
        """The place."""
        ...

    @property
    def hint(self) -> str:
        """What to do."""
        ...


@dataclass(frozen=True, slots=True)
class _Limits:
    annotations: int = 50
    """GitHub shows no more annotations of one step."""


def findings(found: Sequence[Reported], form: str) -> str:
    """All findings in one format; the empty text of ``text`` says that all is well."""
    if form == "json":
        return json.dumps([_object(f) for f in found], indent=2, ensure_ascii=False) + "\n"
    if form == "github":
        return "".join(_annotation(f) for f in found[: _Limits().annotations])
    if not found:
        return "the published pages show the code as it is\n"
    lines = [f"{f.source}: {f.code} {f.message}\n" for f in found]
    mend = "; ".join(dict.fromkeys(f.hint.removeprefix("run: ") for f in found if f.hint))
    return "".join(lines) + f"\n{len(found)} difference{'s' if len(found) != 1 else ''}. To mend: {mend}\n"


def _object(finding: Reported) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "path": finding.source.path,
        "line": finding.source.line,
        "hint": finding.hint,
    }


def _annotation(finding: Reported) -> str:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""
    level = {"error": "error", "warning": "warning"}.get(finding.severity.value, "notice")
    path, title = _property(finding.source.path), _property(f"archdoc {finding.code}")
    return f"::{level} file={path},line={finding.source.line},title={title}::{_data(finding.message)}\n"


def _data(text: str) -> str:
    """A message in which nothing is a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
