"""Every rule over a graph, with the severities of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from archdoc.catalog import Catalog
from archdoc.config import LintConfig
from archdoc.lint import alerting, automation, delivery, exposure, machines, stores
from archdoc.lint.registry import Context, Hit, LintRule, rules
from archdoc.model.facts import Node, NodeKind
from archdoc.model.finding import Code, Finding
from archdoc.model.graph import Graph
from archdoc.model.naming import scope_of, title
from archdoc.model.problem import Severity

_MODULES = (alerting, automation, delivery, exposure, machines, stores)
RULES: tuple[LintRule, ...] = tuple(rules())
CODES: Mapping[str, Code] = {rule.code.name: rule.code for rule in RULES}


def lint(graph: Graph, catalog: Catalog, config: LintConfig) -> tuple[Finding, ...]:
    """What every rule finds, in the order of codes and places."""
    context = Context(graph, catalog)
    found = []
    for rule in RULES:
        word = config.severity.get(rule.code.name, rule.severity.value)
        if word == "off":
            continue
        passed = config.ignore.get(rule.code.name, ())
        hits = (hit for hit in rule.find(context) if not _is_ignored(hit, passed))
        found += [_finding(rule, hit, Severity(word)) for hit in hits]
    return tuple(sorted(found, key=Finding.sort_key))


def _finding(rule: LintRule, hit: Hit, severity: Severity) -> Finding:
    source = hit.source or hit.node.source
    return Finding(
        severity, rule.code.name, f"{_name(hit.node)} ({source}) {hit.words}", source, rule.hint, subject=hit.node.id
    )


def _name(node: Node) -> str:
    if node.kind is NodeKind.EXTERNAL:
        return f"{node.type} {node.name}"
    return f"{title(node)}{scope_of(node)}"


def _is_ignored(hit: Hit, patterns: tuple[str, ...]) -> bool:
    names = (hit.node.id, hit.node.address, hit.node.name)
    return any(fnmatchcase(name, pattern) for name in names if name for pattern in patterns)
