"""Every edit that changes the architecture fails the check and is named; every other edit passes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from detail_fixtures import DETAILS, DETAILS_MUTATIONS
from mutation_fixtures import CLOUD, CLOUD_MUTATIONS, MACHINES, MACHINES_MUTATIONS
from mutations import ANSIBLE, CI, TERRAFORM, Mutation
from order_fixtures import ORDERS, ORDERS_MUTATIONS

from archdoc import api
from archdoc.config import load_config

PROJECT = Path(__file__).parents[2]
SMALL = {"cloud": CLOUD, "machines": MACHINES, "orders": ORDERS, "details": DETAILS}
SETS = {
    "terraform": TERRAFORM,
    "ansible": ANSIBLE,
    "ci": CI,
    "cloud": CLOUD_MUTATIONS,
    "machines": MACHINES_MUTATIONS,
    "orders": ORDERS_MUTATIONS,
    "details": DETAILS_MUTATIONS,
}
ALL = {f"{which}: {m.name}": (which, m) for which, mutations in SETS.items() for m in mutations}
PARTS = {
    "terraform": ("terraform", "archdoc.toml"),
    "ansible": ("ansible",),
    "ci": (".github", "terraform", "archdoc.toml"),
    "sample": ("terraform", "ansible", ".github", "archdoc.toml"),
}
"""What each copy of the sample has of it: an edit is tried where it is read, and some in the whole."""
WHOLE = (
    (
        *("terraform: one more web server", "ansible: one more host"),
        *("ansible: a scrape job less", "ci: another environment"),
    ),
    ("terraform: a server with another name",),
    ("terraform: blocks in another order", "ansible: a comment in a template", "ci: a comment in a workflow"),
)
"""Edits that are made together."""
ALONE = {name: found for name, found in ALL.items() if found[0] in SMALL}
APART = {"terraform": 5, "ansible": 6, "ci": 2}
"""To check the sample takes long. Edits of it that change something and stand so far from one another in their list
are about different things: they are made together, and each has to be named. So are those that change nothing."""
TOGETHER = {
    f"{which}: " + " + ".join(m.name for m in made): (which, made)
    for which, apart in APART.items()
    for start in range(apart)
    for made in [[m for m in SETS[which] if m.names][start::apart]]
}


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".terraform*", "collections"))
    else:
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The sample and the small repositories, each with its pages as they should be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHDOC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        roots = {name: tmp_path_factory.mktemp(name) for name in (*PARTS, *SMALL)}
        for name, parts in PARTS.items():
            for part in parts:
                copy(PROJECT / part, roots[name] / part)
        for name, files in SMALL.items():
            for path, text in files.items():
                (roots[name] / path).parent.mkdir(parents=True, exist_ok=True)
                (roots[name] / path).write_text(text)
        for root in roots.values():
            api.build(root, load_config(root))
            assert api.check(root, load_config(root)).findings == ()
        yield roots


def test_there_are_edits_enough() -> None:
    assert len(ALL) >= 220
    assert len([m for _, m in ALL.values() if m.names]) >= 130
    assert len([m for _, m in ALL.values() if not m.names]) >= 90


@pytest.mark.parametrize(("which", "mutation"), ALONE.values(), ids=ALONE)
def test_an_edit_is_drift_if_it_changes_the_architecture(
    built: dict[str, Path], tmp_path: Path, which: str, mutation: Mutation
) -> None:
    fails_if_it_should(shutil.copytree(built[which], tmp_path / "repository"), (mutation,))


@pytest.mark.parametrize(("which", "mutations"), TOGETHER.values(), ids=TOGETHER)
def test_each_edit_of_the_sample_is_named(
    built: dict[str, Path], tmp_path: Path, which: str, mutations: list[Mutation]
) -> None:
    fails_if_it_should(shutil.copytree(built[which], tmp_path / "repository"), mutations)


@pytest.mark.parametrize("which", APART)
def test_edits_of_the_sample_that_change_nothing(built: dict[str, Path], tmp_path: Path, which: str) -> None:
    edits = [m for m in SETS[which] if not m.names]
    assert len(edits) >= 2
    fails_if_it_should(shutil.copytree(built[which], tmp_path / "repository"), edits)


@pytest.mark.parametrize("names", WHOLE, ids=" + ".join)
def test_edits_of_the_whole_sample(built: dict[str, Path], tmp_path: Path, names: tuple[str, ...]) -> None:
    fails_if_it_should(shutil.copytree(built["sample"], tmp_path / "repository"), [ALL[name][1] for name in names])


def fails_if_it_should(root: Path, mutations: Sequence[Mutation]) -> None:
    for mutation in mutations:
        mutation.edit(root)
    names = [name for mutation in mutations for name in mutation.names]
    result = api.check(root, load_config(root))
    said = "\n".join(f.message for f in result.findings)
    assert result.is_drift is bool(names), said
    assert [name for name in names if name not in said] == [], said


@pytest.mark.parametrize("name", ["machines: a machine in the YAML file", "machines: a comment in each file"])
def test_the_command_says_the_same(built: dict[str, Path], tmp_path: Path, name: str) -> None:
    which, mutation = ALL[name]
    root = shutil.copytree(built[which], tmp_path / "repository")
    mutation.edit(root)
    done = subprocess.run(
        [sys.executable, "-m", "archdoc", "-C", str(root), "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == (1 if mutation.names else 0), done.stderr
    assert all(name in done.stdout for name in mutation.names)
    assert done.stdout.splitlines()[-1] == (
        "To mend: archdoc build" if mutation.names else "the published pages show the code as it is"
    )
