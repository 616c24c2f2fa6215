"""The action's steps, run as scripts in a clone with a bare remote."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from githubrunner import PROJECT, REPOSITORY, SERVER, Runner
from gitrepo import GitRepo

ACTION: dict[str, Any] = yaml.safe_load((PROJECT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = sorted(p.name for p in (PROJECT / "action").glob("*.sh"))

# -- the file -----------------------------------------------------------------------------------------------


def test_no_expression_becomes_text_of_a_command() -> None:
    assert not [s["run"] for s in STEPS if "${{" in s.get("run", "")]


def test_each_step_runs_a_script_that_is_there() -> None:
    named = re.findall(r"action/(\w+\.sh)", "\n".join(s.get("run", "") for s in STEPS))
    assert sorted([*named, "common.sh"]) == SCRIPTS
    for name in named:
        assert (PROJECT / "action" / name).stat().st_mode & 0o111, f"{name} is not executable"


def test_each_input_is_used_and_each_variable_of_a_script_is_set() -> None:
    text = (PROJECT / "action.yml").read_text()
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text, name
    for step in STEPS:
        for name in re.findall(r"action/(\w+\.sh)", step.get("run", "")):
            (stated,) = re.findall(r"# .*?\bIn: (.*?)(?:Out:|\n\.)", (PROJECT / "action" / name).read_text(), re.DOTALL)
            wanted = {w for w in re.findall(r"\b[A-Z][A-Z_]+\b", stated) if not w.startswith("GITHUB_")}
            assert wanted == set(step["env"]), name


def test_the_docs_name_every_input_and_output() -> None:
    page = (PROJECT / "docs/ci/github.md").read_text()
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"| `{name}` |" in page, name


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_are_bash_that_parses(name: str) -> None:
    done = subprocess.run(["bash", "-n", str(PROJECT / "action" / name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# -- check --------------------------------------------------------------------------------------------------


def test_check_annotates_what_differs_and_leaves_the_failing_to_the_last_step(runner: Runner) -> None:
    assert runner.run("check.sh").outputs == {"drift": "true"}, "nothing is built yet"
    subprocess.run(
        [str(runner.home / "temp/archdoc/bin/archdoc"), "build"], cwd=runner.clone.root, check=True, capture_output=True
    )
    clean = runner.run("check.sh")
    assert (clean.returncode, clean.outputs) == (0, {"drift": "false"})
    runner.clone.write({"main.tf": SERVER + SERVER.replace("web", "db")})
    done = runner.run("check.sh")
    assert (done.returncode, done.outputs) == (0, {"drift": "true"})
    assert re.search(r"^::error file=main\.tf,line=4", done.log, re.MULTILINE)
    assert "hcloud_server.db" in done.summary


def test_check_fails_the_step_when_archdoc_cannot_work(runner: Runner) -> None:
    done = runner.run("check.sh", CONFIG="missing.toml")
    assert (done.returncode, done.outputs) == (2, {})


# -- diff ---------------------------------------------------------------------------------------------------


def pull_request(runner: Runner, files: dict[str, str]) -> tuple[str, str]:
    """A branch with a change, another change on main, and the merge of both as GitHub makes it; base and head."""
    clone = runner.clone
    base = clone.git("rev-parse", "HEAD")
    clone.git("switch", "-q", "-c", "topic")
    head = clone.commit(files)
    clone.git("push", "-q", "origin", "topic")
    clone.git("switch", "-q", "main")
    clone.commit({"theirs.tf": 'resource "hcloud_server" "theirs" {\n}\n'})
    clone.git("push", "-q", "origin", "main")
    clone.git("switch", "-q", "--detach", "main")
    clone.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    clone.git("push", "-q", "origin", "HEAD:refs/pull/7/merge")
    return base, head


@pytest.mark.parametrize("depth", [[], ["--depth=1"]], ids=["full", "shallow"])
def test_diff_tells_what_the_pull_request_changes_and_not_what_others_did(runner: Runner, depth: list[str]) -> None:
    base, _ = pull_request(runner, {"main.tf": SERVER + SERVER.replace("web", "db")})
    checkout(runner, depth, "refs/pull/7/merge")
    done = runner.run("diff.sh", BASE_SHA=base)
    assert done.returncode == 0, done.log
    assert done.outputs["changed"] == "true"
    text = Path(done.outputs["comment"]).read_text()
    assert done.summary == text
    assert "hcloud_server.db" in text
    assert "theirs" not in text
    assert "```mermaid" in text


@pytest.mark.parametrize("depth", [[], ["--depth=1"]], ids=["full", "shallow"])
def test_diff_of_the_branch_itself_starts_where_it_left_main(runner: Runner, depth: list[str]) -> None:
    pull_request(runner, {"main.tf": SERVER + SERVER.replace("web", "db")})
    now = runner.clone.git("rev-parse", "main")
    checkout(runner, depth, "refs/heads/topic")
    done = runner.run("diff.sh", BASE_SHA=now, VIEW="terraform")
    assert done.returncode == 0, done.log
    assert "hcloud_server.db" in done.summary
    assert "theirs" not in done.summary


def test_diff_says_when_the_base_cannot_be_had(runner: Runner) -> None:
    done = runner.run("diff.sh", BASE_SHA="1" * 40)
    assert (done.returncode, done.outputs) == (0, {})
    assert "::warning title=archdoc::the base of the pull request is not in the clone" in done.log
    assert runner.run("diff.sh", BASE_SHA="--upload-pack=touch pwned").returncode == 2
    assert not list(runner.clone.root.glob("pwned*"))


def checkout(runner: Runner, depth: list[str], ref: str) -> None:
    """The clone anew, as actions/checkout makes it."""
    shutil.rmtree(runner.clone.root)
    runner.clone = GitRepo(runner.home / "work")
    runner.clone.git("remote", "add", "origin", f"file://{runner.home}/remote.git")
    runner.clone.git("fetch", "-q", *depth, "origin", ref)
    runner.clone.git("checkout", "-q", "--detach", "FETCH_HEAD")


# -- comment ------------------------------------------------------------------------------------------------


@pytest.fixture
def comment(tmp_path: Path) -> str:
    file = tmp_path / "comment.md"
    file.write_text("<!-- archdoc:diff -->\n`$(touch pwned)` @team\n")
    return str(file)


def test_a_comment_is_written_once_and_then_updated(runner: Runner, comment: str) -> None:
    first = runner.run("comment.sh", COMMENT=comment, CHANGED="true", NUMBER="7", GH_TOKEN="t0ken")
    assert first.returncode == 0, first.log
    (asked, _, token), (created, body, _) = runner.calls()
    assert token == "t0ken"
    assert "t0ken" not in first.log
    assert asked[:3] == ["api", "--paginate", f"repos/{REPOSITORY}/issues/7/comments"]
    assert created[2:5] == ["--method", "POST", f"repos/{REPOSITORY}/issues/7/comments"]
    assert body == Path(comment).read_text()
    runner.run("comment.sh", COMMENT=comment, CHANGED="false", NUMBER="7", GH_TOKEN="t", GH_FOUND="41\n42\n")
    updated = runner.calls()[-1][0]
    assert updated[2:5] == ["--method", "PATCH", f"repos/{REPOSITORY}/issues/comments/41"]


def test_only_a_bots_comment_with_our_mark_is_taken_for_ours(runner: Runner, comment: str) -> None:
    runner.run("comment.sh", COMMENT=comment, CHANGED="true", NUMBER="7", GH_TOKEN="t")
    arguments = runner.calls()[0][0]
    query = arguments[arguments.index("--jq") + 1]
    assert '.user.type == "Bot"' in query
    assert 'startswith("<!-- archdoc:diff -->")' in query


def test_no_comment_is_made_of_no_difference(runner: Runner, comment: str) -> None:
    runner.run("comment.sh", COMMENT=comment, CHANGED="false", NUMBER="7", GH_TOKEN="t")
    assert len(runner.calls()) == 1


@pytest.mark.parametrize("fails", ["all", "write"])
def test_a_token_that_may_not_write_does_not_fail_the_pull_request_of_a_stranger(
    runner: Runner, comment: str, fails: str
) -> None:
    done = runner.run("comment.sh", COMMENT=comment, CHANGED="true", NUMBER="7", GH_TOKEN="t", GH_FAILS=fails)
    assert done.returncode == 0
    assert "::notice title=archdoc::" in done.log


def test_a_number_or_repository_that_is_none_reaches_no_api(runner: Runner, comment: str) -> None:
    for number, repository in (("7/../../x", REPOSITORY), ("", REPOSITORY), ("7", "a/b/../c"), ("7", "a b/c")):
        done = runner.run(
            "comment.sh", COMMENT=comment, CHANGED="true", NUMBER=number, GITHUB_REPOSITORY=repository, GH_TOKEN="t"
        )
        assert done.returncode == 2
    assert runner.calls() == []


# -- pages --------------------------------------------------------------------------------------------------


def test_rebuilt_pages_are_committed_and_pushed_once(runner: Runner) -> None:
    runner.clone.write({"left.txt": "not ours"})
    done = runner.run("pages.sh", MESSAGE="docs: rebuild $(touch pwned)")
    assert (done.returncode, done.outputs["committed"]) == (0, "true"), done.log
    assert runner.remote("log", "-1", "--format=%an %s", "main") == "github-actions[bot] docs: rebuild $(touch pwned)"
    files = runner.remote("ls-tree", "-r", "--name-only", "main").splitlines()
    assert "docs/infrastructure/diagrams.md" in files
    assert "left.txt" not in files
    assert not (runner.clone.root / "pwned").exists()
    again = runner.run("pages.sh", MESSAGE="again")
    assert (again.returncode, again.outputs["committed"]) == (0, "false")
    assert runner.run("check.sh").outputs == {"drift": "false"}


def test_deleted_pages_are_committed_too(runner: Runner) -> None:
    runner.run("pages.sh", MESSAGE="one")
    runner.clone.commit({"archdoc.toml": "[site]\ncommand_reference = false\n"})
    stale = "docs/assets/stale.json"
    runner.clone.write({stale: "{}"})
    manifest = runner.clone.root / "docs/assets/archdoc-files.json"
    assert manifest.exists()
    runner.clone.write({"main.tf": ""})
    done = runner.run("pages.sh", MESSAGE="two")
    assert done.returncode == 0, done.log
    assert "hcloud_server.web" not in runner.remote("show", "main:docs/assets/archdoc.json")


def test_pages_go_to_the_branch_of_a_pull_request_of_this_repository(runner: Runner) -> None:
    runner.clone.git("switch", "-q", "-c", "topic")
    head = runner.clone.commit({"main.tf": SERVER.replace("web", "db")})
    done = runner.run("pages.sh", MESSAGE="m", HEAD_SHA=head, HEAD_REPOSITORY=REPOSITORY, HEAD_REF="topic")
    assert done.outputs["committed"] == "true", done.log
    assert runner.remote("log", "-1", "--format=%s", "topic") == "m"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"HEAD_REPOSITORY": "stranger/infra"}, "from a fork"),
        ({"HEAD_SHA": "1" * 40}, "check out the branch itself"),
        ({"HEAD_REF": "a..b"}, "to branches alone"),
        ({"HEAD_SHA": "", "GITHUB_REF": "refs/tags/v1"}, "to branches alone"),
    ],
)
def test_pages_are_not_committed_where_they_do_not_belong(runner: Runner, changed: dict[str, str], words: str) -> None:
    head = runner.clone.git("rev-parse", "HEAD")
    inputs = {"MESSAGE": "m", "HEAD_SHA": head, "HEAD_REPOSITORY": REPOSITORY, "HEAD_REF": "main", **changed}
    done = runner.run("pages.sh", **inputs)
    assert (done.returncode, done.outputs) == (0, {"committed": "false"})
    assert words in done.log
    assert runner.remote("rev-parse", "main") == head


def test_no_hook_of_the_clone_runs(runner: Runner) -> None:
    hook = runner.clone.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {runner.home}/hooked\n")
    hook.chmod(0o755)
    assert runner.run("pages.sh", MESSAGE="m").outputs["committed"] == "true"
    assert not (runner.home / "hooked").exists()


# -- install ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0; touch pwned", "--index-url=http://evil", "$(id)", "git+https://x"])
def test_a_version_is_a_version_and_nothing_else(runner: Runner, version: str) -> None:
    done = runner.run("install.sh", VERSION=version, PYTHON="false")
    assert done.returncode == 2
    assert "a released version" in done.log


@pytest.mark.parametrize("version", ["", "1.2.3"])
def test_what_is_installed_is_this_project_and_has_the_command(runner: Runner, version: str) -> None:
    log, python = runner.home / "installed", runner.home / "python"
    tell = f'#!/bin/sh\nbasename "$0" >> {log}\nprintf "%s\\n" "$@" >> {log}\n'
    (runner.home / "tell").write_text(tell)
    python.write_text(
        f'#!/bin/sh\nmkdir -p "$3/bin"\nfor name in python archdoc; do\n'
        f'  cp {runner.home / "tell"} "$3/bin/$name"\n  chmod +x "$3/bin/$name"\ndone\n'
    )
    python.chmod(0o755)
    temp = str(runner.home / "elsewhere")
    assert runner.run("install.sh", VERSION=version, PYTHON=str(python), RUNNER_TEMP=temp).returncode == 0
    told = log.read_text().splitlines()
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert told[:3] == ["python", "-m", "pip"]
    assert told[-3] == (f"{project['name']}=={version}" if version else str(PROJECT))
    assert told[-2:] == ["archdoc", "--version"]
    assert "archdoc" in project["scripts"]
