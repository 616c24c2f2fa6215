"""What an include with an expression in its name can mean."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

from archdoc.readers.ansible.jinja.alternatives import alternatives
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.variables import Precedence, Variable, repository_path
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.yamlfiles import FileKind, content_kind

_PLAYS = frozenset({FileKind.PLAYBOOK, FileKind.RULEBOOK})
MAX_POSSIBLE = 40
"""More possible targets than this say nothing; they are not drawn."""
MAX_ITERATIONS = 40
"""Items of a loop for which an included file is read again."""
_EXPRESSION = re.compile(r"\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A name that an include asks for, on the machines of a step. ``open``: it has an expression left in it."""

    name: str
    step: Step
    open: bool = False
    evaluated: bool = False


def wanted(steps: Iterable[Step], written: str, *arguments: str) -> Iterator[Wanted]:
    """The names that the steps of an include ask for."""
    templated = "{{" in written or "{%" in written
    for step in _merged(steps):
        name = step.text(*arguments)
        if name:
            yield Wanted(name, step, "{{" in name, templated)


def _merged(steps: Iterable[Step]) -> list[Step]:
    """The steps, those without a loop that ask for the same as one: what is included is walked through once for all
    of their machines, though the conditions tell them apart."""
    found: dict[Hashable, Step] = {}
    for number, step in enumerate(steps):
        key: Hashable = (step.open_loop, repr(step.arguments.value)) if step.local is None else number
        known = found.setdefault(key, step)
        if known is not step:
            machines = tuple(dict.fromkeys((*known.machines, *step.machines)))
            found[key] = replace(known, machines=machines, certain=known.certain and step.certain)
    return list(found.values())


def frame_of_step(evaluator: Evaluator, context: Context, task: Task, step: Step) -> Frame:
    """The frame of what an include brings in: the include's variables, and those of its loop."""
    frame = context.frame.of_task(task)
    if not step.local:
        if step.open_loop and task.loop is not None:
            reason = "is an item of a loop that is known only when the play runs"
            names = (task.loop.variable,) + ((task.loop.index,) if task.loop.index else ())
            return Frame(frame, unknown=(names, reason, Precedence.INCLUDE_PARAMS))
        return frame
    like = Variable("", None, task.source)
    variables = {
        name: evaluator.variable(("item", id(task), step.number, name), name, value, like)
        for name, value in step.local.items()
    }
    return Frame(frame, ((Precedence.INCLUDE_PARAMS, variables),))


def possible_files(code: Code, name: str, context: Context, static: bool) -> list[str]:
    """The files of the repository that a name with expressions in it can mean: those that the expressions choose from,
    else those that fit it in the first directory that has any (of the role's own, in a role), the including file and
    ``main`` left out."""
    chosen = (code.finder.tasks(text, context.place, static, context.part) for text in alternatives(name).texts)
    if found := [path for path in chosen if path is not None]:
        return found
    own = repository_path(name)
    pattern = fitting(own if own is not None else name)
    if pattern is None:
        return []
    directories = ("",) if own is not None else code.finder.task_directories(context.place, static, context.part)
    role = context.place.role
    if role is not None and own is None:
        directories = tuple(d for d in directories if d == role.path or d.startswith(role.path + "/"))
    depth = (own or name).count("/")
    for directory in directories:
        found = []
        for path in code.repo.under(directory or "."):
            relative = path if directory in ("", ".") else path[len(directory) + 1 :]
            if relative.count("/") == depth and pattern.fullmatch(posixpath.normpath(relative)):
                found.append(path)
        found = [path for path in found if path != context.place.file and _may_be_included(code, path)]
        if found:
            return found if len(found) <= MAX_POSSIBLE else []
    return []


def _may_be_included(code: Code, path: str) -> bool:
    """Whether a file is a list of tasks, and not one that is read by itself."""
    if posixpath.basename(path).startswith("main.") or not path.endswith((".yml", ".yaml", ".json")):
        return False
    return isinstance(code.files.load(path).first, list) and content_kind(code.files.load(path).first) not in _PLAYS


def possible_entries(code: Code, role: Role, name: str) -> list[str]:
    """The files of a role's tasks that a ``tasks_from`` with expressions in it can mean."""
    chosen = [text for text in alternatives(name).texts if code.role_file(role, "tasks", text) is not None]
    pattern = fitting(name)
    if chosen or pattern is None:
        return chosen
    directory = role.directory("tasks") + "/"
    names = (path[len(directory) :] for path in code.repo.under(role.directory("tasks")))
    found = [n for n in names if pattern.fullmatch(n) or pattern.fullmatch(posixpath.splitext(n)[0])]
    return found if len(found) <= MAX_POSSIBLE else []


def possible_roles(library: Library, project: Project, name: str, place_roles: tuple[Role, ...]) -> list[Role]:
    """The roles of a project that a name with expressions in it can mean."""
    pattern = fitting(name)
    if pattern is None:
        return []
    found = [role for role in library.matching(project, pattern) if role not in place_roles]
    return found if len(found) <= MAX_POSSIBLE else []


def fitting(name: str) -> re.Pattern[str] | None:
    """A pattern for the names that a text with expressions can come to; None when it has no letter of its own."""
    pieces = _EXPRESSION.split(posixpath.normpath(_EXPRESSION.sub("\0", name)).replace("\0", "{{}}"))
    own = "".join(pieces)
    for extension in (".yml", ".yaml", ".json"):
        if own.endswith(extension):
            own = own[: -len(extension)] + "."
    if not re.search(r"[\w.]", own):
        return None
    return re.compile("[^/]+".join(map(re.escape, pieces)))
