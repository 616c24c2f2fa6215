"""An evaluated root module as nodes: root, modules, providers, variables, locals, outputs, resources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from archdoc.catalog import Catalog
from archdoc.model.document import Document
from archdoc.model.facts import Category, Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.readers.hcl import tree as t
from archdoc.readers.secrets import MASK, is_payload, is_secret, mask_text, told_secret
from archdoc.readers.terraform.credentials import shown_text
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.export import Exported
from archdoc.readers.terraform.expressions import evaluate_in
from archdoc.readers.terraform.fed import Fed, Written, written, written_in
from archdoc.readers.terraform.functions.jsontext import json_text
from archdoc.readers.terraform.instances import Expanded, Instance
from archdoc.readers.terraform.lazy import instance_suffix
from archdoc.readers.terraform.modules import Called, Module
from archdoc.readers.terraform.placedtexts import drafted_text, placed_text
from archdoc.readers.terraform.references import references
from archdoc.readers.terraform.rootsettings import moved_addresses, root_settings
from archdoc.readers.terraform.source import Declared
from archdoc.readers.terraform.spelling import ignored_changes, literal, type_text
from archdoc.readers.terraform.values import Value

_FILES = frozenset({"local_file", "local_sensitive_file"})
_TEXT_ARGUMENTS = frozenset(
    {"user_data", "user_data_base64", "content", "cloud_init", "custom_data", "metadata_startup_script"}
)
MAX_DETAILED = 200
"""Blocks with more instances say what the block itself refers to at their first instance alone."""


@dataclass(slots=True)
class Emitter:
    """Collects the graph of one root module in one environment."""

    graph: Graph
    environment: str
    catalog: Catalog
    fed: list[Fed] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    """Where each node's block stands."""
    _texts: dict[int, tuple[Written, ...]] = field(default_factory=dict)

    def emit(self, root: Module) -> None:
        """Add everything of a root module."""
        self._root(root)
        for module in root.descendants():
            self._module_parts(module)

    # -- containers -----------------------------------------------------------------------------------------

    def _root(self, root: Module) -> None:
        attributes: dict[str, Json] = {"files": list(root.source.files)}
        if self.environment:
            attributes["environment"] = self.environment
        if root.settings.workspace != "default":
            attributes["workspace"] = root.settings.workspace
        attributes.update(root_settings(root.source))
        self._node(
            root,
            f"{root.settings.prefix}:",
            NodeKind.ROOT,
            "root",
            root.settings.root,
            root.source.place,
            attributes,
            "",
            "",
        )

    def _module_parts(self, module: Module) -> None:
        if moved := moved_addresses(module.source):
            node = self.graph.node(module.own_id())
            self.graph.replace_node(replace(node, attributes={**node.attributes, "moved": moved}))
        for name in sorted(module.source.variables):
            self._variable(module, name, module.source.variables[name])
        for name in sorted(module.source.locals):
            declared = module.source.locals[name]
            node_id = self._valued(
                module, f"local.{name}", NodeKind.LOCAL, name, module.local(name), declared.source(), False
            )
            self._feeds(node_id, module, written("", declared.attribute.expression, declared.source()))
        for name in sorted(module.source.outputs):
            self._output(module, name, module.source.outputs[name])
        for name in sorted(module.source.resources):
            self._block(module, name, module.expanded(name))
        for name in sorted(module.source.calls):
            self._call(module, name, module.called(name))

    def _call(self, module: Module, name: str, called: Called) -> None:
        declared = called.declared
        shown = Exported()
        base: dict[str, Json] = {"source": mask_text(literal(declared.block.body, "source"))}
        if version := literal(declared.block.body, "version"):
            base["version"] = version
        if called.external:
            base["external"] = True
        keys: list[tuple[str, str | int | None]] = [(m.path, m.key) for m in called.modules]
        if called.external:
            keys = [(module.address(f"module.{name}"), None)]
        for path, key in keys or [(module.address(f"module.{name}"), None)]:
            attributes = dict(base)
            if not keys:
                attributes |= {"disabled": True, "reason": self._why_empty(module, declared, called.reason)}
            elif path.endswith("[?]"):
                attributes["unknown_keys"] = called.reason
            place = TerraformPlace(module.settings.root, module.path, module.block_address(f"module.{name}"), key)
            node_id = f"{module.settings.prefix}:{path}"
            self._add(
                node_id,
                NodeKind.MODULE,
                "module",
                f"{name}{instance_suffix(key)}",
                path,
                declared.source(),
                attributes,
                place,
            )
            self._contain(module, node_id, declared.source())
            self._feeds(node_id, module, self._written(declared))
        if called.external:
            values = {}
            for attribute in declared.block.body.attributes:
                if attribute.name not in ("source", "version", "count", "for_each", "providers", "depends_on"):
                    values[attribute.name] = self._shown(shown, module, attribute)
            node = self.graph.node(f"{module.settings.prefix}:{keys[0][0]}")
            detail: dict[str, Json] = {**node.attributes, "inputs": dict(values), "unknown": dict(shown.unknown)}
            self.graph.add_node(Node(node.id, node.kind, node.type, node.name, node.source, attributes=detail))

    def _shown(self, shown: Exported, module: Module, attribute: t.Attribute) -> Json:
        try:
            return shown.add(attribute.name, evaluate_in(attribute.expression, module))
        except EvaluationError as error:
            shown.unknown[attribute.name] = error.message
            return None

    # -- variables, locals, outputs -------------------------------------------------------------------------

    def _variable(self, module: Module, name: str, declared: Declared) -> None:
        value = module.variable(name)
        sensitive = _is_true(declared, "sensitive")
        node_id = self._valued(module, f"var.{name}", NodeKind.VARIABLE, name, value, declared.source(), sensitive)
        extra = _description(declared)
        kind = declared.block.body.attribute("type")
        if kind is not None:
            extra["type"] = type_text(kind.expression)
        extra["required"] = declared.block.body.attribute("default") is None
        self._say(node_id, extra)
        if module.call is not None and module.caller is not None:
            argument = module.call.block.body.attribute(name)
            if argument is not None:
                place = module.call.source(argument.span)
                self._feeds(node_id, module.caller, written("value", argument.expression, place))

    def _say(self, node_id: str, extra: dict[str, Json]) -> None:
        node = self.graph.node(node_id)
        self.graph.add_node(Node(node.id, node.kind, node.type, node.name, node.source, attributes=extra))

    def _output(self, module: Module, name: str, declared: Declared) -> None:
        value = module.output(name)
        node_id = self._valued(
            module, f"output.{name}", NodeKind.OUTPUT, name, value, declared.source(), _is_true(declared, "sensitive")
        )
        self._say(node_id, _description(declared))
        value_of = declared.block.body.attribute("value")
        if value_of is not None:
            self._feeds(node_id, module, written("value", value_of.expression, declared.source(value_of.span)))

    def _valued(
        self, module: Module, name: str, kind: NodeKind, label: str, value: Value, source: Source, sensitive: bool
    ) -> str:
        shown = Exported()
        plain = shown.add("value", value, sensitive)
        attributes: dict[str, Json] = {}
        secret = sensitive or value.sensitive or _is_secret_value(label, plain)
        if secret or "value" in shown.sensitive:
            attributes["sensitive"] = True
            attributes["unknown"] = "sensitive"
        elif shown.unknown and value.is_unknown:
            attributes["unknown"] = value.reason or "known after apply"
        elif shown.unknown or shown.sensitive:
            attributes["partial"] = plain
            attributes["unknown"] = (
                "; ".join(f"{p}: {r}" for p, r in sorted(shown.unknown.items())[:5])
                or f"parts are sensitive: {', '.join(str(s) for s in shown.sensitive[:5])}"
            )
        else:
            attributes["value"] = plain
        address = module.address(name)
        node_id = module.node_id(name)
        self._node(module, node_id, kind, kind.value, label, source, attributes, address, module.block_address(name))
        return node_id

    # -- resources ------------------------------------------------------------------------------------------

    def _block(self, module: Module, name: str, expanded: Expanded) -> None:
        declared = expanded.declared
        kind = NodeKind.RESOURCE if declared.block.type == "resource" else NodeKind.DATA_SOURCE
        resource_type = declared.block.labels[0]
        if not expanded.instances:
            attributes: dict[str, Json] = {
                "disabled": True,
                "reason": self._why_empty(module, declared, expanded.reason),
            }
            place = TerraformPlace(module.settings.root, module.path, module.block_address(name), None)
            self._add(
                module.node_id(name),
                kind,
                resource_type,
                declared.block.labels[1],
                module.address(name),
                declared.source(),
                attributes,
                place,
            )
            self._contain(module, module.node_id(name), declared.source())
            self._feeds(module.node_id(name), module, self._written(declared))
            return
        for position, instance in enumerate(expanded.instances):
            self._instance(
                module,
                name,
                declared,
                instance,
                kind,
                detailed=position == 0 or len(expanded.instances) <= MAX_DETAILED,
            )

    def _instance(
        self, module: Module, name: str, declared: Declared, instance: Instance, kind: NodeKind, detailed: bool
    ) -> None:
        resource_type, label = declared.block.labels
        shown = Exported(hidden=self.catalog.sensitive.of(resource_type))
        values: dict[str, Json] = {}
        for argument in sorted(instance.thunks):
            value = instance.thunks[argument]()
            plain = shown.add(argument, value, is_payload(resource_type, argument))
            if not value.is_unknown and argument not in shown.sensitive:
                values[argument] = plain
            if argument in _TEXT_ARGUMENTS:
                if (placed := placed_text(instance, argument, value, declared)) is not None:
                    self.documents.append(placed)
                    values[argument] = f"({len(value.raw.splitlines())} lines)"
                if argument == "content" and value.is_unknown and resource_type in _FILES:
                    self.documents += drafted_text(instance, argument, declared)
        for argument in told_secret(values):
            del values[argument]
            shown.sensitive.append(argument)
        attributes: dict[str, Json] = {"values": dict(values)}
        if shown.unknown:
            attributes["unknown"] = dict(shown.unknown)
        if shown.sensitive:
            attributes["sensitive"] = list(shown.sensitive)
        if instance.open_keys:
            attributes["unknown_keys"] = instance.open_keys
        if ignored := ignored_changes(declared.block):
            attributes["ignore_changes"] = list(ignored)
        place = TerraformPlace(module.settings.root, module.path, module.block_address(name), instance.key)
        shown_name = f"{label}{instance_suffix(instance.key)}"
        self._add(
            instance.node_id, kind, resource_type, shown_name, instance.address, declared.source(), attributes, place
        )
        self._contain(module, instance.node_id, declared.source())
        fed = self._feeds(instance.node_id, module, self._written(declared) if detailed else ())
        fed.refs, fed.evaluated = shown.refs, True
        if instance.repeated:
            fed.refs[instance.repeated_by] = [*fed.refs.get(instance.repeated_by, ()), *instance.repeated]

    # -- what feeds what ------------------------------------------------------------------------------------

    def _feeds(self, node_id: str, module: Module, static: tuple[Written, ...]) -> Fed:
        fed = Fed(node_id, module, static)
        self.fed.append(fed)
        return fed

    def _written(self, declared: Declared) -> tuple[Written, ...]:
        """What is written in a block, found once."""
        known = self._texts.get(id(declared.block))
        if known is None:
            known = self._texts[id(declared.block)] = written_in(declared)
        return known

    # -- helpers --------------------------------------------------------------------------------------------

    def _why_empty(self, module: Module, declared: Declared, reason: str) -> str:
        """Why a block has no instance: the argument, and the variables and locals that decide it."""
        argument = declared.block.body.attribute("count") or declared.block.body.attribute("for_each")
        if argument is None:
            return reason
        decided = []
        for reference in references(argument.expression):
            if reference.kind in ("var", "local"):
                table = module.source.variables if reference.kind == "var" else module.source.locals
                target = table.get(reference.name)
                if target is None:
                    continue
                value = module.variable(reference.name) if reference.kind == "var" else module.local(reference.name)
                if (
                    value.is_known
                    and not value.sensitive
                    and (value.raw is None or isinstance(value.raw, bool | int | str))
                ):
                    text = shown_text(value) if isinstance(value.raw, str) and value.raw else json_text(value)
                    decided.append(
                        f"{reference.kind}.{reference.name} is {MASK if text is None else text} ({target.source()})"
                    )
        return f"{reason} ({declared.source(argument.span)})" + (f": {', '.join(decided)}" if decided else "")

    def _contain(self, module: Module, node_id: str, source: Source) -> None:
        around = module.own_id() if module.path else f"{module.settings.prefix}:"
        self.graph.add_edge(Edge(around, node_id, EdgeKind.CONTAINS, (source,), Provenance.DECLARED))

    def _node(
        self,
        module: Module,
        node_id: str,
        kind: NodeKind,
        type_name: str,
        name: str,
        source: Source,
        attributes: dict[str, Json],
        address: str,
        block: str,
    ) -> None:
        self._add(
            node_id,
            kind,
            type_name,
            name,
            address,
            source,
            attributes,
            TerraformPlace(module.settings.root, module.path, block, None),
        )

    def _add(
        self,
        node_id: str,
        kind: NodeKind,
        type_name: str,
        name: str,
        address: str,
        source: Source,
        attributes: dict[str, Json],
        place: TerraformPlace,
    ) -> None:
        category = (
            self.catalog.resource_type(type_name).category
            if kind in (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)
            else Category.PLUMBING
        )
        if self.environment and "environment" not in attributes:
            attributes = {**attributes, "environment": self.environment}
        self.sources[node_id] = source
        self.graph.add_node(Node(node_id, kind, type_name, name, source, address, category, attributes, (), place))


def _is_true(declared: Declared, name: str) -> bool:
    written = declared.block.body.attribute(name)
    return written is not None and isinstance(written.expression, t.Literal) and written.expression.value is True


def _is_secret_value(name: str, plain: Json) -> bool:
    return isinstance(plain, str) and is_secret(name, plain)


def _description(declared: Declared) -> dict[str, Json]:
    """What the block says of itself, where that is a plain text."""
    said = declared.block.body.attribute("description")
    if said is None or not isinstance(said.expression, t.Literal):
        return {}
    return {"description": said.expression.value} if isinstance(said.expression.value, str) else {}
