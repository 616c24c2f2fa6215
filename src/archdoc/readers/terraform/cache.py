"""Parsed files kept between runs, by the hash of their content.

An entry is JSON under a checksum; one that is damaged, of another version or not readable is as good as none, and a
cache that cannot be written is no error.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.cachedir import trusted_directory, write_whole
from archdoc.readers.hcl import ParsedFile
from archdoc.readers.hcl.parsed import room_for_depth
from archdoc.readers.terraform.codec import CodecError, from_lists, to_lists

MAX_ENTRIES = 20_000
"""When there are more, the oldest half goes."""

_CHECKSUM_LENGTH = 64
_PARSERS = ("python-hcl2", "lark", "tree-sitter", "tree-sitter-hcl")


class ParseCache:
    """The parsed files in one directory; None for a cache that holds nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory / f"parsed-{_version()}" if directory is not None else None
        self._written = False

    def get(self, text: str, path: str) -> ParsedFile | None:
        """What was parsed from this text before."""
        if self._directory is None:
            return None
        try:
            data = self._place(text, path).read_bytes()
        except OSError:
            return None
        return unpacked(data, path)

    def put(self, text: str, path: str, data: bytes) -> None:
        """Keep a packed file."""
        if self._directory is None:
            return
        place = self._place(text, path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._written:
                self._written = True
                self._prune()
            write_whole(place, data)
        except OSError:
            self._directory = None  # full or read-only: no use trying again

    def _place(self, text: str, path: str) -> Path:
        assert self._directory is not None
        name = hashlib.sha256(f"{_kind(path)}\n{text}".encode()).hexdigest()
        return self._directory / name[:2] / name[2:]

    def _prune(self) -> None:
        assert self._directory is not None
        entries = [(e.stat().st_mtime, e) for e in self._directory.glob("??/*")]
        if len(entries) > MAX_ENTRIES:
            for _, entry in sorted(entries)[: len(entries) // 2]:
                entry.unlink(missing_ok=True)


def open_cache(repository: Path, enabled: bool = True) -> ParseCache:
    """The user's cache, for reading a repository; an empty one where it is off or cannot be trusted."""
    return ParseCache(trusted_directory(repository) if enabled else None)


@room_for_depth()
def packed(parsed: ParsedFile) -> bytes:
    """A parsed file as bytes, without its path."""
    problems = [
        [p.severity.value, p.code, p.message, p.source.line, p.source.end_line, p.hint] for p in parsed.problems
    ]
    content = {"parser": parsed.parser, "problems": problems, "body": to_lists(parsed.body)}
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


@room_for_depth()
def unpacked(data: bytes, path: str) -> ParsedFile | None:
    """The parsed file that ``packed`` wrote down, or None where the bytes are not what it wrote."""
    checksum, content = data[:_CHECKSUM_LENGTH], data[_CHECKSUM_LENGTH + 1 :]
    if hashlib.sha256(content).hexdigest().encode() != checksum:
        return None
    try:
        entry: Any = json.loads(content)
        problems = tuple(
            Problem(Severity(severity), code, message, Source(path, line, end), hint)
            for severity, code, message, line, end, hint in entry["problems"]
        )
        return ParsedFile(path, from_lists(entry["body"]), problems, entry["parser"])
    except (CodecError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _kind(path: str) -> str:
    """How a file is parsed depends on the end of its name alone."""
    return "json" if path.endswith(".json") else "native"


@functools.cache
def _version() -> str:
    """A name for the trees that this archdoc makes with these parsers: a hash of the code that makes them."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for source in sorted([*(here.parent / "hcl").glob("*.py"), here / "codec.py"]):
        with contextlib.suppress(OSError):
            digest.update(source.read_bytes())
    for package in _PARSERS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return digest.hexdigest()[:16]
