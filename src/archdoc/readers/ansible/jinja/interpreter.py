"""Expressions of templates, evaluated on their syntax tree.

The rules are Jinja2's and Ansible's, with one more sort of value: what is not known. It goes through operators,
filters and tests, and decides nothing: ``false and unknown`` is false, ``unknown == 1`` is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from archdoc.readers.ansible.jinja.access import Exposed, Method, attribute, call_method, item, percent_format
from archdoc.readers.ansible.jinja.filters import apply_filter
from archdoc.readers.ansible.jinja.functions import Function, Macro
from archdoc.readers.ansible.jinja.lazy import Lookups, force
from archdoc.readers.ansible.jinja.session import MAX_ITEMS, MAX_TEXT, LimitError, RefusedError, Session
from archdoc.readers.ansible.jinja.symbolic import Missing, NotKnownError, Unknown, contains_unknown, joined
from archdoc.readers.ansible.jinja.tests import apply_test
from archdoc.readers.ansible.jinja.unparse import unparse

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.renderer import Renderer

_ABSENT = object()
MAX_BITS = 20_000
"""Bits of a number; a larger one is not computed."""
_ARITHMETIC: Mapping[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
    nodes.Mod: operator.mod,
    nodes.Pow: operator.pow,
}
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
}


class Frame:
    """The names of one scope of a template, and the scope around it."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Frame | None = None, names: dict[str, Any] | None = None) -> None:
        self.names = {} if names is None else names
        self.parent = parent

    def find(self, name: str) -> Any:
        """The value of a name here or further out, or a mark that there is none."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.parent
        return _ABSENT


class Interpreter:
    """Evaluates expressions for one renderer, within one session."""

    def __init__(self, renderer: Renderer, session: Session, sources: Mapping[int, str]) -> None:
        self.renderer = renderer
        self.session = session
        self.sources = sources

    def value(self, node: nodes.Node, frame: Frame) -> Any:
        """The value of an expression: plain data, something lazy, or an Unknown. Errors become Unknowns."""
        self.session.charge()
        evaluate = _EVALUATE.get(type(node))
        if evaluate is None:
            return self.unknown(node, f"{type(node).__name__} is not evaluated")
        try:
            return evaluate(self, node, frame)
        except (LimitError, RecursionError):
            raise
        except Exception as error:
            return self.failed(node, error)

    def failed(self, node: nodes.Node, error: Exception) -> Unknown:
        """The unknown that an expression is when its evaluation fails."""
        if isinstance(error, NotKnownError):
            return self.unknown(node, error.unknown.reason, error.unknown)
        if isinstance(error, RefusedError):
            return self.unknown(node, str(error))
        # Messages of Python and Jinja2 may quote values; their types do not.
        return self.unknown(node, f"{self.source(node)} could not be evaluated ({type(error).__name__})")

    def forced(self, node: nodes.Node, frame: Frame) -> Any:
        """The value of an expression with nothing lazy in it."""
        return force(self.value(node, frame), self.session)

    def source(self, node: nodes.Node) -> str:
        """The text of an expression."""
        return self.sources.get(id(node)) or unparse(node)

    def unknown(self, node: nodes.Node, reason: str, *causes: Unknown) -> Unknown:
        """An unknown that stands for an expression."""
        return Unknown(self.source(node), reason, secret=any(leaf.secret for c in causes for leaf in c.leaves()))

    def _made_of(self, node: nodes.Node, part: Unknown, spelled: str) -> Unknown:
        """An unknown made of one part; ``spelled`` is its expression where that has to spell the part out."""
        if not part.spelled:
            return self.derived(node, part)
        return Unknown(spelled, part.reason, secret=part.secret, spelled=True)

    def derived(self, node: nodes.Node, *values: Any) -> Unknown:
        """An unknown because one of the values it is made of is."""
        causes = [v for v in values if isinstance(v, Unknown)]
        return self.unknown(node, next(causes[0].leaves()).reason, *causes)

    def truth(self, value: Any) -> bool | Unknown:
        """The truth of a value, or the unknown itself. A secret is taken to be there."""
        if isinstance(value, Missing):
            return value
        if isinstance(value, Unknown):
            return True if value.secret or any(isinstance(p, str) for p in value.parts) else value
        if isinstance(value, Method | Exposed):
            return True
        return bool(len(value.keys())) if hasattr(value, "force") and hasattr(value, "keys") else bool(value)

    def decide(self, node: nodes.Node, frame: Frame) -> bool:
        """The truth of a condition; one that is not known is taken as true, and noted as a guess."""
        value = self.truth(self.value(node, frame))
        if isinstance(value, Unknown):
            reason = next(value.leaves()).reason
            self.session.guess(f"the condition {unparse(node)} was taken as true: {reason}")
            return True
        return value

    # -- names and access -------------------------------------------------------------------------------------

    def _name(self, node: nodes.Name, frame: Frame) -> Any:
        found = frame.find(node.name)
        return self.renderer.resolve(node.name, self.session) if found is _ABSENT else found

    def _const(self, node: nodes.Const, _: Frame) -> Any:
        return node.value

    def _data(self, node: nodes.TemplateData, _: Frame) -> Any:
        return node.data

    def _getattr(self, node: nodes.Getattr, frame: Frame) -> Any:
        return self._access(node, self.value(node.node, frame), node.attr, attribute)

    def _getitem(self, node: nodes.Getitem, frame: Frame) -> Any:
        value = self.value(node.node, frame)
        key = self._slice(node.arg, frame) if isinstance(node.arg, nodes.Slice) else self.forced(node.arg, frame)
        if isinstance(key, Unknown):
            return self._made_of(node, key, f"{self.source(node.node)}[{key.expression}]")
        return self._access(node, value, key, item)

    def _slice(self, node: nodes.Slice, frame: Frame) -> slice:
        bounds = [None if b is None else self.forced(b, frame) for b in (node.start, node.stop, node.step)]
        for bound in bounds:
            if isinstance(bound, Unknown):
                raise NotKnownError(bound)
        return slice(*bounds)

    def _access(self, node: nodes.Expr, value: Any, key: Any, how: Callable[[Any, Any, Session], Any]) -> Any:
        if isinstance(value, Missing):
            return Missing(self.source(node), value.reason)
        if isinstance(value, Unknown):
            access = f".{key}" if isinstance(node, nodes.Getattr) else f"[{key!r}]"
            return self._made_of(node, value, value.expression + access)
        try:
            return how(value, key, self.session)
        except KeyError:
            return Missing(self.source(node), f"{self.source(node)} is not defined")

    # -- calls ------------------------------------------------------------------------------------------------

    def arguments(
        self, node: nodes.Call | nodes.Filter | nodes.Test, frame: Frame, lazy: bool = False
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call, a filter or a test, forced unless ``lazy``."""
        args = [self.value(a, frame) if lazy else self.forced(a, frame) for a in node.args]
        pairs = (k for k in node.kwargs if isinstance(k, nodes.Keyword))
        kwargs = {k.key: self.forced(k.value, frame) for k in pairs}
        if node.dyn_args is not None:
            args += list(self.forced(node.dyn_args, frame))
        if node.dyn_kwargs is not None:
            kwargs.update(self.forced(node.dyn_kwargs, frame))
        return args, kwargs

    def _call(self, node: nodes.Call, frame: Frame, caller: Any = None) -> Any:
        callee = self.value(node.node, frame)
        args, kwargs = self.arguments(node, frame)
        if isinstance(callee, Unknown):
            return self.derived(node, callee)
        self.session.charge()
        if isinstance(callee, Method):
            if isinstance(callee.value, str) and any(isinstance(a, Unknown) for a in args) and callee.name != "format":
                return self.derived(node, *args)
            return call_method(callee, args, kwargs, self.session)
        if isinstance(callee, Macro):
            return callee.call(self.session, args, kwargs, caller)
        if isinstance(callee, Function):
            result = callee.call(self, node, args, kwargs)
            return self.session.own(result) if isinstance(result, list | dict) else result
        return self.unknown(node, f"{unparse(node.node)} cannot be called")

    def called(self, node: nodes.Call, frame: Frame, caller: Any) -> Any:
        """The value of a call that is given a ``caller`` (a call block)."""
        try:
            return self._call(node, frame, caller)
        except (LimitError, RecursionError):
            raise
        except Exception as error:
            return self.failed(node, error)

    def _filter(self, node: nodes.Filter, frame: Frame) -> Any:
        value = self.forced(node.node, frame) if node.node is not None else ""
        return self.filtered(node, value, frame)

    def filtered(self, node: nodes.Filter, value: Any, frame: Frame) -> Any:
        """A value after a filter. What ``extract`` looks into (all of ``hostvars``, say) is not evaluated before."""
        first = node.args[0] if node.name == "map" and node.args else None
        lazy = node.name == "extract" or (isinstance(first, nodes.Const) and first.value == "extract")
        args, kwargs = self.arguments(node, frame, lazy)
        return apply_filter(self, node, node.name, value, args, kwargs)

    def _test(self, node: nodes.Test, frame: Frame) -> Any:
        value = self.value(node.node, frame)
        args, kwargs = self.arguments(node, frame)
        return apply_test(self, node, node.name, value, args, kwargs)

    # -- operators --------------------------------------------------------------------------------------------

    def _and(self, node: nodes.And, frame: Frame) -> Any:
        return self._both(node, frame, False)

    def _or(self, node: nodes.Or, frame: Frame) -> Any:
        return self._both(node, frame, True)

    def _both(self, node: nodes.And | nodes.Or, frame: Frame, decisive: bool) -> Any:
        """``and`` is decided by a false side, ``or`` by a true one, whatever the other is."""
        left = self.value(node.left, frame)
        truth = self.truth(left)
        if truth is decisive:
            return left
        right = self.value(node.right, frame)
        if isinstance(truth, Unknown) and self.truth(right) is not decisive:
            return self.derived(node, truth)
        return right

    def _not(self, node: nodes.Not, frame: Frame) -> Any:
        truth = self.truth(self.value(node.node, frame))
        return self.derived(node, truth) if isinstance(truth, Unknown) else not truth

    def _condition(self, node: nodes.CondExpr, frame: Frame) -> Any:
        truth = self.truth(self.value(node.test, frame))
        if not isinstance(truth, Unknown):
            if truth:
                return self.value(node.expr1, frame)
            if node.expr2 is None:
                return Missing(self.source(node), f"{self.source(node)} has no else")
            return self.value(node.expr2, frame)
        first = self.forced(node.expr1, frame)
        second = self.forced(node.expr2, frame) if node.expr2 is not None else None
        same = contains_unknown(first) is None and contains_unknown(second) is None and first == second
        return first if same else self.derived(node, truth)

    def _compare(self, node: nodes.Compare, frame: Frame) -> Any:
        left = self.forced(node.expr, frame)
        unknown = None
        for operand in node.ops:
            right = self.value(operand.expr, frame)
            open_ended = isinstance(right, Lookups) and bool(right.reason) and operand.op in ("in", "notin")
            if open_ended and (isinstance(left, Unknown) or left not in list(right.keys())):
                return self.unknown(node, right.reason)
            right = force(right, self.session)
            result = self._compared(node, operand.op, left, right)
            if isinstance(result, Unknown):
                unknown = result
            elif not result:
                return False
            left = right
        return True if unknown is None else unknown

    def _compared(self, node: nodes.Compare, op: str, left: Any, right: Any) -> Any:
        if op in ("in", "notin"):
            found = self._contains(node, right, left)
            return found if isinstance(found, Unknown) or op == "in" else not found
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            secret, other = (left, right) if isinstance(left, Unknown) else (right, left)
            if secret.secret and other in ("", None) and op in ("eq", "ne"):
                return op == "ne"
            return self.derived(node, left, right)
        hidden = contains_unknown([left, right])
        if hidden is not None and left is not right:
            return self.derived(node, hidden)
        return _COMPARE[op](left, right)

    def _contains(self, node: nodes.Compare, whole: Any, part: Any) -> Any:
        if isinstance(whole, Unknown) or isinstance(part, Unknown):
            return self.derived(node, whole, part)
        if part in whole:
            return True
        hidden = next((v for v in whole if isinstance(v, Unknown)), None) if isinstance(whole, list | tuple) else None
        return False if hidden is None else self.derived(node, hidden)

    def _arithmetic(self, node: nodes.BinExpr, frame: Frame) -> Any:
        left, right = self.forced(node.left, frame), self.forced(node.right, frame)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            one_text = isinstance(left, str) or isinstance(right, str) or _is_text(left) or _is_text(right)
            if (
                isinstance(node, nodes.Add)
                and one_text
                and not isinstance(left, Missing)
                and not isinstance(right, Missing)
            ):
                return joined(f"{left}{right}")
            if isinstance(node, nodes.Add) and (isinstance(left, list) or isinstance(right, list)):
                return self._lengthened(left, right)
            return self.derived(node, left, right)
        self._check_size(node, left, right)
        if isinstance(node, nodes.Mod) and isinstance(left, str):
            result: Any = joined(percent_format(left, right))
        else:
            result = _ARITHMETIC[type(node)](left, right)
        self.session.charge_size(result)
        return self.session.own(result) if isinstance(result, list) else result

    def _lengthened(self, left: Any, right: Any) -> list[Any]:
        """A list and one that is not known: the known items, and one unknown in the place of the others, as a guess."""
        unknown = left if isinstance(left, Unknown) else right
        self.session.guess(f"the items of a list are not known: {next(unknown.leaves()).reason}")
        made: list[Any] = [item for part in (left, right) for item in (part if isinstance(part, list) else [part])]
        self.session.own(made)
        return made

    def _check_size(self, node: nodes.BinExpr, left: Any, right: Any) -> None:
        """Refuse what would take all memory: long repeats, huge powers."""
        if isinstance(node, nodes.Mul):
            whole, times = (right, left) if isinstance(left, int) else (left, right)
            if isinstance(times, int) and isinstance(whole, str | list | tuple):
                if len(whole) * times > (MAX_TEXT if isinstance(whole, str) else MAX_ITEMS):
                    raise RefusedError("a repeat that is longer than archdoc allows")
            elif isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
                raise RefusedError("a number that is larger than archdoc allows")
        both = isinstance(left, int) and isinstance(right, int)
        if isinstance(node, nodes.Pow) and both and left.bit_length() * abs(right) > MAX_BITS:
            raise RefusedError("a number that is larger than archdoc allows")

    def _sign(self, node: nodes.Neg | nodes.Pos, frame: Frame) -> Any:
        value = self.forced(node.node, frame)
        if isinstance(value, Unknown):
            return self.derived(node, value)
        return -value if isinstance(node, nodes.Neg) else +value

    def _concat(self, node: nodes.Concat, frame: Frame) -> Any:
        values = [self.forced(n, frame) for n in node.nodes]
        missing = next((v for v in values if isinstance(v, Missing)), None)
        if missing is not None and all(isinstance(v, Missing) for v in values):
            return self.derived(node, missing)
        texts = [str(v) for v in values]
        if sum(map(len, texts)) > MAX_TEXT:
            raise RefusedError("a text that is longer than archdoc allows")
        result = "".join(texts)
        self.session.charge_size(result)
        return joined(result)

    # -- literals ---------------------------------------------------------------------------------------------

    def _list(self, node: nodes.List, frame: Frame) -> Any:
        return self.session.own([self.forced(i, frame) for i in node.items])

    def _tuple(self, node: nodes.Tuple, frame: Frame) -> Any:
        return tuple(self.forced(i, frame) for i in node.items)

    def _dict(self, node: nodes.Dict, frame: Frame) -> Any:
        made: dict[Any, Any] = {}
        for pair in node.items:
            key = self.forced(pair.key, frame)
            if isinstance(key, Unknown):
                return self.derived(node, key)
            made[key] = self.forced(pair.value, frame)
        return self.session.own(made)


def _is_text(value: Any) -> bool:
    """Whether an unknown is surely a text: one that has known pieces."""
    return isinstance(value, Unknown) and bool(value.parts)


_EVALUATE: Mapping[type[nodes.Node], Callable[[Interpreter, Any, Frame], Any]] = {
    nodes.Name: Interpreter._name,
    nodes.Const: Interpreter._const,
    nodes.TemplateData: Interpreter._data,
    nodes.Getattr: Interpreter._getattr,
    nodes.Getitem: Interpreter._getitem,
    nodes.Call: Interpreter._call,
    nodes.Filter: Interpreter._filter,
    nodes.Test: Interpreter._test,
    nodes.And: Interpreter._and,
    nodes.Or: Interpreter._or,
    nodes.Not: Interpreter._not,
    nodes.CondExpr: Interpreter._condition,
    nodes.Compare: Interpreter._compare,
    nodes.Neg: Interpreter._sign,
    nodes.Pos: Interpreter._sign,
    nodes.Concat: Interpreter._concat,
    nodes.List: Interpreter._list,
    nodes.Tuple: Interpreter._tuple,
    nodes.Dict: Interpreter._dict,
    **dict.fromkeys(_ARITHMETIC, Interpreter._arithmetic),
}
