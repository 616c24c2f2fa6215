"""What is known about providers, programs and modules, as rows of data (``data/*.toml``) behind one loader."""

from archdoc.catalog.catalog import Catalog, load_catalog
from archdoc.catalog.delivery import Action, Command
from archdoc.catalog.inventories import InventoryPlugin
from archdoc.catalog.modules import AnsibleModule, Signal
from archdoc.catalog.outside import External, Scheme, Variable
from archdoc.catalog.relations import Join, Relation, Verb
from archdoc.catalog.resource_types import Layer, Provider, ResourceType, Role
from archdoc.catalog.shapes import (
    ListenerShape,
    MonitorShape,
    NetworkShape,
    ProtectionShape,
    RecordShape,
    RuleShape,
    ServerShape,
)
from archdoc.catalog.software import Program, image_repository, image_tag
from archdoc.catalog.tables import CatalogError

__all__ = [
    "Action",
    "AnsibleModule",
    "Catalog",
    "CatalogError",
    "Command",
    "External",
    "InventoryPlugin",
    "Join",
    "Layer",
    "ListenerShape",
    "MonitorShape",
    "NetworkShape",
    "Program",
    "ProtectionShape",
    "Provider",
    "RecordShape",
    "Relation",
    "ResourceType",
    "Role",
    "RuleShape",
    "Scheme",
    "ServerShape",
    "Signal",
    "Variable",
    "Verb",
    "image_repository",
    "image_tag",
    "load_catalog",
]
