"""Configuration files that tasks put on hosts: rendered templates, copied files, contents given in the task."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from archdoc.model.document import Document
from archdoc.model.facts import Source
from archdoc.model.problem import Severity
from archdoc.readers import yamldoor
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.jinja import Evaluated, RenderedText
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.rules import INDENTED_BLOCKS
from archdoc.readers.ansible.scopes import Scopes
from archdoc.readers.ansible.variables import repository_path
from archdoc.readers.ansible.walk.context import Context, Step
from archdoc.readers.ansible.walk.elsewhere import elsewhere, in_checkout
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.landing import is_left_to_another, where
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.loose import loose_yaml
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import line_of

MAX_TEXT = 400_000
"""Characters; longer files are no configuration."""
MAX_DOCUMENTS = 3_000
MAX_DIRECTORY = 200
"""Files of one directory that is copied."""
MAX_TEXTS = 24
"""Distinct texts of one template; what more hosts have is left out, and a note says so."""
TEMPLATES = frozenset({"template", "win_template"})
COPIES = frozenset({"copy", "win_copy", "assemble", "synchronize"})
_OVERRIDES = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string", "trim_blocks", "lstrip_blocks"),
)
_YAML = (".yml", ".yaml")
_YAML_DATA = {"definition": "docker-compose.yml", "resource_definition": "resource.yml"}
_INDENTED = re.compile(r"^[ \t]+\{%", re.MULTILINE)
_Text = tuple[str, str, Source, tuple[int, ...], bool]


@dataclass(slots=True, eq=False)
class _Draft:
    document: Document
    placing: tuple[str, int]
    """The file and the task: one placing, however many texts it gives on how many hosts."""
    hosts: dict[str, None]
    owners: dict[str, None]


class Documents:
    """Collects the documents of one repository. Equal texts from one place are one document."""

    def __init__(self, repo: Repository, finder: Finder, evaluator: Evaluator, sheet: Sheet) -> None:
        self._repo = repo
        self._finder = finder
        self._evaluator = evaluator
        self._sheet = sheet
        self._drafts: dict[tuple[str, str, str, int], _Draft] = {}
        self._texts: dict[tuple[str, str, int], int] = {}

    def documents(self, scopes: Scopes) -> tuple[Document, ...]:
        """All documents, sorted by name and place."""
        hosts: dict[tuple[str, int], dict[str, None]] = {}
        for draft in self._drafts.values():
            hosts.setdefault(draft.placing, {}).update(draft.hosts)
        made = []
        for draft in self._drafts.values():
            wholes = scopes.apart(hosts[draft.placing])
            for whole in wholes:
                here = tuple(h for h in draft.hosts if h in whole)
                if here:
                    owners = tuple(draft.owners)
                    scope = scopes.of(whole, owners[0], len(wholes) > 1)
                    made.append(replace(draft.document, hosts=here, owners=owners, scope=scope))
            if not hosts[draft.placing]:
                owners = tuple(draft.owners)
                made.append(replace(draft.document, owners=owners, scope=scopes.of((), owners[0])))
        return tuple(sorted(made, key=lambda d: (d.name, d.origin, str(d.placed_by), d.hosts, d.text)))

    @staticmethod
    def is_placed(task: Task) -> bool:
        """Whether a task puts a file on its hosts."""
        name = task.module.rsplit(".", 1)[-1]
        return (
            name in TEMPLATES
            or name in COPIES
            or name == "blockinfile"
            or bool(task.arguments.keys() & _YAML_DATA.keys())
        )

    def see(self, context: Context, task: Task, steps: Iterable[Step]) -> None:
        """Note the files that the steps of a task put on hosts."""
        name = task.module.rsplit(".", 1)[-1]
        for step in steps:
            given = step.arguments.value
            if not isinstance(given, dict) or given.get("state") == "absent":
                continue
            if task.arguments.get("content") is not None:
                self._inline(context, task, step, "content", step.text("dest"))
            elif name == "blockinfile":
                key = "block" if task.arguments.get("block") is not None else "content"
                if task.arguments.get(key) is not None:
                    self._inline(context, task, step, key, step.text("path", "dest", "destfile", "name"), fragment=True)
            elif name in TEMPLATES:
                self._template(context, task, step, given)
            elif name in COPIES and given.get("remote_src") not in (True, "yes", "true"):
                self._copy(context, task, step, name)
            for key, file in _YAML_DATA.items():
                if isinstance(task.arguments.get(key), dict):
                    directory = step.text("project_src", "project_name", "name")
                    self._inline(context, task, step, key, posixpath.join(directory, file))

    # -- what is in the task --------------------------------------------------------------------------------------

    def _inline(self, context: Context, task: Task, step: Step, key: str, name: str, fragment: bool = False) -> None:
        raw = task.arguments[key]
        origin = Source(task.source.path, line_of(raw, task.line_of(key)))
        frame = context.frame.of_task(task)
        groups = self._evaluator.together(step.machines, frame, context.place, raw, task.loop and task.loop.items)
        for fingerprint, machines in groups:
            memo = ("inline", id(raw), step.number, fingerprint)
            value = self._evaluator.once(memo, self._content, context, task, step, raw, machines[0])
            if isinstance(value.value, str):
                text = value.value
                lines = self._lines(context, task, step, raw, machines[0], origin, text)
            elif value.value is None:
                continue
            else:
                text = yamldoor.dump(value.value, sort_keys=False)
                lines = _one_line(text, origin)
            partial = value.partial or value.secret or not step.certain or step.open_loop or fragment
            self._add(context, task, machines, (name, text, origin, lines, partial))

    def _lines(
        self, context: Context, task: Task, step: Step, raw: Any, machine: Machine, origin: Source, text: str
    ) -> tuple[int, ...]:
        """Where each line of a rendered content was written; a block scalar (``|``) has its lines in the task."""
        if isinstance(raw, str) and text.count("\n") == raw.count("\n"):
            return tuple(range(origin.line, origin.line + text.count("\n") + 1))
        if getattr(raw, "style", "") == "|":
            frame = context.frame.of_task(task)
            rendered = self._evaluator.renderer(machine, frame, context.place).template(raw, step.local)
            if rendered.text.rstrip("\n") == text.rstrip("\n") and rendered.lines:
                lines = [origin.line + n - 1 for n in rendered.lines[: text.count("\n") + 1]]
                return (*lines, *[lines[-1]] * (text.count("\n") + 1 - len(lines)))
        return _one_line(text, origin)

    def _content(self, context: Context, task: Task, step: Step, raw: Any, machine: Machine) -> Evaluated:
        frame = context.frame.of_task(task)
        return self._evaluator.renderer(machine, frame, context.place).evaluate(raw, step.local)

    # -- files of the repository ----------------------------------------------------------------------------------

    def _template(self, context: Context, task: Task, step: Step, given: dict[str, Any]) -> None:
        source = step.text("src")
        path = self._finder.file(source, context.place, "templates")
        guessed = path is None
        if path is None:
            path = self._elsewhere(context, task, source, step, "templates")
        raw = self._read(path) if path is not None else None
        if path is None or raw is None:
            self._sheet.template(context.owner, task, path or source, "no")
            return
        name = _destination(step.text("dest"), path, template=True)
        frame = context.frame.of_task(task)
        overrides = {key: given[key] for key in _OVERRIDES if key in given}
        items = task.loop.items if task.loop is not None else None
        always = raw if "{{" in raw or "{%" in raw else f"{{{{ {raw} }}}}" if raw.startswith("#jinja2") else raw
        for fingerprint, machines in self._evaluator.together(step.machines, frame, context.place, always, items):
            if self._texts.get((path, context.owner, id(task)), 0) > MAX_TEXTS * 4:
                break  # what it gives on more hosts is left out, and has been told of
            memo = ("template", path, id(task), step.number, fingerprint)
            rendered = self._evaluator.once(memo, self._render, context, task, step, raw, machines[0], overrides)
            partial = rendered.partial or guessed or not step.certain or step.open_loop or step.arguments.partial
            whole = not (rendered.partial or guessed or step.open_loop)
            self._sheet.template(context.owner, task, path, "whole" if whole else "part")
            self._add(context, task, machines, (name, rendered.text, Source(path), rendered.lines, partial))

    def _render(
        self, context: Context, task: Task, step: Step, raw: str, machine: Machine, overrides: dict[str, Any]
    ) -> RenderedText:
        frame = context.frame.of_task(task)
        renderer = self._evaluator.renderer(machine, frame, context.place)
        rendered = renderer.template(raw, step.local, overrides)
        if not step.text("dest").endswith(_YAML) or not self._sheet.allows(INDENTED_BLOCKS):
            return rendered
        if not _INDENTED.search(raw) or "lstrip_blocks" in overrides or raw.startswith("#jinja2:"):
            return rendered
        other = renderer.template(raw, step.local, {**overrides, "lstrip_blocks": True})
        content, cut = loose_yaml(rendered.text, "")
        wanted, other_cut = loose_yaml(other.text, "")
        if other_cut or not (cut or _items(content) < _items(wanted)):
            return rendered
        line = rendered.lines[min(cut[0] if cut else 1, len(rendered.lines)) - 1] if rendered.lines else 1
        what = "gives no valid YAML" if cut else "joins items of lists into one"
        message = f"the template {what} for {step.text('dest')}; it would not with lstrip_blocks, and is read so"
        hint = "begin it with '#jinja2: lstrip_blocks: True', or do not indent its blocks"
        path = self._finder.file(step.text("src"), context.place, "templates") or task.source.path
        self._sheet.problem(Severity.WARNING, "ANS050", message, Source(path, line), hint)
        return replace(other, partial=True)

    def _copy(self, context: Context, task: Task, step: Step, module: str) -> None:
        source = step.text("src")
        path = self._finder.file(source, context.place, "files")
        if path is not None:
            raw = self._read(path)
            if raw is not None:
                name = _destination(step.text("dest"), path, template=False)
                self._add(context, task, list(step.machines), (name, raw, Source(path), (), not step.certain))
            return
        directory = self._directory(source, context)
        if directory is None:
            other = self._elsewhere(context, task, source, step, "files") if module in ("copy", "win_copy") else None
            raw = self._read(other) if other is not None else None
            if other is not None and raw is not None:
                name = _destination(step.text("dest"), other, template=False)
                self._add(context, task, list(step.machines), (name, raw, Source(other), (), True))
            return
        paths = list(self._repo.under(directory))[:MAX_DIRECTORY]
        if module == "assemble":
            self._assembled(context, task, step, paths)
            return
        kept = directory if source.endswith("/") else posixpath.dirname(directory)
        for path in paths:
            raw = self._read(path)
            if raw is not None:
                relative = path[len(kept) + 1 :] if kept not in ("", ".") else path
                name = posixpath.join(step.text("dest"), relative)
                self._add(context, task, list(step.machines), (name, raw, Source(path), (), not step.certain))

    def _assembled(self, context: Context, task: Task, step: Step, paths: list[str]) -> None:
        """``assemble``: the files of a directory one behind the other."""
        texts = [(path, raw) for path in paths if (raw := self._read(path)) is not None]
        if texts:
            text = "".join(raw if raw.endswith("\n") else raw + "\n" for _, raw in texts)
            place = (step.text("dest"), text, Source(texts[0][0]), _one_line(text, Source(texts[0][0])), True)
            self._add(context, task, list(step.machines), place)

    def _directory(self, source: str, context: Context) -> str | None:
        """A directory of the repository that a task copies."""
        if not source or "{{" in source:
            return None
        own = repository_path(source)
        if own is None and source.startswith(("/", "~")):
            return None
        candidates = [own] if own is not None else list(self._finder.candidates(source, context.place, "files"))
        for candidate in candidates:
            path = posixpath.normpath(candidate)
            if path in self._repo.directories and path != ".":
                return path
        return None

    def _read(self, path: str) -> str | None:
        try:
            text = self._repo.read_text(path)
        except UnreadableError:
            return None
        return text if len(text) <= MAX_TEXT and not text.startswith("$ANSIBLE_VAULT") else None

    def _elsewhere(self, context: Context, task: Task, source: str, step: Step, part: str) -> str | None:
        """A file that is not where Ansible looks for it, by its name."""
        if not source or "{{" in source or source.startswith("~") or step.open_loop:
            return None
        if source.startswith("/"):
            return in_checkout(self._sheet, self._finder, context.project.path, source)

        def fits(path: str) -> bool:
            return part in path.split("/")[:-1] or path.endswith(".j2")

        return elsewhere(self._sheet, self._finder, context, task, source, fits)

    # -- collecting -----------------------------------------------------------------------------------------------

    def _add(self, context: Context, task: Task, machines: list[Machine], text: _Text) -> None:
        name, body, origin, lines, partial = text
        hosts = where(context, task, machines, self._evaluator, self._sheet)
        if is_left_to_another(task, machines, hosts):
            return
        body = mask_text(body)
        key = (name, origin.path, body, id(task))
        draft = self._drafts.get(key)
        if draft is None:
            counted = (origin.path, context.owner, id(task))
            self._texts[counted] = self._texts.get(counted, 0) + 1
            if len(self._drafts) >= MAX_DOCUMENTS or self._texts[counted] > MAX_TEXTS * 4:
                message = f"{origin.path} gives more texts than archdoc reads; the rest of them is left out"
                self._sheet.problem(Severity.NOTE, "ANS048", message, task.source)
                return
            made = Document(name, body, origin, lines, placed_by=task.source, partial=partial)
            draft = self._drafts[key] = _Draft(made, (origin.path, id(task)), {}, {})
        elif not partial and draft.document.partial:
            draft.document = replace(draft.document, partial=False)
        draft.hosts.update(dict.fromkeys(hosts))
        draft.owners[context.holder] = None


def _items(content: Any) -> int:
    """How many items the lists of a YAML document have together."""
    return sum(len(value) for value in yamldoor.walk(content) if isinstance(value, list))


def _one_line(text: str, origin: Source) -> tuple[int, ...]:
    """Every line of a text from one line of its origin."""
    return (origin.line,) * (text.count("\n") + 1)


def _destination(name: str, path: str, template: bool) -> str:
    """Where a file is put: below ``dest`` when that is a directory."""
    if not name.endswith("/"):
        return name
    base = posixpath.basename(path)
    return posixpath.join(name, base.removesuffix(".j2") if template else base)
