"""Grants: which identity may use what, by the policies that are written for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archdoc.catalog import Verb
from archdoc.catalog.relations import bare_path
from archdoc.linking.rules import Context, Fact, rule
from archdoc.linking.terraform_facts import first_text, is_live, value_of
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph

_NAME = "security.grants"
_ASIDE = ("principals", "not_principals", "condition", "assume_role_policy", "tags", "provider")
"""Arguments of a policy that do not say what it is about."""
_DEPTH = 4
_Found = tuple[Node, tuple[Source, ...]]


@rule(_NAME)
def grants(context: Context) -> Iterable[Fact]:
    """A policy that is attached to an identity allows it to use the resources that the policy names.

    Named are they by references of its document, also through ``aws_iam_policy_document`` and a policy that another
    resource attaches; a policy that only writes out names or patterns says nothing here. The edge has
    ``attributes.how: "iam"``, and ``role`` where one is named. Which argument names the identity is in the catalog
    (relations.toml, ``grants``). Example: ``aws_iam_role_policy`` with ``role = aws_iam_role.app.id`` and
    ``Resource = aws_s3_bucket.files.arn``; ``azurerm_role_assignment`` with a ``scope``.
    """
    graph = context.graph
    for node in graph.nodes(NodeKind.RESOURCE):
        if not is_live(node) or node.category is not Category.IDENTITY:
            continue
        holders: list[_Found] = []
        granted: dict[str, _Found] = {}
        for edge in graph.edges_from(node.id, EdgeKind.REFERENCES):
            attribute = bare_path(str(edge.attributes.get("attribute") or ""))
            target = graph.node(edge.target)
            relation = context.catalog.relations.find(
                node.type, attribute, context.catalog.resource_type(target.type).role
            )
            if relation is not None and relation.verb is Verb.GRANTS:
                holders += [(target, edge.evidence)] if target.kind is NodeKind.RESOURCE else []
            elif attribute.split(".")[0] not in _ASIDE:
                for found, places in _named(graph, target, edge.evidence):
                    granted.setdefault(found.id, (found, places))
        for holder, evidence in holders:
            yield from _edges(node, _role(context, node), (holder, evidence), granted)


def _role(context: Context, node: Node) -> str:
    """The role that a grant names, where it is no identity of the code."""
    relation = context.catalog.relations.find(node.type, "role")
    paths = ("role_definition_name", *(() if relation and relation.verb is Verb.GRANTS else ("role",)))
    return first_text(node, paths) or ""


def _edges(node: Node, role: str, holder: _Found, granted: dict[str, _Found]) -> Iterator[Edge]:
    attributes: dict[str, Json] = {"how": "iam", **({"role": role} if role else {})}
    for target, places in granted.values():
        if target.id != holder[0].id:
            found = tuple(dict.fromkeys((node.source, *holder[1], *places)))
            yield Edge(holder[0].id, target.id, EdgeKind.ALLOWS, found, Provenance.DERIVED, _NAME, attributes)


def _named(graph: Graph, target: Node, evidence: tuple[Source, ...], depth: int = 0) -> Iterator[_Found]:
    """What a reference of a policy is about: the resource itself, or what the document that it leads to names."""
    if target.kind is NodeKind.RESOURCE and target.category is not Category.IDENTITY:
        if is_live(target) and not target.attributes.get("plumbing"):
            yield target, evidence
    elif "policy" in target.type and depth < _DEPTH:
        for edge in graph.edges_from(target.id, EdgeKind.REFERENCES):
            path = str(edge.attributes.get("attribute") or "")
            if not set(bare_path(path).split(".")) & set(_ASIDE) and not _denies(target, path):
                places = tuple(dict.fromkeys((*evidence, target.source, *edge.evidence)))
                yield from _named(graph, graph.node(edge.target), places, depth + 1)


def _denies(document: Node, path: str) -> bool:
    """Whether the statement that an argument stands in refuses what it names."""
    found = re.match(r"statement\[(\d+)\]", path)
    statements = value_of(document, "statement")
    if found is None or not isinstance(statements, list) or int(found[1]) >= len(statements):
        return False
    statement = statements[int(found[1])]
    return isinstance(statement, dict) and str(statement.get("effect") or "").lower() == "deny"


RULES = (grants,)
