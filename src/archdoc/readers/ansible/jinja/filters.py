"""Filters: Jinja2's, Ansible's, and the commonly used ones of its collections; none of a repository's own.

What a filter cannot know (a password hash, a random number, a filter plugin of the repository) stays an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from archdoc.readers.ansible.jinja import filters_codec, filters_data, filters_items, filters_net, filters_text
from archdoc.readers.ansible.jinja.session import MAX_ITEMS, LimitError, RefusedError
from archdoc.readers.ansible.jinja.symbolic import OMIT, Missing, NotKnownError, Unknown, contains_unknown, joined
from archdoc.readers.ansible.regexes import UnsafePatternError

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.interpreter import Interpreter

COLLECTIONS = (
    *("ansible.builtin.", "ansible.legacy.", "ansible.utils.", "ansible.netcommon.", "ansible.posix."),
    "community.general.",
)
"""Collections whose filters, tests and lookups archdoc knows under their short names."""
PLAIN: Mapping[str, Callable[..., Any]] = {
    **filters_text.FILTERS,
    **filters_data.FILTERS,
    **filters_codec.FILTERS,
    **filters_net.FILTERS,
}
"""Filters of plain values."""
WITH_INTERPRETER: Mapping[str, Callable[..., Any]] = filters_items.FILTERS
"""Filters that look into items or apply other filters and tests; their first argument is the interpreter."""
RUN_TIME = {
    **dict.fromkeys(("random", "shuffle", "random_mac"), "is random"),
    **dict.fromkeys(("fileglob", "realpath", "expanduser", "expandvars"), "looks at the machine that it runs on"),
    **dict.fromkeys(
        ("json_query", "jc", "from_xml", "to_xml", "parse_cli", "parse_xml"), "is not evaluated by archdoc"
    ),
    "unvault": "opens a vault",
}
SECRETS = frozenset({"password_hash", "vault", "encrypt"})
"""Filters whose result is a secret."""


def short_name(name: str) -> str:
    """A filter's, test's or lookup's name without the collection, where it is a collection that archdoc knows."""
    for prefix in COLLECTIONS:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def apply_filter(
    interpreter: Interpreter, node: nodes.Node, name: str, value: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """A value after a filter; an Unknown where the value, an argument or the filter is not known."""
    name = short_name(name)
    interpreter.session.charge()
    if name in ("default", "d"):
        return _default(value, *args, **kwargs)
    if name == "mandatory":
        return value
    if name == "type_debug" and not isinstance(value, Unknown):
        return type(value).__name__
    if name in SECRETS:
        return Unknown(interpreter.source(node), f"{name} gives a secret", secret=True)
    if name in RUN_TIME:
        return interpreter.unknown(node, f"the filter {name} {RUN_TIME[name]}", *_unknowns(value, args, kwargs))
    if name not in PLAIN and name not in WITH_INTERPRETER:
        return interpreter.unknown(node, f"the filter {name} is not known", *_unknowns(value, args, kwargs))
    if name == "ternary":
        return _ternary(interpreter, node, value, *args, **kwargs)
    hidden = _unknowns(value, args, kwargs)
    if hidden:
        return interpreter.derived(node, *hidden)
    interpreter.session.charge_size(value)
    try:
        if name in WITH_INTERPRETER:
            result = WITH_INTERPRETER[name](interpreter, value, *args, **kwargs)
        else:
            result = PLAIN[name](value, *args, **kwargs)
        result = _settled(result)
    except NotKnownError as error:
        return interpreter.derived(node, error.unknown)
    except (UnsafePatternError, RefusedError) as error:
        return interpreter.unknown(node, str(error))
    except (LimitError, RecursionError):
        raise
    except Exception as error:
        inner = contains_unknown(value)
        if inner is not None:
            return interpreter.derived(node, inner)
        return interpreter.unknown(node, f"the filter {name} could not be applied ({type(error).__name__})")
    interpreter.session.charge_size(result)
    return interpreter.session.own(result) if isinstance(result, list) and result is not value else result


def _unknowns(value: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Unknown]:
    return [v for v in (value, *args, *kwargs.values()) if isinstance(v, Unknown)]


def _settled(result: Any) -> Any:
    """A filter's result as plain data: iterators become lists, marked texts unknowns."""
    if isinstance(result, str):
        return joined(str.__str__(result))
    if isinstance(result, GeneratorType | map | filter | zip | Iterator):
        found = list(islice(result, MAX_ITEMS + 1))
        if len(found) > MAX_ITEMS:
            raise RefusedError(f"more than {MAX_ITEMS} items")
        return found
    return result


def _default(value: Any, default_value: Any = "", boolean: Any = False) -> Any:
    """``default``: replaces what is not defined, and with ``true`` also what is empty."""
    if isinstance(value, Missing):
        return default_value
    if boolean is True and not isinstance(value, Unknown) and value is not OMIT and not value:
        return default_value
    return value


def _ternary(
    interpreter: Interpreter, node: nodes.Node, value: Any, true_val: Any, false_val: Any, none_val: Any = None
) -> Any:
    if value is None and none_val is not None:
        return none_val
    truth = interpreter.truth(value)
    if not isinstance(truth, Unknown):
        return true_val if truth else false_val
    known = contains_unknown([true_val, false_val]) is None
    return true_val if known and true_val == false_val else interpreter.derived(node, truth)
