"""Playbooks and plays: imports, targets, the variables of a play, and its sections in the order Ansible runs them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from archdoc.model.facts import EdgeKind, Json, Source
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import plain_json, shown_when
from archdoc.readers.ansible.jinja import Evaluated
from archdoc.readers.ansible.jinja.alternatives import alternatives
from archdoc.readers.ansible.plays.places import Place
from archdoc.readers.ansible.plays.playbooks import Play, PlaybookImport
from archdoc.readers.ansible.plays.roles import Role, RoleUse
from archdoc.readers.ansible.plays.tasks import Task, text_of
from archdoc.readers.ansible.rules import CHECKOUT, POSSIBLE_TASKS
from archdoc.readers.ansible.variables import Precedence, Variable, repository_path
from archdoc.readers.ansible.walk.context import Context, PlayState, Step
from archdoc.readers.ansible.walk.elsewhere import in_checkout
from archdoc.readers.ansible.walk.frames import Frame, RootFrame
from archdoc.readers.ansible.walk.includes import Wanted
from archdoc.readers.ansible.walk.machines import Fleet
from archdoc.readers.ansible.walk.notices import connect_notices
from archdoc.readers.ansible.walk.targets import Targeting, Targets
from archdoc.readers.ansible.walk.tools import Tools, active
from archdoc.readers.ansible.walk.walker import Walker

_EMPTY = Evaluated({})

PLAY_ATTRIBUTES = ("become", "connection", "gather_facts", "serial", "strategy", "remote_user", "max_fail_percentage")
MAX_LISTING = 400


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The imports that lead to a playbook: what they add to its plays."""

    playbooks: tuple[str, ...] = ()
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    extra: Mapping[str, Variable] = field(default_factory=dict)
    """Variables that ``--extra-vars`` of a command gives."""
    limit: str = ""
    """The hosts that ``--limit`` of a command names."""
    again: bool = False
    """Whether the plays are known already, and read once more for what a command changes."""
    last: bool = True
    """Whether nothing follows the playbook."""

    @property
    def is_plain(self) -> bool:
        """Whether they add nothing."""
        return not (self.when or self.tags or self.variables or self.extra or self.limit or self.again)


class PlayWalker:
    """Walks through the playbooks of one project."""

    def __init__(
        self, tools: Tools, walker: Walker, fleet: Fleet, dynamic: set[str], alone: dict[str, frozenset[str]]
    ) -> None:
        """``dynamic`` are the groups that tasks make while they run; ``alone`` the playbooks that were walked through
        by themselves, each with those that it reaches."""
        self._tools = tools
        self._project = tools.project
        self._code = tools.code
        self._library = tools.library
        self._finder = tools.finder
        self._evaluator = tools.evaluator
        self._sheet = tools.sheet
        self._walker = walker
        self._fleet = fleet
        self._targeting = Targeting(tools.project, fleet, tools.sheet, tools.evaluator, dynamic)
        self._aimed: dict[str, Targets] = {}
        """What the plays are for, over all imports of their playbooks."""
        self._alone = alone
        self._has_begun = False
        self.reached: set[str] = set()

    # -- playbooks --------------------------------------------------------------------------------------------

    def playbook(self, path: str, chain: Chain | None = None) -> None:
        """A playbook and those that it imports."""
        chain = chain or Chain()
        chain = replace(chain, playbooks=(*chain.playbooks, path))
        self.reached.add(path)
        node_id = self._sheet.playbook(path)
        playbook = self._code.playbook(path)
        labels = _labels(playbook.plays)
        for entry in playbook.entries:
            if isinstance(entry, PlaybookImport):
                last = chain.last and entry is playbook.entries[-1]
                self._import(node_id, path, entry, replace(chain, last=last))
            else:
                self._play(path, entry, labels[entry], chain)

    def _import(self, node_id: str, path: str, entry: PlaybookImport, chain: Chain) -> None:
        name, evaluated, known = self._name(path, entry, {**entry.variables, **chain.variables})
        if not known:
            chosen = alternatives(name)
            found = [target for text in chosen.texts if (target := self._target(path, text)[0]) is not None]
            if not chosen.complete or not found:
                message = f"import_playbook: which playbook {entry.target} is, is known only when the play runs"
                self._sheet.problem(Severity.NOTE, "ANS043", message, entry.source)
            for target in found:
                self._imported(node_id, entry, chain, target, POSSIBLE_TASKS)
            return
        target, rule = self._target(path, name)
        if target is None:
            message = f"import_playbook: {entry.target} is not in the repository"
            hint = "correct the path, or install the collection it is in"
            self._sheet.problem(Severity.WARNING, "ANS039", message, entry.source, hint)
            return
        self._imported(node_id, entry, chain, target, rule, evaluated and not rule)

    def _imported(
        self, node_id: str, entry: PlaybookImport, chain: Chain, target: str, rule: str, derived: bool = False
    ) -> None:
        """The edge to the playbook that an import means, and the walk through it."""
        attributes: dict[str, Json] = {"how": "import_playbook"}
        if entry.name:
            attributes["name"] = entry.name
        if entry.when:
            attributes["when"] = shown_when(entry.when)
        if entry.tags:
            attributes["tags"] = [*entry.tags]
        if entry.variables:
            attributes["vars"] = [*sorted(entry.variables)]
        other = self._sheet.playbook(target)
        self._sheet.edge(node_id, other, EdgeKind.CALLS, entry.source, attributes, rule, derived)
        if target in chain.playbooks:
            message = f"the playbooks import each other in a circle: {entry.target}"
            self._sheet.problem(
                Severity.ERROR, "ANS045", message, entry.source, "Ansible does not end on such playbooks"
            )
            return
        if chain.playbooks[-1] in self._project.test_playbooks and target in self._project.playbooks:
            return  # it has been read, for the hosts of the project; a test runs it on hosts of its own
        inner = replace(
            chain,
            when=(*chain.when, *entry.when),
            tags=(*chain.tags, *entry.tags),
            variables={**entry.variables, **chain.variables},
        )
        is_alone = not self._has_begun and inner.is_plain
        if is_alone and inner.last and target in self._alone:  # another name for it
            self.reached |= self._alone[target]
            return
        self.playbook(target, inner)
        if is_alone:
            self._alone[target] = frozenset(self.reached)

    def _name(self, path: str, entry: PlaybookImport, variables: Mapping[str, Variable]) -> tuple[str, bool, bool]:
        """The name that an import asks for, whether it had to be evaluated, and whether it is known."""
        if "{{" not in entry.target:
            return entry.target, False, True
        frame = Frame(RootFrame(self._fleet, path), ((Precedence.EXTRA_VARS, variables),))
        value = self._evaluator.renderer(self._fleet.nobody(), frame, Place(path, path)).evaluate(entry.target)
        return str(value.value), True, value.known

    def _target(self, path: str, name: str) -> tuple[str | None, str]:
        """The file that an import of a name means, and the rule that found it."""
        own = repository_path(name) or self._library.playbook(name)
        candidate = own or posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if self._finder.is_there(candidate):
            return candidate, ""
        return self._in_checkout(name), CHECKOUT

    def _in_checkout(self, name: str) -> str | None:
        return in_checkout(self._sheet, self._finder, self._project.path, name)

    # -- plays ------------------------------------------------------------------------------------------------

    def _play(self, path: str, play: Play, label: str, chain: Chain) -> None:
        self._has_begun = True
        own = {**play.variables, **chain.variables}
        frame = self._frame(path, play, own, chain.extra)
        targets = self._targeting.find(play, path, frame)
        play_id = self._sheet.play(path, play, label, self._attributes(play, chain))
        if not chain.again:
            self._note_targets(play_id, play, targets)
        state = PlayState(play_id, path)
        reached = self._targeting.limited(play, targets.machines, chain.limit)
        machines = tuple(self._fleet.evaluated(reached))
        self._add_vars_files(play_id, play, path, frame, machines)
        frame = Frame(frame, self._exported(play, path))
        context = Context(
            project=self._project,
            play=state,
            fleet=self._fleet,
            frame=frame,
            place=Place(path, path),
            machines=machines,
            owner=play_id,
            holder=play_id,
            when=(*chain.when, *play.when),
            tags=tuple(dict.fromkeys((*play.tags, *chain.tags))),
            files=(path,),
            collections=play.collections,
        )
        if context.when:
            context = replace(context, machines=active(self._tools, context, context.when))
        self._walker.tasks(context, play.pre_tasks)
        for use in play.roles:
            self._role(context, use)
        self._walker.tasks(context, play.tasks)
        self._walker.tasks(context, play.post_tasks)
        self._walker.roles.handlers(context, play.handlers, "")
        self._walker.roles.run_handlers(state)
        connect_notices(self._sheet, state)
        listed = state.listing
        if not chain.again:
            self._sheet.note(play_id, task_list=[*listed[:MAX_LISTING]], task_count=len(listed))

    def _attributes(self, play: Play, chain: Chain) -> dict[str, Json]:
        attributes: dict[str, Json] = {"position": play.index}
        for key in PLAY_ATTRIBUTES:
            if key in play.keywords:
                attributes[key] = plain_json(key, play.keywords[key])
        tags = dict.fromkeys((*play.tags, *chain.tags))
        if tags:
            attributes["tags"] = [*tags]
        if chain.when or play.when:
            attributes["when"] = shown_when((*chain.when, *play.when))
        if play.variables:
            attributes["vars"] = [*sorted(play.variables)]
        if play.prompts:
            attributes["vars_prompt"] = [*sorted(play.prompts)]
        return attributes

    def _note_targets(self, play_id: str, play: Play, targets: Targets) -> None:
        self._targeting.connect(play_id, play, targets)
        aimed = self._aimed.setdefault(play_id, Targets(targets.pattern))
        aimed.hosts.update(targets.hosts)
        aimed.groups.update(targets.groups)
        hosts: list[Json] = [*aimed.hosts]
        groups: list[Json] = [*aimed.groups]
        self._sheet.note(play_id, pattern=",".join(targets.pattern), hosts=hosts, groups=groups)

    def _frame(self, path: str, play: Play, variables: Mapping[str, Variable], extra: Mapping[str, Variable]) -> Frame:
        """The variables of a play: its own, and what it asks for when it starts."""
        prompted = {name: v for name, v in play.prompts.items() if v.value is not None}
        asked = tuple(name for name in play.prompts if name not in prompted)
        layers = (
            (Precedence.PLAY_VARS, variables),
            (Precedence.VARS_PROMPT, prompted),
            (Precedence.EXTRA_VARS, extra),
        )
        unknown = (asked, "is asked for when the play runs", Precedence.VARS_PROMPT) if asked else None
        return Frame(RootFrame(self._fleet, path), layers, None, unknown)

    def _add_vars_files(self, play_id: str, play: Play, path: str, frame: Frame, machines: tuple[Any, ...]) -> None:
        place = Place(path, path)
        for item in play.vars_files:
            choices = item if isinstance(item, list) else [item]
            for machine in machines or (self._fleet.nobody(),):
                found = self._vars_file(choices, machine, frame, place)
                if found is not None:
                    line = getattr(choices[0], "line", play.lines.get("vars_files", play.source.line))
                    self._sheet.append(play_id, "vars_files", {"path": found, "line": line})
                    frame.add_for(machine, Precedence.VARS_FILES, self._code.variables((found,)))
            written = [text_of(choice) for choice in choices]
            if not any("{{" in w or self._finder.file(w, place, "vars") or self._in_checkout(w) for w in written):
                message = f"vars_files: {', '.join(written)} is not where Ansible looks for it"
                self._sheet.problem(Severity.WARNING, "ANS042", message, play.place("vars_files"), "correct the path")

    def _vars_file(self, choices: list[Any], machine: Any, frame: Frame, place: Place) -> str | None:
        """The first of several files that is there."""
        for choice in choices:
            value = self._evaluator.renderer(machine, frame, place).evaluate(choice)
            if isinstance(value.value, str) and "{{" not in value.value:
                path = self._finder.file(value.value, place, "vars") or self._in_checkout(value.value)
                if path is not None:
                    return path
        return None

    def _exported(self, play: Play, path: str) -> tuple[tuple[Precedence, Mapping[str, Variable]], ...]:
        """The defaults and variables of the roles of a play, which all of its tasks see."""
        defaults: list[dict[str, Variable]] = []
        variables: list[dict[str, Variable]] = []
        for role in self._play_roles(play, path):
            defaults.append(self._code.role_variables(role, "defaults"))
            variables.append(self._code.role_variables(role, "vars"))
        return (
            (Precedence.ROLE_DEFAULTS, self._code.united(*defaults)),
            (Precedence.ROLE_VARS, self._code.united(*variables)),
        )

    def _play_roles(self, play: Play, path: str) -> list[Role]:
        """The roles that a play names outright, with those they depend on."""
        place = Place(path, path)
        named = [use.name for use in play.roles]
        named += [
            text_of(task.arguments.get("name"))
            for task in (*play.pre_tasks, *play.tasks, *play.post_tasks)
            if task.action == "import_role"
        ]
        found: dict[Role, None] = {}

        def add(name: str, at: Place, collections: tuple[str, ...]) -> None:
            beside = posixpath.dirname(at.role.path) if at.role is not None else ""
            known = self._library.find(self._project, name, at, collections, beside) if "{{" not in name else None
            if known is None or known.role in found or len(at.roles) > 20:
                return
            found[known.role] = None
            meta = self._code.meta(known.role)
            inner = at.inside(known.role, known.role.directory("tasks"))
            for use in meta.dependencies:
                add(use.name, inner, meta.collections)

        for name in named:
            add(name, place, play.collections)
        return list(found)

    def _role(self, context: Context, use: RoleUse) -> None:
        """An entry of ``roles:``."""
        attributes: dict[str, Json] = {"how": "roles"}
        if use.when:
            attributes["when"] = shown_when(use.when)
        if use.tags:
            attributes["tags"] = [*use.tags]
        given = sorted({*use.variables, *use.parameters})
        if given:
            attributes["vars"] = [*given]
        name, want = use.name, None
        if "{{" in name:
            machine = context.machines[0] if context.machines else self._fleet.nobody()
            value = self._evaluator.renderer(machine, context.frame, context.place).evaluate(name)
            attributes["expression"] = name
            name = str(value.value)
            want = Wanted(name, Step(context.machines, _EMPTY), "{{" in name, True)
        inner = replace(
            context,
            machines=active(self._tools, context, use.when),
            when=(*context.when, *use.when),
            tags=tuple(dict.fromkeys((*context.tags, *use.tags))),
        )
        self._walker.roles.role(inner, replace(use, name=name), EdgeKind.APPLIES, attributes, {}, want)

    # -- what no play reaches -----------------------------------------------------------------------------------

    def lone_role(self, role: Role) -> None:
        """A role that no play applies: what its tasks say, for no host."""
        place = Source(next(iter(self._code.repo.under(role.path)), role.path))
        node_id = self._sheet.role(role, self._walker.roles.source(role))
        context = self._nowhere(node_id, Place(role.directory("tasks")))
        self._walker.roles.walk_role(context, role, node_id, RoleUse(self._library.name(role), place), {})
        self._walker.roles.run_handlers(context.play)

    def lone_tasks(self, path: str, role: Role | None, tasks: tuple[Task, ...]) -> None:
        """A file of tasks that nothing includes outright."""
        node_id = self._sheet.task_file(path)
        holder = node_id
        place = Place(path)
        if role is not None:
            holder = self._sheet.role(role, self._walker.roles.source(role))
            place = Place(path).inside(role, path)
            self._sheet.edge(holder, node_id, EdgeKind.CONTAINS, Source(path))
        context = replace(self._nowhere(node_id, place), holder=holder)
        if role is not None:
            use = RoleUse(self._library.name(role), Source(path))
            context = replace(context, frame=self._walker.roles.role_frame(context, role, use, {}))
        self._walker.tasks(context, tasks)
        self._walker.roles.run_handlers(context.play)

    def _nowhere(self, node_id: str, place: Place) -> Context:
        frame = RootFrame(self._fleet, "")
        machines = (self._fleet.nobody(),)
        state = PlayState(node_id, "", has_outside_roles=True)
        files = (place.file,)
        return Context(
            self._project, state, self._fleet, frame, place, machines, node_id, node_id, files=files, static=False
        )


def _labels(plays: tuple[Play, ...]) -> dict[Play, str]:
    """What tells the plays of a playbook apart: the name, else the hosts, with a number where that is not enough."""
    labels: dict[Play, str] = {}
    counts: dict[str, int] = {}
    for play in plays:
        hosts = play.hosts if isinstance(play.hosts, list) else [play.hosts]
        base = " ".join((play.name or ",".join(text_of(h) for h in hosts) or str(play.index)).split())
        counts[base] = counts.get(base, 0) + 1
        labels[play] = base if counts[base] == 1 else f"{base}#{counts[base]}"
    return labels
