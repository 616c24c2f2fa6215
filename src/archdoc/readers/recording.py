"""A repository that remembers what it was asked and what it answered, so that the same can be asked again later.

As long as every answer is the same, whatever was made of the answers is the same too.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from archdoc.readers.files import Repository, UnreadableError

T = TypeVar("T")


class RecordingRepository(Repository):
    """``answers`` maps (question, path) to a text that is the same for the same answer."""

    def __init__(self, root: Path, excludes: tuple[str, ...] = ()) -> None:
        super().__init__(root, excludes)
        self.answers: dict[tuple[str, str], str] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """See `Repository`; what was refused while listing is a part of the answer."""
        found = super().paths
        problems = [f"{p.code} {p.message}" for p in self._refused]
        self._record("paths", "", _digest("\0".join((*found, *problems)).encode("utf-8", "surrogateescape")))
        return found

    def is_file(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_file", path, super().is_file(path))

    def is_directory(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_directory", path, super().is_directory(path))

    def real_path(self, path: str) -> str | None:
        """See `Repository`."""
        return self._recorded("real_path", path, super().real_path(path))

    def list_any(self, directory: str) -> tuple[str, ...]:
        """See `Repository`."""
        return self._recorded("list_any", directory, super().list_any(directory))

    def is_executable(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_executable", path, super().is_executable(path))

    def read_bytes(self, path: str) -> bytes:
        """See `Repository`."""
        try:
            data = super().read_bytes(path)
        except UnreadableError as error:
            self._record("read_bytes", path, f"{error.problem.code} {error.problem.message}")
            raise
        self._record("read_bytes", path, _digest(data))
        return data

    def answers_again(self, answers: Mapping[tuple[str, str], str]) -> bool:
        """Whether the disk answers every question of another time in the same way."""
        for (question, path), answer in answers.items():
            if question not in _QUESTIONS:
                return False
            with contextlib.suppress(UnreadableError):  # an answer, too
                _QUESTIONS[question](self, path)
            if self.answers.get((question, path)) != answer:
                return False
        return True

    def _record(self, question: str, path: str, answer: str) -> None:
        self.answers[question, path] = answer

    def _recorded(self, question: str, path: str, answer: T) -> T:
        self._record(question, path, repr(answer))
        return answer


_QUESTIONS: Mapping[str, Callable[[RecordingRepository, str], object]] = {
    "paths": lambda repo, _: repo.paths,
    "is_file": RecordingRepository.is_file,
    "is_directory": RecordingRepository.is_directory,
    "real_path": RecordingRepository.real_path,
    "list_any": RecordingRepository.list_any,
    "is_executable": RecordingRepository.is_executable,
    "read_bytes": RecordingRepository.read_bytes,
}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
