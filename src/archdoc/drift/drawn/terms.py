"""A label taken apart: the names of programs, providers and concepts in it, the plain words, and the number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archdoc.catalog import Catalog
from archdoc.catalog.concepts import Concept
from archdoc.catalog.software import Program
from archdoc.drift.drawn.addresses import without_addresses
from archdoc.model.facts import Category

_MOST_WORDS = 24
_IDLE = re.compile(
    r"\$\{[^{}]*\}|\{\{[^{}]*\}\}"  # what an author left to be filled in
    r"|\b[a-z]{2}-(?:[a-z]+-)+\d[a-z]?\b"  # regions: us-east-1a
    r"|\b(?:us|europe|asia|australia|southamerica|northamerica|me|africa)-[a-z]+\d(?:-[a-z])?\b"
    r"|\bv?\d+(?:\.\d+)+(?:\.x)?\b|\bv\d+\b"  # versions
    r"|:\d{2,5}\b|\b\d{2,5}/(?:tcp|udp)\b|\bport\s+\d+\b"
    r"|\b\d+\s?(?:[KMGT]i?B|v?CPUs?|cores?|days?|nodes?|replicas?|instances?|AZs?|RAM)\b"
    r"|\b\d+\s?[x×]\s|\s[x×]\s?\d+\b|\b[a-z]\d[a-z]?\.\w+\b",  # how many; t3.micro
    re.IGNORECASE,
)
_LETTERS = "abcdef"
_LARGEST_ORDINAL = 64


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a label speaks of. A plain word has neither concept, program nor provider."""

    words: tuple[str, ...]
    concept: Concept | None = None
    program: Program | None = None
    provider: str = ""
    """What people call the provider."""
    outside: str = ""
    """The name of a service on the internet."""
    said: str = field(default="", compare=False)
    """As it stands in the label."""

    @property
    def is_plain(self) -> bool:
        """Whether the catalog knows nothing of it."""
        return self.concept is None and not self.is_proper

    @property
    def is_proper(self) -> bool:
        """Whether it is the name of a program, a provider or a service on the internet."""
        return self.program is not None or bool(self.provider) or bool(self.outside)

    def __str__(self) -> str:
        """As people write it."""
        return self.said or " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The terms of a text, and the number after them (``Web server 2``), 0 for none."""

    terms: tuple[Term, ...] = ()
    number: int = 0
    words: tuple[str, ...] = ()
    """All words, with the number."""
    after_program: bool = False
    """The number follows the name of a program: it is a version, unless boxes are numbered."""


class Vocabulary:
    """Every name that the catalog knows, by its words."""

    def __init__(self, catalog: Catalog) -> None:
        self._concepts = catalog.concepts
        self._programs: dict[tuple[str, ...], Program] = {}
        for program in catalog.software.all:
            for name in (program.name, program.title, *program.synonyms):
                self._programs.setdefault(self._concepts.words(name), program)
        self._providers: dict[tuple[str, ...], str] = {}
        for name, provider in catalog.providers.items():
            if provider.category is Category.PLUMBING:
                continue  # their names are words of every day: local, external, time
            title = provider.title or name
            for known in (title, name, title.removesuffix(" Cloud")):
                self._providers.setdefault(self._concepts.words(known), title)
        self._everyday = frozenset({("node",)})
        self._outside = {self._concepts.words(e.name): e.name for e in catalog.outside.all}
        named: list[Mapping[tuple[str, ...], object]] = [self._programs, self._providers, self._outside]
        self._longest = max(self._concepts.longest, *(len(words) for table in named for words in table))

    def read(self, text: str) -> Phrase:
        """Take a text apart: the longest name first, then from the left."""
        kept = _IDLE.sub(" ", without_addresses(text))
        split = self._concepts.tokens(kept)[:_MOST_WORDS]
        tokens = self._whole_names(split)
        words = tuple(word for word, _start, _end in tokens)
        taken: list[Term | None] = [None] * len(words)
        free = [True] * len(words)
        for length in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                if all(free[start : start + length]):
                    term = self._known(words[start : start + length])
                    if term is not None:
                        taken[start] = replace(term, said=kept[tokens[start][1] : tokens[start + length - 1][2]])
                        free[start : start + length] = [False] * length
        number, after_program = 0, False
        for at, word in enumerate(words):
            if not free[at]:
                continue
            if word.isdigit():
                if 0 < int(word) <= _LARGEST_ORDINAL:
                    number = int(word)
                    after_program = any(t is not None and t.program is not None for t in taken[:at])
            elif len(word) == 1 and at == len(words) - 1 and at and word in _LETTERS:
                number = _LETTERS.index(word) + 1
            elif word not in self._concepts.fillers and len(word) > 1:
                taken[at] = Term((word,), said=kept[tokens[at][1] : tokens[at][2]])
        terms = tuple(t for t in taken if t is not None)
        return Phrase(terms, number, tuple(word for word, _start, _end in split), after_program)

    def _whole_names(self, tokens: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        """The words, with names that are written as one (``CloudWatch``) whole, unless all their parts are known."""
        found: list[tuple[str, int, int]] = []
        at = 0
        while at < len(tokens):
            end = at + 1
            while end < len(tokens) and tokens[end][1] == tokens[end - 1][2] and not tokens[end][0].isdigit():
                end += 1
            run = tokens[at:end]
            parts = tuple(word for word, _start, _end in run)
            if len(run) > 1 and not self._is_composed(parts):
                found.append(("".join(parts), run[0][1], run[-1][2]))
            else:
                found += run
            at = end
        return found

    def _is_composed(self, parts: tuple[str, ...]) -> bool:
        """Whether a word is made of known ones (``WebServer``, ``MyLoadBalancer``)."""
        pairs = any(self._known(parts[a:b]) for a in range(len(parts)) for b in range(a + 2, len(parts) + 1))
        return pairs or all(self._known((p,)) is not None or p in self._concepts.fillers for p in parts)

    def _known(self, words: tuple[str, ...]) -> Term | None:
        if len(words) == 1 and (words[0].isdigit() or len(words[0]) == 1):
            return None
        concept = self._concepts.by_name.get(words)
        program = self._programs.get(words) if concept is None or words not in self._everyday else None
        provider = self._providers.get(words, "")
        outside = self._outside.get(words, "")
        if concept is None and program is None and not provider and not outside:
            return None
        return Term(words, concept, program, provider, outside)
