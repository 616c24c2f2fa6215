"""Addresses of source lines, from what a clone knows of its code host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archdoc.model.facts import Source
from archdoc.site.links import committed_template, source_linker, template_for, template_from_remote

HERE = Source("infra/main file.tf", 3, 7)
PATH = "infra/main%20file.tf"


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@github.com:o/r.git", f"https://github.com/o/r/blob/HEAD/{PATH}#L3-L7"),
        ("https://user:token@github.com/o/r.git", f"https://github.com/o/r/blob/HEAD/{PATH}#L3-L7"),
        ("ssh://git@github.example.org:2222/o/r", f"https://github.example.org/o/r/blob/HEAD/{PATH}#L3-L7"),
        ("git@gitlab.com:a/b/c.git", f"https://gitlab.com/a/b/c/-/blob/HEAD/{PATH}#L3-7"),
        ("https://gitlab.example.org:8443/a/r/", f"https://gitlab.example.org:8443/a/r/-/blob/HEAD/{PATH}#L3-7"),
        ("https://codeberg.org/o/r.git", f"https://codeberg.org/o/r/src/branch/main/{PATH}#L3-L7"),
        ("git@gitea.example.org:o/r.git", f"https://gitea.example.org/o/r/src/branch/main/{PATH}#L3-L7"),
        ("https://forgejo.example.org/o/r", f"https://forgejo.example.org/o/r/src/branch/main/{PATH}#L3-L7"),
        ("git@bitbucket.org:o/r.git", f"https://bitbucket.org/o/r/src/HEAD/{PATH}#lines-3:7"),
        (
            "https://bitbucket.example.org/scm/proj/r.git",
            f"https://bitbucket.example.org/projects/proj/repos/r/browse/{PATH}#3-7",
        ),
        (
            "ssh://git@bitbucket.example.org:7999/proj/r.git",
            f"https://bitbucket.example.org/projects/proj/repos/r/browse/{PATH}#3-7",
        ),
        ("git@git.sr.ht:~someone/r", f"https://git.sr.ht/~someone/r/tree/HEAD/item/{PATH}#L3-7"),
    ],
)  # fmt: skip
def test_each_code_host_gets_its_own_form(remote: str, address: str) -> None:
    assert source_linker(template_for(remote))(HERE) == address


@pytest.mark.parametrize(
    "remote",
    [
        "https://org@dev.azure.com/org/my%20project/_git/r",
        "git@ssh.dev.azure.com:v3/org/my%20project/r",
        "https://org.visualstudio.com/my%20project/_git/r",
        "https://org.visualstudio.com/DefaultCollection/my%20project/_git/r",
        "org@vs-ssh.visualstudio.com:v3/org/my%20project/r",
    ],
)
def test_all_addresses_of_azure_lead_to_the_same_line(remote: str) -> None:
    assert source_linker(template_for(remote))(HERE) == (
        f"https://dev.azure.com/org/my%20project/_git/r?path=/{PATH}&line=3&lineEnd=7&lineStartColumn=1&lineEndColumn=1"
    )


@pytest.mark.parametrize("remote", ["", "/srv/git/r.git", "../r", "file:///srv/r", "https://example.org/o/r", "x:y", "git@github.com:a\"b/c", "https://github.com/o/<r>"])  # fmt: skip
def test_an_unknown_host_and_a_strange_address_give_no_link(remote: str) -> None:
    assert template_for(remote) == ""
    assert source_linker(template_for(remote))(HERE) is None


def test_the_remote_origin_and_its_default_branch_decide(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs/remotes/origin").mkdir(parents=True)
    (git / "config").write_text(
        '[core]\n\tbare = false\n[remote "backup"]\n\turl = git@github.com:x/y.git\n'
        '[remote "origin"]\n\turl = https://codeberg.org/o/r.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
    )
    (git / "refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/trunk\n")
    assert template_from_remote(tmp_path).startswith("https://codeberg.org/o/r/src/branch/trunk/{path}")
    (git / "refs/remotes/origin/HEAD").write_text('ref: refs/remotes/origin/x"><script>\n')
    assert template_from_remote(tmp_path).startswith("https://codeberg.org/o/r/src/branch/main/{path}")
    assert template_from_remote(tmp_path / "nowhere") == ""


@pytest.mark.parametrize("template", ["javascript:alert(1)//{path}", "data:text/html,{path}", "//x/{path}", ""])
def test_a_template_with_another_scheme_links_nothing(template: str) -> None:
    assert source_linker(template)(HERE) is None


def test_a_committed_template_that_is_none_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "docs/assets/archdoc.json"
    file.parent.mkdir(parents=True)
    for text, found in (
        ('{"graph": {"source_link": "https://h/{path}"}}', "https://h/{path}"),
        ('{"graph": {"source_link": 3}}', ""), ("[]", ""), ("{", ""),
    ):  # fmt: skip
        file.write_text(text)
        assert committed_template(tmp_path, "docs") == found


@pytest.mark.parametrize("indent", [2, None])
def test_the_template_of_the_committed_snapshot_is_found_however_that_is_written(
    tmp_path: Path, indent: int | None
) -> None:
    template = "https://github.com/x/y/blob/HEAD/{path}#L{line}"
    said = {"edges": [], "graph": {"schema": "archdoc.graph/1", "source_link": template}, "nodes": [{"graph": {}}]}
    (tmp_path / "docs/assets").mkdir(parents=True)
    (tmp_path / "docs/assets/archdoc.json").write_text(json.dumps(said, indent=indent))
    assert committed_template(tmp_path, "docs") == template
