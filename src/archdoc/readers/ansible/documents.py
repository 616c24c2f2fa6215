"""The configuration files that tasks put on hosts: rendered templates, copied files, inline contents."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from archdoc.model.document import Document
from archdoc.model.facts import Source
from archdoc.readers.ansible.jinja import Renderer, TemplateFiles
from archdoc.readers.ansible.projects import Project
from archdoc.readers.ansible.tasks import Task
from archdoc.readers.ansible.variables import repository_path
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.secrets import mask_text
from archdoc.readers.yamldoor import line_of

MAX_DOCUMENTS = 2_000
MAX_TEXT = 300_000


@dataclass(slots=True)
class DocumentMaker:
    """Collects the documents of one project. Equal texts from one template are one document."""

    repo: Repository
    project: Project
    _made: dict[tuple[str, str, str], Document] = field(default_factory=dict)

    def documents(self) -> Iterator[Document]:
        """All documents, in the order they were found."""
        yield from self._made.values()

    def template_files(self, beside: str, role: str) -> TemplateFiles:
        """Where templates and files of a task may lie: the role's, the playbook's, beside the playbook."""
        bases = [role, beside] if role else [beside]
        templates = tuple(posixpath.normpath(posixpath.join(b, "templates")) for b in bases) + tuple(bases)
        files = tuple(posixpath.normpath(posixpath.join(b, "files")) for b in bases) + tuple(bases)
        return TemplateFiles(self.repo, templates, files)

    def add(
        self,
        holder: str,
        task: Task,
        renderer: Renderer,
        local: dict[str, Any] | None,
        hosts: tuple[str, ...],
        role: str,
        playbook: str,
    ) -> None:
        """Render what a template or copy task writes."""
        if len(self._made) >= MAX_DOCUMENTS:
            return
        destination = renderer.evaluate(task.arguments.get("dest") or task.arguments.get("path") or "", local)
        name = str(destination.value or "")
        content = task.arguments.get("content") or task.arguments.get("block")
        if isinstance(content, str):
            shown = renderer.evaluate(content, local)
            text = str(shown.value if not isinstance(shown.value, dict | list) else "")
            first = line_of(content, task.source.line)
            self._put(name, text, Source(task.source.path, first), (), holder, hosts, task, shown.partial)
            return
        source = task.arguments.get("src")
        if not isinstance(source, str):
            return
        given = renderer.evaluate(source, local)
        is_template = task.short == "template"
        path = self._find(str(given.value), is_template, role, posixpath.dirname(playbook) or ".", task)
        if path is None:
            return
        try:
            raw = self.repo.read_text(path)
        except UnreadableError:
            return
        if len(raw) > MAX_TEXT:
            return
        if name.endswith("/") or (not posixpath.splitext(name)[1] and self._looks_like_directory(name, source)):
            name = posixpath.join(name, posixpath.basename(path).removesuffix(".j2"))
        if is_template:
            rendered = renderer.template(raw, local)
            self._put(name, rendered.text, Source(path, 1), rendered.lines, holder, hosts, task, rendered.partial)
        else:
            self._put(name, raw, Source(path, 1), (), holder, hosts, task, False)

    def _looks_like_directory(self, name: str, source: str) -> bool:
        return not name or (
            posixpath.basename(name) != posixpath.basename(source).removesuffix(".j2")
            and name.endswith((".d", "/conf", "/config"))
        )

    def _find(self, name: str, is_template: bool, role: str, beside: str, task: Task) -> str | None:
        own = repository_path(name)
        if own is not None:
            return own if self.repo.is_file(own) else None
        kind = "templates" if is_template else "files"
        near = posixpath.dirname(task.source.path)
        bases = [
            *([posixpath.join(role, kind), role, posixpath.join(role, "tasks")] if role else []),
            posixpath.join(near, kind),
            near,
            posixpath.join(beside, kind),
            beside,
        ]
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, name))
            if not path.startswith("..") and self.repo.is_file(path):
                return path
        return None

    def _put(
        self,
        name: str,
        text: str,
        origin: Source,
        lines: tuple[int, ...],
        holder: str,
        hosts: tuple[str, ...],
        task: Task,
        partial: bool,
    ) -> None:
        text = mask_text(text)
        key = (name, origin.path, text)
        ids = tuple(self.project.id("host", h) for h in hosts)
        known = self._made.get(key)
        if known is not None:
            self._made[key] = replace(
                known,
                hosts=tuple(dict.fromkeys(known.hosts + ids)),
                owners=tuple(dict.fromkeys((*known.owners, holder))),
            )
            return
        self._made[key] = Document(name, text, origin, lines, ids, (holder,), task.source, partial)
