"""Statements of templates, carried out on their syntax tree; what they print knows the line it was printed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from archdoc.readers.ansible.jinja.access import items_of
from archdoc.readers.ansible.jinja.functions import Function, Loop, Macro, Module, Namespace, RecursiveLoop
from archdoc.readers.ansible.jinja.interpreter import Frame, Interpreter
from archdoc.readers.ansible.jinja.lazy import force
from archdoc.readers.ansible.jinja.session import Session
from archdoc.readers.ansible.jinja.sink import Sink, lines_of, sink_lines
from archdoc.readers.ansible.jinja.symbolic import Missing, Unknown, joined
from archdoc.readers.ansible.jinja.syntax import Parsed, TemplateSyntaxFailure
from archdoc.readers.ansible.jinja.unparse import unparse

if TYPE_CHECKING:
    from archdoc.readers.ansible.jinja.renderer import Renderer

_GROUP = re.compile(r"groups\['[\w.-]+'\]")
_NAMED = re.compile(r"groups\['([A-Za-z_]\w*)'\]")
"""The hosts of a group, which only run time knows: each item of them is some host of that group."""


class _BreakError(Exception):
    pass


class _ContinueError(Exception):
    pass


class Executor:
    """Carries out one template (and those it includes, with executors of their own)."""

    def __init__(self, renderer: Renderer, session: Session, parsed: Parsed, line: int = 0) -> None:
        self.interpreter = Interpreter(renderer, session, parsed.sources)
        self._renderer = renderer
        self._session = session
        self._parsed = parsed
        self._line = line
        self._blocks: dict[str, list[tuple[Executor, nodes.Block]]] = {}
        self._root = Frame()

    def run(self, frame: Frame, sink: Sink) -> None:
        """The whole template."""
        self._root = frame
        extends = next((n for n in self._parsed.tree.body if isinstance(n, nodes.Extends)), None)
        for block in self._parsed.blocks:
            self._blocks.setdefault(block.name, []).append((self, block))
        if extends is None:
            self._all(self._parsed.tree.body, frame, sink)
            return
        silent = Sink(self._session)
        self._all([n for n in self._parsed.tree.body if n is not extends], frame, silent)
        parent = self._template(extends.template, frame, extends.lineno)
        if parent is not None:
            for block in parent._parsed.blocks:
                self._blocks.setdefault(block.name, []).append((parent, block))
            parent._blocks = self._blocks
            parent._root = frame
            parent._all(parent._parsed.tree.body, frame, sink)

    def _all(self, statements: Iterable[nodes.Node], frame: Frame, sink: Sink) -> None:
        for statement in statements:
            self._session.charge()
            carry_out = _STATEMENTS.get(type(statement))
            if carry_out is None:
                self._session.guess(f"a {type(statement).__name__} statement was not carried out")
            else:
                carry_out(self, statement, frame, sink)

    def _at(self, node: nodes.Node) -> int:
        """The line that output of a node is from: its own, or for an included template that of the include."""
        return self._line or node.lineno + self._parsed.first_line - 1

    # -- output -----------------------------------------------------------------------------------------------

    def _output(self, node: nodes.Output, frame: Frame, sink: Sink) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self._data(child, sink)
            else:
                sink.add(force(self.interpreter.value(child, frame), self._session), self._at(child))

    def _data(self, node: nodes.TemplateData, sink: Sink) -> None:
        """Text of the template itself, line by line."""
        if self._line:
            sink.add(node.data, self._line)
            return
        line = self._at(node)
        for index, piece in enumerate(lines_of(node.data)):
            sink.add(piece, line + index)

    def _captured(self, body: Iterable[nodes.Node], frame: Frame) -> Sink:
        inner = Sink(self._session)
        self._all(body, frame, inner)
        return inner

    def _filter_block(self, node: nodes.FilterBlock, frame: Frame, sink: Sink) -> None:
        inner = self._captured(node.body, Frame(frame))
        text = inner.text()
        chain: list[nodes.Filter] = []
        step: nodes.Expr | None = node.filter
        while isinstance(step, nodes.Filter):
            chain.append(step)
            step = step.node
        value: Any = joined(text)
        for filter_node in reversed(chain):
            value = self.interpreter.filtered(filter_node, value, frame)
        rendered = str(value)
        lines = sink_lines(inner, self._at(node))
        pieces = lines_of(rendered)
        for index, piece in enumerate(pieces):
            known = lines[index] if len(pieces) == len(lines) else self._at(node)
            sink.add(joined(piece), known)

    # -- names ------------------------------------------------------------------------------------------------

    def bind(self, target: nodes.Node, value: Any, frame: Frame) -> None:
        """Assign a value to a name, to names in a tuple, or to an attribute of a namespace."""
        if isinstance(target, nodes.Name):
            frame.names[target.name] = value
        elif isinstance(target, nodes.NSRef):
            space = frame.find(target.name)
            if isinstance(space, Namespace):
                space.values[target.attr] = force(value, self._session)
        elif isinstance(target, nodes.Tuple):
            if isinstance(value, Unknown):
                values = [Unknown(unparse(t), value.reason, secret=value.secret) for t in target.items]
            else:
                values = items_of(value, self._session)
            if len(values) != len(target.items):
                values = [Missing(unparse(t), "as many values as names were expected") for t in target.items]
            for inner, part in zip(target.items, values, strict=True):
                self.bind(inner, part, frame)

    def _assign(self, node: nodes.Assign, frame: Frame, _: Sink) -> None:
        self.bind(node.target, self.interpreter.value(node.node, frame), frame)

    def _assign_block(self, node: nodes.AssignBlock, frame: Frame, _: Sink) -> None:
        value: Any = joined(self._captured(node.body, Frame(frame)).text())
        if node.filter is not None:
            value = self.interpreter.filtered(node.filter, value, frame)
        self.bind(node.target, value, frame)

    def _with(self, node: nodes.With, frame: Frame, sink: Sink) -> None:
        inner = Frame(frame)
        for target, value in zip(node.targets, node.values, strict=True):
            self.bind(target, self.interpreter.value(value, frame), inner)
        self._all(node.body, inner, sink)

    def _scope(self, node: nodes.Scope | nodes.ScopedEvalContextModifier, frame: Frame, sink: Sink) -> None:
        self._all(node.body, Frame(frame), sink)

    def _do(self, node: nodes.ExprStmt, frame: Frame, _: Sink) -> None:
        self.interpreter.value(node.node, frame)

    # -- control ----------------------------------------------------------------------------------------------

    def _if(self, node: nodes.If, frame: Frame, sink: Sink) -> None:
        for branch in (node, *node.elif_):
            if self.interpreter.decide(branch.test, frame):
                self._all(branch.body, frame, sink)
                return
        self._all(node.else_, frame, sink)

    def _for(self, node: nodes.For, frame: Frame, sink: Sink) -> None:
        value = self.interpreter.value(node.iter, frame)
        self._loop(node, value, frame, sink, 1)

    def _loop(self, node: nodes.For, value: Any, frame: Frame, sink: Sink, depth: int) -> None:
        items = self._items(node, value)
        if node.test is not None:
            kept = []
            for element in items:
                inner = Frame(frame)
                self.bind(node.target, element, inner)
                if self.interpreter.decide(node.test, inner):
                    kept.append(element)
            items = kept
        loop = self._loop_object(node, items, frame, depth)
        for index, element in enumerate(items):
            self._session.charge()
            loop.index0 = index
            inner = Frame(frame, {"loop": loop})
            self.bind(node.target, element, inner)
            try:
                self._all(node.body, inner, sink)
            except _ContinueError:
                continue
            except _BreakError:
                break
        if not items and node.else_:
            self._all(node.else_, Frame(frame), sink)

    def _items(self, node: nodes.For, value: Any) -> list[Any]:
        """What a loop goes through; over something unknown it goes once, with unknown names."""
        if isinstance(value, Unknown):
            reason = next(value.leaves()).reason
            self._session.guess(f"the loop over {unparse(node.iter)} was gone through once: {reason}")
            if _GROUP.fullmatch(value.expression) and isinstance(node.target, nodes.Name):
                group = _NAMED.sub(r"groups.\1", value.expression)  # without quotes: it may come to stand in some
                return [Unknown(f"{group} | first", reason, spelled=True)]
            return [Unknown(unparse(node.target), reason, secret=value.secret)]
        try:
            return items_of(value, self._session)
        except TypeError:
            self._session.guess(f"{unparse(node.iter)} is nothing that a loop could go through")
            return []

    def _loop_object(self, node: nodes.For, items: list[Any], frame: Frame, depth: int) -> Loop:
        if not node.recursive:
            return Loop(items, depth)

        def again(session: Session, args: list[Any], _: dict[str, Any], __: Any) -> Any:
            session.enter()
            try:
                inner = Sink(session)
                self._loop(node, args[0], frame, inner, depth + 1)
                return joined(inner.text())
            finally:
                session.leave()

        return RecursiveLoop(items, depth, again)

    def _break(self, *_: Any) -> None:
        raise _BreakError

    def _continue(self, *_: Any) -> None:
        raise _ContinueError

    # -- macros -----------------------------------------------------------------------------------------------

    def _macro(self, node: nodes.Macro, frame: Frame, _: Sink) -> None:
        frame.names[node.name] = self._made_macro(node, frame)

    def _call_block(self, node: nodes.CallBlock, frame: Frame, sink: Sink) -> None:
        caller = self._made_macro(node, frame)
        value = self.interpreter.called(node.call, frame, caller)
        sink.add(force(value, self._session), self._at(node))

    def _made_macro(self, node: nodes.Macro | nodes.CallBlock, frame: Frame) -> Macro:
        names = [arg.name for arg in node.args]
        defaults: dict[str, nodes.Expr] = dict(
            zip(names[len(names) - len(node.defaults) :], node.defaults, strict=True)
        )

        def call(session: Session, args: list[Any], kwargs: dict[str, Any], caller: Any) -> Any:
            session.enter()
            try:
                inner = Frame(frame, dict(zip(names, args, strict=False)))
                rest = dict(kwargs)
                for name in names:
                    if name in rest:
                        inner.names[name] = rest.pop(name)
                    elif name not in inner.names:
                        inner.names[name] = (
                            self.interpreter.value(defaults[name], inner)
                            if name in defaults
                            else Missing(name, f"the parameter {name} was not given")
                        )
                caller = rest.pop("caller", caller)
                inner.names.update(varargs=tuple(args[len(names) :]), kwargs=rest)
                inner.names["caller"] = caller if caller is not None else Missing("caller", "there is no caller")
                return joined(self._captured(node.body, inner).text())
            finally:
                session.leave()

        return Macro(call)

    # -- other templates --------------------------------------------------------------------------------------

    def _include(self, node: nodes.Include, frame: Frame, sink: Sink) -> None:
        other = self._template(node.template, frame, node.lineno, node.ignore_missing)
        if other is not None:
            self._session.enter()
            try:
                other.run(Frame(frame) if node.with_context else Frame(), sink)
            finally:
                self._session.leave()

    def _import(self, node: nodes.Import, frame: Frame, _: Sink) -> None:
        frame.names[node.target] = self._module(node.template, frame, node.lineno, node.with_context)

    def _from_import(self, node: nodes.FromImport, frame: Frame, _: Sink) -> None:
        module = self._module(node.template, frame, node.lineno, node.with_context)
        for name in node.names:
            original, alias = name if isinstance(name, tuple) else (name, name)
            found = getattr(module, original, None) if isinstance(module, Module) else None
            frame.names[alias] = found if found is not None else Missing(alias, f"{original} could not be imported")

    def _module(self, template: nodes.Expr, frame: Frame, line: int, with_context: bool) -> Any:
        other = self._template(template, frame, line)
        if other is None:
            return Missing(unparse(template), f"the template {unparse(template)} could not be read")
        inner = Frame(frame) if with_context else Frame()
        self._session.enter()
        try:
            other.run(inner, Sink(self._session))
        finally:
            self._session.leave()
        return Module(inner.names)

    def _template(self, node: nodes.Expr, frame: Frame, line: int, ignore_missing: bool = False) -> Executor | None:
        """The template that an include, import or extends names, if it is among the project's."""
        value = self.interpreter.forced(node, frame)
        names = value if isinstance(value, list | tuple) else [value]
        for name in names:
            parsed = None if isinstance(name, Unknown) else self._renderer.find_template(str(name))
            if isinstance(parsed, Parsed):
                at = self._line or line + self._parsed.first_line - 1
                return Executor(self._renderer, self._session, parsed, at)
            if isinstance(parsed, TemplateSyntaxFailure):
                self._session.guess(f"the template {name} cannot be parsed: {parsed}")
                return None
        if not ignore_missing or any(isinstance(n, Unknown) for n in names):
            self._session.guess(f"the template {unparse(node)} could not be read")
        return None

    def _block(self, node: nodes.Block, _: Frame, sink: Sink) -> None:
        chain = self._blocks.get(node.name) or [(self, node)]
        self._run_block(chain, 0, sink)

    def _run_block(self, chain: list[tuple[Executor, nodes.Block]], level: int, sink: Sink) -> None:
        owner, block = chain[level]

        def parent(*_: Any) -> Any:
            if level + 1 >= len(chain):
                return Missing("super()", "there is no block above this one")
            inner = Sink(self._session)
            self._run_block(chain, level + 1, inner)
            return joined(inner.text())

        self._session.enter()
        try:
            owner._all(block.body, Frame(owner._root, {"super": Function(parent)}), sink)
        finally:
            self._session.leave()

    def _ignore(self, *_: Any) -> None:
        return None


_STATEMENTS: Mapping[type[nodes.Node], Callable[[Executor, Any, Frame, Sink], None]] = {
    nodes.Output: Executor._output,
    nodes.If: Executor._if,
    nodes.For: Executor._for,
    nodes.Assign: Executor._assign,
    nodes.AssignBlock: Executor._assign_block,
    nodes.With: Executor._with,
    nodes.Scope: Executor._scope,
    nodes.ScopedEvalContextModifier: Executor._scope,
    nodes.ExprStmt: Executor._do,
    nodes.Macro: Executor._macro,
    nodes.CallBlock: Executor._call_block,
    nodes.FilterBlock: Executor._filter_block,
    nodes.Include: Executor._include,
    nodes.Import: Executor._import,
    nodes.FromImport: Executor._from_import,
    nodes.Extends: Executor._ignore,
    nodes.Block: Executor._block,
    nodes.Break: Executor._break,
    nodes.Continue: Executor._continue,
    nodes.EvalContextModifier: Executor._ignore,
}
