"""One page per module of the repository: its inputs, outputs and resources, who calls it, and with what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdoc.model.facts import Node, NodeKind, scope_of
from archdoc.site.markdown import Markdown, code, joined, link, text
from archdoc.site.paths import INFRASTRUCTURE
from archdoc.site.resources.roots import description
from archdoc.site.resources.sheet import Sheet, Writer, lines
from archdoc.site.tables import state, value_of
from archdoc.views.terraform_blocks import Roots

VALUES = 3
"""Different values of one input or output that are shown."""


def pages(writer: Writer) -> dict[str, bytes]:
    """The pages by path."""
    calls = {(scope_of(n), n.address): n for n in writer.graph.nodes(NodeKind.MODULE)}
    labels = Roots(writer.graph)
    made = {}
    for directory, page in writer.directory.modules.items():
        back = link("All root modules", writer.to(page, f"{INFRASTRUCTURE}/terraform.md"))
        lead = Markdown(f"{text('A module of this repository, and every call of it.')} {back}")
        sheet = Sheet(page, f"Module: {directory}", lead)
        nodes = writer.directory.module_nodes[directory]
        _module(writer, sheet, nodes, calls, labels)
        made[page] = writer.render(sheet)
    return made


def _module(
    writer: Writer, sheet: Sheet, nodes: Sequence[Node], calls: dict[tuple[str, str], Node], labels: Roots
) -> None:
    used = sorted({(scope_of(n), n.terraform.module) for n in nodes if n.terraform is not None})
    sheet.table(
        "Calls",
        ("Call", "Root module", "State", "Written in"),
        (
            (
                code(module, 160),
                _root(writer, sheet.page, scope, labels),
                state(call) if (call := calls.get((scope, module))) else text(""),
                writer.place(call) if call else text(""),
            )
            for scope, module in used
        ),
    )
    sheet.table("Inputs", ("Name", "Description", "Type", "Required", "Values", "Written in"), _inputs(writer, nodes))
    sheet.table(
        "Outputs",
        ("Name", "Description", "Values", "Written in"),
        (
            (code(first.name, 120), description(first), _values(found), writer.place(first))
            for first, found in _alike(nodes, NodeKind.OUTPUT)
        ),
    )
    for title, kind in (
        ("Resources", NodeKind.RESOURCE),
        ("Data sources", NodeKind.DATA_SOURCE),
        ("Modules called", NodeKind.MODULE),
    ):
        sheet.table(
            title,
            ("Block", "For", "Instances in all calls", "Written in"),
            (
                (code(_block(first), 160), text(_purpose(first)), _count(found), writer.place(first))
                for first, found in _alike(nodes, kind)
            ),
        )


def _root(writer: Writer, page: str, scope: str, labels: Roots) -> Markdown:
    root = labels.all.get(scope)
    return writer.name(root, page, labels.label(scope)) if root is not None else code(scope)


def _alike(nodes: Sequence[Node], kind: NodeKind) -> Iterator[tuple[Node, list[Node]]]:
    """What is written once and there in every call: the first of each, and all of it."""
    found: dict[tuple[str, str, int], list[Node]] = {}
    for node in nodes:
        if node.kind is kind:
            found.setdefault((_block(node), node.source.path, node.source.line), []).append(node)
    for key in sorted(found):
        yield found[key][0], found[key]


def _block(node: Node) -> str:
    """The address inside the module, without keys of instances."""
    place = node.terraform
    if place is None:
        return node.address
    if node.kind in (NodeKind.VARIABLE, NodeKind.OUTPUT):
        return node.name
    names = place.block.split(".")
    while len(names) > 2 and names[0] == "module":
        names = names[2:]
    return ".".join(names)


def _inputs(writer: Writer, nodes: Sequence[Node]) -> Iterator[Sequence[Markdown]]:
    for first, found in _alike(nodes, NodeKind.VARIABLE):
        required = text("yes" if first.attributes.get("required") else "no")
        kind = code(first.attributes.get("type") or "any", 200)
        yield code(first.name, 120), description(first), kind, required, _values(found), writer.place(first)


def _values(found: Sequence[Node]) -> Markdown:
    different = list(dict.fromkeys(value_of(n) for n in found))
    more = [text(f"and {len(different) - VALUES} more")] if len(different) > VALUES else []
    return lines([*different[:VALUES], *more])


def _purpose(node: Node) -> str:
    return "" if node.kind is NodeKind.MODULE else node.category.value.replace("_", " ")


def _count(found: Sequence[Node]) -> Markdown:
    there = [n for n in found if not n.attributes.get("disabled")]
    reasons = list(dict.fromkeys(state(n) for n in found if n.attributes.get("disabled")))
    return lines([text(str(len(there))), joined(reasons[:1])])
