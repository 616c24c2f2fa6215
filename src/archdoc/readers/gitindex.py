"""Which files git tracks, read from the index itself, because git does not ignore a file that it tracks.

The format is that of https://git-scm.com/docs/index-format, versions 2 to 4. git itself is not run.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct(">4sLL")
_FIXED = 62  # ten 32-bit fields, a SHA-1, 16 bits of flags


def tracked_paths(root: Path) -> frozenset[str]:
    """The paths in the index of the checkout at ``root``; empty where there is none or it cannot be understood."""
    try:
        return frozenset(path for path, _ in _parse(_index_file(root).read_bytes()))
    except (OSError, ValueError, struct.error, IndexError):
        return frozenset()


def sparse_paths(root: Path) -> frozenset[str]:
    """The tracked paths that a sparse checkout keeps off the disk (the skip-worktree bit)."""
    try:
        return frozenset(path for path, skipped in _parse(_index_file(root).read_bytes()) if skipped)
    except (OSError, ValueError, struct.error, IndexError):
        return frozenset()


def _index_file(root: Path) -> Path:
    marker = root / ".git"
    if marker.is_file():  # a linked work tree or a submodule names its directory
        marker = root / marker.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    return marker / "index"


def _parse(data: bytes) -> list[tuple[str, bool]]:
    """The paths, and whether each is kept off the disk."""
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC" or version not in (2, 3, 4):
        raise ValueError("not an index")
    position, previous = _HEADER.size, b""
    paths: list[tuple[str, bool]] = []
    for _ in range(count):
        flags = int.from_bytes(data[position + 60 : position + 62], "big")
        is_extended = bool(flags & 0x4000)
        skipped = is_extended and bool(data[position + _FIXED] & 0x40)
        start = position + _FIXED + (2 if is_extended else 0)
        if version == 4:
            cut, start = _offset(data, start)
            end = data.index(b"\0", start)
            previous = previous[: len(previous) - cut] + data[start:end]
            position = end + 1
        else:
            end = data.index(b"\0", start)
            previous = data[start:end]
            position += (end - position) // 8 * 8 + 8
        paths.append((previous.decode("utf-8", "surrogateescape"), skipped))
    return paths


def _offset(data: bytes, position: int) -> tuple[int, int]:
    """git's variable width number, and where it ends."""
    byte = data[position]
    value = byte & 0x7F
    while byte & 0x80:
        position += 1
        byte = data[position]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, position + 1
