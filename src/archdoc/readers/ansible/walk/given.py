"""What a role whose code lies elsewhere is told: it alone says what comes of it."""

from __future__ import annotations

import re

from archdoc.model.facts import Json
from archdoc.readers.ansible.emit import plain_json
from archdoc.readers.ansible.plays.roles import RoleUse
from archdoc.readers.ansible.variables import Precedence, Variable
from archdoc.readers.ansible.walk.context import Context
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.ansible.walk.tools import Tools
from archdoc.readers.secrets import MASK


def given(tools: Tools, context: Context, use: RoleUse) -> dict[str, Json]:
    """The variables of a role's entry, and those around it that begin with its name, as those of a role do by
    convention (https://docs.ansible.com/projects/lint/rules/var-naming/); several values where its hosts have
    several."""
    own = {**use.variables, **use.parameters}
    frame = Frame(context.frame, ((Precedence.ROLE_PARAMS, own),))
    machines = [*context.machines] or [context.fleet.nobody()]
    found: dict[str, Json] = {}
    for name in sorted({*own, *_named(frame, machines, _prefix(use.name))}):
        values: list[Json] = []
        for variable, group in _by_variable(frame, machines, name):
            for value, _ in tools.evaluator.values(variable, variable.value, group, frame, context.place):
                shown = MASK if value.secret else plain_json(name, value.value)
                values += [shown] if shown not in values else []
        if values:
            found[name] = values[0] if len(values) == 1 else values
    return found


def _prefix(role: str) -> str:
    """``docker_`` of ``geerlingguy.docker``, ``community.proxy.docker`` and ``docker``."""
    return re.sub(r"[^a-z0-9]+", "_", re.split(r"[./]", role)[-1].lower()) + "_"


def _named(frame: Frame, machines: list[Machine], prefix: str) -> set[str]:
    seen: set[int] = set()
    found: set[str] = set()
    for machine in machines:
        for layer in frame.scope(machine).layers:
            if id(layer.variables) not in seen:
                seen.add(id(layer.variables))
                found |= {name for name in layer.variables if name.startswith(prefix)}
    return found


def _by_variable(frame: Frame, machines: list[Machine], name: str) -> list[tuple[Variable, list[Machine]]]:
    groups: dict[int, tuple[Variable, list[Machine]]] = {}
    for machine in machines:
        variable = frame.scope(machine).get(name)
        if variable is not None:
            groups.setdefault(id(variable), (variable, []))[1].append(machine)
    return [*groups.values()]
