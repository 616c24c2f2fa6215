"""What a template may call: Jinja2's and Ansible's global functions, macros, and the objects that come with loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from archdoc.readers.ansible.jinja.access import Exposed
from archdoc.readers.ansible.jinja.session import RefusedError, Session
from archdoc.readers.ansible.jinja.symbolic import OMIT, Missing, NotKnownError, Unknown

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.interpreter import Interpreter

MAX_RANGE = 100_000
Body = Callable[["Interpreter", nodes.Node, list[Any], dict[str, Any]], Any]


class Function:
    """A function of archdoc's own that templates may call."""

    def __init__(self, body: Body) -> None:
        self.call = body


class Macro:
    """A macro of a template, or the ``caller`` of a call block."""

    def __init__(self, call: Callable[[Session, list[Any], dict[str, Any], Any], Any]) -> None:
        self.call = call


class Namespace(Exposed):
    """``namespace()``: the one object whose attributes a template may set."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def shows(self, name: str) -> bool:
        """Whether the attribute was set."""
        return name in self.values

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None


class Cycler(Exposed):
    """``cycler("odd", "even")``."""

    exposed = frozenset({"next", "current", "reset"})

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._position = 0
        self.next = Function(lambda *_: self._next())
        self.reset = Function(lambda *_: self._reset())

    @property
    def current(self) -> Any:
        """The value whose turn it is."""
        return self._values[self._position]

    def _next(self) -> Any:
        value = self.current
        self._position = (self._position + 1) % len(self._values)
        return value

    def _reset(self) -> None:
        self._position = 0


class Loop(Exposed):
    """``loop`` inside of a for loop (https://jinja.palletsprojects.com/en/stable/templates/#for)."""

    exposed = frozenset(
        "index index0 revindex revindex0 first last length depth depth0 previtem nextitem cycle changed".split()
    )

    def __init__(self, items: list[Any], depth: int) -> None:
        self._items = items
        self._seen: list[Any] = []
        self.index0 = 0
        self.depth = depth
        self.cycle = Function(lambda _i, _n, args, _k: args[self.index0 % len(args)])
        self.changed = Function(lambda _i, _n, args, _k: self._changed(args))

    index = property(lambda self: self.index0 + 1)
    length = property(lambda self: len(self._items))
    revindex = property(lambda self: self.length - self.index0)
    revindex0 = property(lambda self: self.length - self.index0 - 1)
    first = property(lambda self: self.index0 == 0)
    last = property(lambda self: self.index0 == self.length - 1)
    depth0 = property(lambda self: self.depth - 1)

    @property
    def previtem(self) -> Any:
        """The item before this one."""
        return self._neighbour(self.index0 - 1, "previtem")

    @property
    def nextitem(self) -> Any:
        """The item behind this one."""
        return self._neighbour(self.index0 + 1, "nextitem")

    def _neighbour(self, index: int, name: str) -> Any:
        if 0 <= index < self.length:
            return self._items[index]
        return Missing(f"loop.{name}", f"loop.{name} is not defined here")

    def _changed(self, args: list[Any]) -> bool:
        changed = not self._seen or self._seen[-1] != args
        self._seen = [args]
        return changed


class RecursiveLoop(Loop, Macro):
    """``loop`` of a recursive loop: calling it goes through more items with the same body."""

    def __init__(self, items: list[Any], depth: int, call: Callable[..., Any]) -> None:
        Loop.__init__(self, items, depth)
        Macro.__init__(self, call)


class Module(Exposed):
    """An imported template: the macros and variables it sets at its top."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self.exposed = frozenset(n for n in names if not n.startswith("_"))

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_names"][name]
        except KeyError:
            raise AttributeError(name) from None


def _range(_: Interpreter, __: nodes.Node, args: list[Any], ___: dict[str, Any]) -> Any:
    for arg in args:
        if isinstance(arg, Unknown):
            raise NotKnownError(arg)
    made = range(*args)
    if len(made) > MAX_RANGE:
        raise RefusedError(f"a range of more than {MAX_RANGE} numbers")
    return made


def _dict(_: Interpreter, __: nodes.Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
    for arg in args:
        if isinstance(arg, Unknown):
            raise NotKnownError(arg)
    return dict(*args, **kwargs)


def _namespace(_: Interpreter, __: nodes.Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return Namespace(dict(*args, **kwargs))


def _joiner(_: Interpreter, __: nodes.Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
    separator = args[0] if args else kwargs.get("sep", ", ")
    used: list[bool] = []

    def join(*_: Any) -> Any:
        used.append(True)
        return separator if len(used) > 1 else ""

    return Function(join)


def _undefined(_: Interpreter, __: nodes.Node, ___: list[Any], ____: dict[str, Any]) -> Any:
    return Missing("undef()", "undef() is left undefined on purpose")


def _now(interpreter: Interpreter, node: nodes.Node, _: list[Any], __: dict[str, Any]) -> Any:
    return interpreter.unknown(node, "the time is known only when the play runs")


def _lookup(interpreter: Interpreter, node: nodes.Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from archdoc.readers.ansible.jinja.lookups import run_lookup

    return run_lookup(interpreter, node, args, kwargs, wantlist=False)


def _query(interpreter: Interpreter, node: nodes.Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from archdoc.readers.ansible.jinja.lookups import run_lookup

    return run_lookup(interpreter, node, args, kwargs, wantlist=True)


GLOBALS: dict[str, Any] = {
    "range": Function(_range),
    "dict": Function(_dict),
    "namespace": Function(_namespace),
    "cycler": Function(lambda _i, _n, args, _k: Cycler(args)),
    "joiner": Function(_joiner),
    "undef": Function(_undefined),
    "now": Function(_now),
    "lookup": Function(_lookup),
    "query": Function(_query),
    "q": Function(_query),
    "omit": OMIT,
}
"""Names that every template knows, unless a variable takes them."""
