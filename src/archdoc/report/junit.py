"""JUnit XML, which every CI server shows: a failing test for each error, a passing one for each code without any.

The shape is the one that the Jenkins plugin and GitLab read: testsuites, testsuite, testcase, failure, system-out.
https://docs.gitlab.com/ci/testing/unit_test_reports/ , https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.report.plain import line, log
from archdoc.report.report import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """One suite. Warnings and notes are tests that pass and say so; times are not told, for they differ."""
    name = f"archdoc {report.command}"
    found = {f.code for f in report.findings}
    passed = [code for code in report.codes.values() if code.name not in found]
    counts = {
        "tests": str(len(report.findings) + len(passed)),
        "failures": str(report.count(Severity.ERROR)),
        "errors": "0",
    }
    root = ElementTree.Element("testsuites", {"name": name, **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts, "skipped": "0"})
    for finding in report.findings:
        _case(suite, finding, report.title(finding))
    for code in passed:
        ElementTree.SubElement(suite, "testcase", {"classname": f"archdoc.{code.name}", "name": code.title})
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text.replace("##[", "##&#91;") + "\n"


def _case(suite: ElementTree.Element, finding: Finding, title: str) -> None:
    message = _xml(line(finding.message))
    place = {"file": _xml(line(finding.source.path)), "line": str(finding.source.line)}
    case = ElementTree.SubElement(suite, "testcase", {"classname": f"archdoc.{finding.code}", "name": message, **place})
    said = [f"{finding.code} {title}", f"at {finding.source}", finding.message, finding.hint]
    if finding.severity is Severity.ERROR:
        inner = ElementTree.SubElement(case, "failure", {"message": message, "type": finding.code})
    else:
        inner = ElementTree.SubElement(case, "system-out")
        said[0] = f"{finding.severity.value}: {said[0]}"
    inner.text = _xml(log("".join(f"{line(each)}\n" for each in said if each))).rstrip("\n")


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
