"""The edges of an evaluated root: which instance reads what of which other, through which locals and variables.

Between instances, ``references`` come from the marks of evaluated values: data flows there, into the attribute that
the edge names. What Terraform waits for although no data flows (a local of which another part is used, a branch that
is not taken, ``depends_on``, conditions) is ``depends_on``; where nobody wrote ``depends_on``, with the attribute
``order``. Together they order blocks as ``terraform graph`` does. A block without instances has no values: its edges
come from the text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem, Severity
from archdoc.readers.terraform.fed import Fed, Written, written_in
from archdoc.readers.terraform.modules import Module
from archdoc.readers.terraform.references import Reference, references

MAX_FAN = 20
"""A reference to a whole block with more instances leads to its first one alone."""
_PASSED = ("var", "local", "module")
_OF_ITSELF = ("lifecycle.", "provisioner.", "connection.")
_BLOCKS = (NodeKind.RESOURCE, NodeKind.DATA_SOURCE)


@dataclass(slots=True)
class Wiring:
    """Adds edges to a graph whose nodes are all there."""

    graph: Graph
    sources: dict[str, Source]
    own_rounds: dict[str, Problem] = field(default_factory=dict)
    """For each block that refers to itself, on its own or through locals and modules, what is wrong."""
    _reach: dict[tuple[int, Reference], dict[str, tuple[Source, ...]]] = field(default_factory=dict)

    def connect(self, fed: Fed) -> None:
        """The edges that leave one node."""
        seen: set[str] = set()
        where = {written.path: written.source for written in fed.static}
        for path in sorted(fed.refs):
            for ref in dict.fromkeys(fed.refs[path]):
                target = self._present(ref.target)
                if target and target != fed.node_id:
                    source = _nearest(where, path) or self.sources[fed.node_id]
                    chain = self._chain(fed, path, target)
                    self._edge(fed.node_id, target, EdgeKind.REFERENCES, (source, *chain), path, ref.attribute)
                    seen.add(_block_of(target))
        for written in fed.static:
            for reference in written.references:
                self._static(fed, written, reference, seen)

    def _static(self, fed: Fed, written: Written, reference: Reference, seen: set[str]) -> None:
        """What the text of an argument refers to, where its value does not tell already."""
        explicit = written.path == "depends_on"
        passed = reference.kind in _PASSED
        order = fed.evaluated and not explicit
        for target in self._direct(fed.module, reference):
            if not passed:
                self._note_own(fed, written, target)
            if target == fed.node_id or (not passed and _block_of(target) in seen):
                continue
            kind = EdgeKind.DEPENDS_ON if explicit or (order and not passed) else EdgeKind.REFERENCES
            self._edge(fed.node_id, target, kind, (written.source,), written.path, reference.attribute)
        if not passed or explicit or self.graph.node(fed.node_id).kind not in _BLOCKS:
            return
        for target, chain in self._reached(fed.module, reference).items():
            self._note_own(fed, written, target)
            if _block_of(target) not in seen and _block_of(target) != _block_of(fed.node_id):
                seen.add(_block_of(target))
                kind = EdgeKind.DEPENDS_ON if order else EdgeKind.REFERENCES
                self._edge(fed.node_id, target, kind, (written.source, *chain), written.path, "")

    def _note_own(self, fed: Fed, written: Written, target: str) -> None:
        """Terraform refuses a block that refers to itself; only conditions, provisioners and connections may."""
        own = self.graph.node(fed.node_id)
        if (
            own.kind not in _BLOCKS
            or _block_of(target) != _block_of(fed.node_id)
            or written.path.startswith(_OF_ITSELF)
        ):
            return
        name = own.terraform.block if own.terraform is not None else own.address
        message = f"cycle: {name} → {name}"
        hint = "a block cannot refer to itself: take the reference out, or say the value in a local"
        self.own_rounds.setdefault(name, Problem(Severity.ERROR, "TF019", message, written.source, hint))

    def _direct(self, module: Module, reference: Reference) -> list[str]:
        """The nodes that a reference names, in the module it stands in."""
        if reference.kind in ("var", "local"):
            found = self._present(module.node_id(f"{reference.kind}.{reference.name}"))
            return [found] if found else []
        if reference.kind == "module":
            return self._module_targets(module, reference)
        return self._instances(module, reference.name)

    def _module_targets(self, module: Module, reference: Reference) -> list[str]:
        if reference.name not in module.source.calls:
            return []
        called = module.called(reference.name)
        if called.external or not called.modules:
            found = self._present(module.node_id(f"module.{reference.name}"))
            return [found] if found else []
        chosen = called.modules if len(called.modules) <= MAX_FAN else called.modules[:1]
        if reference.attribute:
            ids = [m.node_id(f"output.{reference.attribute}") for m in chosen]
        else:
            ids = [m.own_id() for m in chosen]
        return [i for i in ids if i in self.graph]

    def _instances(self, module: Module, name: str) -> list[str]:
        if name not in module.source.resources:
            return []
        ids = [i.node_id for i in module.expanded(name).instances] or [module.node_id(name)]
        return [i for i in (ids if len(ids) <= MAX_FAN else ids[:1]) if i in self.graph]

    # -- through locals, variables and outputs --------------------------------------------------------------

    def _reached(self, module: Module, start: Reference) -> dict[str, tuple[Source, ...]]:
        """The resource nodes that a local, variable or output is made of, with the places on the way."""
        key = (id(module), start)
        known = self._reach.get(key)
        if known is not None:
            return known
        found: dict[str, tuple[Source, ...]] = {}
        waiting: deque[tuple[Module, Reference, tuple[Source, ...]]] = deque([(module, start, ())])
        seen = {(id(module), start)}
        while waiting:
            here, reference, chain = waiting.popleft()
            if reference.kind not in _PASSED:
                for target in self._instances(here, reference.name):
                    found.setdefault(target, chain)
                continue
            for there, source, inner in self._behind(here, reference):
                for each in inner:
                    if (id(there), each) not in seen:
                        seen.add((id(there), each))
                        waiting.append((there, each, (*chain, source)))
        self._reach[key] = found
        return found

    def _behind(self, module: Module, reference: Reference) -> list[tuple[Module, Source, tuple[Reference, ...]]]:
        """What a local, a variable or an output waits for, and where that is written."""
        if reference.kind == "local":
            local = module.source.locals.get(reference.name)
            return [(module, local.source(), references(local.attribute.expression))] if local else []
        if reference.kind == "var":
            return list(self._behind_variable(module, reference.name))
        if reference.name not in module.source.calls:
            return []
        made = []
        for child in module.called(reference.name).modules[:1]:
            names = [reference.attribute] if reference.attribute in child.source.outputs else []
            for name in names or ([] if reference.attribute else sorted(child.source.outputs)):
                made += [(child, w.source, w.references) for w in written_in(child.source.outputs[name])]
        return made

    def _behind_variable(self, module: Module, name: str) -> Iterator[tuple[Module, Source, tuple[Reference, ...]]]:
        argument = module.call.block.body.attribute(name) if module.call else None
        if argument is not None and module.call is not None and module.caller is not None:
            yield module.caller, module.call.source(argument.span), references(argument.expression)
        declared = module.source.variables.get(name)
        for written in written_in(declared) if declared else ():
            if written.path.startswith("validation."):
                yield module, written.source, written.references

    def _chain(self, fed: Fed, path: str, target: str) -> tuple[Source, ...]:
        """The places that a value came through on its way from a target to an argument."""
        for written in fed.static:
            argument = written.path
            if (
                argument == path
                or path.startswith((f"{argument}.", f"{argument}["))
                or _same_argument(argument, path)
                or argument in ("for_each", "count")
            ):
                for reference in written.references:
                    if reference.kind in _PASSED:
                        for reached, chain in self._reached(fed.module, reference).items():
                            if _block_of(reached) == _block_of(target) and chain:
                                return chain
        return ()

    def _present(self, node_id: str) -> str:
        return node_id if node_id in self.graph else ""

    def _edge(
        self, source: str, target: str, kind: EdgeKind, evidence: tuple[Source, ...], path: str, reads: str
    ) -> None:
        attributes: dict[str, Json] = {}
        if kind is EdgeKind.DEPENDS_ON:
            if path != "depends_on":
                attributes["order"] = True
        else:
            attributes |= {k: v for k, v in (("attribute", path), ("reads", reads)) if v}
        ends = (self.graph.node(source), self.graph.node(target))
        provenance = (
            Provenance.DECLARED
            if len(evidence) == 1 and not _is_instance(ends[0]) and not _is_instance(ends[1])
            else Provenance.DERIVED
        )
        self.graph.add_edge(Edge(source, target, kind, tuple(dict.fromkeys(evidence)), provenance, "", attributes))


def _is_instance(node: Node) -> bool:
    return node.terraform is not None and node.terraform.instance_key is not None


def _block_of(node_id: str) -> str:
    """A node id without the key of the instance itself (those of modules stay)."""
    if node_id.endswith("]"):
        depth_start = (
            node_id.rfind("[", 0, node_id.rfind('["') + 1 or len(node_id))
            if node_id.endswith('"]')
            else node_id.rfind("[")
        )
        return node_id[:depth_start] if depth_start > 0 else node_id
    return node_id


def _same_argument(argument: str, path: str) -> bool:
    """Whether ``rule.port`` is the argument of the value path ``rule[2].port``."""
    return argument.partition(".")[0] == path.partition("[")[0].partition(".")[0]


def _nearest(where: dict[str, Source], path: str) -> Source | None:
    """The place of the argument that a value path lies in."""
    bare = "".join(part.split("]")[-1] for part in path.split("["))
    for longest in (path, bare):
        candidate = longest
        while candidate:
            if candidate in where:
                return where[candidate]
            candidate = candidate.rpartition(".")[0]
    return None
