"""What the text of a clone's git configuration says of where the repository is at home; git is not run."""

from __future__ import annotations

import re
from pathlib import Path

_REMOTE = re.compile(r"^\s*url\s*=\s*(?P<url>\S+)\s*$")
_SECTION = re.compile(r'^\s*\[remote "(?P<name>[^"]+)"\]')
_SCP = re.compile(r"^(?:[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)$")
_URL = re.compile(r"^(?P<scheme>https?|ssh|git)://(?:[^@/]+@)?(?P<host>[\w.-]+)(?P<port>:\d+)?/(?P<path>.+)$")


def remote_of(root: Path) -> tuple[str, str]:
    """The name and the address of the remote ``origin``, else of the first one; empty texts where there is none."""
    try:
        text = (root / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", ""
    remotes: dict[str, str] = {}
    section = ""
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            named = _SECTION.match(line)
            section = named["name"] if named else ""
        elif section and (url := _REMOTE.match(line)):
            remotes.setdefault(section, url["url"])
    name = "origin" if "origin" in remotes else next(iter(remotes), "")
    return name, remotes.get(name, "")


def parts_of(url: str) -> re.Match[str] | None:
    """Host and path (and scheme and port where they are written) of a clone address."""
    return _URL.match(url) or _SCP.match(url)


def full_name(url: str) -> str:
    """``owner/name`` of a clone address or of an address below the repository's own; "" for another form."""
    found = parts_of(url)
    parts = found["path"].split("/") if found is not None else []
    return "/".join((parts[0], parts[1].removesuffix(".git"))) if len(parts) > 1 and parts[1] else ""
