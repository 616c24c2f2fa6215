"""archdoc diff: what it prints, how it exits, and what a hostile repository cannot make of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from gitrepo import GitRepo, archdoc, archdoc_process

from archdoc.report import changes, comment

DOCS = Path(__file__).parents[2] / "docs"

BEFORE = {
    "terraform/main.tf": """
        resource "hcloud_network" "main" {
          name     = "main"
          ip_range = "10.0.0.0/16"
        }
        resource "hcloud_server" "web" {
          name        = "web"
          server_type = "cx22"
          network {
            network_id = hcloud_network.main.id
            ip         = "10.0.1.5"
          }
        }
        resource "hcloud_server" "old" {
          name = "old"
        }
        """
}
AFTER = {
    "terraform/main.tf": BEFORE["terraform/main.tf"]
    .replace("cx22", "cx32")
    .replace('"hcloud_server" "old"', '"hcloud_volume" "data"')
    .replace('name = "old"', "server_id = hcloud_server.web.id")
}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.commit(BEFORE)
    made.write(AFTER)
    return made


def test_text_names_what_is_added_removed_and_changed(repo: GitRepo) -> None:
    done = archdoc(repo.root, "diff", "HEAD")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("compared with HEAD (")
    assert "things: 1 added, 1 removed, 1 changed" in lines[0]
    assert any(re.match(r"\+ hcloud_volume\.data \(terraform/main\.tf:13\)", line) for line in lines)
    assert any(re.match(r"- hcloud_server\.old \(terraform/main\.tf:13\)", line) for line in lines)
    changed = next(i for i, line in enumerate(lines) if line.startswith("~ hcloud_server.web"))
    assert "network" in lines[changed]
    assert lines[changed + 1] == "    server_type: cx22 → cx32"
    assert "    hcloud_volume.data → hcloud_server.web (references)" in lines


WALL = """
resource "hcloud_firewall" "main" {
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "22"
    source_ips = ["0.0.0.0/0"]
  }
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "443"
    source_ips = ["0.0.0.0/0"]
  }
}
resource "hcloud_server" "web" {
  name         = "web"
  firewall_ids = [hcloud_firewall.main.id]
}
"""


def test_a_rule_less_is_told_with_what_it_says_where_another_stays(tmp_path: Path) -> None:
    made = GitRepo(tmp_path / "repo")
    made.commit({"main.tf": WALL})
    made.write({"main.tf": WALL.replace(WALL[WALL.index("  rule {") : WALL.rindex("  rule {")], "")})
    out = archdoc(made.root, "diff", "HEAD").stdout
    assert re.search(r"^    rule\[22\] removed: .*\"port\": \"22\"", out, re.M), out
    assert re.search(r"^- external Internet → hcloud_server.web \(allows\), ports: 22/tcp", out, re.M), out
    assert re.search(r"removed: `.*22", archdoc(made.root, "diff", "HEAD", "--format", "markdown").stdout)


AGENTS = """
resource "hcloud_network" "main" {}
resource "hcloud_server" "agent" {
  count      = 2
  network_id = hcloud_network.main.id
  labels = {
    "a/b" = "true"
    "c/d" = "{false"
  }
}
"""


def test_a_known_value_that_is_written_in_another_way_is_no_difference(tmp_path: Path) -> None:
    made = GitRepo(tmp_path / "repo")
    made.commit({"main.tf": AGENTS})
    ways = AGENTS.replace("count      = 2", "count = (1 + 1)").replace(
        '"a/b" = "true"', '"a/b" : join("", ["tr", "ue"]),'
    )
    made.write({"main.tf": ways})
    assert archdoc(made.root, "diff", "HEAD").stdout.startswith("nothing differs")
    made.write({"main.tf": ways.replace("hcloud_network.main.id", "upper(hcloud_network.main.id)")})
    out = archdoc(made.root, "diff", "HEAD").stdout
    assert "code: network_id = hcloud_network.main.id → network_id = upper(" in " ".join(out.split()).replace(
        "( ", "("
    ), out


def test_the_exit_code_tells_of_a_difference_only_when_asked(repo: GitRepo) -> None:
    assert archdoc_process(repo.root, "diff", "HEAD").returncode == 0
    assert archdoc_process(repo.root, "diff", "HEAD", "--exit-code").returncode == 1
    repo.commit()
    clean = archdoc_process(repo.root, "diff", "HEAD", "--exit-code")
    assert clean.returncode == 0
    assert clean.stdout.startswith("nothing differs from HEAD (")


@pytest.mark.parametrize(
    ("base", "words"),
    [("nosuch", "there is no revision 'nosuch'"), ("--output=x", "is not the name of a revision"), ("HEAD~9", "fetch")],
)
def test_a_base_that_cannot_be_read_exits_2_and_says_what_to_do(repo: GitRepo, base: str, words: str) -> None:
    done = archdoc_process(repo.root, "diff", "--", base)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_git_the_exit_code_is_2(tmp_path: Path) -> None:
    done = archdoc(tmp_path, "diff", "HEAD")
    assert done.returncode == 2
    assert "not a git repository" in done.stderr


def test_a_repository_that_belongs_to_somebody_else_can_be_read(repo: GitRepo) -> None:
    if os.getuid() == 0:
        for path in (repo.root, repo.root / ".git"):
            os.chown(path, 1234, 1234)
        assert archdoc(repo.root, "diff", "HEAD").returncode == 0
    else:  # git's own rule is about other users: without the right to make one, ask git for what we rely on
        done = subprocess.run(["git", "-c", "safe.directory=*", "rev-parse"], cwd=repo.root, check=False)
        assert done.returncode == 0


def test_nothing_is_written_into_the_repository(repo: GitRepo) -> None:
    def state() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in repo.root.rglob("*") if p.is_file()}

    before = state()
    for form in ("text", "json", "markdown", "mermaid", "svg"):
        assert archdoc(repo.root, "diff", "HEAD", "--format", form).returncode == 0
    assert state() == before


def test_json_follows_its_schema_and_says_all(repo: GitRepo) -> None:
    document = json.loads(archdoc(repo.root, "diff", "HEAD", "--format", "json").stdout)
    schema = json.loads(changes.schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["base"]["commit"] == repo.git("rev-parse", "HEAD")
    by_title = {n["title"]: n for n in document["nodes"]}
    assert {t: n["change"] for t, n in by_title.items()} == {
        "hcloud_volume.data": "added",
        "hcloud_server.old": "removed",
        "hcloud_server.web": "changed",
    }
    web = by_title["hcloud_server.web"]
    assert web["attributes"] == [{"path": "server_type", "before": "cx22", "after": "cx32"}]
    assert "network" in web["views"]
    assert by_title["hcloud_server.old"]["after"] is None
    assert {v["view"] for v in document["views"]} >= {"terraform", "network"}


def test_the_docs_have_the_schema() -> None:
    assert (DOCS / "assets/diff.schema.json").read_text() == changes.schema_text()


def test_a_view_shows_what_stands_in_it(repo: GitRepo) -> None:
    network = json.loads(archdoc(repo.root, "diff", "HEAD", "--view", "network", "--format", "json").stdout)
    assert {n["title"] for n in network["nodes"]} == {"hcloud_server.web", "hcloud_server.old"}
    assert [v["view"] for v in network["views"]] == ["network"]
    nothing = archdoc(repo.root, "diff", "HEAD", "--view", "backup", "--exit-code")
    assert (nothing.returncode, nothing.stdout.splitlines()[0][:15]) == (0, "nothing differs")


def test_a_box_that_only_needs_telling_apart_now_is_no_change(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"one/main.tf": 'resource "aws_db_instance" "main" {\n  backup_retention_period = 7\n}\n'})
    repo.write({"two/main.tf": 'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n'})
    document = json.loads(archdoc(repo.root, "diff", "HEAD", "--format", "json").stdout)
    views = {v["view"]: v["boxes"] for v in document["views"]}
    assert "backup" not in views
    assert views["terraform"].get("changed", 0) == 0


def test_the_picture_colours_what_happened_and_says_it_in_words(repo: GitRepo) -> None:
    text = archdoc(repo.root, "diff", "HEAD", "--format", "mermaid").stdout
    boxes = dict(re.findall(r'^\s+(\w+)[\[(]+"([^"]*)"[\])]+:::\w+$', text, re.MULTILINE))
    assert boxes["tf_terraform_hcloud_volume_data"].startswith("data<br/>added · hcloud_volume")
    assert boxes["tf_terraform_hcloud_server_old"].startswith("old<br/>removed · hcloud_server")
    assert "server_type: cx22 → cx32" in re.sub(r"<br/>", " ", boxes["tf_terraform_hcloud_server_web"])
    assert 'tf_terraform_hcloud_server_old["old<br/>removed · hcloud_server"]:::removed' in text
    assert "hcloud_network_main" in text, "what is joined to a change is drawn"
    assert re.search(r"^    linkStyle [\d,]+ stroke:#1a7f37", text, re.MULTILINE), "the new arrow is green"


def test_the_svg_is_well_formed_and_needs_nothing_from_elsewhere(repo: GitRepo) -> None:
    svg = archdoc(repo.root, "diff", "HEAD", "--format", "svg").stdout
    root = ET.fromstring(svg)
    looks = {g.get("class") for g in root.iter("{http://www.w3.org/2000/svg}g")}
    assert {"box c-added", "box c-removed", "box c-changed"} <= looks
    assert not list(root.iter("{http://www.w3.org/2000/svg}a"))
    assert "http" not in re.sub(r'xmlns="http://www.w3.org/2000/svg"', "", svg)


def test_a_picture_of_nothing_is_a_picture(repo: GitRepo) -> None:
    repo.commit()
    assert "Nothing differs" in archdoc(repo.root, "diff", "HEAD", "--format", "mermaid").stdout
    assert "Nothing differs" in archdoc(repo.root, "diff", "HEAD", "--format", "svg").stdout
    assert "Nothing differs" in archdoc(repo.root, "diff", "HEAD", "--format", "markdown").stdout


def test_with_merge_base_the_work_of_others_is_no_difference(repo: GitRepo) -> None:
    repo.git("stash", "-q")
    repo.git("switch", "-q", "-c", "topic")
    repo.git("switch", "-q", "main")
    repo.commit({"other.tf": 'resource "hcloud_server" "theirs" {\n}\n'})
    repo.git("switch", "-q", "topic")
    assert "hcloud_server.theirs" in archdoc(repo.root, "diff", "main").stdout
    assert archdoc(repo.root, "diff", "main", "--merge-base", "--exit-code").returncode == 0


def test_a_submodule_that_cannot_be_compared_is_named_and_not_called_new(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.commit({"main.tf": 'resource "hcloud_server" "inside" {\n}\n'})
    repo.git("submodule", "add", "-q", str(inner.root), "sub")
    repo.git("update-index", "--cacheinfo", f"160000,{'1' * 40},sub")
    repo.git("commit", "-q", "-m", "submodule")
    done = archdoc(repo.root, "diff", "HEAD")
    assert "the submodule sub was not compared" in done.stdout
    assert "inside" not in done.stdout


def test_a_file_that_could_not_be_read_before_is_told_as_a_problem_that_is_gone(repo: GitRepo) -> None:
    repo.commit({"terraform/broken.tf": 'resource "hcloud_server" {{{\n'})
    repo.write({"terraform/broken.tf": 'resource "hcloud_server" "mended" {\n}\n'})
    found = archdoc(repo.root, "diff", "HEAD").stdout
    assert re.search(r"problem that is gone: terraform/broken\.tf:\d+: TF", found)


def test_code_is_compared_with_code_whatever_plans_are_configured(repo: GitRepo) -> None:
    repo.commit()
    repo.write(
        {
            "archdoc.toml": '[terraform.roots.terraform]\nstate = "state.json"\n',
            "state.json": json.dumps({"version": 4, "resources": []}),
        }
    )
    assert archdoc(repo.root, "diff", "HEAD", "--exit-code").returncode == 0


# -- a pull request from a stranger -------------------------------------------------------------------------

EVIL = (
    "@everyone",
    "#1 GH-1 org/repo#2",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![i](https://evil.example/i.png)",
    "https://evil.example/ www.evil.example",
    "``` ` ````",
    "-->",
    "::set-output name=x::y",
    "##[error]x",
    "</details></summary>",
    "\\u202egnp.exe",
)


@pytest.fixture
def evil(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"a.tf": ""})
    names = ", ".join(json.dumps(e) for e in EVIL)
    repo.write(
        {
            "main.tf": f'resource "hcloud_server" "a" {{\n  for_each = toset([{names}])\n  name = each.key\n}}\n',
            "@team #1 <b>/x.tf": 'resource "hcloud_server" "b" {\n}\n',
            "site.yml": f"- name: {json.dumps(EVIL[2])}\n  hosts: {json.dumps(EVIL[0])}\n",
            ".github/workflows/x.yml": f"name: {json.dumps(EVIL[3])}\non: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n",
        }
    )
    return repo


def test_a_comment_pings_nobody_links_nowhere_and_has_no_html_of_the_repository(evil: GitRepo) -> None:
    text = archdoc(evil.root, "diff", "HEAD", "--format", "markdown").stdout
    assert "@everyone" in text, "names are shown"
    outside = _outside_of_code(text)
    for sign in ("@", "#1", "GH-", "http", "www.", "javascript", "<script", "<img", "::", "##["):
        assert sign not in outside, sign
    assert set(re.findall(r"<[^>]*>", outside)) <= {
        comment.MARK,
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
    }


def test_no_format_steers_a_ci_runner_or_a_terminal(evil: GitRepo) -> None:
    for form in ("text", "json", "markdown", "mermaid"):
        log = archdoc(evil.root, "diff", "HEAD", "--format", form).stdout
        assert not [line for line in log.splitlines() if line.lstrip().startswith("::") or "##[" in line], form
        assert "\x1b" not in log, form
        assert "\u202e" not in log, form


def test_mermaid_takes_every_name_as_a_label(evil: GitRepo) -> None:
    text = archdoc(evil.root, "diff", "HEAD", "--format", "mermaid").stdout
    for line in text.splitlines():
        assert "```" not in line
        assert not line.lstrip().startswith(("click", "%%{"))
    assert "<script" not in text
    assert "evil.example/ " not in text.replace("<br/>", "")


def test_a_comment_keeps_within_the_limits_of_a_code_host(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"a.tf": ""})
    resources = "".join(
        f'resource "hcloud_server" "server_{n}" {{\n  name = "{"ü" * 60}-{n}"\n  labels = {{ a = hcloud_network.n{n % 7}.id }}\n}}\n'
        for n in range(900)
    )
    networks = "".join(f'resource "hcloud_network" "n{n}" {{\n  name = "n"\n}}\n' for n in range(7))
    repo.write({"main.tf": resources + networks})
    text = archdoc(repo.root, "diff", "HEAD", "--format", "markdown").stdout
    assert len(text.encode()) <= 65_536
    assert "```mermaid" in text
    assert re.search(r"… and \d+ more: `archdoc diff` lists them all", text)
    assert text.count("<details>") == text.count("</details>")
    picture = text.partition("```mermaid\n")[2].partition("```")[0]
    assert len(picture) <= 50_000
    assert sum(int(n) for n in re.findall(r"×(\d+)<br/>added · hcloud_server", picture)) == 900, "none is dropped"


def _outside_of_code(markdown: str) -> str:
    """Markdown without its code spans and fences (CommonMark 6.1 and 4.5)."""
    without_fences = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", without_fences)
