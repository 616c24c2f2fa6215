"""What comes nearest to a label that nothing bears, and what it lacks."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass

from archdoc.drift.drawn.bearing import Bearings
from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.terms import Term
from archdoc.model.facts import Category, NodeKind

_MOST_NAMES = 2_000
"""Names that a label is compared with letter by letter, when no word of it is known."""
_MOST_LABELS = 40
"""Labels for which that is done: it takes long."""
_MOST_RANKED = 300
"""Nodes that are put in order by how much they are alike in letters."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A node that bears some terms of a label, and what it lacks."""

    node_id: str
    lacks: tuple[str, ...]


class Neighbourhood:
    """Finds the nearest candidates of labels."""

    def __init__(self, book: Codebook, bearings: Bearings) -> None:
        self.book = book
        self._bearings = bearings
        self._compared = 0

    def nearest(self, terms: tuple[Term, ...], text: str) -> tuple[tuple[Nearest, ...], tuple[str, ...]]:
        """Up to three nodes that bear most of the terms, are for the same purpose, or are called alike; and the terms
        that nothing bears."""
        needed = self._bearings.needed(terms)
        borne = {t: self._bearings.of(t) for t in needed}
        counted = Counter(i for ids in borne.values() for i in ids)
        lacking = tuple(str(t) for t in needed if not borne[t])
        if counted:
            most = max(counted.values())
            best = self.ranked(frozenset(i for i, n in counted.items() if n == most), text)[:3]
            found = tuple(Nearest(i, tuple(str(t) for t in needed if i not in borne[t])) for i in best)
            return found, lacking or found[0].lacks
        named = frozenset(i for t in needed if t.program is not None for i in self.book.with_words(t.words))
        if named:
            return tuple(Nearest(i, lacking) for i in self.ranked(named, text)[:3]), lacking
        parts = Counter(i for t in needed for w in t.words for i in self.book.with_words((w,)) if len(t.words) > 1)
        if parts:
            most = max(parts.values())
            best = self.ranked(frozenset(i for i, n in parts.items() if n == most), text)[:3]
            return tuple(Nearest(i, lacking) for i in best), lacking
        purposes = {t.program.category for t in needed if t.program is not None} - {Category.OTHER, Category.PLUMBING}
        alike = frozenset(
            n.id
            for n in self.book.nodes.values()
            if n.category in purposes
            and n.kind in (NodeKind.RESOURCE, NodeKind.SERVICE)
            and not n.attributes.get("plumbing")
        )
        if alike:  # what is there for the same purpose
            return tuple(Nearest(i, lacking) for i in self.ranked(alike, text)[:3]), lacking
        self._compared += 1
        if self._compared > _MOST_LABELS:
            return (), lacking
        names = {n.name: n.id for n in list(self.book.nodes.values())[:_MOST_NAMES]}
        close = difflib.get_close_matches(text[:80], list(names), n=3, cutoff=0.6)
        return tuple(Nearest(names[c], (text,)) for c in close), lacking

    def ranked(self, found: frozenset[str], text: str) -> list[str]:
        """The most alike in letters first; things before what only joins things."""
        low = text.lower()

        def key(node_id: str) -> tuple[bool, float, str]:
            node = self.book.nodes[node_id]
            alike = difflib.SequenceMatcher(None, low[:60], node.name.lower()[:60]).ratio()
            return (bool(node.attributes.get("plumbing")), -alike, node_id)

        return sorted(sorted(found)[:_MOST_RANKED], key=key)
