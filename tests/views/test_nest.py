"""Openings that many machines have in common are said once, of a frame around these machines."""

from __future__ import annotations

from dataclasses import replace

from archdoc.config import ViewConfig
from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram
from archdoc.model.facts import Source
from archdoc.views.bundle import bundled
from archdoc.views.fit import fit
from archdoc.views.nest import nested

HOSTS = [f"host-{name}" for name in "abcdefgh"]
OWN = {"host-a": "25/tcp", "host-b": "53/udp", "host-c": "873/tcp"}


def opening(target: str, label: str, source: str = "internet", line: int = 1) -> Arrow:
    return Arrow(source, target, "allows", (Source("ufw.yml", line),), label, ArrowStyle.ALLOWS)


def drawing(hosts: list[str] = HOSTS) -> Diagram:
    """Hosts that SSH and the monitoring reach, and each something of its own; ``closed`` lets nothing in."""
    boxes = [Box(name, "host", (name,), Source("hosts", 1), cluster="site", noun="server") for name in hosts]
    boxes += [Box(name, "host", (name,), Source("hosts", 1), cluster="site", noun="server") for name in ("closed",)]
    boxes += [Box(name, "external", (name,), Source("hosts", 1)) for name in ("internet", "watcher")]
    arrows = [opening(name, ", ".join(filter(None, ("22/tcp", OWN.get(name))))) for name in hosts]
    arrows += [opening(name, "9100/tcp", "watcher", number + 2) for number, name in enumerate(hosts)]
    clusters = (Cluster("site", "site"),)
    return Diagram("network", "network", "Network", "?", clusters=clusters, boxes=tuple(boxes), arrows=tuple(arrows))


def open_to(made: Diagram, host: str) -> set[tuple[str, str]]:
    """From where which ports of a host are open, by the arrows to it and to the frames around it."""
    parents = {c.id: c.parent for c in made.clusters}
    around, current = {host}, next(b.cluster for b in made.boxes if b.id == host)
    while current:
        around.add(current)
        current = parents[current]
    return {(a.source, port) for a in made.arrows if a.target in around for port in a.label.split(", ")}


def test_what_most_hosts_let_in_is_one_arrow_and_what_is_one_hosts_own_stays_at_it() -> None:
    made = nested(drawing([*HOSTS, "host-i"]))
    to = [(a.source, a.target, a.label) for a in made.arrows]
    (frame,) = {c.id for c in made.clusters} - {"site"}
    assert ("internet", frame, "22/tcp") in to
    assert ("watcher", frame, "9100/tcp") in to
    assert ("internet", "host-b", "53/udp") in to
    assert len(to) == 5


def test_every_host_is_open_to_what_it_was_and_one_that_lets_nothing_in_is_outside() -> None:
    before = drawing([*HOSTS, "host-i"])
    made = nested(before)
    for host in (*HOSTS, "host-i", "closed"):
        assert open_to(made, host) == open_to(before, host)
    assert next(b.cluster for b in made.boxes if b.id == "closed") == "site"


def test_the_evidence_of_all_stays_on_the_one_arrow() -> None:
    before = drawing([*HOSTS, "host-i"])
    made = nested(before)
    places = {e for a in made.arrows for e in a.evidence}
    assert places == {e for a in before.arrows for e in a.evidence}


def test_a_few_openings_stay_as_they_are() -> None:
    assert nested(drawing(HOSTS[:4])) == drawing(HOSTS[:4])


def test_a_host_more_changes_no_frame() -> None:
    before, after = nested(drawing()), nested(drawing([*HOSTS, "host-z"]))
    assert before == drawing()  # sixteen arrows can be read one by one
    grown, more = after, nested(drawing([*HOSTS, "host-y", "host-z"]))
    assert {(a.source, a.target, a.label) for a in grown.arrows} == {(a.source, a.target, a.label) for a in more.arrows}
    assert [c.id for c in grown.clusters] == [c.id for c in more.clusters]


def test_a_drawing_is_fitted_with_its_openings_nested() -> None:
    (made,) = fit(drawing([*HOSTS, "host-i"]), ViewConfig())
    assert len(made.arrows) <= 5


def beside_a_balancer(servers: int) -> Diagram:
    """Servers in subnets of one network, all open to the internet on port 22, and a load balancer beside them."""
    subnets = tuple(Cluster(f"subnet-{n}", f"subnet {n}", "net") for n in range(servers))
    place = Source("main.tf", 1)
    boxes = [Box(f"s{n}", "resource", (f"s{n}",), place, cluster=f"subnet-{n}", noun="server") for n in range(servers)]
    boxes.append(Box("front", "resource", ("front",), place, cluster="subnet-0", noun="load balancer"))
    boxes.append(Box("internet", "external", ("internet",), place))
    arrows = tuple(opening(f"s{n}", "22/tcp", line=n + 1) for n in range(servers))
    return Diagram(
        "network",
        "network",
        "Network",
        "?",
        clusters=(Cluster("net", "net"), *subnets),
        boxes=tuple(boxes),
        arrows=arrows,
    )


def test_what_every_server_of_a_network_lets_in_is_one_arrow_that_says_so() -> None:
    made = bundled(beside_a_balancer(6))
    assert [(a.source, a.target, a.label) for a in made.arrows] == [("internet", "net", "22/tcp to every server")]
    assert len(made.arrows[0].evidence) == 6


def test_what_one_server_of_a_network_does_not_let_in_stays_at_the_others() -> None:
    before = beside_a_balancer(6)
    assert len(bundled(replace(before, arrows=before.arrows[1:])).arrows) == 5
    assert bundled(beside_a_balancer(3)) == beside_a_balancer(3)
