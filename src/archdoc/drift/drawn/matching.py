"""Which nodes of the graph a drawn box stands for, and why; or what comes nearest, and what it lacks.

A box stands for the nodes that bear *every* term of its label: "Web server 2" is a machine, called web, with the
number 2. Words that claim nothing are passed over; a service with "web" in its name alone is no web server.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from archdoc.drift.drawn.addresses import addresses_in
from archdoc.drift.drawn.bearing import Bearings, covers, may_be, reason
from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.drawing import DrawnBox
from archdoc.drift.drawn.nearest import Nearest, Neighbourhood
from archdoc.drift.drawn.terms import Term, Vocabulary
from archdoc.model.facts import EdgeKind, Node

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_LEFT_OPEN = re.compile(r"\$\{[^{}]*\}|\{\{[^{}]*\}\}")
_EITHER = re.compile(r"\s*(?:/|\||,|\bor\b)\s*")
_BOTH = re.compile(r"\s*(?:&|\+|\band\b)\s*", re.IGNORECASE)
_FILE = re.compile(r"[\w./-]*\w\.(?:ya?ml|tf|tfvars|hcl|json|toml|j2|sh|py|conf|cfg|ini|env)")
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)+")
_ONE_WORD = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|[a-z]+[A-Z][A-Za-z0-9]*")
_NUMBERED_NAME = re.compile(r"[a-z]+[-_]?\d+")
_ACCEPTED_NAME = 0.7
_PEOPLE = "people are no part of the code"


@dataclass(frozen=True, slots=True)
class Match:
    """What a label stands for.

    ``node_ids`` is empty for a phantom. ``score`` is 1 for the very name, less the more was concluded; ``why`` says
    what was. ``claims`` is false for a label that claims nothing, ``is_known`` true when the catalog knows some term
    of it, or the code a name of several words, ``is_thing`` when it is nothing but names of things.
    """

    node_ids: frozenset[str] = frozenset()
    score: float = 0.0
    why: str = ""
    nearest: tuple[Nearest, ...] = ()
    lacks: tuple[str, ...] = ()
    claims: bool = True
    is_known: bool = False
    is_thing: bool = False
    is_practice: bool = False
    """It is something that is done or held to: no relation leads to it or from it."""
    by_name: bool = False
    """A term of its own (a name, a number) chose the nodes, not a general word alone."""


class Matcher:
    """Matches the boxes of drawings to the nodes of a graph."""

    def __init__(
        self, book: Codebook, aliases: Mapping[str, str] | None = None, files: frozenset[str] = frozenset()
    ) -> None:
        self.book = book
        self._files = files
        self._stems = frozenset(name.partition(".")[0] for name in files)
        self.vocabulary = Vocabulary(book.catalog)
        self._aliases = {_plain(k): v for k, v in (aliases or {}).items()}
        self._bearings = Bearings(book)
        self._neighbourhood = Neighbourhood(book, self._bearings)
        self._phrases: dict[tuple[str, bool], Match] = {}

    def match(self, box: DrawnBox, numbered: bool = False) -> Match:
        """What a box stands for. ``numbered``: another box of the drawing differs by its number alone."""
        names = (box.title, box.label[0] if box.label else box.id)
        alias = next((self._aliases[_plain(n)] for n in names if _plain(n) in self._aliases), None)
        if alias == "":
            return Match(claims=False, why="the configuration vouches for it")
        if alias is not None:
            found = self._by_alias(alias)
            return Match(found, 1.0, f"the configuration says that it is {alias}", by_name=True, lacks=(alias,))
        if box.is_joint or not box.label:
            return Match(claims=False)
        best = self._of_lines(box.label, numbered)
        if box.is_person and not best.node_ids:
            return Match(claims=False, why=_PEOPLE)
        if not best.node_ids and best.claims and not best.is_known and box.id != box.title:
            hint = self._phrase(box.id, numbered)
            if hint.node_ids and hint.score == 1:
                return replace(hint, score=0.6, why=f"its id {box.id!r}: {hint.why}")
        return best

    def stem(self, box: DrawnBox) -> tuple[tuple[str, ...], int]:
        """The words of a label without its number, and the number: what numbered boxes have in common."""
        phrase = self.vocabulary.read(box.label[0] if box.label else box.id)
        return tuple(w for t in phrase.terms for w in t.words), phrase.number

    # -- a label --------------------------------------------------------------------------------------------

    def _of_lines(self, lines: tuple[str, ...], numbered: bool) -> Match:
        first, details = lines[0], [*lines[1:]]
        bare = _BRACKETS.sub(" ", _LEFT_OPEN.sub(" ", first)).strip()
        details = [*_BRACKETS.findall(first), *details] if bare else details
        name = bare or first
        found = self._phrase(name, numbered)
        if not found.claims:
            for detail in details:
                other = self._phrase(detail, numbered)
                if other.claims:
                    return other
            return found
        if found.node_ids:
            return self._narrowed(found, name, details)
        has_number = any(lack.startswith("number ") for lack in found.lacks)
        for text in () if has_number else (" ".join(lines[:2]), first):
            whole = self._phrase(text, numbered)
            if text != name and whole.node_ids:
                return whole
        parts = self._of_parts(name, numbered)
        if parts is not None:
            return parts
        kind, colon, rest = name.partition(": ")
        if colon and rest:  # Subnet: 10.0.1.0/24, Key vault: kv-main
            of_kind = self._phrase(kind, numbered)
            if of_kind.node_ids:
                return self._narrowed(replace(of_kind, score=min(of_kind.score, 0.7)), kind, [rest, *details])
        at = [i for line in lines for a in addresses_in(line) for i in self.book.addresses.get(a, ())]
        if at and (has_number or not found.is_known):
            return Match(frozenset(at), 0.8, "it has this address", is_known=True, by_name=True)
        if not found.is_known:
            for detail in details:
                other = self._phrase(detail, numbered)
                if other.node_ids and other.score >= 0.8:
                    return replace(other, score=0.5, why=f"{detail!r} below it: {other.why}")
                found = replace(found, is_known=found.is_known or other.is_known)
        return found

    def _of_parts(self, text: str, numbered: bool) -> Match | None:
        """``Fluentd/Fluent Bit`` is one of two, ``Grafana & Loki`` is both."""
        either = [p for p in _EITHER.split(text) if p.strip()]
        if len(either) > 1:
            for part in either:
                found = self._phrase(part, numbered)
                if found.node_ids:
                    return replace(found, score=min(found.score, 0.8), why=f"{part!r}: {found.why}")
        both = [p for p in _BOTH.split(text) if p.strip()]
        if len(both) > 1:
            matches = [self._phrase(part, numbered) for part in both]
            if all(m.node_ids or not m.claims for m in matches):
                ids = frozenset(i for m in matches for i in m.node_ids)
                why = "; ".join(f"{p!r}: {m.why}" for p, m in zip(both, matches, strict=True) if m.node_ids)
                if ids:
                    return Match(ids, 0.8, why, is_known=True, by_name=any(m.by_name for m in matches))
        return None

    def _narrowed(self, found: Match, name: str, details: list[str]) -> Match:
        """``Database`` with ``PostgreSQL`` below it is the PostgreSQL, and a phantom where there is none."""
        if found.by_name:
            return found
        concepts = [t.concept for t in self.vocabulary.read(name).terms if t.concept is not None]
        for detail in details:
            for term in self.vocabulary.read(detail).terms:
                if term.program is None:
                    continue
                borne = self._bearings.of(term)
                near = found.node_ids & (borne | self.book.beside(borne))
                if near:
                    return replace(found, node_ids=near, why=f"{found.why}, and is {term}")
                if any(covers(term.program, concept) for concept in concepts) and not borne:
                    missing = tuple(Nearest(i, (str(term),)) for i in sorted(found.node_ids)[:3])
                    return Match(nearest=missing, lacks=(str(term),), is_known=True)
        return found

    # -- a phrase -------------------------------------------------------------------------------------------

    def _phrase(self, text: str, numbered: bool) -> Match:
        key = (text, numbered)
        if key not in self._phrases:
            self._phrases[key] = self._resolve(text, numbered)
        return self._phrases[key]

    def _resolve(self, text: str, numbered: bool) -> Match:
        if _FILE.fullmatch(text.strip()):
            return self._of_file(text.strip().rpartition("/")[2])
        text = _FILE.sub(lambda m: " " if m[0] in self._files else m[0], text)
        phrase = self.vocabulary.read(text)
        terms = phrase.terms
        is_known = any(not t.is_plain for t in terms)
        is_thing = bool(terms) and all(_is_thing(t) for t in terms if not t.is_plain or t.words[0] not in _WHICH)
        is_thing = is_thing and any(not t.is_plain for t in terms)
        is_written = _IDENTIFIER.fullmatch(text.strip()) is not None
        exact = self.book.called(phrase.words)
        if len(terms) == 1 and (program := terms[0].program) is not None:
            exact = frozenset(i for i in exact if may_be(self.book.nodes[i], program))
        if exact and phrase.words:
            is_known = is_known or len(phrase.words) > 1  # a single word may be chance
            is_general = len(terms) == 1 and terms[0].concept is not None
            is_general = is_general and (phrase.words == terms[0].words or (phrase.number > 0 and not is_written))
            general = self._bearings.of(terms[0]) if is_general else frozenset()
            practice = any(t.concept is not None and t.concept.practice for t in terms)
            why = "it has this name" if exact >= general else f"it has this name, or {reason(terms[0])}"
            return Match(exact | general, 1.0, why, is_known=is_known, is_practice=practice, by_name=not general)
        if not terms:
            return self._at_addresses(text)
        found, score, why, by_name = self._bearings.of_all(terms)
        if is_written:  # as a name of the code: all of it counts
            letters = {word for word in phrase.words[:-1] if len(word) == 1 and word.isalpha()}
            kept = frozenset(i for i in found if score >= _ACCEPTED_NAME and letters <= self.book.words(i))
            if found and letters and not kept:
                alike = tuple(Nearest(i, (text,)) for i in self._neighbourhood.ranked(found, text)[:3])
                return Match(nearest=alike, lacks=(text,), is_known=is_known, is_thing=is_thing)
            found = kept
        if found and phrase.number and (numbered or not phrase.after_program):
            is_name = _NUMBERED_NAME.fullmatch(text.strip()) is not None or self._is_numbered(text, phrase.words)
            kept = self._numbered(found, phrase.number, by_name or numbered, is_name)
            if not kept:
                ordinal = (f"number {phrase.number}",)
                alike = tuple(Nearest(i, ordinal) for i in self._neighbourhood.ranked(found, text)[:3])
                return Match(nearest=alike, lacks=ordinal, is_known=is_known, is_thing=is_thing)
            found, by_name = kept, by_name or kept != found
        if found:
            practice = any(t.concept is not None and t.concept.practice for t in terms)
            return Match(found, score, why, (), (), True, is_known, is_thing, practice, by_name)
        if _ONE_WORD.fullmatch(text.strip()) and (joined := self.book.with_words((text.strip().lower(),))):
            why = f"it is called {text.strip().lower()!r}"  # NetAuth is netauth
            return Match(joined, 0.9, why, is_known=True, is_thing=is_thing, by_name=True)
        if terms and all(t.concept is not None and t.concept.person for t in terms):
            return Match(claims=False, why=_PEOPLE)
        if networked := self.book.in_network(text.strip()):
            return Match(networked, 0.8, "it is the network that they are in", (), (), True, is_known, by_name=True)
        if is_written and text.strip() in self._stems:
            return Match(claims=False, why="the repository has a file of this name")
        near, lacks = self._neighbourhood.nearest(terms, text)
        return Match(nearest=near, lacks=lacks, is_known=is_known, is_thing=is_thing)

    def _at_addresses(self, text: str) -> Match:
        """A label of addresses alone."""
        drawn = addresses_in(text)
        held = frozenset(i for address in drawn for i in self.book.addresses.get(address, ()))
        if not drawn:
            return Match(claims=False)
        return Match(held, 1.0 if held else 0.0, "it has this address", is_known=True, lacks=(text,))

    def _of_file(self, name: str) -> Match:
        """What a file of this name holds: the playbook that it is, else all that stands in it."""
        own = self.book.called(self.book.concepts.words(name))
        found = own or self.book.in_file(name)
        if not found and name in self._files:
            return Match(claims=False, why="the repository has a file of this name")
        return Match(
            found, 1.0 if found else 0.0, "it is a file of this name", is_known=True, lacks=(name,), by_name=True
        )

    # -- numbers --------------------------------------------------------------------------------------------

    def _numbered(self, found: frozenset[str], number: int, strict: bool, is_name: bool) -> frozenset[str]:
        """The ``n``-th of some nodes: the one that has the number in its name; else one of at least ``n``.

        One thing alone has no number, unless (not ``strict``) the label is as general as ``Server 1``. A label that is
        written as a name of the code (``nas01``) is the one of that name, and no other.
        """
        bearing = frozenset(i for i in found if str(number) in self.book.words(i) or self._key(i) == number)
        if bearing or is_name:
            return bearing
        first = frozenset(i for i in found if self._key(i) == number - 1)
        if first and any(self._key(i) == 0 for i in found):
            return first
        groups = frozenset(i for i in found if self.book.nodes[i].attributes.get("network_role") in _GROUPS)
        if groups:
            return groups
        count = self._count(found)
        if count >= number and (count > 1 or not strict) and not self._has_numbers(found):
            return found
        return frozenset()

    def _is_numbered(self, text: str, words: tuple[str, ...]) -> bool:
        """Whether a label is written as a name of the code that the code has with another number."""
        if _IDENTIFIER.fullmatch(text.strip()) is None or not words[-1].isdigit():
            return False
        numbers = (f"{n:0{len(words[-1])}d}" for n in range(10))
        return any(self.book.called((*words[:-1], number)) for number in numbers)

    def _key(self, node_id: str) -> int | None:
        place = self.book.nodes[node_id].terraform
        return place.instance_key if place is not None and isinstance(place.instance_key, int) else None

    def _has_numbers(self, found: frozenset[str]) -> bool:
        """Whether the things are numbered in the code: then a number that none of them has is wrong."""
        return sum(any(w.isdigit() for w in self.book.words(i)) for i in found) > len(found) / 2

    def _count(self, found: frozenset[str]) -> int:
        """How many things the nodes are: a server and the host on it are one."""
        twins = {e.source for i in found for e in self.book.graph.edges_to(i, EdgeKind.SAME_AS) if e.source in found}
        kinds = Counter(self.book.nodes[i].type for i in found - twins)
        return max(kinds.values(), default=0)

    # -- aliases --------------------------------------------------------------------------------------------

    def _by_alias(self, pattern: str) -> frozenset[str]:
        return frozenset(n.id for n in self.book.nodes.values() if fits(n, pattern))


_GROUPS = ("server_group", "cluster")
"""Parts in the network that stand for any number of machines."""
_WHICH = frozenset({"public", "private", "external", "production", "staging", "development", "testing", "primary"})
"""Words that tell one thing from another of its kind."""


def fits(node: Node, pattern: str) -> bool:
    """Whether a shell pattern fits a node's id, address, name or type."""
    known = (node.id, node.address, node.name, node.type)
    return pattern in known or any(fnmatchcase(k, pattern.replace("[", "[[]")) for k in known if k)


def _is_thing(term: Term) -> bool:
    """A frame that is called after a program may hold what belongs to it; one that is called a subnet is one."""
    return bool(term.provider) or (term.concept is not None and term.concept.thing)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
