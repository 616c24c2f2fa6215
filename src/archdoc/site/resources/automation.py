"""One page per playbook and per role: plays, tasks, hosts, defaults, what they deploy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from archdoc.model.facts import EdgeKind, Node, NodeKind, Source
from archdoc.site.drawings import place_of
from archdoc.site.markdown import Markdown, code, joined, link, text
from archdoc.site.resources.sheet import Sheet, Writer, listed
from archdoc.site.tables import shown

_USES = (EdgeKind.APPLIES, EdgeKind.INCLUDES)


def pages(writer: Writer) -> dict[str, bytes]:
    """The pages by path."""
    made = {}
    for ids, fill, title in (
        (writer.directory.playbooks, _playbook, "Playbook"),
        (writer.directory.roles, _role, "Role"),
    ):
        for node_id, page in ids.items():
            node = writer.graph.node(node_id)
            back = link("All playbooks and roles", writer.to(page, "automation/ansible.md"))
            about = text(node.attributes.get("description") or "", 600)
            lead = Markdown(f"{about}{'' if not about or about.endswith('.') else '.'} {back}".strip())
            sheet = Sheet(page, f"{title}: {node.name}", lead)
            sheet.fact("Written in", writer.place(node))
            fill(writer, sheet, node)
            made[page] = writer.render(sheet)
    return made


# -- playbooks ------------------------------------------------------------------------------------------------


def _playbook(writer: Writer, sheet: Sheet, book: Node) -> None:
    page = sheet.page
    sheet.fact("Imports", writer.names(writer.targets(book.id, EdgeKind.CALLS), page))
    sheet.fact("Imported by", writer.names(writer.sources(book.id, EdgeKind.CALLS), page))
    sheet.fact("Run by", writer.names(writer.sources(book.id, EdgeKind.RUNS), page))
    plays = sorted(writer.targets(book.id, EdgeKind.CONTAINS), key=lambda n: (n.source, n.id))
    sheet.table(
        "Plays",
        ("Play", "Hosts", "Which are", "Roles", "Options", "Written in"),
        (
            (
                code(p.name, 120),
                code(p.attributes.get("pattern") or "", 120),
                writer.names(_hosts(writer, p), page),
                writer.names(_roles(writer, p), page),
                _options(p),
                writer.place(p),
            )
            for p in plays
        ),
    )
    for play in plays:
        sheet.table(f"Tasks of {play.name}", *_tasks(writer, play, "task_list"))
    sheet.table("Deploys", *_deployed(writer, [n for p in plays for n in (p, *_roles(writer, p))]))


def _hosts(writer: Writer, play: Node) -> Iterator[Node]:
    """The hosts that a play is for, else the groups whose members the code does not name."""
    hosts = [writer.graph.find(i) for i in listed(play.attributes.get("hosts"))]
    yield from (h for h in hosts if h is not None)
    if not any(hosts):
        yield from writer.targets(play.id, EdgeKind.TARGETS)


def _roles(writer: Writer, play: Node) -> list[Node]:
    return [n for n in writer.targets(play.id, *_USES) if n.kind in (NodeKind.ROLE, NodeKind.EXTERNAL)]


_OPTIONS = ("become", "gather_facts", "serial", "tags", "vars", "when")


def _options(play: Node) -> Markdown:
    said = [(name, play.attributes[name]) for name in _OPTIONS if name in play.attributes]
    return joined([Markdown(f"{text(name)}: {code(shown(value), 120)}") for name, value in said], "<br>")


# -- roles ----------------------------------------------------------------------------------------------------


def _role(writer: Writer, sheet: Sheet, role: Node) -> None:
    page = sheet.page
    plays = [n for n in writer.sources(role.id, *_USES) if n.kind is NodeKind.PLAY]
    uses = (*_USES, EdgeKind.DEPENDS_ON)
    needed = [n for n in writer.targets(role.id, *uses) if n.kind is not NodeKind.TASK_FILE]
    sheet.fact("Depends on", writer.names(needed, page))
    sheet.fact("Needed by", writer.names((n for n in writer.sources(role.id, *uses) if n.kind is NodeKind.ROLE), page))
    sheet.fact("Applied to", writer.names((h for p in plays for h in _hosts(writer, p)), page))
    sheet.table(
        "Applied by",
        ("Play", "Of", "Hosts", "Written in"),
        (
            (
                code(p.name, 120),
                writer.names((b for b in writer.sources(p.id, EdgeKind.CONTAINS)), page),
                code(p.attributes.get("pattern") or "", 120),
                writer.place(p),
            )
            for p in plays
        ),
    )
    sheet.table("Arguments", *_arguments(writer, role))
    sheet.table("Defaults", *_defaults(writer, role))
    handlers = {(n.source.path, n.source.line) for n in writer.targets(role.id, EdgeKind.CONTAINS)}
    sheet.table("Tasks", *_tasks(writer, role, "tasks", handlers))
    for title, nodes in (
        ("Handlers", writer.targets(role.id, EdgeKind.CONTAINS, EdgeKind.NOTIFIES)),
        ("Task files", [n for n in writer.targets(role.id, EdgeKind.INCLUDES) if n.kind is NodeKind.TASK_FILE]),
    ):
        sheet.table(
            title,
            ("Name", "Module", "Written in"),
            (
                (code(n.name, 160), code(n.attributes.get("module") or "", 120), writer.place(n))
                for n in sorted(nodes, key=lambda n: (n.source, n.id))
            ),
        )
    files = [n for n in writer.targets(role.id, EdgeKind.INCLUDES) if n.kind is NodeKind.TASK_FILE]
    sheet.table("Deploys", *_deployed(writer, [role, *files]))


def _arguments(writer: Writer, role: Node) -> tuple[Sequence[str], Iterator[Sequence[Markdown]]]:
    """What a role takes, as its argument specification says."""
    known = role.attributes.get("arguments")
    rows = [each for each in known if isinstance(each, dict)] if isinstance(known, list) else []
    return ("Argument", "Type", "Default", "What for", "Written in"), (
        (
            code(shown(a.get("name")), 120),
            joined([text(shown(a.get("type"))), *([text("required")] if a.get("required") else [])]),
            code(shown(a["default"]), 120) if "default" in a else text(""),
            text(a.get("description") or "", 300),
            _at(writer, a),
        )
        for a in rows
    )


def _defaults(writer: Writer, role: Node) -> tuple[Sequence[str], Iterator[Sequence[Markdown]]]:
    known = role.attributes.get("default_values")
    if isinstance(known, list) and known:
        rows = [each for each in known if isinstance(each, dict)]
        return ("Variable", "Value", "Written in"), (
            (code(shown(d.get("name")), 120), code(shown(d.get("value")), 200), _at(writer, d)) for d in rows
        )
    return ("Variable",), ((code(name, 120),) for name in listed(role.attributes.get("defaults")))


# -- both -----------------------------------------------------------------------------------------------------


def _tasks(
    writer: Writer, node: Node, name: str, but: Collection[tuple[object, object]] = ()
) -> tuple[Sequence[str], Iterator[Sequence[Markdown]]]:
    """The tasks that a node lists, without those at some places."""
    found = node.attributes.get(name) or node.attributes.get("tasks")
    tasks = [t for t in found if isinstance(t, dict)] if isinstance(found, list) else []
    tasks = [t for t in tasks if (t.get("path"), t.get("line")) not in but]
    return ("Task", "Module", "Written in"), (
        (text(t.get("name") or "(no name)"), code(t.get("module") or "", 120), _at(writer, t, node)) for t in tasks
    )


def _at(writer: Writer, place: Mapping[str, object], node: Node | None = None) -> Markdown:
    path, line = place.get("path") or (node.source.path if node else None), place.get("line")
    if not isinstance(path, str) or not isinstance(line, int) or line < 1:
        return text("")
    return place_of(Source(path, line), writer.link)


def _deployed(writer: Writer, by: Iterable[Node]) -> tuple[Sequence[str], Iterator[Sequence[Markdown]]]:
    found = {n.id: n for owner in by for n in writer.targets(owner.id, EdgeKind.DEPLOYS)}
    return ("What", "Program", "Image", "Ports or schedule", "Written in"), (
        (
            code(n.name, 120),
            text(n.type),
            code(n.attributes.get("image") or "", 160),
            joined([code(p) for p in listed(n.attributes.get("ports")) or [shown(n.attributes.get("schedule") or "")]]),
            writer.place(n),
        )
        for n in sorted(found.values(), key=lambda n: n.id)
    )
