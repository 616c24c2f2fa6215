"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import re
from urllib.parse import quote

from archdoc import __version__
from archdoc.model.facts import Json
from archdoc.model.finding import Code, Finding
from archdoc.model.problem import Severity
from archdoc.render.jsontext import dumps
from archdoc.report.jsondoc import safe
from archdoc.report.plain import line
from archdoc.report.report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 5_000
"""Results that GitHub shows of one run; the worst come first, the rest is counted in a notification."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render(report: Report) -> str:
    """One run with a rule for every code."""
    rules = list(report.codes.values())
    index = {code.name: number for number, code in enumerate(rules)}
    found = sorted(
        zip(report.findings, report.fingerprints(), strict=True), key=lambda pair: list(_LEVELS).index(pair[0].severity)
    )
    driver: dict[str, Json] = {
        "name": "archdoc",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in rules],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"archdoc/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The repository."}}},
        "results": [_result(finding, index, fingerprint) for finding, fingerprint in found[:MOST]],
    }
    if len(found) > MOST:
        words = f"{len(found) - MOST} more findings are left out; archdoc {report.command} shows them all."
        note: Json = {"message": {"text": words}, "level": "note"}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [note]}]
    return safe(dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))


def _rule(code: Code) -> Json:
    return {
        "id": code.name,
        "name": _name(code.title),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explanation},
        "help": {"text": code.explanation},
        "properties": {"tags": [code.group]},
    }


def _result(finding: Finding, index: dict[str, int], fingerprint: str) -> Json:
    message = line(finding.message)
    if finding.hint:
        message += f" ({line(finding.hint)})"
    source = finding.source
    made: dict[str, Json] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(source.path), "uriBaseId": "SRCROOT"},
                    "region": {"startLine": source.line, "endLine": source.end_line},
                }
            }
        ],
        "partialFingerprints": {"archdocFinding/v1": fingerprint},
    }
    if finding.code in index:
        made["ruleIndex"] = index[finding.code]
    return made


def _plain(message: str) -> str:
    """A message without embedded links (3.11.6) and placeholders (3.11.5): names of the repository make neither."""
    return _PLACEHOLDER.sub(r"{{\1}}", message.replace("](", "] ("))


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "replace"), safe="/~")


def _name(title: str) -> str:
    """The title as one word: ``PageMissing``."""
    return "".join(word.capitalize() for word in re.findall(r"\w+", title))
