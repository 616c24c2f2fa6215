"""Everything that a check asks of the disk, asked through one object that remembers the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from archdoc.config import Config
from archdoc.readers.files import Repository
from archdoc.readers.recording import RecordingRepository
from archdoc.site import links
from archdoc.site.committed import Committed, read_committed
from archdoc.site.writer import stale_files


class Answers(TypedDict):
    """What was asked and answered, as JSON has it: of the code, of the committed pages and what lies around them, and
    of the git remote."""

    code: list[tuple[str, str, str]]
    pages: dict[str, str]
    stale: list[str]
    around: str
    remote: str


class Inputs:
    """The code (``repo``) and what lies in the docs directory."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root, self.config = root, config
        self.repo = RecordingRepository(Repository(root, config.exclude))
        self._pages: dict[str, str] = {}
        self._stale: list[str] = []
        self._around = ""
        self._remote = ""

    def page(self, path: str) -> bytes | None:
        """The bytes of a committed file, or None where there is none."""
        try:
            data = (self.root / path).read_bytes()
        except OSError:
            data = None
        self._pages[path] = _digest(data)
        return data

    def stale(self, paths: Iterable[str]) -> list[str]:
        """Generated files that lie there and are none of ``paths``."""
        self._stale = stale_files(self.root, self.config.site.docs_dir, dict.fromkeys(paths, b""))
        return self._stale

    def committed(self) -> Committed:
        """The hand-written pages with markers, the pictures, and the files that are somebody else's."""
        found = read_committed(self.root, self.config.site.docs_dir)
        self._around = _around(found)
        return found

    def link_template(self) -> str:
        """The address of a line of source: configured, else as committed, else from the git remote."""
        self._remote = links.template_from_remote(self.root)
        docs_dir = self.config.site.docs_dir
        return self.config.source_link or links.committed_template(self.root, docs_dir) or self._remote

    def answers(self) -> Answers:
        """Every answer so far."""
        return {
            "code": [(*question, answer) for question, answer in sorted(self.repo.answers.items())],
            "pages": dict(sorted(self._pages.items())),
            "stale": self._stale,
            "around": self._around,
            "remote": self._remote,
        }

    def answers_again(self, known: Answers) -> bool:
        """Whether the disk answers everything as it did; asks nothing more once an answer is another one."""
        return (
            self.repo.answers_again({(question, path): answer for question, path, answer in known["code"]})
            and all(_digest(self.page(path)) == digest for path, digest in known["pages"].items())
            and links.template_from_remote(self.root) == known["remote"]
            and self.stale(known["pages"]) == known["stale"]
            and _around(self.committed()) == known["around"]
        )


def _digest(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _around(committed: Committed) -> str:
    pictures = [(path, _digest(data)) for path, data in sorted(committed.pictures.items())]
    said = repr([sorted(committed.pages.items()), pictures, sorted(committed.others)])
    return _digest(said.encode("utf-8", "surrogatepass"))
