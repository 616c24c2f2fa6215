"""Inventories: hosts, groups and their variables, read as Ansible reads them; nothing is run."""

from archdoc.readers.ansible.inventories.dynamic import Constructed, construct_from
from archdoc.readers.ansible.inventories.model import (
    DynamicInventory,
    Group,
    Host,
    Inventory,
    InventoryScript,
    KeyedGroup,
    Variable,
)
from archdoc.readers.ansible.inventories.read import inventory_of_text, read_inventories, read_inventory

__all__ = [
    "Constructed",
    "DynamicInventory",
    "Group",
    "Host",
    "Inventory",
    "InventoryScript",
    "KeyedGroup",
    "Variable",
    "construct_from",
    "inventory_of_text",
    "read_inventories",
    "read_inventory",
]
