"""What the walks through task lists and through roles share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from archdoc.model.facts import Json
from archdoc.readers.ansible.emit import Sheet, shown_when
from archdoc.readers.ansible.jinja import Evaluated
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.tasks import Task, names
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.includes import frame_of_step
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.ansible.walk.steps import Steps


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What every part of the walk through one project works with."""

    project: Project
    code: Code
    library: Library
    finder: Finder
    evaluator: Evaluator
    sheet: Sheet
    steps: Steps


def active(tools: Tools, context: Context, when: tuple[object, ...]) -> tuple[Machine, ...]:
    """The machines of a context on which conditions hold, or may."""
    holds = tools.evaluator.holds
    return tuple(m for m in context.machines if holds(when, m, context.frame, context.place) is not False)


def list_task(context: Context, task: Task) -> None:
    """Add to the list of the tasks that Ansible knows before it runs the play. An ``include_role`` of a name is listed
    without that of the role it stands in (``IncludeRole.get_name``)."""
    tags = sorted({*context.tags, *task.tags})
    if not context.static or task.section or context.part != "tasks" or ("never" in tags and "always" not in tags):
        return
    label = "" if task.action == "include_role" else context.label
    name = task.name and (f"{label} : {task.name}" if label else task.name)
    shown: dict[str, Json] = {"name": name or task.module, "module": task.module}
    shown |= {"path": task.source.path, "line": task.source.line}
    if tags:
        shown["tags"] = [*tags]
    context.play.listing.append(shown)


def inside(tools: Tools, context: Context, task: Task, step: Step, static: bool) -> Context:
    """The context of what an include brings in."""
    applied = task.arguments.get("apply")
    apply_tags = names(applied.get("tags")) if isinstance(applied, dict) else ()
    tags = (*context.tags, *task.tags) if static else (*context.tags, *apply_tags)
    return replace(
        context,
        frame=frame_of_step(tools.evaluator, context, task, step),
        machines=step.machines,
        when=(*context.when, *task.when),
        tags=tuple(dict.fromkeys(tags)),
        static=context.static and static and not task.section,
        included=context.included or (context.part == "handlers" and task.action not in ("import_tasks", "include")),
    )


def include_attributes(task: Task, context: Context) -> dict[str, Json]:
    """What the edge of an include says of it."""
    attributes: dict[str, Json] = {"how": task.action}
    if task.when:
        attributes["when"] = shown_when(task.when)
    if task.tags:
        attributes["tags"] = [*task.tags]
    if task.loop is not None:
        attributes["loop"] = True
    if context.part == "handlers":
        attributes["handler"] = True
    return attributes


def nowhere(tools: Tools, context: Context, task: Task, given: Mapping[str, Any], static: bool) -> list[Step]:
    """The steps of an include where no host is left, or where its conditions hold nowhere: on no machine.

    Ansible resolves an import before it runs the play, whatever its ``when``: with what the play knows by itself.
    """
    if not static:
        return [Step((), Evaluated(given))]
    alone = replace(context, machines=(context.fleet.nobody(),))
    return [replace(step, machines=()) for step in tools.steps.of(alone, task, given, always=True)]
