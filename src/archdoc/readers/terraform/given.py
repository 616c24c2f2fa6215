"""What a plan or a state says of resource instances: JSON that ``terraform show -json`` printed, or a state file.

https://developer.hashicorp.com/terraform/internals/json-format. Optional: everything works without. Nothing that the
file marks sensitive is taken over, and no text that has a sensitive value in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from itertools import takewhile
from typing import Any

import re2

from archdoc.config import GivenFile
from archdoc.readers.secrets import is_credential_name
from archdoc.readers.terraform.addresses import keyless
from archdoc.readers.terraform.functions.encoding import from_json
from archdoc.readers.terraform.lazy import instance_suffix
from archdoc.readers.terraform.values import Value, object_value, tuple_value, unknown

MAX_SECRETS = 5000
"""Sensitive texts that are looked for inside others; a file with more is not used."""
_SHORTEST_SECRET = 6
"""Characters; shorter texts ("a", "1") stand in others by chance."""
_DEPTH = 200
_PATTERN_BYTES = 64 * 1024 * 1024


class GivenError(Exception):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One resource instance. Values are made when they are asked for: few of a large file are."""

    block: str
    """The address without instance keys."""
    module: str
    """The path of its module without instance keys: ``module.a.module.b``, or ""."""
    attributes: Mapping[str, Any]
    """JSON to compare with; ``HIDDEN`` where it is sensitive or not known yet."""
    values: Mapping[str, Value]
    """The same for the evaluator; what is sensitive is marked, what is not known yet is unknown."""


@dataclass(frozen=True, slots=True)
class Given:
    """One file, read. ``complete`` is false for a plan that was limited to some resources."""

    file: GivenFile
    instances: Mapping[str, Instance] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True

    @property
    def blocks(self) -> frozenset[str]:
        """The resource blocks and module calls of its root module, to find the root by."""
        return frozenset(
            i.block if not i.module else ".".join(i.module.split(".")[:2]) for i in self.instances.values()
        )


def read_given(file: GivenFile) -> Given:
    """Read one file (GivenError if it is not what it should be)."""
    try:
        document = json.loads(file.text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        hint = f"write it with: terraform show -json > {file.name}"
        raise GivenError(
            f"{file.name} is not JSON ({hint})" if isinstance(error, ValueError) else "nested too deeply"
        ) from error
    if not isinstance(document, dict):
        raise GivenError(f"{file.name} is neither a plan nor a state of Terraform's")
    try:
        if file.kind == "plan":
            return _plan(file, document)
        return _state(file, document)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise GivenError(f"{file.name} does not have the form of a {file.kind} of Terraform's") from error


# -- plans --------------------------------------------------------------------------------------------------


def _plan(file: GivenFile, document: dict[str, Any]) -> Given:
    if "resource_changes" not in document and "planned_values" not in document:
        kind = "state: give it with --state" if "values" in document or "serial" in document else "plan"
        raise GivenError(f"{file.name} is {'a' if 'state' in kind else 'no'} {kind}")
    rows = [_Row.of_state(r) for r in _resources(document.get("prior_state", {}).get("values")) if r["mode"] == "data"]
    for change in document.get("resource_changes", ()):
        after = change["change"]
        if after["actions"] not in (["delete"], ["forget"]) and "deposed" not in change:
            rows.append(
                _Row(
                    change["address"],
                    after.get("after") or {},
                    after.get("after_unknown") or {},
                    after.get("after_sensitive") or {},
                )
            )
    declared = document.get("configuration", {}).get("root_module", {}).get("variables", {})
    variables = {
        name: given["value"]
        for name, given in document.get("variables", {}).items()
        if "value" in given and not declared.get(name, {}).get("sensitive")
    }
    return Given(file, _instances(file, rows), variables, document.get("complete", True) is not False)


def _resources(values: Any) -> Iterator[dict[str, Any]]:
    """The resources of ``values`` in the JSON of a state, module by module."""
    waiting = [values["root_module"]] if values else []
    while waiting:
        module = waiting.pop()
        yield from module.get("resources", ())
        waiting += module.get("child_modules", ())


# -- states -------------------------------------------------------------------------------------------------


def _state(file: GivenFile, document: dict[str, Any]) -> Given:
    if "resource_changes" in document or "planned_values" in document:
        raise GivenError(f"{file.name} is a plan: give it with --plan")
    if "format_version" in document:
        rows = [_Row.of_state(r) for r in _resources(document.get("values"))]
    elif document.get("version") == 4:
        rows = [row for resource in document["resources"] for row in _raw_rows(resource)]
    else:
        raise GivenError(f"{file.name} is no state that can be read: show -json writes one, and format 4 is known")
    return Given(file, _instances(file, rows))


def _raw_rows(resource: dict[str, Any]) -> Iterator[_Row]:
    """The instances of a resource in a state file. It marks fewer attributes sensitive than ``show -json`` does, so
    every attribute of a resource that is a credential by its type counts as sensitive here."""
    name = f"{resource['type']}.{resource['name']}"
    name = f"data.{name}" if resource["mode"] == "data" else name
    module = resource.get("module", "")
    secret = is_credential_name(resource["type"])
    for instance in resource["instances"]:
        if "deposed" in instance:
            continue
        attributes = instance.get("attributes") or {}
        hidden: dict[Any, Any] = dict.fromkeys(attributes, True) if secret else {}
        for path in instance.get("sensitive_attributes") or ():
            _mark(hidden, [_step(step) for step in path])
        own = name + instance_suffix(instance.get("index_key"))
        plain = {n: _undisguised(v, resource["type"]) for n, v in attributes.items()}
        yield _Row(f"{module}.{own}" if module else own, plain, {}, hidden)


def _undisguised(value: Any, resource_type: str) -> Any:
    """An attribute of any type is kept with its type in a state file: ``{"type": "string", "value": "a"}``."""
    is_pair = isinstance(value, dict) and value.keys() == {"type", "value"}
    if is_pair and (isinstance(value["type"], list) or resource_type == "terraform_data"):
        return value["value"]
    return value


def _step(step: dict[str, Any]) -> Any:
    """One step of a path in a state file: an attribute's name, or an index with its type."""
    value = step["value"]
    return value["value"] if isinstance(value, dict) else value


def _mark(shape: dict[Any, Any], steps: list[Any]) -> None:
    """Mark what lies at the end of the steps; a step that is no name and no number leads into a set: all of that."""
    steps = list(takewhile(lambda step: isinstance(step, str | int), steps))
    for step in steps[:-1]:
        inner = shape.setdefault(step, {})
        if inner is True:
            return
        shape = inner
    if steps:
        shape[steps[-1]] = True


# -- rows ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """One instance as its file has it: values, and the same shape with ``true`` where they are unknown or hidden."""

    address: str
    values: dict[str, Any]
    unknown: Any
    hidden: Any

    @classmethod
    def of_state(cls, resource: dict[str, Any]) -> _Row:
        return cls(resource["address"], resource.get("values") or {}, {}, resource.get("sensitive_values") or {})


def _instances(file: GivenFile, rows: list[_Row]) -> dict[str, Instance]:
    secrets = _Secrets()
    for row in rows:
        secrets.learn("", row.values, row.hidden)
    if len(secrets.texts) > MAX_SECRETS:
        raise GivenError(f"{file.name} has more than {MAX_SECRETS} sensitive texts; it was not used")
    later = f"known after apply, says {file.name}"
    made = {}
    for row in rows:
        names = frozenset(row.values) | (frozenset(row.unknown) if isinstance(row.unknown, dict) else frozenset())
        values = _Lazy(names, partial(_of_row, _value, row, secrets=secrets, later=later))
        shown = _Lazy(names, partial(_of_row, _shown, row, secrets=secrets))
        made[row.address] = Instance(*keyless(row.address), shown, values)
    return made


def _of_row(make: Callable[..., Any], row: _Row, name: str, **more: Any) -> Any:
    return make(row.values.get(name), _part(row.unknown, name), _part(row.hidden, name), **more)


class _Lazy(Mapping[str, Any]):
    """What ``make`` gives for each of some names, made once."""

    def __init__(self, names: frozenset[str], make: Callable[[str], Any]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


class _Secrets:
    """The sensitive texts of a file."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def learn(self, name: str, value: Any, hidden: Any, depth: int = 0) -> None:
        """Collect what is marked, and what has the name of a credential."""
        if depth > _DEPTH:
            raise ValueError("nested too deeply")
        if isinstance(value, dict):
            for key, inner in value.items():
                self.learn(key, inner, hidden if hidden is True else _part(hidden, key), depth + 1)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                self.learn(name, inner, hidden if hidden is True else _part(hidden, number), depth + 1)
        elif isinstance(value, str) and len(value) >= _SHORTEST_SECRET and (hidden is True or is_credential_name(name)):
            self.texts.add(value)

    @cached_property
    def _pattern(self) -> Any:
        """All texts at once, in time that grows with the text that is searched alone."""
        if not self.texts:
            return None
        options = re2.Options()
        options.max_mem = _PATTERN_BYTES
        options.log_errors = False
        return re2.compile(b"|".join(re2.escape(_bytes(text)) for text in sorted(self.texts)), options)

    def stand_in(self, text: str) -> bool:
        return len(text) >= _SHORTEST_SECRET and self._pattern is not None and bool(self._pattern.search(_bytes(text)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


HIDDEN = object()
"""Stands for what is sensitive or not known yet."""


def _value(value: Any, is_unknown: Any, hidden: Any, secrets: _Secrets, later: str) -> Value:
    if is_unknown is True:
        return unknown(later, sensitive=hidden is True)
    if hidden is True:
        return from_json(value).marked(sensitive=True)
    if isinstance(value, dict) or (value is None and isinstance(is_unknown, dict) and is_unknown):
        fields = value or {}
        names = fields.keys() | (is_unknown.keys() if isinstance(is_unknown, dict) else set())
        return object_value(
            {n: _value(fields.get(n), _part(is_unknown, n), _part(hidden, n), secrets, later) for n in sorted(names)}
        )
    if isinstance(value, list):
        return tuple_value(
            _value(v, _part(is_unknown, i), _part(hidden, i), secrets, later) for i, v in enumerate(value)
        )
    found = from_json(value)
    return found.marked(sensitive=True) if isinstance(value, str) and secrets.stand_in(value) else found


def _shown(value: Any, is_unknown: Any, hidden: Any, secrets: _Secrets) -> Any:
    """JSON to compare with: what is unknown or sensitive is left out of objects, and makes a list incomparable."""
    if is_unknown is True or hidden is True or (isinstance(value, str) and secrets.stand_in(value)):
        return HIDDEN
    if isinstance(value, dict):
        fields = {k: _shown(v, _part(is_unknown, k), _part(hidden, k), secrets) for k, v in value.items()}
        return {k: v for k, v in fields.items() if v is not HIDDEN}
    if isinstance(value, list):
        items = [_shown(v, _part(is_unknown, i), _part(hidden, i), secrets) for i, v in enumerate(value)]
        return HIDDEN if any(i is HIDDEN for i in items) else items
    return value


def _part(shape: Any, key: str | int) -> Any:
    """The part of a shape of marks at a key; a mark on the whole holds for each part."""
    if shape is True:
        return True
    if isinstance(shape, dict):
        return shape.get(key)
    if isinstance(shape, list) and isinstance(key, int) and key < len(shape):
        return shape[key]
    return None
