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


def idle() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def is_told(server: LiveReloadServer, seconds: float = 60) -> bool:
    with server._rebuild_cond:
        told = server._rebuild_cond.wait_for(lambda: server._want_rebuild, seconds)
        server._want_rebuild = False
    return told


def test_the_server_is_told_once_of_each_change(tmp_path: Path, server: LiveReloadServer) -> None:
    code = tmp_path / "main.tf"
    code.write_text("# one\n")
    known = [state_of([code])]
    watch = Watch(lambda: known[-1], idle())
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
    watch = Watch(lambda: looked.set() or set(), idle())  # type: ignore[func-returns-value]
    watch.begin(server)
    assert looked.wait(60)
    watch.end()
    code.write_text("# another\n")
    looked.clear()
    assert not looked.wait(0.5)


def test_nobody_looks_while_a_build_is_at_work_and_what_changed_meanwhile_is_told_after_it(
    tmp_path: Path, server: LiveReloadServer
) -> None:
    docs, page, code, builds = tmp_path / "docs", tmp_path / "docs/index.md", tmp_path / "main.tf", idle()
    docs.mkdir()
    page.write_text("# Home\n")
    code.write_text("# one\n")
    known = state_of([code])
    server.watch(str(docs))
    watch = Watch(lambda: known, builds)
    watch.begin(server)
    server.observer.start()
    try:
        edit = 0
        while not is_told(server, 5):  # MkDocs looks everywhere, once it has seen what was there
            edit += 1
            assert edit < 12
            page.write_text(f"# Home {edit}\n")
        builds.clear()
        assert not is_told(server, 0.2)
        page.write_text("# Home again\n")
        code.write_text("# another\n")
        assert not is_told(server, 2)
        builds.set()
        assert is_told(server)
    finally:
        builds.set()
        watch.end()
        server.observer.stop()
