"""What people write into boxes: the general words of the field, and what in the code makes each of them true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from archdoc.catalog.tables import CatalogError, Tables
from archdoc.model.facts import Category

FILE = "concepts"
_RUN = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_ENDS_IN_S = ("ss", "us", "is", "os", "as")


@dataclass(frozen=True, slots=True)
class Support:
    """What makes a concept true: a node for which all that is said here holds; of a list, one is enough.

    ``kinds`` are node kinds, ``types`` shell patterns over types, ``roles`` parts in the network, ``software`` kinds
    of programs (rows of the kinds table), ``programs`` their names, ``words`` words of the node's own name. The node
    has a value for each of ``attributes`` (or for an argument of the resource of this name), and none for ``without``.
    """

    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    software: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """``names`` are how people call it, in the singular; ``by`` what makes it true, one of which is enough.

    ``thing`` is set where even a frame of this name claims that the thing exists (a subnet, a cluster), and does not
    merely group boxes; ``soft`` where the name claims nothing more after the name of a program (``Redis server``);
    ``in_order`` where a later line of ``by`` counts only if no earlier one is true of anything (a proxy is called a
    load balancer where there is no other); ``practice`` where it is something that is done or held to (encryption),
    which no relation leads to or from; ``person`` where it is somebody, whom no code need name; ``providers`` where
    only what is theirs has this name.
    """

    names: tuple[str, ...]
    by: tuple[Support, ...]
    thing: bool = False
    soft: bool = False
    in_order: bool = False
    practice: bool = False
    person: bool = False
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What ``providers`` (local names) call their own of what a concept means: a droplet is a server ``of`` theirs."""

    names: tuple[str, ...]
    providers: tuple[str, ...]
    of: str


@dataclass(frozen=True, slots=True)
class Synonym:
    """Words that mean ``word``."""

    word: str
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filler:
    """Words of labels that claim nothing (``main``, ``stack``); ``grammar`` for those of no meaning (``the``)."""

    words: tuple[str, ...]
    grammar: bool = False


class Concepts:
    """All concepts, by their names, and the words that labels are made of."""

    def __init__(self, tables: Tables, proper: Iterable[str] = ()) -> None:
        """``proper`` are names of programs and the like, which keep their capitals together (``PostgreSQL``)."""
        general = tables.rows("concepts", Concept, (FILE,))
        self.all = (*general, *_products(tables.rows("products", Product, (FILE,)), general))
        self._same = {
            other: row.word for row in tables.rows("synonyms", Synonym, (FILE,)) for other in (row.word, *row.same)
        }
        names = (n for c in self.all for n in c.names)
        self._whole = frozenset(n.lower() for n in (*names, *proper) if n.isalnum()) | self._same.keys()
        rows = tables.rows("fillers", Filler, (FILE,))
        self.fillers = frozenset(self.canonical(w) for row in rows for w in row.words)
        self.grammar = frozenset(self.canonical(w) for row in rows if row.grammar for w in row.words)

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text: lower case, singular, digits apart, abbreviations written out.

        ``"WebServers-02"`` gives ``("web", "server", "2")``, ``"prod_db"`` ``("production", "database")``.
        """
        return tuple(word for word, _start, _end in self.tokens(text))

    def tokens(self, text: str) -> list[tuple[str, int, int]]:
        """The words of a text, each with its place in it."""
        found = []
        for run in _RUN.finditer(text):
            if run[0].lower() in self._whole:
                found.append((self.canonical(run[0]), run.start(), run.end()))
            else:
                at = run.start()
                found += [(self.canonical(m[0]), at + m.start(), at + m.end()) for m in _WORD.finditer(run[0])]
        return found

    def canonical(self, word: str) -> str:
        """One word, as `words` gives it."""
        low = word.lower()
        if low.isdigit():
            return str(int(low)) if len(low) < 10 else low
        if low in self._same:
            return self._same[low]
        single = singular(low)
        return self._same.get(single, single)

    @cached_property
    def by_name(self) -> Mapping[tuple[str, ...], Concept]:
        """Concepts by the words of each of their names; the repository's own win."""
        found: dict[tuple[str, ...], Concept] = {}
        for concept in self.all:
            for name in concept.names:
                found.setdefault(self.words(name), concept)
        return found

    @cached_property
    def longest(self) -> int:
        """Words of the longest name."""
        return max((len(name) for name in self.by_name), default=0)


def _products(products: Iterable[Product], concepts: Iterable[Concept]) -> Iterator[Concept]:
    by_name: dict[str, Concept] = {}
    for concept in concepts:
        for name in concept.names:
            by_name.setdefault(name, concept)
    for product in products:
        if product.of not in by_name:
            raise CatalogError(f"products: {product.names[0]}: no concept is called {product.of!r}")
        yield replace(by_name[product.of], names=product.names, providers=product.providers, soft=False)


def singular(word: str) -> str:
    """An English plural without its ending; other words as they are."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_ENDS_IN_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]
