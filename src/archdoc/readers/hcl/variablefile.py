"""Files of variable values: https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files."""

from __future__ import annotations

from dataclasses import replace

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.hcl import tree as t
from archdoc.readers.hcl.jsonsyntax import parse_json_values
from archdoc.readers.hcl.native import parse
from archdoc.readers.hcl.parsed import ParsedFile


def parse_tfvars(text: str, path: str) -> ParsedFile:
    """The values of a .tfvars or .tfvars.json file as the attributes of a body. A block there is a Problem."""
    if path.endswith(".json"):
        return parse_json_values(text, path)
    parsed = parse(text, path)
    if not parsed.body.blocks:
        return parsed
    problems = tuple(
        Problem(
            Severity.WARNING,
            "TF006",
            f"a {block.type} block in a file of variable values means nothing",
            Source(path, block.span.line),
            "write name = value",
        )
        for block in parsed.body.blocks
    )
    body = t.Body(parsed.body.attributes, (), parsed.body.span)
    return replace(parsed, body=body, problems=(*parsed.problems, *problems))
