"""Signals of tasks, collected on the nodes that hold the tasks."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from archdoc.catalog import AnsibleModule, Catalog
from archdoc.model.facts import Json, Source
from archdoc.model.problem import Severity
from archdoc.readers.addresssecrets import mask_words
from archdoc.readers.ansible.emit import Sheet, plain_json, shown_when
from archdoc.readers.ansible.plays.modargs import RAW
from archdoc.readers.ansible.plays.tasks import COMMANDS, Task, text_of
from archdoc.readers.ansible.scopes import Scopes
from archdoc.readers.ansible.signals.command_lines import signals_of
from archdoc.readers.ansible.signals.normal import normal_fields, refined
from archdoc.readers.ansible.signals.shell import Command, commands
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.landing import is_left_to_another, where
from archdoc.readers.secrets import MASK, mask_text, told_secret

MAX_SIGNALS = 600
"""Signals of one node."""
_LONG = frozenset({"content", "block", "definition", "resource_definition", "template"})
"""Arguments that hold whole files; what they hold is a document."""
_SAID = frozenset({"name", "state", "image", "port", "rule", "path", "dest", "proto", "enabled", "service", "chain"})
"""Arguments that may be shown of a task with ``no_log``."""
_OWN_STATE = frozenset({"firewall", "kernel"})
"""Signals in which ``state`` is no state of the thing: of a rule it is read with the rule."""
_MERGED = frozenset({"package"})


class Signals:
    """Collects the signals of one repository."""

    def __init__(self, catalog: Catalog, sheet: Sheet, evaluator: Evaluator) -> None:
        self._catalog = catalog
        self._evaluator = evaluator
        self._sheet = sheet
        self._found: dict[str, dict[str, dict[str, Json]]] = {}
        self._hosts: dict[tuple[str, str], dict[str, None]] = {}
        self._modules: dict[str, AnsibleModule | None] = {}
        self._said: dict[tuple[int, int], tuple[object, list[tuple[dict[str, Json], str]]]] = {}
        """What a task says with some arguments, each with its JSON; the arguments stay with it, so that no others get
        their identity."""

    def module(self, task: Task) -> AnsibleModule | None:
        """What the catalog knows of a task's module."""
        if task.module not in self._modules:
            known = self._catalog.modules.find(task.module)
            if known is None and "." in task.module:
                known = self._catalog.modules.find(task.module.rsplit(".", 1)[-1])
            self._modules[task.module] = known
        return self._modules[task.module]

    @staticmethod
    def arguments(task: Task) -> Mapping[str, Any]:
        """The arguments of a task to evaluate for its signals."""
        if not task.arguments.keys() & _LONG:
            return task.arguments
        return {name: value for name, value in task.arguments.items() if name not in _LONG}

    def collect(self, context: Context, task: Task, module: AnsibleModule, steps: Iterable[Step]) -> None:
        """Note what the steps of a task say."""
        around = _around(context, task)
        for step in _merged(steps) if module.signal.value in _MERGED else steps:
            key = (id(task), id(step.arguments))
            if key not in self._said:
                said = self._signals(task, module, step)
                texts = [json.dumps(signal, sort_keys=True, default=str) for signal in said]
                self._said[key] = (step.arguments, list(zip(said, texts, strict=True)))
            for signal, text in self._said[key][1]:
                self._add(context, task, step, signal, text, around)

    def write(self, scopes: Scopes) -> None:
        """Put the signals on their nodes."""
        for owner, signals in self._found.items():
            of_task: dict[str, dict[str, None]] = {}
            for key in signals:
                of_task.setdefault(_task_of(key), {}).update(self._hosts[owner, key])
            scope = {task: scopes.of(hosts, owner) for task, hosts in of_task.items()}
            listed: list[Json] = []
            for key, signal in signals.items():
                listed.append({**signal, "hosts": [*self._hosts[owner, key]], "scope": scope[_task_of(key)]})
            self._sheet.note(owner, signals=listed)

    # -- one step -----------------------------------------------------------------------------------------------

    def _signals(self, task: Task, module: AnsibleModule, step: Step) -> list[dict[str, Json]]:
        values = step.arguments.value
        given: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if told := told_secret(given):
            given = {**given, **dict.fromkeys(told, MASK)}
        kind = module.signal.value
        if task.module.rsplit(".", 1)[-1] in COMMANDS or kind == "command":
            return self._of_commands(task, given)
        quiet = task.keywords.get("no_log") not in (None, False)
        hidden = kind == "firewall" and quiet and not given.keys() <= _SAID
        if quiet:
            given = {name: value for name, value in given.items() if name in _SAID}
        found: list[dict[str, Json]] = []
        for said in normal_fields(kind, module.program, given, self._catalog):
            fields: dict[str, Json] = {**said, "unread": True} if hidden else said
            program = str(fields.get("program") or module.program)
            signal: dict[str, Json] = {
                "signal": refined(kind, fields),
                "module": task.module.rsplit(".", 1)[-1],
                **fields,
                "arguments": plain_json("", {k: v for k, v in given.items() if k != RAW}),
            }
            if program:
                signal["program"] = program
            state = module.argument("state", given)
            if isinstance(state, str) and state and kind not in _OWN_STATE:
                signal.setdefault("state", state)
            subject = module.argument("name", given)
            if subject not in (None, ""):
                signal["subject"] = plain_json("subject", subject)
            if isinstance(given.get(RAW), str) and given[RAW]:
                signal["free"] = mask_text(given[RAW])[:400]
            found.append(signal)
        return found

    def _of_commands(self, task: Task, given: Mapping[str, Any]) -> list[dict[str, Json]]:
        """The signals of a command line: what its commands say, and the line itself."""
        line = free_text(given)
        if not line or task.keywords.get("no_log") not in (None, False):
            return []
        found: list[dict[str, Json]] = []
        shown: dict[str, Json] = {"module": task.module.rsplit(".", 1)[-1], "free": mask_words(mask_text(line))[:400]}
        run = command_lines(given)
        for command in run:
            for kind, program, fields in signals_of(command, self._catalog):
                signal: dict[str, Json] = {"signal": kind, **shown, "arguments": {}, **fields}
                if program:
                    signal["program"] = program
                subject = fields.get("names") or fields.get("name") or fields.get("image") or fields.get("port")
                if subject:
                    signal["subject"] = subject
                found.append(signal)
        programs = [c.program for c in run if c.program]
        known = {p: self._catalog.software.named(p) for p in programs}
        names: list[Json] = [*list(dict.fromkeys(programs))[:20]]
        plain: dict[str, Json] = {"signal": "command", **shown, "commands": names, "arguments": {}}
        named = next((p.name for p in known.values() if p is not None), "")
        if named:
            plain["program"] = named
        return [*found, plain]

    # -- collecting ---------------------------------------------------------------------------------------------

    def _add(
        self,
        context: Context,
        task: Task,
        step: Step,
        said: Mapping[str, Json],
        text: str,
        around: Mapping[str, Json],
    ) -> None:
        """Note what a step says; ``text`` is it as JSON, ``around`` what the code around the task adds."""
        about: dict[str, Json] = {**around}
        if not step.certain and (when := shown_when((*context.when, *task.when))):
            about["when"] = when
        if step.arguments.partial or step.open_loop:
            about["partial"] = True
        hosts = where(context, task, step.machines, self._evaluator, self._sheet)
        if is_left_to_another(task, step.machines, hosts):
            return
        signals = self._found.setdefault(context.owner, {})
        key = f"{id(task)}:{text}{json.dumps(about)}"
        if key not in signals:
            if len(signals) >= MAX_SIGNALS:
                message = f"more than {MAX_SIGNALS} facts about hosts; the rest of them is left out"
                self._sheet.problem(Severity.NOTE, "ANS048", message, Source(task.source.path))
                return
            signals[key] = {**said, **about}
        self._hosts.setdefault((context.owner, key), {}).update(dict.fromkeys(hosts))


def _around(context: Context, task: Task) -> dict[str, Json]:
    """What a signal tells of its task and of the code around it."""
    about: dict[str, Json] = {"task": mask_text(task.name or task.module)}
    about |= {"path": task.source.path, "line": task.source.line}
    if context.place.role is not None:
        about["role"] = context.label or posixpath.basename(context.place.role.path)
    if context.part == "handlers":
        about["handler"] = True
    if task.section:
        about["section"] = task.section
    if delegated := text_of(task.keywords.get("delegate_to")):
        about["delegate_to"] = delegated
    return about


def _task_of(key: str) -> str:
    """The part of a signal's key that names its task."""
    return key.partition(":")[0]


def _merged(steps: Iterable[Step]) -> list[Step]:
    """The steps of a loop that installs one thing after the other as one step, for those on the same machines."""
    found: dict[tuple[Any, ...], Step] = {}
    for step in steps:
        name = step.argument("name", "pkg", "package")
        key: tuple[Any, ...] = (tuple(map(id, step.machines)), step.certain, step.open_loop, step.arguments.partial)
        known = found.get(key)
        if step.local is None or name is None or not isinstance(step.arguments.value, dict):
            found[(*key, step.number, id(step))] = step
        elif known is None or not isinstance(known.arguments.value, dict):
            found[key] = step
        else:
            before = known.argument("name", "pkg", "package")
            names = [*(before if isinstance(before, list) else [before]), *(name if isinstance(name, list) else [name])]
            values = {**known.arguments.value}
            given = next(k for k in ("name", "pkg", "package") if values.get(k) is not None)
            merged = type(known.arguments)({**values, given: names}, known.arguments.partial, known.arguments.reasons)
            found[key] = Step(known.machines, merged, known.local, known.certain, known.number, known.open_loop)
    return list(found.values())


def free_text(given: Mapping[str, Any]) -> str:
    """The command line of a task's arguments."""
    words = given.get("argv")
    if isinstance(words, list):
        return " ".join(_quoted(str(word)) for word in words)
    line = given.get(RAW) or given.get("cmd") or given.get("command") or ""
    return line if isinstance(line, str) else ""


def _quoted(word: str) -> str:
    return f"'{word}'" if any(c in word for c in ' \t"$&|;<>()') and "'" not in word else word


def command_lines(given: Mapping[str, Any]) -> list[Command]:
    """The commands that a task runs."""
    directory = given.get("chdir")
    return commands(free_text(given), directory if isinstance(directory, str) else "")
