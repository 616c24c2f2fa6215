"""The graph as a book to look words up in: by name, by program, by provider, by concept, by address."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import pairwise

from archdoc.catalog import Catalog
from archdoc.catalog.concepts import Concept, Support
from archdoc.catalog.software import Program
from archdoc.drift.drawn.addresses import addresses_of
from archdoc.model.facts import Category, EdgeKind, Node, NodeKind
from archdoc.model.graph import Graph

_HIDDEN = frozenset({NodeKind.VARIABLE, NodeKind.LOCAL, NodeKind.OUTPUT, NodeKind.HANDLER, NodeKind.COLLECTION})
"""Kinds that nobody draws as a box."""
_NAMING = (
    *("name", "hostname", "bucket", "function_name", "cluster_name", "cluster_id", "identifier", "display_name"),
    *("title", "domain", "fqdn", "zone", "db_name", "queue_name", "repository", "label", "cluster_identifier"),
)
"""Arguments of resources that hold what people call the thing."""
_KEY = re.compile(r"\[\"?(?P<key>[^\]\"]+)\"?\]")
_TOKEN = re.compile(r"[^\W_]+")
_REGISTRY = re.compile(r"(?:[\w.-]+/)?[\w-]+/[\w-]+/(?P<provider>[a-z0-9-]+)")
"""A module's address in a registry: https://developer.hashicorp.com/terraform/language/modules/sources."""
_OF_ANYBODY = (NodeKind.HOST, NodeKind.GROUP, NodeKind.MODULE)
_MOST_WORDS = 400
"""Words of what a node holds, besides its name, that are looked at."""
_SIDEWAYS = (EdgeKind.RUNS_ON, EdgeKind.SAME_AS, EdgeKind.DEPLOYS, EdgeKind.MEMBER_OF)
"""Relations of two nodes that people draw as one box."""


class Codebook:
    """What the nodes of a graph, or some of them (``only``), are called and what they are."""

    def __init__(self, graph: Graph, catalog: Catalog, only: frozenset[str] | None = None) -> None:
        self.graph = graph
        self.catalog = catalog
        self.concepts = catalog.concepts
        self.nodes = {
            node.id: node for node in graph.nodes() if node.kind not in _HIDDEN and (only is None or node.id in only)
        }
        self._supporting: dict[int, frozenset[str]] = {}
        self._deep: dict[str, frozenset[str]] = {}

    # -- what a node is called ------------------------------------------------------------------------------

    @cached_property
    def _indexed(self) -> tuple[dict[str, frozenset[str]], dict[str, set[str]], dict[tuple[str, ...], set[str]]]:
        words: dict[str, frozenset[str]] = {}
        by_word: dict[str, set[str]] = defaultdict(set)
        by_name: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for node in self.nodes.values():
            own: set[str] = set()
            for name in names_of(node):
                parts = self.concepts.words(name)
                own.update(parts, (t.lower() for t in _TOKEN.findall(name)))
                own.update("".join(pair) for pair in pairwise(parts))  # route 53, web 1
                by_name[self._bare(parts)].add(node.id)
            if node.address:
                by_name[self.concepts.words(node.address)].add(node.id)
            if node.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
                own.update(self.concepts.words(node.type.partition("_")[2]))
                own.update(w for w in node.type.lower().split("_"))
            for given in _inputs(node):
                own.update(self.concepts.words(given))
            words[node.id] = frozenset(own)
            for word in own:
                by_word[word].add(node.id)
        by_name.pop((), None)
        return words, by_word, by_name

    def _bare(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(p for p in parts if p not in self.concepts.grammar) or parts

    def words(self, node_id: str) -> frozenset[str]:
        """The words of a node's names, and of its type."""
        return self._indexed[0].get(node_id, frozenset())

    def with_words(self, words: tuple[str, ...]) -> frozenset[str]:
        """The nodes the names of which have all these words."""
        by_word = self._indexed[1]
        found = [by_word.get(word, set()) for word in words]
        joined = by_word.get("".join(words), set())  # CloudFront is cloudfront
        return frozenset(set.intersection(*found) | joined) if found else frozenset()

    def called(self, words: tuple[str, ...]) -> frozenset[str]:
        """The nodes that have exactly this name."""
        return frozenset(self._indexed[2].get(self._bare(words), ()))

    @cached_property
    def _files(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            for place in (node.source, *node.evidence):
                found[posixpath.basename(place.path)].add(node.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def in_file(self, name: str) -> frozenset[str]:
        """The nodes that stand in a file of this name."""
        return self._files.get(name, frozenset())

    def deep_words(self, node_id: str) -> frozenset[str]:
        """The words of all that a node holds: arguments, tags, variables, descriptions."""
        if node_id not in self._deep:
            found: set[str] = set()
            node = self.nodes[node_id]
            for text in _texts(node.attributes):
                found.update(self.concepts.words(text[:300]))
                if len(found) > _MOST_WORDS:
                    break
            if node.terraform is not None:
                found.update(self.concepts.words(node.terraform.root))
                found.update(self.concepts.words(node.terraform.module))
            self._deep[node_id] = frozenset(found)
        return self._deep[node_id]

    @cached_property
    def listed(self) -> Mapping[str, frozenset[str]]:
        """Nodes by the words of their labels and tags, as they are written but in lower case."""
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            values = node.attributes.get("values")
            for key in ("labels", "tags"):
                held = values.get(key) if isinstance(values, Mapping) else None
                if held:
                    for text in _texts(held):
                        for word in _TOKEN.findall(text[:300].lower()):
                            found[word].add(node.id)
        return {word: frozenset(ids) for word, ids in found.items()}

    # -- programs and providers -----------------------------------------------------------------------------

    @cached_property
    def _programs(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        by_node: dict[str, set[str]] = {}
        by_program: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            found = {p.name for p in self._programs_of(node)}
            by_node[node.id] = found
            for name in found:
                by_program[name].add(node.id)
        return by_node, by_program

    def _programs_of(self, node: Node) -> Iterator[Program]:
        software = self.catalog.software
        named: list[Program | None] = []
        if node.kind is NodeKind.SERVICE or node.kind is NodeKind.JOB:
            named.append(software.named(node.type))
            named.append(software.named(str(node.attributes.get("program") or "")))
        elif node.kind in (NodeKind.ROLE, NodeKind.EXTERNAL, NodeKind.GROUP):
            named.append(software.in_name(node.name))
        elif node.kind is NodeKind.PLAYBOOK:
            named.append(software.in_name(posixpath.splitext(posixpath.basename(node.name))[0]))
        values = node.attributes.get("values")
        if isinstance(values, Mapping):
            for key in ("engine", "engine_type", "chart", "plan_id", "kind"):
                value = values.get(key)
                if isinstance(value, str) and 0 < len(value) < 80:
                    named.append(software.named(value.rpartition("/")[2]))
            image = values.get("image")
            if isinstance(image, str) and "/" in image:
                named.append(software.of_image(image))
        yield from (p for p in named if p is not None)

    def programs(self, node_id: str) -> set[str]:
        """The names of the programs that a node is."""
        return self._programs[0].get(node_id, set())

    def of_program(self, program: Program) -> frozenset[str]:
        """The nodes that are a program; not those that only watch it or talk to it."""
        return frozenset(self._programs[1].get(program.name, ()))

    def about_another(self, node_id: str, program: Program) -> bool:
        """Whether a node is another program that has this one in its name (an exporter, a client)."""
        known = [self.catalog.software.named(n) for n in self.programs(node_id)]
        return any(p is not None and p.name != program.name and p.of == program.name for p in known)

    @cached_property
    def _by_provider(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            if node.kind is NodeKind.PROVIDER:
                found[self._family(node.name.partition(".")[0])].add(node.id)
            elif node.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
                found[self._family(node.type.partition("_")[0])].add(node.id)
            elif node.kind is NodeKind.WORKFLOW or node.kind is NodeKind.CI_JOB:
                found[self._family(node.type)].add(node.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def _family(self, provider: str) -> str:
        """Providers of one title are one (``google`` and ``google-beta``)."""
        return self.catalog.provider(provider).title or provider

    def of_provider(self, title: str) -> frozenset[str]:
        """The nodes of a provider, by what people call it."""
        return self._by_provider.get(title, frozenset())

    @property
    def provider_titles(self) -> frozenset[str]:
        """What people call the providers that the code has."""
        return frozenset(self._by_provider)

    # -- concepts -------------------------------------------------------------------------------------------

    def supporting(self, concept: Concept) -> frozenset[str]:
        """The nodes that make a concept true."""
        key = id(concept)
        if key not in self._supporting:
            found: set[str] = set()
            for by in concept.by:
                found |= {n.id for n in self.nodes.values() if self._supports(n, by)}
                if found and concept.in_order:
                    break
            for words in map(self.concepts.words, concept.names):
                found |= self._given.get(words, frozenset())
                found |= {i for i in self.with_words(words) if self.nodes[i].attributes.get("external")}
            self._supporting[key] = self._owned(found, concept.providers) if concept.providers else frozenset(found)
        return self._supporting[key]

    def _owned(self, found: set[str], providers: tuple[str, ...]) -> frozenset[str]:
        """Those that are of one of the providers; where none is and the code has the provider, those of nobody that is
        known: machines of an inventory, modules."""
        titles = {self._family(p) for p in providers}
        owners = {i: self._owner(self.nodes[i]) for i in found}
        own = frozenset(i for i, owner in owners.items() if owner in titles)
        if own or not titles & self.provider_titles:
            return own
        return frozenset(i for i, owner in owners.items() if not owner and self.nodes[i].kind in _OF_ANYBODY)

    def _owner(self, node: Node) -> str:
        """The provider of a thing, by what people call it; "" where the code does not say."""
        if node.kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE):
            return self._family(node.type.partition("_")[0])
        if node.kind is NodeKind.PROVIDER:
            return self._family(node.name.partition(".")[0])
        if node.kind in (NodeKind.WORKFLOW, NodeKind.CI_JOB):
            return self._family(node.type)
        if node.kind is NodeKind.MODULE and (named := _REGISTRY.fullmatch(str(node.attributes.get("source")))):
            return self._family(named["provider"])
        same = (*self.graph.edges_from(node.id, EdgeKind.SAME_AS), *self.graph.edges_to(node.id, EdgeKind.SAME_AS))
        twins = (self.graph.find(e.target if e.source == node.id else e.source) for e in same)
        return next((self._family(t.type.partition("_")[0]) for t in twins if t and t.kind is NodeKind.RESOURCE), "")

    @cached_property
    def _given(self) -> Mapping[tuple[str, ...], frozenset[str]]:
        """Modules that are not in the repository, by every run of words in the names of what they are given.

        ``enable_nat_gateway = true`` says that the module makes a NAT gateway.
        """
        found: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for node in self.nodes.values():
            for given in _inputs(node):
                words = self.concepts.words(given)
                for start in range(len(words)):
                    for end in range(start + 1, len(words) + 1):
                        found[words[start:end]].add(node.id)
        return {words: frozenset(ids) for words, ids in found.items()}

    def named_like(self, concept: Concept) -> frozenset[str]:
        """The nodes that have one of a concept's names in their own."""
        return frozenset(i for name in concept.names for i in self.with_words(self.concepts.words(name)))

    def around(self, node_id: str) -> frozenset[str]:
        """The nodes that a relation joins with this one, and those that they are attached to."""
        found = {e.target for e in self.graph.edges_from(node_id)} | {e.source for e in self.graph.edges_to(node_id)}
        return frozenset(found & self.nodes.keys())

    def _supports(self, node: Node, by: Support) -> bool:
        if by.kinds and node.kind.value not in by.kinds:
            return False
        if by.categories and node.category not in by.categories:
            return False
        if by.roles and node.attributes.get("network_role") not in by.roles:
            return False
        if by.types and not any(fnmatchcase(node.type.lower(), pattern) for pattern in by.types):
            return False
        if by.programs and not self.programs(node.id) & set(by.programs):
            return False
        if by.software and not self._is_software(node, by.software):
            return False
        if by.words and not (by.kinds or by.types or by.roles or by.categories) and _only_names(node):
            return False
        if by.words and not any(self.concepts.canonical(w) in self.words(node.id) for w in by.words):
            return False
        return all(_has(node, a) for a in by.attributes) and not any(_has(node, a) for a in by.without)

    def _is_software(self, node: Node, kinds: tuple[str, ...]) -> bool:
        if node.attributes.get("kind") in kinds:
            return True
        found = (self.catalog.software.named(name) for name in self.programs(node.id))
        return any(p is not None and p.kind in kinds for p in found)

    @cached_property
    def _networks(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            named = node.attributes.get("networks") if node.kind is NodeKind.SERVICE else None
            for name in named if isinstance(named, list) else ():
                found[str(name)].add(node.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def in_network(self, name: str) -> frozenset[str]:
        """The services in a network of containers, which is no thing of its own in the graph."""
        return self._networks.get(name, frozenset())

    # -- neighbours and addresses ---------------------------------------------------------------------------

    def beside(self, node_ids: Iterable[str]) -> frozenset[str]:
        """The nodes, with those that people draw as one box with them: host and service, server and host."""
        found = set(node_ids)
        for node_id in list(found):
            found.update(e.target for e in self.graph.edges_from(node_id, *_SIDEWAYS))
            found.update(e.source for e in self.graph.edges_to(node_id, *_SIDEWAYS))
        return frozenset(found & self.nodes.keys())

    @cached_property
    def addresses(self) -> Mapping[str, frozenset[str]]:
        """Nodes by the IP addresses and ranges that they have."""
        found: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes.values():
            for address in addresses_of(node):
                found[address].add(node.id)
        return {address: frozenset(ids) for address, ids in found.items()}


def _inputs(node: Node) -> Iterator[str]:
    """The names of what a module that is not in the repository is given, without what is switched off."""
    inputs = node.attributes.get("inputs")
    if node.kind is NodeKind.MODULE and node.attributes.get("external") and isinstance(inputs, Mapping):
        yield from (name for name, value in inputs.items() if value not in (None, False, 0, "", [], {}))


def names_of(node: Node) -> Iterator[str]:
    """What a node is called, each way that people may write it."""
    yield node.name
    if node.kind in (NodeKind.PLAYBOOK, NodeKind.TASK_FILE, NodeKind.INVENTORY, NodeKind.ROOT):
        base = posixpath.basename(node.name.rstrip("/"))
        yield base
        yield posixpath.splitext(base)[0]
    if node.terraform is not None:
        yield node.address.rpartition(".")[2] if "[" not in node.address else node.name
        keys = [m["key"] for m in _KEY.finditer(node.name)]
        yield from keys
        values = node.attributes.get("values")
        if isinstance(values, Mapping):
            yield from (v for k in _NAMING if isinstance(v := values.get(k), str) and v)
            for tags in (values.get("tags"), values.get("tags_all")):
                if isinstance(tags, Mapping) and isinstance(named := tags.get("Name"), str):
                    yield named
    for key in ("title", "unit", "source", "provider_title" if node.kind is NodeKind.PROVIDER else "title"):
        value = node.attributes.get(key)
        if isinstance(value, str) and value and (key != "source" or node.kind is NodeKind.MODULE):
            yield value
    if node.kind is NodeKind.SERVICE:
        yield node.type


def _only_names(node: Node) -> bool:
    """Whether a node only gives a name to something, or looks for it there: a DNS record, a target to scrape."""
    return node.category is Category.DNS or (node.kind is NodeKind.EXTERNAL and node.type == "target")


def _has(node: Node, name: str) -> bool:
    if node.attributes.get(name):
        return True
    values, unknown = node.attributes.get("values"), node.attributes.get("unknown")
    if isinstance(unknown, Mapping) and name in unknown:
        return True
    return isinstance(values, Mapping) and bool(values.get(name))


def _texts(held: object, depth: int = 0) -> Iterator[str]:
    """Every key and text inside a value, without places in files."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping) and depth < 6:
        for key, value in held.items():
            if key in ("path", "line", "end_line", "unknown", "icon", "hosts", "owners", "groups"):
                continue
            yield str(key)
            yield from _texts(value, depth + 1)
    elif isinstance(held, list) and depth < 6:
        for value in held[:200]:
            yield from _texts(value, depth + 1)
