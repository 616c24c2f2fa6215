"""A repository that remembers what it was asked and what it answered, so that the same can be asked again later.

As long as every answer is the same, whatever was made of the answers is the same too.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from archdoc.model.problem import Problem
from archdoc.readers.files import Repository, UnreadableError

T = TypeVar("T")


class RecordingRepository(Repository):
    """Asks another one. ``answers`` maps (question, path) to a text that is the same for the same answer.

    The files of ``without`` are not listed.
    """

    def __init__(self, asked: Repository, without: frozenset[str] = frozenset()) -> None:
        super().__init__(asked.root)
        self._asked, self._without = asked, without
        self.answers: dict[tuple[str, str], str] = {}
        self.steady = True
        """False once a question had two answers: what was made of them fits neither."""

    @property
    def kind(self) -> str:  # type: ignore[override]
        """See `Repository`."""
        return self._asked.kind

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """See `Repository`; what was refused while listing is a part of the answer."""
        found = tuple(path for path in self._asked.paths if path not in self._without)
        problems = [f"{p.code} {p.message}" for p in self._asked.problems()]
        self._record("paths", "", _digest("\0".join((*found, *problems)).encode("utf-8", "surrogateescape")))
        return found

    def problems(self) -> list[Problem]:
        """See `Repository`."""
        _ = self.paths
        return self._asked.problems()

    def is_file(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_file", path, self._asked.is_file(path))

    def is_directory(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_directory", path, self._asked.is_directory(path))

    def real_path(self, path: str) -> str | None:
        """See `Repository`."""
        return self._recorded("real_path", path, self._asked.real_path(path))

    def list_any(self, directory: str) -> tuple[str, ...]:
        """See `Repository`."""
        return self._recorded("list_any", directory, self._asked.list_any(directory))

    def is_executable(self, path: str) -> bool:
        """See `Repository`."""
        return self._recorded("is_executable", path, self._asked.is_executable(path))

    def read_bytes(self, path: str) -> bytes:
        """See `Repository`."""
        with self._refusal_recorded("read_bytes", path):
            data = self._asked.read_bytes(path)
        self._record("read_bytes", path, _digest(data))
        return data

    def read_text(self, path: str) -> str:
        """See `Repository`; it has each text once, whoever asks."""
        with self._refusal_recorded("read_text", path):
            text = self._asked.read_text(path)
        if ("read_text", path) not in self.answers:
            self._record("read_text", path, _digest(text.encode()))
        return text

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

    @contextlib.contextmanager
    def _refusal_recorded(self, question: str, path: str) -> Iterator[None]:
        try:
            yield
        except UnreadableError as error:
            self._record(question, path, f"{error.problem.code} {error.problem.message}")
            raise

    def _record(self, question: str, path: str, answer: str) -> None:
        if self.answers.setdefault((question, path), answer) != answer:
            self.steady = False

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
    "read_text": RecordingRepository.read_text,
}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
