"""A plan or state beside what the code says: which root it is of, what it fills in, what it contradicts.

Terraform's plan follows from the same code, so where the two differ, either the plan was made from other code or
other variables, or archdoc read the code wrong. A state may differ because the code was not applied yet.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from archdoc.model.facts import Json, Node, NodeKind, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.secrets import MASK, is_secret, mask_text
from archdoc.readers.terraform.export import MAX_ITEMS
from archdoc.readers.terraform.functions.encoding import from_json
from archdoc.readers.terraform.given import HIDDEN, Given, Instance
from archdoc.readers.terraform.source import ModuleSource
from archdoc.readers.terraform.values import Value

MOST = 12
"""Instances that one message names."""
_SHORT = 80


def best_root(given: Given, roots: Mapping[tuple[str, str], ModuleSource]) -> tuple[str, str] | None:
    """The root and environment that a file is of: the one that declares most of what it has; None if that is no
    single one."""
    scores = {
        place: len(given.blocks & (source.resources.keys() | {f"module.{n}" for n in source.calls}))
        for place, source in roots.items()
    }
    if len(roots) == 1:
        return next(iter(roots))
    best = max(scores.values(), default=0)
    fitting = [place for place, score in scores.items() if score == best and best > 0]
    return fitting[0] if len(fitting) == 1 else None


def told_values(given: Iterable[Given]) -> dict[str, Mapping[str, Value]]:
    """The values by instance address; what a plan says of an instance counts, and not the state before it."""
    ordered = sorted(given, key=lambda g: g.file.kind == "plan")
    return {address: instance.values for each in ordered for address, instance in each.instances.items()}


def told_variables(given: Iterable[Given], source: ModuleSource, known: Iterable[str]) -> dict[str, Value]:
    """Values of root variables that the code does not give."""
    found = {}
    for each in given:
        for name, value in each.variables.items():
            declared = source.variables.get(name)
            if declared is not None and name not in known and declared.block.body.attribute("default") is None:
                found[name] = from_json(value)
    return found


def with_origin(graph: Graph, static: Graph, given: Sequence[Given]) -> None:
    """Mark in ``graph`` what is not in ``static``, the same root read without the files: ``told_by``, by path."""
    kinds = " or ".join(dict.fromkeys(g.file.kind for g in given))
    for node in list(graph.nodes()):
        before = static.find(node.id)
        if before is None:
            told: dict[str, Json] = {"instance": kinds}
        else:
            told = dict.fromkeys(sorted(_unknown(before) - _unknown(node)), kinds)
        confirmed = [g.file.kind for g in given if node.address in g.instances and before is not None]
        extra: dict[str, Json] = {}
        if told:
            extra["told_by"] = told
        if confirmed:
            extra["confirmed_by"] = list(confirmed)
        if extra:
            graph.replace_node(replace(node, attributes={**node.attributes, **extra}))


def _unknown(node: Node) -> set[str]:
    unknown = node.attributes.get("unknown")
    if isinstance(unknown, Mapping):
        return {str(path) for path in unknown}
    return {"value"} if unknown else set()


# -- contradictions -----------------------------------------------------------------------------------------


def contradictions(static: Graph, given: Given, place: Source) -> Iterator[Problem]:
    """Where a file and the code as archdoc reads it disagree."""
    nodes = [n for n in static.nodes(NodeKind.RESOURCE, NodeKind.DATA_SOURCE) if n.terraform is not None]
    by_block: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        assert node.terraform is not None
        by_block[node.terraform.block].append(node)
    told_blocks: dict[str, list[str]] = defaultdict(list)
    for address, instance in given.instances.items():
        told_blocks[instance.block].append(address)
    closed = _closed_modules(static)
    yield from _instances(given, by_block, told_blocks, closed, place)
    for node in nodes:
        told = given.instances.get(node.address)
        if told is not None and not node.attributes.get("disabled"):
            yield from _value_problems(node, told, given)
    yield from _variables(static, given)


def _closed_modules(static: Graph) -> dict[str, Node]:
    """Calls of modules whose code is not there, or whose instances are not known, by their path without keys."""
    return {
        node.terraform.block: node
        for node in static.nodes(NodeKind.MODULE)
        if node.terraform is not None and (node.attributes.get("external") or node.attributes.get("unknown_keys"))
    }


def _instances(
    given: Given,
    by_block: Mapping[str, list[Node]],
    told_blocks: Mapping[str, list[str]],
    closed: Mapping[str, Node],
    place: Source,
) -> Iterator[Problem]:
    file = f"the {given.file.kind} {given.file.name}"
    unread: dict[str, int] = defaultdict(int)
    for block in sorted(by_block.keys() | told_blocks.keys()):
        nodes, told = by_block.get(block, []), sorted(told_blocks.get(block, ()))
        if any(n.attributes.get("unknown_keys") for n in nodes) or any("[?]" in n.address for n in nodes):
            continue
        module = next((m for m in closed if block.startswith(f"{m}.")), None)
        if module is not None and not nodes:
            unread[module] += len(told)
            continue
        live = {n.address for n in nodes if not n.attributes.get("disabled")}
        source = nodes[0].source if nodes else place
        if extra := [a for a in told if a not in live]:
            yield _extra(given, file, block, extra, nodes, live, source)
        missing = sorted(live - set(told))
        is_data = bool(nodes) and nodes[0].kind is NodeKind.DATA_SOURCE
        if missing and given.complete and not is_data:
            yield _missing(given, file, missing, source)
    for module, count in sorted(unread.items()):
        noun = "resource" if count == 1 else "resources"
        message = f"{file} has {count} {noun} of {module}, whose code is not in the repository: not drawn"
        yield Problem(Severity.NOTE, "TF066", message, closed[module].source, "run terraform init, to have it read")


def _extra(
    given: Given, file: str, block: str, extra: list[str], nodes: list[Node], live: set[str], source: Source
) -> Problem:
    if not nodes:
        says = f"{file} has {_listed(extra)}, and no code here declares {block}"
    elif not live:
        says = f"{file} has {_listed(extra)}; as the code is read here, {block} has no instance"
    else:
        says = f"{file} has {_listed(extra)}; as the code is read here, there is only {_listed(sorted(live))}"
    if given.file.kind == "state":
        return Problem(
            Severity.WARNING, "TF061", f"{says} (the next apply destroys it)", source, "apply, or restore the code"
        )
    return Problem(Severity.WARNING, "TF061", says, source, _OTHER_CODE)


def _missing(given: Given, file: str, missing: list[str], source: Source) -> Problem:
    if given.file.kind == "state":
        message = f"{_listed(missing)} is in the code and not in {file}: not applied yet"
        return Problem(Severity.NOTE, "TF062", message, source, "apply it")
    return Problem(
        Severity.WARNING, "TF062", f"{_listed(missing)} is in the code and not in {file}", source, _OTHER_CODE
    )


_OTHER_CODE = "make the plan from this code, and give archdoc the plan's variables in [terraform.roots]"


def _value_problems(node: Node, told: Instance, given: Given) -> Iterator[Problem]:
    values = node.attributes.get("values")
    ignored = node.attributes.get("ignore_changes")
    skipped = set(ignored) if isinstance(ignored, list) else set()
    if not isinstance(values, Mapping) or "all" in skipped:
        return
    for name in sorted(values.keys() & told.attributes.keys() - skipped):
        if told.attributes[name] is HIDDEN:
            continue
        for path, code, other in _differences(name, values[name], told.attributes[name]):
            message = (
                f"{node.address}: {path} is {_short(code)} in the code and {_masked(name, other)} in "
                f"the {given.file.kind} {given.file.name}"
            )
            if given.file.kind == "plan":
                yield Problem(Severity.WARNING, "TF063", message, node.source, _OTHER_CODE)
            else:
                yield Problem(Severity.NOTE, "TF063", message, node.source, "apply the code, or put it right")
            break  # the first one of an argument is enough to look at


def _variables(static: Graph, given: Given) -> Iterator[Problem]:
    for node in static.nodes(NodeKind.VARIABLE):
        if node.terraform is None or node.terraform.module or node.name not in given.variables:
            continue
        if "value" not in node.attributes:
            continue
        for _, code, other in _differences(node.name, node.attributes["value"], given.variables[node.name]):
            message = (
                f"var.{node.name} is {_short(code)} in the code and was {_masked(node.name, other)} "
                f"when the plan {given.file.name} was made"
            )
            yield Problem(Severity.WARNING, "TF064", message, node.source, _OTHER_CODE)
            break


def _differences(path: str, code: Any, told: Any) -> Iterator[tuple[str, Any, Any]]:
    """Leaves that are known on both sides and are not the same value, whatever type the provider gives them."""
    if code is None or _is_shortened(code) or (told is None and not code):
        return
    if isinstance(code, Mapping) and isinstance(told, Mapping):
        for key in sorted(code.keys() & told.keys()):
            yield from _differences(f"{path}.{key}", code[key], told[key])
    elif isinstance(code, Sequence) and not isinstance(code, str):
        others = told if isinstance(told, list) else [] if told is None else [told]
        yield from _list_differences(path, list(code), others)
    elif isinstance(told, list) and len(told) == 1:
        yield from _differences(path, code, told[0])
    elif not isinstance(code, Mapping) and not isinstance(told, Mapping | list) and not _same(code, told):
        yield path, code, told


def _list_differences(path: str, code: list[Any], told: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Without regard to order: the provider may keep the list as a set. Unknown items are None."""
    if any(item is None for item in code) or len(code) >= MAX_ITEMS:
        return
    if not any(isinstance(item, Mapping | list) for item in (*code, *told)):
        left = list(told)
        for item in code:
            found = next((i for i, t in enumerate(left) if _same(item, t)), None)
            if found is None:
                yield path, code, told
                return
            left.pop(found)
        if left:
            yield path, code, told
        return
    for number, item in enumerate(code):
        if not any(not list(_differences(path, item, t)) for t in told):
            if len(code) == len(told) == 1:
                yield from _differences(f"{path}[0]", item, told[0])
            elif told:
                yield f"{path}[{number}]", item, told
            return


def _is_shortened(code: Any) -> bool:
    return isinstance(code, str) and (
        MASK in code or code.endswith("…") or (code.startswith("(") and code.endswith("lines)"))
    )


def _same(code: Any, told: Any) -> bool:
    if code == told:
        return True
    one, other = _plain(code), _plain(told)
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        pass
    if one[:1] in "{[" and other[:1] in "{[":
        try:
            return bool(json.loads(one) == json.loads(other))
        except (ValueError, RecursionError):
            return False
    return False


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = json.dumps(text, ensure_ascii=False) if isinstance(value, str) else text
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _masked(name: str, value: Any) -> str:
    """A value from the file, with nothing in it that looks like a credential."""
    return MASK if is_secret(name, value) else mask_text(_short(value))


def _listed(addresses: list[str]) -> str:
    rest = len(addresses) - MOST
    shown = ", ".join(addresses[:MOST])
    return f"{shown} and {rest} more" if rest > 0 else shown
