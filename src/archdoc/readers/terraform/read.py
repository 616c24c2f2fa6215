"""Terraform configurations as a graph.

Nodes have ``attributes``:

- resource, data_source: ``values`` (arguments as evaluated; unknown parts are left out of objects and null in
  lists; nested blocks are lists of objects), ``unknown`` (path → reason), ``sensitive`` (paths that are not
  shown), ``disabled`` and ``reason`` for a block without instances, ``unknown_keys`` for one whose instances are
  not known, ``provider`` (the id of its provider's node), ``provider_title``, ``environment``.
- variable, local, output: ``value`` when known, else ``unknown`` with the reason (and ``partial`` with the known
  parts); ``sensitive: true`` for what is not shown.
- module: ``source``, ``version``, ``external`` (not in the repository, with ``inputs``), ``disabled``.
- all of these: ``told_by`` (path → "plan" or "state") for what one of the two has filled in, and ``confirmed_by``.
- root: ``files``, ``backend``, ``required_providers``, ``purpose`` ("example" or "test"), ``environment``.

Edges: contains, references (``attribute`` fed, ``reads``), depends_on, calls.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from archdoc.catalog import Catalog
from archdoc.config import Config, EnvironmentConfig, RootConfig
from archdoc.model.document import Document
from archdoc.model.facts import Edge, EdgeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.collector import collector_paused
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading
from archdoc.readers.terraform.addresses import keys_of
from archdoc.readers.terraform.cache import open_cache
from archdoc.readers.terraform.checks import check
from archdoc.readers.terraform.emit import Emitter
from archdoc.readers.terraform.errors import Budget, BudgetError
from archdoc.readers.terraform.functions import FunctionContext
from archdoc.readers.terraform.given import Given
from archdoc.readers.terraform.givenfiles import given_by_root
from archdoc.readers.terraform.inputs import root_inputs
from archdoc.readers.terraform.keyplaces import add_key_places
from archdoc.readers.terraform.lazy import SELF_DEPENDENT
from archdoc.readers.terraform.library import ModuleLibrary, purpose_of, root_directories
from archdoc.readers.terraform.loading import parse_many
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.providers import add_providers
from archdoc.readers.terraform.remote_state import StateRoot, States
from archdoc.readers.terraform.rootsettings import root_settings
from archdoc.readers.terraform.rounds import waiting_for_itself
from archdoc.readers.terraform.rules import REMOTE_STATE
from archdoc.readers.terraform.settings import Settings
from archdoc.readers.terraform.source import SUFFIXES, ModuleSource
from archdoc.readers.terraform.told import contradictions, told_values, told_variables, with_origin
from archdoc.readers.terraform.values import Value
from archdoc.readers.terraform.wiring import Wiring

_STACK = 20_000
"""Python frames that a deep chain of modules and locals may need."""


def read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    """Every root module of a repository, in each of its environments."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _STACK))
    try:
        with collector_paused():
            return _read(repo, config, catalog)
    finally:
        sys.setrecursionlimit(before)


def _read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    cache = open_cache(repo.root, config.cache)
    library = ModuleLibrary(repo, parse_many(repo, repo.with_suffix(*SUFFIXES), cache))
    graph = Graph()
    documents: list[Document] = []
    named = {d.rstrip("/") or ".": r for d, r in config.terraform.roots.items()}
    found = [] if config.terraform.only_named else root_directories(repo, library)
    places: dict[tuple[str, str], tuple[RootConfig, EnvironmentConfig]] = {}
    for directory in sorted({*found, *named}):
        if library.load(directory) is None:
            message = f"there is no Terraform configuration in {directory}"
            graph.add_problem(
                Problem(Severity.ERROR, "TF040", message, Source("archdoc.toml", 1), "correct [terraform.roots]")
            )
            continue
        options = named.get(directory, RootConfig())
        environments = options.environments or {"": EnvironmentConfig(workspace=options.workspace)}
        places.update({(directory, name): (options, chosen) for name, chosen in environments.items()})
    told, problems = given_by_root(repo, config.given, places, library)
    for problem in problems:
        graph.add_problem(problem)
    states = _states(repo, library, {} if REMOTE_STATE in config.rules_off else places, told)
    for (directory, environment), (options, chosen) in sorted(places.items()):
        given = told.get((directory, environment), ())
        documents += _read_root(repo, catalog, library, graph, directory, environment, options, chosen, given, states)
    states.join(graph)
    for problem in library.problems():
        graph.add_problem(problem)
    return Reading(graph, tuple(documents))


def _read_root(
    repo: Repository,
    catalog: Catalog,
    library: ModuleLibrary,
    graph: Graph,
    directory: str,
    environment: str,
    options: RootConfig,
    chosen: EnvironmentConfig,
    given: Sequence[Given],
    states: States,
) -> list[Document]:
    source = library.load(directory)
    assert source is not None
    inputs, problems = root_inputs(repo, directory, options, chosen)
    read = partial(_evaluated, repo, catalog, library, source, environment, chosen.workspace, states)
    own, documents = read(inputs)
    if given:
        static = own
        variables = {n: partial(_as_given, v) for n, v in told_variables(given, source, inputs).items()}
        own, documents = read({**variables, **inputs}, told_values(given))
        with_origin(own, static, given)
        for each in given:
            problems += contradictions(static, each, source.place)
    graph.update(own)
    for problem in problems:
        graph.add_problem(problem)
    return documents


def _states(
    repo: Repository,
    library: ModuleLibrary,
    places: Mapping[tuple[str, str], tuple[RootConfig, EnvironmentConfig]],
    told: Mapping[tuple[str, str], Sequence[Given]],
) -> States:
    """The states of all roots, each evaluated only when another root reads it."""

    def opened(root: StateRoot) -> Module:
        source = library.load(root.directory)
        assert source is not None
        inputs, _ = root_inputs(repo, root.directory, *places[root.directory, root.environment])
        given = told.get((root.directory, root.environment), ())
        variables = {n: partial(_as_given, v) for n, v in told_variables(given, source, inputs).items()}
        return _module(
            repo, library, source, root.environment, root.workspace, states, {**variables, **inputs}, told_values(given)
        )

    roots = []
    for (directory, environment), (_, chosen) in sorted(places.items()):
        source = library.load(directory)
        backend = root_settings(source).get("backend") if source is not None else None
        kept = backend if isinstance(backend, dict) else {"type": "local"}
        roots.append(StateRoot(directory, environment, chosen.workspace, kept))
    states = States(tuple(roots), opened)
    return states


def _as_given(value: Value) -> Value:
    return value


def _module(
    repo: Repository,
    library: ModuleLibrary,
    source: ModuleSource,
    environment: str,
    workspace: str,
    states: States,
    inputs: Mapping[str, Callable[[], Value]],
    told: Mapping[str, Mapping[str, Value]],
) -> Module:
    """A root module, of which nothing is evaluated yet."""
    directory = source.directory
    prefix = f"tf:{directory}@{environment}" if environment else f"tf:{directory}"
    state_of = partial(states.told, directory, environment)
    settings = Settings(directory, prefix, library, workspace, told=told, told_keys=keys_of(told), state_of=state_of)
    return Module(source, settings, Budget(), FunctionContext(repo, directory), inputs=inputs)


def _evaluated(
    repo: Repository,
    catalog: Catalog,
    library: ModuleLibrary,
    source: ModuleSource,
    environment: str,
    workspace: str,
    states: States,
    inputs: Mapping[str, Callable[[], Value]],
    told: Mapping[str, Mapping[str, Value]] = MappingProxyType({}),
) -> tuple[Graph, list[Document]]:
    """The graph of one root, and the texts that it puts on machines."""
    directory = source.directory
    root = _module(repo, library, source, environment, workspace, states, inputs, told)
    settings, prefix = root.settings, root.settings.prefix
    own = Graph()
    rounds: list[Problem] = []
    emitter = Emitter(own, environment, catalog)
    try:
        emitter.emit(root)
        for module in root.descendants():
            check(module)
        add_providers(own, root, catalog)
        wiring = Wiring(own, emitter.sources)
        for fed in emitter.fed:
            wiring.connect(fed)
        add_key_places(own, root)
        rounds = [*wiring.own_rounds.values(), *waiting_for_itself(own)]
    except (BudgetError, RecursionError) as error:
        message = f"the root module {directory} could not be evaluated to its end: {error or 'nested too deeply'}"
        own.add_problem(Problem(Severity.ERROR, "TF050", message, source.place, "exclude it, or make it smaller"))
    _add_calls(own)
    if purpose := purpose_of(directory):
        node = own.node(f"{prefix}:")
        own.replace_node(replace(node, attributes={**node.attributes, "purpose": purpose}))
    known = list(settings.all_problems(root.context.files_read))
    for problem in (*(r for r in rounds if not any(r.message in p.message for p in known)), *known):
        if not (rounds and problem.message.endswith(SELF_DEPENDENT)):  # the round says it better
            own.add_problem(problem)
    return own, emitter.documents


def _add_calls(graph: Graph) -> None:
    """``calls`` from the module or root that a call stands in, next to ``contains``."""
    for edge in list(graph.edges(EdgeKind.CONTAINS)):
        if graph.node(edge.target).kind == "module":
            graph.add_edge(Edge(edge.source, edge.target, EdgeKind.CALLS, edge.evidence))
