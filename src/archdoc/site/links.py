"""Addresses of source lines on a code host.

The template comes from the configuration; else from the committed snapshot, so that a clone with another remote
writes the same bytes; else from the git remote. With none of these, sources are named and not linked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from archdoc.gitremote import parts_of, remote_of
from archdoc.model.facts import Source

SourceLink: TypeAlias = Callable[[Source], str | None]

_DEFAULT_BRANCH = re.compile(r"^ref: refs/remotes/[^/]+/(?P<branch>[\w./-]+)$")

_ABOUT = re.compile(r'^  "graph": (\{.*?^  \})', re.MULTILINE | re.DOTALL)
"""What a snapshot says of itself, where it is written as archdoc writes it: the rest, a megabyte maybe, is not read."""

_AZURE = (
    "https://dev.azure.com/{repo}?path=/{{path}}&line={{line}}&lineEnd={{end_line}}&lineStartColumn=1&lineEndColumn=1"
)
_FORGEJO = "https://{host}/{repo}/src/branch/{branch}/{{path}}#L{{line}}-L{{end_line}}"
_HOSTS: tuple[tuple[str, str], ...] = (
    ("github", "https://{host}/{repo}/blob/HEAD/{{path}}#L{{line}}-L{{end_line}}"),
    ("gitlab", "https://{host}/{repo}/-/blob/HEAD/{{path}}#L{{line}}-{{end_line}}"),
    ("bitbucket.org", "https://{host}/{repo}/src/HEAD/{{path}}#lines-{{line}}:{{end_line}}"),
    ("bitbucket", "https://{host}/projects/{owner}/repos/{name}/browse/{{path}}#{{line}}-{{end_line}}"),
    ("dev.azure.com", _AZURE),
    ("git.sr.ht", "https://{host}/{repo}/tree/HEAD/item/{{path}}#L{{line}}-{{end_line}}"),
    ("codeberg", _FORGEJO),
    ("gitea", _FORGEJO),
    ("forgejo", _FORGEJO),
)
"""By a word in the name of the host: where it shows lines of a file of its default branch."""


def template_from_remote(root: Path) -> str:
    """The link template that the git remote ``origin`` (else the first one) gives, or "".

    Only the text of the git configuration is read; git is not run.
    """
    name, url = remote_of(root)
    return template_for(url, _default_branch(root, name))


def _default_branch(root: Path, remote: str) -> str:
    """The branch that a clone was given to begin with, else ``main``."""
    if not re.fullmatch(r"[\w-]+", remote):
        return "main"
    try:
        text = (root / ".git" / "refs" / "remotes" / remote / "HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "main"
    match = _DEFAULT_BRANCH.match(text.strip())
    return match["branch"] if match else "main"


def committed_template(root: Path, docs_dir: str) -> str:
    """The link template that the committed snapshot was made with, or ""."""
    try:
        text = (root / docs_dir / "assets" / "archdoc.json").read_text(encoding="utf-8")
        about = _ABOUT.search(text)
        meta = json.loads(about[1]) if about else json.loads(text).get("graph", {})
    except (OSError, ValueError, AttributeError):
        return ""
    template = meta.get("source_link") if isinstance(meta, dict) else ""
    return template if isinstance(template, str) else ""


def template_for(url: str, branch: str = "main") -> str:
    """The link template of a clone address, or "" where the host is not a known one.

    ``branch`` is the default branch, for hosts that have no other name for it.
    """
    match = parts_of(url)
    if match is None:
        return ""
    parts = match.groupdict()
    host, repo = parts["host"].lower(), parts["path"].strip("/").removesuffix(".git")
    if host.endswith("visualstudio.com") or host == "ssh.dev.azure.com":
        host, repo = "dev.azure.com", _azure(host, repo)
    elif "bitbucket" in host and host != "bitbucket.org":
        repo = repo.removeprefix("scm/")
    if not re.fullmatch(r"[\w.~%/ -]+", repo):
        return ""
    for word, template in _HOSTS:
        if word in host:
            port = parts.get("port") or "" if parts.get("scheme") in ("http", "https") else ""
            owner, _, name = quote(repo, safe="/%~").rpartition("/")
            return template.format(
                host=host + port, repo=quote(repo, safe="/%~"), owner=owner, name=name, branch=branch
            )
    return ""


def _azure(host: str, repo: str) -> str:
    """``organization/project/_git/repository`` of the older addresses and of those for SSH."""
    parts = repo.split("/")
    if parts[0] == "v3" and len(parts) == 4:
        return f"{parts[1]}/{parts[2]}/_git/{parts[3]}"
    organization = host.split(".", maxsplit=1)[0]
    return repo if host == "ssh.dev.azure.com" else f"{organization}/{repo.removeprefix('DefaultCollection/')}"


def source_linker(template: str) -> SourceLink:
    """A function from a source to its address; to None where there is no template or its scheme is not safe."""
    if not template.startswith(("https://", "http://")):
        return lambda _source: None

    @cache  # many parts of many pages name the same place
    def link(source: Source) -> str | None:
        return (
            template.replace("{path}", quote(source.path, safe="/~"))
            .replace("{line}", str(source.line))
            .replace("{end_line}", str(source.end_line))
        )

    return link
