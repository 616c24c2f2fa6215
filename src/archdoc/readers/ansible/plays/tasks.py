"""Tasks as they are written: the module, its arguments, and the keywords around them, blocks flattened.

Keywords: https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ansible.plays.modargs import RAW, parse_arguments, split_arguments
from archdoc.readers.ansible.variables import Variable, variables_of
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import Opaque, line_of

TASK_KEYWORDS = frozenset(
    {
        *("action", "any_errors_fatal", "args", "async", "become", "become_exe", "become_flags", "become_method"),
        *("become_user", "changed_when", "check_mode", "collections", "connection", "debugger", "delay"),
        *("delegate_facts", "delegate_to", "diff", "environment", "failed_when", "ignore_errors"),
        *("ignore_unreachable", "listen", "local_action", "loop", "loop_control", "module_defaults", "name", "no_log"),
        *("notify", "poll", "port", "register", "remote_user", "retries", "run_once", "static", "sudo", "sudo_user"),
        *("tags", "throttle", "timeout", "until", "vars", "when", "first_available_file"),
    }
)
"""Every key of a task that is not its module; keywords of Ansible before 2.0 included."""
SECTIONS = ("block", "rescue", "always")
BUILTIN = ("ansible.builtin.", "ansible.legacy.")
INCLUDE_TASKS = frozenset({"include_tasks", "import_tasks", "include"})
INCLUDE_ROLE = frozenset({"include_role", "import_role"})
COMMANDS = frozenset({"command", "shell", "raw", "script", "win_command", "win_shell"})
MAX_DEPTH = 50
"""Blocks within blocks."""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """``loop:`` or ``with_<lookup>:``. ``items`` is raw; ``lookup`` is "" for ``loop``."""

    items: Any
    lookup: str = ""
    variable: str = "item"
    index: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One task or handler. Two tasks are never equal; a task is itself.

    ``module`` is as written (``apt``, ``ansible.builtin.apt``), ``arguments`` raw, free text under
    ``_raw_params``. ``when`` and ``tags`` begin with those of the blocks around the task, outermost first;
    ``section`` is rescue or always in such a part of a block, else "".
    """

    name: str
    module: str
    source: Source
    arguments: Mapping[str, Any] = field(default_factory=dict)
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    loop: Loop | None = None
    notify: Any = None
    listen: tuple[str, ...] = ()
    register: str = ""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    block_variables: Mapping[str, Variable] = field(default_factory=dict)
    keywords: Mapping[str, Any] = field(default_factory=dict)
    """The other keywords (``become``, ``delegate_to``, ``run_once`` …), those of blocks included."""
    section: str = ""

    @property
    def action(self) -> str:
        """The module without ``ansible.builtin.``; modules of other collections keep theirs."""
        for prefix in BUILTIN:
            if self.module.startswith(prefix):
                return self.module[len(prefix) :]
        return self.module

    @property
    def free(self) -> str:
        """The free text of the task's arguments."""
        text = self.arguments.get(RAW)
        return str.__str__(text) if isinstance(text, str) else ""

    def line_of(self, argument: str) -> int:
        """The line of an argument, or the task's own."""
        value = self.arguments.get(argument)
        if isinstance(self.arguments, yamldoor.Mapping):
            return self.arguments.line_of(argument)
        return line_of(value, self.source.line)


@dataclass(frozen=True, slots=True, eq=False)
class TaskList:
    """The tasks of one place of the code, and what was wrong with it."""

    tasks: tuple[Task, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What the blocks around a task say."""

    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    keywords: Mapping[str, Any] = field(default_factory=dict)
    section: str = ""
    notify: Any = None


def read_tasks(value: Any, path: str, line: int = 1) -> TaskList:
    """The tasks of a list. What is no task is a Problem: not a list (``ANS031``), not a mapping or without a
    module (``ANS032``), several modules (``ANS033``)."""
    problems: list[Problem] = []
    return TaskList(tuple(_walk(value, path, line, _Around(), problems, 0)), tuple(problems))


def _walk(value: Any, path: str, line: int, around: _Around, problems: list[Problem], depth: int) -> Iterator[Task]:
    if value is None or isinstance(value, Opaque):
        return
    if not isinstance(value, list):
        message = "a list of tasks was expected here"
        problems.append(_error("ANS031", message, path, line_of(value, line), "begin each task with '- '"))
        return
    if depth > MAX_DEPTH:
        problems.append(_error("ANS031", f"blocks nested more than {MAX_DEPTH} levels deep", path, line_of(value)))
        return
    for index, item in enumerate(value):
        if not isinstance(item, yamldoor.Mapping):
            place = value.line_of(index) if isinstance(value, yamldoor.Sequence) else line
            if item is not None and not isinstance(item, Opaque):
                problems.append(_error("ANS032", "a task must be a mapping", path, place))
        elif any(section in item for section in SECTIONS):
            yield from _block(item, path, around, problems, depth)
        else:
            task = _task(item, path, around, problems)
            if task is not None:
                yield task


def _block(item: yamldoor.Mapping, path: str, around: _Around, problems: list[Problem], depth: int) -> Iterator[Task]:
    inner = _Around(
        when=(*around.when, *conditions(item.get("when"))),
        tags=_united(around.tags, names(item.get("tags"))),
        variables={**around.variables, **variables_of(item.get("vars"), path, item.line)},
        keywords={**around.keywords, **_keywords(item)},
        notify=item.get("notify", around.notify),
    )
    for section in SECTIONS:
        if section in item:
            where = around.section if section == "block" else section
            part = _Around(inner.when, inner.tags, inner.variables, inner.keywords, where, inner.notify)
            yield from _walk(item[section], path, item.line_of(section), part, problems, depth + 1)


def _task(item: yamldoor.Mapping, path: str, around: _Around, problems: list[Problem]) -> Task | None:
    module, arguments, delegated = _action(item, path, problems)
    if not module:
        return None
    keywords = {**around.keywords, **_keywords(item)}
    if delegated:
        keywords["delegate_to"] = "localhost"
    return Task(
        name=mask_text(text_of(item.get("name"))),
        module=module,
        source=Source(path, item.line, max(item.line, item.end_line)),
        arguments=_with_role_named(arguments) if module.rsplit(".", 1)[-1] in INCLUDE_ROLE else arguments,
        when=(*around.when, *conditions(item.get("when"))),
        tags=_united(around.tags, names(item.get("tags"))),
        loop=_loop(item),
        notify=item.get("notify", around.notify),
        listen=tuple(mask_text(topic) for topic in names(item.get("listen"))),
        register=text_of(item.get("register")),
        variables=variables_of(item.get("vars"), path, item.line),
        block_variables=around.variables,
        keywords=keywords,
        section=around.section,
    )


def _action(item: yamldoor.Mapping, path: str, problems: list[Problem]) -> tuple[str, Mapping[str, Any], bool]:
    """The module of a task, its arguments, and whether it is a ``local_action``."""
    more = item.get("args")
    base: dict[str, Any] = dict(more) if isinstance(more, dict) else {}
    for key in ("action", "local_action"):
        if key in item:
            module, arguments = _old_style(item[key])
            if module:
                return module, {**base, **arguments}, key == "local_action"
    modules = [key for key in item if isinstance(key, str) and key not in TASK_KEYWORDS and not key.startswith("with_")]
    if not modules:
        message = "a task without a module"
        problems.append(_error("ANS032", message, path, item.line, "name the module that the task runs"))
        return "", {}, False
    if len(modules) > 1:
        message = f"a task with several modules: {', '.join(map(str.__str__, modules))}"
        hint = "check the indentation, and the spelling of the keywords"
        problems.append(
            Problem(Severity.WARNING, "ANS033", message, Source(path, item.lines.get(modules[1], item.line)), hint)
        )
        known = [m for m in modules if m.rsplit(".", 1)[-1] in _TELLING]
        modules = known or modules
    module = str.__str__(modules[0])
    given = item[modules[0]]
    if isinstance(given, yamldoor.Mapping) and not base:
        return module, given, False
    if isinstance(given, dict):
        return module, {**base, **given}, False
    if isinstance(given, str):
        pairs = parse_arguments(given, module.rsplit(".", 1)[-1] in COMMANDS)
        line = line_of(given, item.line_of(modules[0]))
        return module, {**base, **{k: yamldoor.Text(v, line) for k, v in pairs.items()}}, False
    return module, base, False


_TELLING = INCLUDE_TASKS | INCLUDE_ROLE | COMMANDS | {"template", "copy", "service", "file"}
"""Of several keys that may be modules, these are."""


def _with_role_named(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of an include of a role that is named as an entry of ``roles:`` is (``name: {role: web, tags: x}``,
    which ``RoleInclude.load`` takes too): with its name."""
    key = "name" if arguments.get("name") is not None else "role"
    named = arguments.get(key)
    if not isinstance(named, dict):
        return arguments
    return {**arguments, key: named.get("role") or named.get("name")}


def _old_style(value: Any) -> tuple[str, dict[str, Any]]:
    """``action: apt name=x``, or ``action: {module: apt, name: x}``."""
    if isinstance(value, dict):
        words = split_arguments(text_of(value.get("module")))
        rest = {k: v for k, v in value.items() if k not in ("module", "args")}
        args = value.get("args")
        rest.update(args if isinstance(args, dict) else parse_arguments(text_of(args)))
    elif isinstance(value, str):
        words, rest = split_arguments(value), {}
    else:
        return "", {}
    if not words:
        return "", {}
    module = words[0].strip()
    return module, {**rest, **parse_arguments(" ".join(words[1:]), module.rsplit(".", 1)[-1] in COMMANDS)}


def _loop(item: yamldoor.Mapping) -> Loop | None:
    control = item.get("loop_control")
    control = control if isinstance(control, dict) else {}
    variable, index = text_of(control.get("loop_var")) or "item", text_of(control.get("index_var"))
    if "loop" in item:
        return Loop(item["loop"], "", variable, index)
    for key, value in item.items():
        if isinstance(key, str) and key.startswith("with_"):
            return Loop(value, key[len("with_") :], variable, index)
    return None


_OWN_FIELDS = frozenset(
    {"name", "when", "tags", "vars", "notify", "listen", "register", "loop", "loop_control", "args", *SECTIONS}
)


def _keywords(item: yamldoor.Mapping) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key in TASK_KEYWORDS and key not in _OWN_FIELDS}


def conditions(value: Any) -> tuple[Any, ...]:
    """The conditions of a ``when``, each of which must hold."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def names(value: Any) -> tuple[str, ...]:
    """A list of names that may be written as one text with commas (``tags``, ``listen``, ``collections``)."""
    if isinstance(value, str):
        return tuple(part.strip() for part in str.__str__(value).split(",") if part.strip())
    if isinstance(value, list):
        return tuple(text_of(item) for item in value if text_of(item))
    return () if value is None or isinstance(value, dict | Opaque) else (str(value),)


def text_of(value: Any) -> str:
    """A scalar as text; "" for anything else."""
    if isinstance(value, str):
        return str.__str__(value)
    return "" if value is None or isinstance(value, dict | list | Opaque) else str(value)


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _error(code: str, message: str, path: str, line: int, hint: str = "") -> Problem:
    return Problem(Severity.ERROR, code, message, Source(path, max(1, line)), hint)
