"""Pages about the graph itself: overview, Terraform, Ansible, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.site import resources, tables
from archdoc.site.drawings import Section, Table, place_of
from archdoc.site.links import SourceLink
from archdoc.site.markdown import Markdown, link, text
from archdoc.site.paths import INFRASTRUCTURE, Paths, relative
from archdoc.site.templating import render_page

ROWS_ON_ONE_PAGE = 800
"""With more rows than this, what is in each Terraform root stands on the root's own page alone."""
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
    """The pages by path, those of single things included. ``views`` are the titles and paths of the view pages. A
    part of the infrastructure that the code does not have gets no page."""
    directory = resources.Directory(graph, paths)
    made = _GraphPages(graph, link_to, paths, directory).all(views)
    return made | resources.pages(graph, link_to, paths, directory)


class _GraphPages:
    def __init__(self, graph: Graph, link_to: SourceLink, paths: Paths, directory: resources.Directory) -> None:
        self.graph, self.link, self.paths, self.directory = graph, link_to, paths, directory

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
                roots=tables.named(list(self.graph.nodes(NodeKind.ROOT)), self.link, self._page_from(page)),
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
        by_root = self.directory.inside
        if not by_root:
            return {}
        page = self.paths.page(f"{INFRASTRUCTURE}/terraform.md")
        rows = sum(len(nodes) for nodes in by_root.values())
        lead = "The root modules of this repository, with the values that their code evaluates to."
        parts = [self._part(scope, own, page) for scope, own in self.directory.roots.items()]
        parts += [self._module(name, own, page) for name, own in self.directory.modules.items()]
        small = rows <= ROWS_ON_ONE_PAGE or not self.directory.roots
        roots = [self._root(scope, nodes) for scope, nodes in by_root.items()] if small else []
        return {page: render_page("terraform.md.j2", title="Terraform Modules", lead=lead, parts=parts, roots=roots)}

    def _part(self, scope: str, own: str, page: str) -> Markdown:
        label = self._label(scope, self.directory.inside[scope])
        return Markdown(f"{text('Root module')} {link(label, relative(own, page))}")

    def _module(self, name: str, own: str, page: str) -> Markdown:
        return Markdown(f"{text('Module')} {link(name, relative(own, page))}")

    def _label(self, scope: str, nodes: Sequence[Node]) -> str:
        root = next((n for n in nodes if n.kind is NodeKind.ROOT), None)
        place = nodes[0].terraform.root if nodes[0].terraform else scope
        title = "top directory" if place == "." else place
        environment = root.attributes.get("environment") if root else None
        return f"{title} ({environment})" if environment else title

    def _root(self, scope: str, nodes: Sequence[Node]) -> dict[str, object]:
        root = next((n for n in nodes if n.kind is NodeKind.ROOT), None)
        sections = []
        for name, kind in _SECTIONS:
            found = sorted((n for n in nodes if n.kind is kind), key=lambda n: (n.address, n.id))
            if found:
                sections.append(Section(f"{name} ({len(found)})", self._section(kind, found)))
        return {
            "title": self._label(scope, nodes),
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
        page = self.paths.page("automation/ansible.md")
        sections = [s for s in self._ansible_sections(page) if s.table.rows]
        if not sections:
            return {}
        lead = "Inventories, groups, hosts, playbooks and roles of this repository, and what belongs to what."
        return {page: render_page("tables.md.j2", title="Ansible Automation", lead=lead, sections=sections)}

    def _ansible_sections(self, page: str) -> Iterable[Section]:
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
            made = tables.related(self.graph, nodes, columns, self.link, first, self._page_from(page))
            yield Section(f"{title} ({len(nodes)})", made)

    def _page_from(self, page: str) -> tables.PageOf:
        def page_of(node_id: str) -> str | None:
            target = self.directory.page_of(node_id)
            return None if target is None else relative(target, page)

        return page_of

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
