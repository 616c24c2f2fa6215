"""The networks of containers that nothing in the code places on a machine, in the drawing of networks.

Compose puts the services of a project into its default network, unless they name others or share one:
https://docs.docker.com/compose/how-tos/networking/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from archdoc.model.facts import Category, Edge, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.views.machines import listed
from archdoc.views.sketch import Sketch
from archdoc.views.words import first_of, openings

_DEFAULT = "default"


def draw_container_networks(graph: Graph, sketch: Sketch) -> None:
    """Containers by project and network; the ports that they publish, and what a proxy among them leads to."""
    projects: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for service in graph.nodes(NodeKind.SERVICE):
        placed = service.attributes.get("same_as") or graph.targets(service.id, EdgeKind.RUNS_ON)
        if service.attributes.get("compose") and not placed:
            beside = service.source.path.rpartition("/")[0]
            directory = str(service.attributes.get("project_directory") or beside)
            projects[directory, str(service.attributes.get("project") or ".")].append(service)
    alike = [name for _, name in projects]
    several = len(projects) > 1
    for (directory, name), services in sorted(projects.items()):
        around = sketch.frame("unplaced", "Containers, on machines that the code does not name") if several else ""
        where = f" in {directory}" if alike.count(name) > 1 and directory else ""
        title = "Compose project" if name == "." else f"Compose project {name}{where}"
        title = title if several else f"{title} (its machine is not named)"
        frame = sketch.frame(f"project:{directory}:{name}", title, around)
        for service in services:
            _draw_container(sketch, frame, service, services)
    flows: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges(EdgeKind.ALLOWS, EdgeKind.CONNECTS_TO):
        if sketch.has(edge.target) and _leads_in(graph.node(edge.source), edge):
            flows[edge.source, edge.target].append(edge)
    for (source, target), edges in sorted(flows.items()):
        origin = graph.node(source)
        if origin.kind is NodeKind.EXTERNAL:
            sketch.box(origin, origin.name, noun="network")
        ports = (str(e.attributes.get("ports") or "") for e in edges)
        if sketch.has(source):
            sketch.arrow(source, target, edges, label=openings(filter(None, ports)))


def _leads_in(origin: Node, edge: Edge) -> bool:
    """Whether traffic comes in by an edge: over a port of the machine, or through a proxy."""
    if edge.kind is EdgeKind.ALLOWS:
        return edge.attributes.get("how") == "published"
    return origin.kind is NodeKind.SERVICE and origin.category is Category.LOAD_BALANCING


def _draw_container(sketch: Sketch, project: str, service: Node, services: list[Node]) -> None:
    names = service.attributes.get("server_names")
    options = _options(service)
    addresses = [str(o["address"]) for o in options.values() if o.get("address")]
    lines = [service.name, *addresses[:2], listed(map(str, names), 2) if isinstance(names, list) else ""]
    mode = str(service.attributes.get("network_mode") or "")
    kind, _, other = mode.partition(":")
    if mode == "none":
        frame, lines = project, [*lines, "without a network"]
    elif mode == "host":
        frame = sketch.frame(f"{project}:host", "network of the machine", project, category=Category.NETWORK)
    elif other:
        sharing = next((s for s in services if other in (s.name, s.attributes.get("container_name"))), None)
        frame = _frame(sketch, project, sharing) if kind == "service" and sharing is not None else project
        lines = [*lines, f"in the network of {other}"]
    else:
        frame = _frame(sketch, project, service)
    sketch.box(service, *lines, cluster=frame, noun="container")


def _frame(sketch: Sketch, project: str, service: Node) -> str:
    """The frame of the network that a container is in, or of those that it is in all at once; the project's where it
    is in the default network and nothing more is said of that."""
    listed_networks = service.attributes.get("networks")
    networks = [str(n) for n in listed_networks] if isinstance(listed_networks, list) else [_DEFAULT]
    options = _options(service)
    if networks == [_DEFAULT] and _DEFAULT not in options:
        return project
    names = sorted(networks)
    if len(names) == 1:
        label = " ".join(("network", *_said(names[0], options.get(names[0], {}))))
    else:
        label = f"networks {_joined(_said(n, options.get(n, {}))[0] for n in names)}"
    return sketch.frame(f"{project}:{' and '.join(names)}", label, project, category=Category.NETWORK)


def _joined(names: Iterable[str]) -> str:
    found = list(names)
    return " and ".join(found) if len(found) == 2 else first_of(found)


def _said(name: str, options: dict[str, object]) -> list[str]:
    """The name of a network, its ranges, and whether it has no way out or is made elsewhere."""
    ranges = options.get("subnets")
    own = options.get("name")
    said = [own if isinstance(own, str) else name, *(map(str, ranges) if isinstance(ranges, list) else ())]
    if options.get("internal") is True:
        said.append("(internal: no way out)")
    if options.get("external"):
        said.append("(made elsewhere)")
    return said


def _options(service: Node) -> dict[str, dict[str, object]]:
    """What the project says of the networks of a service, by their names in the file."""
    found = service.attributes.get("network_options")
    return {k: dict(v) for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}
