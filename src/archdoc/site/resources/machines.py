"""One page per machine: what is on it, who may reach it, what watches it, what backs it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind
from archdoc.site.drawings import ROWS, Row, Section, Table, places_of
from archdoc.site.markdown import Markdown, code, joined, link, text
from archdoc.site.paths import INFRASTRUCTURE
from archdoc.site.resources.roots import arguments
from archdoc.site.resources.sheet import Sheet, Writer, listed
from archdoc.site.tables import shown
from archdoc.views.watching import discoveries, is_agent

_NOTHING = {
    "run": "Nothing was found in the code that runs on this machine.",
    "reach": "Who may reach this machine was not found in the code.",
    "watch": "Nothing was found in the code that watches this machine.",
    "backup": "Nothing was found in the code that backs this machine up.",
}


def _through(edge: Edge) -> Json:
    """On which ports, or by which role of a policy."""
    found = edge.attributes
    return found.get("ports") or found.get("protocol") or found.get("role") or found.get("how") or ""


def pages(writer: Writer) -> dict[str, bytes]:
    """The pages by path, and the list of all machines. Without a machine there is no list."""
    if not writer.directory.machines.all:
        return {}
    index = writer.paths.page(f"{INFRASTRUCTURE}/hosts.md")
    lead = "Every machine that the code makes or sets up, what runs on it, and who watches it and backs it up."
    sheet = Sheet(index, "Hosts", text(lead, 600))
    made: dict[str, bytes] = {}
    rows: list[Row] = []
    for machine in writer.directory.machines.all:
        page = writer.directory.hosts.get(machine.id)
        found = _Machine(writer, machine, page or index)
        if len(rows) < ROWS:
            rows.append(found.row(index))
        if page is not None:
            made[page] = writer.render(found.sheet())
    head = ("Host", "Addresses", "Runs", "Watched by", "Backed up by", "Written in")
    total = len(writer.directory.machines.all)
    sheet.sections.append(Section(f"Machines ({total})", Table(head, tuple(rows), total)))
    made[index] = writer.render(sheet)
    return made


class _Machine:
    """A machine: its server and inventory hosts, the groups around them, and what runs there."""

    def __init__(self, writer: Writer, machine: Node, page: str) -> None:
        self.writer, self.graph, self.machine, self.page = writer, writer.graph, machine, page
        self.hosts = writer.directory.machines.hosts_of(machine)
        self.selves = list({n.id: n for n in (machine, *self.hosts)}.values())

    @cached_property
    def groups(self) -> list[Node]:
        """Every group that one of its hosts is in, as its own inventories have it."""
        found: dict[str, Node] = {}
        for host in self.hosts:
            project = ":".join(host.id.split(":")[:2])
            for name in listed(host.attributes.get("groups")):
                group = self.graph.find(f"{project}:group:{name}")
                if group is not None:
                    found[group.id] = group
            found |= {g.id: g for g in self.writer.targets(host.id, EdgeKind.MEMBER_OF)}
        return sorted(found.values(), key=lambda n: n.id)

    @cached_property
    def everyone(self) -> list[Node]:
        """The groups named ``all`` of its inventories' projects: what is said of them is said of this machine."""
        projects = {h.id.split(":")[1] for h in self.hosts}
        groups = self.graph.nodes(NodeKind.GROUP)
        return [g for g in groups if g.name == "all" and g.id.split(":")[1] in projects]

    @cached_property
    def running(self) -> list[Node]:
        """What runs here: said of the host itself, or of a group that it is in."""
        around = [*self.selves, *self.groups, *self.everyone]
        found = {n.id: n for each in around for n in self.writer.sources(each.id, EdgeKind.RUNS_ON)}
        return sorted(found.values(), key=lambda n: (n.kind.value, n.name, n.id))

    @cached_property
    def watchers(self) -> list[Node]:
        """What collects figures of it, or of what runs on it."""
        watched = [*self.selves, *self.running]
        return [n for each in watched for n in self.writer.sources(each.id, EdgeKind.SCRAPES)]

    @cached_property
    def savers(self) -> list[Node]:
        """What backs it up: jobs that name it or what is on it, and jobs on it that write to a store of backups."""
        saved = [*self.selves, *self.running, *self.kept]
        named = [n for each in saved for n in self.writer.sources(each.id, EdgeKind.BACKS_UP)]
        here = [n for n in self.running if n.kind is NodeKind.JOB and self.writer.targets(n.id, EdgeKind.STORES_IN)]
        return [*named, *here]

    @cached_property
    def kept(self) -> list[Node]:
        """Where what runs on it keeps its data."""
        return [n for each in self.running for n in self.writer.targets(each.id, EdgeKind.STORES_IN)]

    def row(self, index: str) -> Row:
        """The machine in the list of all."""
        machines = self.writer.directory.machines
        return Row(
            (
                self.writer.name(self.machine, index, machines.name(self.machine)),
                joined([code(a) for a in machines.addresses(self.machine)[:2]]),
                self.writer.names(self.running, index),
                self.writer.names(self.watchers, index),
                self.writer.names(self.savers, index),
                self.writer.place(self.machine),
            )
        )

    def sheet(self) -> Sheet:
        """The page of its own."""
        name = self.writer.directory.machines.name(self.machine)
        back = link("All machines", self.writer.to(self.page, f"{INFRASTRUCTURE}/hosts.md"))
        sheet = Sheet(self.page, f"Host: {name}", Markdown(f"{text('What the code says of this machine.')} {back}"))
        self._facts(sheet)
        self._runs(sheet)
        self._reach(sheet)
        self._watch(sheet)
        self._backup(sheet)
        return sheet

    def _facts(self, sheet: Sheet) -> None:
        sheet.fact("Written in", joined([self.writer.place(n) for n in self.selves]))
        sheet.fact("Addresses", joined([code(a) for a in self.writer.directory.machines.addresses(self.machine)]))
        if self.machine.kind is NodeKind.RESOURCE:
            sheet.fact("Server", code(f"{self.machine.address} ({self.machine.type})", 200))
            sheet.fact("Provider", text(self.machine.attributes.get("provider_title") or ""))
            sheet.fact("Environment", text(self.machine.attributes.get("environment") or ""))
        sheet.fact("Inventory host", joined([code(h.name) for h in self.hosts]))
        sheet.fact("Groups", joined([code(g.name) for g in self.groups]))
        plays = {p.id: p for n in (*self.selves, *self.groups) for p in self._plays(n)}
        books = [b for p in plays.values() for b in self.writer.sources(p.id, EdgeKind.CONTAINS)]
        sheet.fact("Set up by", self.writer.names(sorted(books, key=lambda n: n.id), self.page))
        if self.machine.kind is NodeKind.RESOURCE:
            sheet.table(
                "Server",
                ("Address", "Evaluated arguments", "Written in"),
                [(code(self.machine.address, 160), arguments(self.machine), self.writer.place(self.machine))],
            )
        self._around(sheet)

    def _plays(self, target: Node) -> list[Node]:
        return [n for n in self.writer.sources(target.id, EdgeKind.TARGETS) if n.kind is NodeKind.PLAY]

    def _around(self, sheet: Sheet) -> None:
        """The networks it stands in and what hangs on it."""
        rows = []
        for me in self.selves:
            for edge in self.graph.edges_to(me.id, EdgeKind.CONTAINS, EdgeKind.ATTACHED_TO):
                other = self.graph.node(edge.source)
                if other.kind is NodeKind.RESOURCE:
                    rows.append(self._related(edge, other, "stands in" if edge.kind is EdgeKind.CONTAINS else "has"))
            for edge in self.graph.edges_from(me.id, EdgeKind.ATTACHED_TO):
                rows.append(self._related(edge, self.graph.node(edge.target), "is attached to"))
            for edge in self.graph.edges_to(me.id, EdgeKind.ROUTES_TO):
                rows.append(self._related(edge, self.graph.node(edge.source), "gets traffic from"))
        sheet.table("Networks, volumes and routes", ("How", "What", "Type", "How it is known", "Evidence"), rows)

    def _related(self, edge: Edge, other: Node, how: str) -> Sequence[Markdown]:
        name = self.writer.name(other, self.page)
        return text(how), name, text(other.type), self._known(edge), self._evidence(edge)

    def _runs(self, sheet: Sheet) -> None:
        sheet.table(
            "What is on it",
            ("What", "Program", "Image", "Ports or schedule", "Keeps data in", "Deployed by", "Written in"),
            (self._running(n) for n in self.running),
        )
        if not self.running:
            sheet.fact("Runs", text(_NOTHING["run"]))

    def _running(self, node: Node) -> Sequence[Markdown]:
        ports = listed(node.attributes.get("ports")) or [shown(node.attributes.get("schedule") or "")]
        return (
            code(node.name, 120),
            text(node.type),
            code(node.attributes.get("image") or "", 160),
            joined([code(p, 80) for p in ports]),
            self.writer.names(self.writer.targets(node.id, EdgeKind.STORES_IN), self.page),
            self.writer.names(self.writer.sources(node.id, EdgeKind.DEPLOYS), self.page),
            self.writer.place(node),
        )

    def _reach(self, sheet: Sheet) -> None:
        mine = [*self.selves, *self.groups, *self.everyone]
        sheet.table(
            "Who may reach it",
            ("From", "On", "Said of", "How it is known", "Evidence"),
            (
                (
                    self._name(self.graph.node(edge.source)),
                    code(_through(edge), 120),
                    self._name(me),
                    self._known(edge),
                    self._evidence(edge),
                )
                for me in mine
                for edge in self.graph.edges_to(me.id, EdgeKind.ALLOWS)
            ),
        )
        if not any(s.title.startswith("Who may reach it") for s in sheet.sections):
            sheet.fact("Reach", text(_NOTHING["reach"]))
        sheet.table("Protected by", *self._edges(mine, EdgeKind.PROTECTS))

    def _watch(self, sheet: Sheet) -> None:
        watched = [*self.selves, *self.running]
        sheet.table("What watches it", *self._edges(watched, EdgeKind.SCRAPES))
        if not self.watchers:
            sheet.fact("Monitoring", text(self._unwatched(), 600))
        logs = [(e, self.graph.node(e.target)) for n in self.running for e in self._from(n, EdgeKind.SHIPS_LOGS_TO)]
        sheet.table(
            "Where its logs go",
            ("From", "To", "How it is known", "Evidence"),
            (
                (self._name(self.graph.node(e.source)), self._name(n), self._known(e), self._evidence(e))
                for e, n in logs
            ),
        )

    def _unwatched(self) -> str:
        """What is known where no scrape job names the machine: an agent on it, a discovery that may find it."""
        agents = sorted({n.name for n in self.running if is_agent(n)})
        said = [f"{', '.join(agents)} on it; no scrape job names it."] if agents else [_NOTHING["watch"]]
        found = "; ".join(f"{d.how} at {d.place}" for d in discoveries(self.graph)[:3])
        return " ".join([*said, *([f"A discovery may find it while it runs: {found}."] if found else [])])

    def _backup(self, sheet: Sheet) -> None:
        sheet.table("What backs it up", *self._edges([*self.selves, *self.running, *self.kept], EdgeKind.BACKS_UP))
        jobs = [n for n in self.running if n.kind is NodeKind.JOB]
        sheet.table(
            "Where its backups go",
            ("Job", "To", "Schedule", "Evidence"),
            (
                (
                    self._name(job),
                    self._name(self.graph.node(edge.target)),
                    code(job.attributes.get("schedule") or ""),
                    self._evidence(edge),
                )
                for job in jobs
                for edge in self._from(job, EdgeKind.STORES_IN)
            ),
        )
        if not self.savers:
            sheet.fact("Backup", text(_NOTHING["backup"]))

    # -- cells ------------------------------------------------------------------------------------------------

    def _edges(self, ends: Iterable[Node], kind: EdgeKind) -> tuple[Sequence[str], Iterator[Sequence[Markdown]]]:
        """What leads to some things, by edges of one kind."""
        unique = list({n.id: n for n in ends}.values())
        return ("By", "What", "As", "How it is known", "Evidence"), (
            (
                self._name(self.graph.node(edge.source)),
                self._name(me),
                code(edge.attributes.get("job") or ""),
                self._known(edge),
                self._evidence(edge),
            )
            for me in unique
            for edge in self.graph.edges_to(me.id, kind)
        )

    def _from(self, node: Node, kind: EdgeKind) -> Iterator[Edge]:
        return self.graph.edges_from(node.id, kind)

    def _name(self, node: Node) -> Markdown:
        return self.writer.name(node, self.page)

    def _known(self, edge: Edge) -> Markdown:
        how = text(edge.provenance.value)
        return Markdown(f"{how}, {code(edge.rule)}") if edge.rule else how

    def _evidence(self, edge: Edge) -> Markdown:
        return places_of(edge.evidence, self.writer.link)
