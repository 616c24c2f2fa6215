"""A pull request from a stranger: whatever its files and names say, nothing of what archdoc prints is a command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gitrepo import archdoc

PLANTED = (
    "::set-output name=x::y",
    "a\\n::error::planted",
    "a\\n##[command]planted",
    "##[add-mask]planted",
    "@everyone",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "\\u001b[31mred",
    "a%0A::warning::planted",
)
KEYS = ", ".join(f'"{name}"' for name in PLANTED if "\\u" not in name)
QUOTED = "".join(f'  - name: "{name}"\n    ansible.builtin.ping:\n' for name in PLANTED)
SERVICES = "".join(f'  "{name}":\n    image: "nginx"\n' for name in PLANTED)
PLAYS = "".join(f'- name: "{name}"\n  hosts: "{name}"\n  roles: ["{name}"]\n' for name in PLANTED)
GITHUBS_OWN = re.compile(
    r"::(?:error|warning|notice) (?:file=[^\n:,]*,line=\d+[^\n:]*|title=archdoc)::[^\n]*|::(?:end)?group::[^\n:]*"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "main.tf": f'resource "hcloud_server" "s" {{\n  for_each = toset([{KEYS}])\n  name     = each.key\n}}\n',
        "::error::x/main.tf": 'resource "hcloud_server" "s" {\n  name = "##[error]planted"\n}\n',
        "##[error]x.tf": "resource {{{\n",
        "compose.yml": f"services:\n{SERVICES}",
        "site.yml": PLAYS,
        "tasks.yml": QUOTED,
        "hosts.ini": "[all]\n::error::planted\n##[error]planted\n",
        ".github/workflows/::warning::x.yml": "on: push\njobs:\n  '::error::x':\n    runs-on: '##[x]'\n    steps: [{run: echo}]\n",
        "docs/::notice::mine.md": "# Mine\n\n<!-- archdoc:view nothing-of-this-name -->\n<!-- /archdoc -->\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def commands(log: str) -> list[str]:
    """What GitHub's runner takes for a command."""
    return [line for line in log.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_nothing_that_is_printed_is_a_command_but_archdocs_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(root / "summary.md"))
    for arguments in (
        ("check", "--format", "github", "--summary"),
        ("check", "--diff"),
        ("lint", "--format", "sarif"),
        ("build",),
        ("explain", "hcloud_server.s"),
        ("explain", "::error::nothing"),
    ):
        done = archdoc(root, *arguments)
        assert done.returncode in (0, 1, 2), done.stderr
        foreign = [c for c in commands(done.stdout + done.stderr) if not GITHUBS_OWN.fullmatch(c)]
        assert foreign == [], arguments
        assert "\x1b" not in done.stdout + done.stderr, arguments
    summary = (root / "summary.md").read_text()
    outside = re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", summary).replace("<br>", "")
    assert not re.search(r"[@<]|\]\(|://|::", outside)
