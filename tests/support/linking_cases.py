"""What a case of a linking rule is: files that it says something of, and files that it must say nothing of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from archdoc.model.graph import Graph

Files = dict[str, str]
PLAYBOOK = "- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n"


@dataclass(frozen=True)
class Case:
    """One rule: ``edge`` (``source kind target``, ids of nodes) is what it makes of ``files``; of ``files`` with
    ``miss`` laid over them it makes no edge. Rules that make no edges have a ``check`` of the graph instead."""

    rule: str
    files: Files
    miss: Files
    edge: str = ""
    check: Callable[[Graph], bool] | None = None
    config: str = ""
    attributes: dict[str, object] = field(default_factory=dict)

    def parts(self) -> tuple[str, str, str]:
        """Source, kind and target of the edge."""
        source, _, rest = self.edge.partition(" -")
        kind, _, target = rest.partition("-> ")
        return source, kind, target

    def holds(self, graph: Graph) -> bool:
        """Whether the graph has what the rule is to find."""
        if self.check is not None:
            return self.check(graph)
        source, kind, target = self.parts()
        return any(
            e.rule == self.rule and e.kind == kind and all(e.attributes.get(k) == v for k, v in self.attributes.items())
            for e in (graph.edges_from(source) if source in graph else ())
            if e.target == target
        )


def server(name: str = "web", more: str = "", resource: str = "web") -> str:
    """A Hetzner server in Terraform's language."""
    return f'resource "hcloud_server" "{resource}" {{\n  name = "{name}"\n{more}\n}}\n'


def inventory(text: str) -> Files:
    """An Ansible project at the top, with one inventory."""
    return {"ansible.cfg": "[defaults]\ninventory = hosts.ini\n", "hosts.ini": text, "site.yml": PLAYBOOK}
