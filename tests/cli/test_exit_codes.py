"""0 clean, 1 drift or findings, 2 bad usage or input, 3 a fault of archdoc's own, 130 interrupted: each once as a real process."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from gitrepo import archdoc

Write = Callable[[dict[str, str]], Path]
ARCHDOC = [sys.executable, "-m", "archdoc"]
SERVER = {"main.tf": 'resource "hcloud_server" "web" {\n  name = "web"\n}\n'}
OPEN = {
    "main.tf": """
        resource "aws_security_group" "db" {
          ingress {
            from_port   = 5432
            to_port     = 5432
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }

        resource "aws_instance" "db" {
          ami                    = "ami-1"
          instance_type          = "t3.small"
          vpc_security_group_ids = [aws_security_group.db.id]
        }
        """
}


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ARCHDOC, "-C", str(root), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def built(write: Write) -> Path:
    root = write(SERVER)
    assert archdoc(root, "build").returncode == 0
    return root


def test_zero_where_pages_and_code_agree(built: Path) -> None:
    done = run(built, "check")
    assert (done.returncode, done.stdout) == (0, "the published pages show the code as it is\n")


@pytest.mark.parametrize("form", ["text", "json", "github", "gitlab", "sarif", "junit", "markdown"])
def test_one_where_they_do_not_in_every_format(built: Path, form: str) -> None:
    (built / "more.tf").write_text('resource "hcloud_server" "more" {}\n')
    done = archdoc(built, "check", "--format", form)
    assert done.returncode == 1
    assert "hcloud_server.more" in done.stdout


@pytest.mark.parametrize("word", ["warning", "off"])
def test_zero_where_the_configuration_says_that_drift_is_no_error(built: Path, word: str) -> None:
    (built / "archdoc.toml").write_text(f'[drift]\ndrift = "{word}"\n')
    (built / "more.tf").write_text('resource "hcloud_server" "more" {}\n')
    done = archdoc(built, "check")
    assert done.returncode == 0
    assert ("warning: DR001 hcloud_server.more" in done.stdout) is (word == "warning")


def test_one_where_lint_finds_an_error_and_zero_where_it_is_made_a_note(write: Write) -> None:
    root = write(OPEN)
    done = archdoc(root, "lint")
    assert done.returncode == 1
    assert "error: LI020 aws_instance.db (main.tf:" in done.stdout
    (root / "archdoc.toml").write_text('[lint.severity]\nLI020 = "note"\n')
    assert archdoc(root, "lint").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "--format", "smoke-signals"), "smoke-signals"),
        (("check", "--diff", "--format", "sarif"), "--diff goes with"),
        (("check", "--write", "sarif"), "FORMAT=FILE"),
        (("check", "--summary"), "GITHUB_STEP_SUMMARY is not set"),
        (("lint", "--write", "tea=x"), "FORMAT=FILE"),
    ],
)
def test_two_for_what_cannot_be_meant(
    built: Path, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    done = archdoc(built, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_two_for_a_configuration_that_cannot_be_used_and_a_place_that_cannot_be_written(built: Path) -> None:
    done = archdoc(built, "check", "--write", f"json={built}/no/such/directory.json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (built / "archdoc.toml").write_text("[drift]\ndrfit = 1\n")
    told = run(built, "check")
    assert told.returncode == 2
    assert "drift" in told.stderr


def test_three_for_a_fault_with_the_way_to_report_it(built: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = tmp_path_factory.mktemp("broken")
    (broken / "sitecustomize.py").write_text(
        "import archdoc.linking\ndef fail(*_):\n    raise ZeroDivisionError('planted')\narchdoc.linking.link = fail\n"
    )
    (built / "more.tf").write_text("# looked at\n")
    done = run(built, "check", PYTHONPATH=os.pathsep.join([str(broken), os.environ.get("PYTHONPATH", "")]))
    assert done.returncode == 3, done.stderr
    assert "This is a fault of archdoc" in done.stderr
    assert "planted" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["check", "build", "lint"])
def test_130_where_somebody_interrupts(write: Write, command: str) -> None:
    blocks = "\n".join(f'resource "hcloud_server" "s{i}" {{\n  name = "s{i}"\n}}\n' for i in range(4_000))
    root = write({"main.tf": blocks})
    process = subprocess.Popen(
        [*ARCHDOC, "-C", str(root), command],
        env={**os.environ, "ARCHDOC_CACHE_DIR": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while "networkx" not in _loaded(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 130, errors
    assert errors.splitlines()[-1] == "interrupted"
    assert not (root / "docs/infrastructure").exists()


@pytest.mark.parametrize(
    "how",
    [
        "    exec('import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(10)')\n",
        "    import os, signal, time\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT); time.sleep(10)\n"
        "    except BaseException:\n"
        "        raise RuntimeError('left half done')\n",
    ],
    ids=["a class being made", "what breaks by it"],
)
def test_130_wherever_the_interrupt_falls(built: Path, tmp_path_factory: pytest.TempPathFactory, how: str) -> None:
    """Dataclasses are made by exec(), and CPython remembers an interrupt in there; other code breaks by one."""
    planted = tmp_path_factory.mktemp("planted")
    (planted / "sitecustomize.py").write_text(
        f"import archdoc.linking\ndef interrupted(*_):\n{how}archdoc.linking.link = interrupted\n"
    )
    (built / "more.tf").write_text("# looked at\n")
    done = run(built, "check", PYTHONPATH=os.pathsep.join([str(planted), os.environ.get("PYTHONPATH", "")]))
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1] == "interrupted"


def _loaded(process: int) -> str:
    """What the process has mapped: the parser's library is loaded once it is at work."""
    try:
        return "networkx" if "tree_sitter" in Path(f"/proc/{process}/maps").read_text() else ""
    except OSError:
        return ""


def test_what_was_found_is_kept_where_the_reader_goes_away(built: Path) -> None:
    (built / "more.tf").write_text("\n".join(f'resource "hcloud_server" "machine_{i}" {{}}' for i in range(1_000)))
    command = [*ARCHDOC, "-C", str(built), "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(60)
    assert (process.returncode, errors) == (1, b"")


def test_reports_go_to_files_and_to_the_job_summary(
    built: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path_factory.mktemp("out")
    (built / "more.tf").write_text('resource "hcloud_server" "more" {}\n')
    (out / "summary.md").write_text("# Earlier\n")
    files = [f"--write=sarif={out}/a.sarif", f"--write=junit={out}/a.xml"]
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(out / "summary.md"))
    done = archdoc(built, "check", "--format", "github", "--summary", *files)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=more.tf,line=1,title=archdoc DR001")
    assert json.loads((out / "a.sarif").read_text())["version"] == "2.1.0"
    assert 'classname="archdoc.DR001"' in (out / "a.xml").read_text()
    assert (out / "summary.md").read_text().startswith("# Earlier\n### archdoc check\n")


def test_the_diff_shows_what_a_build_would_change(built: Path) -> None:
    (built / "more.tf").write_text('resource "hcloud_server" "more" {}\n')
    page = built / "docs/infrastructure/overview.md"
    page.write_text(page.read_text() + "by hand\n")
    out = archdoc(built, "check", "--diff").stdout
    assert "-by hand\n" in out
    assert "+++ b/docs/infrastructure/overview.md" in out
    assert any(line.startswith("+") and "hcloud_server.more" in line for line in out.splitlines())
    assert out.endswith("To mend: archdoc build\n")


def test_colour_is_for_terminals_and_can_be_switched_off(built: Path) -> None:
    import pty

    (built / "more.tf").write_text('resource "hcloud_server" "more" {}\n')

    def shown(**environment: str) -> bytes:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [*ARCHDOC, "-C", str(built), "check"],
            env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **environment},
            stdout=theirs,
            stderr=subprocess.DEVNULL,
        ):
            os.close(theirs)
            made = b""
            try:
                while part := os.read(ours, 65_536):
                    made += part
            except OSError:
                pass  # Linux's way to say that the other side is closed
            os.close(ours)
        return made

    assert b"\x1b[1;31merror" in shown()
    assert b"\x1b" not in shown(NO_COLOR="1")
    assert "\x1b" not in run(built, "check").stdout


def test_a_check_of_the_unchanged_sample_takes_less_than_a_second(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    project = Path(__file__).parents[2]
    root = tmp_path / "sample"
    for part in ("terraform", "ansible", ".github"):
        shutil.copytree(project / part, root / part, ignore=shutil.ignore_patterns(".terraform*", "collections"))
    shutil.copy(project / "archdoc.toml", root)
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    assert archdoc(root, "build").returncode == 0
    assert run(root, "check").returncode == 0
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run(root, "check").returncode == 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, because the machine of a test may be busy.
    assert ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime < 1.0
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before
