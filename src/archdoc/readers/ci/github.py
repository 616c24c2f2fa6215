"""GitHub Actions workflows, and those of Gitea and Forgejo, which have the same syntax.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ci.expressions import flattened, matrix_rows, possible, row_text, substituted
from archdoc.readers.ci.rules import POSSIBLE_VALUES
from archdoc.readers.ci.steps import Steps
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.secrets import is_credential_name, mask, mask_text
from archdoc.readers.yamldoor import Mapping, plain

SYSTEMS = {
    ".github/workflows": "GitHub Actions",
    ".gitea/workflows": "Gitea Actions",
    ".forgejo/workflows": "Forgejo Actions",
}
"""Where the workflows of each system lie."""
_FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore", "tags", "tags-ignore", "types", "workflows", "cron")


@dataclass(slots=True)
class _Workflow:
    """One workflow file, and what is known of its inputs."""

    path: str
    system: str
    content: Mapping
    node: Node
    own_name: str = ""
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def jobs(self) -> Iterator[tuple[str, Mapping, int]]:
        """Name, content and line of each job."""
        jobs = self.content.get("jobs")
        if isinstance(jobs, Mapping):
            for name, job in jobs.items():
                if isinstance(job, Mapping):
                    yield str(name), job, jobs.line_of(name)

    def events(self) -> tuple[Any, int]:
        """The value of ``on``, which YAML 1.1 reads as true, and its line."""
        key: Any = "on" if "on" in self.content else True
        return self.content.get(key), self.content.line_of(key)


def read_github(repo: Repository, catalog: Catalog, graph: Graph, own_name: str = "") -> None:
    """Every workflow of a repository as nodes: workflow, triggers, jobs, environments.

    ``own_name`` is what the repository is called on the code host (``owner/name``).
    """
    workflows = {w.path: w for w in _load(repo, graph, own_name)}
    for workflow in workflows.values():
        graph.add_node(workflow.node)
        workflow.choices = _input_choices(workflow, workflows)
    for workflow in workflows.values():
        _triggers(workflow, workflows, graph)
        for name, job, line in workflow.jobs():
            _job(repo, catalog, workflow, name, job, line, graph)
        for name, job, _ in workflow.jobs():
            _needs(workflow.path, name, job, graph)
            if isinstance(job.get("uses"), str):
                _reusable(workflow, workflows, name, job, graph)
                _runs_of_called(repo, catalog, workflow, workflows, name, job, graph)


def _load(repo: Repository, graph: Graph, own_name: str) -> Iterator[_Workflow]:
    for directory, system in SYSTEMS.items():
        for path in repo.in_directory(directory):
            if not path.endswith((".yml", ".yaml")):
                continue
            try:
                parsed = yamldoor.parse(repo.read_text(path), path)
            except UnreadableError as error:
                graph.add_problem(error.problem)
                continue
            for problem in parsed.problems:
                graph.add_problem(problem)
            content = parsed.first
            if isinstance(content, Mapping):
                name = str(plain(content.get("name") or posixpath.basename(path)))
                yield _Workflow(path, system, content, _workflow_node(path, name, system), own_name)
            elif not parsed.problems:
                _problem(graph, Severity.ERROR, "CI001", "a workflow must be a mapping", path, 1, "see its syntax")


def _workflow_node(path: str, name: str, system: str) -> Node:
    kind = "github" if system.startswith("GitHub") else system.partition(" ")[0].lower()
    return Node(f"ci:{path}", NodeKind.WORKFLOW, kind, name, Source(path, 1), path, Category.CI, {"system": system})


def _input_choices(workflow: _Workflow, workflows: dict[str, _Workflow]) -> dict[str, tuple[str, ...]]:
    """The values that the files name for each input: options and default, and what local callers pass."""
    found: dict[str, dict[str, None]] = {}
    events, _ = workflow.events()
    for event in ("workflow_dispatch", "workflow_call"):
        options = events.get(event) if isinstance(events, dict) else None
        inputs = options.get("inputs") if isinstance(options, dict) else None
        for name, given in inputs.items() if isinstance(inputs, dict) else ():
            if isinstance(given, dict):
                values = [*(plain(given.get("options")) or []), plain(given.get("default"))]
                found.setdefault(str(name), {}).update(dict.fromkeys(str(v) for v in values if v is not None))
    for caller in workflows.values():
        for _, job, _ in caller.jobs():
            given = job.get("with")
            if _local(job.get("uses"), caller.own_name) == workflow.path and isinstance(given, dict):
                rows = _rows(job) or [{}]
                for name, value in given.items():
                    texts = [substituted(str(plain(value)), flattened("matrix", row)) for row in rows]
                    found.setdefault(str(name), {}).update(dict.fromkeys(t for t in texts if "${{" not in t))
    both = {f"{prefix}.{n}": tuple(v) for n, v in found.items() for prefix in ("inputs", "github.event.inputs")}
    return {name: values for name, values in both.items() if values}


def _triggers(workflow: _Workflow, workflows: dict[str, _Workflow], graph: Graph) -> None:
    events, line = workflow.events()
    path = workflow.path
    for name, options, place in _events(events, path, line):
        attributes: dict[str, Json] = {"event": name}
        for key in _FILTERS:
            if options.get(key):
                value = plain(options[key])
                attributes[key] = value if isinstance(value, list) else [value]
        if isinstance(options.get("inputs"), dict):
            attributes["inputs"] = [str(k) for k in options["inputs"]]
        trigger = Node(
            f"ci:{path}:on:{name}",
            NodeKind.TRIGGER,
            name,
            name.replace("_", " "),
            place,
            category=Category.CI,
            attributes=attributes,
        )
        graph.add_node(trigger)
        graph.add_edge(Edge(trigger.id, workflow.node.id, EdgeKind.TRIGGERS, (place,)))
        if name != "workflow_run":
            continue
        for other in workflows.values():
            if other.system == workflow.system and other.node.name in _texts(options.get("workflows")):
                graph.add_edge(Edge(other.node.id, trigger.id, EdgeKind.TRIGGERS, (place,)))


def _events(on: Any, path: str, line: int) -> list[tuple[str, dict[str, Any], Source]]:
    if isinstance(on, str):
        return [(str(on), {}, Source(path, line))]
    if isinstance(on, list):
        return [(str(plain(name)), {}, Source(path, yamldoor.line_of(name, line))) for name in on]
    if not isinstance(on, Mapping):
        return []
    found = []
    for name, options in on.items():
        given = options if isinstance(options, dict) else {}
        if isinstance(options, list):
            given = {"cron": [o.get("cron") for o in options if isinstance(o, dict)]}
        found.append((str(name), given, Source(path, on.line_of(name))))
    return found


_CALCULATED = re.compile(r"\$\{\{(?!\s*[\w.-]+\s*\}\})")


def _title(job: Mapping, name: str) -> str:
    """What a job is called; by its key where its name is calculated for each run."""
    written = str(plain(job.get("name") or name))
    return name if _CALCULATED.search(written) else written


def _job(
    repo: Repository, catalog: Catalog, workflow: _Workflow, name: str, job: Mapping, line: int, graph: Graph
) -> None:
    path = workflow.path
    source = Source(path, line, max(line, job.end_line))
    attributes: dict[str, Json] = {"system": workflow.system, "title": _title(job, name)}
    if (condition := job.get("if")) is not None:
        attributes["if"] = mask_text(str(plain(condition)))
    if machines := _machines(job.get("runs-on")):
        attributes["runs_on"] = machines
    rows = _rows(job)
    if rows:
        attributes["matrix"] = [row_text(mask("", row)) for row in rows]
    runs, uses = _runs(repo, catalog, workflow, job, {})
    if runs:
        attributes["runs"] = runs
    if uses:
        attributes["uses"] = uses
    kind = workflow.node.type
    node = Node(f"ci:{path}:{name}", NodeKind.CI_JOB, kind, name, source, f"{path}:{name}", Category.CI, attributes)
    graph.add_node(node)
    graph.add_edge(Edge(workflow.node.id, node.id, EdgeKind.CONTAINS, (source,)))
    _environments(workflow, job, node, rows, graph)


def _runs(
    repo: Repository, catalog: Catalog, workflow: _Workflow, job: Mapping, inputs: dict[str, str]
) -> tuple[list[Json], list[Json]]:
    """The commands that the steps of a job run and the actions that they use, with what the inputs are known to be."""
    scope = {**_environment_variables(workflow.content.get("env"), inputs), **_single(workflow.choices), **inputs}
    directory = _working_directory(job) or _working_directory(workflow.content)
    runs: list[Json] = []
    uses: list[Json] = []
    for row in _rows(job) or [{}]:
        names = {**scope, **flattened("matrix", row)}
        names |= _environment_variables(job.get("env"), names)
        steps = Steps(repo, catalog, workflow.path, names)
        steps.read(job.get("steps"), directory)
        for run in steps.runs:
            if run not in runs:
                runs.append(run)
        uses += [u for u in steps.uses if u not in uses]
    return runs, uses


def _runs_of_called(
    repo: Repository,
    catalog: Catalog,
    caller: _Workflow,
    workflows: dict[str, _Workflow],
    name: str,
    job: Mapping,
    graph: Graph,
) -> None:
    """What a job runs by calling a workflow with its own inputs: the commands that are others for each caller."""
    called = workflows.get(_local(job.get("uses"), caller.own_name))
    given = job.get("with")
    node = graph.find(f"ci:{caller.path}:{name}")
    if called is None or node is None or not isinstance(given, dict):
        return
    jobs = [(inner, _runs(repo, catalog, called, inner, {})[0]) for _, inner, _ in called.jobs()]
    found: list[Json] = []
    for row in _rows(job) or [{}]:
        names = {**_single(caller.choices), **flattened("matrix", row)}
        passed = {f"inputs.{n}": substituted(str(plain(value)), names) for n, value in given.items()}
        inputs = {**_defaults(called), **{n: text for n, text in passed.items() if "${{" not in text}}
        for inner, always in jobs:
            runs, _ = _runs(repo, catalog, called, inner, inputs)
            found += [r for r in runs if r not in always and r not in found]
    if found:
        marked: list[Json] = [{**r, "through": [called.path]} for r in found if isinstance(r, dict)]
        graph.replace_node(replace(node, attributes={**node.attributes, "runs": marked}))


def _defaults(workflow: _Workflow) -> dict[str, str]:
    """What the inputs of a workflow are where its caller does not say it."""
    events, _ = workflow.events()
    options = events.get("workflow_call") if isinstance(events, dict) else None
    inputs = options.get("inputs") if isinstance(options, dict) else None
    told = inputs.items() if isinstance(inputs, dict) else ()
    return {
        f"inputs.{name}": str(plain(given["default"]))
        for name, given in told
        if isinstance(given, dict) and given.get("default") is not None
    }


def _machines(given: Any) -> list[Json]:
    """The labels of the runners that take a job, and their group."""
    if isinstance(given, dict):
        return [*_texts(given.get("group")), *_texts(given.get("labels"))]
    return [*_texts(given)]


def _rows(job: Mapping) -> list[dict[str, Any]]:
    strategy = job.get("strategy")
    return matrix_rows(strategy.get("matrix")) if isinstance(strategy, dict) else []


def _environments(workflow: _Workflow, job: Mapping, node: Node, rows: list[dict[str, Any]], graph: Graph) -> None:
    """What a job deploys to: a name, ``{name, url}``, or an expression over the matrix and the inputs."""
    given = job.get("environment")
    written = given.get("name") if isinstance(given, dict) else given
    if not isinstance(written, str):
        return
    text = str(plain(written))
    place = Source(workflow.path, job.line_of("environment"))
    from_rows = list(dict.fromkeys(substituted(text, flattened("matrix", row)) for row in rows or [{}]))
    for name in from_rows:
        values = possible(name, workflow.choices)
        if not values:
            message = f"the environment {name} is known at run time alone"
            _problem(
                graph, Severity.NOTE, "CI004", message, workflow.path, place.line, "no environment is drawn for it"
            )
        guessed = values != [name]
        provenance = Provenance.INFERRED if guessed else (Provenance.DERIVED if name != text else Provenance.DECLARED)
        for value in values:
            attributes: dict[str, Json] = {}
            if isinstance(given, dict) and isinstance(given.get("url"), str) and "${{" not in given["url"]:
                attributes["url"] = str(mask("url", plain(given["url"])))
            environment_edge(graph, node, value, place, provenance, attributes, POSSIBLE_VALUES if guessed else "")


def environment_edge(
    graph: Graph,
    job: Node,
    name: str,
    place: Source,
    provenance: Provenance = Provenance.DECLARED,
    attributes: dict[str, Json] | None = None,
    rule: str = "",
) -> None:
    """A job deploys to an environment, which is one node for the whole repository."""
    node_id = f"ci:environment:{name}"
    graph.add_node(Node(node_id, NodeKind.ENVIRONMENT, "environment", name, place, category=Category.CI))
    graph.add_edge(Edge(job.id, node_id, EdgeKind.DEPLOYS_TO, (place,), provenance, rule, attributes or {}))


def _local(uses: object, own_name: str) -> str:
    """The path of a workflow that lies in the same repository, or "": ``./path``, or the repository's own name before
    the path. A ref behind it may be older than what is here; what is here is what is drawn."""
    path = str(uses).partition("@")[0] if isinstance(uses, str) else ""
    if own_name and path.lower().startswith(f"{own_name.lower()}/"):
        return normal(path[len(own_name) + 1 :])
    return normal(path) if path.startswith("./") else ""


def _reusable(workflow: _Workflow, workflows: dict[str, _Workflow], name: str, job: Mapping, graph: Graph) -> None:
    """A job that calls another workflow, here or elsewhere."""
    used = str(plain(job["uses"]))
    place = Source(workflow.path, job.line_of("uses"))
    source = f"ci:{workflow.path}:{name}"
    local = _local(used, workflow.own_name)
    if local in workflows or used.startswith("./"):
        if local not in workflows:
            message = f"the job {name} calls {local}, which is not in the repository"
            _problem(graph, Severity.WARNING, "CI003", message, workflow.path, place.line, "correct the path")
            return
        target = workflows[local].node
    else:
        called = used.partition("@")[0]
        target = Node(f"external:workflow:{called}", NodeKind.EXTERNAL, "workflow", used, place, category=Category.CI)
        graph.add_node(target)
    graph.add_edge(Edge(source, target.id, EdgeKind.CALLS, (place,)))


def _needs(path: str, name: str, job: Mapping, graph: Graph) -> None:
    needs = job.get("needs")
    for needed in needs if isinstance(needs, list) else [needs]:
        if not isinstance(needed, str):
            continue
        target = f"ci:{path}:{plain(needed)}"
        place = Source(path, yamldoor.line_of(needed, job.line_of("needs")))
        if target in graph:
            graph.add_edge(Edge(f"ci:{path}:{name}", target, EdgeKind.NEEDS, (place,)))
        else:
            message = f"the job {name} needs {needed}, which the workflow does not have"
            _problem(graph, Severity.WARNING, "CI002", message, path, place.line, "correct the name")


def _problem(graph: Graph, severity: Severity, code: str, message: str, path: str, line: int, hint: str) -> None:
    graph.add_problem(Problem(severity, code, message, Source(path, line), hint))


def _working_directory(content: Mapping) -> str:
    defaults = content.get("defaults")
    run = defaults.get("run") if isinstance(defaults, dict) else None
    directory = run.get("working-directory") if isinstance(run, dict) else None
    return str(plain(directory)) if isinstance(directory, str) else ""


def _environment_variables(env: Any, names: dict[str, str]) -> dict[str, str]:
    """The literal variables of an ``env``, by the names that expressions use."""
    if not isinstance(env, dict):
        return {}
    given = flattened("env", plain(env))
    return {k: substituted(v, names) for k, v in given.items() if not is_credential_name(k.removeprefix("env."))}


def _single(choices: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: values[0] for name, values in choices.items() if len(values) == 1}


def _texts(value: Any) -> list[str]:
    return [str(plain(v)) for v in value] if isinstance(value, list) else [str(plain(value))] if value else []
