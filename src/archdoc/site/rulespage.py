"""The list of all rules, from the rules themselves."""

from __future__ import annotations

import re

from archdoc.linking import RULES
from archdoc.readers.ansible.rules import RULES as ANSIBLE_RULES
from archdoc.readers.ci.rules import RULES as CI_RULES
from archdoc.readers.formats.rules import RULES as FORMATS_RULES
from archdoc.readers.terraform.rules import RULES as TERRAFORM_RULES
from archdoc.site.markdown import Markdown
from archdoc.site.templating import render_page


def rules_page() -> bytes:
    """docs/rules.md: every rule with its text, in the order in which they are applied: readers first, then linking."""
    read = [*TERRAFORM_RULES.items(), *ANSIBLE_RULES.items(), *FORMATS_RULES.items(), *CI_RULES.items()]
    rules = [*read, *((r.name, r.text) for r in RULES)]
    return render_page("rules.md.j2", rules=[(Markdown(name), _markdown(text)) for name, text in rules])


def _markdown(docstring: str) -> Markdown:
    """A docstring's paragraphs; ``literal`` becomes code, and nothing of it becomes HTML."""
    paragraphs = re.split(r"\n\s*\n", docstring.strip())
    return Markdown("\n\n".join(_escaped(" ".join(p.split())) for p in paragraphs))


def _escaped(paragraph: str) -> str:
    parts = re.split(r"(``[^`]+``)", paragraph)
    return "".join(
        f"`{part[2:-2]}`" if part.startswith("``") else re.sub(r"[<>*_\[\]]", lambda m: f"&#{ord(m[0])};", part)
        for part in parts
    )
