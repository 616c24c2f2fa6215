"""The list of linking rules, from the rules themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archdoc.linking.rules import Rule
from archdoc.site.markdown import Markdown
from archdoc.site.templating import render_page


def rules_page(rules: Sequence[Rule]) -> bytes:
    """docs/rules.md: every rule with its docstring, in the order in which they are applied."""
    return render_page("rules.md.j2", rules=[(Markdown(rule.name), _markdown(rule.text)) for rule in rules])


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
