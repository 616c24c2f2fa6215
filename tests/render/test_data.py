from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_drawings import at, empty, evil, graph, network

from archdoc.drift.snapshot import parse_snapshot, snapshot_of
from archdoc.model.diagram import Diagram
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.render import data


def valid(schema: str, text: str) -> Any:
    document = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(data.schema_text(schema))).validate(document)
    return document


def test_networkx_loads_the_graph_with_every_node_and_parallel_edge() -> None:
    document = valid("graph.schema.json", data.graph_json(graph()))
    loaded = nx.node_link_graph(document, edges="edges")
    assert loaded.is_directed()
    assert loaded.is_multigraph()
    assert loaded.number_of_nodes() == 5
    assert loaded.number_of_edges("tf:terraform:var.name", "tf:terraform:hcloud_server.web") == 2
    assert loaded.nodes["ansible:.:host:web-1"]["source"] == {"path": "hosts.ini", "line": 3, "end_line": 6}


def test_a_terraform_node_says_root_module_block_and_key() -> None:
    nodes = {n["id"]: n for n in json.loads(data.graph_json(graph()))["nodes"]}
    server = nodes["tf:terraform:hcloud_server.web"]
    assert (server["root"], server["module"], server["block"], server["instance_key"]) == (
        "terraform",
        "",
        "hcloud_server.web",
        "a|b",
    )
    assert "root" not in nodes["ansible:.:host:web-1"]


def test_the_key_of_an_edge_does_not_depend_on_the_edges_next_to_it() -> None:
    def edge(port: str) -> Edge:
        return Edge(
            "tf:terraform:var.name",
            "tf:terraform:hcloud_server.web",
            EdgeKind.ALLOWS,
            (at(8),),
            Provenance.DERIVED,
            attributes={"port": port},
        )

    def keys(found: Graph) -> dict[str, str]:
        edges = json.loads(data.graph_json(found))["edges"]
        return {e["attributes"]["port"]: e["key"] for e in edges if "port" in e["attributes"]}

    before, more = graph(), graph()
    more.add_edge(edge("22"))
    assert len(set(keys(more).values())) == 3
    assert keys(before).items() < keys(more).items()


def test_the_order_of_adding_changes_no_byte() -> None:
    one = graph()
    other = Graph(reversed(list(one.nodes())), reversed(list(one.edges())), reversed(one.problems()))
    assert data.graph_json(one) == data.graph_json(other)
    assert data.graph_json(one).endswith("}\n")


def test_meta_stands_next_to_the_schema_of_the_graph() -> None:
    document = valid("graph.schema.json", data.graph_json(graph(), {"source_link": "https://example.org/{path}"}))
    assert document["graph"] == {"schema": "archdoc.graph/1", "source_link": "https://example.org/{path}"}


@pytest.mark.parametrize("drawings", [(network(),), (network(), evil()), (), (empty(),)])
def test_views_follow_their_schema(drawings: tuple[Diagram, ...]) -> None:
    document = valid("view.schema.json", data.view_json(drawings))
    assert isinstance(document, dict if len(drawings) == 1 else list)


def test_a_view_has_its_boxes_arrows_and_frames() -> None:
    document = json.loads(data.view_json([network()]))
    web = next(n for n in document["nodes"] if n["id"] == "web[0]")
    assert (web["label"], web["cluster"], web["source"]["line"]) == ("web-1\n10.0.2.10", "priv", 21)
    assert {c["id"]: c["parent"] for c in document["clusters"]} == {"inet": "", "hz": "", "pub": "hz", "priv": "hz"}
    inferred = next(e for e in document["edges"] if e["rule"])
    assert (inferred["provenance"], inferred["evidence"][0]["line"]) == ("inferred", 40)


def test_the_digest_is_of_what_the_drawing_says() -> None:
    drawn = network()
    assert data.diagram_digest(drawn) == data.diagram_digest(network())
    assert data.diagram_digest(drawn) != data.diagram_digest(replace(drawn, title="Other"))
    moved = replace(drawn.boxes[0], source=at(2))
    assert data.diagram_digest(drawn) != data.diagram_digest(replace(drawn, boxes=(moved, *drawn.boxes[1:])))


def test_the_schemas_are_schemas_and_the_docs_have_them() -> None:
    docs = Path(__file__).parents[2] / "docs" / "assets"
    for name in data.SCHEMAS:
        jsonschema.Draft202012Validator.check_schema(json.loads(data.schema_text(name)))
        assert (docs / name).read_text() == data.schema_text(name)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_the_canonical_text_is_the_one_of_the_standard_library(document: Any) -> None:
    expected = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    assert data.dumps(document) == expected + "\n"


def test_a_number_that_json_has_not_is_its_name_in_the_page_and_in_what_it_is_compared_with() -> None:
    sizes: list[Json] = [math.inf, -math.inf, math.nan]
    host = Node("host", NodeKind.HOST, "", "a", Source("hosts.yml"), attributes={"sizes": sizes})
    document = data.graph_document(Graph([host]))
    text = data.dumps(document)
    assert json.loads(text)["nodes"][0]["attributes"]["sizes"] == ["Infinity", "-Infinity", "NaN"]
    assert snapshot_of(document) == parse_snapshot(text.encode())
