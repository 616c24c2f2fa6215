"""The catalog: one object that answers what is known about types, arguments, programs, modules and hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from archdoc.catalog.backupcontainers import BackupContainers
from archdoc.catalog.concepts import Concepts
from archdoc.catalog.delivery import Delivery
from archdoc.catalog.inventories import InventoryPlugins
from archdoc.catalog.modules import Modules
from archdoc.catalog.outside import Outside
from archdoc.catalog.relations import Relations
from archdoc.catalog.resource_types import Provider, ResourceType, ResourceTypes
from archdoc.catalog.sensitive import SensitiveArguments
from archdoc.catalog.sequences import Sequences
from archdoc.catalog.shapes import Shapes
from archdoc.catalog.software import Software
from archdoc.catalog.tables import Tables, parse_extra
from archdoc.catalog.unread import UnreadKinds


@dataclass(frozen=True)
class Catalog:
    """What is known about providers, programs and modules.

    Each part is read from its files when it is first asked for. See the parts for their questions::

        catalog.resource_type("aws_lb").role          # Role.LOAD_BALANCER
        catalog.relations.find("hcloud_server", "firewall_ids").verb
        catalog.software.of_image("docker.io/grafana/grafana:11.1").name
        catalog.modules.find("community.docker.docker_compose_v2").signal
        catalog.outside.host("hooks.slack.com").name
    """

    tables: Tables = field(default_factory=Tables)

    def resource_type(self, name: str) -> ResourceType:
        """What a Terraform resource or data source type is for; category ``other`` when nothing is known."""
        return self._types.find(name)

    def provider(self, name: str) -> Provider:
        """What people call a provider; its own name when nothing is known."""
        return self.providers.get(name) or Provider(title=name)

    @cached_property
    def relations(self) -> Relations:
        """Which argument of a resource means what."""
        return Relations(self.tables)

    @cached_property
    def shapes(self) -> Shapes:
        """Where resources say addresses, rules, ports, records and protection."""
        return Shapes(self.tables)

    @cached_property
    def sequences(self) -> Sequences:
        """Lists in which the order counts."""
        return Sequences(self.tables)

    @cached_property
    def sensitive(self) -> SensitiveArguments:
        """Arguments of resources that hold secrets."""
        return SensitiveArguments(self.tables)

    @cached_property
    def software(self) -> Software:
        """The programs that operations teams run."""
        return Software(self.tables)

    @cached_property
    def backup_containers(self) -> BackupContainers:
        """Containers that do nothing but back up."""
        return BackupContainers(self.tables)

    @cached_property
    def modules(self) -> Modules:
        """Ansible modules."""
        return Modules(self.tables)

    @cached_property
    def outside(self) -> Outside:
        """External services, schemes of addresses, variables that hold addresses."""
        return Outside(self.tables)

    @cached_property
    def delivery(self) -> Delivery:
        """Commands and actions of continuous integration."""
        return Delivery(self.tables)

    @cached_property
    def inventory_plugins(self) -> InventoryPlugins:
        """Inventory plugins of Ansible."""
        return InventoryPlugins(self.tables)

    @cached_property
    def unread(self) -> UnreadKinds:
        """Files that are known by name and not read."""
        return UnreadKinds(self.tables)

    @cached_property
    def concepts(self) -> Concepts:
        """What people write into boxes."""
        programs = (n for p in self.software.all for n in (p.name, p.title, *p.synonyms))
        outside = (e.name for e in self.outside.all)
        providers = (n for name, p in self.providers.items() for n in (name, p.title))
        return Concepts(self.tables, (*programs, *outside, *providers))

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Every provider that is known, by its local name."""
        return self.tables.named("providers", Provider)

    @cached_property
    def _types(self) -> ResourceTypes:
        return ResourceTypes(self.tables)


@lru_cache(maxsize=4)
def load_catalog(extra: tuple[str, ...] = ()) -> Catalog:
    """The catalog with a repository's own files (TOML texts; see catalog.schema.json) before the shipped ones; the same
    texts give the same one.

    Raises CatalogError when a text is not TOML or names a table that there is not; a wrong row is found, and
    raised in the same way, when its table is first asked for.
    """
    return Catalog(Tables(tuple(parse_extra(text, number) for number, text in enumerate(extra, start=1))))
