"""A check that is told from memory: any change that it could have seen makes it look again."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc import api, memo
from archdoc.config import load_config
from archdoc.drift.result import CheckResult

Write = Callable[[dict[str, str]], Path]

REPOSITORY = {
    "archdoc.toml": '[site]\ntitle = "Ours"\n',
    ".gitignore": "*.secret.yml\n",
    ".git/config": '[remote "origin"]\n\turl = https://github.com/ours/infra.git\n',
    "terraform/main.tf": """
        locals {
          servers = yamldecode(file("${path.module}/../servers.secret.yml"))
          present = fileexists("${path.module}/flag")
        }

        resource "hcloud_server" "web" {
          for_each = local.servers
          name     = each.key
        }
        """,
    "servers.secret.yml": "a: {}\nb: {}\n",
    "ansible/hosts.ini": "[web]\na\nb\n",
    "ansible/site.yml": "- hosts: web\n  roles: [app]\n",
    "ansible/roles/app/tasks/main.yml": "- name: Ping\n  ansible.builtin.ping:\n",
    "docs/index.md": "# Ours\n\n<!-- archdoc:view terraform -->\n<!-- /archdoc -->\n",
    "docs/mine.md": "# Mine\n",
}


@pytest.fixture
def root(write: Write, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    made = write(REPOSITORY)
    api.build(made, load_config(made))
    return made


def check(root: Path) -> tuple[CheckResult, bool]:
    """What was found, and whether it was told from memory."""
    stages: list[str] = []
    result = memo.check(root, load_config(root), progress=stages.append)
    return result, "comparing" not in stages


def append(path: str, text: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        with (root / path).open("a") as file:
            file.write(text)

    return edit


def put(path: str, text: str = "") -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)

    return edit


EDITS: dict[str, Callable[[Path], None]] = {
    "a line of code": append("terraform/main.tf", 'resource "hcloud_server" "more" {}\n'),
    "a comment": append("terraform/main.tf", "# a comment\n"),
    "a file that git ignores and Terraform reads": append("servers.secret.yml", "c: {}\n"),
    "a file that was asked for and was not there": put("terraform/flag"),
    "a new file": put("terraform/more.tf", 'resource "hcloud_server" "more" {}\n'),
    "a new file of no language": put("LICENSE"),
    "a file that is gone": lambda root: (root / "ansible/hosts.ini").unlink(),
    "a file that is a script now": lambda root: (root / "ansible/hosts.ini").chmod(0o755),
    "what git ignores": append(".gitignore", "ansible/\n"),
    "the configuration": append("archdoc.toml", 'docs_dir = "docs"\n[views.network]\nboxes = 10\n'),
    "a generated page": append("docs/infrastructure/diagrams.md", "mine\n"),
    "a generated page that is gone": lambda root: (root / "docs/infrastructure/overview.md").unlink(),
    "a picture": append("docs/assets/infrastructure.svg", "<!-- mine -->\n"),
    "a hand-written page between the markers": append(
        "docs/index.md", "\n<!-- archdoc:view network -->\n<!-- /archdoc -->\n"
    ),
    "a hand-written page without markers that has some now": append(
        "docs/mine.md", "\n<!-- archdoc:view network -->\n<!-- /archdoc -->\n"
    ),
    "a hand-written page that takes the place of another": put("docs/infrastructure/views/more.md", "# Mine\n"),
    "the snapshot": append("docs/assets/archdoc.json", " \n"),
    "the git remote": put(".git/config", '[remote "origin"]\n\turl = https://gitlab.com/ours/infra.git\n'),
}


def test_a_second_check_is_told_from_memory(root: Path) -> None:
    assert check(root) == (CheckResult(), False)
    assert check(root) == (CheckResult(), True)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_edit_is_looked_at(root: Path, edit: Callable[[Path], None]) -> None:
    check(root)
    edit(root)
    found, remembered = check(root)
    assert not remembered
    assert found.findings == api.check(root, load_config(root)).findings
    again, remembered = check(root)
    assert remembered
    assert again.findings == found.findings


def test_another_time_and_the_same_content_is_no_edit(root: Path) -> None:
    check(root)
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    assert check(root)[1]


def test_another_archdoc_looks_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(root)
    monkeypatch.setattr(memo, "program", lambda: ("4.0",))
    assert not check(root)[1]


def test_a_damaged_memory_is_none(root: Path) -> None:
    check(root)
    (entry,) = (Path(os.environ["ARCHDOC_CACHE_DIR"]) / "checks").iterdir()
    for data in (b"", b"{}", entry.read_bytes()[:-1], entry.read_bytes().replace(b"paths", b"pathz")):
        entry.write_bytes(data)
        assert check(root) == (CheckResult(), False)


@pytest.mark.parametrize("where", [".", "cache"])
def test_no_memory_lies_in_the_repository(root: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(root / where))
    for _ in range(2):
        assert not check(root)[1]
    assert not (root / where / "checks").exists()


def test_the_cache_can_be_switched_off(root: Path) -> None:
    config = root / "archdoc.toml"
    config.write_text("cache = false\n" + config.read_text())
    for _ in range(2):
        assert not check(root)[1]


def test_pages_are_never_told_from_memory(root: Path) -> None:
    append("terraform/main.tf", 'resource "hcloud_server" "more" {}\n')(root)
    for _ in range(2):
        result = memo.check(root, load_config(root), pages=True)
        assert "more" in "".join(result.diffs())


def test_a_check_writes_nothing_and_asks_no_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a check asks no network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in root.rglob("*")}
    for _ in range(2):
        assert check(root)[0].findings == ()
    assert {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in root.rglob("*")} == before
