"""Travis CI: https://docs.travis-ci.com/user/build-stages/ and https://docs.travis-ci.com/user/job-lifecycle/.

A file is one workflow. Each entry of ``jobs.include`` is a job, which has what the file says at its top where it says
nothing itself; without entries the file is one job, with a row for each ``env``. Jobs of a stage wait for those of the
stage before. What starts a build is set on Travis' own site, unless ``branches`` says it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ci.commands import Shell
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.secrets import is_credential_name, mask_text
from archdoc.readers.yamldoor import Mapping, plain

PATH = ".travis.yml"
_PHASES = (
    *("before_install", "install", "before_script", "script", "after_success", "after_failure"),
    *("before_deploy", "deploy", "after_deploy", "after_script"),
)
"""In the order in which they run."""
_WHERE = ("os", "dist", "arch")


def read_travis(repo: Repository, catalog: Catalog, graph: Graph) -> None:
    """The builds of a repository: workflow, jobs, and the commands that they run."""
    content = _content(repo, graph)
    if content is None:
        return
    attributes: dict[str, Json] = {"system": "Travis CI"}
    if stages := _stages(content):
        attributes["stages"] = [*stages]
    workflow = Node(f"ci:{PATH}", NodeKind.WORKFLOW, "travis", PATH, Source(PATH, 1), PATH, Category.CI, attributes)
    graph.add_node(workflow)
    _branches(content, workflow, graph)
    by_stage: dict[str, list[Node]] = {stage: [] for stage in stages}
    for name, stage, entry, place in _jobs(content):
        job = _job(repo, catalog, content, name, stage, entry, place)
        graph.add_node(job)
        graph.add_edge(Edge(workflow.id, job.id, EdgeKind.CONTAINS, (job.source,)))
        by_stage.setdefault(stage, []).append(job)
    filled = [(stage, jobs) for stage, jobs in by_stage.items() if jobs]
    for (before, firsts), (_, seconds) in pairwise(filled):
        for job in seconds:
            for needed in firsts:
                places = (job.source, needed.source)
                graph.add_edge(
                    Edge(job.id, needed.id, EdgeKind.NEEDS, places, Provenance.DERIVED, "", {"stage": before})
                )


def _content(repo: Repository, graph: Graph) -> Mapping | None:
    if not repo.is_listed(PATH):
        return None
    try:
        parsed = yamldoor.parse(repo.read_text(PATH), PATH)
    except UnreadableError as error:
        graph.add_problem(error.problem)
        return None
    for problem in parsed.problems:
        graph.add_problem(problem)
    if isinstance(parsed.first, Mapping):
        return parsed.first
    if not parsed.problems:
        message = "a build must be a mapping"
        graph.add_problem(Problem(Severity.ERROR, "CI001", message, Source(PATH, 1), "see its syntax"))
    return None


def _stages(content: Mapping) -> list[str]:
    """The stages in the order that ``stages`` gives them."""
    given = content.get("stages")
    names = [s.get("name") if isinstance(s, dict) else s for s in (given if isinstance(given, list) else [])]
    return [str(plain(n)) for n in names if isinstance(n, str)]


def _branches(content: Mapping, workflow: Node, graph: Graph) -> None:
    given = content.get("branches")
    only = given.get("only") if isinstance(given, dict) else None
    if only:
        place = Source(PATH, content.line_of("branches"))
        names = [mask_text(text) for text in _texts(only)]
        attributes: dict[str, Json] = {"event": "push", "branches": [*names]}
        trigger = Node(
            f"ci:{PATH}:on:push", NodeKind.TRIGGER, "push", "push", place, category=Category.CI, attributes=attributes
        )
        graph.add_node(trigger)
        graph.add_edge(Edge(trigger.id, workflow.id, EdgeKind.TRIGGERS, (place,)))


def _jobs(content: Mapping) -> list[tuple[str, str, Mapping, Source]]:
    """Name, stage, content and place of each job; a job without a stage is of that of the one before it."""
    jobs = content.get("jobs", content.get("matrix"))  # matrix: the name that jobs once had
    include = jobs.get("include") if isinstance(jobs, dict) else None
    entries = [e for e in include if isinstance(e, Mapping)] if isinstance(include, list) else []
    if not entries:
        return [("test", "test", content, Source(PATH, 1, max(1, content.end_line)))]
    found, stage, taken = [], "test", dict[str, int]()
    for entry in entries:
        stage = str(plain(entry.get("stage") or stage))
        base = " ".join(str(plain(entry.get("name") or stage)).split())
        taken[base] = taken.get(base, 0) + 1
        name = base if taken[base] == 1 else f"{base} {taken[base]}"
        found.append((name, stage, entry, Source(PATH, entry.line, max(entry.line, entry.end_line))))
    return found


def _job(
    repo: Repository, catalog: Catalog, content: Mapping, name: str, stage: str, entry: Mapping, place: Source
) -> Node:
    attributes: dict[str, Json] = {"system": "Travis CI", "title": name, "stage": stage}
    condition = entry.get("if") or content.get("if")
    if isinstance(condition, str):
        attributes["if"] = mask_text(str(condition))
    where = [text for key in _WHERE for text in _texts(entry.get(key) or content.get(key))]
    if where:
        attributes["runs_on"] = [*where]
    rows = _rows(content, entry)
    if len(rows) > 1:
        attributes["matrix"] = [", ".join(f"{k}={v}" for k, v in row.items()) for row in rows]
    runs: list[Json] = []
    for row in rows:
        shell = Shell(repo, catalog, PATH, "", row)
        for phase in _PHASES:
            holder = entry if phase in entry else content
            for text, line in _commands(holder.get(phase), holder.line_of(phase)):
                shell.read(text, line)
        runs += [run for run in shell.runs if run not in runs]
    if runs:
        attributes["runs"] = runs
    providers = _providers(entry.get("deploy", content.get("deploy")))
    if providers:
        attributes["deploy"] = [*providers]
    return Node(f"ci:{PATH}:{name}", NodeKind.CI_JOB, "travis", name, place, f"{PATH}:{name}", Category.CI, attributes)


def _rows(content: Mapping, entry: Mapping) -> list[dict[str, str]]:
    """The variables of each run: those for all, and one row of ``env.jobs``, or of ``env`` itself."""
    own = entry.get("env") if entry is not content else None
    general = content.get("env")
    shared: dict[str, str] = {}
    rows: Any = own
    if isinstance(general, dict) and general.keys() & {"global", "jobs", "matrix"}:
        for given in general["global"] if isinstance(general.get("global"), list) else [general.get("global")]:
            shared |= _variables(given)
        general = general.get("jobs", general.get("matrix"))
    if own is None:
        rows = general
    elif isinstance(own, list):  # of one job: all of them at once
        return [{**shared, **{k: v for item in own for k, v in _variables(item).items()}}]
    return [{**shared, **_variables(row)} for row in (rows if isinstance(rows, list) and rows else [rows])]


def _variables(given: Any) -> dict[str, str]:
    """Literal variables: a mapping, or ``A=1 B=2``. What is encrypted (``secure``) is passed over."""
    if isinstance(given, str):
        pairs = [word.partition("=") for word in str(given).split()]
        found = {name: value.strip("\"'") for name, equals, value in pairs if equals}
    elif isinstance(given, dict):
        found = {str(k): str(plain(v)) for k, v in given.items() if isinstance(v, str | int) and k != "secure"}
    else:
        found = {}
    return {k: v for k, v in found.items() if not is_credential_name(k)}


def _commands(given: Any, line: int) -> list[tuple[str, int]]:
    """The commands of a phase; of ``deploy`` those of the provider ``script``."""
    found: list[tuple[str, int]] = []
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, str):
            found.append((str(item), yamldoor.line_of(item, line)))
        elif isinstance(item, Mapping) and plain(item.get("provider")) == "script" and item.get("script"):
            found += _commands(item["script"], item.line_of("script"))
    return found


def _providers(given: Any) -> list[str]:
    entries = given if isinstance(given, list) else [given]
    return [str(plain(e["provider"])) for e in entries if isinstance(e, dict) and isinstance(e.get("provider"), str)]


def _texts(value: Any) -> list[str]:
    return (
        [str(plain(v)) for v in value if v is not None]
        if isinstance(value, list)
        else [str(plain(value))]
        if value
        else []
    )
