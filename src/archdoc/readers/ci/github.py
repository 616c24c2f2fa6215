"""GitHub Actions workflows.

https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions
"""

from __future__ import annotations

import itertools
import posixpath
from typing import Any

from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ci.commands import commands_of
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.yamldoor import Mapping, plain

DIRECTORY = ".github/workflows"
MAX_MATRIX = 32


def read_github(repo: Repository, graph: Graph) -> None:
    """Every workflow of a repository as nodes: workflow, triggers, jobs, environments."""
    for path in repo.in_directory(DIRECTORY):
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
            _workflow(path, content, graph)
        elif not parsed.problems:
            graph.add_problem(
                Problem(
                    Severity.ERROR, "CI001", "a workflow must be a mapping", Source(path, 1), "see the workflow syntax"
                )
            )


def _workflow(path: str, content: Mapping, graph: Graph) -> None:
    workflow = Node(
        f"ci:{path}",
        NodeKind.WORKFLOW,
        "github",
        str(plain(content.get("name") or posixpath.basename(path))),
        Source(path, 1),
        path,
        Category.CI,
        {"system": "GitHub Actions"},
    )
    graph.add_node(workflow)
    on = content.get("on", content.get(True))  # YAML 1.1 reads the key as true
    line = content.line_of("on") if "on" in content else content.line_of(True)
    for name, options, place in _triggers(on, path, line):
        attributes: dict[str, Json] = {"event": name}
        for key in ("branches", "paths", "tags", "cron"):
            if options.get(key):
                attributes[key] = plain(options[key])
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
        graph.add_edge(Edge(trigger.id, workflow.id, EdgeKind.TRIGGERS, (place,)))
    jobs = content.get("jobs")
    if not isinstance(jobs, Mapping):
        return
    defaults = _working_directory(content)
    for name, job in jobs.items():
        if isinstance(job, Mapping):
            _job(path, workflow, str(name), job, jobs.line_of(name), defaults, graph)
    for name, job in jobs.items():
        if isinstance(job, Mapping):
            _needs(path, str(name), job, graph)


def _triggers(on: Any, path: str, line: int) -> list[tuple[str, dict[str, Any], Source]]:
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


def _job(path: str, workflow: Node, name: str, job: Mapping, line: int, defaults: str, graph: Graph) -> None:
    source = Source(path, line, max(line, job.end_line))
    attributes: dict[str, Json] = {"system": "GitHub Actions", "title": str(plain(job.get("name") or name))}
    if (condition := job.get("if")) is not None:
        attributes["if"] = str(plain(condition))
    if matrix := _matrix(job):
        attributes["matrix"] = list(matrix)
    runs: list[Json] = []
    uses: list[Json] = []
    directory = _working_directory(job) or defaults
    for step in job.get("steps") or []:
        if not isinstance(step, Mapping):
            continue
        if isinstance(step.get("uses"), str):
            uses.append({"action": str(plain(step["uses"])), "line": step.line_of("uses")})
        if isinstance(step.get("run"), str):
            here = str(plain(step.get("working-directory") or directory))
            runs += commands_of(step["run"], yamldoor.line_of(step["run"], step.line), here)
    if runs:
        attributes["runs"] = runs
    if uses:
        attributes["uses"] = uses
    node = Node(f"ci:{path}:{name}", NodeKind.CI_JOB, "github", name, source, f"{path}:{name}", Category.CI, attributes)
    graph.add_node(node)
    graph.add_edge(Edge(workflow.id, node.id, EdgeKind.CONTAINS, (source,)))
    _environment(path, job, node, graph)
    if isinstance(job.get("uses"), str):
        _reusable(path, job, node, graph)


def _environment(path: str, job: Mapping, node: Node, graph: Graph) -> None:
    environment = job.get("environment")
    name = environment.get("name") if isinstance(environment, dict) else environment
    if not isinstance(name, str):
        return
    place = Source(path, job.line_of("environment"))
    target = Node(f"ci:environment:{name}", NodeKind.ENVIRONMENT, "environment", str(name), place, category=Category.CI)
    graph.add_node(target)
    graph.add_edge(Edge(node.id, target.id, EdgeKind.DEPLOYS_TO, (place,)))


def _reusable(path: str, job: Mapping, node: Node, graph: Graph) -> None:
    """A job that calls another workflow, here or elsewhere."""
    used = str(plain(job["uses"]))
    place = Source(path, job.line_of("uses"))
    if used.startswith("./"):
        target_path = posixpath.normpath(used.split("@", maxsplit=1)[0])
        target = Node(
            f"ci:{target_path}",
            NodeKind.WORKFLOW,
            "github",
            posixpath.basename(target_path),
            Source(target_path, 1),
            target_path,
            Category.CI,
        )
    else:
        target = Node(
            f"external:workflow:{used.split('@', maxsplit=1)[0]}",
            NodeKind.EXTERNAL,
            "workflow",
            used,
            place,
            category=Category.CI,
        )
    graph.add_node(target)
    graph.add_edge(Edge(node.id, target.id, EdgeKind.CALLS, (place,)))


def _needs(path: str, name: str, job: Mapping, graph: Graph) -> None:
    needs = job.get("needs")
    for needed in needs if isinstance(needs, list) else [needs]:
        target = f"ci:{path}:{plain(needed)}"
        if isinstance(needed, str) and target in graph:
            place = Source(path, yamldoor.line_of(needed, job.line_of("needs")))
            graph.add_edge(Edge(f"ci:{path}:{name}", target, EdgeKind.NEEDS, (place,)))
        elif isinstance(needed, str):
            message = f"the job {name} needs {needed}, which the workflow does not have"
            graph.add_problem(
                Problem(Severity.WARNING, "CI002", message, Source(path, job.line_of("needs")), "correct the name")
            )


def _working_directory(content: Mapping) -> str:
    defaults = content.get("defaults")
    run = defaults.get("run") if isinstance(defaults, dict) else None
    directory = run.get("working-directory") if isinstance(run, dict) else None
    return str(plain(directory)) if isinstance(directory, str) else ""


def _matrix(job: Mapping) -> list[str]:
    """The combinations of a literal matrix, as text."""
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict):
        return []
    axes = [
        [f"{key}={plain(v)}" for v in values]
        for key, values in matrix.items()
        if isinstance(values, list) and key not in ("include", "exclude")
    ]
    return [", ".join(row) for row in itertools.islice(itertools.product(*axes), MAX_MATRIX)] if axes else []
