"""Filters that look into the items of a list: by attribute, by test, by another filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import nodes

from archdoc.readers.ansible.jinja.access import item, items_of
from archdoc.readers.ansible.jinja.lazy import force
from archdoc.readers.ansible.jinja.session import RefusedError
from archdoc.readers.ansible.jinja.symbolic import Missing, NotKnownError, Unknown, contains_unknown

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.interpreter import Interpreter

_NODE = nodes.Name("item", "load", lineno=1)
MAX_PAIRWISE = 3_000


class Group(NamedTuple):
    """One group of ``groupby``."""

    grouper: Any
    list: list[Any]


def _path(attribute: Any) -> list[Any]:
    if isinstance(attribute, str):
        return [int(part) if part.isdigit() else part for part in attribute.split(".")]
    return [attribute]


def _at(interpreter: Interpreter, value: Any, attribute: Any, default: Any = None) -> Any:
    """The attribute of an item, through dots; Missing where there is none and no default."""
    for key in _path(attribute):
        if isinstance(value, Missing):
            break
        if isinstance(value, Unknown):
            return interpreter.derived(_NODE, value)
        try:
            value = force(item(value, key, interpreter.session), interpreter.session)
        except KeyError:
            value = Missing(f"item.{attribute}", f"{attribute} of an item is not defined")
        if default is not None and isinstance(value, Missing):
            value = default
    return value


def _list(interpreter: Interpreter, value: Any) -> list[Any]:
    return [] if value is None else items_of(value, interpreter.session)


def _known(value: Any) -> Any:
    hidden = contains_unknown(value)
    if hidden is not None:
        raise NotKnownError(hidden)
    return value


def map_(interpreter: Interpreter, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """``map(attribute=…)`` or ``map("filter", …)``."""
    from archdoc.readers.ansible.jinja.filters import apply_filter

    values = _list(interpreter, value)
    if not args and "attribute" in kwargs:
        return [_at(interpreter, v, kwargs["attribute"], kwargs.get("default")) for v in values]
    name, rest = args[0], list(args[1:])
    return [_spelled(v, name, apply_filter(interpreter, _NODE, name, v, list(rest), dict(kwargs))) for v in values]


def _spelled(value: Any, name: str, result: Any) -> Any:
    """What is not known of an unknown item says of which."""
    if isinstance(value, Unknown) and isinstance(result, Unknown) and result.expression == _NODE.name:
        return Unknown(f"{value.expression} | {name}", result.reason, secret=result.secret)
    return result


def _selected(
    interpreter: Interpreter, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any], keep: bool, by: bool
) -> list[Any]:
    """The items for which a test holds. One for which it is not known may be meant, so it stays, as a guess."""
    from archdoc.readers.ansible.jinja.tests import apply_test

    made = []
    rest = list(args)
    attribute = rest.pop(0) if by else None
    test = rest.pop(0) if rest else None
    for element in _list(interpreter, value):
        tested = _at(interpreter, element, attribute) if by else element
        if test is None:
            truth = interpreter.truth(tested)
            truth = False if isinstance(truth, Missing) else truth
        else:
            truth = interpreter.truth(apply_test(interpreter, _NODE, str(test), tested, list(rest), dict(kwargs)))
        if isinstance(truth, Unknown):
            interpreter.session.guess(f"an item was kept though its test is not known: {next(truth.leaves()).reason}")
            made.append(element)
        elif truth is keep:
            made.append(element)
    return made


def select(interpreter: Interpreter, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """The items that pass a test."""
    return _selected(interpreter, value, args, kwargs, keep=True, by=False)


def reject(interpreter: Interpreter, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """The items that do not."""
    return _selected(interpreter, value, args, kwargs, keep=False, by=False)


def selectattr(interpreter: Interpreter, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """The items with an attribute that passes a test."""
    return _selected(interpreter, value, args, kwargs, keep=True, by=True)


def rejectattr(interpreter: Interpreter, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """The items with one that does not."""
    return _selected(interpreter, value, args, kwargs, keep=False, by=True)


def _folded(value: Any, case_sensitive: bool) -> Any:
    return value.lower() if isinstance(value, str) and not case_sensitive else value


def sort(
    interpreter: Interpreter, value: Any, reverse: bool = False, case_sensitive: bool = False, attribute: Any = None
) -> list[Any]:
    """In order, by one or several attributes."""
    attributes = attribute.split(",") if isinstance(attribute, str) else [attribute]

    def order(element: Any) -> Any:
        parts = [element if a is None else _at(interpreter, element, a) for a in attributes]
        return [_folded(_known(part), case_sensitive) for part in parts]

    return sorted(_list(interpreter, value), key=order, reverse=bool(reverse))


def unique(interpreter: Interpreter, value: Any, case_sensitive: Any = None, attribute: Any = None) -> list[Any]:
    """Each item once."""
    made, seen = [], set()
    pairwise: list[Any] = []
    for element in _list(interpreter, value):
        key = _folded(element if attribute is None else _at(interpreter, element, attribute), bool(case_sensitive))
        try:
            if key not in seen:
                seen.add(key)
                made.append(element)
        except TypeError:
            if len(pairwise) > MAX_PAIRWISE:
                raise RefusedError("more items than archdoc compares one with another") from None
            if key not in pairwise:
                pairwise.append(key)
                made.append(element)
    return made


def groupby(
    interpreter: Interpreter, value: Any, attribute: Any, default: Any = None, case_sensitive: bool = False
) -> list[Group]:
    """The items in groups of one value of an attribute."""
    groups: list[Group] = []
    keyed = [(_known(_at(interpreter, v, attribute, default)), v) for v in _list(interpreter, value)]
    for key, element in sorted(keyed, key=lambda pair: _folded(pair[0], case_sensitive)):
        if groups and _folded(groups[-1].grouper, case_sensitive) == _folded(key, case_sensitive):
            groups[-1].list.append(element)
        else:
            groups.append(Group(key, [element]))
    return groups


def sum_(interpreter: Interpreter, value: Any, attribute: Any = None, start: Any = 0) -> Any:
    """The sum."""
    values = [v if attribute is None else _at(interpreter, v, attribute) for v in _list(interpreter, value)]
    total = start
    for number in _known(values):
        total = total + number
        interpreter.session.charge_size(total)
    return total


def _extreme(which: Callable[..., Any]) -> Callable[..., Any]:
    def choose(interpreter: Interpreter, value: Any, case_sensitive: bool = False, attribute: Any = None) -> Any:
        values = _known(_list(interpreter, value))
        if not values:
            return Missing("min()" if which is min else "max()", "an empty list has no least and no greatest item")

        def order(element: Any) -> Any:
            return _folded(element if attribute is None else _at(interpreter, element, attribute), case_sensitive)

        return which(values, key=order)

    return choose


def join(interpreter: Interpreter, value: Any, d: Any = "", attribute: Any = None) -> str:
    """The items as one text."""
    values = [v if attribute is None else _at(interpreter, v, attribute) for v in _list(interpreter, value)]
    if len(str(d)) * len(values) > 1_000_000:
        raise RefusedError("a text that is longer than archdoc allows")
    text = str(d).join(str(v) for v in values)
    interpreter.session.charge_size(text)
    return text


def extract(interpreter: Interpreter, value: Any, container: Any, morekeys: Any = None) -> Any:
    """``['a', 'b'] | map('extract', mapping)``: the value of a key."""
    keys = [value, *(morekeys if isinstance(morekeys, list) else [] if morekeys is None else [morekeys])]
    found = container
    for key in keys:
        if isinstance(found, Missing):
            return found
        if isinstance(found, Unknown):
            return Unknown(f"{found.expression}[{key!r}]", found.reason, secret=found.secret)
        try:
            found = item(found, key, interpreter.session)
        except KeyError:
            return Missing(f"extract({key!r})", f"{key} is not there to extract")
    return force(found, interpreter.session)


def attr(interpreter: Interpreter, value: Any, name: str) -> Any:
    """An attribute by name; Python's innards are none."""
    return _at(interpreter, value, name) if not str(name).startswith("_") else Missing("attr", f"no attribute {name}")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "map": map_,
    "select": select,
    "reject": reject,
    "selectattr": selectattr,
    "rejectattr": rejectattr,
    "sort": sort,
    "unique": unique,
    "groupby": groupby,
    "sum": sum_,
    "min": _extreme(min),
    "max": _extreme(max),
    "join": join,
    "extract": extract,
    "attr": attr,
}
