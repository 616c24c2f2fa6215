"""Tests (``x is defined``): Jinja2's and Ansible's."""

from __future__ import annotations

import math
import operator
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from jinja2 import nodes

from archdoc.readers.ansible.jinja.filters import PLAIN, WITH_INTERPRETER, short_name
from archdoc.readers.ansible.jinja.filters_data import to_bool
from archdoc.readers.ansible.jinja.filters_net import TESTS as NETWORK
from archdoc.readers.ansible.jinja.functions import Function, Macro
from archdoc.readers.ansible.jinja.lazy import force
from archdoc.readers.ansible.jinja.session import RefusedError
from archdoc.readers.ansible.jinja.symbolic import Missing, Unknown, contains_unknown
from archdoc.readers.ansible.jinja.versions import compare
from archdoc.readers.ansible.regexes import UnsafePatternError, compile_pattern

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.interpreter import Interpreter

_RUN_TIME = frozenset(
    "exists file is_file directory is_dir link is_link link_exists mount is_mount same_file is_same_file vaulted_file "
    "vault_encrypted".split()
)
"""Tests of the machine's files; what they say is known only there."""


def apply_test(
    interpreter: Interpreter, node: nodes.Node, name: str, value: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Whether a test holds for a value; an Unknown where that cannot be said."""
    name = short_name(name)
    if name in ("defined", "undefined"):
        if isinstance(value, Unknown) and not isinstance(value, Missing) and not value.secret and not value.parts:
            return interpreter.derived(node, value)
        return isinstance(value, Missing) is (name == "undefined")
    value = force(value, interpreter.session)
    if name in ("filter", "test"):
        known = short_name(str(value))
        return known in _TESTS if name == "test" else known in PLAIN or known in WITH_INTERPRETER
    hidden = [v for v in (value, *args, *kwargs.values()) if isinstance(v, Unknown)]
    if hidden:
        return interpreter.derived(node, *hidden)
    if name in _RUN_TIME:
        return interpreter.unknown(node, f"the test {name} looks at the machine that it runs on")
    if name not in _TESTS:
        return interpreter.unknown(node, f"the test {name} is not known")
    try:
        return _TESTS[name](value, *args, **kwargs)
    except (UnsafePatternError, RefusedError) as error:
        return interpreter.unknown(node, str(error))
    except Exception as error:
        inner = contains_unknown(value)
        if inner is not None:
            return interpreter.derived(node, inner)
        return interpreter.unknown(node, f"the test {name} could not be applied ({type(error).__name__})")


def _regex(how: str) -> Callable[..., bool]:
    def test(
        value: Any = "", pattern: Any = "", ignorecase: Any = False, multiline: Any = False, **options: Any
    ) -> bool:
        flags = (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)
        compiled = compile_pattern(str(pattern), flags, str(value))
        return getattr(compiled, options.get("match_type", how))(str(value)) is not None

    return test


def _truthy(value: Any, convert_bool: bool = False) -> bool:
    if convert_bool and isinstance(value, str) and value.lower() in ("no", "off", "false", "0", "n", "f"):
        return False
    return bool(value)


def _uri(value: Any, schemes: Iterable[str] | None = None) -> bool:
    return not schemes or urlparse(str(value)).scheme in schemes


def _url(value: Any, schemes: Iterable[str] | None = None) -> bool:
    parts = urlparse(str(value))
    return _uri(value, schemes) and bool(parts.netloc or parts.scheme == "file")


def _nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _result(key: str, expected: bool) -> Callable[[Any], bool]:
    """A test of what a task registered."""
    return lambda value: bool(value.get(key)) is expected if isinstance(value, dict) else _refuse()


def _refuse() -> bool:
    raise TypeError("not the result of a task")


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TESTS: Mapping[str, Callable[..., Any]] = {
    "none": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "true": lambda v: v is True,
    "false": lambda v: v is False,
    "integer": _integer,
    "float": lambda v: isinstance(v, float),
    "number": lambda v: isinstance(v, int | float),
    "string": lambda v: isinstance(v, str),
    "mapping": lambda v: isinstance(v, dict),
    "sequence": lambda v: isinstance(v, str | list | tuple | dict | range),
    "iterable": lambda v: isinstance(v, str | list | tuple | dict | range),
    "callable": lambda v: isinstance(v, Function | Macro),
    "lower": lambda v: str(v).islower(),
    "upper": lambda v: str(v).isupper(),
    "odd": lambda v: v % 2 == 1,
    "even": lambda v: v % 2 == 0,
    "divisibleby": lambda v, n: v % n == 0,
    "sameas": lambda v, w: v is w,
    "escaped": lambda _: False,
    "in": lambda v, whole: v in whole,
    "contains": lambda whole, v: v in whole,
    **dict.fromkeys(("==", "eq", "equalto"), operator.eq),
    **dict.fromkeys(("!=", "ne"), operator.ne),
    **dict.fromkeys((">", "gt", "greaterthan"), operator.gt),
    **dict.fromkeys((">=", "ge"), operator.ge),
    **dict.fromkeys(("<", "lt", "lessthan"), operator.lt),
    **dict.fromkeys(("<=", "le"), operator.le),
    "match": _regex("match"),
    "search": _regex("search"),
    "regex": _regex("search"),
    "version": compare,
    "version_compare": compare,
    "truthy": _truthy,
    "falsy": lambda v, convert_bool=False: not _truthy(v, convert_bool),
    "any": any,
    "all": all,
    **dict.fromkeys(("subset", "issubset"), lambda a, b: set(a) <= set(b)),
    **dict.fromkeys(("superset", "issuperset"), lambda a, b: set(a) >= set(b)),
    **dict.fromkeys(("nan", "isnan"), _nan),
    **dict.fromkeys(("abs", "is_abs"), lambda v: posixpath.isabs(str(v))),
    "uri": _uri,
    "url": _url,
    "urn": lambda v: _uri(v, ["urn"]),
    "bool": to_bool,
    **dict.fromkeys(("failed", "failure"), _result("failed", True)),
    **dict.fromkeys(("succeeded", "success", "successful"), _result("failed", False)),
    **dict.fromkeys(("changed", "change"), _result("changed", True)),
    **dict.fromkeys(("skipped", "skip"), _result("skipped", True)),
    "unreachable": _result("unreachable", True),
    "reachable": _result("unreachable", False),
    **NETWORK,
}
