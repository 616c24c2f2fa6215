"""Compose files that are laid over another one: they change its services, and describe none of them.

https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/
"""

from __future__ import annotations

from typing import Any

from archdoc.model.problem import Problem, Severity
from archdoc.readers.formats.scope import Facts, within
from archdoc.readers.yamldoor import Mapping


def runs(service: Any) -> bool:
    """Whether it is said here what a service runs; without it Compose refuses the file where it stands alone.

    https://docs.docker.com/reference/compose-file/services/#image
    """
    return any(within(service, key) is not None for key in ("image", "build", "extends", "provider"))


def leave_out(facts: Facts, here: tuple[str, str], services: Mapping) -> None:
    """Take out the services that another project runs and this file, of the project ``here``, only changes."""
    changed = [n for n in services if not runs(services[n]) and here not in facts.around.whole.get(str(n), {here})]
    if not changed:
        return
    names = ", ".join(str(name) for name in changed)
    message = f"what this file changes of services that another Compose file describes is not drawn: {names}"
    place = facts.line(services.line_of(changed[0]))
    facts.graph.add_problem(Problem(Severity.NOTE, "CFG006", message, place))
    for name in changed:
        del services[name]
