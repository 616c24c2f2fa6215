"""Noticing an edit sooner than ``mkdocs serve`` does, which goes through all directories twice a second.

While a build is at work nobody looks: that would take the build's time, and what changes meanwhile is seen after it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import TypeAlias

from mkdocs.livereload import LiveReloadServer
from watchdog.observers.polling import PollingObserverVFS

State: TypeAlias = Set[tuple[str, int, int]]
"""What tells whether files changed: path, time and size of each."""

SHORTEST = 0.05
"""Seconds between two looks; less than MkDocs waits for the end of a series of changes."""
SHARE = 0.04
"""Of the time, that may be spent on looking."""
EVERYWHERE = 0.5
"""Seconds between two looks of MkDocs at all directories, as it has them."""


class Watch:
    """A thread that looks at files which are there; the ones that come are left to MkDocs. Either looks only while
    ``idle`` is set."""

    def __init__(self, known: Callable[[], State], idle: threading.Event) -> None:
        self._known, self._idle = known, idle
        self._ended = threading.Event()

    def begin(self, server: LiveReloadServer) -> None:
        """From now on, tell the server, which does not serve yet, once of each change of the files that ``known``
        names."""
        self._hold_up(server)
        threading.Thread(target=self._look, args=(server,), daemon=True).start()

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _hold_up(self, server: LiveReloadServer) -> None:
        """Let MkDocs look at what it was to look at, with a pause where it meets a build."""

        def status(path: str) -> os.stat_result:
            self._idle.wait()
            return os.stat(path)  # noqa: PTH116 - as in ``state_of``

        server.observer = PollingObserverVFS(status, os.scandir, polling_interval=EVERYWHERE)  # type: ignore[assignment]
        asked = dict(server._watched_paths)
        server._watched_paths.clear()
        for path, times in asked.items():
            for _ in range(times):
                server.watch(path)

    def _look(self, server: LiveReloadServer) -> None:
        told, pause = self._known(), SHORTEST
        while not self._ended.wait(pause):
            self._idle.wait()
            began = time.perf_counter()
            known = self._known()
            seen = state_of(path for path, _, _ in known)
            if seen not in (known, told):
                told = seen
                with server._rebuild_cond:
                    server._want_rebuild = True
                    server._rebuild_cond.notify_all()
            pause = max(SHORTEST, (time.perf_counter() - began) / SHARE)


def state_of(paths: Iterable[str | Path]) -> State:
    """The state of those of the files that are there."""
    found = set()
    for path in paths:
        with contextlib.suppress(OSError):
            status = os.stat(path)  # noqa: PTH116 - a path object for each of many files takes longer than the question
            found.add((str(path), status.st_mtime_ns, status.st_size))
    return found
