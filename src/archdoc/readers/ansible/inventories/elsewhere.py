"""The rule ``ansible.inventory-elsewhere``: inventories that lie in no project's directory, and whose they are.

Somebody gives them to Ansible with ``-i``, from a script or by hand. Whom an inventory is for, its names tell: the
plays of one project are for its groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ansible.cfg import Settings
from archdoc.readers.ansible.inventories.find import find_inventories
from archdoc.readers.ansible.inventories.read import read_inventory
from archdoc.readers.ansible.patterns import split_pattern
from archdoc.readers.ansible.plays.playbooks import read_playbook
from archdoc.readers.ansible.plays.tasks import names
from archdoc.readers.ansible.projects import InventorySources, Project
from archdoc.readers.ansible.rules import INVENTORY_ELSEWHERE
from archdoc.readers.ansible.yamlfiles import YamlFiles

MIN_NAMES = 3
"""As many groups and hosts of an inventory do the plays of a project name that it is for."""
_TESTS = frozenset({"test", "tests"})
_ANYWHERE = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})


def with_inventories_elsewhere(
    files: YamlFiles, projects: tuple[Project, ...], allowed: bool
) -> tuple[tuple[Project, ...], tuple[Problem, ...]]:
    """The projects without a host of their own with the inventories that are for them; a note of those that are for
    none (with ``allowed`` false: of all)."""
    found = list(_outside(files, projects)) if projects else []
    if not found:
        return projects, ()
    wanted = {project.path: _names_of_plays(files, project) for project in projects}
    empty = {p.path for p in projects if not any(read_inventory(files, p, s).hosts for s in p.inventories)}
    given: dict[str, list[InventorySources]] = {}
    left: list[str] = []
    for sources in found:
        inventory = read_inventory(files, projects[0], sources)
        if not inventory.hosts:
            continue
        own = {*inventory.groups, *inventory.hosts} - _ANYWHERE
        counts = sorted(((len(own & asked), path) for path, asked in wanted.items()), reverse=True)
        most, path = counts[0]
        alone = len(counts) == 1 or counts[1][0] < most
        if allowed and most >= MIN_NAMES and alone and path in empty:
            given.setdefault(path, []).append(replace(sources, rule=INVENTORY_ELSEWHERE))
        elif most:
            left.append(sources.path)
    projects = tuple(replace(p, inventories=(*p.inventories, *given.get(p.path, ()))) for p in projects)
    return projects, _note(left)


def _outside(files: YamlFiles, projects: Iterable[Project]) -> Iterable[InventorySources]:
    """The inventories that lie in the directory of no project, those of tests and of hidden directories left out."""
    homes = [project.path for project in projects]
    if "." in homes:
        return
    for path, sources in find_inventories(files, ".", Settings()):
        parts = path.split("/")[:-1]
        hidden = any(part in _TESTS or part.startswith(".") for part in parts)
        if not hidden and not any(path == home or path.startswith(home + "/") for home in homes):
            yield InventorySources(path, sources)


def _names_of_plays(files: YamlFiles, project: Project) -> set[str]:
    """The names of groups and hosts that the plays of a project are for."""
    plays = (play for path in project.playbooks for play in read_playbook(files, path).plays)
    terms = (term for play in plays for pattern in names(play.hosts) for term in split_pattern(pattern))
    return {term.lstrip("&!") for term in terms} - _ANYWHERE


def _note(left: list[str]) -> tuple[Problem, ...]:
    if not left:
        return ()
    more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    message = f"the inventory {left[0]}{more} lies in no Ansible project's directory; its hosts are not drawn"
    hint = "name it in [ansible] inventories of archdoc.toml, where it is one that is used"
    return (Problem(Severity.NOTE, "ANS005", message, Source(left[0]), hint),)
