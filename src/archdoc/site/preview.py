"""``mkdocs serve`` after a change of the code: only what changed is made anew, and a page when somebody opens it.

A whole build of a site takes many times as long as reading the code again. So when nothing but the code changed and
the same pages stay, the site of the last whole build is mended: pictures and data are copied, and a page whose
Markdown changed is rendered when the browser asks for it. The search finds new words after the next whole build.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation

App: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Built:
    """What MkDocs made the whole site of."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    environment: Environment


class Preview:
    """A site that is being served."""

    def __init__(self) -> None:
        self._built: Built | None = None
        self._stale: dict[str, File] = {}
        self._lock = threading.RLock()

    def built(self, site: Built) -> None:
        """A whole build is done: no page is stale."""
        self._built, self._stale = site, {}

    def mend(self, paths: Iterable[Path]) -> bool:
        """Take over files of the docs directory that changed; False where that takes a whole build."""
        if self._built is None:
            return False
        by_path = {file.abs_src_path: file for file in self._built.files}
        changed = [by_path.get(str(path)) for path in paths]
        if not all(changed):
            return False
        for file in changed:
            assert file is not None
            if file.is_documentation_page():
                self._stale[file.dest_uri] = file
            else:
                file.copy_file()
        return True

    def follow(self, server: LiveReloadServer, mended: Callable[[], bool | None]) -> None:
        """From now on, ask ``mended`` before MkDocs builds everything; None says that there is nothing new to show."""
        whole, serve = server.builder, server.get_app() or server.serve_request

        def build() -> None:
            with self._lock:
                done = mended()
                if done is None:  # the site stays the one that browsers have: no reload, which would lose their place
                    server._wanted_epoch = server._visible_epoch
                elif not done:
                    whole()

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = str(environ.get("PATH_INFO", ""))
            if not path.startswith("/livereload/"):
                self._freshen(path.removeprefix(server.mount_path.rstrip("/")))
            return serve(environ, start_response)

        server.builder = build
        server.set_app(answer)

    def _freshen(self, path: str) -> None:
        name = unquote(path).strip("/")
        with self._lock:
            for wanted in (name, f"{name}/index.html".lstrip("/")):
                file = self._stale.pop(wanted, None)
                if file is not None and self._built is not None:
                    _render(file, self._built)


def _render(file: File, site: Built) -> None:
    from mkdocs.commands.build import _build_page, _populate_page

    assert file.page is not None
    _populate_page(file.page, site.config, site.files)
    _build_page(file.page, site.config, site.files.documentation_pages(), site.nav, site.environment)
