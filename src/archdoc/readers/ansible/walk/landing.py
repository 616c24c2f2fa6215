"""Where a task takes effect: on the hosts of its play, on the one that it is delegated to, or on the first only.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_delegation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archdoc.model.facts import Source
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.walk.context import Context
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.machines import Machine, each_id

_ONE_OF_GROUP = re.compile(
    r"\{\{\s*groups(?:\[\s*['\"](?P<quoted>[\w.-]+)['\"]\s*\]|\.(?P<bare>\w+))\s*"
    r"(?:\[\s*\d+\s*\]|\|\s*(?:first|last|random|min|max))\s*\}\}"
)
_LOCAL = ("localhost", "127.0.0.1")


def where(
    context: Context, task: Task, machines: Iterable[Machine], evaluator: Evaluator, sheet: Sheet
) -> tuple[str, ...]:
    """The ids of the hosts (or of groups whose hosts are not known) that a task changes; none where they cannot be
    told. ``groups['web'][0]`` of an inventory that only run time knows is the group."""
    reached = tuple(machines)
    if task.keywords.get("delegate_to") in (None, ""):
        return _first(context, reached) if _once(task) else tuple(each_id(reached))
    frame = context.frame.of_task(task)
    found: dict[str, None] = {}
    for value, group in evaluator.values(task, task.keywords["delegate_to"], reached, frame, context.place):
        found.update(dict.fromkeys(_host(context, str(value.value).strip(), group, sheet, task.source)))
    return tuple(found)


def is_left_to_another(task: Task, machines: Sequence[Machine], hosts: tuple[str, ...]) -> bool:
    """Whether a task runs once, and not on these machines: ``hosts`` is where it takes effect of them."""
    delegated = task.keywords.get("delegate_to") not in (None, "")
    return bool(machines) and not hosts and not delegated and _once(task)


def _once(task: Task) -> bool:
    return task.keywords.get("run_once") in (True, "true", "yes")


def _first(context: Context, reached: tuple[Machine, ...]) -> tuple[str, ...]:
    """``run_once``: the first host of the play, in each inventory; a group whose hosts are not known stays the group.

    What the task comes to on another host does not count.
    """
    firsts: dict[int, Machine] = {}
    for machine in context.machines:
        firsts.setdefault(machine.inventory, machine)
    found: dict[str, None] = {}
    for machine in firsts.values():
        if machine in reached and machine.name:
            found[machine.ids[0]] = None
        elif machine in reached:
            found.update(dict.fromkeys(each_id(m for m in reached if m.inventory == machine.inventory)))
    return tuple(found)


def _host(context: Context, name: str, machines: Iterable[Machine], sheet: Sheet, place: Source) -> Iterable[str]:
    """The nodes of the host of a name; none for one that no inventory lists."""
    expression = _ONE_OF_GROUP.fullmatch(name)
    if expression is not None:
        group = expression["quoted"] or expression["bare"]
        known = any(group in inventory.groups for inventory in context.fleet.inventories)
        return [context.project.id("group", group) if known else sheet.unlisted(context.project, "group", group, place)]
    own = [i for m in machines if m.name == name for i in m.ids]
    if own:
        return own
    node_id = context.project.id("host", name)
    if any(name in inventory.hosts for inventory in context.fleet.inventories):
        return [node_id]
    return [node_id] if name in _LOCAL and sheet.knows(node_id) else []
