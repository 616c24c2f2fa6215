"""GitLab CI pipelines: https://docs.gitlab.com/ci/yaml/.

The file is ``.gitlab-ci.yml`` at the root of a repository; what it includes from the repository is one pipeline with
it, what a job triggers is a pipeline of its own.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.ci.commands import Shell
from archdoc.readers.ci.expressions import MAX_MATRIX, row_text
from archdoc.readers.ci.github import environment_edge
from archdoc.readers.ci.gitlabfiles import Pipeline, load
from archdoc.readers.files import Repository, normal
from archdoc.readers.secrets import is_credential_name, mask, mask_text
from archdoc.readers.yamldoor import plain

FILES = (".gitlab-ci.yml", ".gitlab-ci.yaml")
_KEYWORDS = frozenset(
    {
        *("default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache"),
        *("before_script", "after_script", "pages:deploy", "types"),
    }
)
_STAGES = ("build", "test", "deploy")
"""The stages of a pipeline that names none."""
_SOURCE = re.compile(r"\$CI_PIPELINE_SOURCE\s*==\s*[\"'](\w+)[\"']")
_EVENTS = {
    "merge_request_event": "merge_request",
    "merge_requests": "merge_request",
    "schedules": "schedule",
    "branches": "push",
    "tags": "tag",
    "pipelines": "pipeline",
    "triggers": "trigger",
    "pushes": "push",
}
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def read_gitlab(repo: Repository, catalog: Catalog, graph: Graph) -> None:
    """The pipeline of a repository, and the child pipelines that its jobs trigger."""
    waiting = [path for path in FILES if repo.is_listed(path)][:1]
    done: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        if path not in done:
            done.add(path)
            waiting += _pipeline(repo, catalog, load(repo, catalog, path, graph), graph)


def _pipeline(repo: Repository, catalog: Catalog, pipeline: Pipeline, graph: Graph) -> list[str]:
    """Add one pipeline; gives the paths of the child pipelines."""
    if not pipeline.keys:
        return []
    stages = [str(plain(s)) for s in pipeline.keys.get("stages") or _STAGES if isinstance(s, str)]
    header = pipeline.keys.get("workflow")
    name = str(plain(header.get("name") or "")) if isinstance(header, dict) else ""
    workflow = _workflow_node(pipeline.path, {"stages": list(stages)}, name)
    graph.add_node(workflow)
    for called, version, place in pipeline.outside:
        _external(graph, workflow.id, called, place, version)
    jobs = {
        key: pipeline.job(key)
        for key, value in pipeline.keys.items()
        if isinstance(value, dict) and key not in _KEYWORDS and not key.startswith(".")
    }
    jobs = {key: job for key, job in jobs.items() if job.keys() & {"script", "trigger", "run", "extends"}}
    for key, job in jobs.items():
        _job(repo, catalog, pipeline, workflow, key, job, graph)
    children: list[str] = []
    for key, job in jobs.items():
        _needs(pipeline, key, job, jobs, graph)
        children += _trigger(repo, pipeline, key, job, graph)
    _stage_order(pipeline, stages, jobs, graph)
    _events(pipeline, workflow, jobs, graph)
    return children


def _workflow_node(path: str, attributes: dict[str, Json], name: str = "") -> Node:
    return Node(
        f"ci:{path}",
        NodeKind.WORKFLOW,
        "gitlab",
        name or path.rsplit("/", 1)[-1],
        Source(path, 1),
        path,
        Category.CI,
        {"system": "GitLab CI", **attributes},
    )


def _job(
    repo: Repository, catalog: Catalog, pipeline: Pipeline, workflow: Node, name: str, job: dict[str, Any], graph: Graph
) -> None:
    place = pipeline.places[name]
    attributes: dict[str, Json] = {
        "system": "GitLab CI",
        "title": name,
        "stage": str(plain(job.get("stage") or "test")),
    }
    if image := _image(job, pipeline):
        attributes["image"] = image
    if job.get("when"):
        attributes["when"] = str(plain(job["when"]))
    if job.get("tags"):
        tags = plain(job["tags"])
        attributes["runs_on"] = [mask_text(str(t)) for t in (tags if isinstance(tags, list) else [tags])]
    if conditions := [mask_text(c) for c in _conditions(pipeline, job)]:
        attributes["rules"] = list(conditions)
    rows = _rows(job)
    if rows:
        attributes["matrix"] = [row_text(mask("", row)) for row in rows]
    variables = {**_variables(pipeline.keys.get("variables")), **_variables(job.get("variables"))}
    default = pipeline.keys.get("default")
    before = job.get("before_script") or (default.get("before_script") if isinstance(default, dict) else None)
    before = before or pipeline.keys.get("before_script")
    runs: list[Json] = []
    for row in rows or [{}]:
        shell = Shell(repo, catalog, place.path, "", {**variables, **row})
        for value in (before, job.get("script")):
            for text in pipeline.script(value):
                written = pipeline.place(text, place)
                shell.path = written.path
                shell.read(text, written.line)
        runs += [r for r in shell.runs if r not in runs]
    if runs:
        attributes["runs"] = runs
    node = Node(
        f"ci:{pipeline.path}:{name}",
        NodeKind.CI_JOB,
        "gitlab",
        name,
        place,
        f"{pipeline.path}:{name}",
        Category.CI,
        attributes,
    )
    graph.add_node(node)
    graph.add_edge(Edge(workflow.id, node.id, EdgeKind.CONTAINS, (place,)))
    given = job.get("environment")
    title = given.get("name") if isinstance(given, dict) else given
    if isinstance(title, str):
        where = pipeline.place(title, place)
        _environment(given, str(title), node, [{**variables, **row} for row in rows or [{}]], where, graph)


def _environment(
    given: Any, written: str, node: Node, variables: list[dict[str, str]], where: Source, graph: Graph
) -> None:
    attributes: dict[str, Json] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        if key in ("url", "on_stop", "action", "deployment_tier") and isinstance(value, str):
            attributes[str(key)] = str(mask("", plain(value)))
    for known in variables:
        name = _VARIABLE.sub(lambda m: known.get(m[1], m[0]), str(written))  # noqa: B023  # called at once
        provenance = Provenance.DECLARED if name == written else Provenance.DERIVED
        environment_edge(graph, node, name, where, provenance, attributes)


def _needs(pipeline: Pipeline, name: str, job: dict[str, Any], jobs: dict[str, Any], graph: Graph) -> None:
    needs = pipeline.referenced(job.get("needs"))
    place = pipeline.places[name]
    for item in needs if isinstance(needs, list) else ():
        inner = pipeline.referenced(item)
        for needed in inner if isinstance(inner, list) else [inner]:
            wanted = needed.get("job") if isinstance(needed, dict) else needed
            if not isinstance(wanted, str) or (isinstance(needed, dict) and needed.keys() & {"pipeline", "project"}):
                continue
            where = pipeline.place(wanted, place)
            if str(wanted) in jobs:
                target = f"ci:{pipeline.path}:{wanted}"
                graph.add_edge(Edge(f"ci:{pipeline.path}:{name}", target, EdgeKind.NEEDS, (where,)))
            elif not (isinstance(needed, dict) and needed.get("optional") is True) and not pipeline.outside:
                message = f"the job {name} needs {wanted}, which the pipeline does not have"
                graph.add_problem(Problem(Severity.WARNING, "CI002", message, where, "correct the name"))


def _stage_order(pipeline: Pipeline, stages: list[str], jobs: dict[str, Any], graph: Graph) -> None:
    """A job that does not say what it needs waits for the jobs of the stage before its own that has any.

    https://docs.gitlab.com/ci/yaml/#stages
    """
    by_stage: dict[str, list[str]] = {}
    for name, job in jobs.items():
        by_stage.setdefault(str(plain(job.get("stage") or "test")), []).append(name)
    order = [stage for stage in (".pre", *stages, ".post") if stage in by_stage]
    for before, stage in itertools.pairwise(dict.fromkeys(order)):
        for name in by_stage[stage]:
            for needed in by_stage[before] if jobs[name].get("needs") is None else ():
                source, target = f"ci:{pipeline.path}:{name}", f"ci:{pipeline.path}:{needed}"
                places = (pipeline.places[name], pipeline.places[needed])
                attributes: dict[str, Json] = {"stage": before}
                graph.add_edge(Edge(source, target, EdgeKind.NEEDS, places, Provenance.DERIVED, "", attributes))


def _trigger(repo: Repository, pipeline: Pipeline, name: str, job: dict[str, Any], graph: Graph) -> list[str]:
    """What a ``trigger`` starts: a file of the repository as a child pipeline, or another project's pipeline."""
    trigger = job.get("trigger")
    place = pipeline.places[name]
    source = f"ci:{pipeline.path}:{name}"
    if isinstance(trigger, str):
        _external(graph, source, str(trigger), place)
        return []
    if not isinstance(trigger, dict):
        return []
    if isinstance(trigger.get("project"), str):
        _external(graph, source, str(plain(trigger["project"])), place)
    children: list[str] = []
    include = trigger.get("include")
    for entry in include if isinstance(include, list) else [include]:
        local = entry.get("local") if isinstance(entry, dict) else entry
        if not isinstance(local, str) or (isinstance(entry, dict) and "project" in entry):
            continue
        path = normal(str(local).lstrip("/"))
        if repo.is_file(path):
            graph.add_node(_workflow_node(path, {}))
            where = pipeline.place(local, place)
            graph.add_edge(Edge(source, f"ci:{path}", EdgeKind.CALLS, (where,)))
            children.append(path)
    return children


def _external(graph: Graph, source: str, name: str, place: Source, version: str = "") -> None:
    shown = mask_text(name)
    node = Node(f"external:workflow:{shown}", NodeKind.EXTERNAL, "workflow", shown, place, category=Category.CI)
    graph.add_node(node)
    attributes: dict[str, Json] = {"ref": mask_text(version)} if version else {}
    graph.add_edge(Edge(source, node.id, EdgeKind.CALLS, (place,), attributes=attributes))


def _events(pipeline: Pipeline, workflow: Node, jobs: dict[str, Any], graph: Graph) -> None:
    """What starts the pipeline, as its rules and its jobs' rules say; a push, where a job has none.

    https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
    """
    header = pipeline.keys.get("workflow")
    found: dict[str, Source] = {}
    if not (isinstance(header, dict) and header.get("rules")) and pipeline.path in FILES:
        free = next((name for name, job in jobs.items() if not job.keys() & {"rules", "only", "except"}), None)
        if free is not None:
            found["push"] = pipeline.places[free]
    for name, rules in [("workflow", header if isinstance(header, dict) else {}), *jobs.items()]:
        place = pipeline.places.get(name, workflow.source)
        for condition in _conditions(pipeline, rules):
            for event in _events_of(condition):
                found.setdefault(event, place)
    for event, place in sorted(found.items()):
        trigger = Node(
            f"ci:{pipeline.path}:on:{event}",
            NodeKind.TRIGGER,
            event,
            event.replace("_", " "),
            Source(place.path, place.line),
            category=Category.CI,
            attributes={"event": event},
        )
        graph.add_node(trigger)
        graph.add_edge(Edge(trigger.id, workflow.id, EdgeKind.TRIGGERS, (trigger.source,)))


def _events_of(condition: str) -> list[str]:
    events = [_EVENTS.get(e, e) for e in _SOURCE.findall(condition)]
    if condition in _EVENTS or condition in ("web", "api", "chat", "external"):
        events.append(_EVENTS.get(condition, condition))
    if re.search(r"\$CI_COMMIT_TAG\b(?!\s*==\s*null)", condition) and "!$CI_COMMIT_TAG" not in condition:
        events.append("tag")
    if "$CI_MERGE_REQUEST" in condition:
        events.append("merge_request")
    if re.search(r"\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*(?:==|=~)", condition) and not events:
        events.append("push")
    return events


def _conditions(pipeline: Pipeline, job: dict[str, Any]) -> list[str]:
    """The conditions of ``rules`` (without those that say never) and of ``only``."""
    found: list[str] = []
    rules = pipeline.referenced(job.get("rules"))
    flat: list[Any] = []
    for rule in rules if isinstance(rules, list) else ():
        inner = pipeline.referenced(rule)
        flat += inner if isinstance(inner, list) else [inner]
    for rule in flat:
        if isinstance(rule, dict) and rule.get("if") is not None and str(plain(rule.get("when"))) != "never":
            found.append(str(plain(rule["if"])))
    only = job.get("only")
    refs = only.get("refs") if isinstance(only, dict) else only
    return found + [str(plain(r)) for r in (refs if isinstance(refs, list) else [refs] if refs else [])]


def _rows(job: dict[str, Any]) -> list[dict[str, str]]:
    parallel = job.get("parallel")
    matrix = parallel.get("matrix") if isinstance(parallel, dict) else None
    rows: list[dict[str, str]] = []
    for entry in matrix if isinstance(matrix, list) else ():
        if isinstance(entry, dict):
            axes = {str(k): [str(plain(i)) for i in (v if isinstance(v, list) else [v])] for k, v in entry.items()}
            made = itertools.islice(itertools.product(*axes.values()), MAX_MATRIX)
            rows += [dict(zip(axes, values, strict=True)) for values in made]
    return rows[:MAX_MATRIX]


def _variables(given: Any) -> dict[str, str]:
    """Literal variables; one may be a mapping with a value and a description."""
    found: dict[str, str] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        inner = value.get("value") if isinstance(value, dict) else value
        usable = isinstance(inner, str | int | float) and not isinstance(inner, bool)
        if usable and not is_credential_name(str(name)):
            found[str(name)] = str(plain(inner))
    for name, value in found.items():
        found[name] = _VARIABLE.sub(lambda m: found.get(m[1], m[0]), value)
    return found


def _image(job: dict[str, Any], pipeline: Pipeline) -> str:
    default = pipeline.keys.get("default")
    image = job.get("image") or (default.get("image") if isinstance(default, dict) else None)
    image = image or pipeline.keys.get("image")
    name = image.get("name") if isinstance(image, dict) else image
    return mask_text(str(plain(name))) if isinstance(name, str) else ""
