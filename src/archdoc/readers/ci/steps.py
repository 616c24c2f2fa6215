"""The steps of a job: scripts, published actions, and the composite actions of the repository, which are followed.

https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Json, Source
from archdoc.readers import yamldoor
from archdoc.readers.ci.commands import MAX_DEPTH, Shell, action_run
from archdoc.readers.ci.expressions import flattened, substituted
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.secrets import is_credential_name
from archdoc.readers.yamldoor import Mapping, plain


@dataclass(slots=True)
class Steps:
    """Reads the steps of one job of the workflow ``path``; ``names`` are the values of its expressions.

    ``runs`` as of ``Shell``; ``uses`` are ``{"action", "line"}``.
    """

    repo: Repository
    catalog: Catalog
    path: str
    names: dict[str, str]
    runs: list[Json] = field(default_factory=list)
    uses: list[Json] = field(default_factory=list)
    _depth: int = 0
    _line: int = 0
    _through: tuple[str, ...] = ()

    def read(self, steps: Any, directory: str) -> None:
        """Each step in turn."""
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, Mapping):
                self._step(step, directory)

    def _step(self, step: Mapping, directory: str) -> None:
        names = {**self.names, **_named(step.get("env"), "env", self.names)}
        here = self._directory(step, directory, names)
        if isinstance(step.get("uses"), str):
            self._used(substituted(str(plain(step["uses"])), names), step, here, names)
        if isinstance(step.get("run"), str):
            shell = Shell(self.repo, self.catalog, self.path, here, _variables(names), self.runs)
            line = self._line or yamldoor.line_of(step["run"], step.line)
            shell.read(substituted(str(step["run"]), names), line, self._through)

    def _directory(self, step: Mapping, directory: str, names: dict[str, str]) -> str:
        given = step.get("working-directory")
        text = substituted(str(plain(given)) if isinstance(given, str) else directory, names)
        for root in ("${{ github.workspace }}", "${{github.workspace}}", "$GITHUB_WORKSPACE"):
            text = text.replace(root, ".")
        return normal(text) if text else ""

    def _used(self, action: str, step: Mapping, directory: str, names: dict[str, str]) -> None:
        line = self._line or step.line_of("uses")
        inputs = _named(step.get("with"), "inputs", names)
        if action.startswith("./"):
            self._composite(normal(action), inputs, line)
            return
        self.uses.append({"action": action, "line": line})
        plain_inputs = {k.partition(".")[2]: v for k, v in inputs.items()}
        run = action_run(
            self.catalog,
            action,
            plain_inputs,
            directory if "working-directory" in step else "",
            Source(self.path, line),
        )
        if run is not None:
            self.runs.append(run)

    def _composite(self, directory: str, inputs: dict[str, str], line: int) -> None:
        found = [normal(posixpath.join(directory, n)) for n in ("action.yml", "action.yaml")]
        path = next((p for p in found if self.repo.is_file(p)), None)
        if path is None or self._depth >= MAX_DEPTH:
            return
        self.uses.append({"action": f"./{directory}", "line": line})
        try:
            content = yamldoor.parse(self.repo.read_text(path), path).first
        except UnreadableError:
            return
        runs = content.get("runs") if isinstance(content, Mapping) else None
        if not isinstance(runs, Mapping) or not isinstance(content, Mapping):
            return
        given = content.get("inputs")
        defaults = {
            f"inputs.{name}": str(plain(value["default"]))
            for name, value in (given.items() if isinstance(given, dict) else ())
            if isinstance(value, dict) and value.get("default") is not None
        }
        inner = Steps(
            self.repo,
            self.catalog,
            self.path,
            {**self.names, **defaults, **inputs},
            self.runs,
            self.uses,
            self._depth + 1,
            line,
            (*self._through, path),
        )
        inner.read(runs.get("steps"), "")


def _named(values: Any, prefix: str, names: dict[str, str]) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    given = {k: v for k, v in flattened(prefix, plain(values)).items() if not is_credential_name(k.partition(".")[2])}
    return {k: substituted(v, names) for k, v in given.items()}


def _variables(names: dict[str, str]) -> dict[str, str]:
    """The environment variables among the names of expressions."""
    return {k.removeprefix("env."): v for k, v in names.items() if k.startswith("env.") and "${{" not in v}
