"""Playbooks, plays, roles, task files and handlers as nodes and edges of the graph."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.plays.playbooks import Play
from archdoc.readers.ansible.plays.requirements import Requirement
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.variables import REPOSITORY
from archdoc.readers.files import normal
from archdoc.readers.secrets import MASK, follows_option, is_secret, mask, mask_text, masked_words, told_secret
from archdoc.readers.yamldoor import Opaque

_PLACEHOLDER = re.compile(re.escape(REPOSITORY) + r"/([^\s,;:'\"]*)")
READ = ("no", "part", "whole")
"""How far a template of a task was read: not at all, with parts left as they are written, or rendered whole."""
MAX_TASKS = 300
"""Tasks that one node lists."""
MAX_LISTED = 500
"""Items of any other attribute that is a list."""


class Sheet:
    """Collects what readers of projects find; ``write`` puts it into a graph. Ids are those of read.py."""

    def __init__(self, projects: Iterable[Project], library: Library, rules_off: Iterable[str] = ()) -> None:
        self._rules_off = frozenset(rules_off)
        self._projects = sorted(projects, key=lambda p: (-len(p.path), p.path))
        self._by_playbook = {path: p for p in self._projects for path in (*p.playbooks, *p.test_playbooks)}
        self._library = library
        self._nodes: dict[str, Node] = {}
        self._attributes: dict[str, dict[str, Json]] = {}
        self._edges: list[Edge] = []
        self._problems: dict[Problem, None] = {}
        self._tasks: dict[str, dict[Task, None]] = {}
        self._templates: dict[str, dict[tuple[Task, str], str]] = {}
        self._play_names: dict[tuple[str, str], int] = {}

    def allows(self, rule: str) -> bool:
        """Whether a heuristic may be used."""
        return rule not in self._rules_off

    # -- ids --------------------------------------------------------------------------------------------------

    def project_of(self, path: str) -> Project:
        """The project that a file belongs to: the deepest one around it."""
        known = self._by_playbook.get(path)
        if known is not None:
            return known
        for project in self._projects:
            if project.path in (".", path) or path.startswith(project.path + "/"):
                return project
        return self._projects[-1]

    def host_id(self, project: Project, kind: str, name: str) -> str:
        """The id of a host or group."""
        return project.id(kind, name)

    # -- nodes ------------------------------------------------------------------------------------------------

    def playbook(self, path: str) -> str:
        """The node of a playbook."""
        project = self.project_of(path)
        node_id = project.id("playbook", project.relative(path))
        if node_id not in self._nodes:
            test = path in project.test_playbooks
            self._add(
                Node(node_id, NodeKind.PLAYBOOK, "playbook", project.relative(path), Source(path), address=path),
                {"path": path, **({"test": True} if test else {})},
            )
        return node_id

    def play(self, playbook: str, play: Play, label: str, attributes: Mapping[str, Json]) -> str:
        """The node of a play, contained in its playbook."""
        project = self.project_of(playbook)
        name = f"{project.relative(playbook)}:{label}"
        node_id = project.id("play", name)
        if node_id not in self._nodes:
            node = Node(node_id, NodeKind.PLAY, "play", play.name or label, play.source, address=playbook)
            self._add(node, dict(attributes))
            self.edge(self.playbook(playbook), node_id, EdgeKind.CONTAINS, play.source)
        return node_id

    def role(self, role: Role, place: Source) -> str:
        """The node of a role."""
        project = self._library.owner(role) or self.project_of(role.path)
        name = self._library.name(role)
        node_id = project.id("role", name)
        if node_id not in self._nodes:
            attributes: dict[str, Json] = {"path": role.path}
            if role.collection:
                attributes["collection"] = role.collection
            self._add(Node(node_id, NodeKind.ROLE, "role", name, place, address=role.path), attributes)
        return node_id

    def external_role(self, project: Project, name: str, place: Source, required: Requirement | None) -> str:
        """The node of a role whose code is not in the repository."""
        node_id = project.id("role", name)
        attributes: dict[str, Json] = {"external": True, "role": True}
        evidence: tuple[Source, ...] = ()
        if required is not None:
            attributes["requirement"] = required.name
            attributes["version"] = required.version
            attributes["from"] = required.origin
            attributes["required_by"] = {"path": required.source.path, "line": required.source.line}
            evidence = (required.source,)
        if node_id not in self._nodes:
            self._add(Node(node_id, NodeKind.EXTERNAL, "role", name, place, evidence=evidence), attributes)
        return node_id

    def collection(self, project: Project, name: str, place: Source, attributes: Mapping[str, Json]) -> str:
        """The node of a collection."""
        node_id = project.id("collection", name)
        if node_id not in self._nodes:
            self._add(Node(node_id, NodeKind.COLLECTION, "collection", name, place), dict(attributes))
        return node_id

    def task_file(self, path: str) -> str:
        """The node of a file of tasks."""
        project = self.project_of(path)
        node_id = project.id("task_file", project.relative(path))
        if node_id not in self._nodes:
            node = Node(node_id, NodeKind.TASK_FILE, "tasks", project.relative(path), Source(path), address=path)
            self._add(node, {"path": path})
        return node_id

    def handler(self, owner: str, label: str, handler: Task, path: str) -> str:
        """The node of a handler, contained in the role or play that has it."""
        project = self.project_of(path)
        name = handler.name or handler.module
        node_id = project.id("handler", f"{label}:{name}")
        if node_id not in self._nodes:
            attributes: dict[str, Json] = {"module": handler.action}
            if handler.listen:
                attributes["listen"] = [*handler.listen]
            self._add(Node(node_id, NodeKind.HANDLER, "handler", name, handler.source), attributes)
        elif handler.source != self._nodes[node_id].source:
            node_id = f"{node_id}#{handler.source.line}"
            if node_id not in self._nodes:
                node = Node(node_id, NodeKind.HANDLER, "handler", name, handler.source)
                self._add(node, {"module": handler.action, "listen": [*handler.listen]})
        self.edge(owner, node_id, EdgeKind.CONTAINS, handler.source)
        return node_id

    def unlisted(self, project: Project, kind: str, name: str, place: Source) -> str:
        """The node of a host or group that a play names and that no inventory of the repository lists."""
        node_id = project.id(kind, name)
        if node_id not in self._nodes:
            node_kind = NodeKind.HOST if kind == "host" else NodeKind.GROUP
            category = Category.COMPUTE if kind == "host" else Category.OTHER
            self._add(Node(node_id, node_kind, kind, name, place, category=category), {"unlisted": True})
        return node_id

    def _add(self, node: Node, attributes: dict[str, Json]) -> None:
        self._nodes[node.id] = node
        self._attributes.setdefault(node.id, {}).update(attributes)

    # -- what is said of them -----------------------------------------------------------------------------------

    def note(self, node_id: str, **attributes: Json) -> None:
        """Set attributes of a node."""
        self._attributes[node_id].update(attributes)

    def knows(self, node_id: str) -> bool:
        """Whether there is a node of this id."""
        return node_id in self._nodes

    def append(self, node_id: str, key: str, item: Json) -> None:
        """Add to a list of a node, each item once and as many as are allowed."""
        listed = self._attributes[node_id].setdefault(key, [])
        if isinstance(listed, list) and item not in listed and len(listed) < MAX_LISTED:
            listed.append(item)

    def holds(self, node_id: str, task: Task) -> None:
        """A node has a task in its text."""
        self._tasks.setdefault(node_id, {})[task] = None

    def template(self, node_id: str, task: Task, template: str, read: str) -> None:
        """A task in the text of a node renders a template, read as one of ``READ`` says; the least of all hosts
        counts."""
        known = self._templates.setdefault(node_id, {})
        key = (task, mask_text(template))
        known[key] = min(known.get(key, read), read, key=READ.index)

    def edge(
        self,
        source: str,
        target: str,
        kind: EdgeKind,
        place: Source,
        attributes: Mapping[str, Json] | None = None,
        rule: str = "",
        derived: bool = False,
    ) -> None:
        """An edge; ``rule`` makes it an inferred one, and leaves it out where the rule is switched off."""
        if not self.allows(rule):
            return
        provenance = Provenance.INFERRED if rule else Provenance.DERIVED if derived else Provenance.DECLARED
        self._edges.append(Edge(source, target, kind, (place,), provenance, rule, dict(attributes or {})))

    def problem(self, severity: Severity, code: str, message: str, place: Source, hint: str = "") -> None:
        """Something that could not be worked out."""
        shown = _named(mask_text(message))
        self._problems[Problem(severity, code, shown, place, hint)] = None

    def write(self, graph: Graph) -> None:
        """Put everything into a graph."""
        for node_id, tasks in self._tasks.items():
            listed = [_task(task, self._nodes[node_id].source.path) for task in tasks]
            self._attributes[node_id]["tasks"] = [*listed[:MAX_TASKS]]
            if len(listed) > MAX_TASKS:
                self._attributes[node_id]["tasks_total"] = len(listed)
        for node_id, templates in self._templates.items():
            self._attributes[node_id]["templates"] = [
                {"template": _named(template), "read": read, "path": task.source.path, "line": task.source.line}
                for (task, template), read in list(templates.items())[:MAX_LISTED]
            ]
        for node_id, node in self._nodes.items():
            graph.add_node(
                Node(
                    node.id,
                    node.kind,
                    node.type,
                    node.name,
                    node.source,
                    node.address,
                    node.category,
                    self._attributes[node_id],
                    node.evidence,
                )
            )
        for edge in self._edges:
            graph.add_edge(edge)
        for problem in self._problems:
            graph.add_problem(problem)


def _named(path: str) -> str:
    """A path of the repository as it is shown."""
    return _PLACEHOLDER.sub(lambda found: normal(found[1]), path)


def _task(task: Task, path: str) -> Json:
    shown: dict[str, Json] = {"name": mask_text(task.name), "module": task.module, "line": task.source.line}
    if task.source.path != path:
        shown["path"] = task.source.path
    return shown


def shown_when(conditions: Iterable[Any]) -> str:
    """Conditions as one text, credentials masked; "" when there are none."""
    texts = [_condition(c) for c in conditions if c is not True]
    text = " and ".join(f"({t})" if " or " in t and len(texts) > 1 else t for t in texts)
    return mask_text(text)[:400]


def _condition(value: Any) -> str:
    if isinstance(value, Opaque):
        return MASK
    return " ".join(str(value).split()) if not isinstance(value, bool) else str(value).lower()


def plain_json(name: str, value: Any, depth: int = 0) -> Json:
    """A value as an attribute: plain, of a bearable size, credentials masked."""
    if isinstance(value, Opaque):
        return MASK
    if isinstance(value, dict):
        if depth > 8:
            return "…"
        told = told_secret(value)
        return {str(k): MASK if k in told else plain_json(str(k), v, depth + 1) for k, v in list(value.items())[:80]}
    if isinstance(value, list | tuple):
        if depth > 8:
            return ["…"]
        value = masked_words(value)
        return [plain_json(follows_option(value, i) or name, item, depth + 1) for i, item in enumerate(value[:200])]
    if is_secret(name, value):
        masked = mask(name, value)
        return masked if isinstance(masked, str) else MASK
    if isinstance(value, str):
        text = mask_text(str.__str__(value))
        return text if len(text) <= 400 else text[:400] + "…"
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def directory_of(path: str) -> str:
    """The directory of a file, "." at the top."""
    return posixpath.dirname(path) or "."
