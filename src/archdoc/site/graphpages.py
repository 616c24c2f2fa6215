"""Pages about the graph itself: overview, Terraform, Ansible, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.site import tables
from archdoc.site.drawings import Section, Table, place_of
from archdoc.site.links import SourceLink
from archdoc.site.markdown import Markdown, link, slug, text
from archdoc.site.paths import INFRASTRUCTURE, Paths, relative
from archdoc.site.templating import render_page

ROWS_ON_ONE_PAGE = 800
"""With more rows than this, each Terraform root has a page of its own."""
PROBLEMS = 2000
"""Problems listed per severity; the graph JSON has all."""

_SECTIONS: tuple[tuple[str, NodeKind], ...] = (
    ("Providers", NodeKind.PROVIDER),
    ("Modules", NodeKind.MODULE),
    ("Resources", NodeKind.RESOURCE),
    ("Data sources", NodeKind.DATA_SOURCE),
    ("Variables", NodeKind.VARIABLE),
    ("Local values", NodeKind.LOCAL),
    ("Outputs", NodeKind.OUTPUT),
)


def pages(graph: Graph, link_to: SourceLink, paths: Paths, views: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """The pages by path. ``views`` are the titles and paths of the view pages. A part of the infrastructure that
    the code does not have gets no page."""
    return _GraphPages(graph, link_to, paths).all(views)


class _GraphPages:
    def __init__(self, graph: Graph, link_to: SourceLink, paths: Paths) -> None:
        self.graph, self.link, self.paths = graph, link_to, paths

    def all(self, views: Sequence[tuple[str, str]]) -> dict[str, bytes]:
        made = self._terraform()
        made |= self._ansible()
        made |= self._problems()
        made |= self._overview(views)
        return made

    def _overview(self, views: Sequence[tuple[str, str]]) -> dict[str, bytes]:
        page = self.paths.page(f"{INFRASTRUCTURE}/overview.md")
        resources = list(self.graph.nodes(NodeKind.RESOURCE))
        return {
            page: render_page(
                "overview.md.j2",
                counts=tables.counts(self.graph),
                roots=self._named(NodeKind.ROOT),
                types=tables.types(resources),
                environments=self._named(NodeKind.ENVIRONMENT),
                inventories=self._named(NodeKind.INVENTORY),
                views=[link(title, relative(path, page)) for title, path in views],
                problems=self._problem_sentence(page),
            )
        }

    def _problem_sentence(self, page: str) -> Markdown:
        found = Counter(p.severity for p in self.graph.problems())
        if not found:
            return text("archdoc understood everything that it read.")
        parts = ", ".join(f"{found[s]} {s.value}{'s' if found[s] != 1 else ''}" for s in Severity if found[s])
        target = relative(self.paths.page(f"{INFRASTRUCTURE}/problems.md"), page)
        return Markdown(f"{text(parts)}: {link('what could not be worked out', target)}")

    def _named(self, kind: NodeKind) -> Table:
        return tables.named(list(self.graph.nodes(kind)), self.link)

    # -- Terraform --------------------------------------------------------------------------------------------

    def _terraform(self) -> dict[str, bytes]:
        by_root: dict[str, list[Node]] = {}
        for node in self.graph.nodes():
            if node.terraform is not None:
                by_root.setdefault(_scope(node), []).append(node)
        if not by_root:
            return {}
        page = self.paths.page(f"{INFRASTRUCTURE}/terraform.md")
        rows = sum(len(nodes) for nodes in by_root.values())
        lead = "The root modules of this repository, with the values that their code evaluates to."
        if rows <= ROWS_ON_ONE_PAGE or len(by_root) == 1:
            roots = [self._root(scope, nodes) for scope, nodes in by_root.items()]
            return {page: render_page("terraform.md.j2", title="Terraform Modules", lead=lead, parts=[], roots=roots)}
        made: dict[str, bytes] = {}
        parts = []
        for scope, nodes in by_root.items():
            root = self._root(scope, nodes)
            own = self.paths.page(f"{INFRASTRUCTURE}/terraform/{_file_name(scope, made)}.md")
            made[own] = render_page("terraform.md.j2", title=root["title"], lead=lead, parts=[], roots=[root])
            parts.append(link(root["title"], relative(own, page)))
        made[page] = render_page("terraform.md.j2", title="Terraform Modules", lead=lead, parts=parts, roots=[])
        return made

    def _root(self, scope: str, nodes: Sequence[Node]) -> dict[str, object]:
        root = next((n for n in nodes if n.kind is NodeKind.ROOT), None)
        place = nodes[0].terraform.root if nodes[0].terraform else scope
        environment = root.attributes.get("environment") if root else None
        title = "top directory" if place == "." else place
        sections = []
        for name, kind in _SECTIONS:
            found = sorted((n for n in nodes if n.kind is kind), key=lambda n: (n.address, n.id))
            if found:
                sections.append(Section(f"{name} ({len(found)})", self._section(kind, found)))
        return {
            "title": f"{title} ({environment})" if environment else title,
            "place": place_of(root.source, self.link) if root else None,
            "sections": sections,
        }

    def _section(self, kind: NodeKind, found: Sequence[Node]) -> Table:
        if kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
            return tables.resources(found, self.link)
        if kind in (NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT):
            return tables.values(found, self.link)
        return tables.named(found, self.link)

    # -- Ansible ----------------------------------------------------------------------------------------------

    def _ansible(self) -> dict[str, bytes]:
        sections = [s for s in self._ansible_sections() if s.table.rows]
        if not sections:
            return {}
        lead = "Inventories, groups, hosts, playbooks and roles of this repository, and what belongs to what."
        page = self.paths.page("automation/ansible.md")
        return {page: render_page("tables.md.j2", title="Ansible Automation", lead=lead, sections=sections)}

    def _ansible_sections(self) -> Iterable[Section]:
        contains, member = (EdgeKind.CONTAINS,), (EdgeKind.MEMBER_OF,)
        roles = (EdgeKind.APPLIES, EdgeKind.INCLUDES)
        kinds: tuple[tuple[str, NodeKind, str, tuple[tuple[str, tuple[EdgeKind, ...], bool], ...]], ...] = (
            ("Inventories", NodeKind.INVENTORY, "Inventory", (("Holds", contains, True),)),
            ("Groups", NodeKind.GROUP, "Group", (("Members", member, False), ("Part of", member, True))),
            (
                "Hosts",
                NodeKind.HOST,
                "Host",
                (("Groups", member, True), ("Is", (EdgeKind.SAME_AS,), True), ("Runs", (EdgeKind.RUNS_ON,), False)),
            ),
            (
                "Playbooks",
                NodeKind.PLAYBOOK,
                "Playbook",
                (("Plays", contains, True), ("Imports", (EdgeKind.CALLS,), True)),
            ),
            ("Plays", NodeKind.PLAY, "Play", (("Hosts", (EdgeKind.TARGETS,), True), ("Roles", roles, True))),
            (
                "Roles",
                NodeKind.ROLE,
                "Role",
                (("Applied by", roles, False), ("Depends on", (*roles, EdgeKind.DEPENDS_ON), True)),
            ),
        )
        for title, kind, first, columns in kinds:
            nodes = list(self.graph.nodes(kind))
            yield Section(f"{title} ({len(nodes)})", tables.related(self.graph, nodes, columns, self.link, first))

    # -- problems ---------------------------------------------------------------------------------------------

    def _problems(self) -> dict[str, bytes]:
        found = self.graph.problems()
        sections = []
        for severity, title in (
            (Severity.ERROR, "Errors: something is missing from the pictures"),
            (Severity.WARNING, "Warnings: something is drawn with less than the code says"),
            (Severity.NOTE, "Notes: nothing is missing"),
        ):
            chosen: list[Problem] = [p for p in found if p.severity is severity]
            if chosen:
                sections.append(Section(title, tables.problems(chosen, self.link, PROBLEMS)))
        lead = "What archdoc could not work out while it read this repository."
        if not found:
            lead = "None: archdoc understood everything that it read in this repository."
        page = self.paths.page(f"{INFRASTRUCTURE}/problems.md")
        return {page: render_page("tables.md.j2", title="Problems", lead=lead, sections=sections)}


def _scope(node: Node) -> str:
    """Root and environment, as the ids of Terraform nodes begin."""
    return ":".join(node.id.split(":", 2)[:2])


def _file_name(scope: str, made: dict[str, bytes]) -> str:
    name = base = slug(scope.removeprefix("tf:")) if scope not in ("tf:.", "tf:") else "top"
    number = 2
    while any(path.endswith(f"/{name}.md") for path in made):
        name, number = f"{base}-{number}", number + 1
    return name
