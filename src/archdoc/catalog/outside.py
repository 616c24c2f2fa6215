"""What lies outside: services behind known host names, the schemes of addresses, variables that hold addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from archdoc.catalog.tables import Tables
from archdoc.model.facts import Category


@dataclass(frozen=True, slots=True)
class External:
    """A service on the internet. ``hosts`` are host names; ``*.`` stands for any name below."""

    name: str
    hosts: tuple[str, ...]
    category: Category = Category.SAAS
    kind: str = "api"
    """api, chat, alerting, mail, registry, object_store, certificates, monitoring, payment, identity, packages, …"""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The scheme of an address (``postgres``): the program that answers, and its port."""

    program: str = ""
    port: int = 0


@dataclass(frozen=True, slots=True)
class VariableRow:
    """Names of variables that hold an address. ``names`` are shell patterns over upper-case names; ``holds`` is
    ``url``, ``host``, ``hosts`` (a list), ``port``, ``name`` or ``own`` (an address of the service itself);
    ``program`` the program at the other end where the name tells it."""

    names: tuple[str, ...]
    holds: str
    program: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable's name says of its value."""

    holds: str
    program: str = ""
    stem: str = ""
    """The name without the word that says what it holds: ``DB`` of ``DB_HOST`` and ``DB_PORT``."""


class Outside:
    """All external services, schemes and variable names."""

    def __init__(self, tables: Tables) -> None:
        self._exact: dict[str, External] = {}
        self._below: list[tuple[str, External]] = []
        self.all = tables.rows("externals", External)
        """Every external service, the repository's own first."""
        for external in self.all:
            for host in external.hosts:
                if "*" in host:
                    self._below.append((host, external))
                else:
                    self._exact.setdefault(host, external)
        self._schemes = tables.named("schemes", Scheme, "externals")
        self._variables = [
            (re.compile(_pattern(n)), r) for r in tables.rows("variables", VariableRow, ("externals",)) for n in r.names
        ]
        self._any_variable = re.compile("|".join(pattern.pattern for pattern, _ in self._variables) or r"(?!)")

    def host(self, host: str) -> External | None:
        """The external service behind a host name, or None."""
        name = host.strip().lower().rstrip(".")
        found = self._exact.get(name)
        if found is None:
            fits = [(len(p), e) for p, e in self._below if fnmatchcase(name, p)]
            found = max(fits, key=lambda f: f[0])[1] if fits else None
        return found

    def scheme(self, name: str) -> Scheme | None:
        """What a scheme says: ``postgresql+asyncpg`` is looked up whole, then without its driver."""
        low = name.lower()
        return self._schemes.get(low) or self._schemes.get(low.partition("+")[0])

    def variable(self, name: str) -> Variable | None:
        """What an environment variable of this name holds, or None when its name does not tell."""
        upper = name.upper().replace("-", "_").replace(".", "_")
        if not self._any_variable.fullmatch(upper):  # nearly always
            return None
        for pattern, row in self._variables:
            if pattern.fullmatch(upper):
                return Variable(row.holds, row.program, _LAST_WORD.sub("", upper))
        return None


_LAST_WORD = re.compile(
    r"_?(?:HOST(?:NAME|S)?|PORT|UR[LI]S?|ADDR(?:ESS)?|SERVERS?|ENDPOINTS?|DSN|BROKERS?|NODES|DATABASE|DB)$"
)


def _pattern(glob: str) -> str:
    """A shell pattern as a regular expression."""
    return ".*".join(re.escape(part) for part in glob.split("*"))
