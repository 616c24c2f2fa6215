"""Playbooks, plays, roles and task files as nodes, and the edges between them.

``signals`` of a play, role or task file are what its tasks say of machines, each
``{"signal", "module", "program"?, "subject"?, "arguments", "line", "path", "task", "when"?, "notify"?}``;
``arguments`` are evaluated as far as they are static, credentials masked.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.documents import DocumentMaker
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import Inventory
from archdoc.readers.ansible.jinja import Renderer
from archdoc.readers.ansible.patterns import match
from archdoc.readers.ansible.playbooks import ImportedPlaybook, Play, Playbook, read_playbook
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.roles import RoleUse, dependencies, find_role, part_file, part_files, requirements
from archdoc.readers.ansible.tasks import Task, tasks_of
from archdoc.readers.ansible.variables import (
    Precedence,
    VariableScope,
    absolute,
    load_vars_file,
    repository_path,
    variables_of,
)
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.secrets import mask
from archdoc.readers.yamldoor import plain

MAX_DEPTH = 30
MAX_SIGNALS = 400
_INCLUDE_TASKS = frozenset({"include_tasks", "import_tasks", "include"})
_INCLUDE_ROLE = frozenset({"include_role", "import_role"})
_RUN_PLAYBOOK = re.compile(r"\bansible-playbook\b([^\n;&|]*)")
_RUN_TERRAFORM = re.compile(r"\b(?:terraform|tofu)\b[^\n;&|]*?-chdir=(\S+)")
_CD_TERRAFORM = re.compile(r"\bcd\s+(\S+)\s*&&\s*(?:terraform|tofu)\b")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where tasks are read: the node that holds them, the directory of the playbook, the role, the variables."""

    holder: str
    playbook: str
    role: str = ""
    renderer: Renderer | None = None
    hosts: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


@dataclass(slots=True)
class Flow:
    """Builds the graph of one project's playbooks."""

    project: Project
    files: YamlFiles
    catalog: Catalog
    inventories: tuple[Inventory, ...]
    variables: dict[str, ProjectVariables]
    graph: Graph
    documents: DocumentMaker
    _playbooks: dict[str, Playbook] = field(default_factory=dict)
    _roles_read: set[tuple[str, str]] = field(default_factory=set)
    _signals: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)
    _required: dict[str, Any] = field(default_factory=dict)

    def read(self) -> None:
        """Add every playbook and role of the project."""
        for requirement in requirements(self.project, self.files):
            self._required.setdefault(requirement.name, requirement)
            if requirement.kind == "collection":
                attributes: dict[str, Json] = {"version": requirement.version, "external": True}
                node_id = self.project.id("collection", requirement.name)
                self.graph.add_node(
                    Node(
                        node_id,
                        NodeKind.COLLECTION,
                        "collection",
                        requirement.name,
                        requirement.source,
                        attributes=attributes,
                    )
                )
        for directory in self.project.roles:
            self._role_node(directory)
        for path in self.project.playbooks:
            self._playbook_node(path)
        for path in self.project.playbooks:
            self._read_playbook(path)
        for directory in self.project.roles:
            if not any(d == directory for d, _ in self._roles_read):
                self._read_role(directory, _Place(self._role_id(directory), ""), 0)
        for node_id, signals in self._signals.items():
            node = self.graph.node(node_id)
            listed: list[Json] = [*list(signals.values())[:MAX_SIGNALS]]
            self.graph.add_node(
                Node(node.id, node.kind, node.type, node.name, node.source, attributes={"signals": listed})
            )

    # -- playbooks ------------------------------------------------------------------------------------------

    def _playbook_node(self, path: str) -> str:
        node_id = self.project.id("playbook", self.project.relative(path))
        if node_id not in self.graph:
            self.graph.add_node(
                Node(
                    node_id,
                    NodeKind.PLAYBOOK,
                    "playbook",
                    self.project.relative(path),
                    Source(path, 1),
                    category=Category.CI,
                )
            )
        return node_id

    def _read_playbook(self, path: str) -> None:
        playbook = self._playbooks.setdefault(path, read_playbook(self.files, path))
        node_id = self._playbook_node(path)
        for problem in playbook.problems:
            self.graph.add_problem(problem)
        for number, entry in enumerate(playbook.entries):
            if isinstance(entry, ImportedPlaybook):
                self._import(node_id, path, entry)
            else:
                self._play(node_id, path, entry, number)

    def _import(self, node_id: str, path: str, entry: ImportedPlaybook) -> None:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.path))
        attributes: dict[str, Json] = {"how": "import_playbook"}
        if entry.when is not None:
            attributes["when"] = str(entry.when)
        if "{{" in entry.path or not self.files.repo.is_file(target) or target.startswith(".."):
            message = f"import_playbook: {entry.path} is not in the repository"
            self.graph.add_problem(
                Problem(
                    Severity.WARNING,
                    "ANS012",
                    message,
                    entry.source,
                    "correct the path, or install the collection it is in",
                )
            )
            return
        other = self._playbook_node(target)
        if target not in self.project.playbooks and target not in self._playbooks:
            self._read_playbook(target)
        self.graph.add_edge(Edge(node_id, other, EdgeKind.CALLS, (entry.source,), attributes=attributes))

    def _play(self, playbook_id: str, path: str, play: Play, number: int) -> None:
        relative = self.project.relative(path)
        play_id = self.project.id("play", f"{relative}:{number}")
        attributes: dict[str, Json] = {"hosts": list(play.hosts), "position": number}
        if play.tags:
            attributes["tags"] = list(play.tags)
        if play.become:
            attributes["become"] = True
        name = play.name or f"{relative} play {number + 1}"
        self.graph.add_node(Node(play_id, NodeKind.PLAY, "play", name, play.source, attributes=attributes))
        self.graph.add_edge(Edge(playbook_id, play_id, EdgeKind.CONTAINS, (play.source,)))
        hosts = self._targets(play_id, play)
        scope = self._scope(play, path, hosts)
        place = _Place(
            play_id,
            path,
            "",
            Renderer(scope, self.documents.template_files(posixpath.dirname(path) or ".", "")),
            tuple(hosts),
            play.collections,
        )
        for use in play.roles:
            self._use_role(place, use, EdgeKind.APPLIES, 0)
        self._tasks(place, play.tasks, 0)

    def _targets(self, play_id: str, play: Play) -> list[str]:
        """``targets`` edges; the names of the hosts that the play is for."""
        names: dict[str, None] = {}
        pattern = list(play.hosts)
        if any("{{" in h for h in pattern):
            return self._possible_targets(play_id, play)
        found = False
        for inventory in self.inventories:
            matched = match(inventory, pattern)
            names.update(dict.fromkeys(matched.hosts))
            groups = [g for g in matched.groups if g not in ("all", "ungrouped")]
            ids = [self.project.id("group", g) for g in groups]
            covered = {h for g in groups for h in inventory.group_hosts(g)}
            ids += [
                self.project.id("host", h) for h in matched.hosts if h not in covered and "all" not in matched.groups
            ]
            if "all" in matched.groups:
                ids += [self.project.id("host", h) for h in matched.hosts]
            for target in dict.fromkeys(ids):
                if target in self.graph:
                    found = True
                    self.graph.add_edge(
                        Edge(
                            play_id,
                            target,
                            EdgeKind.TARGETS,
                            (play.source,),
                            attributes={"pattern": ",".join(play.hosts)},
                        )
                    )
        if not found:
            self._open_targets(play_id, play)
        return list(names)

    def _open_targets(self, play_id: str, play: Play) -> None:
        """A group that no inventory in the code lists (a plugin or script makes it) is still what the play names."""
        for term in play.hosts:
            for name in re.split(r"[:,]", term):
                plain_name = name.strip().lstrip("&!")
                if (
                    not re.fullmatch(r"[A-Za-z_][\w-]*", plain_name)
                    or name.strip().startswith("!")
                    or plain_name == "localhost"
                ):
                    continue
                group = self.project.id("group", plain_name)
                if plain_name != "all" and group not in self.graph:
                    attributes: dict[str, Json] = {"inventories": [], "hosts": [], "open": True}
                    self.graph.add_node(
                        Node(group, NodeKind.GROUP, "group", plain_name, play.source, attributes=attributes)
                    )
                if group in self.graph:
                    self.graph.add_edge(
                        Edge(play_id, group, EdgeKind.TARGETS, (play.source,), attributes={"pattern": term})
                    )

    def _possible_targets(self, play_id: str, play: Play) -> list[str]:
        """A pattern with an expression: its default, or the values that calls of the playbook give it."""
        scope = self._scope(play, play.source.path, [])
        for term in play.hosts:
            value = Renderer(scope).evaluate(term)
            if value.known and isinstance(value.value, str):
                made = Play(play.name, (value.value,), play.source)
                return self._targets(play_id, made)
        return []

    def _scope(self, play: Play, path: str, hosts: Iterable[str]) -> VariableScope:
        names = list(hosts)
        inventory = next(
            (i for i in self.inventories if any(h in i.hosts for h in names)),
            self.inventories[0] if self.inventories else None,
        )
        provider = self.variables[inventory.path if inventory else ""]
        if names:
            scope = provider.for_host(names[0], path)
        else:
            groups = [
                t.strip() for h in play.hosts for t in re.split(r"[:,&!]", h) if re.fullmatch(r"[\w-]+", t.strip())
            ]
            scope = provider.for_groups(groups, path)
        scope = scope.with_variables(Precedence.PLAY_VARS, variables_of(play.variables, path, play.source.line))
        for name in play.vars_files:
            target = self._vars_path(name, path, scope)
            if target:
                scope = scope.with_variables(Precedence.VARS_FILES, load_vars_file(self.files, target))
        return scope

    def _vars_path(self, name: str, path: str, scope: VariableScope) -> str | None:
        value = Renderer(scope).evaluate(name)
        text = str(value.value)
        own = repository_path(text) if value.known else None
        target = own or posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        return target if self.files.repo.is_file(target) else None

    # -- roles ----------------------------------------------------------------------------------------------

    def _role_id(self, directory: str) -> str:
        name = posixpath.basename(directory)
        for collection in self.project.collections:
            if directory.startswith(collection.path + "/roles/"):
                name = f"{collection.name}.{name}"
        own = self.project.id("role", name)
        known = self.graph.find(own)
        if known is not None and known.attributes.get("path") not in (None, directory):
            return self.project.id("role", self.project.relative(directory))  # two roles of one name
        return own

    def _role_node(self, directory: str) -> str:
        node_id = self._role_id(directory)
        if node_id not in self.graph:
            main = part_file(self.files, directory, "tasks") or part_file(self.files, directory, "meta")
            inside = next(iter(self.files.repo.under(directory)), directory)
            name = node_id.rsplit(":", 1)[-1]
            attributes: dict[str, Json] = {"path": directory}
            program = self.catalog.software.in_name(posixpath.basename(directory))
            if program is not None:
                attributes["program"] = program.name
            category = program.category if program else Category.OTHER
            self.graph.add_node(
                Node(node_id, NodeKind.ROLE, "role", name, Source(main or inside, 1), "", category, attributes)
            )
        return node_id

    def _use_role(self, place: _Place, use: RoleUse, kind: EdgeKind, depth: int) -> None:
        name = use.name
        provenance, rule = Provenance.DECLARED, ""
        if "{{" in name and place.renderer is not None:
            value = place.renderer.evaluate(name)
            if not value.known:
                self._possible_roles(place, use, kind)
                return
            name, provenance = str(value.value), Provenance.DERIVED
        beside = posixpath.dirname(place.playbook) or "."
        if place.role:
            found = self._near_role(place.role, name) or find_role(
                self.project, self.files, name, beside, place.collections
            )
        else:
            found = find_role(self.project, self.files, name, beside, place.collections)
        attributes: dict[str, Json] = {"how": use.how}
        if use.tasks_from:
            attributes["tasks_from"] = use.tasks_from
        if use.tags:
            attributes["tags"] = list(use.tags)
        if use.when:
            attributes["when"] = " and ".join(str(plain(w)) for w in use.when)
        target = self._role_node(found) if found else self._external_role(name, use.source)
        edge_kind = EdgeKind.DEPENDS_ON if use.how == "dependencies" else kind
        if target != place.holder:
            self.graph.add_edge(Edge(place.holder, target, edge_kind, (use.source,), provenance, rule, attributes))
        if found:
            renderer = self._role_renderer(place, found, use)
            inner = _Place(target, place.playbook, found, renderer, place.hosts, place.collections)
            self._read_role(found, inner, depth + 1, use.tasks_from)

    def _near_role(self, role: str, name: str) -> str | None:
        """A role beside the one that names it."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(role), name))
        return path if path in self.project.roles else None

    def _possible_roles(self, place: _Place, use: RoleUse, kind: EdgeKind) -> None:
        """A computed name: every role that it may be."""
        pattern = re.compile(re.sub(r"\\\{\\\{.*?\\\}\\\}", "[\\\\w.-]+", re.escape(use.name)))
        possible = [d for d in self.project.roles if pattern.fullmatch(posixpath.basename(d))]
        if (
            (use.name.strip().startswith("{{") and use.name.strip().endswith("}}"))
            or not possible
            or len(possible) > 25
        ):
            self.graph.add_problem(
                Problem(
                    Severity.NOTE,
                    "ANS020",
                    f"which role {use.name} is, is known only when the play runs",
                    use.source,
                    "",
                )
            )
            return
        for directory in possible:
            target = self._role_node(directory)
            attributes: dict[str, Json] = {"how": use.how, "expression": use.name}
            self.graph.add_edge(
                Edge(
                    place.holder, target, kind, (use.source,), Provenance.INFERRED, "ansible.possible-role", attributes
                )
            )

    def _external_role(self, name: str, source: Source) -> str:
        required = self._required.get(name) or self._required.get(".".join(name.split(".")[:2]))
        node_id = f"external:role:{name}"
        attributes: dict[str, Json] = {"role": True}
        evidence: tuple[Source, ...] = ()
        if required is not None:
            attributes["version"] = required.version
            attributes["from"] = required.address
            evidence = (required.source,)
        else:
            hint = "add it to requirements.yml, or correct its name"
            self.graph.add_problem(
                Problem(
                    Severity.WARNING,
                    "ANS021",
                    f"the role {name} is not in the repository and in no requirements file",
                    source,
                    hint,
                )
            )
        self.graph.add_node(
            Node(node_id, NodeKind.EXTERNAL, "role", name, source, "", Category.OTHER, attributes, evidence)
        )
        return node_id

    def _role_renderer(self, place: _Place, directory: str, use: RoleUse) -> Renderer:
        assert place.renderer is not None
        scope = place.renderer.scope
        for path in part_files(self.files, directory, "defaults"):
            scope = scope.with_variables(Precedence.ROLE_DEFAULTS, load_vars_file(self.files, path))
        for path in part_files(self.files, directory, "vars"):
            scope = scope.with_variables(Precedence.ROLE_VARS, load_vars_file(self.files, path))
        if use.variables:
            scope = scope.with_variables(
                Precedence.ROLE_PARAMS, variables_of(dict(use.variables), use.source.path, use.source.line)
            )
        scope = scope.with_magic({"role_path": absolute(directory), "role_name": posixpath.basename(directory)})
        beside = posixpath.dirname(place.playbook) or "."
        return Renderer(scope, self.documents.template_files(beside, directory))

    def _read_role(self, directory: str, place: _Place, depth: int, tasks_from: str = "") -> None:
        key = (directory, f"{place.playbook}:{tasks_from}:{','.join(place.hosts[:1])}")
        if key in self._roles_read or depth > MAX_DEPTH:
            return
        self._roles_read.add(key)
        if place.renderer is None:
            provider = self.variables[self.inventories[0].path if self.inventories else ""]
            outer = _Place(place.holder, place.playbook, "", Renderer(provider.for_groups([], "")), ())
            renderer = self._role_renderer(
                outer, directory, RoleUse(posixpath.basename(directory), Source(directory, 1))
            )
            place = _Place(place.holder, place.playbook, directory, renderer, (), ())
        for use in dependencies(self.files, directory):
            self._use_role(place, use, EdgeKind.DEPENDS_ON, depth)
        names = [
            part_file(self.files, directory, "tasks", tasks_from or "main"),
            *part_files(self.files, directory, "handlers"),
        ]
        for path in dict.fromkeys(n for n in names if n):
            section = "handlers" if "/handlers/" in path else "tasks"
            self._tasks(place, tuple(tasks_of(self.files.load(path).first, path, section)), depth)

    # -- tasks ----------------------------------------------------------------------------------------------

    def _tasks(self, place: _Place, tasks: tuple[Task, ...], depth: int) -> None:
        for task in tasks:
            if task.short in _INCLUDE_ROLE:
                self._included_role(place, task, depth)
            elif task.short in _INCLUDE_TASKS:
                self._included_tasks(place, task, depth)
            else:
                self._signal(place, task)
            self._notify(place, task)

    def _included_role(self, place: _Place, task: Task, depth: int) -> None:
        name = task.arguments.get("name") or task.free
        if not isinstance(name, str) or not name:
            return
        tasks_from = task.arguments.get("tasks_from")
        for one in self._loop_values(place, task, name):
            use = RoleUse(
                one, task.source, task.short, str(tasks_from or ""), task.when, task.tags, tuple(task.variables.items())
            )
            self._use_role(place, use, EdgeKind.INCLUDES, depth)

    def _loop_values(self, place: _Place, task: Task, text: str) -> list[str]:
        """A name that is made of a loop's item, for each item of a literal loop."""
        if "item" not in text or place.renderer is None:
            return [text]
        items = place.renderer.evaluate(task.loop)
        if not items.known or not isinstance(items.value, list) or len(items.value) > 100:
            return [text]
        found = [place.renderer.evaluate(text, {"item": item}) for item in items.value]
        return list(dict.fromkeys(str(f.value) for f in found if f.known)) or [text]

    def _included_tasks(self, place: _Place, task: Task, depth: int) -> None:
        name = task.arguments.get("file") or task.free
        if not isinstance(name, str) or not name or depth > MAX_DEPTH:
            return
        for one in self._loop_values(place, task, str(name)):
            for path, inferred in self._task_files(place, task, one):
                node_id = self.project.id("task_file", self.project.relative(path))
                if node_id not in self.graph:
                    shown = self.project.relative(path)
                    self.graph.add_node(Node(node_id, NodeKind.TASK_FILE, "tasks", shown, Source(path, 1)))
                attributes: dict[str, Json] = {"how": task.short}
                provenance = Provenance.INFERRED if inferred else Provenance.DECLARED
                rule = "ansible.possible-tasks" if inferred else ""
                if inferred:
                    attributes["expression"] = one
                self.graph.add_edge(
                    Edge(place.holder, node_id, EdgeKind.INCLUDES, (task.source,), provenance, rule, attributes)
                )
                key = (path, f"{place.playbook}:{place.role}:{place.holder}")
                if key in self._roles_read:
                    continue
                self._roles_read.add(key)
                inner = tuple(tasks_of(self.files.load(path).first, path, task.section))
                self._tasks(
                    _Place(node_id, place.playbook, place.role, place.renderer, place.hosts, place.collections),
                    inner,
                    depth + 1,
                )

    def _task_files(self, place: _Place, task: Task, name: str) -> list[tuple[str, bool]]:
        value = place.renderer.evaluate(name) if place.renderer is not None else None
        text = str(value.value) if value is not None and value.known else name
        directories = [posixpath.dirname(task.source.path)]
        if place.role:
            directories += [posixpath.join(place.role, "tasks"), posixpath.join(place.role, "handlers"), place.role]
        directories += [
            posixpath.dirname(place.playbook) or ".",
            posixpath.join(posixpath.dirname(place.playbook), "tasks"),
        ]
        if "{{" not in text:
            own = repository_path(text)
            candidates = [own] if own else [posixpath.normpath(posixpath.join(d, text)) for d in directories]
            for path in candidates:
                if path and not path.startswith("..") and self.files.repo.is_file(path):
                    return [(path, False)]
            self.graph.add_problem(
                Problem(
                    Severity.WARNING,
                    "ANS022",
                    f"{task.short}: {text} is not in the repository",
                    task.source,
                    "correct the path",
                )
            )
            return []
        pattern = re.compile(re.sub(r"\\\{\\\{.*?\\\}\\\}", "[^/]+", re.escape(posixpath.basename(text))))
        base = posixpath.dirname(text) if "{{" not in posixpath.dirname(text) else ""
        literal = re.sub(r"\{\{.*?\}\}", "", posixpath.basename(text))
        found: list[tuple[str, bool]] = []
        if len(literal.replace(".yml", "").replace(".yaml", "").strip("-_.")) >= 3:
            for directory in dict.fromkeys(posixpath.normpath(posixpath.join(d, base)) for d in directories):
                inside = [
                    p for p in self.files.repo.in_directory(directory) if pattern.fullmatch(posixpath.basename(p))
                ]
                found += [(p, True) for p in inside[:25] if p != task.source.path]
        if not found:
            self.graph.add_problem(
                Problem(
                    Severity.NOTE, "ANS023", f"which file {text} is, is known only when the play runs", task.source, ""
                )
            )
        return found

    def _notify(self, place: _Place, task: Task) -> None:
        for name in task.notify:
            if "{{" in name:
                continue
            node_id = self.project.id(
                "handler", f"{posixpath.basename(place.role) or self.project.relative(place.playbook)}:{name}"
            )
            found = self._handler_source(place, name)
            if found is None:
                continue
            if node_id not in self.graph:
                self.graph.add_node(Node(node_id, NodeKind.HANDLER, "handler", name, found))
            self.graph.add_edge(Edge(place.holder, node_id, EdgeKind.NOTIFIES, (task.source,)))

    def _handler_source(self, place: _Place, name: str) -> Source | None:
        handlers: list[Task] = []
        if place.role:
            for path in part_files(self.files, place.role, "handlers"):
                handlers += tasks_of(self.files.load(path).first, path, "handlers")
        playbook = self._playbooks.get(place.playbook)
        for play in playbook.plays if playbook else ():
            handlers += [t for t in play.tasks if t.section == "handlers"]
        return next((h.source for h in handlers if name == h.name or name in h.listen), None)

    def _signal(self, place: _Place, task: Task) -> None:
        known = self.catalog.modules.find(task.module)
        self._runs(place, task)
        if known is None or place.renderer is None:
            return
        renderer = place.renderer
        for item, values in self._items(renderer, task):
            arguments = {str(k): renderer.evaluate(v, values) for k, v in task.arguments.items()}
            shown = {k: mask(k, e.value) for k, e in arguments.items() if not e.secret}
            free = renderer.evaluate(task.free, values).value if task.free else ""
            subject = known.argument("name", shown) or (free or None)
            signal: dict[str, Json] = {
                "signal": known.signal,
                "module": task.short,
                "arguments": _json(shown),
                "path": task.source.path,
                "line": task.source.line,
                "task": task.name or task.short,
            }
            if known.program:
                signal["program"] = known.program
            if subject is not None:
                signal["subject"] = _json(mask("", subject))
            if free:
                signal["free"] = str(mask("", free))[:500]
            if task.when:
                signal["when"] = " and ".join(str(plain(w)) for w in task.when)[:200]
            if any(e.partial for e in arguments.values()):
                signal["partial"] = True
            key = f"{task.source}:{item}"
            self._signals.setdefault(place.holder, {}).setdefault(key, signal)
            if known.signal in ("template", "copy"):
                self.documents.add(place.holder, task, renderer, values, place.hosts, place.role, place.playbook)

    def _items(self, renderer: Renderer, task: Task) -> list[tuple[str, dict[str, Any] | None]]:
        """One entry per item of a loop that is known, else one for the task itself."""
        if task.loop is None:
            return [("", None)]
        items = renderer.evaluate(task.loop)
        value = items.value
        if isinstance(value, dict):
            value = [{"key": k, "value": v} for k, v in value.items()]
        if items.known and isinstance(value, list) and len(value) <= 100:
            return [(str(i), {"item": item}) for i, item in enumerate(value)]
        return [("", None)]

    def _runs(self, place: _Place, task: Task) -> None:
        """A command that runs another playbook, or Terraform in a directory."""
        text = task.free or str(task.arguments.get("cmd") or "")
        if "ansible-playbook" not in text and "terraform" not in text and "tofu" not in text:
            return
        shown = place.renderer.evaluate(text).value if place.renderer is not None else text
        for found in _RUN_PLAYBOOK.finditer(str(shown).replace("\n", " ")):
            for word in found[1].split():
                path = self._playbook_path(word, place)
                if path is not None:
                    source_id = self._holder_playbook(place)
                    other = self._playbook_node(path)
                    if source_id != other:
                        attributes: dict[str, Json] = {
                            "how": "command",
                            "command": f"ansible-playbook {found[1].strip()}"[:300],
                        }
                        self.graph.add_edge(
                            Edge(
                                source_id,
                                other,
                                EdgeKind.CALLS,
                                (task.source,),
                                Provenance.INFERRED,
                                "ansible.command-playbook",
                                attributes,
                            )
                        )
        for pattern in (_RUN_TERRAFORM, _CD_TERRAFORM):
            for found in pattern.finditer(str(shown)):
                self._signals.setdefault(place.holder, {}).setdefault(
                    f"{task.source}:terraform",
                    {
                        "signal": "terraform",
                        "module": task.short,
                        "arguments": {},
                        "subject": found[1],
                        "path": task.source.path,
                        "line": task.source.line,
                        "task": task.name,
                    },
                )

    def _playbook_path(self, word: str, place: _Place) -> str | None:
        word = word.strip("'\"")
        if not word.endswith((".yml", ".yaml")):
            return None
        own = repository_path(word)
        bases = [posixpath.dirname(place.playbook), self.project.path, "."]
        for path in [own] if own else [posixpath.normpath(posixpath.join(b, word)) for b in bases]:
            if path and path in self.project.playbooks:
                return path
        return None

    def _holder_playbook(self, place: _Place) -> str:
        return self._playbook_node(place.playbook) if place.playbook else place.holder


def _json(value: Any) -> Json:
    """Plain data with texts of a bearable length."""
    if isinstance(value, dict):
        return {str(k): _json(v) for k, v in list(value.items())[:60]}
    if isinstance(value, list | tuple):
        return [_json(v) for v in value[:100]]
    if isinstance(value, str):
        return value if len(value) <= 500 else value[:500] + "…"
    return value if isinstance(value, bool | int | float) or value is None else str(value)
