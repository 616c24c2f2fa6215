"""Which nodes bear a term of a label, and which bear all of them."""

from __future__ import annotations

from archdoc.catalog.concepts import Concept
from archdoc.catalog.software import Program
from archdoc.drift.drawn.codebook import Codebook
from archdoc.drift.drawn.terms import Term
from archdoc.model.facts import Category, Node, NodeKind

_BLOCKS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)
_MOST_RELATED = 500
"""Nodes of which the neighbours are looked at."""
_AROUND = frozenset(
    {Category.DNS, Category.NETWORK, Category.SECURITY, Category.IDENTITY, Category.CDN, Category.PLUMBING}
)
"""What resources for this do stands around programs, and is none."""


class Bearings:
    """Answers, for the nodes of a graph, which of them bear what a label says."""

    def __init__(self, book: Codebook) -> None:
        self.book = book
        self._borne: dict[Term, frozenset[str]] = {}

    def of_all(self, terms: tuple[Term, ...]) -> tuple[frozenset[str], float, str, bool]:
        """The nodes that bear all terms, how sure that is, and why."""
        needed = self.needed(terms)
        borne = [self.of(t) for t in needed]
        named = any(t.is_plain or t.is_proper for t in needed)
        why = "; ".join(reason(t) for t in needed)
        if len(needed) == 1 and borne[0]:
            return borne[0], 0.9 if named else 0.8, why, named
        wide = [b | self._named_like(t) for t, b in zip(needed, borne, strict=True)]
        if len(needed) > 1 and all(wide):
            together = frozenset.intersection(*wide)
            if together:
                return together, 0.9 if frozenset.intersection(*borne) else 0.8, why, True
            for i, own in enumerate(wide):
                others = [self.book.beside(b) for j, b in enumerate(wide) if j != i]
                together = own.intersection(*others)
                if together:
                    return together, 0.8, f"{why}, together with what runs on it", named
            together = self._related(needed, wide)
            if together:
                return together, 0.7, f"{why}, by what it is related to", True
        known = [(t, b) for t, b in zip(needed, borne, strict=True) if b]
        rest = [t for t, b in zip(needed, borne, strict=True) if not b]
        if not known or any(t.is_proper or (t.concept is not None and not t.concept.soft) for t in rest):
            return frozenset(), 0.0, "", False
        base = frozenset.intersection(*(b for _t, b in known))
        words = {w for t in rest for w in t.words}
        deep = frozenset(i for i in base if words <= self.book.deep_words(i) | self.book.words(i))
        if deep:
            said = " ".join(sorted(words))
            return deep, 0.7, f"{'; '.join(reason(t) for t, _b in known)}; {said!r} stands in what it holds", True
        if base and any(t.program is not None for t, _b in known) and all(t.is_plain for t in rest):
            said = " ".join(w for t in rest for w in t.words)
            return base, 0.5, f"{'; '.join(reason(t) for t, _b in known)}; {said!r} is not compared", True
        return frozenset(), 0.0, "", False

    def _named_like(self, term: Term) -> frozenset[str]:
        """In a label of several terms a general word may be part of a name (``db-security-group``)."""
        return self.book.named_like(term.concept) if term.concept is not None else frozenset()

    def _related(self, terms: list[Term], wide: list[frozenset[str]]) -> frozenset[str]:
        """``ECS security group``: the nodes of the last term that a relation joins with one of each other term.

        Only names that the catalog knows are looked for among the neighbours; a plain word must be in the name of
        the thing or of the module around it.
        """
        found = set()
        for node_id in sorted(wide[-1])[:_MOST_RELATED]:
            around = self.book.around(node_id)
            words = self.book.deep_words(node_id) | self.book.words(node_id)
            if all(
                node_id in ids
                or (not term.is_plain and bool(around & ids))
                or (not term.is_plain and words.issuperset(term.words))
                for term, ids in zip(terms[:-1], wide[:-1], strict=True)
            ):
                found.add(node_id)
        return frozenset(found)

    def needed(self, terms: tuple[Term, ...]) -> list[Term]:
        """The terms that a node must bear. After a program's name, what the program is anyway claims nothing more."""
        proper = [t for t in terms if t.is_proper and self.of(t)]
        needed = []
        for term in terms:
            concept = term.concept
            if concept is not None and not term.is_proper and proper:
                if concept.soft and any(self._says_what(t, concept) for t in proper):
                    continue
                if any(t.program is not None and covers(t.program, concept) for t in proper):
                    continue
            needed.append(term)
        return needed

    def _says_what(self, term: Term, concept: Concept) -> bool:
        """Whether after this name a general word claims nothing more: ``Redis server`` is Redis. A server of a cloud
        (``Azure VM``) is one of all that the cloud has."""
        if term.program is None and term.provider and any(by.roles for by in concept.by):
            return False
        return term.program is not None or bool(term.outside)

    def of(self, term: Term) -> frozenset[str]:
        """The nodes that bear one term."""
        if term not in self._borne:
            found: set[str] = set(self.book.called(term.words))
            if term.concept is not None:
                found |= self.book.supporting(term.concept)
            if term.provider:
                found |= self.book.of_provider(term.provider)
            if term.program is not None:
                found |= self.book.of_program(term.program)
                program = term.program
                names = [self.book.concepts.words(n) for n in (program.name, *program.synonyms)]
                by_word = {i for n in names if n for i in self.book.with_words(n)}
                found |= {i for i in by_word if not self.book.about_another(i, program)}
                found = {i for i in found if may_be(self.book.nodes[i], program)}
                if not found:
                    found = {
                        i for n in (term.program.name, *term.program.synonyms) for i in self.book.listed.get(n, ())
                    }
            elif term.concept is None or term.outside:
                found |= self.book.with_words(term.words)
            self._borne[term] = frozenset(found)
        return self._borne[term]


def may_be(node: Node, program: Program) -> bool:
    """Whether a node with a program's name may be the program, and is not only a record, a rule or a volume for it."""
    if node.kind is NodeKind.STORE or (node.kind is NodeKind.EXTERNAL and node.type == "target"):
        return False
    return node.kind not in _BLOCKS or node.category is program.category or node.category not in _AROUND


def covers(program: Program, concept: Concept) -> bool:
    """Whether what the concept asks for is what the program is (``cache`` of Redis)."""
    if program.category is not Category.OTHER and any(program.category in s.categories for s in concept.by):
        return True
    return any(program.kind in s.software or program.name in s.programs for s in concept.by)


def reason(term: Term) -> str:
    """Why a node bears a term, in words."""
    if term.program is not None:
        return f"it is {term.program.title}"
    if term.provider:
        return f"it is of {term.provider}"
    return f"it is what people call {str(term)!r}" if term.concept is not None else f"it is called {str(term)!r}"
