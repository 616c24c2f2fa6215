"""Configurations of inventory plugins: read as facts, never run.

``groups``, ``keyed_groups`` and ``compose`` mean the same for every plugin
(https://docs.ansible.com/ansible/latest/collections/ansible/builtin/constructed_inventory.html).
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories.model import DynamicInventory, KeyedGroup, Variable
from archdoc.readers.ansible.inventories.yamlsource import plugin_name
from archdoc.readers.secrets import is_credential_name, is_secret, looks_like_secret
from archdoc.readers.yamldoor import Mapping, Opaque, Sequence, plain, walk

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja import Evaluated

_NO = frozenset({"no", "false", "off", "n", "f", "0", "0.0"})
"""What an option that is a truth value takes for no, as text too."""
_OWN_FIELDS = frozenset({"plugin", "groups", "keyed_groups", "compose", "filters", "hostnames", "leading_separator"})
_INVALID = re.compile(r"^[\d\W]|[^\w]")


def read_dynamic(value: Mapping, path: str) -> DynamicInventory:
    """The configuration of an inventory plugin (``plugin:`` in a YAML file)."""
    return DynamicInventory(
        plugin=plugin_name(value),
        source=Source(path, value.line, value.end_line),
        groups=_expressions(value.get("groups"), path),
        keyed_groups=tuple(_keyed_groups(value, path)),
        compose=_expressions(value.get("compose"), path),
        filters=plain(value.get("filters")),
        hostnames=tuple(_names(value.get("hostnames"))),
        leading_separator=str(plain(value.get("leading_separator", True))).lower() not in _NO,
        options={
            str(key): plain(inner)
            for key, inner in value.items()
            if key not in _OWN_FIELDS and not _hides_something(str(key), inner)
        },
    )


def _expressions(section: Any, path: str) -> dict[str, Variable]:
    if not isinstance(section, Mapping):
        return {}
    return {
        str(name): Variable(str(name), plain(expression), Source(path, section.line_of(name)))
        for name, expression in section.items()
        if not _hides_something(str(name), expression)
    }


def _keyed_groups(value: Mapping, path: str) -> list[KeyedGroup]:
    section = value.get("keyed_groups")
    found: list[KeyedGroup] = []
    if not isinstance(section, Sequence):
        return found
    for index, entry in enumerate(section):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("key"), str):
            continue
        default = entry.get("default_value")
        found.append(
            KeyedGroup(
                key=str(entry["key"]),
                source=Source(path, section.line_of(index), entry.end_line),
                prefix=str(entry.get("prefix") or ""),
                separator=str(entry.get("separator", "_") or ""),
                default_value=None if default is None else str(default),
                trailing_separator=entry.get("trailing_separator") is not False,
                parent_group=str(entry.get("parent_group") or ""),
            )
        )
    return found


def _names(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value] if value else []
    return [str(item.get("name") if isinstance(item, dict) else item) for item in items]


def _hides_something(name: str, value: Any) -> bool:
    """Whether an option holds a credential, or text that is vaulted."""
    return is_credential_name(name) or any(
        isinstance(inner, Opaque)
        or looks_like_secret(inner)
        or (isinstance(inner, dict) and any(is_secret(str(k), v) for k, v in inner.items()))
        for inner in walk(value)
    )


@dataclass(frozen=True, slots=True)
class Constructed:
    """What a plugin's configuration makes of one host: the groups it puts it in, with the group's own parent
    where one is named, the variables it composes, and the places that say so. ``partial`` is true when some
    expression could not be evaluated with the variables that were given. ``refused`` is a key that Ansible takes for no
    name of a group (a number), and its place: there the plugin fails."""

    groups: AnyMapping[str, Source] = field(default_factory=dict)
    parents: AnyMapping[str, str] = field(default_factory=dict)
    variables: AnyMapping[str, Variable] = field(default_factory=dict)
    partial: bool = False
    refused: tuple[Any, Source] | None = None


def construct(dynamic: DynamicInventory, hostvars: AnyMapping[str, Any]) -> Constructed:
    """The groups and variables of a host that has these variables (``labels``, ``tags`` …, as the plugin names
    them). The rules are those of ansible-core's ``Constructable``: compose first, then groups, then keyed groups.
    """
    from archdoc.readers.ansible.jinja import Renderer
    from archdoc.readers.ansible.variables import VariableScope

    known = dict(hostvars)
    composed: dict[str, Variable] = {}
    groups: dict[str, Source] = {}
    partial = False
    renderer = Renderer(VariableScope().with_magic(known))
    for name, expression in dynamic.compose.items():
        result = renderer.expression(str(expression.value))
        partial |= not result.known
        if result.known:
            composed[name] = Variable(name, result.value, expression.source)
    known.update({name: variable.value for name, variable in composed.items()})
    renderer = Renderer(VariableScope().with_magic(known))
    for name, expression in dynamic.groups.items():
        holds = renderer.condition(expression.value)
        partial |= holds is None
        if holds:
            groups[_INVALID.sub("_", name)] = expression.source
    parents: dict[str, str] = {}
    for keyed in dynamic.keyed_groups:
        key = renderer.expression(keyed.key)
        if key.known and key.value and not isinstance(key.value, str | list | dict):
            return Constructed(groups, parents, composed, partial, (key.value, keyed.source))
        names, whole = _keyed_names(keyed, key, dynamic.leading_separator)
        partial |= not whole
        for name in names:
            groups[name] = keyed.source
            if keyed.parent_group:
                parent = renderer.evaluate(keyed.parent_group)
                if parent.known and parent.value:
                    parents[name] = _INVALID.sub("_", str(parent.value))
    return Constructed(groups, parents, composed, partial)


def construct_from(settings: AnyMapping[str, Any], source: Source, hostvars: AnyMapping[str, Any]) -> Constructed:
    """``construct`` for a plugin as an inventory's node has it (an item of ``attributes.plugins``)."""
    path = source.path
    named = {
        part: {name: Variable(name, text, source) for name, text in (settings.get(part) or {}).items()}
        for part in ("groups", "compose")
    }
    keyed = tuple(
        KeyedGroup(
            str(k["key"]),
            Source(path, int(k.get("line") or source.line)),
            str(k.get("prefix") or ""),
            str(k.get("separator", "_")),
            k.get("default_value"),
            k.get("trailing_separator") is not False,
            str(k.get("parent_group") or ""),
        )
        for k in settings.get("keyed_groups") or ()
    )
    leading = settings.get("leading_separator") is not False
    dynamic = DynamicInventory(str(settings.get("plugin")), source, named["groups"], keyed, named["compose"])
    return construct(replace(dynamic, leading_separator=leading), hostvars)


def _keyed_names(keyed: KeyedGroup, result: Evaluated, leading_separator: bool) -> tuple[list[str], bool]:
    """The groups that one entry of keyed_groups gives with its key, and whether that could be evaluated."""
    if not result.known:
        undefined = result.undefined and keyed.default_value is None
        return [], undefined
    key, default = result.value, keyed.default_value
    names: list[str] = []
    if key in (None, "") and default is not None:
        names = [default]
    elif isinstance(key, str):
        names = [key] if key else []
    elif isinstance(key, list):
        names = [default if name in (None, "") and default is not None else str(name) for name in key]
    elif isinstance(key, dict):
        for name, value in key.items():
            if value in (None, "") and default is not None:
                names.append(f"{name}{keyed.separator}{default}")
            elif value in (None, "") and not keyed.trailing_separator:
                names.append(str(name))
            else:
                names.append(f"{name}{keyed.separator}{value}")
    separator = "" if keyed.prefix == "" and not leading_separator else keyed.separator
    return [_INVALID.sub("_", f"{keyed.prefix}{separator}{name}") for name in names], True
