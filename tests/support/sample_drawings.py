"""Drawings and graphs made by hand, for the tests of everything that sees no reader."""

from __future__ import annotations

from dataclasses import replace

from archdoc.model.diagram import Arrow, ArrowStyle, Box, Cluster, Diagram, Shape
from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind, Provenance, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.views import VIEWS

LINK = "https://github.com/example/infra/blob/HEAD/{path}#L{line}-L{end_line}"

EVIL = (
    "<script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    "`code` | pipe | *bold* _it_ ~~no~~ [a](javascript:window.pwned=1)",
    '"] --> hacked["quoted',
    "end\nsubgraph x\n%%{init: {'securityLevel': 'loose'}}%%",
    "]]> --> <!-- \\ #quot; #60;b#62; &lt;b&gt; &#60;",
    'click a href "javascript:alert(1)"; style a fill:#f00; classDef x:#fff;',
    "lifestyle:#a; fa:fa-car :smile: $x^2$ $$y$$ {{ jinja }} {% raw %}",
    "שלום עולם مرحبا 日本語 🚀👩‍👩‍👧 🇩🇪 é",
    "\u202egnp.exe\u202c \x00\x07\x1b[31m \ud800",
    "1. first - second # third",
    "ﬂ°°60¶ßscript",
    "x" * 10_000,
    "",
)
"""Labels that try to be something else than text."""


def at(line: int, path: str = "terraform/main.tf") -> Source:
    """A place in the code."""
    return Source(path, line, line + 3)


def network() -> Diagram:
    """A small network: frames in frames, every shape, every style of arrow, an arrow to a frame."""
    return Diagram(
        name="network",
        view="network",
        title="Network Architecture",
        question="How does traffic reach each server?",
        clusters=(
            Cluster("inet", "Internet"),
            Cluster("hz", "Hetzner Cloud", source=at(10)),
            Cluster("pub", "Public subnet 10.0.1.0/24", "hz", at(14)),
            Cluster("priv", "Private subnet 10.0.2.0/24", "hz", at(20)),
        ),
        boxes=(
            Box("users", "external", ("Users",), at(1), Category.OTHER, "inet", Shape.ACTOR),
            Box("lb", "resource", ("lb", "10.0.1.10"), at(15), Category.LOAD_BALANCING, "pub", icon="hetzner.server"),
            Box("bastion", "resource", ("bastion", "10.0.1.20"), at(17), Category.COMPUTE, "pub"),
            Box("web[0]", "resource", ("web-1", "10.0.2.10"), at(21), Category.COMPUTE, "priv", icon="aws.compute.EC2"),
            Box("web[1]", "resource", ("web-2", "10.0.2.11"), at(22), Category.COMPUTE, "priv", icon="aws.compute.EC2"),
            Box("db", "resource", ("PostgreSQL",), at(30), Category.DATABASE, "priv", Shape.STORE),
            Box("deploy", "ci_job", ("deploy",), at(3, "ci.yml"), Category.CI, "", Shape.STEP, by_hand=True),
        ),
        arrows=(
            Arrow("users", "lb", "routes_to", (at(4),), "HTTPS"),
            Arrow("lb", "web[0]", "routes_to", (at(16),), "80/tcp"),
            Arrow("lb", "web[1]", "routes_to", (at(16),), "80/tcp"),
            Arrow("web[0]", "db", "connects_to", (at(40),), "5432", ArrowStyle.FLOW, Provenance.INFERRED, "env.url"),
            Arrow("bastion", "priv", "allows", (at(50),), "22/tcp", ArrowStyle.ALLOWS),
            Arrow("db", "pub", "depends_on", (at(51),), "", ArrowStyle.DEPENDS),
            Arrow("deploy", "web[1]", "deploys_to", (at(5, "ci.yml"),), by_hand=True),
        ),
        notes=("The code does not say who may reach port 5432.",),
    )


def empty(name: str = "backup") -> Diagram:
    """A drawing of nothing."""
    return Diagram(name, name, "Backup and Recovery Flow", "What is backed up?", notes=("No backup is configured.",))


def evil() -> Diagram:
    """Every part of a drawing that can carry text carries one that attacks."""
    boxes = tuple(Box(f"b{i}", f"kind {t[:30]}", (t, t[:40]), at(i + 1)) for i, t in enumerate(EVIL))
    inside = tuple(Box(f"in {t[:50]}", "resource", (t[:60],), at(1), cluster=t[:70] or "-") for t in EVIL)
    frames = tuple(Cluster(t[:70] or "-", t) for t in EVIL)
    arrows = tuple(
        Arrow(f"b{i}", f"b{(i + 1) % len(EVIL)}", "allows", (at(1),), t, ArrowStyle.ALLOWS) for i, t in enumerate(EVIL)
    )
    return Diagram(
        "evil", "security", EVIL[0] + EVIL[1], EVIL[2], clusters=frames, boxes=boxes + inside, arrows=arrows, notes=EVIL
    )


def wide(boxes: int, arrows: int) -> Diagram:
    """Many boxes of one sort and many arrows between them."""
    made = tuple(
        Box(f"server[{i}]", "resource", (f"server-{i}", "cx22"), at(i + 1), Category.COMPUTE, icon="aws.compute.EC2")
        for i in range(boxes)
    )
    lines = tuple(
        Arrow(
            f"server[{i % boxes}]", f"server[{(i * 7 + 1 + i // boxes) % boxes}]", "connects_to", (at(1),), f"{i}/tcp"
        )
        for i in range(arrows)
        if i % boxes != (i * 7 + 1 + i // boxes) % boxes
    )
    return Diagram("wide", "services", "Many servers", "Who talks to whom?", boxes=made, arrows=lines)


def all_views() -> dict[str, tuple[Diagram, ...]]:
    """The network under the name of every view; two drawings of the network itself, nothing for backup."""
    drawings: dict[str, tuple[Diagram, ...]] = {
        v.name: (replace(network(), name=v.name, view=v.name, title=v.title, question=v.question),) for v in VIEWS
    }
    drawings["backup"] = (empty(),)
    drawings["network"] += (replace(network(), name="network-staging", title="Network: staging"),)
    return drawings


def graph() -> Graph:
    """A node of several kinds, parallel edges, a problem; and a value that attacks."""
    place = TerraformPlace("terraform", "", "hcloud_server.web", "a|b")
    found = Graph(
        nodes=(
            Node("tf:terraform", NodeKind.ROOT, "root", "terraform", at(1), terraform=TerraformPlace("terraform")),
            Node(
                "tf:terraform:hcloud_server.web",
                NodeKind.RESOURCE,
                "hcloud_server",
                "web",
                at(7),
                address='hcloud_server.web["a|b"]',
                category=Category.COMPUTE,
                terraform=place,
            ),
            Node(
                "tf:terraform:var.name",
                NodeKind.VARIABLE,
                "variable",
                "name",
                at(9),
                address="var.name",
                attributes={"value": {EVIL[0]: [EVIL[2]]}, "description": EVIL[1]},
                terraform=TerraformPlace("terraform", "", "var.name"),
            ),
            Node("ansible:.:host:web-1", NodeKind.HOST, "host", "web-1", at(3, "hosts.ini")),
            Node("ansible:.:group:web", NodeKind.GROUP, "group", "web", at(2, "hosts.ini")),
        ),
        problems=(Problem(Severity.ERROR, "TF012", f"cannot evaluate {EVIL[0]}", at(4), EVIL[2]),),
    )
    found.add_edge(Edge("ansible:.:host:web-1", "ansible:.:group:web", EdgeKind.MEMBER_OF, (at(3, "hosts.ini"),)))
    for port in ("80", "443"):
        found.add_edge(
            Edge(
                "tf:terraform:var.name",
                "tf:terraform:hcloud_server.web",
                EdgeKind.ALLOWS,
                (at(8),),
                Provenance.DERIVED,
                attributes={"port": port},
            )
        )
    return found
