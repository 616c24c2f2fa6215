"""Lookups: those that only rearrange data are computed, those that read a file of the repository read it; no other
is ever run."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from archdoc.readers.ansible.jinja import filters_data
from archdoc.readers.ansible.jinja.filters import short_name
from archdoc.readers.ansible.jinja.lazy import force
from archdoc.readers.ansible.jinja.session import MAX_ITEMS, RefusedError
from archdoc.readers.ansible.jinja.symbolic import Missing, NotKnownError, Unknown
from archdoc.readers.credentialnames import is_credential_file
from archdoc.readers.files import UnreadableError
from archdoc.readers.secrets import looks_like_secret

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.interpreter import Interpreter

_SEQUENCE = re.compile(r"(?:(0?x?[0-9a-f]+)-)?(0?x?[0-9a-f]+)(?:/([0-9]+))?(?::(.+))?", re.IGNORECASE)


def run_lookup(
    interpreter: Interpreter, node: nodes.Node, args: list[Any], kwargs: dict[str, Any], wantlist: bool
) -> Any:
    """``lookup(name, *terms)`` or ``query(name, *terms)``."""
    if not args or isinstance(args[0], Unknown):
        return interpreter.unknown(node, "a lookup whose name is not known")
    name = short_name(str(args[0]))
    terms, options = list(args[1:]), dict(kwargs)
    wantlist = bool(options.pop("wantlist", wantlist))
    options.pop("errors", None)
    if name in _WITH_INTERPRETER:
        found = _WITH_INTERPRETER[name](interpreter, node, terms, options)
    elif name in COMPUTED:
        hidden = [t for t in terms if isinstance(t, Unknown)]
        if hidden:
            return interpreter.derived(node, *hidden)
        found = COMPUTED[name](terms, options)
    else:
        return interpreter.unknown(node, f"lookup('{name}') is not run")
    if isinstance(found, Unknown) or wantlist:
        return found
    return _single(found)


def _single(found: list[Any]) -> Any:
    """What ``lookup`` makes of the list that the plugin gives."""
    if len(found) == 1:
        return found[0]
    if all(isinstance(value, str) for value in found):
        return ",".join(found)
    return found


def _variables(interpreter: Interpreter, node: nodes.Node, terms: list[Any], options: Mapping[str, Any]) -> Any:
    made = []
    for term in terms:
        if isinstance(term, Unknown):
            return interpreter.derived(node, term)
        value = interpreter.renderer.resolve(str(term), interpreter.session)
        if isinstance(value, Missing) and "default" in options:
            value = options["default"]
        made.append(force(value, interpreter.session))
    return made


def _file(interpreter: Interpreter, node: nodes.Node, terms: list[Any], options: Mapping[str, Any]) -> Any:
    """The text of files of the repository; one outside of it is never read."""
    made: list[Any] = []
    files = interpreter.renderer.files
    for term in terms:
        if isinstance(term, Unknown):
            return interpreter.derived(node, term)
        path = files.find(str(term), files.files) if files is not None else None
        if files is None or path is None:
            return interpreter.unknown(node, "a file that is not in the repository is not read")
        try:
            text = files.repo.read_text(path)
        except UnreadableError:
            return interpreter.unknown(node, f"{path} cannot be read")
        if looks_like_secret(text) or is_credential_file(path):
            return Unknown(interpreter.source(node), f"{path} holds a secret", secret=True)
        text = text.rstrip() if options.get("rstrip", True) else text
        interpreter.session.charge_size(text)
        made.append(text.lstrip() if options.get("lstrip", False) else text)
    return made


def _template(interpreter: Interpreter, node: nodes.Node, terms: list[Any], options: Mapping[str, Any]) -> Any:
    made: list[Any] = []
    files = interpreter.renderer.files
    for term in terms:
        if isinstance(term, Unknown):
            return interpreter.derived(node, term)
        path = files.find(str(term), files.templates) if files is not None else None
        if files is None or path is None:
            return interpreter.unknown(node, "a template that is not in the repository is not read")
        interpreter.session.enter()
        try:
            rendered = interpreter.renderer.template(files.repo.read_text(path), options.get("template_vars"))
        except UnreadableError:
            return interpreter.unknown(node, f"{path} cannot be read")
        finally:
            interpreter.session.leave()
        if rendered.partial:
            return Unknown(interpreter.source(node), rendered.reasons[0], parts=(rendered.text,))
        interpreter.session.charge_size(rendered.text)
        made.append(rendered.text)
    return made


def _first_found(interpreter: Interpreter, node: nodes.Node, terms: list[Any], options: Mapping[str, Any]) -> Any:
    """The first of several files that is there, as far as they are the repository's."""
    from archdoc.readers.ansible.variables import absolute

    files = interpreter.renderer.files
    names: list[tuple[str, tuple[str, ...]]] = []
    for term in filters_data.flatten(terms, levels=1):
        entry = term if isinstance(term, dict) else {"files": [term]}
        paths = tuple(str(p) for p in _as_list(entry.get("paths")))
        for name in _as_list(entry.get("files")):
            if isinstance(name, Unknown):
                return interpreter.derived(node, name)
            names.append((str(name), paths))
    if files is not None:
        for name, paths in names:
            path = files.find(name, (*paths, *files.files, *files.templates))
            if path is not None:
                return [absolute(path)]
    skip = options.get("skip") or any(isinstance(t, dict) and t.get("skip") for t in terms)
    return [] if skip else interpreter.unknown(node, "none of the files of first_found is in the repository")


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return re.split(r"[,;:]", value) if value else []
    return value if isinstance(value, list) else [] if value is None else [value]


def _dict(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    return [pair for term in terms for pair in filters_data.dict2items(term)]


def _nested(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    lists = [_as_items(term) for term in terms]
    size = 1
    for part in lists:
        size *= len(part)
    if size > MAX_ITEMS:
        raise RefusedError(f"more than {MAX_ITEMS} items")
    return [filters_data.flatten(found, skip_nulls=False) for found in itertools.product(*lists)]


def _as_items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _together(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    return [filters_data.flatten(found, skip_nulls=False) for found in itertools.zip_longest(*map(_as_items, terms))]


def _flattened(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    return filters_data.flatten(terms)


def _items(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    return filters_data.flatten(terms, levels=1, skip_nulls=False)


def _indexed(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    return list(enumerate(filters_data.flatten(terms, skip_nulls=False)))


def _subelements(terms: list[Any], _: Mapping[str, Any]) -> list[Any]:
    flags = terms[2] if len(terms) > 2 and isinstance(terms[2], dict) else {}
    pairs = filters_data.subelements(terms[0], terms[1], bool(flags.get("skip_missing")))
    first = str(terms[1]).partition(".")[0]
    return [[{k: v for k, v in element.items() if k != first}, item] for element, item in pairs]


def _sequence(terms: list[Any], options: Mapping[str, Any]) -> list[Any]:
    """``start=1 end=5 stride=2 format=web%02d count=3``, or ``1-5/2:web%02d``."""
    made: list[Any] = []
    for term in terms or [""]:
        given = {str(k): str(v) for k, v in options.items()}
        short = _SEQUENCE.fullmatch(str(term).strip())
        if short:
            names = ("start", "end", "stride", "format")
            given.update({n: v for n, v in zip(names, short.groups(), strict=True) if v is not None})
        else:
            given.update(re.findall(r"(\w+)=(\S+)", str(term)))
        start, stride = int(given.get("start", "1"), 0), int(given.get("stride", "1"), 0)
        end = start + (int(given["count"], 0) - 1) * stride if "count" in given else int(given.get("end", "0"), 0)
        numbers = range(start, end + (1 if stride > 0 else -1), stride)
        if len(numbers) > MAX_ITEMS or len(given.get("format", "")) > 200:
            raise RefusedError(f"more than {MAX_ITEMS} items")
        form = given.get("format", "%d")
        if re.search(r"[0-9]{5,}|\*", form):
            raise RefusedError("a text that is wider than archdoc allows")
        made += [form % number for number in numbers]
    return made


COMPUTED: Mapping[str, Callable[[list[Any], Mapping[str, Any]], list[Any]]] = {
    "dict": _dict,
    "list": lambda terms, _: terms,
    "items": _items,
    "flattened": _flattened,
    "nested": _nested,
    "cartesian": _nested,
    "together": _together,
    "indexed_items": _indexed,
    "subelements": _subelements,
    "sequence": _sequence,
}
"""Lookups that only rearrange their terms; ``with_<name>`` loops are made of them."""
_WITH_INTERPRETER: Mapping[str, Callable[[Interpreter, nodes.Node, list[Any], Mapping[str, Any]], Any]] = {
    "vars": _variables,
    "file": _file,
    "template": _template,
    "first_found": _first_found,
}


def reads_around(name: str) -> bool:
    """Whether what a lookup of this name gives hangs on more than its terms: on variables or on files."""
    return short_name(name) in _WITH_INTERPRETER


def computed(name: str, terms: list[Any]) -> list[Any] | None:
    """The items of a ``with_<name>`` loop over plain terms; None when it is not computed here or cannot be."""
    lookup = COMPUTED.get(short_name(name))
    if lookup is None:
        return None
    try:
        return lookup(terms, {})
    except (RefusedError, NotKnownError, TypeError, ValueError, KeyError, IndexError, AttributeError):
        return None
