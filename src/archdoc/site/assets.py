"""The files that the browser needs: Mermaid, Cytoscape.js and dagre, archdoc's own scripts and styles. They come with
archdoc.

They are put into ``assets/archdoc/`` of the docs directory, where MkDocs and Zensical pick them up, next to a
.gitignore that keeps them out of the repository. Nothing is fetched, at build time or in the browser.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

DIRECTORY = "assets/archdoc"
"""Below the docs directory."""
MERMAID = f"{DIRECTORY}/mermaid.min.js"
SCRIPT = f"{DIRECTORY}/archdoc.js"
STYLE = f"{DIRECTORY}/archdoc.css"
NAMES = (
    "archdoc.css",
    "archdoc.js",
    "cytoscape.LICENSE",
    "cytoscape.min.js",
    "dagre.LICENSE",
    "dagre.min.js",
    "explorer.css",
    "explorer.js",
    "explorer-graph.js",
    "explorer-layout.js",
    "explorer-picture.js",
    "explorer-stage.js",
    "mermaid.LICENSE",
    "mermaid.min.js",
)
_IGNORE = b"# Copies of files that come with archdoc; archdoc build puts them here again.\n*\n"


def install(docs: Path) -> list[str]:
    """Put the files into a docs directory; return the names of those that were missing or old."""
    directory = docs / DIRECTORY
    source = files("archdoc.site") / "assets"
    wanted = {".gitignore": _IGNORE, **{name: (source / name).read_bytes() for name in NAMES}}
    changed = []
    for name, content in wanted.items():
        target = directory / name
        if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
            directory.mkdir(parents=True, exist_ok=True)
            fresh = directory / f".{name}.new"
            fresh.write_bytes(content)
            fresh.replace(target)
            changed.append(name)
    return changed
