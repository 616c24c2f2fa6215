"""What waits for what: the edges between blocks against ``terraform graph``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import configuration_cases
import oracle
import pytest
from repositories import Write

from archdoc.model.facts import EdgeKind, NodeKind
from archdoc.model.graph import Graph

BLOCKS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)
Pair = tuple[str, str]
CASES = configuration_cases.load()


def closure(edges: Iterable[Pair]) -> set[Pair]:
    """Every pair of which the first waits for the second, over any way (equal closures have equal reductions)."""
    after: dict[str, set[str]] = {}
    for one, other in edges:
        after.setdefault(one, set()).add(other)
    found: set[Pair] = set()
    for start, next_ones in after.items():
        waiting, seen = list(next_ones), set[str]()
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += after.get(at, ())
        found |= {(start, at) for at in seen}
    return found


def drawn(graph: Graph) -> tuple[set[Pair], set[str]]:
    """Which block waits for which in archdoc's graph, and the blocks. What is said of a module holds for all in it."""
    blocks = {n.terraform.block for n in graph.nodes() if n.kind in BLOCKS and n.terraform}

    def meant(node_id: str, whole: bool) -> set[str]:
        node = graph.node(node_id)
        block = node.terraform.block if node.terraform else ""
        if node.kind in BLOCKS:
            return {block}
        return {b for b in blocks if b.startswith(f"{block}.")} if whole and node.kind is NodeKind.MODULE else set()

    pairs = set()
    for edge in (*graph.edges(EdgeKind.REFERENCES), *graph.edges(EdgeKind.DEPENDS_ON)):
        depends = edge.kind is EdgeKind.DEPENDS_ON
        repeats = edge.attributes.get("attribute") in ("count", "for_each")
        pairs |= {(a, b) for a in meant(edge.source, depends or repeats) for b in meant(edge.target, depends)}
    return pairs, blocks


def terraform_graph(directory: Path) -> set[Pair]:
    """The edges that ``terraform graph`` prints."""
    code, out, errors = oracle.run("graph", directory, [])
    assert code == 0, errors
    return set(re.findall(r'^\s*"((?:[^"\\]|\\.)+)" -> "((?:[^"\\]|\\.)+)";', out, re.MULTILINE))


def test_blocks_wait_for_one_another_as_in_terraform_graph(tmp_path_factory: pytest.TempPathFactory) -> None:
    differing, compared = {}, 0
    for name, files in CASES.items():
        directory = tmp_path_factory.mktemp("order")
        configuration_cases.write(files, directory)
        root = directory / configuration_cases.root_of(files)
        if oracle.run("init", root, ["-input=false"])[0] or oracle.run("validate", root, [])[0]:
            continue
        pairs, blocks = drawn(configuration_cases.graph_of(directory))
        ours = closure(pairs)
        theirs = {(a, b) for a, b in closure(terraform_graph(root)) if a in blocks and b in blocks}
        compared += 1
        if ours != theirs:
            differing[name] = {"missing": theirs - ours, "extra": ours - theirs}
    assert differing == {}
    assert compared > 150


def test_data_flows_only_where_a_value_comes_from(tmp_path: Path) -> None:
    configuration_cases.write(CASES["a value that does not come from what it waits for"], tmp_path)
    graph = configuration_cases.graph_of(tmp_path)
    (order,) = [e for e in graph.edges_from("tf:.:terraform_data.a") if e.target == "tf:.:terraform_data.disk"]
    (flow,) = [e for e in graph.edges_from("tf:.:terraform_data.b") if e.target == "tf:.:terraform_data.disk"]
    assert (order.kind, dict(order.attributes)) == (EdgeKind.DEPENDS_ON, {"order": True})
    assert [str(s) for s in order.evidence] == ["main.tf:8", "main.tf:3"]
    assert (flow.kind, dict(flow.attributes)) == (
        EdgeKind.REFERENCES,
        {"attribute": "input.disks[0]", "reads": "id"},
    )


def test_a_value_that_could_not_be_worked_out_still_comes_from_what_its_text_names(
    write: Write, graph_of: Callable[[dict[str, str]], Graph]
) -> None:
    graph = graph_of(
        {
            "main.tf": """
            resource "aws_vpc" "a" {}
            locals { broken = upper([aws_vpc.a.id]) }
            resource "aws_subnet" "s" {
              vpc_id = local.broken
              name   = nonsense(aws_vpc.a.arn)
            }
            """
        }
    )
    flows = graph.edges_from("tf:.:aws_subnet.s", EdgeKind.REFERENCES)
    reads = {(e.attributes["attribute"], e.attributes.get("reads")) for e in flows if e.target == "tf:.:aws_vpc.a"}
    assert reads == {("vpc_id", "id"), ("name", "arn")}
