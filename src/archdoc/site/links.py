"""Addresses of source lines on a code host.

The template comes from the configuration; else from the committed snapshot, so that a clone with another remote
writes the same bytes; else from the git remote. With none of these, sources are named and not linked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from archdoc.model.facts import Source

SourceLink: TypeAlias = Callable[[Source], str | None]

_REMOTE = re.compile(r"^\s*url\s*=\s*(?P<url>\S+)\s*$")
_SECTION = re.compile(r'^\s*\[remote "(?P<name>[^"]+)"\]')
_SCP = re.compile(r"^(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)$")
_URL = re.compile(r"^(?:https?|ssh|git)://(?:[^@/]+@)?(?P<host>[\w.-]+)(?::\d+)?/(?P<path>.+)$")

_HOSTS: tuple[tuple[str, str], ...] = (
    ("github", "https://{host}/{repo}/blob/HEAD/{{path}}#L{{line}}-L{{end_line}}"),
    ("gitlab", "https://{host}/{repo}/-/blob/HEAD/{{path}}#L{{line}}-{{end_line}}"),
    ("bitbucket", "https://{host}/{repo}/src/HEAD/{{path}}#lines-{{line}}:{{end_line}}"),
    (
        "dev.azure.com",
        "https://dev.azure.com/{repo}?path=/{{path}}&line={{line}}&lineEnd={{end_line}}&lineStartColumn=1&lineEndColumn=1",
    ),
    ("codeberg", "https://{host}/{repo}/src/branch/main/{{path}}#L{{line}}-L{{end_line}}"),
    ("gitea", "https://{host}/{repo}/src/branch/main/{{path}}#L{{line}}-L{{end_line}}"),
    ("forgejo", "https://{host}/{repo}/src/branch/main/{{path}}#L{{line}}-L{{end_line}}"),
)


def template_from_remote(root: Path) -> str:
    """The link template that the git remote ``origin`` (else the first one) gives, or "".

    Only the text of the git configuration is read; git is not run.
    """
    try:
        text = (root / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    remotes: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            named = _SECTION.match(line)
            section = named["name"] if named else ""
        elif section and (url := _REMOTE.match(line)):
            remotes.setdefault(section, url["url"])
    url_text = remotes.get("origin") or next(iter(remotes.values()), "")
    return template_for(url_text)


def committed_template(root: Path, docs_dir: str) -> str:
    """The link template that the committed snapshot was made with, or ""."""
    try:
        with (root / docs_dir / "assets" / "archdoc.json").open(encoding="utf-8") as file:
            meta = json.load(file).get("graph", {})
    except (OSError, ValueError, AttributeError):
        return ""
    template = meta.get("source_link") if isinstance(meta, dict) else ""
    return template if isinstance(template, str) else ""


def template_for(url: str) -> str:
    """The link template of a clone address, or "" where the host is not a known one."""
    match = _URL.match(url) or _SCP.match(url)
    if match is None:
        return ""
    host, repo = match["host"], match["path"].removesuffix("/").removesuffix(".git")
    if host == "ssh.dev.azure.com":
        host, parts = "dev.azure.com", repo.split("/")
        repo = f"{parts[1]}/{parts[2]}/_git/{parts[3]}" if len(parts) == 4 else repo
    if not re.fullmatch(r"[\w.~%/ -]+", repo):
        return ""
    for word, template in _HOSTS:
        if word in host:
            return template.format(host=host, repo=quote(repo, safe="/%~"))
    return ""


def source_linker(template: str) -> SourceLink:
    """A function from a source to its address; to None where there is no template or its scheme is not safe."""
    if not template.startswith(("https://", "http://")):
        return lambda _source: None

    def link(source: Source) -> str | None:
        return (
            template.replace("{path}", quote(source.path, safe="/~"))
            .replace("{line}", str(source.line))
            .replace("{end_line}", str(source.end_line))
        )

    return link
