"""``mkdocs serve`` after a change of the code: only what changed is made anew, and a page when somebody opens it.

A whole build of a site takes many times as long as reading the code again. So when nothing but the code changed, the
site of the last whole build is mended: pictures and data are copied, pages that came or went find their way into the
navigation, and a page whose Markdown or navigation changed is rendered when the browser asks for it. The search and the
list of tags find what is new after the next whole build.

Archdoc's own pages that changed are shown before they are on the disk, while pictures and the files for programs are
still being made. Who asks for something else that may change waits for the end.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

from jinja2 import Environment
from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

App: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]

SETTLED = 0.05
"""Seconds without a further change after which a series of them has ended; MkDocs waits twice as long."""
COURTESY = 0.1
"""Seconds in which browsers that were told of a change ask for the page."""
MADE_LAST = ("/", ".html", ".svg", ".json", ".mmd")
"""How addresses of pages, of pictures and of files for programs end."""


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
        """Held by whoever changes the site or renders a page of it."""
        self.finished = threading.Event()
        """Whether no build is at work."""
        self.finished.set()
        self._early: set[str] = set()
        """The files that a build at work has shown."""

    def built(self, site: Built) -> None:
        """A whole build is done: no page is stale."""
        self._built, self._stale = site, {}

    def mend(self, written: Mapping[Path, bytes | None], deleted: Iterable[Path]) -> bool:
        """Take over files that changed, came or went, as far as they lie in the docs directory: with the content that
        they are going to have, or None for what is on the disk. False before the first whole build."""
        with self._lock:
            return self._built is not None and self._mend(self._built, written, deleted)

    def _may_change(self, path: str) -> bool:
        """Whether the build at work may still make what is asked for another one."""
        return path.endswith(MADE_LAST) and self._early.isdisjoint(_files_at(path))

    def _mend(self, site: Built, written: Mapping[Path, bytes | None], deleted: Iterable[Path]) -> bool:
        pages_before = _pages(site.files)
        for path in deleted:
            if gone := _known(path, site):
                site.files.remove(gone)
                self._stale.pop(gone.dest_uri, None)
                Path(gone.abs_dest_path).unlink(missing_ok=True)
        changed = []
        for path, content in written.items():
            file = _known(path, site) or _added(path, site)
            if file is not None and not _is_shown(file, content):
                changed.append(file)
            if file is not None and content is not None:
                self._early.add(file.dest_uri)
        if _pages(site.files) != pages_before:
            changed += self._navigate(site)
        for file in changed:
            if file.inclusion is InclusionLevel.EXCLUDED:
                continue
            if file.is_documentation_page():
                self._stale[file.dest_uri] = file
            else:
                file.copy_file()
        return True

    def _navigate(self, site: Built) -> list[File]:
        """Make the navigation anew; the pages that show it, which are all, where it is another one."""
        nav = site.config.plugins.on_nav(get_navigation(site.files, site.config), config=site.config, files=site.files)
        if [page.url for page in nav.pages] == [page.url for page in site.nav.pages]:
            return []
        for page in nav.pages:
            if page.markdown is None:
                _populate_page(page, site.config, site.files)  # other pages show its title
        self._built = replace(site, nav=nav)
        return _pages(site.files)

    def follow(self, server: LiveReloadServer, mended: Callable[[Callable[[], None]], bool | None]) -> None:
        """From now on, ask ``mended`` before MkDocs builds everything; None says that there is nothing new to show. It
        is given what tells browsers to come and see."""
        whole, serve = server.builder, server.get_app() or server.serve_request

        def wake() -> None:
            with server._epoch_cond:
                server._visible_epoch = server._wanted_epoch
                server._epoch_cond.notify_all()
            time.sleep(COURTESY)
            with self._lock:  # the page that somebody waits for is rendered before the build goes on
                pass

        def build() -> None:
            self._early.clear()
            self.finished.clear()
            gc.disable()  # each search for cycles goes through the whole site, while somebody waits to see his edit
            try:
                done = mended(wake)
                if done is None:  # the site stays the one that browsers have: no reload, which would lose their place
                    server._wanted_epoch = server._visible_epoch
                elif not done:
                    with self._lock:
                        whole()
            finally:
                gc.enable()
                self.finished.set()
            gc.collect()

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            path = str(environ.get("PATH_INFO", ""))
            if not path.startswith("/livereload/"):
                path = unquote(path.removeprefix(server.mount_path.rstrip("/")))
                with server._epoch_cond:
                    server._epoch_cond.wait_for(lambda: server._visible_epoch == server._wanted_epoch)
                if self._may_change(path):
                    self.finished.wait()
                self._freshen(path)
            return serve(environ, start_response)

        server.builder = build
        server.build_delay = SETTLED
        server.set_app(answer)

    def _freshen(self, path: str) -> None:
        with self._lock:
            for wanted in _files_at(path):
                file = self._stale.get(wanted)
                if file is not None and self._built is not None:
                    _render(file, self._built)
                    del self._stale[wanted]


def _pages(files: Files) -> list[File]:
    return [file for file in files if file.is_documentation_page()]


def _files_at(path: str) -> tuple[str, str]:
    """The files of the site that an address may stand for."""
    name = path.strip("/")
    return name, f"{name}/index.html".lstrip("/")


def _is_shown(file: File, content: bytes | None) -> bool:
    """Give a file its content; whether it was shown before it was written, and is now what is on the disk."""
    shown_before = file._content
    file._content = content
    return content is None and shown_before is not None


def _known(path: Path, site: Built) -> File | None:
    """The file of the site that lies there, if one does."""
    docs = Path(site.config.docs_dir).resolve()
    return site.files.get_file_from_path(path.relative_to(docs).as_posix()) if path.is_relative_to(docs) else None


def _added(path: Path, site: Built) -> File | None:
    """The file that lies there as one more of the site; None where it lies outside of the docs directory."""
    config = site.config
    docs = Path(config.docs_dir).resolve()
    if not path.is_relative_to(docs):
        return None
    file = File(path.relative_to(docs).as_posix(), config.docs_dir, config.site_dir, config.use_directory_urls)
    set_exclusions([file], config)
    site.files.append(file)
    return file


def _render(file: File, site: Built) -> None:
    page = file.page or Page(None, file, site.config)
    _populate_page(page, site.config, site.files)
    _build_page(page, site.config, site.files.documentation_pages(), site.nav, site.environment)
