"""An edit is noticed by looking at the files that are known, not only by MkDocs' slower look at everything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.livereload import LiveReloadServer

from archdoc.site.watch import Watch, state_of


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveReloadServer]:
    made = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(tmp_path))  # its own observer is never started
    yield made
    made.server_close()


def is_told(server: LiveReloadServer, seconds: float = 60) -> bool:
    with server._rebuild_cond:
        told = server._rebuild_cond.wait_for(lambda: server._want_rebuild, seconds)
        server._want_rebuild = False
    return told


def test_the_server_is_told_once_of_each_change(tmp_path: Path, server: LiveReloadServer) -> None:
    code = tmp_path / "main.tf"
    code.write_text("# one\n")
    known = [state_of([code])]
    watch = Watch(lambda: known[-1])
    watch.begin(server)
    try:
        code.write_text("# another\n")
        assert is_told(server)
        assert not is_told(server, 0.5)  # while the build of it goes on
        known.append(state_of([code]))
        assert not is_told(server, 0.5)
        code.unlink()
        assert is_told(server)
    finally:
        watch.end()


def test_nobody_looks_any_more_after_the_end(tmp_path: Path, server: LiveReloadServer) -> None:
    code, looked = tmp_path / "main.tf", threading.Event()
    watch = Watch(lambda: looked.set() or set())  # type: ignore[func-returns-value]
    watch.begin(server)
    assert looked.wait(60)
    watch.end()
    code.write_text("# another\n")
    looked.clear()
    assert not looked.wait(0.5)
