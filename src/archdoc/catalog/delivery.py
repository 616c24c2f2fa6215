"""Commands and actions of continuous integration: which tool they run on what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class Command:
    """A command line tool. ``names`` are what a script calls it by.

    ``tool`` is its one name (``terraform`` for terraform, tofu and terragrunt too), ``does`` maps a first word
    (``apply``) to what it does: ``change``, ``preview``, ``check``, ``build``, ``publish``, ``prepare``; ``*`` is
    any other word. ``directory`` are options that name the directory to work in, ``takes`` options that take a
    value (so that the value is not read as the first word).
    """

    tool: str
    names: tuple[str, ...]
    does: Mapping[str, str] = field(default_factory=dict)
    directory: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    subject: str = ""
    """What its arguments without a dash name: playbook, directory, image, chart, file."""
    variables: tuple[str, ...] = ()
    """Variables of the environment that name the directory to work in."""
    modes: Mapping[str, str] = field(default_factory=dict)
    """Options with which it does something else (``--syntax-check``: ``check``)."""


@dataclass(frozen=True, slots=True)
class Action:
    """A reusable action (``hashicorp/terraform-github-actions``) that runs a tool.

    ``uses`` is the action without its version. ``directory``, ``arguments``, ``command`` and ``subject`` are the
    inputs that hold the working directory, further arguments, the command word and what is worked on;
    ``runs`` is the command when no input tells it.
    """

    uses: tuple[str, ...]
    tool: str
    runs: str = ""
    command: tuple[str, ...] = ()
    directory: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PipelineTemplate:
    """A template that a CI system ships (``include: template:`` of GitLab CI): its jobs, each with its stage and the
    command it runs. A job whose name begins with a dot is there to be extended."""

    names: tuple[str, ...]
    jobs: Mapping[str, tuple[str, str]]


class Delivery:
    """All commands, actions and templates of pipelines."""

    def __init__(self, tables: Tables) -> None:
        self._commands: dict[str, Command] = {}
        for command in tables.rows("commands", Command, ("delivery",)):
            for name in command.names:
                self._commands.setdefault(name, command)
        self._actions: dict[str, Action] = {}
        for action in tables.rows("actions", Action, ("delivery",)):
            for name in action.uses:
                self._actions.setdefault(name.lower(), action)
        self._templates: dict[str, PipelineTemplate] = {}
        for template in tables.rows("pipeline_templates", PipelineTemplate, ("delivery",)):
            for name in template.names:
                self._templates.setdefault(name, template)

    def template(self, name: str) -> PipelineTemplate | None:
        """What a template that is included by its name holds, or None."""
        return self._templates.get(name)

    def command(self, word: str) -> Command | None:
        """The tool that a command word (``terraform``, ``/usr/bin/tofu``) runs, or None."""
        return self._commands.get(word.rpartition("/")[2])

    def action(self, uses: str) -> Action | None:
        """What an action (``hashicorp/setup-terraform@v3``) runs, or None."""
        return self._actions.get(uses.partition("@")[0].strip("/").lower())
