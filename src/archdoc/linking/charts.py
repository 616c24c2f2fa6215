"""Which program a Helm chart installs."""

from __future__ import annotations

from dataclasses import replace

from archdoc.linking.rules import Context
from archdoc.linking.terraform_facts import first_text, is_live, role_of
from archdoc.model.facts import Json, NodeKind

_CHARTS = ("chart", "chart_name", "spec.source.chart")


def describe_charts(context: Context) -> None:
    """A workload that installs a chart of a known program is one of that program: a cache, a proxy, a metrics store.

    The last word of the chart counts: ``redis`` of ``oci://registry.example.org/charts/redis``.
    https://helm.sh/docs/helm/helm_install/
    """
    for node in list(context.graph.nodes(NodeKind.RESOURCE)):
        chart = first_text(node, _CHARTS) if role_of(node) == "workload" and is_live(node) else None
        program = context.catalog.software.of_chart(chart.rstrip("/").rpartition("/")[2]) if chart else None
        if program is None:
            continue
        told: dict[str, Json] = {"program": program.name, "kind": program.kind, "tier": program.tier}
        if program.icon:
            told["icon"] = program.icon
        context.graph.replace_node(replace(node, category=program.category, attributes={**node.attributes, **told}))
