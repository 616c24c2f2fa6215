"""Inventory plugins of Ansible: which servers they list, and what they call what Terraform sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class InventoryPlugin:
    """One plugin.

    ``types`` are the resources it lists. ``variables`` gives for each host variable the argument of the resource that
    it repeats; a variable with dots is a part of a mapping. ``hostname`` is the argument that hosts are called by when
    the configuration does not say it ("" when that is known to the provider alone), ``hostnames`` what the words of
    the ``hostnames`` option stand for. ``prefix`` stands before every variable unless the ``prefix_option`` says
    another one. ``filters`` maps filters of the configuration to arguments (``*`` takes the rest of the name), and so
    do options that leave servers out. ``group`` is the group that every server is in, unless the ``group_option`` says
    another one.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    hostname: str = "name"
    hostnames: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    prefix_option: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    group_option: str = ""


class InventoryPlugins:
    """All plugins, by their full and short names."""

    def __init__(self, tables: Tables) -> None:
        self._known: dict[str, InventoryPlugin] = {}
        for row in tables.rows("inventory_plugins", InventoryPlugin):
            for name in row.names:
                self._known.setdefault(name, row)

    def find(self, name: str) -> InventoryPlugin | None:
        """The plugin of a name (``hetzner.hcloud.hcloud``, ``aws_ec2``), or None."""
        return self._known.get(name) or self._known.get(name.rsplit(".", 1)[-1])
