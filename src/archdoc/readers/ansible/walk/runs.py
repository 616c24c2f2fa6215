"""Commands of tasks that run another playbook, or Terraform."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archdoc.model.facts import EdgeKind, Json, Source
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.plays.modargs import RAW, parse_arguments
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.rules import COMMAND_PLAYBOOK
from archdoc.readers.ansible.signals.collect import command_lines, free_text
from archdoc.readers.ansible.signals.shell import Command
from archdoc.readers.ansible.variables import repository_path
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.files import Repository, normal
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import parse, plain

_TERRAFORM = frozenset({"terraform", "tofu", "terragrunt"})
_INTERESTING = re.compile(r"ansible-playbook|terraform|tofu|terragrunt")
_TAKE_VALUE = frozenset(
    {
        *("-i", "--inventory", "--inventory-file", "-l", "--limit", "-e", "--extra-vars", "-t", "--tags", "-u"),
        *("--skip-tags", "--user", "-c", "--connection", "-f", "--forks", "-T", "--timeout", "-M", "--module-path"),
        *("--vault-password-file", "--vault-id", "--private-key", "--key-file", "--become-user", "--become-method"),
        *("--start-at-task", "--ssh-common-args", "--ssh-extra-args", "--become-password-file"),
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """A run of a playbook with variables or for some hosts only. ``variables`` is JSON, so that equal calls are
    one."""

    playbook: str
    variables: str
    limit: str
    source: Source


class Runs:
    """Finds them, and notes them as edges and attributes."""

    def __init__(self, project: Project, repo: Repository, finder: Finder, sheet: Sheet) -> None:
        self._project = project
        self._repo = repo
        self._finder = finder
        self._sheet = sheet
        self.calls: dict[tuple[str, str, str], Call] = {}
        """The runs of playbooks with variables of their own."""

    def see(self, context: Context, task: Task, steps: Iterable[Step]) -> None:
        """Note what the commands of a task run."""
        if task.action.rsplit(".", 1)[-1] == "terraform":
            for step in steps:
                self._terraform_module(context, task, step)
            return
        for step in steps:
            values = step.arguments.value
            if not isinstance(values, dict) or not _INTERESTING.search(free_text(values)):
                continue
            for command in command_lines(values):
                if command.program == "ansible-playbook":
                    self._playbook(context, task, command)
                elif command.program in _TERRAFORM:
                    self._terraform(context, task, command)

    # -- ansible-playbook ---------------------------------------------------------------------------------------

    def _playbook(self, context: Context, task: Task, command: Command) -> None:
        source = self._sheet.playbook(context.play.playbook) if context.play.playbook else context.holder
        for word in _plain_words(command.arguments):
            path = self._find(word, command.directory, context)
            if path is None:
                continue
            target = self._sheet.playbook(path)
            attributes: dict[str, Json] = {"how": "command", "command": _shown(command)}
            for key, names in (
                ("limit", ("-l", "--limit")),
                ("inventory", ("-i", "--inventory")),
                ("tags", ("-t", "--tags")),
                ("extra_vars", ("-e", "--extra-vars")),
            ):
                values = command.option(*names)
                if values:
                    attributes[key] = mask_text(", ".join(values))[:200]
            self._note_call(path, command, task)
            if target != source:
                self._sheet.edge(source, target, EdgeKind.CALLS, task.source, attributes, COMMAND_PLAYBOOK)

    def _note_call(self, path: str, command: Command, task: Task) -> None:
        """Remember a run that sets variables or names hosts."""
        variables: dict[str, Any] = {}
        for text in command.option("-e", "--extra-vars"):
            variables.update(extra_variables(text))
        limit = ":".join(text for text in command.option("-l", "--limit") if "{{" not in text and "$" not in text)
        if (variables or limit) and self._sheet.allows(COMMAND_PLAYBOOK):
            shown = json.dumps(variables, sort_keys=True)
            self.calls.setdefault((path, shown, limit), Call(path, shown, limit, task.source))

    def _find(self, word: str, directory: str, context: Context) -> str | None:
        """The playbook that a word of a command names."""
        if not word.endswith((".yml", ".yaml")) or "{{" in word:
            return None
        base = posixpath.dirname(context.play.playbook) or "."
        for path in _candidates(word, directory, (base, self._project.path, ".")):
            if self._finder.is_there(path):
                return path
        name = "/" + word.rsplit("}}", 1)[-1].lstrip("$./").split("/", 1)[-1] if word.startswith("$") else ""
        same = [p for p in self._project.playbooks if name and p.endswith(name)]
        return same[0] if len(same) == 1 else None

    # -- terraform ----------------------------------------------------------------------------------------------

    def _terraform(self, context: Context, task: Task, command: Command) -> None:
        directory = next(iter(command.option("-chdir")), "") or command.directory
        for word in command.arguments:
            if word.startswith("-chdir="):
                directory = posixpath.join(command.directory, word[len("-chdir=") :])
        action = next((w for w in command.arguments if not w.startswith("-")), "")
        self._note(context, task, directory, action)

    def _terraform_module(self, context: Context, task: Task, step: Step) -> None:
        """``community.general.terraform``."""
        state = step.text("state") or "present"
        action = {"present": "apply", "absent": "destroy", "planned": "plan"}.get(state, state)
        self._note(context, task, step.text("project_path"), action)

    def _note(self, context: Context, task: Task, directory: str, action: str) -> None:
        base = posixpath.dirname(context.play.playbook) or "."
        found = directory
        for path in _candidates(directory, "", (base, self._project.path, ".")):
            if self._repo.is_directory(path):
                found = path
                break
        run: Json = {"directory": found, "action": action, "path": task.source.path, "line": task.source.line}
        self._sheet.append(context.holder, "terraform", run)
        if context.play.playbook:
            self._sheet.append(self._sheet.playbook(context.play.playbook), "terraform", run)


def extra_variables(text: str) -> dict[str, Any]:
    """The variables of an ``--extra-vars`` option that the option itself tells: pairs, or a mapping."""
    if text.startswith("@"):
        return {}
    if text.lstrip().startswith("{"):
        value = parse(text, "").first
        found = plain(value) if isinstance(value, dict) else {}
    else:
        found = parse_arguments(text)
    return {k: v for k, v in found.items() if k != RAW and not any(c in str(v) for c in ("{{", "$"))}


def _candidates(word: str, directory: str, bases: Iterable[str]) -> list[str]:
    """The paths of the repository that a word of a command may mean: in the directory that the command is run in,
    else in those that people start Ansible from."""
    if "{{" in word:
        return []
    found = []
    joined = posixpath.join(directory, word) if directory and "{{" not in directory else word
    for text in dict.fromkeys((joined, word)):
        own = repository_path(text)
        if own is not None:
            found.append(own)
        elif not text.startswith(("/", "~", "$")):
            found += [normal(posixpath.join(base, text)) for base in bases]
    return [path for path in dict.fromkeys(found) if not path.startswith("..")]


def _plain_words(arguments: tuple[str, ...]) -> list[str]:
    """The arguments that are neither options nor values of options."""
    found = []
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word.startswith("-"):
            position += 2 if word in _TAKE_VALUE else 1
        else:
            found.append(word)
            position += 1
    return found


def _shown(command: Command) -> str:
    return mask_text(" ".join((command.program, *command.arguments)).replace("<repository>/", ""))[:200]
