"""Plays, their hosts and their tasks against ``ansible-playbook --list-tasks --list-hosts``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hard_playbook_cases import HARD_COMMON, HARD_PLAYBOOKS
from playbook_cases import COMMON as SINGLE_COMMON
from playbook_cases import PLAYBOOKS as SINGLE_PLAYBOOKS

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.facts import EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph
from archdoc.readers.ansible import read
from archdoc.readers.files import Repository

COMMON = {**SINGLE_COMMON, **HARD_COMMON}
PLAYBOOKS = {**SINGLE_PLAYBOOKS, **HARD_PLAYBOOKS}

ODD = ("key_value_arguments.yml", "hard_patterns.yml")
"""Playbooks that say something that Ansible warns of too."""


@dataclass
class Listed:
    """One play of a listing."""

    tags: set[str]
    hosts: set[str] = field(default_factory=set)
    tasks: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of all cases on disk."""
    root = tmp_path_factory.mktemp("playbooks")
    for path, text in {**COMMON, **{f"{name}.yml": text for name, text in PLAYBOOKS.items()}}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"))
    return root


@pytest.fixture(scope="module")
def expected(project: Path) -> dict[str, list[Listed]]:
    """What ansible-core lists, by playbook."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--list-tasks", "--list-hosts"]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")},
        "ANSIBLE_CONFIG": str(project / "ansible.cfg"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_HOME": str(project / ".home"),
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
    }
    files = [f"{name}.yml" for name in PLAYBOOKS]
    run = subprocess.run(
        [*command, *files], cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return _parse(run.stdout)


@pytest.fixture(scope="module")
def graph(project: Path) -> Graph:
    """What archdoc reads."""
    return read(Repository(project), Config(), load_catalog()).graph


def _parse(text: str) -> dict[str, list[Listed]]:
    playbooks: dict[str, list[Listed]] = {}
    plays: list[Listed] = []
    part = ""
    for line in text.splitlines():
        if line.startswith("playbook: "):
            plays = playbooks.setdefault(Path(line.split(": ", 1)[1]).stem, [])
        elif found := re.match(r"  play #\d+ .*\tTAGS: \[(.*)\]$", line):
            plays.append(Listed({tag for tag in found[1].split(",") if tag}))
        elif re.match(r"    (pattern|hosts|tasks)\b", line):
            part = line.split()[0].rstrip(":")
        elif line.startswith("      ") and part == "hosts":
            plays[-1].hosts.add(line.strip())
        elif line.startswith("      ") and part == "tasks":
            name, tags = line.strip().rsplit("TAGS: ", 1)
            plays[-1].tasks.append((name.strip(), tuple(t for t in tags.strip("[]").split(", ") if t)))
    return playbooks


def _entries(graph: Graph, playbook: Node) -> list[Node]:
    """The plays of a playbook in order, those of imported playbooks in their place."""
    found: list[tuple[int, list[Node]]] = []
    for edge in graph.edges_from(playbook.id, EdgeKind.CONTAINS):
        play = graph.node(edge.target)
        found.append((play.source.line, [play]))
    for edge in graph.edges_from(playbook.id, EdgeKind.CALLS):
        found.append((edge.evidence[0].line, _entries(graph, graph.node(edge.target))))
    return [play for _, plays in sorted(found, key=lambda entry: entry[0]) for play in plays]


@pytest.mark.parametrize("name", [n for n in PLAYBOOKS if n != "import_playbook"])
def test_plays_hosts_and_tasks_are_those_that_ansible_lists(
    name: str, expected: dict[str, list[Listed]], graph: Graph
) -> None:
    playbook = graph.node(f"ansible:.:playbook:{name}.yml")
    plays = _entries(graph, playbook)
    assert len(plays) == len(expected[name])
    for play, listed in zip(plays, expected[name], strict=True):
        said: dict[str, Any] = dict(play.attributes)
        hosts = {graph.node(str(host)).name for host in said["hosts"]}
        assert hosts == listed.hosts
        tasks = [(task["name"], tuple(task.get("tags", ()))) for task in said["task_list"]]
        assert tasks == listed.tasks
        assert set(said.get("tags", ())) == listed.tags


def test_every_playbook_and_role_of_the_project_is_there(graph: Graph) -> None:
    assert {n.name for n in graph.nodes(NodeKind.PLAYBOOK)} >= {f"{name}.yml" for name in PLAYBOOKS}
    roles = {n.name for n in graph.nodes(NodeKind.ROLE)}
    assert roles >= {"plain", "deep", "group/inner", "shared", "acme.tools.agent", "beside"}
    assert [str(p.source) for p in graph.problems() if p.source.path not in ODD] == []
