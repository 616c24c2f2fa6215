"""The files of a GitLab pipeline put together: includes, ``extends`` and ``!reference``.

https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.yamldoor import Mapping, Sequence, plain

MAX_FILES = 150
"""GitLab's own limit of included files."""
_MAX_DEPTH = 10


@dataclass(slots=True)
class Pipeline:
    """One pipeline: its keywords and jobs by name, each with the file it was last written in."""

    path: str
    keys: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    outside: list[tuple[str, str, Source]] = field(default_factory=list)
    """Includes that lie elsewhere (a project, a template, an address), in which version, and where that is asked."""
    files: dict[str, Any] = field(default_factory=dict)
    """Every file of the pipeline with its content."""
    _origins: dict[int, str] = field(default_factory=dict)

    def add(self, path: str, content: Mapping) -> None:
        """Remember a file, and that its texts stand in it; later files win."""
        self.files[path] = content
        self._origins |= {id(value): path for value in yamldoor.walk(content) if isinstance(value, str)}

    def place(self, text: Any, default: Source) -> Source:
        """Where a text of one of the files stands."""
        path = self._origins.get(id(text))
        return default if path is None else Source(path, getattr(text, "line", default.line))

    def job(self, name: str) -> dict[str, Any]:
        """A job with what it extends merged in: later templates win, the job's own keys win over all."""
        return self._extended(name, ())

    def _extended(self, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        own = self.keys.get(name)
        if not isinstance(own, dict) or name in seen or len(seen) > _MAX_DEPTH:
            return {}
        parents = own.get("extends")
        merged: dict[str, Any] = {}
        for parent in parents if isinstance(parents, list) else [parents] if parents else []:
            merged = deep_merged(merged, self._extended(str(plain(parent)), (*seen, name)))
        return deep_merged(merged, own)

    def referenced(self, value: Any, depth: int = 0) -> Any:
        """What a ``!reference [job, key]`` stands for; any other value is itself."""
        if not isinstance(value, Sequence) or value.tag != "!reference" or depth > _MAX_DEPTH:
            return value
        found: Any = self.keys
        for number, key in enumerate(value):
            name = str(plain(key))
            found = self.job(name) if number == 0 else found.get(name) if isinstance(found, dict) else None
        return self.referenced(found, depth + 1)

    def script(self, value: Any, depth: int = 0) -> Iterator[str]:
        """The lines of a script with nested lists and references followed."""
        value = self.referenced(value)
        if isinstance(value, str):
            yield value
        elif isinstance(value, list) and depth <= _MAX_DEPTH:
            for item in value:
                yield from self.script(item, depth + 1)


def deep_merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Two mappings as ``extends`` merges them: hashes deeply, arrays replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = deep_merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def load(repo: Repository, catalog: Catalog, path: str, graph: Graph) -> Pipeline:
    """A pipeline of a file and everything in the repository that it includes."""
    pipeline = Pipeline(path)
    _file(repo, catalog, path, pipeline, graph)
    return pipeline


def _file(repo: Repository, catalog: Catalog, path: str, pipeline: Pipeline, graph: Graph) -> None:
    if path in pipeline.files or len(pipeline.files) >= MAX_FILES:
        return
    pipeline.files[path] = None
    try:
        parsed = yamldoor.parse(repo.read_text(path), path)
    except UnreadableError as error:
        graph.add_problem(error.problem)
        return
    for problem in parsed.problems:
        graph.add_problem(problem)
    documents = [d for d in parsed.documents if isinstance(d, Mapping)]
    if not documents:
        if not parsed.problems:
            problem = Problem(
                Severity.ERROR, "CI001", "a pipeline must be a mapping", Source(path, 1), "see its syntax"
            )
            graph.add_problem(problem)
        return
    content = documents[-1]  # a header of ``spec: inputs`` comes before
    pipeline.add(path, content)
    for entry, line in _entries(content):
        place = Source(path, line)
        inner = _local(entry)
        if inner is None:
            version = entry.get("ref") if isinstance(entry, dict) else ""
            pipeline.outside += [(name, str(plain(version or "")), place) for name in _elsewhere(entry)]
            _shipped(catalog, entry, place, pipeline)
            continue
        found = _matching(repo, inner)
        if not found and "$" not in inner:
            message = f"the pipeline includes {inner}, which is not in the repository"
            graph.add_problem(Problem(Severity.WARNING, "CI003", message, place, "correct the path"))
        for included in found:
            _file(repo, catalog, included, pipeline, graph)
    for key, value in content.items():
        name = str(key)
        old = pipeline.keys.get(name)
        pipeline.keys[name] = deep_merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        line = content.line_of(key)
        pipeline.places[name] = Source(path, line, max(line, getattr(value, "end_line", line)))


def _shipped(catalog: Catalog, entry: Any, place: Source, pipeline: Pipeline) -> None:
    """The jobs of a template that GitLab ships, as the catalog knows them."""
    name = entry.get("template") if isinstance(entry, dict) else None
    template = catalog.delivery.template(str(plain(name))) if isinstance(name, str) else None
    for job, (stage, command) in template.jobs.items() if template is not None else ():
        pipeline.keys[job] = {"stage": stage, "script": [command]}
        pipeline.places[job] = place


def _entries(content: Mapping) -> list[tuple[Any, int]]:
    include = content.get("include")
    line = content.line_of("include")
    return [(e, yamldoor.line_of(e, line)) for e in (include if isinstance(include, list) else [include]) if e]


def _local(entry: Any) -> str | None:
    """The path of an include that lies in the repository."""
    if isinstance(entry, str):
        return None if "://" in entry else normal(str(entry).lstrip("/"))
    if isinstance(entry, dict) and isinstance(entry.get("local"), str):
        return normal(str(entry["local"]).lstrip("/"))
    return None


def _elsewhere(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [str(entry)]
    if not isinstance(entry, dict):
        return []
    for kind in ("project", "remote", "template", "component"):
        if isinstance(entry.get(kind), str):
            files = entry.get("file")
            names = [str(plain(f)) for f in (files if isinstance(files, list) else [files]) if f]
            base = str(plain(entry[kind]))
            return [f"{base}:{n.lstrip('/')}" for n in names] or [base]
    return []


def _matching(repo: Repository, pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern] if repo.is_file(pattern) else []
    deep = "**" in pattern
    return [
        p
        for p in repo.paths
        if p.endswith((".yml", ".yaml"))
        and fnmatchcase(p, pattern.replace("**/", "*").replace("**", "*"))
        and (deep or p.count("/") == pattern.count("/"))
    ]
