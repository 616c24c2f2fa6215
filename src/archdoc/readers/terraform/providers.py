"""Providers: one node per provider configuration of a root, and which resource uses which.

https://developer.hashicorp.com/terraform/language/providers/configuration
"""

from __future__ import annotations

from dataclasses import replace

from archdoc.catalog import Catalog
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.spelling import type_text


def add_providers(graph: Graph, root: Module, catalog: Catalog) -> None:
    """Add the provider nodes of a root and an edge from each resource to the one it uses."""
    for module in root.descendants():
        names = _passed_names(module)
        for key in sorted(module.source.resources):
            declared = module.source.resources[key]
            used = _used(declared.block, names)
            expanded = module.expanded(key)
            ids = [i.node_id for i in expanded.instances] or [module.node_id(key)]
            written = declared.block.body.attribute("provider")
            source = declared.source(written.span if written else None)
            provider_id = _provider_node(graph, root, used, source, catalog)
            for node_id in ids:
                node = graph.find(node_id)
                if node is None:
                    continue
                title = catalog.provider(used.split(".")[0]).title
                graph.replace_node(
                    replace(node, attributes={**node.attributes, "provider": provider_id, "provider_title": title})
                )
                graph.add_edge(
                    Edge(node_id, provider_id, EdgeKind.REFERENCES, (source,), attributes={"attribute": "provider"})
                )


def _provider_node(graph: Graph, root: Module, used: str, first_use: Source, catalog: Catalog) -> str:
    node_id = f"{root.settings.prefix}:provider.{used}"
    if node_id in graph:
        return node_id
    declared = root.source.providers.get(used)
    name = used.partition(".")[0]
    source = declared.source() if declared else (_requirement(root, name) or first_use)
    attributes: dict[str, Json] = {"title": catalog.provider(name).title}
    if declared is None:
        attributes["implicit"] = True
    else:
        for key in ("region", "location", "alias", "project"):
            written = declared.block.body.attribute(key)
            if written is not None and isinstance(written.expression, t.Literal):
                attributes[key] = str(written.expression.value)
    place = TerraformPlace(root.settings.root, "", f"provider.{used}", None)
    graph.add_node(
        Node(
            node_id, NodeKind.PROVIDER, name, used, source, f"provider.{used}", Category.PLUMBING, attributes, (), place
        )
    )
    return node_id


def _requirement(root: Module, name: str) -> Source | None:
    for declared in root.source.settings:
        for block in declared.block.body.blocks_of("required_providers"):
            written = block.body.attribute(name)
            if written is not None:
                return declared.source(written.span)
    return None


def _used(block: t.Block, names: dict[str, str]) -> str:
    """The provider of a block as the root knows it: its ``provider`` argument, else the first word of its type."""
    written = block.body.attribute("provider")
    own = type_text(written.expression).strip('"') if written else block.labels[0].split("_", 1)[0]
    return names.get(own, own)


def _passed_names(module: Module) -> dict[str, str]:
    """What a module's own provider names mean in the root: through ``providers`` of each call on the way."""
    if module.caller is None or module.call is None:
        return {}
    around = _passed_names(module.caller)
    written = module.call.block.body.attribute("providers")
    if written is None or not isinstance(written.expression, t.ObjectCons):
        return around
    made = dict(around)
    for key, value in written.expression.items:
        inner = str(key.value) if isinstance(key, t.Literal) else type_text(key)
        outer = type_text(value).strip('"')
        made[inner] = around.get(outer, outer)
    return made
