"""Inventories as nodes and edges."""

from __future__ import annotations

from collections.abc import Sequence

from archdoc.model.graph import Graph
from archdoc.readers.ansible.inventories.model import Inventory
from archdoc.readers.ansible.projects import Project


def inventory_graph(project: Project, inventories: Sequence[Inventory]) -> Graph:
    """The inventories of a project: nodes ``…:inventory:<path>``, ``…:group:<name>``, ``…:host:<name>``.

    A host or group that several inventories of the project name is one node; ``attributes.inventories`` lists
    them, on the node and on every ``member_of`` edge.
    """
    raise NotImplementedError
