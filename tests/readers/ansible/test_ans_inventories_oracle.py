"""Hosts, groups and variables are those of ``ansible-inventory --list``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_files import write_files
from ansible_oracle import ask_ansible
from hard_inventory_cases import HARD_CASES
from inventory_cases import CASES as SINGLE_CASES

from archdoc.readers.ansible.cfg import Settings
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import Inventory, read_inventory
from archdoc.readers.ansible.projects import InventorySources, Project
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import Repository
from archdoc.readers.yamldoor import plain

CASES = {**SINGLE_CASES, **HARD_CASES}


def listed(inventory: Inventory, variables: ProjectVariables, playbook: str) -> dict[str, Any]:
    """An inventory in the form of ``ansible-inventory --list``."""
    groups: dict[str, Any] = {}
    for name, group in inventory.groups.items():
        shown = {"children": sorted(group.children)} | ({"hosts": sorted(group.hosts)} if name != "all" else {})
        shown = {key: members for key, members in shown.items() if members}
        if shown:
            groups[name] = shown
    hostvars = {}
    for host in inventory.group_hosts("all"):
        scope = variables.for_host(host, playbook)
        found = {n: scope.get(n) for n in scope.names() if n != "ansible_managed" and not scope.magic(n)[0]}
        values = {name: plain(variable.value) for name, variable in found.items() if variable is not None}
        if values:
            hostvars[host] = values
    return {**groups, "_meta": {"hostvars": hostvars}}


def without_marks(value: Any) -> Any:
    """Ansible marks what a plugin computed."""
    if isinstance(value, dict):
        return value.get("__ansible_unsafe", {k: without_marks(v) for k, v in value.items()})
    return value


def sorted_members(listing: dict[str, Any]) -> dict[str, Any]:
    listing["_meta"].pop("profile", None)
    return {
        name: without_marks(part) if name == "_meta" else {key: sorted(members) for key, members in part.items()}
        for name, part in listing.items()
    }


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {name: tmp_path_factory.mktemp(name) for name in CASES}
    for name, (texts, _) in CASES.items():
        write_files(made[name], texts)
    return made


@pytest.fixture(scope="module")
def answers(roots: dict[str, Path]) -> dict[str, Any]:
    runs = []
    for name, (_, sources) in CASES.items():
        arguments = ["--list", *(part for source in sources for part in ("-i", str(roots[name] / source)))]
        if (roots[name] / "play").is_dir():
            arguments += ["--playbook-dir", str(roots[name] / "play")]
        runs.append(("inventory", arguments, str(roots[name])))
    return dict(zip(CASES, map(json.loads, ask_ansible(runs)), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_hosts_groups_and_variables_are_those_of_ansible(
    name: str, roots: dict[str, Path], answers: dict[str, Any]
) -> None:
    sources = CASES[name][1]
    files = YamlFiles(Repository(roots[name]))
    project = Project(".", Settings())
    inventory = read_inventory(files, project, InventorySources(sources[0], sources))
    playbook = "play/site.yml" if (roots[name] / "play").is_dir() else ""
    found = listed(inventory, ProjectVariables(files, project, inventory), playbook)
    assert found == sorted_members(answers[name])
