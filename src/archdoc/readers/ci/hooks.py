"""Hooks that run on a developer's machine: pre-commit, Lefthook and Husky.

https://pre-commit.com/#adding-pre-commit-plugins-to-your-project, https://lefthook.dev/configuration/ and
https://typicode.github.io/husky/. A configuration is a workflow, each hook a job of it, and the git operation that
starts it a trigger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.readers import yamldoor
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.yamldoor import Mapping, line_of, plain

_PRE_COMMIT = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_LEFTHOOK = ("lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml")
_HUSKY = ".husky"
_OPERATIONS = {
    "pre-commit": "git commit",
    "prepare-commit-msg": "git commit",
    "commit-msg": "git commit",
    "post-commit": "git commit",
    "pre-push": "git push",
    "pre-rebase": "git rebase",
    "post-rewrite": "git rebase",
    "post-checkout": "git checkout",
    "post-merge": "git merge",
    "pre-merge-commit": "git merge",
}
"""Which operation starts a hook (https://git-scm.com/docs/githooks)."""
_OLD_STAGES = {"commit": "pre-commit", "push": "pre-push", "merge-commit": "pre-merge-commit"}
"""Names of stages before pre-commit 3.2."""


@dataclass(frozen=True, slots=True)
class _Hook:
    """One hook: its id in the file, what people call it, the stages that start it, and the line it is on."""

    id: str
    name: str
    stages: tuple[str, ...]
    line: int
    end_line: int


def read_hooks(repo: Repository, graph: Graph) -> None:
    """The hooks of the top directory, where git and these programs look for them."""
    listed = set(repo.in_directory("."))
    for names, system, find in ((_PRE_COMMIT, "pre-commit", _pre_commit), (_LEFTHOOK, "Lefthook", _lefthook)):
        for path in (name for name in names if name in listed):
            content = _content(repo, graph, path)
            if content is not None:
                _add(graph, path, system, list(find(content)))
    scripts = [path for path in repo.in_directory(_HUSKY) if path.rsplit("/", 1)[-1] in _OPERATIONS]
    for path in scripts:
        name = path.rsplit("/", 1)[-1]
        _add(graph, path, "Husky", [_Hook(name, f"{name} script", (name,), 1, 1)])


def _content(repo: Repository, graph: Graph, path: str) -> Mapping | None:
    try:
        parsed = yamldoor.parse(repo.read_text(path), path)
    except UnreadableError as error:
        graph.add_problem(error.problem)
        return None
    for problem in parsed.problems:
        graph.add_problem(problem)
    return parsed.first if isinstance(parsed.first, Mapping) else None


def _pre_commit(content: Mapping) -> Iterator[_Hook]:
    installed = _stages(content.get("default_stages"), ("pre-commit",))
    repos = content.get("repos")
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks") if isinstance(repo, Mapping) else None
        for hook in hooks if isinstance(hooks, list) else ():
            if isinstance(hook, Mapping) and isinstance(hook.get("id"), str):
                name = str(plain(hook.get("name") or hook["id"]))
                stages = _stages(hook.get("stages"), installed)
                yield _Hook(str(hook["id"]), name, stages, hook.line, hook.end_line)


def _stages(value: object, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        return otherwise
    return tuple(_OLD_STAGES.get(str(s), str(s)) for s in value)


def _lefthook(content: Mapping) -> Iterator[_Hook]:
    for stage in (key for key in content if key in _OPERATIONS):
        settings = content[stage]
        if not isinstance(settings, Mapping):
            continue
        for part in ("commands", "scripts"):
            named = settings.get(part)
            for name in named if isinstance(named, Mapping) else ():
                line = named.line_of(name) if isinstance(named, Mapping) else 1
                yield _Hook(f"{stage}.{name}", str(name), (str(stage),), line, line)
        jobs = settings.get("jobs")
        for number, job in enumerate(jobs if isinstance(jobs, list) else (), start=1):
            if isinstance(job, Mapping):
                name = str(plain(job.get("name") or job.get("run") or job.get("script") or f"job {number}"))
                yield _Hook(f"{stage}.{name}", name, (str(stage),), line_of(job), job.end_line)


def _add(graph: Graph, path: str, system: str, hooks: list[_Hook]) -> None:
    if not hooks:
        return
    told: dict[str, Json] = {"system": system, "local": True}
    workflow = Node(
        f"ci:{path}", NodeKind.WORKFLOW, "hooks", f"{system} hooks", Source(path, 1), path, Category.CI, told
    )
    graph.add_node(workflow)
    for hook in hooks:
        place = Source(path, hook.line, hook.end_line)
        attributes: dict[str, Json] = {"system": system, "title": hook.name, "stages": list(hook.stages)}
        job = Node(f"ci:{path}:{hook.id}", NodeKind.CI_JOB, "hook", hook.id, place, path, Category.CI, attributes)
        graph.add_node(job)
        graph.add_edge(Edge(workflow.id, job.id, EdgeKind.CONTAINS, (place,)))
        for operation in dict.fromkeys(_OPERATIONS[s] for s in hook.stages if s in _OPERATIONS):
            event = operation.replace(" ", "-")
            node = Node(
                f"ci:{path}:on:{event}",
                NodeKind.TRIGGER,
                event,
                operation,
                place,
                category=Category.CI,
                attributes={"event": event, "local": True},
            )
            graph.add_node(node)
            graph.add_edge(Edge(node.id, workflow.id, EdgeKind.TRIGGERS, (place,)))
