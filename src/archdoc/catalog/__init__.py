"""What is known about providers, programs and modules, as rows of data."""

from archdoc.catalog.load import Catalog, CatalogError, load_catalog
from archdoc.catalog.rows import Module, Program, Provider, Relation, ResourceType

__all__ = ["Catalog", "CatalogError", "Module", "Program", "Provider", "Relation", "ResourceType", "load_catalog"]
