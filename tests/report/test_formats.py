"""Every format of a report: valid by its own authority, and steered by no name that a pull request brings."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import markdown
import pytest
import xmlschema

from archdoc import cli
from archdoc.drift.finding import CODES
from archdoc.model.facts import Source
from archdoc.model.finding import Finding
from archdoc.model.problem import Severity
from archdoc.report import FORMATS, Report, jsondoc, text

DATA = Path(__file__).parent / "data"
DOCS = Path(__file__).parents[2] / "docs"

SERVER = Finding(
    Severity.ERROR,
    "DR001",
    'hcloud_server.web["a"] (terraform/main.tf:7) is not in network',
    Source("terraform/main.tf", 7, 9),
    "run: archdoc build",
    subject='tf:terraform:hcloud_server.web["a"]',
    views=("network",),
)
DRAWN = Finding(
    Severity.WARNING,
    "DR201",
    "the diagram lacks redis",
    Source("docs/index.md", 30),
    "draw it, or narrow the scope of the diagram",
    page="docs/index.md",
)
HOSTILE = (
    "a\n::set-output name=x::y",
    "a\r::error::x",
    "::set-env name=PATH::/tmp",
    "  ::add-mask::a",
    "##[error]planted",
    "a%0A::error::x",
    "a\u2028::stop-commands::t",
    "a\x0b::error::x",
    "\x1b]0;title\x07\x1b[31mred",
    "@everyone and @octo/team",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "```\n# heading\n| a | b |",
    "` `` ``` ````",
    "\u202egnp.exe",
    "{0} {1} #12 GH-1 https://evil.example/?a=b www.evil.example",
    "]]> --> \"' <!-- -->",
    "\ud800 \x00 \ufffe",
    "x" * 20_000,
)


def report(*findings: Finding, diff: str = "") -> Report:
    return Report("check", findings, CODES, "all is well", diff)


def hostile() -> Report:
    made = []
    for severity in Severity:
        for name in HOSTILE:
            path = name[:80].replace("\x00", "") or "x"
            hint = f"mend {name}"
            made.append(Finding(severity, "DR001", f"{name} ({path}:1) is not in network", Source(path, 1), hint, path))
            made.append(Finding(severity, "DR001", name, Source(path, 3, 8), "run: archdoc build"))
    return report(*made, diff="".join(f"+{name}\n {name}\n{name}\n" for name in HOSTILE))


REPORTS = {"clean": report(), "two": report(SERVER, DRAWN), "same twice": report(SERVER, SERVER), "hostile": hostile()}
every_report = pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)


def commands(log: str) -> list[str]:
    """What GitHub's runner takes for a command: a line that begins with ``::`` (spaces before it do not count), and
    ``##[`` wherever it stands."""
    lines = io.StringIO(log, newline=None).read().split("\n")
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


# ---------------------------------------------------------------- authorities


@every_report
def test_json_follows_its_schema(made: Report) -> None:
    schema = json.loads(jsondoc.schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(FORMATS["json"](made))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert len({f["fingerprint"] for f in document["findings"]}) == len(made.findings)


def test_the_docs_have_the_schema() -> None:
    assert (DOCS / "assets/findings.schema.json").read_text() == jsondoc.schema_text()


@every_report
def test_sarif_follows_the_schema_of_oasis(made: Report) -> None:
    schema = json.loads((DATA / "sarif-schema-2.1.0.json").read_text())
    document = json.loads(FORMATS["sarif"](made))
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    jsonschema.Draft4Validator(schema, format_checker=checker).validate(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(made.findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert re.fullmatch(r"[\w.~%/-]+", result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        assert "](" not in result["message"]["text"]


def test_sarif_shows_the_worst_five_thousand_and_counts_the_others() -> None:
    document = json.loads(FORMATS["sarif"](report(*[DRAWN] * 5_001, SERVER)))
    (run,) = document["runs"]
    assert len(run["results"]) == 5_000
    assert run["results"][0]["ruleId"] == "DR001"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "2 more findings" in note["message"]["text"]


@every_report
def test_gitlab_follows_the_documented_shape(made: Report) -> None:
    rows = json.loads(FORMATS["gitlab"](made))
    usual = [r for r in rows if not r["location"]["path"].startswith("/")]
    jsonschema.Draft202012Validator(json.loads((DATA / "gitlab-code-quality.schema.json").read_text())).validate(usual)
    assert len({row["fingerprint"] for row in rows}) == len(rows) == len(made.findings)


@every_report
def test_junit_follows_the_schema(made: Report) -> None:
    xml = FORMATS["junit"](made)
    xmlschema.XMLSchema(str(DATA / "junit.xsd")).validate(xml)
    root = ElementTree.fromstring(xml)
    failures = root.findall(".//failure")
    assert str(len(failures)) == root.attrib["failures"]
    assert len(failures) == made.count(Severity.ERROR)
    assert str(len(root.findall(".//testcase"))) == root.attrib["tests"]


def test_junit_names_what_was_looked_for_and_not_found() -> None:
    root = ElementTree.fromstring(FORMATS["junit"](report(SERVER)))
    assert {c.attrib["classname"] for c in root.iter("testcase")} == {f"archdoc.{name}" for name in CODES}


# ---------------------------------------------------------------- GitHub


def test_an_annotation_has_file_line_title_and_message() -> None:
    first, second, *_ = FORMATS["github"](report(SERVER, DRAWN)).splitlines()
    assert first == (
        "::error file=terraform/main.tf,line=7,endLine=9,title=archdoc DR001%3A in the code%2C not in the pages::"
        'hcloud_server.web["a"] (terraform/main.tf:7) is not in network (run: archdoc build)'
    )
    assert second.startswith("::warning file=docs/index.md,line=30,")


def test_no_more_annotations_than_github_shows_and_the_log_has_them_all() -> None:
    many = [Finding(Severity.ERROR, "DR001", f"server {i} is not in network", Source("a.tf", i + 1)) for i in range(25)]
    out = FORMATS["github"](report(*many, *[DRAWN] * 10))
    lines = out.splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == 10
    assert "16 more" in errors[-1]
    assert len([line for line in lines if line.startswith("::warning ")]) == 10
    assert all(f"server {i} is not in network\n" in out for i in range(25))


def test_hostile_names_give_no_commands_but_archdocs_own() -> None:
    own = re.compile(
        r"::(?:error|warning|notice) file=[^\s:,]?[^:,]*,line=\d+(?:,endLine=\d+)?,title=archdoc [^:,]+::.*"
        r"|::(?:error|warning|notice) title=archdoc::\d+ more of this kind: see the log or the job summary"
        r"|::group::archdoc check|::endgroup::"
    )
    found = commands(FORMATS["github"](hostile()))
    assert len(found) == 32
    assert [c for c in found if not own.fullmatch(c)] == []
    assert all(len(c.encode()) < 64 * 1024 for c in found)


@pytest.mark.parametrize("name", [f for f in FORMATS if f != "github"])
def test_no_other_format_steers_a_runner_that_shows_it(name: str) -> None:
    assert commands(FORMATS[name](hostile())) == []


# ---------------------------------------------------------------- terminal


def test_text_ends_with_the_command_that_mends() -> None:
    assert FORMATS["text"](report(SERVER, DRAWN)) == (
        'terraform/main.tf:7: error: DR001 hcloud_server.web["a"] (terraform/main.tf:7) is not in network\n'
        "docs/index.md:30: warning: DR201 the diagram lacks redis\n"
        "    draw it, or narrow the scope of the diagram\n"
        "\n1 error, 1 warning\nTo mend: archdoc build\n"
    )
    assert FORMATS["text"](report()) == "all is well\n"


def test_the_diff_comes_before_the_command() -> None:
    out = FORMATS["text"](report(SERVER, diff="--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n"))
    assert out.index("-old\n+new\n") < out.index("To mend")


def test_colour_changes_no_word() -> None:
    made = report(SERVER, DRAWN, diff="--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old [red]x[/red]\n+new\n")
    coloured = text.render(made, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text.render(made)


def test_a_terminal_is_steered_by_no_name() -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", FORMATS["text"](hostile()))
    coloured = re.sub(r"\x1b\[[\d;]*m", "", text.render(hostile(), colour=True))
    assert "\x1b" not in coloured


# ---------------------------------------------------------------- Markdown


def rendered(source: str) -> Any:
    """The elements of a Markdown text, as CommonMark's Python port renders it with inline HTML."""
    html = markdown.markdown(source, extensions=["pymdownx.superfences", "md_in_html"])
    return ElementTree.fromstring(f"<div>{re.sub(r'<br ?/?>', '<br/>', html)}</div>")


@pytest.mark.parametrize("name", HOSTILE)
def test_markdown_shows_hostile_names_letter_by_letter(name: str) -> None:
    made = report(Finding(Severity.ERROR, "DR001", f"{name} is new", Source("a.tf", 1)))
    out = FORMATS["markdown"](made)
    rest = re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", out)
    assert rest.count("`") == 0
    for planted in ("@", "<", "](", "://", "#12", "GH-", "javascript", "{0}"):
        assert planted not in rest
    tree = rendered(out)
    assert {e.tag for e in tree.iter()} <= {"div", "h3", "h4", "p", "ul", "li", "code"}
    assert len(tree.findall(".//li")) == 1


def test_markdown_fits_into_a_comment_and_says_what_it_left_out() -> None:
    many = [Finding(Severity.ERROR, code, f"{n} " + "x" * 900, Source("a.tf", 1)) for code in CODES for n in range(120)]
    out = FORMATS["markdown"](report(*many))
    assert len(out.encode()) <= 65_536
    assert "left out" in out


def test_a_diff_cannot_leave_its_block() -> None:
    out = FORMATS["markdown"](report(SERVER, diff="+```\n+</details>\n+# planted\n"))
    assert "````diff\n+```\n+</details>\n+# planted\n````\n" in out


# ---------------------------------------------------------------- all


def test_the_command_line_offers_every_format() -> None:
    assert set(cli.REPORT_FORMATS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_the_thing_and_its_place(name: str) -> None:
    out = FORMATS[name](report(SERVER))
    assert 'hcloud_server.web["a"]' in out.replace('\\"', '"').replace("&quot;", '"')
    assert "terraform/main.tf" in out


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written_to_a_file(name: str) -> None:
    FORMATS[name](hostile()).encode("utf-8")


def test_a_fingerprint_stays_while_lines_move() -> None:
    moved = Finding(
        SERVER.severity, SERVER.code, SERVER.message.replace(":7", ":99"), Source("terraform/main.tf", 99),
        SERVER.hint, subject=SERVER.subject,
    )  # fmt: skip
    assert report(SERVER).fingerprints() == report(moved).fingerprints()
    assert report(SERVER).fingerprints() != report(DRAWN).fingerprints()


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_every_code_is_explained(code: Any) -> None:
    assert re.fullmatch(r"DR\d{3}", code.name)
    assert 5 < len(code.title) < 70
    assert not code.title.endswith(".")
    assert len(code.explanation) > 60
    assert code.explanation.endswith(".")
