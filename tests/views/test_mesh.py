"""Machines that all talk to one another are drawn as a mesh, and others as they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph
from archdoc.views.registry import whole

GraphOf = Callable[[dict[str, str]], Graph]
NAMES = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")


def network(graph_of: GraphOf, names: tuple[str, ...], peers: str) -> Graph:
    """Hosts with WireGuard, each with the peers that a condition on ``peer`` chooses."""
    config = (
        "[Interface]\nListenPort = 51820\n{% for peer in groups['all'] %}{% if "
        + peers
        + " %}\n[Peer]\nAllowedIPs = 10.9.0.0/24\nEndpoint = {{ peer }}:51820\n{% endif %}{% endfor %}\n"
    )
    return graph_of(
        {
            "ansible.cfg": "[defaults]\ninventory = hosts\n",
            "hosts": "\n".join(names) + "\n",
            "templates/wg0.conf.j2": config,
            "site.yml": "- hosts: all\n  tasks:\n    - template: {src: wg0.conf.j2, dest: /etc/wireguard/wg0.conf}\n",
        }
    )


def meshes(drawn: Diagram) -> list[tuple[str, ...]]:
    return [box.label for box in drawn.boxes if box.kind == "mesh"]


def test_hosts_that_all_talk_to_one_another_are_a_mesh(graph_of: GraphOf) -> None:
    graph = network(graph_of, NAMES, "peer != inventory_hostname")
    drawn = whole("infrastructure", graph, Config())
    assert meshes(drawn) == [("mesh of 6 servers", "each uses every other")]
    assert {a.source.rsplit(":", 1)[1] for a in drawn.arrows} == set(NAMES)
    said = {place for edge in graph.edges(EdgeKind.CONNECTS_TO) for place in edge.evidence}
    assert {place for arrow in drawn.arrows for place in arrow.evidence} == said


@pytest.mark.parametrize(
    ("names", "peers"),
    [
        (NAMES[:4], "peer != inventory_hostname"),
        (NAMES, "peer != inventory_hostname and 'alpha' in (peer, inventory_hostname)"),
        (NAMES, "peer > inventory_hostname"),
    ],
    ids=["few", "a hub", "one way"],
)
def test_others_are_drawn_as_they_are(names: tuple[str, ...], peers: str, graph_of: GraphOf) -> None:
    graph = network(graph_of, names, peers)
    drawn = whole("infrastructure", graph, Config())
    assert meshes(drawn) == []
    assert len(drawn.arrows) > 3


def test_a_program_that_joins_hosts_is_not_said_to_be_alone(graph_of: GraphOf) -> None:
    graph = network(graph_of, NAMES[:2], "peer != inventory_hostname")
    assert [note for note in whole("services", graph, Config()).notes if "wireguard" in note] == []
