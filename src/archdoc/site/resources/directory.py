"""Which thing has a page of its own, and where it lies: paths that people can read and that stay when others come."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from archdoc.model.facts import Node, NodeKind, scope_of
from archdoc.model.graph import Graph
from archdoc.site.paths import INFRASTRUCTURE, Paths, stem
from archdoc.views.machines import Machines

MOST = 300
"""Pages of one sort. With more things than this, the sort has the rows of its table and no pages: a thousand pages
that say the same help nobody, and cost the generator of the site a minute."""


class Directory:
    """The pages of single things, by the ids of the things that they are about."""

    def __init__(self, graph: Graph, paths: Paths) -> None:
        self._graph, self._paths = graph, paths
        self.machines = Machines(graph)
        self.inside = _by_scope(graph)
        """The Terraform nodes of each root module and environment, by the beginning of their ids."""

    def page_of(self, node_id: str) -> str | None:
        """The page about a thing, or None where it has none of its own."""
        return self._all.get(node_id)

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Scope of a root module (and environment) to its page."""
        names = {scope: (_root_name(scope), "") for scope in self.inside}
        return self._places(f"{INFRASTRUCTURE}/terraform", names)

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """Directory of a module inside the repository to its page."""
        names = {directory: (directory, "") for directory in self.module_nodes}
        return self._places(f"{INFRASTRUCTURE}/terraform/modules", names)

    @cached_property
    def module_nodes(self) -> Mapping[str, list[Node]]:
        """Directory of a module to the nodes that are written in it, whichever root they belong to."""
        found: dict[str, list[Node]] = {}
        for nodes in self.inside.values():
            for node in nodes:
                if node.terraform is not None and node.terraform.module:
                    found.setdefault(posixpath.dirname(node.source.path) or ".", []).append(node)
        return dict(sorted(found.items()))

    def called(self, call: Node) -> str | None:
        """The page of the module that a call calls, where it lies in the repository."""
        return self.modules.get(self._directories.get((scope_of(call), call.address), ""))

    @cached_property
    def _directories(self) -> Mapping[tuple[str, str], str]:
        return {
            (scope_of(node), node.terraform.module): directory
            for directory, nodes in self.module_nodes.items()
            for node in nodes
            if node.terraform is not None
        }

    @cached_property
    def playbooks(self) -> Mapping[str, str]:
        """Id of a playbook to its page."""
        nodes = self._graph.nodes(NodeKind.PLAYBOOK)
        names = {n.id: (posixpath.splitext(n.name)[0], _project(n)) for n in nodes}
        return self._places("automation/playbooks", names)

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """Id of a role to its page."""
        names = {n.id: (n.name, _project(n)) for n in self._graph.nodes(NodeKind.ROLE)}
        return self._places("automation/roles", names)

    @cached_property
    def hosts(self) -> Mapping[str, str]:
        """Id of a machine (its server, else its inventory host) to its page."""
        names = {m.id: (self.machines.name(m), _root_name(scope_of(m))) for m in self.machines.all}
        return self._places(f"{INFRASTRUCTURE}/hosts", names)

    @cached_property
    def _all(self) -> Mapping[str, str]:
        found = {**self.playbooks, **self.roles, **self.hosts}
        for machine in self.machines.all:
            page = self.hosts.get(machine.id)
            if page is not None:
                found |= {host.id: page for host in self.machines.hosts_of(machine)}
        for node in self._graph.nodes(NodeKind.ROOT):
            if (page := self.roots.get(scope_of(node))) is not None:
                found[node.id] = page
        return found

    def _places(self, folder: str, names: Mapping[str, tuple[str, str]]) -> Mapping[str, str]:
        """A path for each key. Names that give the same file name get what tells them apart behind it, all of them,
        so that none depends on which came first."""
        if len(names) > MOST:
            return {}
        stems = _distinct(names)
        return {key: self._paths.page(f"{folder}/{stem}.md") for key, stem in sorted(stems.items())}


def _distinct(names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """A file name for each key: of the name, of the name and what more is known, of the id, then with a number."""
    forms = [
        {key: stem(name) for key, (name, _) in names.items()},
        {key: stem(f"{name} {more}") for key, (name, more) in names.items()},
        {key: stem(f"{name} {key}") for key, (name, _) in names.items()},
    ]
    found: dict[str, str] = {}
    left = sorted(names)
    for form in forms:
        shared = _shared(form[key] for key in left) | set(found.values())
        found |= {key: form[key] for key in left if form[key] not in shared}
        left = [key for key in left if key not in found]
    for number, key in enumerate(left, 1):
        found[key] = f"{forms[0][key]}-{number}"
    return found


def _shared(stems: Iterable[str]) -> set[str]:
    return {stem for stem, count in Counter(stems).items() if count > 1}


def _by_scope(graph: Graph) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in graph.nodes():
        if node.terraform is not None:
            found.setdefault(scope_of(node), []).append(node)
    return found


def _root_name(scope: str) -> str:
    name = scope.partition(":")[2]
    return f"top {name[1:]}" if name in ("", ".") or name.startswith(".@") else name


def _project(node: Node) -> str:
    return node.id.split(":")[1] if ":" in node.id else ""
