"""The GitLab template, the pre-commit hooks and the container file, as far as they run without their machines."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from githubrunner import PROJECT, SERVER, Runner
from pre_commit.clientlib import load_manifest


class _Loader(yaml.SafeLoader):
    """YAML with GitLab's ``!reference [job, key]``."""


def _reference(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> tuple[str, list[Any]]:
    return ("reference", loader.construct_sequence(node))


_Loader.add_constructor("!reference", _reference)
TEMPLATE: dict[str, Any] = yaml.load((PROJECT / "templates/archdoc.gitlab-ci.yml").read_text(), _Loader)
CHECK, DIFF = TEMPLATE["archdoc-check"], TEMPLATE["archdoc-diff"]


def run_job(runner: Runner, job: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
    """The script of a job, in one shell as GitLab's runner does it."""
    environment = {
        **os.environ,
        **{k: str(v) for k, v in TEMPLATE["variables"].items()},
        "PATH": f"{runner.home / 'temp/archdoc/bin'}:{os.environ['PATH']}",
        **variables,
    }
    return subprocess.run(
        ["sh", "-ec", "\n".join(job["script"])],
        cwd=runner.clone.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_check_job_fails_on_drift_and_leaves_both_reports(runner: Runner) -> None:
    done = run_job(runner, CHECK)
    assert done.returncode == 1, done.stderr
    reports = CHECK["artifacts"]["reports"]
    quality = json.loads((runner.clone.root / reports["codequality"]).read_text())
    assert quality[0]["location"]["path"]
    assert "<testsuite" in (runner.clone.root / reports["junit"]).read_text()
    assert CHECK["artifacts"]["when"] == "always"


def test_the_diff_job_leaves_the_comment_and_the_picture(runner: Runner) -> None:
    base = runner.clone.git("rev-parse", "HEAD")
    runner.clone.commit({"main.tf": SERVER + SERVER.replace("web", "db")})
    done = run_job(runner, DIFF, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, ARCHDOC_VIEW="terraform")
    assert done.returncode == 0, done.stderr
    assert "+ hcloud_server.db" in done.stdout
    markdown, svg = (runner.clone.root / name for name in DIFF["artifacts"]["paths"])
    assert "hcloud_server.db" in markdown.read_text()
    assert svg.read_text().startswith("<svg")
    assert DIFF["variables"]["GIT_DEPTH"] == "0"


def test_each_job_installs_archdoc_in_the_version_that_is_asked_for(runner: Runner) -> None:
    (line,) = TEMPLATE[".archdoc"]["before_script"]
    for version, wanted in (("", "archdoc"), ("1.2.3", "archdoc==1.2.3")):
        said = subprocess.run(
            ["sh", "-c", f'pip() {{ echo "$3"; }}\n{line}'],
            env={"ARCHDOC_VERSION": version, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.strip() == wanted
    assert ("reference", [".archdoc", "before_script"]) in DIFF["before_script"]


def test_pre_commit_takes_the_hooks_and_their_commands_do_what_they_say(runner: Runner) -> None:
    hooks = {h["id"]: h for h in load_manifest(str(PROJECT / ".pre-commit-hooks.yaml"))}
    assert set(hooks) == {"archdoc-check", "archdoc-build"}
    environment = {**os.environ, "PATH": f"{runner.home / 'temp/archdoc/bin'}:{os.environ['PATH']}"}

    def run(name: str) -> int:
        command = [*shlex.split(hooks[name]["entry"]), *hooks[name]["args"]]
        return subprocess.run(
            command, cwd=runner.clone.root, env=environment, capture_output=True, check=False
        ).returncode

    assert run("archdoc-check") == 1
    assert run("archdoc-build") == 0
    assert run("archdoc-check") == 0
    assert all(h["language"] == "python" and not h["pass_filenames"] for h in hooks.values())


def test_pre_commit_itself_fails_a_commit_with_stale_pages(runner: Runner) -> None:
    """The hooks as pre-commit runs them, with the archdoc of this environment in place of one that it installs."""
    manifest = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())
    local = [{**hook, "language": "system"} for hook in manifest]
    runner.clone.write({".pre-commit-config.yaml": json.dumps({"repos": [{"repo": "local", "hooks": local}]})})
    runner.clone.git("add", "-A")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "PATH": f"{runner.home / 'temp/archdoc/bin'}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(runner.home / "pre-commit"),
    }

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", hook]
        return subprocess.run(
            command, cwd=runner.clone.root, env=environment, capture_output=True, text=True, check=False
        )

    failed = run("archdoc-check")
    assert failed.returncode == 1
    assert "is missing" in failed.stdout
    run("archdoc-build")
    runner.clone.git("add", "-A")
    assert run("archdoc-check").returncode == 0


# -- the container file -------------------------------------------------------------------------------------

CONTAINERFILE = (PROJECT / "Containerfile").read_text()


def _instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE))
    return [
        (word, rest.strip()) for line in joined.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]
    ]


def test_what_the_container_file_copies_is_there_and_not_kept_out() -> None:
    ignore = (PROJECT / ".containerignore").read_text().split()
    for word, rest in _instructions():
        if word == "COPY":
            *sources, _target = rest.split()
            for source in sources:
                assert (PROJECT / source).exists(), source
                assert f"!{source}" in ignore, source


def test_the_container_has_all_files_that_the_build_asks_for() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "src"}
    copied = {s for word, rest in _instructions() if word == "COPY" for s in rest.split()[:-1]}
    assert needed <= copied


def test_the_container_installs_this_project_by_its_name_and_starts_its_command() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    installs = [rest.split() for word, rest in _instructions() if word == "RUN" and "pip install" in rest]
    assert [words[-1] for words in installs] == [project["name"]]
    assert json.loads(dict(_instructions())["ENTRYPOINT"])[0] in project["scripts"]
    module, _, function = project["scripts"]["archdoc"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_container_runs_archdoc_as_a_user_without_rights() -> None:
    instructions = _instructions()
    last = dict(instructions)
    assert last["USER"] == "archdoc"
    assert json.loads(last["ENTRYPOINT"]) == ["archdoc"]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in instructions} <= known
    for word, rest in instructions:
        if word == "FROM":
            assert re.match(r"docker\.io/library/python:3\.\d+-slim\b", rest), "a full name and a version"


@pytest.mark.parametrize("page", sorted(p.name for p in (PROJECT / "docs/ci").glob("*.md")))
def test_examples_on_the_pages_are_yaml_that_parses_and_name_what_is_there(page: str) -> None:
    text = (PROJECT / "docs/ci" / page).read_text()
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        yaml.safe_load(block)
    for path in re.findall(r"templates/[\w.-]+|Containerfile", text):
        assert (PROJECT / path).exists(), path
    assert Path(PROJECT / "mkdocs.yml").read_text().count(f"ci/{page}") == 1
