"""The form in which values are compared: without what says where things stand, and without orders that say nothing.

Where a thing stands is no difference, so neither is a line that moved nor a file that has another name: ``line`` and
the ``path`` beside it, ``main.tf:12`` in the reason for an unknown value, the files of the repository that configure a
program. A list is a collection, and its items come in the order of their texts, unless the order says something: what
a CI job runs, the routes of alerts, and what the catalog lists as a sequence.

Neither is another way to write the same: a module by its full name or its short one, the groups of a play in another
order, arguments of a task that Ansible turns into the same value (``[a, b]`` and ``a,b``, ``yes`` and ``true``, ``"3"``
and ``3``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from archdoc.catalog.modules import Modules
from archdoc.model.facts import Json

CONTENT = frozenset({"values", "value", "partial", "inputs", "arguments"})
"""Below these, every key is the code's own."""
LONGEST_JSON = 200_000

_PLACES = frozenset({"line", "end_line"})
_POSITIONS = frozenset({"position"})
"""A play's number in its playbook: a play put before it changes that, and not the play."""
_REASONS = frozenset({"unknown", "reason", "unknown_keys"})
_PATHS = frozenset({"attribute"})
"""Paths of arguments: which item of a list a reference stands in does not matter."""
_FILES = frozenset({"configured_by"})
"""Lists of files: those of the repository are places, those on a machine (``/etc/…``) are not."""
_SEQUENCES = frozenset({"runs", "routes", "stages"})
"""Lists of archdoc's own words in which the order counts."""
_SIGNALS = frozenset({"signals"})
"""Lists of what tasks say, with their arguments as they are written."""
_PATTERNS = frozenset({"pattern"})
_MODULES = frozenset({"module"})
_TASKS = ("name", "task")
"""What a task is called."""
_TRUTH = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
"""https://docs.ansible.com/ansible/latest/reference_appendices/YAMLSyntax.html"""
_PLACE = re.compile(r"[^\s()\[\]{},;'\"]*\.[A-Za-z0-9]+:\d+")
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Settling:
    """How values of one thing are brought into that form; ``sequences`` are the code's own lists with an order, and
    ``modules`` tells the full name of a module."""

    sequences: frozenset[str] = frozenset()
    modules: Modules | None = None

    def attributes(self, attributes: Mapping[str, Json]) -> dict[str, Json]:
        """All that is known of a thing."""
        return self._mapping(attributes, own=False, reason=False)

    def content(self, value: Json) -> Json:
        """A value of which every key is the code's own."""
        return self._value("", value, own=True, reason=False)

    def _mapping(self, value: Mapping[str, Json], own: bool, reason: bool) -> dict[str, Json]:
        if not own:
            value = self._titled(_without_places(value))
        if reason:
            return _reasons(value)
        return {k: self._value(k, v, own or k in CONTENT, not own and k in _REASONS) for k, v in value.items()}

    def _titled(self, value: Mapping[str, Json]) -> Mapping[str, Json]:
        """A task without a name is called after its module, however that is written."""
        module = value.get("module")
        if self.modules is None or not isinstance(module, str):
            return value
        name = self.modules.full_name(module)
        called = (k for k in _TASKS if isinstance(v := value.get(k), str) and self.modules.full_name(v) == name)
        return {**value, **dict.fromkeys(called, name)}

    def _value(self, key: str, value: Json, own: bool, reason: bool) -> Json:
        if isinstance(value, Mapping):
            return self._mapping(value, own, reason)
        if isinstance(value, list | tuple):
            if key in _FILES and not own:
                value = [v for v in value if isinstance(v, str) and v.startswith("/")]
            if key in _SIGNALS and not own:
                value = [_as_ansible_reads(v) for v in value]
            items = [self._value(key, v, own, reason) for v in value]
            return items if self._is_sequence(key, own) else sorted(items, key=settled_text)
        if isinstance(value, str) and not own:
            return without_places(value) if reason else self._word(key, value)
        return value

    def _word(self, key: str, value: str) -> str:
        if key in _PATHS:
            return _without_index(value)
        if key in _PATTERNS:
            return _any_order(value)
        return self.modules.full_name(value) if key in _MODULES and self.modules is not None else value

    def _is_sequence(self, key: str, own: bool) -> bool:
        return key in self.sequences or (not own and key in _SEQUENCES)


def json_document(text: str) -> Json:
    """The object or list that a text is in JSON, or None."""
    if len(text) > LONGEST_JSON or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return None


def settled_text(value: Json) -> str:
    """A value as text, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def without_places(text: str) -> str:
    """A sentence without the places that it names."""
    return _PLACE.sub("", text)


def _without_places(value: Mapping[str, Json]) -> Mapping[str, Json]:
    """A mapping of archdoc's own without what says where it stands."""
    passed = {k for k, v in value.items() if (k in _PLACES or k in _POSITIONS) and type(v) is int}
    if "line" in passed:
        passed.add("path")
    return {k: v for k, v in value.items() if k not in passed} if passed else value


def _reasons(reasons: Mapping[str, Json]) -> dict[str, Json]:
    """Why values are unknown, by their paths: which item of a list one is does not matter, how many there are does."""
    found: dict[str, list[str]] = {}
    for path, reason in reasons.items():
        text = without_places(reason) if isinstance(reason, str) else settled_text(reason)
        found.setdefault(_without_index(path), []).append(text)
    return {path: "; ".join(sorted(texts)) for path, texts in found.items()}


def _without_index(path: str) -> str:
    return _INDEX.sub("[]", path)


def _any_order(pattern: str) -> str:
    """The hosts of a play: a union comes to the same in any order, and so do what is cut and what is left out of it.

    https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
    """
    return pattern if re.search(r"[\[{~]", pattern) else ",".join(sorted(re.split(r"\s*[,:]\s*", pattern)))


def _as_ansible_reads(value: Json) -> Json:
    """An argument of a task: texts, lists and truth values that Ansible takes for the same are the same."""
    if isinstance(value, dict):
        return {k: v if k in _PLACES else _as_ansible_reads(v) for k, v in value.items()}
    if isinstance(value, list):
        items = [_as_ansible_reads(v) for v in value]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    if isinstance(value, str) and "," in value and not re.search(r"[\s{}\[\]()]", value):
        return [*value.split(",")]
    return value
