"""Files of a small repository, written for a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archdoc.readers.files import Repository


def write_files(root: Path, files: Mapping[str, str]) -> Repository:
    """Write files below a directory; a script becomes executable."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if text.startswith("#!"):
            path.chmod(0o755)
    return Repository(root)
