"""The site that MkDocs or Zensical built of a repository, which is no part of its code.

The pages' own files are copied into it (a Dockerfile that a page offers, say), and it comes and goes with every build.
Where it is written stands in the site's configuration, ``site_dir``, by default ``site`` beside it; both builders empty
that directory before they write. A directory of that name that no build has written to is code like any other.

https://www.mkdocs.org/user-guide/configuration/#site_dir
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

_CONFIGURATIONS = frozenset({"mkdocs.yml", "mkdocs.yaml", "zensical.toml"})
_SITE_DIR = re.compile(r"""^site_dir\s*[:=]\s*(["']?)(?P<path>[^"'#\n]*?)\1\s*(?:#.*)?$""", re.MULTILINE)
_MAP = "sitemap.xml"
_MARKS = ("sitemap.xml.gz", "404.html")
"""Beside a map of the site: MkDocs packs the map whatever the theme, Zensical writes a page for what is not found."""


def without_built_sites(paths: Sequence[str], text_of: Callable[[str], str | None]) -> list[str]:
    """The files of a repository but for those of sites that were built there."""
    sites = built_sites(paths, text_of)
    return [path for path in paths if not path.startswith(sites)] if sites else list(paths)


def built_sites(paths: Sequence[str], text_of: Callable[[str], str | None]) -> tuple[str, ...]:
    """The directories that sites were built to, each with a slash at its end."""
    named = {_site_of(path, text_of(path)) for path in paths if posixpath.basename(path) in _CONFIGURATIONS}
    found = [site for site in sorted(named) if site]
    there = set(paths) if found else set()
    return tuple(s for s in found if s + _MAP in there and any(s + mark in there for mark in _MARKS))


def _site_of(configuration: str, text: str | None) -> str:
    """Where a configuration has its site built, or "" for a place outside the repository, or all of it."""
    said = _SITE_DIR.search(text or "")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(configuration), said["path"] if said else "site"))
    return "" if path == "." or path.startswith(("..", "/")) else path + "/"
