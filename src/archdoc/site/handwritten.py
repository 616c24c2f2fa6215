"""The Markdown pages that people wrote: which of a repository's files they are, and their texts."""

from __future__ import annotations

from collections.abc import Mapping

from pathspec import GitIgnoreSpec

from archdoc.readers.files import Repository, UnreadableError
from archdoc.site.generated import is_generated


def read_hand_written(repo: Repository, patterns: tuple[str, ...]) -> Mapping[str, str]:
    """The pages that have a Mermaid diagram in them and were not made by archdoc, by path.

    ``patterns`` are in the syntax of .gitignore. A page that cannot be read is left out: nobody's site shows it.
    """
    wanted = GitIgnoreSpec.from_lines(patterns)
    found = {}
    for path in repo.with_suffix(".md", ".markdown", ".mdx"):
        if not wanted.match_file(path):
            continue
        try:
            data = repo.read_bytes(path)
            if b"mermaid" in data.lower() and not is_generated(path, data):
                found[path] = repo.read_text(path)
        except UnreadableError:
            continue
    return found
