from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc.readers.files import MAX_FILE_BYTES, Repository, UnreadableError

Write = Callable[[dict[str, str]], Path]


def test_what_git_ignores_is_not_listed(write: Write) -> None:
    root = write({".gitignore": "secret.tfvars\nbuild/\n", "main.tf": "", "secret.tfvars": "", "build/x.tf": ""})
    assert Repository(root).paths == (".gitignore", "main.tf")


def test_a_nested_gitignore_may_take_a_file_back(write: Write) -> None:
    root = write(
        {".gitignore": "*.tfvars\n", "env/.gitignore": "!prod.tfvars\n", "env/prod.tfvars": "", "x.tfvars": ""}
    )
    assert "env/prod.tfvars" in Repository(root).paths
    assert "x.tfvars" not in Repository(root).paths


def test_a_tracked_file_counts_though_a_pattern_names_it(write: Write) -> None:
    root = write({".gitignore": "*.tfvars\n", "prod.tfvars": "", "other.tfvars": ""})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "-f", "prod.tfvars"], cwd=root, check=True)
    assert "prod.tfvars" in Repository(root).paths
    assert "other.tfvars" not in Repository(root).paths


def test_excluded_paths_are_not_listed(write: Write) -> None:
    root = write({"a.tf": "", "examples/b.tf": ""})
    assert Repository(root, ("examples/",)).paths == ("a.tf",)


def test_a_link_out_of_the_repository_is_a_problem_and_is_not_followed(
    write: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "passwd.tf"
    outside.write_text("secret")
    root = write({"main.tf": ""})
    (root / "link.tf").symlink_to(outside)
    repo = Repository(root)
    assert "link.tf" not in repo.paths
    assert [p.code for p in repo.problems()] == ["FS001"]
    with pytest.raises(UnreadableError, match="out of the repository"):
        repo.read_text("link.tf")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x"])
def test_a_path_out_of_the_repository_is_refused(write: Write, path: str) -> None:
    repo = Repository(write({"a/b": ""}))
    with pytest.raises(UnreadableError) as caught:
        repo.read_bytes(path)
    assert caught.value.problem.code == "FS001"


def test_a_link_out_of_the_repository_that_git_ignores_is_no_problem(write: Write, tmp_path: Path) -> None:
    root = write({".gitignore": "environment\n"})
    (root / "environment").symlink_to(tmp_path)
    repo = Repository(root)
    assert repo.paths == (".gitignore",)
    assert not repo.problems()


def test_a_link_that_leads_round_in_a_circle_ends(write: Write) -> None:
    root = write({"a/main.tf": ""})
    (root / "a" / "again").symlink_to(root)
    (root / "loop").symlink_to(root / "loop")
    assert "a/main.tf" in Repository(root).paths


def test_a_huge_file_is_a_problem_with_its_size(write: Write) -> None:
    root = write({"main.tf": ""})
    (root / "big.tf").write_bytes(b"#" * (MAX_FILE_BYTES + 1))
    with pytest.raises(UnreadableError) as caught:
        Repository(root).read_text("big.tf")
    assert caught.value.problem.code == "FS003"
    assert caught.value.problem.source.path == "big.tf"


def test_text_that_is_not_utf8_is_a_problem(write: Write) -> None:
    root = write({"main.tf": ""})
    (root / "latin.tf").write_bytes(b"caf\xe9")
    with pytest.raises(UnreadableError) as caught:
        Repository(root).read_text("latin.tf")
    assert caught.value.problem.code == "FS004"


def test_a_byte_order_mark_and_windows_line_ends_do_not_show(write: Write) -> None:
    root = write({"main.tf": ""})
    (root / "main.tf").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert Repository(root).read_text("main.tf") == "a = 1\nb = 2\n"


def test_a_pipe_is_not_opened(write: Write) -> None:
    root = write({"main.tf": ""})
    os.mkfifo(root / "pipe.tf")
    assert Repository(root).paths == ("main.tf",)
    with pytest.raises(UnreadableError):
        Repository(root).read_bytes("pipe.tf")


def test_a_name_that_is_not_utf8_is_listed_and_can_be_excluded(tmp_path: Path) -> None:
    with open(bytes(tmp_path) + b"/\xff.tf", "w", encoding="utf-8") as file:  # noqa: PTH123 (a name of bytes)
        file.write("a")
    (tmp_path / ".gitignore").write_text("*.log\n")
    assert "\udcff.tf" in Repository(tmp_path, ("x/",)).paths
    assert Repository(tmp_path, ("?.tf",)).paths == (".gitignore",)
