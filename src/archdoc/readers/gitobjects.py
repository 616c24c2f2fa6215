"""The files of a git revision, out of git's object store: nothing is checked out, fetched or executed.

git runs as ``rev-parse``, ``merge-base``, ``ls-tree`` and ``cat-file``, which only read. What a repository's own
configuration could make of them (hooks, a file system monitor, filters, replaced objects, a fetch of what a partial
clone lacks) is switched off; see https://git-scm.com/docs/git#_environment_variables.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 120.0
"""How long git may take to name a revision."""
MAX_ENTRIES = 1_000_000
"""Files of one revision: a repository can be made that names billions of them in a few kilobytes."""
MAX_NAME = 4096

LINK, SUBMODULE = "120000", "160000"
_OPTIONS = (
    "--no-replace-objects",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    # Who owns the directory says who may make git run programs by its configuration; these commands run none.
    *("-c", "safe.directory=*"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class RevisionError(Exception):
    """A revision cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a revision: git's mode, the name of its content, and the store that holds it."""

    mode: str
    oid: str
    store: Store = field(repr=False, compare=False)


class Store:
    """The object store of the repository that ``directory`` lies in. Close it when done."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._git = _find_git()
        self._sizes: subprocess.Popen[bytes] | None = None
        self._contents: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read objects."""
        for process in (self._sizes, self._contents):
            if process is not None:
                for stream in (process.stdin, process.stdout):
                    if stream is not None:
                        with contextlib.suppress(OSError):  # it has ended by itself
                            stream.close()
                process.wait()
        self._sizes = self._contents = None

    # -- revisions ------------------------------------------------------------------------------------------

    def commit(self, revision: str) -> str:
        """The name of the commit that a revision means (RevisionError if there is none)."""
        if not revision or revision.startswith("-") or len(revision) > MAX_NAME or not revision.isprintable():
            raise RevisionError(f"{revision[:80]!r} is not the name of a revision")
        self._inside()
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        name = done.stdout.decode("ascii", "replace").strip()
        if done.returncode != 0 or not name:
            raise RevisionError(f"there is no revision {revision!r} here; {self._how_to_get(revision)}")
        return name

    def merge_base(self, commit: str, revision: str) -> str:
        """The last commit that a commit and HEAD have in common."""
        done = self._run("merge-base", commit, self.commit("HEAD"))
        name = done.stdout.decode("ascii", "replace").strip().splitlines()
        if done.returncode != 0 or not name:
            raise RevisionError(f"{revision!r} and HEAD have no commit in common here; {self._how_to_get(revision)}")
        return name[0]

    def prefix(self) -> str:
        """Where in its repository the directory lies: "" or ``a/b/``."""
        return _text(self._checked("rev-parse", "--show-prefix").stdout.removesuffix(b"\n"))

    def is_own_top(self) -> bool:
        """Whether the directory is the top of a work tree, and not only somewhere in one."""
        return (self.directory / ".git").exists() and self._run("rev-parse", "--show-prefix").stdout == b"\n"

    def _inside(self) -> None:
        done = self._run("rev-parse", "--is-inside-work-tree")
        if done.returncode != 0:
            said = _text(done.stderr).strip().removeprefix("fatal: ").splitlines()
            why = said[0] if said else "git does not know it"
            raise RevisionError(
                f"{self.directory.name or 'this'} is not a git repository that can be read ({why}); "
                "diff compares with a revision of git's"
            )

    def _how_to_get(self, revision: str) -> str:
        if self._run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            return (
                "the clone is shallow, fetch more of it (git fetch --unshallow; GitHub Actions: fetch-depth: 0 of "
                "actions/checkout; GitLab CI: GIT_DEPTH: 0)"
            )
        return f"name a commit, a branch (origin/main) or a tag, or fetch it (git fetch origin {revision})"

    # -- trees and contents ---------------------------------------------------------------------------------

    def tree(self, commit: str, prefix: str = "") -> dict[str, Entry]:
        """The files of a commit below a directory, by path relative to it; none where it has no such directory."""
        found: dict[str, Entry] = {}
        directory = prefix.strip("/")
        treeish = f"{commit}:{directory}" if directory else commit
        if directory and self._run("rev-parse", "--verify", "--quiet", "--end-of-options", treeish).returncode != 0:
            return found
        for line in self._stream("ls-tree", "-r", "-z", "--full-tree", treeish):
            about, _, path = line.partition(b"\t")
            mode, _kind, oid = about.decode("ascii").split()
            found[_text(path)] = Entry(mode, oid, self)
            if len(found) > MAX_ENTRIES:
                raise RevisionError(f"{commit[:12]} has more than {MAX_ENTRIES} files")
        return found

    def has(self, commit: str) -> bool:
        """Whether the store holds a commit."""
        return self._run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def size(self, oid: str) -> int | None:
        """How many bytes an object has; None if the store lacks it."""
        if self._sizes is None:
            self._sizes = self._start("cat-file", "--batch-check")
        return _asked(self._sizes, oid)

    def content(self, oid: str) -> bytes | None:
        """The bytes of a file's content; None if the store lacks it, or if it is no file's."""
        if self.size(oid) is None:
            return None  # asked first: the answer for a directory would be in the way of the next one
        if self._contents is None:
            self._contents = self._start("cat-file", "--batch")
        size = _asked(self._contents, oid)
        if size is None:
            return None
        assert self._contents.stdout is not None
        data = self._contents.stdout.read(size + 1)
        return data[:-1] if len(data) == size + 1 else None

    # -- running git ----------------------------------------------------------------------------------------

    def _command(self, *arguments: str) -> list[str]:
        return [self._git, "-C", str(self.directory), *_OPTIONS, *arguments]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                self._command(*arguments),
                env=_environment(os.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RevisionError(f"git {arguments[0]} did not end within {SECONDS:.0f} seconds") from error

    def _checked(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        done = self._run(*arguments)
        if done.returncode != 0:
            raise RevisionError(f"git {arguments[0]} failed: {_text(done.stderr).strip()[:300]}")
        return done

    def _start(self, *arguments: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(*arguments),
            env=_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )

    def _stream(self, *arguments: str) -> Iterator[bytes]:
        """What git writes, piece by piece between zero bytes."""
        process = self._start(*arguments)
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdin.close()
        try:
            rest = b""
            while data := process.stdout.read(1 << 20):
                *pieces, rest = (rest + data).split(b"\0")
                yield from pieces
        except GeneratorExit:
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        if code != 0:
            raise RevisionError(
                f"git {arguments[0]} failed: objects are missing from the clone (a partial clone: fetch all of it)"
            )


def _asked(process: subprocess.Popen[bytes], oid: str) -> int | None:
    """The size in git's answer to the name of an object; None if it has no such blob."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(oid.encode("ascii") + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline().split()
    except OSError:
        return None
    if len(answer) != 3 or answer[1] != b"blob":
        return None
    return int(answer[2])


def _environment(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: none of its own variables from outside (a hook sets some), and ours."""
    kept = {k: v for k, v in outside.items() if not k.startswith("GIT_")}
    return kept | _ENVIRONMENT


def _find_git() -> str:
    """git by its absolute path: a search path may name the current directory, and so the repository."""
    places = [p for p in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(p).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(places))
    if found is None:
        raise RevisionError("git is not installed; diff reads the other revision through it")
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
