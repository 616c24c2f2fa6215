from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from ansible_files import write_files

from archdoc.readers.files import Repository

WriteFiles = Callable[[Mapping[str, str]], Repository]


@pytest.fixture
def repository(tmp_path: Path) -> WriteFiles:
    """Writes files and gives the repository that they make."""

    return lambda files: write_files(tmp_path, files)
