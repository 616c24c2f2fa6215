"""A runner of GitHub's, as far as the action's scripts see it: a clone, a bare remote, a gh that records its calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from gitrepo import GitRepo

PROJECT = Path(__file__).parents[2]
REPOSITORY = "octo/infra"

GH = """#!{python}
import json, os, sys
from pathlib import Path
place = Path(os.environ["GH_RECORD"])
arguments = sys.argv[1:]
body = next((a.removeprefix("body=@") for a in arguments if a.startswith("body=@")), None)
with place.open("a") as record:
    record.write(json.dumps([arguments, Path(body).read_text() if body else None, os.environ.get("GH_TOKEN")]) + "\\n")
if os.environ.get("GH_FAILS") == "all" or (body and os.environ.get("GH_FAILS") == "write"):
    sys.exit("HTTP 403: Resource not accessible by integration")
if "--paginate" in arguments:
    print(os.environ.get("GH_FOUND", ""), end="")
"""


@dataclass
class Done:
    """How a script ended."""

    returncode: int
    log: str
    outputs: dict[str, str]
    summary: str


@dataclass
class Runner:
    """Runs the action's scripts in a clone of a bare repository."""

    home: Path
    clone: GitRepo
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **inputs: str) -> Done:
        output, summary = self.home / "output", self.home / "summary"
        for file in (output, summary):
            file.write_text("")
        environment = {
            "PATH": f"{self.home / 'tools'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "RUNNER_TEMP": str(self.home / "temp"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF": "refs/heads/main",
            "GH_RECORD": str(self.home / "calls"),
            **inputs,
        }
        done = subprocess.run(
            ["bash", str(PROJECT / "action" / script)],
            cwd=self.clone.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line.partition("=") for line in output.read_text().splitlines()]
        return Done(done.returncode, done.stdout + done.stderr, {k: v for k, _, v in lines}, summary.read_text())

    def calls(self) -> list[tuple[list[str], str | None, str | None]]:
        """What gh was asked: arguments, the body, the token."""
        record = self.home / "calls"
        return [tuple(json.loads(line)) for line in record.read_text().splitlines()] if record.exists() else []

    def remote(self, *arguments: str) -> str:
        """What git says in the bare repository."""
        return self.clone.git("--git-dir", str(self.home / "remote.git"), *arguments)


SERVER = 'resource "hcloud_server" "web" {\n  name = "web"\n}\n'


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git")], check=True)
    clone = GitRepo(tmp_path / "work")
    clone.git("remote", "add", "origin", f"file://{tmp_path}/remote.git")
    clone.commit({"main.tf": SERVER})
    clone.git("push", "-q", "origin", "main")
    for name, text in (
        ("tools/gh", GH.format(python=sys.executable)),
        ("temp/archdoc/bin/archdoc", f'#!/bin/sh\nexec "{sys.executable}" -m archdoc "$@"\n'),
    ):
        program = tmp_path / name
        program.parent.mkdir(parents=True)
        program.write_text(text)
        program.chmod(0o755)
    return Runner(tmp_path, clone)
