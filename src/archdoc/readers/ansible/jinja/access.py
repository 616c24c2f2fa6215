"""Attributes, items and methods of values: what a template may look at and call."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2.sandbox import SandboxedFormatter

from archdoc.readers.ansible.jinja.lazy import LazyList, LazyMap, Lookups, force
from archdoc.readers.ansible.jinja.session import MAX_TEXT, RefusedError, Session
from archdoc.readers.ansible.jinja.symbolic import Missing, Unknown, joined
from archdoc.readers.ansible.jinja.syntax import environment

_TEXT = frozenset(
    "capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha isascii isdecimal "
    "isdigit isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix "
    "removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title "
    "upper zfill".split()
)
_MAPPING = frozenset("get items keys values copy".split())
_MAPPING_CHANGES = frozenset("update pop setdefault clear popitem".split())
_LIST = frozenset("count index copy".split())
_LIST_CHANGES = frozenset("append extend insert pop remove sort reverse clear".split())
_TIME = frozenset(
    "year month day hour minute second microsecond days seconds date time isoformat isoweekday strftime timestamp "
    "total_seconds weekday".split()
)
_WIDE = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
MAX_WIDTH = 10_000
_WIDE_FORMAT = re.compile(r"[0-9]{5,}|\{[^{}]*\{")


class Method:
    """A method of a value that has not been called yet."""

    def __init__(self, value: Any, name: str) -> None:
        self.value = value
        self.name = name


class Exposed:
    """An object of archdoc's own that templates may look into: its public attributes are theirs to see."""

    exposed: frozenset[str] = frozenset()

    def shows(self, name: str) -> bool:
        """Whether a template may look at this attribute."""
        return name in self.exposed


def attribute(value: Any, name: str, session: Session) -> Any:
    """``value.name``: a method or attribute first, then the item; None of Python's innards. Raises KeyError."""
    if isinstance(value, Exposed):
        if value.shows(name):
            return getattr(value, name)
        raise KeyError(name)
    if not environment().is_safe(value, name):
        raise KeyError(name)
    if isinstance(value, LazyMap | Lookups | dict):
        if name in _MAPPING or (name in _MAPPING_CHANGES and not _has(value, name)):
            return Method(value, name)
        return item(value, name, session)
    if isinstance(value, tuple) and name in ("grouper", "list") and hasattr(value, "grouper"):
        return getattr(value, name)
    if isinstance(value, datetime.date | datetime.timedelta | datetime.time) and name in _TIME:
        found = getattr(value, name)
        return Method(value, name) if callable(found) else found
    names = _TEXT if isinstance(value, str) else _LIST | _LIST_CHANGES if isinstance(value, list | LazyList) else _LIST
    if name in names and isinstance(value, str | list | tuple | LazyList):
        return Method(value, name)
    raise KeyError(name)


def item(value: Any, key: Any, session: Session) -> Any:
    """``value[key]``: an item, then a method or attribute. Raises KeyError."""
    if isinstance(value, Lookups):
        return value.value(key, session)
    try:
        if isinstance(value, LazyMap):
            if key in value:
                return value.value(key, session)
        elif isinstance(value, LazyList):
            if isinstance(key, slice):
                return value.force(session)[key]
            return value.value(int(key), session)
        elif isinstance(value, dict | list | tuple | str | range):
            return value[key]
    except (KeyError, IndexError, TypeError, ValueError):
        pass
    if isinstance(key, str) and not isinstance(value, dict | LazyMap):
        return attribute(value, key, session)
    if isinstance(key, str) and key in _MAPPING:
        return Method(value, key)
    raise KeyError(key)


def _has(value: Any, name: str) -> bool:
    return name in value if isinstance(value, dict | LazyMap) else False


def call_method(method: Method, args: list[Any], kwargs: Mapping[str, Any], session: Session) -> Any:
    """Call a method of a value. Unknown arguments give NotKnownError or an unknown text by themselves."""
    value, name = method.value, method.name
    if isinstance(value, LazyMap | Lookups):
        return _lazy_mapping(value, name, args, session)
    value = force(value, session)
    if isinstance(value, dict | list) and name in _MAPPING_CHANGES | _LIST_CHANGES:
        if not session.owns(value):
            raise RefusedError("a template may only change what it made itself")
        if len(value) > 10_000 or name == "extend":
            session.charge_size(args[0] if args else value)
        return getattr(value, name)(*args, **kwargs)
    if isinstance(value, dict):
        result = getattr(value, name)(*args, **kwargs)
        return (
            session.own(result) if name == "copy" else list(result) if name in ("keys", "values", "items") else result
        )
    if isinstance(value, str):
        return _text_method(value, name, args, kwargs, session)
    function: Callable[..., Any] = getattr(value, name)
    result = function(*args, **kwargs)
    return session.own(result) if isinstance(result, list) else result


def _lazy_mapping(value: LazyMap | Lookups, name: str, args: list[Any], session: Session) -> Any:
    keys = value.keys()
    session.charge(len(keys))
    if name == "keys":
        return keys
    if name == "values":
        return [force(value.value(k, session), session) for k in keys]
    if name == "items":
        return [(k, force(value.value(k, session), session)) for k in keys]
    if name == "copy":
        return session.own(value.force(session))
    if name == "get" and args:
        if isinstance(value, Lookups) or args[0] in value:
            found = value.value(args[0], session)
            if not isinstance(found, Missing):
                return found
        return args[1] if len(args) > 1 else None
    raise TypeError(name)


def _text_method(value: str, name: str, args: list[Any], kwargs: Mapping[str, Any], session: Session) -> Any:
    if name in _WIDE and any(isinstance(a, int) and abs(a) > MAX_WIDTH for a in args):
        raise RefusedError("a text that is wider than archdoc allows")
    if name == "format":
        return joined(format_text(value, args, kwargs))
    if name == "replace" and len(args) > 1 and value.count(str(args[0])) * len(str(args[1])) > MAX_TEXT:
        raise RefusedError("a text that is longer than archdoc allows")
    if name == "join" and args:
        args = [[str(a) for a in force(args[0], session)], *args[1:]]
        if len(value) * len(args[0]) > MAX_TEXT:
            raise RefusedError("a text that is longer than archdoc allows")
    if name == "encode":
        return value
    result = getattr(value, name)(*args, **kwargs)
    session.charge_size(result)
    if isinstance(result, str):
        return joined(result)
    return session.own(result) if isinstance(result, list) else result


def format_text(value: str, args: list[Any], kwargs: Mapping[str, Any]) -> str:
    """``str.format`` by the rules of Jinja2's sandbox, and of no more than a moderate width."""
    if _WIDE_FORMAT.search(value):
        raise RefusedError("a text that is wider than archdoc allows")
    return SandboxedFormatter(environment()).vformat(value, args, kwargs)


def percent_format(value: str, args: Any) -> str:
    """``text % args`` of no more than a moderate width."""
    if _WIDE_FORMAT.search(value) or re.search(r"%[^a-zA-Z%]*\*", value):
        raise RefusedError("a text that is wider than archdoc allows")
    return str(value % args)


def items_of(value: Any, session: Session) -> list[Any]:
    """What a loop goes through (TypeError when it is nothing of the sort)."""
    if isinstance(value, LazyMap | Lookups):
        found = list(value.keys())
    elif isinstance(value, LazyList):
        found = [value.value(i, session) for i in range(len(value))]
    elif isinstance(value, dict | list | tuple | range | str | set | frozenset):
        if isinstance(value, range) and len(value) > 100_000:
            raise RefusedError("a range of more than 100000 numbers")
        found = sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)
    elif isinstance(value, Unknown):
        raise TypeError
    else:
        raise TypeError(type(value).__name__)
    session.charge(len(found))
    return found
