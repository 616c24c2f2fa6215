"""Where the walk through a play is: the code around a task, and what a play has collected so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Json, Source
from archdoc.readers.ansible.jinja import Evaluated
from archdoc.readers.ansible.plays.places import Place
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.walk.frames import Frame
from archdoc.readers.ansible.walk.machines import Fleet, Machine


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """A handler that a play knows. ``label`` is the name of its role, "" for one of the play."""

    task: Task
    node_id: str
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """A task that notifies handlers: the name or topic, and the node that holds the task."""

    owner: str
    name: str
    source: Source
    label: str = ""
    partial: bool = False
    machines: tuple[Machine, ...] = ()
    """Those on which the task may run."""


@dataclass(slots=True, eq=False)
class PlayState:
    """What a play has collected."""

    node_id: str = ""
    playbook: str = ""
    handlers: list[Handler] = field(default_factory=list)
    role_handlers: dict[str, None] = field(default_factory=dict)
    """The handler files that were read."""
    waiting: list[tuple[Context, tuple[Task, ...]]] = field(default_factory=list)
    """Handlers, which run after the tasks that notify them."""
    notified_by_handlers: set[str] = field(default_factory=set)
    """The names and topics that handlers notify."""
    notices: list[Notice] = field(default_factory=list)
    listing: list[Json] = field(default_factory=list)
    """The tasks that Ansible knows before it runs the play, as ``--list-tasks`` shows them."""
    has_outside_roles: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """The code around a task.

    ``owner`` is the node in whose text it stands (play, role or task file), ``holder`` the nearest play or role.
    ``when`` and ``tags`` are what the code around adds; ``files`` the files that are being read, outermost first.
    """

    project: Project
    play: PlayState
    fleet: Fleet
    frame: Frame
    place: Place
    machines: tuple[Machine, ...]
    owner: str
    holder: str
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    label: str = ""
    """The name of the role, as Ansible shows it before the names of its tasks."""
    static: bool = True
    """Whether Ansible knows the tasks before it runs the play."""
    part: str = "tasks"
    """``tasks`` or ``handlers``."""
    handler_label: str = ""
    """In handlers: the name of the role that has them, else the playbook."""
    included: bool = False
    """In handlers: whether a handler includes the tasks, so that they run when it does."""

    @property
    def depth(self) -> int:
        """How many files deep the walk is."""
        return len(self.files)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One item of a task's loop (or the task, where it has none) on machines where it comes to the same.

    ``local`` has the loop's variables; ``arguments`` are the evaluated arguments; ``certain`` is false when it is
    not known whether the task runs; ``number`` counts the items.
    """

    machines: tuple[Machine, ...]
    arguments: Evaluated
    local: Mapping[str, Any] | None = None
    certain: bool = True
    number: int = 0
    open_loop: bool = False
    """The items of the loop are not known."""

    def argument(self, *names: str) -> Any:
        """The value of the first argument of these names that is given."""
        values = self.arguments.value
        if isinstance(values, dict):
            for name in names:
                if values.get(name) is not None:
                    return values[name]
        return None

    def text(self, *names: str) -> str:
        """The first argument of these names that is given, as text."""
        value = self.argument(*names)
        return "" if value is None or isinstance(value, dict | list) else str(value)
