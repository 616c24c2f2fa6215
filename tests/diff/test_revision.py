"""A revision read from git's object store, as the working tree would be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from gitrepo import GitRepo

from archdoc.readers import gitobjects
from archdoc.readers.files import MAX_FILE_BYTES, Repository, UnreadableError
from archdoc.readers.gitobjects import RevisionError, Store
from archdoc.readers.revision import RevisionRepository, read_tree


class Opened:
    """Opens revisions, and ends the processes behind them when the test is over."""

    def __init__(self) -> None:
        self.made: list[RevisionRepository] = []

    def __call__(
        self, repo: GitRepo, revision: str = "HEAD", inside: str = "", excludes: tuple[str, ...] = ()
    ) -> RevisionRepository:
        store = Store(repo.root / inside)
        tree = read_tree(store, store.commit(revision), store.prefix())
        self.made.append(RevisionRepository(Repository(repo.root / inside, excludes), tree, excludes))
        return self.made[-1]


@pytest.fixture
def opened() -> Iterator[Opened]:
    made = Opened()
    yield made
    for each in made.made:
        each.close()


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def test_a_clean_checkout_and_its_commit_are_read_alike(repo: GitRepo, opened: Opened) -> None:
    repo.write(
        {
            "main.tf": "a\n",
            "modules/web/main.tf": "b\n",
            "deep/er/x.yml": "c\n",
            ".github/workflows/ci.yml": "d\n",
            "node_modules/x/main.tf": "not ours\n",
            "skipped/main.tf": "left out\n",
            "name with spaces/ü.tf": "e\n",
            "run.sh": "#!/bin/sh\n",
            "mkdocs.yml": "site_name: x\n",
            **dict.fromkeys(["site/sitemap.xml", "site/404.html", "site/guide/main.tf"], "built\n"),
        }
    )
    (repo.root / "run.sh").chmod(0o755)
    (repo.root / "link.tf").symlink_to("modules/web/main.tf")
    (repo.root / "modules/up").symlink_to("../deep")
    (repo.root / "loop").symlink_to("loop")
    (repo.root / "nowhere.tf").symlink_to("gone.tf")
    (repo.root / "out.tf").symlink_to("/etc/hostname")
    (repo.root / "out2.tf").symlink_to("../../other/main.tf")
    repo.commit()
    here, there = Repository(repo.root, ("/skipped/",)), opened(repo, excludes=("/skipped/",))
    assert there.paths == here.paths
    assert {p.code for p in there.problems()} == {p.code for p in here.problems()} == {"FS001"}
    assert there.directories == here.directories
    asked = [
        *here.paths,
        "modules",
        "modules/up/er",
        "modules/up/er/x.yml",
        "out.tf",
        "loop",
        "../x",
        "skipped/main.tf",
    ]
    for path in [*asked, "nowhere.tf", "/etc/hostname", "deep/../main.tf", "missing", "."]:
        assert there.is_file(path) == here.is_file(path), path
        assert there.is_directory(path) == here.is_directory(path), path
        assert there.is_listed(path) == here.is_listed(path), path
        assert there.is_executable(path) == here.is_executable(path), path
        assert set(there.list_any(path)) - {".git"} == set(here.list_any(path)) - {".git"}, path
    for path in here.paths:
        assert there.read_bytes(path) == here.read_bytes(path)


def test_only_the_revision_counts_and_not_the_working_tree(repo: GitRepo, opened: Opened) -> None:
    repo.commit({"a.tf": "old\n", "gone.tf": "x\n"})
    repo.write({"a.tf": "new\n", "untracked.tf": "y\n"})
    (repo.root / "gone.tf").unlink()
    there = opened(repo)
    assert there.paths == ("a.tf", "gone.tf")
    assert there.read_text("a.tf") == "old\n"
    assert not there.is_file("untracked.tf")


def test_what_git_ignores_is_in_no_revision_and_looked_up_where_it_lies(repo: GitRepo, opened: Opened) -> None:
    repo.commit({".gitignore": ".terraform/\nsecret.tfvars\n", "a.tf": ""})
    repo.write({".terraform/modules/vpc/main.tf": "m\n", "secret.tfvars": "s\n"})
    there = opened(repo)
    assert there.paths == (".gitignore", "a.tf")
    assert there.is_directory(".terraform/modules/vpc")
    assert there.list_any(".terraform/modules/vpc") == ("main.tf",)
    assert there.read_text(".terraform/modules/vpc/main.tf") == "m\n"
    assert there.read_text("secret.tfvars") == "s\n"


def test_a_directory_of_a_repository_is_read_as_one_of_its_own(repo: GitRepo, opened: Opened) -> None:
    repo.commit({"infra/a.tf": "a\n", "other/b.tf": "b\n"})
    there = opened(repo, inside="infra")
    assert there.paths == ("a.tf",)
    assert not there.is_file("../other/b.tf")
    assert opened(repo, repo.commit({"new/c.tf": ""}) + "~1", inside="new").paths == ()


def test_a_link_out_of_the_repository_is_not_followed(repo: GitRepo, tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "secret").write_text("top secret")
    (repo.root / "a.tf").symlink_to("../secret")
    (repo.root / "b.tf").symlink_to(str(tmp_path / "secret"))
    (repo.root / "c").symlink_to("..")
    repo.commit()
    there = opened(repo)
    assert there.paths == ()
    for path in ("a.tf", "b.tf", "c/secret", "../secret"):
        assert not there.is_file(path)
        with pytest.raises(UnreadableError) as raised:
            there.read_bytes(path)
        assert raised.value.problem.code in ("FS001", "FS002")


def test_a_link_of_git_to_git_ends(repo: GitRepo, opened: Opened) -> None:
    for number in range(50):
        (repo.root / f"l{number}").symlink_to(f"l{number + 1}")
    (repo.root / "x").symlink_to("y")
    (repo.root / "y").symlink_to("x")
    repo.write({"l50": "end\n"})
    repo.commit()
    there = opened(repo)
    assert not there.is_file("x")
    assert there.is_file("l11")
    assert not there.is_file("l0"), "more than forty links, as Linux has it"


def test_a_huge_file_is_refused_before_it_is_read(repo: GitRepo, opened: Opened) -> None:
    (repo.root / "big.tf").write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    repo.commit()
    with pytest.raises(UnreadableError) as raised:
        opened(repo).read_bytes("big.tf")
    assert raised.value.problem.code == "FS003"


def test_names_of_git_that_no_work_tree_could_have_stay_names(repo: GitRepo, tmp_path: Path, opened: Opened) -> None:
    """A tree object may name anything; nothing is ever written under such a name."""
    blob = repo.git("hash-object", "-w", "--stdin", data=b"evil\n")
    entry = bytes.fromhex(blob)
    tree = b"".join(b"100644 " + name + b"\0" + entry for name in (b"..", b".git", b"a\nb.tf", b"\xff.tf", b"ok.tf"))
    made = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=tree)
    commit = repo.git("commit-tree", made, "-m", "evil")
    there = opened(repo, commit)
    assert "ok.tf" in there.paths
    assert there.read_text("ok.tf") == "evil\n"
    assert there.real_path("..") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["repo"]


def test_a_file_entry_that_points_at_a_directory_does_not_shift_the_answers(repo: GitRepo, opened: Opened) -> None:
    inner = repo.git("mktree", data=b"")
    blob = repo.git("hash-object", "-w", "--stdin", data=b"fine\n")
    tree = b"100644 a.tf\0" + bytes.fromhex(inner) + b"100644 b.tf\0" + bytes.fromhex(blob)
    made = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=tree)
    there = opened(repo, repo.git("commit-tree", made, "-m", "x"))
    with pytest.raises(UnreadableError):
        there.read_bytes("a.tf")
    assert there.read_bytes("b.tf") == b"fine\n"


# -- submodules ---------------------------------------------------------------------------------------------


def test_the_files_of_a_submodule_come_from_its_own_clone(repo: GitRepo, tmp_path: Path, opened: Opened) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.commit({"main.tf": "one\n"})
    repo.git("submodule", "add", "-q", str(inner.root), "modules/x")
    before = repo.commit()
    sub = GitRepo(repo.root / "modules/x")
    sub.commit({"main.tf": "two\n"})
    repo.commit()
    there = opened(repo, before)
    assert there.paths == Repository(repo.root).paths
    assert there.read_text("modules/x/main.tf") == "one\n"
    assert opened(repo).read_text("modules/x/main.tf") == "two\n"


def test_a_submodule_whose_clone_lacks_the_commit_is_named(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.commit({"main.tf": "one\n"})
    repo.git("submodule", "add", "-q", str(inner.root), "x")
    repo.git("update-index", "--cacheinfo", f"160000,{'1' * 40},x")
    repo.git("commit", "-q", "-m", "elsewhere")
    store = Store(repo.root)
    tree = read_tree(store, store.commit("HEAD"))
    assert tree.unread == ("x",)


def test_a_submodule_that_is_not_cloned_has_no_files(repo: GitRepo) -> None:
    repo.commit({"a.tf": ""})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},x")
    repo.git("commit", "-q", "-m", "submodule")
    (repo.root / "x").mkdir()
    store = Store(repo.root)
    tree = read_tree(store, store.commit("HEAD"))
    assert (sorted(tree.files), tree.unread) == (["a.tf"], ())


def test_a_submodule_path_that_became_a_link_is_not_followed(repo: GitRepo, tmp_path: Path) -> None:
    outside = GitRepo(tmp_path / "outside")
    secret = outside.commit({"secret.tf": "secret\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{secret},x")
    repo.git("commit", "-q", "-m", "submodule")
    (repo.root / "x").symlink_to(outside.root)
    store = Store(repo.root)
    assert read_tree(store, store.commit("HEAD")).files == {}


# -- what cannot be read, and what is never run -------------------------------------------------------------


@pytest.mark.parametrize("revision", ["", "-h", "--upload-pack=touch x", "--output=x", "a\nb", "a\0b", "x" * 5000])
def test_what_is_no_name_of_a_revision_never_reaches_git(repo: GitRepo, revision: str) -> None:
    repo.commit()
    with pytest.raises(RevisionError, match="not the name of a revision"):
        Store(repo.root).commit(revision)


def test_names_of_commits_tags_and_branches_are_revisions(repo: GitRepo) -> None:
    first = repo.commit({"a.tf": "1"})
    repo.git("tag", "-a", "v1", "-m", "first")
    second = repo.commit({"a.tf": "2"})
    store = Store(repo.root)
    assert [store.commit(r) for r in (first[:8], "v1", "HEAD~1", "HEAD^")] == [first] * 4
    assert store.commit("main") == second


def test_a_merge_base_is_what_both_sides_have(repo: GitRepo) -> None:
    base = repo.commit({"a.tf": "1"})
    repo.git("switch", "-q", "-c", "topic")
    repo.commit({"b.tf": ""})
    repo.git("switch", "-q", "main")
    ahead = repo.commit({"c.tf": ""})
    repo.git("switch", "-q", "topic")
    store = Store(repo.root)
    assert store.merge_base(ahead, "main") == base


def test_a_missing_revision_of_a_shallow_clone_says_what_to_fetch(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.tf": "1"})
    repo.commit({"a.tf": "2"})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", str(tmp_path / "shallow"))
    with pytest.raises(RevisionError, match="fetch-depth: 0"):
        Store(tmp_path / "shallow").commit("HEAD~1")
    with pytest.raises(RevisionError, match="git fetch origin nosuch"):
        Store(repo.root).commit("nosuch")


def test_a_directory_that_is_no_repository_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="not a git repository"):
        Store(tmp_path).commit("HEAD")


def test_without_git_the_message_says_so(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(RevisionError, match="git is not installed"):
        Store(repo.root)


def test_a_partial_clone_fetches_nothing(repo: GitRepo, tmp_path: Path, opened: Opened) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit({"a.tf": "1"})
    repo.commit({"a.tf": "2"})
    clone = GitRepo(tmp_path / "empty")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.root}", str(tmp_path / "clone"))
    clone.root = tmp_path / "clone"
    there = opened(clone, "HEAD~1")
    assert there.paths == ("a.tf",)
    with pytest.raises(UnreadableError, match="partial clone"):
        there.read_bytes("a.tf")


def test_nothing_that_a_repository_configures_runs(repo: GitRepo, tmp_path: Path, opened: Opened) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 >> {ran}\ncat\n")
    program.chmod(0o755)
    commit = repo.commit({"a.tf": "real\n", ".gitattributes": "*.tf diff=evil filter=evil\n"})
    other = repo.git("hash-object", "-w", "--stdin", data=b"replaced\n")
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.pager",
        "pager.ls-tree",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "alias.ls-tree",
    ):
        repo.git("config", key, str(program))
    repo.git("replace", repo.git("rev-parse", "HEAD:a.tf"), other)
    hooks = repo.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (hooks / hook).write_text(program.read_text())
        (hooks / hook).chmod(0o755)
    ran.unlink(missing_ok=True)  # git itself may run some of them above
    there = opened(repo, commit)
    assert there.read_text("a.tf") == "real\n"
    assert not ran.exists()


def test_a_program_called_git_in_the_repository_is_not_run(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    repo.commit({"a.tf": "x\n"})
    fake = repo.root / "git"
    fake.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    fake.chmod(0o755)
    monkeypatch.chdir(repo.root)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert opened(repo).paths == ("a.tf",)
    assert not (tmp_path / "ran").exists()


def test_the_environment_of_a_hook_does_not_lead_elsewhere(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    repo.commit({"a.tf": "x\n"})
    other = GitRepo(tmp_path / "other")
    other.commit({"b.tf": "y\n"})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    assert opened(repo).paths == ("a.tf",)


def test_a_tree_that_names_more_files_than_a_disk_could_hold_is_refused(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few small objects, each naming the one before it ten times."""
    monkeypatch.setattr(gitobjects, "MAX_ENTRIES", 5000)
    entry = f"100644 blob {repo.git('hash-object', '-w', '--stdin', data=b'x')}"
    for _ in range(12):
        rows = "".join(f"{entry}\td{n}\n" for n in range(10))
        entry = f"040000 tree {repo.git('mktree', data=rows.encode())}"
    commit = repo.git("commit-tree", entry.split()[-1], "-m", "bomb")
    store = Store(repo.root)
    with pytest.raises(RevisionError, match="more than 5000 files"):
        store.tree(commit)


def test_what_a_sparse_checkout_leaves_out_is_missing_on_both_sides(repo: GitRepo, opened: Opened) -> None:
    repo.commit({"in/a.tf": "a\n", "out/b.tf": "b\n", "top.tf": ""})
    repo.git("sparse-checkout", "set", "--no-cone", "/in/", "/top.tf")
    assert opened(repo).paths == Repository(repo.root).paths == ("in/a.tf", "top.tf")
