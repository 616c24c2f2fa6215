"""Nomad job files: https://developer.hashicorp.com/nomad/docs/job-specification."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archdoc.catalog import Program
from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.formats.environment import addresses_in
from archdoc.readers.formats.scope import Facts, masked
from archdoc.readers.hcl import parse
from archdoc.readers.hcl.tree import Block, Body, Expression, GetAttr, Literal, Template, TupleCons, Variable
from archdoc.readers.loose import Hidden


def read(facts: Facts) -> None:
    """The tasks of every group as services, those of a periodic job as jobs: images, ports, volumes, addresses in the
    environment."""
    hidden = Hidden(facts.document.text)
    parsed = parse(hidden.text, facts.document.name)
    for problem in parsed.problems:
        message = f"{facts.document.name} is not valid HCL from here on; what is whole is read"
        place = facts.line(problem.source.line if problem.source else 1)
        facts.graph.add_problem(Problem(Severity.WARNING, "CFG001", message, place, "correct the file"))
    job_file = _JobFile(facts, hidden, parsed.body)
    for job in parsed.body.blocks_of("job"):
        job_file.job(job)


class _JobFile:
    """One file being read."""

    def __init__(self, facts: Facts, hidden: Hidden, body: Body) -> None:
        self._facts = facts
        self._hidden = hidden
        self._defaults = {
            block.labels[0]: default.expression
            for block in body.blocks_of("variable")
            if block.labels and (default := block.body.attribute("default")) is not None
        }

    def job(self, job: Block) -> None:
        """The groups of a job; a task outside of one is a group of its own."""
        name = self._label(job)
        groups = [(self._label(group), group.body) for group in job.body.blocks_of("group")]
        groups += [(self._label(task), Body((), (task,), task.span)) for task in job.body.blocks_of("task")]
        single = sum(len(body.blocks_of("task")) for _, body in groups) == 1
        for group, body in groups:
            for task in body.blocks_of("task"):
                own = self._label(task)
                self._task(job, group, body, task, name if single else own if own == name else f"{name}/{own}")

    def _task(self, job: Block, group: str, body: Body, task: Block, name: str) -> None:
        facts = self._facts
        config = next(iter(task.body.blocks_of("config")), None)
        image = self._text(config.body, "image") if config is not None else ""
        command = self._text(config.body, "command") if config is not None else ""
        program = self._program(name, self._label(task), image, command)
        place = self._place(task.span.line, task.span.end_line)
        attributes: dict[str, Json] = {"nomad": True, "job": self._label(job), "group": group}
        if image:
            attributes["container"] = True  # one of its own, beside others of the same program
        words = {"driver": self._text(task.body, "driver"), "image": image, "command": command}
        own = self._own_ports(job, body, task, config)
        lists = {
            "datacenters": self._texts(job.body, "datacenters"),
            "ports": [*self._ports(body, "static", own)],
            "expose": [*self._ports(body, "to", own)],
            "server_names": [*self._names(body, task, own)],
        }
        attributes |= {key: value for key, value in words.items() if value}
        attributes |= {key: [*values] for key, values in lists.items() if values}
        count = body.attribute("count")
        if count is not None and isinstance(count.expression, Literal) and isinstance(count.expression.value, int):
            attributes["replicas"] = count.expression.value
        periodic = next(iter(job.body.blocks_of("periodic")), None)
        if periodic is not None:
            self._timed(name, program, place, attributes, periodic)
            return
        connections = addresses_in(self._environment(task))
        if connections:
            attributes["connections"] = connections
        node = facts.service(name, program, place, attributes, starts=True)
        self._volumes(node, body, task)

    def _program(self, name: str, task: str, image: str, command: str) -> Program | None:
        software = self._facts.catalog.software
        if image:
            return software.of_image(image) or software.named(name)
        return software.named(posixpath.basename(command)) or software.named(task) or software.named(name)

    def _timed(
        self, name: str, program: Program | None, place: Source, attributes: dict[str, Json], periodic: Block
    ) -> None:
        facts = self._facts
        schedule = self._text(periodic.body, "cron") or ", ".join(self._texts(periodic.body, "crons"))
        given: dict[str, Json] = {
            "hosts": [*facts.document.hosts],
            "owners": [*facts.document.owners],
            "scope": facts.scope,
            "schedule": schedule,
            **attributes,
        }
        category = program.category if program else Category.OTHER
        type_name = program.name if program else "periodic"
        facts.add(NodeKind.JOB, f"job:{facts.scope}:{name}", type_name, name, place, category, given)

    def _volumes(self, node: Node, group: Body, task: Block) -> None:
        """Volumes of the group that the task mounts: those of the client that it names, or of a storage plugin."""
        declared = {self._label(block): block for block in group.blocks_of("volume")}
        for mount in task.body.blocks_of("volume_mount"):
            volume = declared.get(self._text(mount.body, "volume"))
            if volume is None:
                continue
            source = self._text(volume.body, "source") or self._label(volume)
            read_only = "true" in (self._text(volume.body, "read_only"), self._text(mount.body, "read_only"))
            facts, place = self._facts, self._place(mount.span.line, mount.span.end_line)
            given: dict[str, Json] = {"hosts": [*facts.document.hosts], "scope": facts.scope}
            store = facts.add(
                NodeKind.STORE, f"store:{facts.scope}:{source}", "volume", source, place, Category.STORAGE, given
            )
            if read_only:
                facts.edge(node, store, EdgeKind.CONNECTS_TO, place, {"via": "volume"})
            else:
                facts.edge(node, store, EdgeKind.STORES_IN, place)

    def _ports(self, group: Body, kind: str, of_task: set[str] | None) -> Iterator[str]:
        """The ports of the group's networks: ``static`` those of the machine, ``to`` those inside; of these labels,
        where a task says which are its own."""
        for network in group.blocks_of("network"):
            for port in network.body.blocks_of("port"):
                number = self._text(port.body, kind)
                if number and number != "-1" and (of_task is None or self._label(port) in of_task):
                    inner = self._text(port.body, "to") if kind == "static" else ""
                    yield f"{number}:{inner}" if inner and inner != "-1" else number

    def _names(self, group: Body, task: Block, of_task: set[str] | None) -> Iterator[str]:
        """The names under which the task's services are registered with Consul or Nomad."""
        for body in (group, task.body):
            for service in body.blocks_of("service"):
                name, said = self._text(service.body, "name"), self._text(service.body, "task")
                own = of_task is None or body is task.body or self._text(service.body, "port") in of_task
                if name and (said == self._label(task) if said else own):
                    yield name

    def _own_ports(self, job: Block, group: Body, task: Block, config: Block | None) -> set[str] | None:
        """The labels of the ports that are a task's own; None for all of its group's: of the only one, and of the one
        that is called like the job."""
        said = self._texts(config.body, "ports") if config is not None else []
        if said:
            return set(said)
        return None if len(group.blocks_of("task")) == 1 or self._label(task) == self._label(job) else set()

    def _environment(self, task: Block) -> Iterator[tuple[str, str, Source]]:
        for env in task.body.blocks_of("env"):
            for attribute in env.body.attributes:
                value = masked(attribute.name, self._shown(attribute.expression))
                yield attribute.name, str(value), self._place(attribute.span.line, attribute.span.end_line)

    # -- values -------------------------------------------------------------------------------------------------

    def _label(self, block: Block) -> str:
        return self._hidden.shown(block.labels[0]) if block.labels else ""

    def _text(self, body: Body, name: str) -> str:
        attribute = body.attribute(name)
        return self._shown(attribute.expression) if attribute is not None else ""

    def _texts(self, body: Body, name: str) -> list[str]:
        attribute = body.attribute(name)
        listed = attribute.expression.items if attribute and isinstance(attribute.expression, TupleCons) else ()
        return [text for item in listed if (text := self._shown(item))]

    def _shown(self, value: Expression, depth: int = 0) -> str:
        """A scalar as text; a variable is its default; "" for what only the scheduler knows."""
        if isinstance(value, Literal):
            shown = str(value.value).lower() if isinstance(value.value, bool) else str(value.value or "")
            return self._hidden.shown(shown)
        if isinstance(value, Template):
            parts = [self._shown(part, depth + 1) for part in value.parts]
            return "".join(parts) if all(parts) and depth < 10 else ""
        if isinstance(value, GetAttr) and isinstance(value.on, Variable) and value.on.name == "var" and depth < 10:
            default = self._defaults.get(value.name)
            return self._shown(default, depth + 1) if default is not None else ""
        return ""

    def _place(self, line: int, end_line: int) -> Source:
        return self._facts.document.source(line, end_line)
