"""Which argument of a resource means what: ``network_id`` puts inside, ``firewall_ids`` protects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from archdoc.catalog.resource_types import Role
from archdoc.catalog.tables import Tables


class Verb(StrEnum):
    """What a relation says. Read: subject, verb, object."""

    INSIDE = "inside"
    """The subject lies in the object: a server in a subnet."""
    ATTACHED_TO = "attached_to"
    PROTECTS = "protects"
    ROUTES_TO = "routes_to"
    """Traffic that reaches the subject goes on to the object."""
    ENCRYPTS = "encrypts"
    USES = "uses"
    """The subject works with the object: an identity, a template, a zone."""
    WATCHES = "watches"
    ALERTS = "alerts"
    LOGS_TO = "logs_to"
    BACKS_UP = "backs_up"
    STORES_IN = "stores_in"
    PEERS_WITH = "peers_with"
    GRANTS = "grants"
    """The subject gives rights to the object."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One meaning of an argument.

    ``types`` are resource types or, with a ``_`` at the end, families; none means any type. ``attributes`` are
    argument paths (``network.network_id``) without indexes; a path of one word also stands for the last word of
    a longer one. The resource with the argument is the subject and what the argument names the object; with
    ``reverse`` it is the other way round (``firewall_ids``: the firewall protects the server). ``targets`` limits
    the relation to objects that play one of these parts in the network; none means any.
    """

    attributes: tuple[str, ...]
    verb: Verb
    types: tuple[str, ...] = ()
    reverse: bool = False
    targets: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """A resource that joins two others: ``hcloud_server_network`` puts ``server_id`` inside ``network_id``.

    ``subject`` and ``object`` are argument paths, of which the first one that is set counts.
    """

    types: tuple[str, ...]
    subject: tuple[str, ...]
    object: tuple[str, ...]
    verb: Verb
    ports: tuple[str, ...] = ()
    """Arguments that hold a port of the relation."""


_INDEX = re.compile(r"\[[^\]]*\]")


def bare_path(path: str) -> str:
    """An argument path without indexes and keys: ``rule[0].port`` is ``rule.port``."""
    return _INDEX.sub("", path)


def covers(types: tuple[str, ...], name: str) -> int:
    """How well a row's types fit a type: the length of the longest that does, 0 for a row of any type, -1 for none."""
    if not types:
        return 0
    best = -1
    if not name.startswith(types):  # nearly always
        return best
    for each in types:
        if name.startswith(each) and len(each) > best and (each.endswith("_") or each == name):
            best = len(each)
    return best


class Relations:
    """All relations and joins."""

    def __init__(self, tables: Tables) -> None:
        self._by_word: dict[str, list[Relation]] = {}
        for row in tables.rows("relations", Relation):
            for attribute in row.attributes:
                self._by_word.setdefault(attribute.rpartition(".")[2], []).append(row)
        self._joins = tables.rows("joins", Join, ("relations",))

    def find(self, resource_type: str, path: str, target: Role | None = None) -> Relation | None:
        """What an argument means, or None.

        The relation of the longest type wins, then the one of the longest path, then the one that names the
        part of the target; ``target`` is that part, None when it is not known.
        """
        bare = bare_path(path)
        best, best_rank = None, (-1, -1, -1)
        for row in self._by_word.get(bare.rpartition(".")[2], ()):
            if row.targets and target is not None and target not in row.targets:
                continue
            fit = covers(row.types, resource_type)
            depth = max((_depth(attribute, bare) for attribute in row.attributes), default=-1)
            rank = (fit, depth, len(row.targets) > 0)
            if fit >= 0 and depth >= 0 and rank > best_rank:
                best, best_rank = row, rank
        return best

    def joins(self, resource_type: str) -> tuple[Join, ...]:
        """What a resource of this type joins."""
        return tuple(row for row in self._joins if covers(row.types, resource_type) > 0)


def _depth(attribute: str, path: str) -> int:
    """How many words of the path an attribute names, -1 when it names another path."""
    if attribute == path:
        return attribute.count(".") + 2
    return attribute.count(".") + 1 if path.endswith(f".{attribute}") else -1
