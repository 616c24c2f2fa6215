"""Reading the sources of one inventory into hosts and groups."""

from __future__ import annotations

from archdoc.readers.ansible.inventories.model import Inventory
from archdoc.readers.ansible.projects import InventorySources, Project
from archdoc.readers.ansible.yamlfiles import YamlFiles


def read_inventory(files: YamlFiles, project: Project, sources: InventorySources) -> Inventory:
    """Read one inventory. Nothing is run: plugins and scripts become facts of their own."""
    raise NotImplementedError
