"""One page per root module and environment: what terraform-docs prints, with the values that the code evaluates to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdoc.model.facts import EdgeKind, Json, Node, NodeKind
from archdoc.site.markdown import Markdown, code, joined, link, text
from archdoc.site.paths import INFRASTRUCTURE, relative
from archdoc.site.resources.sheet import NAMES, Sheet, Writer, flat, lines, listed
from archdoc.site.tables import shown, state, value_of
from archdoc.views.terraform_blocks import Roots

_LEAD = "A root module of this repository, with the values that its code evaluates to. Nothing was planned or applied."


def pages(writer: Writer) -> dict[str, bytes]:
    """The pages by path."""
    labels = Roots(writer.graph)
    made = {}
    for scope, page in writer.directory.roots.items():
        sheet = Sheet(page, f"Terraform: {labels.label(scope)}", Markdown(f"{text(_LEAD)} {_back(writer, page)}"))
        _root(writer, sheet, writer.directory.inside[scope])
        made[page] = writer.render(sheet)
    return made


def _back(writer: Writer, page: str) -> Markdown:
    return link("All root modules", writer.to(page, f"{INFRASTRUCTURE}/terraform.md"))


def _root(writer: Writer, sheet: Sheet, nodes: Sequence[Node]) -> None:
    by_kind: dict[NodeKind, list[Node]] = {}
    for node in sorted(nodes, key=lambda n: (n.address, n.id)):
        by_kind.setdefault(node.kind, []).append(node)
    own = {kind: [n for n in found if n.terraform and not n.terraform.module] for kind, found in by_kind.items()}
    for root in by_kind.get(NodeKind.ROOT, []):
        _facts(writer, sheet, root)
    sheet.table(
        "Module calls",
        ("Call", "Source", "State", "Written in"),
        (_call(writer, sheet.page, n) for n in by_kind.get(NodeKind.MODULE, [])),
    )
    for title, kind in (("Resources", NodeKind.RESOURCE), ("Data sources", NodeKind.DATA_SOURCE)):
        sheet.table(
            title,
            ("Address", "For", "Evaluated arguments", "Written in"),
            ((code(n.address, 160), _purpose(n), arguments(n), writer.place(n)) for n in by_kind.get(kind, [])),
        )
    sheet.table("Inputs", INPUTS, (inputs(writer, n) for n in own.get(NodeKind.VARIABLE, [])))
    for title, kind in (("Local values", NodeKind.LOCAL), ("Outputs", NodeKind.OUTPUT)):
        sheet.table(
            title,
            ("Name", "Description", "Value", "Written in"),
            ((code(n.name, 120), description(n), value_of(n), writer.place(n)) for n in own.get(kind, [])),
        )


def _facts(writer: Writer, sheet: Sheet, root: Node) -> None:
    about = root.attributes
    sheet.fact("Written in", writer.place(root))
    sheet.fact("Environment", text(about.get("environment") or ""))
    sheet.fact("Terraform version", code(about.get("required_version") or ""))
    backend = about.get("backend")
    if isinstance(backend, dict):
        sheet.fact("State is kept in", pairs([(k, shown(v)) for k, v in sorted(backend.items())], ", "))
    sheet.fact("Var files", joined([code(f) for f in listed(about.get("var_files"))]))
    sheet.fact("Run by", writer.names(writer.sources(root.id, EdgeKind.RUNS), sheet.page))
    required = about.get("required_providers")
    sheet.table("Required providers", ("Provider", "Source", "Version"), _providers(required))


def _providers(required: Json | object) -> Iterator[Sequence[Markdown]]:
    if isinstance(required, dict):
        for name in sorted(required):
            about = required[name]
            known = about if isinstance(about, dict) else {"version": about}
            yield code(name), code(known.get("source") or ""), code(known.get("version") or "any")


def _call(writer: Writer, page: str, node: Node) -> Sequence[Markdown]:
    source = code(node.attributes.get("source") or "")
    target = writer.directory.called(node)
    if target is not None:
        source = link(source, relative(target, page))
    return code(node.address, 160), source, state(node), writer.place(node)


def _purpose(node: Node) -> Markdown:
    return lines([text(node.category.value.replace("_", " ")), state(node)])


INPUTS = ("Name", "Description", "Type", "Required", "Value", "Written in")


def inputs(writer: Writer, node: Node) -> Sequence[Markdown]:
    """The row of a variable."""
    about = node.attributes
    required = text("yes" if about.get("required") else "no")
    kind = code(about.get("type") or "any", 200)
    return code(node.name, 120), description(node), kind, required, value_of(node), writer.place(node)


def description(node: Node) -> Markdown:
    """What the code says of a variable or an output."""
    return text(node.attributes.get("description") or "")


def arguments(node: Node) -> Markdown:
    """The evaluated arguments of a resource, one in a line; what is sensitive or not known yet is said, not shown."""
    about = node.attributes
    values = about.get("values")
    hidden = {name.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0] for name in listed(about.get("sensitive"))}
    known = values if isinstance(values, dict) else {}
    found = [(k, v) for key in sorted(known) if key not in hidden for k, v in flat(known[key], key)]
    found = [(k, v) for k, v in found if v not in ("null", "[]", "{}")]
    said = [pairs([each]) for each in found[:NAMES]]
    if len(found) > NAMES:
        said.append(text(f"and {len(found) - NAMES} more"))
    said += [Markdown(f"{code(name)}: {text('(sensitive)')}") for name in sorted(hidden)]
    unknown = about.get("unknown")
    if isinstance(unknown, dict) and unknown:
        names = [code(k, 80) for k in sorted(unknown)[:NAMES]]
        more = [text(f"and {len(unknown) - NAMES} more")] if len(unknown) > NAMES else []
        said.append(Markdown(f"{text('known when applied:')} {joined(names + more)}"))
    return lines(said)


def pairs(found: Sequence[tuple[str, str]], separator: str = "<br>") -> Markdown:
    """``key = value`` pairs."""
    empty = '""'
    return joined([Markdown(f"{code(k, 80)} = {code(v or empty, 120)}") for k, v in found], separator)
