"""The same repository gives the same bytes, whoever builds it, where, when and with what settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
from mutation_fixtures import CLOUD, MACHINES

from archdoc import api
from archdoc.config import load_config

FILES = {
    **CLOUD,
    **MACHINES,
    "ansible/hosts.ini": "[wéb]\nzürich ansible_host=10.0.0.1\na\n\n[db]\nb\nA\n",
    "ansible/site.yml": "- hosts: wéb\n  roles: [app]\n- hosts: db\n  roles: [Übung]\n",
    "ansible/roles/app/tasks/main.yml": "- name: Ping\n  ansible.builtin.ping:\n",
    "ansible/roles/Übung/tasks/main.yml": "- name: Install\n  ansible.builtin.apt:\n    name: [redis, nginx]\n",
    "docs/index.md": "# Ours\n\n<!-- archdoc:view infrastructure -->\n<!-- /archdoc -->\n",
}


def put(root: Path, change: Callable[[str], str] = lambda text: text, backwards: bool = False) -> Path:
    for path in sorted(FILES, reverse=backwards):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(change(FILES[path]).encode())
    return root


def pages(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted((root / "docs").rglob("*")) if p.is_file()}


def build(root: Path) -> dict[str, bytes]:
    api.build(root, load_config(root))
    return pages(root)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    made = build(put(tmp_path_factory.mktemp("usual")))
    assert len(made) > 40
    return made


SETTINGS = {
    "hash seed": {"PYTHONHASHSEED": "4711"},
    "locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "time zone, user and width": {"TZ": "Pacific/Kiritimati", "USER": "eve", "LOGNAME": "eve", "COLUMNS": "17"},
    "home and umask": {"HOME": "", "XDG_CACHE_HOME": "", "ARCHDOC_CACHE_DIR": ""},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_setting_changes_a_byte(setting: str, expected: dict[str, bytes], tmp_path: Path) -> None:
    root = put(tmp_path / "somewhere else" / "ünd deeper")
    environment = {**os.environ, **SETTINGS[setting]}
    if setting == "home and umask":
        environment["HOME"] = str(tmp_path / "nobody")
    done = subprocess.run(
        [sys.executable, "-m", "archdoc", "-C", str(root), "build"],
        env=environment,
        umask=0o077 if "umask" in setting else 0o022,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert pages(root) == expected


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_output_is_utf_8_whatever_the_terminal_is_said_to_want(encoding: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archdoc", "-C", str(put(tmp_path)), "lint"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "host zürich (ansible/hosts.ini:2)" in done.stdout.decode("utf-8")


def test_line_ends_change_no_byte(expected: dict[str, bytes], tmp_path: Path) -> None:
    root = put(tmp_path, lambda text: text.replace("\n", "\r\n"))
    made = build(root)
    made["docs/index.md"] = made["docs/index.md"].replace(b"\r\n", b"\n")  # a person's page keeps its own
    assert made == expected


class Backwards:
    """A directory whose entries come in another order."""

    def __init__(self, entries: list[os.DirEntry[str]]) -> None:
        self._entries = iter(entries[::-1])

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        return self._entries

    def __next__(self) -> os.DirEntry[str]:
        return next(self._entries)

    def __enter__(self) -> Backwards:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...

    def close(self) -> None: ...


def test_the_order_of_files_changes_no_byte(
    expected: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, listing = os.scandir, os.listdir
    orders = []

    def scandir(path: str = ".") -> Backwards:
        with scan(path) as entries:
            found = sorted(entries, key=lambda e: e.name)
        orders.append(len(found))
        return Backwards(found)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "listdir", lambda path=".": sorted(listing(path), reverse=True))
    assert build(put(tmp_path, backwards=True)) == expected
    assert max(orders) > 5


def test_a_second_build_with_a_warm_cache_writes_nothing(tmp_path: Path) -> None:
    root = put(tmp_path)
    build(root)
    again = api.build(root, load_config(root))
    assert (again.written, again.deleted) == ((), ())
