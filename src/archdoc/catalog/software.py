"""The programs that operations teams run, and how they are recognised: by image, package, unit, port or name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from archdoc.catalog.tables import Tables, shipped_files
from archdoc.model.facts import Category


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of program (``database``, ``proxy``): what it is for, and its tier in the services view."""

    category: Category
    tier: str
    icon: str = ""
    background: bool = False
    """A package of this kind says nothing of what a machine is for."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program.

    ``images`` are repository names without registry and tag (``grafana/grafana``); one of one word also stands
    for the last word of any repository. ``packages`` and ``units`` are Debian, Red Hat and systemd names;
    a ``*`` stands for anything. ``ports`` are the ports it listens on by default, the first one first.
    ``metrics_ports`` are those at which it answers a metrics scraper. ``kind`` is a row of the kinds table, which
    gives ``category`` and ``tier`` where the row has none.
    """

    name: str
    kind: str
    title: str = ""
    synonyms: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    metrics_ports: tuple[int, ...] = ()
    category: Category = Category.OTHER
    tier: str = ""
    icon: str = ""
    of: str = ""
    """For an exporter or a client: the program that it is about."""
    replaces: str = ""
    """The program whose units it answers to where it is installed in its place: MariaDB's is ``mysql`` too."""
    speaks: str = ""
    """The program whose clients it answers as well: what reaches Valkey calls it Redis."""
    charts: tuple[str, ...] = ()
    """Helm charts that install it, beside the one of its own name."""
    background: bool = False
    """Nearly every machine has it: a package of it says nothing of what the machine is for."""


_TAG = re.compile(r"(@sha256:[0-9a-f]+|:[\w][\w.-]*)+$")
_UNIT_SUFFIX = re.compile(r"\.(service|socket|timer|target|path|mount)$")
_PACKAGE_VERSION = re.compile(r"(?:[=~<>].*|:(?:amd64|arm64|i386|armhf|any|all)|-?\*)$")
_TRAILING_NUMBER = re.compile(r"[-_.]?v?\d+(?:\.\d+)*$")
_IDLE_WORDS = frozenset(
    {
        *(
            "ansible",
            "role",
            "roles",
            "install",
            "installation",
            "setup",
            "set",
            "up",
            "config",
            "configure",
            "configuration",
        ),
        *(
            "deploy",
            "deployment",
            "server",
            "service",
            "services",
            "daemon",
            "common",
            "main",
            "base",
            "the",
            "and",
            "app",
        ),
        *(
            "container",
            "image",
            "linux",
            "debian",
            "ubuntu",
            "centos",
            "rhel",
            "stack",
            "node",
            "host",
            "cluster",
            "master",
            "manage",
        ),
    }
)


class Software:
    """All programs, indexed by what they are recognised by."""

    def __init__(self, tables: Tables) -> None:
        kinds = tables.named("kinds", Kind, "kinds")
        software = tuple(f for f in shipped_files() if f.startswith("software/"))
        self.all = tuple(_complete(p, kinds) for p in tables.rows("programs", Program, software))
        """Every program, the repository's own first."""
        self._names = _index((name, p) for p in self.all for name in (p.name, *p.synonyms, p.title))
        self._images = _index((i, p) for p in self.all for i in p.images)
        self._last_words = _index((i, p) for p in self.all for i in (*p.images, *_own_name(p)) if "/" not in i)
        self._packages = _index((i, p) for p in self.all for i in p.packages)
        self._units = _index((i, p) for p in self.all for i in p.units)
        self._charts = _index((i, p) for p in self.all for i in p.charts)

    def named(self, name: str) -> Program | None:
        """The program of this name or synonym, in any writing (``Alert_Manager``)."""
        return self._names.get(_key(name)) if name else None

    def of_image(self, image: str) -> Program | None:
        """The program in a container image (``docker.io/grafana/grafana:11.1``), or None."""
        repository = image_repository(image)
        if not repository or "{" in repository:
            return None
        found = _match(self._images, repository)
        if found is None:
            found = _match(self._last_words, repository.rpartition("/")[2])
        return found

    def of_chart(self, chart: str) -> Program | None:
        """The program that a Helm chart of this name installs, or None."""
        return _match(self._charts, chart.lower()) or self.named(chart)

    def of_package(self, package: str) -> Program | None:
        """The program of a package (``postgresql-16``, ``redis=7.2``), or None."""
        name = _PACKAGE_VERSION.sub("", package.strip().lower())
        if not name or "{" in name or "/" in name:
            return None
        found = _match(self._packages, name)
        shorter = _TRAILING_NUMBER.sub("", name)
        if found is None and shorter and shorter != name:
            found = _match(self._packages, shorter)
        return found

    def of_unit(self, unit: str) -> Program | None:
        """The program of a systemd unit or a service name (``postgresql@16-main.service``), or None."""
        name = _UNIT_SUFFIX.sub("", unit.strip()).partition("@")[0]
        if not name or "{" in name:
            return None
        found = _match(self._units, name.lower()) or self.named(name)
        shorter = _TRAILING_NUMBER.sub("", name.lower())
        if found is None and shorter and shorter != name.lower():
            found = _match(self._units, shorter)
        return found

    def on_port(self, port: int) -> tuple[Program, ...]:
        """The programs that listen on a port by default, those whose first port it is first."""
        first = [p for p in self.all if p.ports[:1] == (port,)]
        return (*first, *(p for p in self.all if port in p.ports[1:]))

    def answers(self, name: str, wanted: str) -> bool:
        """Whether a program answers who wants to reach another: it is the same one, or speaks its language."""
        return bool(name) and self._language(name) == self._language(wanted)

    def _language(self, name: str) -> str:
        program = self.named(name)
        return (program.speaks or program.name) if program is not None else name

    def in_name(self, name: str) -> Program | None:
        """The one program that a longer name speaks of (``geerlingguy.postgresql``, ``install_nginx``), or None.

        None as well when it speaks of two, or has other words than idle ones (``postgres-backup``).
        """
        whole = self.named(name) or self.named(name.rpartition(".")[2])
        if whole is not None:
            return whole
        words = [w for w in re.split(r"[^a-z0-9]+", name.rpartition(".")[2].lower()) if w and w not in _IDLE_WORDS]
        return self.named("-".join(words)) if words else None


def image_repository(image: str) -> str:
    """The repository of an image, without registry, tag and digest: ``docker.io/library/redis:7`` is ``redis``.

    https://distribution.github.io/distribution/spec/ (a first part with a dot, a colon, or ``localhost`` is a registry)
    """
    name = _TAG.sub("", image.strip().removeprefix("docker://"))
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        name = rest
    return name.removeprefix("library/").lower()


def image_tag(image: str) -> str:
    """The tag of an image, or ""."""
    bare = image.strip().partition("@")[0]
    last = bare.rpartition("/")[2]
    return last.partition(":")[2]


def _complete(program: Program, kinds: Mapping[str, Kind]) -> Program:
    kind = kinds.get(program.kind)
    return replace(
        program,
        title=program.title or program.name,
        category=program.category if program.category is not Category.OTHER or kind is None else kind.category,
        tier=program.tier or (kind.tier if kind else "application"),
        icon=program.icon or (kind.icon if kind else ""),
        background=program.background or (kind is not None and kind.background),
    )


def _own_name(program: Program) -> tuple[str, ...]:
    """The name where it may stand for the last word of any image: ``acme/homepage`` is Acme's own page."""
    return () if program.tier in ("application", "frontend") else (program.name,)


def _index(pairs: Iterable[tuple[str, Program]]) -> dict[str, Program]:
    """The first program wins, so that a repository's own rows come before archdoc's."""
    found: dict[str, Program] = {}
    for name, program in pairs:
        key = name if "*" in name or "/" in name else _key(name)
        if key:
            found.setdefault(key, program)
    return found


def _key(name: str) -> str:
    return re.sub(r"[\s_.]+", "-", name.strip().lower())


def _match(index: Mapping[str, Program], name: str) -> Program | None:
    found = index.get(name) or index.get(_key(name))
    if found is not None:
        return found
    for pattern, program in index.items():
        if "*" in pattern and fnmatchcase(name, pattern):
            return program
    return None
