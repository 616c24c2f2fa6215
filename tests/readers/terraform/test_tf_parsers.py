"""Two parsers behind one door: the same tree, with the same lines and columns, for everything that both take."""

from __future__ import annotations

from pathlib import Path

import configuration_cases
import expression_cases
import pytest

from archdoc.readers.hcl import HclError, parse, parse_with_hcl2, parse_with_tree_sitter
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.parsed import MisreadError

REPOSITORY = Path(__file__).parents[3]
EXPRESSIONS = [
    line
    for line in (Path(__file__).parent / "cases/expressions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def texts() -> dict[str, str]:
    """Every configuration that the tests hold, by a name."""
    found = {
        f"{name}: {path}": text
        for name, files in configuration_cases.load().items()
        for path, text in files.items()
        if path.endswith(".tf")
    }
    found |= {path: str(text) for path, text in expression_cases.FILES.items() if path.endswith(".tf")}
    found |= {expression: f"x = {expression}\n" for expression in EXPRESSIONS}
    for directory in ("terraform", "tests", "bench"):
        for path in sorted((REPOSITORY / directory).rglob("*.tf")):
            found[path.relative_to(REPOSITORY).as_posix()] = path.read_text(encoding="utf-8")
    return found


def test_both_parsers_give_the_same_tree() -> None:
    compared, alone, differing = 0, [], {}
    for name, text in texts().items():
        trees = []
        for parser in (parse_with_hcl2, parse_with_tree_sitter):
            try:
                trees.append(parser(text))
            except (HclError, MisreadError):
                break
        if len(trees) < 2:
            alone.append(name)
            continue
        compared += 1
        if trees[0] != trees[1]:
            differing[name] = trees
    assert differing == {}
    assert compared > 1400
    assert len(alone) < 0.03 * compared, alone


@pytest.mark.parametrize(
    "text",
    [
        'x = "${\n  a\n}"\n',
        "x = (\n  a\n  .b\n)\n",
        "größe = größer\n",
        "\ufeffx = 1\n",
    ],
    ids=["a newline after ${", "a newline before .attribute", "names beyond ASCII", "a byte order mark"],
)
def test_what_one_parser_rejects_the_other_reads(text: str) -> None:
    parsed = parse(text, "main.tf")
    assert parsed.problems == ()
    assert len(parsed.body.attributes) == 1


def test_lines_and_columns_are_those_of_the_text() -> None:
    body = parse('locals {\n  a = 1\n  b = "é${ upper(var.x) }"\n}\n', "main.tf").body
    template = body.blocks[0].body.attributes[1].expression
    assert isinstance(template, t.Template)
    call = template.parts[1]
    assert isinstance(call, t.Call)
    assert call.span == t.Span(3, 12, 3, 24)
    assert call.arguments[0].span == t.Span(3, 18, 3, 23)


def test_a_file_that_both_reject_keeps_its_whole_blocks() -> None:
    with pytest.raises(HclError):
        parse_with_tree_sitter('locals {\n  a = [\n}\nvariable "v" {}\n')
    parsed = parse('variable "u" {}\nlocals {\n  a = [\n}\n\nvariable "v" {}\n', "broken.tf")
    assert [b.labels for b in parsed.body.blocks if b.type == "variable"] == [("u",), ("v",)]
    assert [(p.code, p.source.path, p.source.line) for p in parsed.problems] == [("TF001", "broken.tf", 4)]
