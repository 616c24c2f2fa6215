"""What is told from memory is what reading again would give, whatever was changed in between."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from archdoc import api
from archdoc.catalog import load_catalog
from archdoc.config import Config, ConfigError, load_config
from archdoc.model.facts import Edge, EdgeKind, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.readers import memory, terraform
from archdoc.readers.files import Repository
from archdoc.readers.memory import remembered
from archdoc.readers.reading import Reading
from archdoc.render import data

FILES = {
    "archdoc.toml": '[terraform.roots."live"]\nvar_files = ["own.tfvars"]\n',
    ".gitignore": "*.ignored\nflag\nparts/\n",
    "live/main.tf": """
        variable "size" { default = 1 }
        locals {
          hosts  = yamldecode(file("${path.module}/../hosts.yml"))
          flag   = fileexists("${path.module}/flag")
          listed = fileset("${path.module}/parts", "*.txt")
          text   = templatefile("${path.module}/note.tftpl", { size = var.size })
        }
        resource "aws_instance" "host" {
          for_each = local.hosts
          name     = each.key
          size     = var.size
          note     = local.text
          flag     = local.flag
        }
        resource "aws_file" "part" {
          for_each = local.listed
          hash     = filesha256("${path.module}/parts/${each.key}")
        }
        module "net" {
          source = "../net"
          size   = var.size
        }
        """,
    "live/own.tfvars": "size = 2\n",
    "live/note.tftpl": "size ${size}\n",
    "live/parts/a.txt": "a",
    "hosts.yml": "one: {}\n",
    "net/main.tf": 'variable "size" {}\nresource "aws_vpc" "v" { size = var.size }\noutput "id" { value = aws_vpc.v.id }\n',
    "ansible/hosts.ini": "[web]\none\n",
    "ansible/site.yml": "- hosts: web\n  tasks:\n    - ansible.builtin.ping:\n",
}
SPARE = {
    "live/flag": "",
    "live/parts/b.txt": "b",
    "live/parts/c.txt": "c",
    "live/more.tf": 'resource "aws_queue" "more" { n = length(local.hosts) }\n',
    "live/terraform.tfvars": "size = 7\n",
    "live/z.auto.tfvars": "size = 9\n",
    "live/main_override.tf": 'variable "size" { default = 5 }\n',
    "live/more.tofu": 'resource "aws_queue" "tofu" {}\n',
    "live/x.ignored": "",
    "other/main.tf": 'resource "aws_vpc" "other" {}\n',
    "net/extra.tf.json": '{"resource": {"aws_vpc": {"json": {}}}}\n',
    "plain.txt": "plain",
    "live/broken.tf": "locals {\n",
    "live/.terraform/modules/modules.json": '{"Modules": []}\n',
}
TEXTS = ("", "x", "one: {}\ntwo: {}\n", "size = 3\n", 'resource "aws_disk" "d" { s = 1 }\n', "[terraform]\n", "*.tf\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(tmp_path / "cache"))
    made = tmp_path / "repository"
    for name, text in FILES.items():
        put(made / name, textwrap.dedent(text).lstrip("\n"))
    return made


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)


def edit(root: Path, choice: random.Random) -> str:
    """Change something; returns what, for the message of a failure."""
    path = root / choice.choice([*FILES, *SPARE])
    kind = choice.choice(("delete", "text", "append", "original", "spare", "spare", "link", "directory", "mode"))
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    name = str(path.relative_to(root))
    if kind == "delete":
        path.unlink(missing_ok=True)
    elif kind == "text":
        put(path, choice.choice(TEXTS))
    elif kind == "append" and path.is_file():
        put(path, path.read_text() + choice.choice(TEXTS))
    elif kind == "link":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(root / choice.choice([*FILES, "/etc/hostname", "nowhere"]))
    elif kind == "directory":
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)
    elif kind == "mode" and path.is_file():
        path.chmod(choice.choice((0o644, 0o755)))
    else:
        put(path, {**FILES, **SPARE}[name])
    return f"{kind} {name}"


def graph_json(root: Path, config: Config) -> str:
    return data.graph_json(api.load_graph(root, config))


@pytest.mark.parametrize("seed", range(12))
def test_warm_is_cold_after_any_edit(root: Path, seed: int) -> None:
    choice = random.Random(seed)
    done: list[str] = []
    for _ in range(12):
        try:
            config = load_config(root)
        except ConfigError:  # an edit made it no configuration
            config = Config()
        cold = graph_json(root, replace(config, cache=False))
        assert graph_json(root, config) == cold, done
        assert graph_json(root, config) == cold, done
        done += [edit(root, choice) for _ in range(choice.choice((1, 1, 1, 3)))]


def test_another_configuration_is_another_reading(root: Path) -> None:
    config = load_config(root)
    before = graph_json(root, config)
    for other in (Config(), replace(config, exclude=("net/",)), replace(config, rules_off=("x",)), config):
        assert graph_json(root, other) == graph_json(root, replace(other, cache=False))
    assert graph_json(root, config) == before


def test_another_archdoc_reads_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(root)
    monkeypatch.setattr(memory, "program", lambda: ("another",))
    assert reading(root) == "read"


def test_nothing_is_parsed_or_evaluated_when_nothing_has_changed(root: Path) -> None:
    read = partial(terraform.read, config=load_config(root), catalog=load_catalog())
    cold = remembered("Terraform", Repository(root), (), read)
    warm: list[Reading] = []
    called = called_by(lambda: warm.append(remembered("Terraform", Repository(root), (), read)))
    assert warm[0].graph.problems() == cold.graph.problems()
    assert list(warm[0].graph.nodes()) == list(cold.graph.nodes())
    assert list(warm[0].graph.keyed_edges()) == list(cold.graph.keyed_edges())
    assert warm[0].documents == cold.documents
    assert "files.py" in {Path(name).name for name in called}
    assert not {name for name in called if "terraform" in name or "yaml" in name}


def test_an_edit_of_terraform_that_brings_a_page_reads_nothing_else_again(root: Path) -> None:
    put(root / "compose.yml", "services:\n  web:\n    image: nginx\n")
    api.build(root, load_config(root))
    pages = len(list((root / "docs").rglob("*.md")))
    put(root / "live/server.tf", 'resource "aws_instance" "new" { name = "new" }\n')
    api.build(root, load_config(root))
    assert len(list((root / "docs").rglob("*.md"))) > pages
    put(root / "live/server.tf", 'resource "aws_instance" "new" { name = "newer" }\n')
    called = called_by(lambda: api.load_graph(root, load_config(root)))
    assert {name.rpartition("/readers/")[2] for name in called if "/readers/terraform/" in name}
    assert not {name for name in called if "/readers/ansible/" in name or name.endswith("/formats/compose.py")}


def test_what_archdoc_wrote_is_no_code(root: Path) -> None:
    put(
        root / "live/site.tf",
        """resource "aws_s3_object" "page" {
          for_each = fileset("${path.module}/../docs", "**/*.md")
          key      = each.key
        }""",
    )
    put(root / "docs/by-hand.md", "# By hand\n")
    api.build(root, load_config(root))
    again = api.build(root, load_config(root))
    assert again.written == ()
    objects = [n.address for n in again.graph.nodes(NodeKind.RESOURCE) if n.type == "aws_s3_object"]
    assert objects == ['aws_s3_object.page["by-hand.md"]']


def called_by(work: Callable[[], object]) -> set[str]:
    """The files whose functions are called."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            files.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return files


# -- one reader of the test's own ---------------------------------------------------------------------------------


def small(repo: Repository) -> Reading:
    """What a reader could make."""
    text = repo.read_text("hosts.yml")
    nodes = [
        Node("a", NodeKind.HOST, "t", "A", Source("hosts.yml", 1, 2), attributes={"text": text, "float": 1.0}),
        Node("b", NodeKind.HOST, "t", "B", Source("hosts.yml", 2), evidence=(Source("x", 3),)),
    ]
    return Reading(Graph(nodes, [Edge("a", "b", EdgeKind.RUNS_ON, (Source("hosts.yml", 2),))]))


def reading(
    root: Path,
    read: Callable[[Repository], Reading] = small,
    told: object = (),
    made: Callable[[Path], Repository] = Repository,
) -> str:
    """Whether a reader is asked or memory."""
    asked: list[str] = []

    def noted(repo: Repository) -> Reading:
        asked.append("read")
        return read(repo)

    found = remembered("test", made(root), told, noted)
    assert repr(list(found.graph.nodes())) == repr(list(small(Repository(root)).graph.nodes()))
    return "".join(asked) or "remembered"


def test_a_reader_is_asked_again_only_when_an_answer_is_another(root: Path) -> None:
    assert [reading(root), reading(root)] == ["read", "remembered"]
    put(root / "hosts.yml", "two: {}\n")
    assert [reading(root), reading(root)] == ["read", "remembered"]
    put(root / "live/main.tf", "")  # was not asked for
    assert reading(root) == "remembered"
    assert reading(root, told="another") == "read"


def test_a_revision_and_the_working_tree_are_remembered_apart(root: Path) -> None:
    class Revision(Repository):
        kind = "revision"

    assert reading(root) == "read"
    assert reading(root, made=Revision) == "read"
    assert reading(root) == reading(root, made=Revision) == "remembered"


def test_what_changes_while_it_is_read_is_not_kept(root: Path) -> None:
    def unsteady(repo: Repository) -> Reading:
        repo.read_bytes("live/flag")
        put(root / "live/flag", "other")
        repo.read_bytes("live/flag")
        put(root / "live/flag", "")
        return small(repo)

    put(root / "live/flag", "")
    assert [reading(root, unsteady), reading(root, unsteady)] == ["read", "read"]


def test_a_reading_that_would_not_come_back_the_same_is_not_kept(root: Path) -> None:
    def strange(repo: Repository) -> Reading:
        made = small(repo)
        made.graph.add_edge(
            Edge("b", "a", EdgeKind.RUNS_ON, (Source("x"),), attributes={"a": float("nan")}),
        )
        return made

    assert [reading(root, strange), reading(root, strange)] == ["read", "read"]


def test_what_is_damaged_is_not_believed(root: Path) -> None:
    reading(root)
    (entry,) = (root.parent / "cache" / "readings").iterdir()
    good = entry.read_bytes()
    answers, _, content = good[64:].partition(b"\n")
    row = json.loads(content)
    wrong: list[object] = [
        {},
        [],
        {**row, "nodes": [[1]]},
        {**row, "nodes": row["nodes"][:1]},
        {**row, "edges": [[0, 9, 0, 0]]},
        {**row, "edges": [[0, 1, 0]]},
        {**row, "places": [["hosts.yml", 0, 0]] * len(row["places"])},
        {**row, "problems": [["worst", "TF001", "", 0, ""]]},
        {**row, "documents": [None]},
    ]
    damaged = [answers + b"\n" + json.dumps(one).encode() for one in wrong]
    damaged += [b"[]\n" + content[:-1], b'[["eval", "1", ""]]\n' + content, answers, b"", b"\xff\n{}", b"[" * 100_000]
    for one in [hashlib.sha256(d).hexdigest().encode() + d for d in damaged] + [b"", good[:-1], good[1:]]:
        entry.write_bytes(one)
        assert reading(root) == "read", one[:200]
        assert reading(root) == "remembered"


@pytest.mark.parametrize("where", [".", "cache"])
def test_nothing_is_believed_that_lies_in_the_repository(
    root: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(root / where))
    assert [reading(root), reading(root)] == ["read", "read"]
    assert not (root / where / "readings").exists()


def test_a_cache_that_cannot_be_written_is_no_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root.parent / "file", "")
    monkeypatch.setenv("ARCHDOC_CACHE_DIR", str(root.parent / "file" / "below"))
    assert [reading(root), reading(root)] == ["read", "read"]


def test_two_processes_read_what_one_reads(root: Path) -> None:
    for number in range(40):
        put(root / f"live/zone{number}.tf", f'resource "aws_zone" "z{number}" {{ name = "{number}.example.com" }}\n')
        put(root / f"ansible/roles/r{number}/tasks/main.yml", f"- ansible.builtin.apt: {{name: package{number}}}\n")
    command = [sys.executable, "-m", "archdoc", "-C", str(root), "graph", "--format", "json"]
    beside = subprocess.run(command, capture_output=True, text=True, check=True)  # pytest's own process has threads
    assert beside.stdout == graph_json(root, replace(load_config(root), cache=False))
    assert beside.stderr.count("reading Terraform") <= 1


AHEAD = """
import os, sys, pathlib
from archdoc.readers.ahead import ahead
place = pathlib.Path(sys.argv[1])
def work():
    place.write_text(str(os.getpid()))
    if sys.argv[2:]: os.kill(os.getpid(), 9)
with ahead(work) as wait:
    wait()
print(os.getpid(), len(os.sched_getaffinity(0)), place.read_text() if place.exists() else "none")
"""


@pytest.mark.parametrize("killed", [[], ["killed"]])
def test_work_ahead_is_done_by_another_process_where_there_is_a_second_core(tmp_path: Path, killed: list[str]) -> None:
    command = [sys.executable, "-c", AHEAD, str(tmp_path / "place"), *killed]
    own, cores, worker = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert (worker == "none") if int(cores) == 1 else worker not in ("none", own)


def test_work_ahead_ends_with_the_block(tmp_path: Path) -> None:
    work = "import time; from archdoc.readers.ahead import ahead\n"
    work += "with ahead(lambda: time.sleep(60)): raise SystemExit(5)\n"
    done = subprocess.run([sys.executable, "-c", work], timeout=30, check=False)
    assert done.returncode == 5
