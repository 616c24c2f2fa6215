"""Whole configurations that are put to Terraform's core and to archdoc (cases/configurations/), and what each says.

A file of cases is text: ``=== name`` begins a case, ``-- path --`` a file of it. Where the configuration lies below
the directory ``live/``, that is the root module.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oracle

from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.model.facts import NodeKind
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem
from archdoc.readers import terraform
from archdoc.readers.files import Repository
from archdoc.readers.terraform.errors import Budget
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.inputs import root_inputs
from archdoc.readers.terraform.library import ModuleLibrary
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.settings import Settings
from archdoc.readers.terraform.values import LazyObject, Value

Files = dict[str, str]

EXCEPTIONS: dict[str, str] = {
    "built-in provider functions are their own": "functions of providers are left unknown",
    "a remote state of a local file": "state is not read: it may be of another day than the code",
}
"""Configurations on which archdoc and Terraform may differ, each with the reason."""


def load(directory: Path = Path(__file__).parent / "cases/configurations") -> dict[str, Files]:
    """Every case by its name."""
    cases: dict[str, Files] = {}
    for path in sorted(directory.glob("*.txtar")):
        for part in ("\n" + path.read_text(encoding="utf-8")).split("\n=== ")[1:]:
            name, _, text = part.partition("\n")
            assert name not in cases, f"two cases are called {name!r}"
            cases[name] = {}
            for each in ("\n" + text).split("\n-- ")[1:]:
                file, _, content = each.partition(" --\n")
                cases[name][file] = content.rstrip("\n") + "\n"
    return cases


def root_of(files: Files) -> str:
    """The directory of the root module of a case."""
    return "live" if any(f.startswith("live/") for f in files) else "."


@dataclass(frozen=True)
class Outcome:
    """What a configuration comes to: an error, or outputs (with their types), instances, and what is sensitive."""

    failed: bool
    outputs: Mapping[str, oracle.Answer] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    """``input`` and ``triggers_replace`` by address."""
    sensitive: frozenset[str] = frozenset()
    """Outputs that are sensitive, and paths below resources that are."""
    why: tuple[str, ...] = field(default=(), compare=False)
    places: frozenset[str] = field(default=frozenset(), compare=False)
    """Where it failed: "path:line"; empty where Terraform does not say."""


_ARGUMENTS = ("input", "triggers_replace")


def planned(files: Files, directory: Path) -> Outcome:
    """What Terraform says."""
    write(files, directory)
    made = oracle.plan_directory(directory / root_of(files))
    if made.errors:
        places = frozenset(
            f"{posixpath.normpath(posixpath.join(root_of(files), e.file))}:{e.line}" for e in made.errors if e.file
        )
        return Outcome(True, why=tuple(map(str, made.errors)), places=places)
    sensitive = {n for n, o in made.raw.get("planned_values", {}).get("outputs", {}).items() if o["sensitive"]}
    for change in made.raw.get("resource_changes", ()):
        hidden = change["change"].get("after_sensitive") or {}
        sensitive |= {f"{change['address']}.{p}" for n in _ARGUMENTS for p in _sensitive_paths(n, hidden.get(n))}
    resources = {
        address: {n: _plain(values.get(n)) for n in _ARGUMENTS}
        for address, values in made.resources.items()
        if not address.startswith("data.") and ".data." not in address
    }
    return Outcome(False, made.outputs, resources, frozenset(sensitive))


def evaluated(files: Files, directory: Path) -> Outcome:
    """What archdoc says."""
    write(files, directory)
    graph, root = graph_of(directory), module_of(directory, root_of(files))
    problems = graph.problems()
    if problems:
        places = frozenset(f"{p.source.path}:{p.source.line}" for p in problems)
        return Outcome(True, why=tuple(f"{p.source}: {p.message}" for p in problems), places=places)
    outputs = {name: root.output(name) for name in root.source.outputs}
    sensitive = {n for n in outputs if graph.node(root.node_id(f"output.{n}")).attributes.get("sensitive")}
    resources: dict[str, Any] = {}
    for module in root.descendants():
        for name in module.source.resources:
            for instance in module.expanded(name).instances:
                if name.startswith("data."):
                    continue
                values = {n: instance.thunks[n]() for n in _ARGUMENTS if n in instance.thunks}
                resources[instance.address] = {
                    n: oracle.answer(values[n]).value if n in values else None for n in _ARGUMENTS
                }
                for name_, value in values.items():
                    sensitive |= {f"{instance.address}.{p}" for p in _marked_paths(name_, value)}
    shown = {n.address for n in graph.nodes(NodeKind.RESOURCE) if not n.attributes.get("disabled")}
    assert shown == set(resources)
    answers = {n: oracle.answer(_without_secrecy(v)) for n, v in outputs.items()}
    return Outcome(False, answers, resources, frozenset(sensitive))


def graph_of(directory: Path) -> Graph:
    """The graph of a configuration's Terraform."""
    return terraform.read(Repository(directory), Config(cache=False), load_catalog()).graph


def problems_of(directory: Path) -> list[Problem]:
    """What could not be worked out."""
    return list(graph_of(directory).problems())


def module_of(directory: Path, root: str = ".") -> Module:
    """The evaluated root module."""
    repo = Repository(directory)
    library = ModuleLibrary(repo)
    source = library.load(root)
    assert source is not None
    inputs, _ = root_inputs(repo, root)
    settings = Settings(root, f"tf:{root}", library)
    return Module(source, settings, Budget(), FunctionContext(repo, root), inputs=inputs)


def write(files: Mapping[str, str], directory: Path) -> None:
    """Put the files of a case into a directory."""
    for path, text in files.items():
        place = directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _plain(value: Any) -> Any:
    """A planned value in which numbers compare as numbers (see ``oracle``)."""
    return value


def _sensitive_paths(path: str, hidden: Any) -> list[str]:
    if hidden is True:
        return [path]
    if isinstance(hidden, dict):
        return [p for k, v in hidden.items() for p in _sensitive_paths(f"{path}.{k}", v)]
    if isinstance(hidden, list):
        return [p for i, v in enumerate(hidden) for p in _sensitive_paths(f"{path}[{i}]", v)]
    return []


def _marked_paths(path: str, value: Value) -> list[str]:
    if value.sensitive:
        return [path]
    raw = value.raw
    if isinstance(raw, tuple):
        return [p for i, v in enumerate(raw) for p in _marked_paths(f"{path}[{i}]", v)]
    if isinstance(raw, Mapping) and not isinstance(raw, LazyObject):
        return [p for k, v in raw.items() for p in _marked_paths(f"{path}.{k}", v)]
    return []


def _without_secrecy(value: Value) -> Value:
    return value
