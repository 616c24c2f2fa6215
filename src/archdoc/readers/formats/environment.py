"""Addresses in environment variables and options: what a program is told to talk to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archdoc.model.document import Document
from archdoc.model.facts import Json, Source
from archdoc.readers.formats.scope import address

_CONNECTING = frozenset(
    {
        *(
            "URL",
            "URLS",
            "URI",
            "URIS",
            "HOST",
            "HOSTS",
            "HOSTNAME",
            "ADDR",
            "ADDRESS",
            "ADDRESSES",
            "ENDPOINT",
            "ENDPOINTS",
        ),
        *(
            "SERVER",
            "SERVERS",
            "UPSTREAM",
            "UPSTREAMS",
            "DSN",
            "BROKER",
            "BROKERS",
            "BACKEND",
            "CONNECTION",
            "SEEDS",
            "NODES",
        ),
    }
)
_OWN = frozenset(
    {
        *(
            "ROOT",
            "PUBLIC",
            "EXTERNAL",
            "SITE",
            "APP",
            "SELF",
            "CALLBACK",
            "REDIRECT",
            "ORIGIN",
            "ORIGINS",
            "CORS",
            "LISTEN",
        ),
        *(
            "BIND",
            "ADVERTISE",
            "ADVERTISED",
            "VIRTUAL",
            "LETSENCRYPT",
            "ALLOWED",
            "TRUSTED",
            "WEBSITE",
            "BASE",
            "DOMAIN",
        ),
        *("DOMAINS", "CANONICAL", "FRONTEND", "LINK", "HOME"),
    }
)
"""Words of variables that hold a program's own address: ``GF_SERVER_ROOT_URL``, ``VIRTUAL_HOST``, ``BIND_ADDRESS``."""
_HOLDING_A_NAME = frozenset({"HOST", "HOSTS", "HOSTNAME", "SERVER", "SERVERS", "ADDR", "ADDRESS", "ENDPOINT"})
"""Last words of variables in which a name without a dot is that of a machine: ``DB_HOST=db1``."""
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_WORD = re.compile(r"[A-Za-z0-9]+")
_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::", "::1"})


Variables = Mapping[str, tuple[str, Source]]
"""What variables hold, and where that is written."""
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$")


def variables_in(document: Document) -> list[tuple[str, str, Source]]:
    """The variables that a file sets (``KEY=value``), each with its place: what Compose calls ``env_file``, systemd
    ``EnvironmentFile``, and what a script sources."""
    found = []
    for number, line in enumerate(document.text.split("\n"), 1):
        match = _LINE.match(line)
        if match is not None:
            value = match[2].strip()
            quoted = len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]
            found.append(
                (match[1], value[1:-1] if quoted else value.partition(" #")[0].strip(), document.source(number))
            )
    return found


def is_own(variable: str) -> bool:
    """Whether a variable holds the address at which the program itself is reached, or listens."""
    words = [w.upper() for w in _WORD.findall(variable)]
    return bool(_OWN & set(words[-2:])) or words in (["HOST"], ["HOSTNAME"], ["URL"], ["DOMAIN"], ["ADDRESS"], ["ADDR"])


def connects(variable: str, value: str) -> bool:
    """Whether a variable may hold an address that the program talks to."""
    return "://" in value or bool(_CONNECTING & {w.upper() for w in _WORD.findall(variable)})


def told(variable: str, value: str) -> list[tuple[str, str, int | None]]:
    """The addresses in a variable (scheme, host, port): one, or several behind commas; none of its own."""
    if not connects(variable, value):
        return []
    found = [a for part in value.split(",") if (a := address(part) or _bare(variable, part)) is not None]
    return [a for a in found if a[1] not in _HERE]


def _bare(variable: str, value: str) -> tuple[str, str, int | None] | None:
    """A host that is only named, where the variable says that it holds one."""
    last = _WORD.findall(variable)[-1:]
    name = value.strip().strip("'\"")
    return ("", name, None) if last and last[0].upper() in _HOLDING_A_NAME and _BARE.fullmatch(name) else None


def addresses_in(variables: Iterable[tuple[str, str, Source]]) -> list[Json]:
    """The connections that variables or options tell of, each with its place."""
    made: list[Json] = []
    for name, value, place in variables:
        for scheme, host, port in told(name, value) if not is_own(name) else ():
            made.append(
                {"to": host, "port": port, "scheme": scheme, "via": name, "path": place.path, "line": place.line}
            )
    return made
