"""Where the keys of ``for_each`` stand, when a map comes out of a data file: ``web`` is line 12 of ``servers.yml``.

Nothing of this is done while values are evaluated. Afterwards, for each block with keys that are texts, the calls of
``yamldecode``, ``jsondecode``, ``csvdecode`` and ``fileset`` that its ``for_each`` goes back to (through locals,
variables and outputs) are looked up in the text of the code, and the keys in the files that they read.
"""

from __future__ import annotations

import csv
import posixpath
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

from archdoc.model.facts import Source
from archdoc.model.graph import Graph
from archdoc.readers import yamldoor
from archdoc.readers.files import UnreadableError
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.credentials import shown_text
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.expressions import evaluate_in
from archdoc.readers.terraform.functions.filesystem import resolve
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.references import traversals

_DECODERS = frozenset({"yamldecode", "jsondecode", "csvdecode"})
_READERS = frozenset({"file", "templatefile"})
_MOST_PLACES = 200
"""Locals, variables and outputs that one ``for_each`` is followed through."""
_MOST_GROUPS = 20_000
"""Mappings and lists of one file that are looked at."""

_Place: TypeAlias = tuple[Module, t.Expression]


@dataclass(frozen=True, slots=True)
class Group:
    """Names that stand together in a file (the keys of one mapping, say), each with its line; and the keys above."""

    lines: Mapping[str, int]
    above: frozenset[str] = frozenset()


def add_key_places(graph: Graph, root: Module) -> None:
    """Give each instance and module of a root that a data file names the place of its name there, as evidence."""
    if not root.context.files_read:
        return
    places = KeyPlaces(root)
    for module in list(root.descendants()):
        for name in module.source.resources:
            instances = module.expanded(name).instances
            for_each = module.source.resources[name].block.body.attribute("for_each")
            keys = {i.key: i.node_id for i in instances if isinstance(i.key, str)}
            places.add(graph, module, for_each, keys)
        for name, call in module.source.calls.items():
            called = {m.key: m.own_id() for m in module.called(name).modules if isinstance(m.key, str)}
            places.add(graph, module, call.block.body.attribute("for_each"), called)


@dataclass(slots=True)
class KeyPlaces:
    """Looks keys up in the data files of one root."""

    root: Module
    _files: dict[str, tuple[Group, ...]] = field(default_factory=dict)
    _calls: dict[int, tuple[t.Call, ...]] = field(default_factory=dict)

    def add(self, graph: Graph, module: Module, for_each: t.Attribute | None, ids: Mapping[str, str]) -> None:
        """Add the places of keys (with the ids of what they made) to their nodes."""
        if for_each is None or not ids:
            return
        for key, place in self._found(module, for_each.expression, ids.keys()).items():
            node = graph.find(ids[key])
            if node is not None:
                graph.replace_node(replace(node, evidence=tuple(dict.fromkeys((*node.evidence, place)))))

    def _found(self, module: Module, expression: t.Expression, keys: Iterable[str]) -> dict[str, Source]:
        wanted, around = set(keys), {str(m.key) for m in _callers(module)}
        found: dict[str, Source] = {}
        for here, call in self._behind(module, expression):
            if call.name == "fileset":
                named = _listed(here, call, wanted)
            else:
                files = list(_read_by(here, call))
                named = {k: Source(path, n) for path in files for k, n in self._lines(path, wanted, around)}
            found = {**named, **found}
            if len(found) == len(wanted):
                break
        return found

    def _behind(self, module: Module, expression: t.Expression) -> Iterator[tuple[Module, t.Call]]:
        """The calls that an expression's value goes back to, the nearest first, each with the module it stands in."""
        waiting: deque[_Place] = deque([(module, expression)])
        seen = {(id(module), id(expression))}
        while waiting and len(seen) < _MOST_PLACES:
            here, current = waiting.popleft()
            yield from ((here, call) for call in self._calls_in(current))
            for place in _feeding(here, current):
                if (id(place[0]), id(place[1])) not in seen:
                    seen.add((id(place[0]), id(place[1])))
                    waiting.append(place)

    def _calls_in(self, expression: t.Expression) -> tuple[t.Call, ...]:
        known = self._calls.get(id(expression))
        if known is None:
            calls = (c for c in _calls(expression) if c.name in _DECODERS or c.name == "fileset")
            known = self._calls[id(expression)] = tuple(calls)
        return known

    def _lines(self, path: str, wanted: set[str], around: set[str]) -> Iterator[tuple[str, int]]:
        """The lines of keys in a file: of the names that stand together, those that have most of the keys, below the
        keys of the modules around."""
        if path not in self._files:
            self._files[path] = tuple(_groups(self.root, path))
        ranked = sorted(
            (g for g in self._files[path] if not wanted.isdisjoint(g.lines)),
            key=lambda g: (-len(wanted & g.lines.keys()), -len(around & g.above)),
        )
        found: dict[str, int] = {}
        for group in ranked:
            for key in wanted & group.lines.keys():
                found.setdefault(key, group.lines[key])
        return iter(found.items())


# -- in the code ------------------------------------------------------------------------------------------------


def _callers(module: Module) -> Iterator[Module]:
    """A module and those that it is called by."""
    here: Module | None = module
    while here is not None:
        yield here
        here = here.caller


def _calls(expression: t.Expression) -> Iterator[t.Call]:
    if isinstance(expression, t.Call):
        yield expression
    for part in _parts([getattr(expression, f.name) for f in fields(expression)]):
        yield from _calls(part)


def _parts(values: Iterable[Any]) -> Iterator[t.Expression]:
    """The expressions among the fields of one, wherever they are listed in pairs or lists."""
    for value in values:
        if isinstance(value, tuple):
            yield from _parts(value)
        elif isinstance(value, t.Expression):
            yield value


def _feeding(module: Module, expression: t.Expression) -> Iterator[_Place]:
    """The locals, arguments and outputs that an expression names."""
    for traversal in traversals(expression):
        names = traversal.names
        if not names:
            continue
        if traversal.root == "local" and (local := module.source.locals.get(names[0])):
            yield module, local.attribute.expression
        elif traversal.root == "var":
            yield from _given(module, names[0])
        elif traversal.root == "module" and names[0] in module.source.calls:
            for child in module.called(names[0]).modules[:1]:
                output = child.source.outputs.get(names[1]) if len(names) > 1 else None
                value = output.block.body.attribute("value") if output is not None else None
                if value is not None:
                    yield child, value.expression


def _given(module: Module, name: str) -> Iterator[_Place]:
    """The argument that gives a variable its value, and what the call is repeated for where the argument asks that."""
    if module.caller is None or module.call is None:
        return
    body = module.call.block.body
    argument, for_each = body.attribute(name), body.attribute("for_each")
    if argument is not None:
        yield module.caller, argument.expression
        if for_each is not None and any(each.root == "each" for each in traversals(argument.expression)):
            yield module.caller, for_each.expression


def _read_by(module: Module, call: t.Call) -> Iterator[str]:
    """The files of the repository that the argument of a decoding call reads."""
    for reading in _calls(call):
        if reading.name in _READERS and reading.arguments:
            path = _text(module, reading.arguments[0])
            found = resolve(path, module.context) if path else None
            if found is not None:
                yield found


def _listed(module: Module, call: t.Call, wanted: set[str]) -> dict[str, Source]:
    """The files of a ``fileset`` that keys name, with or without their endings."""
    directory = _text(module, call.arguments[0]) if call.arguments else ""
    try:
        value = evaluate_in(call, module)
    except EvaluationError:
        return {}
    found: dict[str, Source] = {}
    for item in value.raw if value.is_known and isinstance(value.raw, tuple) else ():
        path = resolve(posixpath.join(directory, str(item.raw)), module.context)
        stem = posixpath.splitext(str(item.raw))[0]
        for key in (str(item.raw), stem, posixpath.basename(stem)):
            if key in wanted and path is not None:
                found.setdefault(key, Source(path, 1))
    return found


def _text(module: Module, expression: t.Expression) -> str:
    """The text that an argument is, or "" where it is not known without what a ``for`` binds."""
    try:
        value = evaluate_in(expression, module)
    except EvaluationError:
        return ""
    return (shown_text(value) or "") if isinstance(value.raw, str) and not value.sensitive else ""


# -- in the files -----------------------------------------------------------------------------------------------


def _groups(root: Module, path: str) -> Iterator[Group]:
    """Everything in a file that can name things together: keys of a mapping, items of a list, a column of a table."""
    files = root.context.files
    try:
        text = files.read_text(path) if files is not None else ""
    except UnreadableError:
        return
    if path.endswith((".csv", ".tsv")):
        yield from map(Group, _columns(text))
        return
    text = text.replace("\t", " ") if text.lstrip().startswith(("{", "[")) else text  # JSON may be indented by tabs
    waiting: deque[tuple[Any, frozenset[str]]] = deque((d, frozenset()) for d in yamldoor.parse(text, path).documents)
    for _ in range(_MOST_GROUPS):
        if not waiting:
            return
        value, above = waiting.popleft()
        if isinstance(value, yamldoor.Mapping):
            yield Group({str(k): value.line_of(k) for k in value}, above)
            waiting.extend((v, above | {str(k)}) for k, v in value.items())
        elif isinstance(value, yamldoor.Sequence):
            yield from (Group(lines, above) for lines in _of_list(value))
            waiting.extend((v, above) for v in value)


def _of_list(items: yamldoor.Sequence) -> Iterator[dict[str, int]]:
    """The items of a list of texts; of a list of mappings, what they have under each key."""
    yield {str(item): items.line_of(n) for n, item in enumerate(items) if isinstance(item, str | int)}
    mappings = [item for item in items if isinstance(item, yamldoor.Mapping)]
    for key in dict.fromkeys(k for item in mappings for k in item):
        yield {str(m[key]): m.line_of(key) for m in reversed(mappings) if isinstance(m.get(key), str | int)}


def _columns(text: str) -> Iterator[dict[str, int]]:
    rows = csv.reader(text.splitlines(keepends=True))
    columns: list[dict[str, int]] = []
    try:
        for row in rows:
            for number, cell in enumerate(row):
                if number == len(columns):
                    columns.append({})
                columns[number].setdefault(cell, rows.line_num)
    except csv.Error:
        return
    yield from columns
