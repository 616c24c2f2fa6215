"""The list of all rules, from the rules themselves."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from archdoc.config import Config
from archdoc.linking import RULES
from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.rules import RULES as ANSIBLE_RULES
from archdoc.readers.ci.rules import RULES as CI_RULES
from archdoc.readers.formats.rules import RULES as FORMATS_RULES
from archdoc.readers.terraform.rules import RULES as TERRAFORM_RULES
from archdoc.site.markdown import Markdown
from archdoc.site.templating import render_page


def texts() -> dict[str, str]:
    """The text of every rule, in the order in which they are applied: readers first, then linking."""
    return {**TERRAFORM_RULES, **ANSIBLE_RULES, **FORMATS_RULES, **CI_RULES, **{r.name: r.text for r in RULES}}


def rules_page() -> bytes:
    """docs/rules.md: every rule with its text."""
    return render_page("rules.md.j2", rules=[(Markdown(name), _markdown(text)) for name, text in texts().items()])


def unknown_rules(config: Config) -> Iterator[Problem]:
    """What ``rules_off`` names and is no rule: it would stay on unnoticed."""
    for name in config.rules_off:
        if name not in (known := texts()):
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "the page of rules lists them"
            message = f"rules_off names {name!r}, and no rule is called so"
            yield Problem(Severity.WARNING, "CFG005", message, Source("archdoc.toml"), hint)


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
