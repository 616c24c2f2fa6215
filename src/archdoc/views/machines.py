"""What the semantic drawings share: a server and the inventory host that it is are one machine, one box."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from archdoc.model.diagram import Shape
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.views.sketch import Sketch, noun_of
from archdoc.views.terraform_blocks import Roots, modules_of
from archdoc.views.words import on_hosts

WATCHING = (Category.MONITORING, Category.LOGGING)
"""Categories of what watches others, which the drawing of monitoring has."""


class Machines:
    """Servers and hosts, joined where the graph joins them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.roots = Roots(graph)
        self._groups = {group.name for group in graph.nodes(NodeKind.GROUP)}
        self._server_of = {}
        for edge in graph.edges(EdgeKind.SAME_AS):
            host, server = graph.node(edge.source), graph.node(edge.target)
            if host.kind is not NodeKind.HOST:
                host, server = server, host
            self._server_of[host.id] = server.id
        hosts = [n for n in graph.nodes(NodeKind.HOST) if n.id not in self._server_of]
        servers = [n for n in graph.nodes(NodeKind.RESOURCE) if self._is_made(n) and self.roots.is_drawn(n)]
        self.all = sorted(
            [n for n in servers if not n.attributes.get("disabled")] + [n for n in hosts if not _is_control(n)],
            key=lambda n: n.id,
        )
        """Every machine once: its server where there is one, else its host; groups of machines that are made alike
        (autoscaling groups, scale sets, node pools). The control node is not one of them."""

    def _is_made(self, node: Node) -> bool:
        """Whether a resource makes machines: a server, or a group that does not only gather servers of the code."""
        if is_server(node):
            return True
        gathers = any(is_server(n) for n in self.graph.targets(node.id, EdgeKind.REFERENCES))
        return is_machine_group(node) and not gathers

    def id_of(self, node_id: str) -> str:
        """The id of the machine that a host or server is."""
        return self._server_of.get(node_id, node_id)

    def hosts_of(self, machine: Node) -> list[Node]:
        """The inventory hosts that a machine is."""
        ids = [h for h, s in self._server_of.items() if s == machine.id]
        return [self.graph.node(i) for i in sorted(ids)] + ([machine] if machine.kind is NodeKind.HOST else [])

    def environments(self, machine_id: str) -> frozenset[str]:
        """The inventories and the Terraform environment that a machine is in; programs talk within one of them."""
        if machine_id not in self.graph:
            return frozenset()
        machine = self.graph.node(machine_id)
        found = [host.attributes.get("inventories") for host in self.hosts_of(machine)]
        names = {str(i) for names in found if isinstance(names, list) for i in names}
        return frozenset(names | ({scope_of(machine)} if machine.kind is NodeKind.RESOURCE else set()))

    def groups_of(self, machine: Node) -> set[str]:
        """The ids of all groups that a machine is in, through other groups too."""
        waiting = [machine.id, *(h.id for h in self.hosts_of(machine))]
        found: set[str] = set()
        while waiting:
            for group in self.graph.targets(waiting.pop(), EdgeKind.MEMBER_OF):
                if group.id not in found:
                    found.add(group.id)
                    waiting.append(group.id)
        return found

    def members(self, group: Node) -> list[str]:
        """The ids of the machines in a group, through other groups too; ``all`` has those of its project."""
        project = group.id.split(":", 2)[1]
        found = []
        for machine in self.all:
            groups = self.groups_of(machine)
            around = {i.split(":", 2)[1] for i in (*(h.id for h in self.hosts_of(machine)), *groups)}
            if group.id in groups or (group.name == "all" and project in around):
                found.append(machine.id)
        return found

    def drawn_of_group(self, sketch: Sketch, group: Node, origin: str) -> list[str]:
        """What stands for a group of hosts: the frames of which it has every box, and its other machines; a box of its
        own where no machine of it is known. Seen from a machine (``origin``), those of its own environment."""
        members = {i for i in self.members(group) if sketch.has(i)}
        near = self.environments(self.id_of(origin))
        members = {i for i in members if not near or near & self.environments(i)}
        if not members:
            return [sketch.box(group, group.name, "group of hosts", cluster=self.place(sketch, group))]
        boxes: dict[str, set[str]] = defaultdict(set)
        for box in sketch.boxes():
            boxes[box.cluster].add(box.id)
        whole = {c: ids for c, ids in boxes.items() if c and len(ids) > 1 and ids <= members}
        inside = {i for ids in whole.values() for i in ids}
        return sorted({*whole, *(members - inside)})

    def name(self, machine: Node) -> str:
        """The name people call it: the host's, the server's evaluated name, else its address."""
        hosts = self.hosts_of(machine)
        if hosts:
            return hosts[0].name
        evaluated = value(machine, "name") or value(machine, "hostname") or tag(machine, "Name")
        return evaluated or _short_address(machine.address) or machine.name

    def addresses(self, machine: Node) -> list[str]:
        """Its known addresses, private ones first."""
        found = machine.attributes.get("addresses")
        own = [str(a) for a in found] if isinstance(found, list) else []
        for host in self.hosts_of(machine):
            for key in ("private_ip", "ansible_host"):
                text = str(_variables(host).get(key) or "")
                if text and "{" not in text and text[:1].isdigit():
                    own.append(text)
        return list(dict.fromkeys(own))

    def where(self, *programs: Node) -> tuple[str, ...]:
        """Where a program runs, as a line of its label: the machine, or the group that it is for, by name; where
        nothing places it, the directory that describes it."""
        names = [name for program in programs for name in self._places_of(program)]
        directory = programs[0].source.path.rpartition("/")[0]
        described = directory and programs[0].kind is NodeKind.SERVICE
        return on_hosts(names) or ((f"in {directory}",) if described else ())

    def _places_of(self, program: Node) -> list[str]:
        places = self.graph.targets(program.id, EdgeKind.RUNS_ON)
        group = str(program.attributes.get("scope") or "").rsplit("/", 1)[-1]
        if len(places) > 1 and group in self._groups:
            return ["all hosts" if group == "all" else group]
        return [self.name(self.graph.node(self.id_of(p.id))) for p in places]

    def box(self, sketch: Sketch, machine: Node, *more: str, cluster: str = "") -> str:
        """Draw a machine: name, addresses, and what else the view says of it."""
        group = is_machine_group(machine)
        lines = (self.name(machine), *([noun_of(machine)] if group else self.addresses(machine)[:2]), *more)
        noun = "group of machines" if group else "server"
        return sketch.box(machine, *lines, cluster=cluster, more=self.hosts_of(machine), noun=noun)

    def place(self, sketch: Sketch, machine: Node) -> str:
        """A frame for the machine: its root module and environment, or its inventory's project."""
        if machine.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
            scope = scope_of(machine)
            return sketch.frame(f"place:{scope}", self.roots.label(scope), node=self.roots.all.get(scope))
        project = machine.id.split(":")[1]
        inventories = machine.attributes.get("inventories")
        label = str(inventories[0]) if isinstance(inventories, list) and inventories else project
        return sketch.frame(f"place:ansible:{project}:{label}", "inventory" if label == "." else f"inventory {label}")


def _short_address(address: str) -> str:
    """``module.a.hcloud_server.web["b"]`` → ``web["b"]``: its block and key tell a machine from its like; where it has
    no key, those of the module that is made several times do: ``module.a["b"].hcloud_server.web`` → ``a["b"]``."""
    found = re.search(r'([\w-]+(?:\[(?:\d+|"[^"]*"|\?)\])?)$', address)
    if found and not found[1].endswith("]") and (modules := _MODULE_KEY.findall(address)):
        return str(modules[-1])
    return found[1] if found else address


_MODULE_KEY = re.compile(r'(?:^|\.)module\.([\w-]+\[(?:\d+|"[^"]*")\])')


def is_server(node: Node) -> bool:
    """Whether a resource is a machine that one can log in to."""
    return node.kind is NodeKind.RESOURCE and node.attributes.get("network_role") == "server"


def is_machine_group(node: Node) -> bool:
    """Whether a resource makes machines that are all alike, as many as it is told to."""
    return node.kind is NodeKind.RESOURCE and node.attributes.get("network_role") == "server_group"


def is_plumbing(program: Node) -> bool:
    """Whether a program is there for others: a container runtime, what the catalog calls background."""
    return program.attributes.get("plumbing") is True or program.attributes.get("kind") in _RUNTIMES


_RUNTIMES = ("container_runtime", "system", "time", "ssh")


def role_of(node: Node) -> str:
    """The part that a resource plays in the network, or ""."""
    return str(node.attributes.get("network_role") or "")


def value(node: Node, name: str) -> str:
    """An evaluated attribute as text, or ""."""
    values = node.attributes.get("values")
    found = values.get(name) if isinstance(values, dict) else None
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def tag(node: Node, name: str) -> str:
    """A tag or label of a resource, or ""."""
    values = node.attributes.get("values")
    for key in ("tags", "labels"):
        tags = values.get(key) if isinstance(values, dict) else None
        if isinstance(tags, dict) and isinstance(tags.get(name), str):
            return str(tags[name])
    return ""


def is_anyone(node: Node) -> bool:
    """Whether a node is everybody: the internet, or whoever is near."""
    return node.kind is NodeKind.EXTERNAL and node.type in ("internet", "reaches_host", "reaches_network")


def is_internet(node: Node) -> bool:
    """Whether a node is the internet at large."""
    return node.kind is NodeKind.EXTERNAL and node.type == "internet"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in a sentence, the first ones when there are many."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def _variables(host: Node) -> dict[str, object]:
    found = host.attributes.get("variables")
    return dict(found) if isinstance(found, dict) else {}


def _is_control(host: Node) -> bool:
    return host.name in ("localhost", "127.0.0.1", "::1")


def from_inside(sketch: Sketch, origin: Node, source: str, target: str) -> str:
    """The box that an opening comes from: of one in a frame that everything in the frame has, a box in the frame, for
    no arrow can lead from a frame to what stands in it."""
    if not sketch.is_inside(target, source):
        return source
    noun = "subnet" if role_of(origin) == "subnet" else "network"
    lines = (f"all of the {noun}", str(origin.attributes.get("cidr") or ""))
    return sketch.box(origin, *lines, box_id=f"all:{origin.id}", cluster=source, shape=Shape.ACTOR, noun=noun)


def counted(block: list[Node]) -> str:
    """The name of the one thing that a block makes, else the block's with their number."""
    first = block[0]
    if any(node.attributes.get("unknown_keys") for node in block):
        return f"{first.name.partition('[')[0]} ×?"
    if len(block) == 1:
        return value(first, "name") or value(first, "function_name") or _own_name(first)
    return f"{first.name.partition('[')[0]} ×{len(block)}"


def _own_name(node: Node) -> str:
    """The name of a block; that of its module where the block's says no more than its type (``this``, ``lambda`` of
    ``aws_lambda_function``): authors of modules call the one thing that they make so."""
    name = node.name.partition("[")[0]
    calls = modules_of(node.terraform.block if node.terraform else "")
    return calls[-1] if calls and (name in _NO_NAMES or name in node.type.split("_")) else node.name


_NO_NAMES = ("this", "main", "default")
