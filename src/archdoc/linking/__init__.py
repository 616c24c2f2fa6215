"""Facts that need two readers: which server is which host, what runs where, who watches whom."""

from __future__ import annotations

from collections.abc import Iterable

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.linking import (
    connections,
    delivery,
    describe,
    dynamic,
    exposure,
    grants,
    hosts,
    hostwalls,
    loggroups,
    neighbours,
    networks,
    observability,
    phases,
    protection,
    providerbackups,
    published,
    rendered,
    runvariables,
    selectors,
    services,
)
from archdoc.linking.charts import describe_charts
from archdoc.linking.rules import Context, Rule, apply_rules
from archdoc.model.document import Document
from archdoc.model.graph import Graph

RULES: tuple[Rule, ...] = (
    *networks.RULES,
    *neighbours.RULES,
    *selectors.RULES,
    *networks.LAST,
    *phases.RULES,
    *exposure.RULES,
    *grants.RULES,
    *rendered.RULES,
    *dynamic.FIRST,
    *hosts.RULES,
    *dynamic.AFTER,
    *hosts.LAST,
    *services.FIRST,
    *services.UNITING,
    *services.RULES,
    *connections.RULES,
    *hostwalls.RULES,
    *published.RULES,
    *observability.RULES,
    *loggroups.RULES,
    *protection.RULES,
    *providerbackups.RULES,
    *delivery.RULES,
    *runvariables.RULES,
)
"""Every linking rule, in the order of application."""


def link(graph: Graph, catalog: Catalog, config: Config, documents: Iterable[Document] = ()) -> None:
    """Add to a graph what follows from it, by every rule that the configuration does not switch off."""
    context = Context(graph, catalog, config, tuple(documents))
    describe.describe_resources(context)
    describe.addresses_of_joins(context)
    describe_charts(context)
    apply_rules(RULES, context)


__all__ = ["RULES", "link"]
