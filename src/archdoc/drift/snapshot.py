"""The committed snapshot of the graph (docs/assets/archdoc.json), read back to compare with today's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source

PATH = "assets/archdoc.json"
"""Where it lies, relative to the docs directory."""


class SnapshotError(ValueError):
    """The snapshot is not one that archdoc wrote."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Nodes by id and edges by (source, target, kind, key), as plain JSON objects."""

    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    edges: Mapping[tuple[str, str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)


def parse_snapshot(data: bytes | str) -> Snapshot:
    """Read a snapshot (SnapshotError if it is none)."""
    try:
        document = json.loads(data)
        meta = document["graph"]
        if not str(meta["schema"]).startswith("archdoc.graph/"):
            raise SnapshotError("not an archdoc graph")
        return Snapshot(
            nodes={n["id"]: n for n in document["nodes"]},
            edges={(e["source"], e["target"], e["kind"], str(e["key"])): e for e in document["edges"]},
            meta=meta,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"not a snapshot of archdoc: {error}") from error


def source_of(thing: Mapping[str, Any]) -> Source:
    """The place of a node, or the first evidence of an edge."""
    place = thing.get("source")
    if not isinstance(place, Mapping):
        place = (thing.get("evidence") or [{}])[0]
    line = place.get("line", 1)
    return Source(str(place.get("path", "?")), line if isinstance(line, int) and line > 0 else 1)
