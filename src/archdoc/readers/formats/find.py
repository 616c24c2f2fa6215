"""Which format a document has, and the configuration files that lie in a repository as they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from archdoc.model.document import Document
from archdoc.model.facts import Source
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.secrets import mask_text

_BY_NAME: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("compose", r"(.*/)?([\w.-]*[-_.])?(docker-)?compose([-_.][\w-]+)*\.ya?ml"),
        ("prometheus", r"(.*/)?prometheus[\w.-]*\.ya?ml"),
        ("alertmanager", r"(.*/)?alertmanager[\w.-]*\.ya?ml"),
        ("borgmatic", r"(.*/)?(borgmatic[\w.-]*|borgmatic(\.d)?/[\w.-]+)\.ya?ml"),
        ("datasources", r"(.*/)?(provisioning/)?datasources?(/[\w.-]+)?\.ya?ml"),
        ("nginx", r"(.*/)?(nginx[\w.-]*\.conf|nginx/([\w.-]+/)*[\w.-]+)"),
        ("fluent-bit", r"(.*/)?(td-agent-bit|fluent-?bit)[\w.-]*\.(conf|ya?ml)"),
        ("promtail", r"(.*/)?promtail[\w.-]*\.ya?ml"),
        ("jail", r"(.*/)?(jail\.local|jail\.conf|jail\.d/[\w.-]+)"),
        ("systemd-timer", r"(.*/)?[\w@.-]+\.timer"),
        ("caddy", r"(.*/)?Caddyfile"),
    )
)
_CONTENT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("prometheus", re.compile(r"^scrape_configs:", re.MULTILINE)),
    ("alertmanager", re.compile(r"^receivers:(?:.|\n)*^route:|^route:(?:.|\n)*^receivers:", re.MULTILINE)),
    (
        "borgmatic",
        re.compile(
            r"^(?:location:|source_directories:|repositories:)(?:.|\n)*(?:repositories|source_directories):",
            re.MULTILINE,
        ),
    ),
    (
        "compose",
        re.compile(
            r"^services:\s*(?:#.*)?\n(?:\s*#.*\n|\s*\n)*\s+[\w.{-]+.*:\s*(?:#.*)?\n(?:.|\n)*?^\s+(?:image|build):",
            re.MULTILINE,
        ),
    ),
    ("datasources", re.compile(r"^datasources:", re.MULTILINE)),
    ("caddy", re.compile(r"^\s*reverse_proxy\s", re.MULTILINE)),
)
_NOT_CONFIGURATION = ("tests/", "test/", "docs/", "examples/", ".github/", ".gitlab/")


def kind_of(document: Document) -> str | None:
    """The format of a document, or None for one that archdoc does not read."""
    name = document.name.removesuffix(".j2")
    text = document.text
    for kind, pattern in _BY_NAME:
        if pattern.fullmatch(name):
            return _confirmed(kind, text)
    if name.endswith((".yml", ".yaml")) or "." not in posixpath.basename(name):
        return next((kind for kind, pattern in _CONTENT if pattern.search(text)), None)
    return None


def _confirmed(kind: str, text: str) -> str | None:
    """A name may lie: rules.yml of Prometheus is no configuration of it."""
    for other, pattern in _CONTENT:
        if pattern.search(text):
            return other
    if kind in ("compose", "prometheus", "alertmanager", "datasources", "borgmatic"):
        return None
    return kind


def plain_documents(repo: Repository, placed: Iterable[Document]) -> list[Document]:
    """The configuration files of a repository that no task or resource places anywhere."""
    taken = {d.origin.path for d in placed}
    found = []
    for path in repo.paths:
        if (
            path in taken
            or path.startswith(_NOT_CONFIGURATION)
            or "/templates/" in f"/{path}"
            or "/files/" in f"/{path}"
        ):
            continue
        name = path.removesuffix(".j2")
        if not any(pattern.fullmatch(name) for _, pattern in _BY_NAME):
            continue
        try:
            text = mask_text(repo.read_text(path))
        except UnreadableError:
            continue
        document = Document(name, text, Source(path, 1), partial=path.endswith(".j2"))
        if kind_of(document) is not None:
            found.append(document)
    return found
