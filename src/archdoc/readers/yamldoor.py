"""The one door to YAML: safe, quick, and every mapping, sequence and text knows its line.

PyYAML's CSafeLoader composes the nodes; nothing is ever constructed from a tag. Scalars follow the YAML 1.1
rules that PyYAML and Ansible follow. An unknown tag keeps its value; ``!vault`` values and
``$ANSIBLE_VAULT`` texts become ``Opaque``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
MAX_DEPTH = 200
"""Deeper nesting is refused, so that a hostile file cannot exhaust the stack."""
MAX_NODES = 1_000_000
"""More values than this, aliases counted at each use, are refused (the "billion laughs" file)."""


class Text(str):
    """A string that knows its first line (1-based) and whether it was a plain, quoted or block scalar."""

    __slots__ = ("line", "style")
    line: int
    style: str

    def __new__(cls, value: str, line: int, style: str = "") -> Text:
        """Make a text; ``style`` is one of "", ``'``, ``"``, ``|``, ``>``."""
        text = super().__new__(cls, value)
        text.line = line
        text.style = style
        return text


class Mapping(dict[Any, Any]):
    """A mapping that knows its lines; ``lines[key]`` is where a key stands, ``tag`` an unknown tag or ""."""

    __slots__ = ("end_line", "line", "lines", "tag")

    def __init__(self, line: int, end_line: int, tag: str = "") -> None:
        super().__init__()
        self.line = line
        self.end_line = end_line
        self.lines: dict[Any, int] = {}
        self.tag = tag

    def line_of(self, key: object) -> int:
        """The line of a key, or the mapping's own first line."""
        return self.lines.get(key, self.line)


class Sequence(list[Any]):
    """A list that knows its lines; ``lines[i]`` is where element ``i`` stands."""

    __slots__ = ("end_line", "line", "lines", "tag")

    def __init__(self, line: int, end_line: int, tag: str = "") -> None:
        super().__init__()
        self.line = line
        self.end_line = end_line
        self.lines: list[int] = []
        self.tag = tag

    def line_of(self, index: int) -> int:
        """The line of an element, or the list's own first line."""
        return self.lines[index] if 0 <= index < len(self.lines) else self.line


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that must not be looked into: a vaulted secret. It prints as its tag."""

    line: int
    tag: str = "!vault"

    def __str__(self) -> str:
        return self.tag


Value: TypeAlias = "Mapping | Sequence | Text | Opaque | bool | int | float | Any | None"


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The documents of one file, in order, and what was wrong with it."""

    path: str
    documents: tuple[Value, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def first(self) -> Value:
        """The first document, or None when there is none."""
        return self.documents[0] if self.documents else None


class _TooMuchError(Exception):
    pass


def parse(text: str, path: str, first_line: int = 1) -> YamlFile:
    """Read a YAML text of one or more documents.

    Documents before a syntax error are kept, and the error is a Problem (``YML001``) at its line. ``first_line``
    is the line of ``path`` that the text begins at.
    """
    if text.startswith("$ANSIBLE_VAULT"):
        return YamlFile(path, (Opaque(first_line, "$ANSIBLE_VAULT"),))
    documents: list[Value] = []
    problems: list[Problem] = []
    loader = _Loader(text)
    builder = _Builder(loader, first_line)
    try:
        while loader.check_node():
            documents.append(builder.build(loader.get_node(), 0))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        reason = " ".join(p for p in (error.problem, error.context) if p)
        if "nesting depth" in reason:  # libyaml has a limit of its own, and meets it before ours is asked
            problems.append(_problem("YML002", f"nested more than {MAX_DEPTH} levels deep", path, line))
        else:
            problems.append(_problem("YML001", f"not valid YAML: {reason}", path, line))
    except yaml.YAMLError as error:
        problems.append(_problem("YML001", f"not valid YAML: {str(error).splitlines()[0]}", path, first_line))
    except (_TooMuchError, RecursionError) as error:
        problems.append(_problem("YML002", str(error) or "nested too deeply", path, first_line))
    finally:
        loader.dispose()
    return YamlFile(path, tuple(documents), tuple(problems))


def plain(value: Value) -> Any:
    """The same value as plain Python (dict, list, str …), without lines; ``Opaque`` becomes its tag."""
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Opaque):
        return str(value)
    return value


def dump(value: Any, **options: Any) -> str:
    """Plain data as YAML, as PyYAML's safe dumper writes it (``indent``, ``width``, ``default_flow_style`` …)."""
    known = {"indent", "width", "default_flow_style", "sort_keys", "explicit_start", "explicit_end", "default_style"}
    options = {key: option for key, option in options.items() if key in known}
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, **options)
    return text


def line_of(value: Value, default: int = 1) -> int:
    """The line a value stands on, where it knows."""
    line = getattr(value, "line", None)
    return line if isinstance(line, int) else default


def walk(value: Value) -> Iterator[Value]:
    """The value and everything inside it, in the order of the text."""
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


class _Builder:
    """Turns PyYAML's nodes into values with lines, within the limits."""

    def __init__(self, loader: Any, first_line: int) -> None:
        self._loader = loader
        self._first = first_line
        self._built = 0
        self._end = first_line
        """The last line of what was built last."""

    def build(self, node: Any, depth: int) -> Value:
        self._built += 1
        if depth > MAX_DEPTH:
            raise _TooMuchError(f"nested more than {MAX_DEPTH} levels deep")
        if self._built > MAX_NODES:
            raise _TooMuchError(f"more than {MAX_NODES} values")
        line = node.start_mark.line + self._first
        if node.tag in {"!vault", "!vault-encrypted"}:
            self._end = max(line, node.end_mark.line + self._first - 1)
            return Opaque(line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
        tag = "" if node.tag.startswith("tag:yaml.org,2002:") else node.tag
        if isinstance(node, yaml.SequenceNode):
            sequence = Sequence(line, line, tag)
            for child in node.value:
                sequence.append(self.build(child, depth + 1))
                sequence.lines.append(child.start_mark.line + self._first)
                sequence.end_line = max(sequence.end_line, self._end)
            sequence.end_line = self._end = self._last(node, sequence.end_line)
            return sequence
        mapping = Mapping(line, line, tag)
        self._fill(mapping, node, depth)
        mapping.end_line = self._end = self._last(node, mapping.end_line)
        return mapping

    def _last(self, node: Any, of_children: int) -> int:
        """The last line of a collection. In block style the parser's own mark is behind it, at whatever comes next."""
        return int(node.end_mark.line) + self._first if node.flow_style else of_children

    def _fill(self, mapping: Mapping, node: Any, depth: int) -> None:
        merges = []
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                merges.append(value_node)
                mapping.end_line = max(mapping.end_line, key_node.end_mark.line + self._first)
                continue
            key = self.build(key_node, depth + 1)
            if not isinstance(key, str | int | float | bool | None):
                key = Text(str(plain(key)), key_node.start_mark.line + self._first)
            self._end = key_node.end_mark.line + self._first
            mapping[key] = self.build(value_node, depth + 1)
            mapping.lines[key] = key_node.start_mark.line + self._first
            mapping.end_line = max(mapping.end_line, self._end)
        for merged in merges:
            for source in merged.value if isinstance(merged, yaml.SequenceNode) else [merged]:
                if not isinstance(source, yaml.MappingNode):
                    continue
                base = self.build(source, depth + 1)
                if isinstance(base, Mapping):
                    for key, value in base.items():
                        if key not in mapping:
                            mapping[key] = value
                            mapping.lines[key] = base.line_of(key)

    def _scalar(self, node: Any, line: int) -> Value:
        self._end = max(line, node.end_mark.line + self._first - (1 if node.style in ("|", ">") else 0))
        if node.tag == "tag:yaml.org,2002:str" or not node.tag.startswith("tag:yaml.org,2002:"):
            if node.value.startswith("$ANSIBLE_VAULT"):
                return Opaque(line, "$ANSIBLE_VAULT")
            style = node.style or ""
            return Text(node.value, line + (1 if style in ("|", ">") else 0), style)
        if node.tag == "tag:yaml.org,2002:timestamp":
            return Text(node.value, line)
        try:
            value = self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return Text(node.value, line)
        return value if isinstance(value, bool | int | float) or value is None else Text(node.value, line)


def _problem(code: str, message: str, path: str, line: int) -> Problem:
    return Problem(Severity.ERROR, code, message, Source(path, line), "correct the file, or exclude it in archdoc.toml")


class CoreSchemaError(ValueError):
    """A text is not one YAML document; the message says where."""


@dataclass(frozen=True, slots=True)
class CoreScalar:
    """A scalar whose type the reader's own schema decides.

    ``style`` is one of "", ``'``, ``"``, ``|``, ``>``; ``tag`` the tag written before it, ``!!`` spelled out, or "".
    """

    text: str
    style: str
    tag: str


CORE_TAG = "tag:yaml.org,2002:"
_WRITTEN_TAG = re.compile(r"(?:&\S+\s+)?(!\S*)")
_VERSION = re.compile(r"^%YAML\s+(\S+)", re.MULTILINE)


def core_schema(text: str) -> Any:
    """One YAML 1.1 document without rules for scalars: dicts, lists and ``CoreScalar``; keys are ``CoreScalar`` too.

    A merge key takes the place of the keys before it and gives way to those after it. Raises CoreSchemaError.
    """
    version = _VERSION.search(text)
    if version and version[1] != "1.1" and text.startswith("%"):
        raise CoreSchemaError("found incompatible YAML document")
    loader = _Loader(text)
    built = 0

    def value(node: Any, depth: int) -> Any:
        nonlocal built
        built += 1
        if depth > MAX_DEPTH or built > MAX_NODES:
            raise CoreSchemaError("the document is too large or nested too deeply")
        if isinstance(node, yaml.ScalarNode):
            return _core_scalar(node, text)
        kind = "seq" if isinstance(node, yaml.SequenceNode) else "map"
        if node.tag != CORE_TAG + kind:
            raise CoreSchemaError(f"can't interpret a {kind} as {node.tag}")
        if kind == "seq":
            return [value(child, depth + 1) for child in node.value]
        made: dict[CoreScalar, Any] = {}
        for key, child in node.value:
            if key.tag == CORE_TAG + "merge":
                inner = value(child, depth + 1)
                if not isinstance(inner, dict):
                    raise CoreSchemaError("a merge key needs a mapping")
                made.update(inner)
            elif isinstance(key, yaml.CollectionNode):
                raise CoreSchemaError("a mapping key must be a scalar")
            else:
                made[_core_scalar(key, text)] = value(child, depth + 1)
        return made

    try:
        node = loader.get_single_node()
        if node is None:
            raise CoreSchemaError("on line 1: missing start of document")
        return value(node, 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CoreSchemaError(f"on line {mark.line + 1 if mark else 1}: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise CoreSchemaError(str(error).splitlines()[0] if str(error) else "not valid YAML") from error
    finally:
        loader.dispose()


def _core_scalar(node: Any, text: str) -> CoreScalar:
    """PyYAML resolves the tag of a plain scalar; whether one was written, only the text tells."""
    written = _WRITTEN_TAG.match(text, node.start_mark.index)
    tag = written[1] if written else ""
    if tag.startswith("!!"):
        tag = CORE_TAG + tag[2:]
    return CoreScalar(str(node.value), node.style or "", tag.removeprefix("!<").removesuffix(">"))


def core_text(value: Any) -> str:
    """Dicts, lists and scalars as one document of the C emitter, 80 columns wide.

    A ``CoreScalar`` is written as it is, a ``str`` in double quotes, or as a literal block where it has line ends.
    """
    events = [yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False)]
    events += _core_events(value)
    events += [yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()]
    made: str = yaml.emit(events, Dumper=_Dumper, allow_unicode=True, width=80)
    return made


def _core_events(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not value)
        for key, item in value.items():
            yield from _core_events(key)
            yield from _core_events(item)
        yield yaml.MappingEndEvent()
    elif isinstance(value, list):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=not value)
        for item in value:
            yield from _core_events(item)
        yield yaml.SequenceEndEvent()
    elif isinstance(value, CoreScalar):
        yield yaml.ScalarEvent(None, None, (True, False), value.text)
    else:
        yield yaml.ScalarEvent(None, None, (False, True), value, style="|" if "\n" in value else '"')
