"""Hosts and groups while they are read: the rules of ansible-core's inventory data, with the place of everything."""

from __future__ import annotations

import ipaddress
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories.model import Group, Host, Variable

MAX_HOSTS = 20_000
"""More hosts than this in one inventory are refused: a range can be written in a few characters."""
_INVALID = re.compile(r"^[\d\W]|[^\w]")


class InventoryError(Exception):
    """A source says something that Ansible refuses; ``line`` is where (0: the file as a whole)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class _Host:
    name: str
    places: list[Source]
    file: str
    groups: list[str] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)


@dataclass(slots=True)
class _Group:
    name: str
    places: list[Source]
    hosts: dict[str, list[Source]] = field(default_factory=dict)
    children: dict[str, list[Source]] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    priority: int = 1
    depth: int = 0


class Builder:
    """Collects hosts and groups of the sources of one inventory, in their order."""

    def __init__(self, place: Source, force_valid_names: str = "never") -> None:
        self.hosts: dict[str, _Host] = {}
        self.groups: dict[str, _Group] = {}
        self._transform = force_valid_names.lower() in ("always", "silently", "true", "yes", "1")
        self._place = place
        for name in ("all", "ungrouped"):
            self.groups[name] = _Group(name, [])
        self.add_child("all", "ungrouped", place)

    def group_name(self, name: str, force: bool = False) -> str:
        """The name Ansible keeps for a group (``force_valid_group_names``; always for constructed groups)."""
        return _INVALID.sub("_", name) if self._transform or force else name

    def add_group(self, name: str, place: Source) -> str:
        """Add a group, or a further place of a known one; the name it is kept under."""
        if not name:
            raise InventoryError("a group without a name", place.line)
        name = name if name in self.groups else self.group_name(name)
        _add_place(self.groups.setdefault(name, _Group(name, [])).places, place)
        return name

    def add_host(self, name: str, group: str, place: Source, port: int | None = None) -> None:
        """Add a host to a group; a port counts for a host that is new."""
        if name not in self.hosts:
            if len(self.hosts) >= MAX_HOSTS:
                raise InventoryError(f"more than {MAX_HOSTS} hosts", place.line)
            self.hosts[name] = _Host(name, [place], place.path)
            if port is not None:
                self.set_host_variable(name, Variable("ansible_port", port, place))
        host = self.hosts[name]
        _add_place(host.places, place)
        members = self.groups[group].hosts
        if name not in members:
            host.groups.append(group)
        _add_place(members.setdefault(name, []), place)

    def set_host_variable(self, host: str, variable: Variable) -> None:
        """Set a variable of a host; the last one wins. A group of the same name takes it, as in Ansible."""
        if host in self.groups:
            self.set_group_variable(host, variable)
        else:
            self.hosts[host].variables[variable.name] = variable

    def set_group_variable(self, group: str, variable: Variable) -> None:
        """Set a variable of a group; ``ansible_group_priority`` is no variable but its priority."""
        if variable.name == "ansible_group_priority":
            try:
                self.groups[group].priority = int(variable.value)
            except (TypeError, ValueError):
                raise InventoryError("ansible_group_priority must be a number", variable.source.line) from None
        else:
            self.groups[group].variables[variable.name] = variable

    def add_child(self, parent: str, child: str, place: Source) -> None:
        """Make a group a child of another; a loop is refused."""
        if parent == child:
            raise InventoryError(f"the group {parent} is its own child", place.line)
        group, inner = self.groups[parent], self.groups[child]
        if child not in group.children:
            if child in self.ancestors(parent):
                raise InventoryError(f"the groups {parent} and {child} are each other's children", place.line)
            inner.depth = max(group.depth + 1, inner.depth)
            self._deepen(child)
            inner.parents.append(parent)
        _add_place(group.children.setdefault(child, []), place)

    def ancestors(self, name: str) -> set[str]:
        """The groups above a group."""
        found: set[str] = set()
        waiting = list(self.groups[name].parents)
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting.extend(self.groups[parent].parents)
        return found

    def reconcile(self) -> None:
        """Ansible's rules for ``all`` and ``ungrouped``, once every source is read."""
        for name, group in self.groups.items():
            if name != "all" and not group.parents:
                self.add_child("all", name, group.places[0] if group.places else self._place)
        for host in self.hosts.values():
            if "ungrouped" in host.groups:
                above = self.ancestors("ungrouped")  # a group that has ``ungrouped`` as a child counts too
                if {*host.groups, *above} - {"all", "ungrouped"}:
                    host.groups.remove("ungrouped")
                    self.groups["ungrouped"].hosts.pop(host.name, None)
            elif set(host.groups) <= {"all"}:
                host.groups.append("ungrouped")
                self.groups["ungrouped"].hosts[host.name] = [host.places[0]]

    def frozen(self) -> tuple[dict[str, Host], dict[str, Group]]:
        """What was collected, immutable."""
        hosts = {
            h.name: Host(h.name, h.places[0], tuple(h.places[1:]), tuple(h.groups), dict(h.variables), h.file)
            for h in self.hosts.values()
        }
        groups = {
            g.name: Group(
                name=g.name,
                source=(g.places or [self._place])[0],
                evidence=tuple(g.places[1:]),
                hosts=tuple(g.hosts),
                children=tuple(g.children),
                parents=tuple(g.parents),
                variables=dict(g.variables),
                member_lines={m: tuple(places) for m, places in (*g.hosts.items(), *g.children.items())},
                priority=g.priority,
                depth=g.depth,
            )
            for g in self.groups.values()
        }
        return hosts, groups

    def _deepen(self, name: str) -> None:
        waiting = [name]
        while waiting:
            group = self.groups[waiting.pop()]
            for child in group.children:
                if self.groups[child].depth < group.depth + 1:
                    self.groups[child].depth = group.depth + 1
                    waiting.append(child)


def _add_place(places: list[Source], place: Source) -> None:
    if place not in places:
        places.append(place)


def expand_hosts(pattern: str, line: int) -> tuple[list[str], int | None]:
    """The hosts that a line such as ``web[01:10:2].example.org:2222`` names, and their port."""
    address, port = split_port(pattern)
    return list(_limited(expand_range(address, line), line)), port


def _limited(names: Iterator[str], line: int) -> Iterator[str]:
    for count, name in enumerate(names):
        if count >= MAX_HOSTS:
            raise InventoryError(f"a range of more than {MAX_HOSTS} hosts", line)
        yield name


def expand_range(pattern: str, line: int = 0) -> Iterator[str]:
    """Each name of a pattern with any number of ranges: ``[1:3]``, ``[01:10:2]``, ``[a:f]``.

    https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts
    """
    head, bracket, rest = pattern.partition("[")
    if not bracket:
        yield pattern
        return
    inner, closing, tail = rest.partition("]")
    bounds = inner.split(":")
    if not closing or len(bounds) not in (2, 3) or not bounds[1]:
        raise InventoryError(f"{pattern}: a range is [begin:end] or [begin:end:step]", line)
    begin, end = bounds[0] or "0", bounds[1]
    try:
        step = int(bounds[2]) if len(bounds) == 3 else 1
        for name in _sequence(begin, end, step, line):
            yield from expand_range(f"{head}{name}{tail}", line)
    except ValueError:
        raise InventoryError(f"{pattern}: a range is [begin:end] or [begin:end:step]", line) from None


def _sequence(begin: str, end: str, step: int, line: int) -> Iterator[str]:
    width = len(begin) if begin[0] == "0" and len(begin) > 1 else 0
    if width and width != len(end):
        raise InventoryError(f"[{begin}:{end}]: begin and end of a range must be equally long", line)
    letters = string.ascii_letters
    if len(begin) == len(end) == 1 and begin in letters and end in letters:
        if letters.index(begin) > letters.index(end):
            raise InventoryError(f"[{begin}:{end}]: the range ends before it begins", line)
        yield from letters[letters.index(begin) : letters.index(end) + 1 : step]
        return
    for number in range(int(begin), int(end) + 1, step):
        yield str(number).zfill(width)


_BRACKETED = re.compile(r"\[(.+)\]:([0-9]+)")
_WITH_PORT = re.compile(r"((?:[^:\[\]]|\[[^\]]*\])*):([0-9]+)")
_RANGE = r"\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]"
_LABEL = rf"(?:\w|{_RANGE})(?:[\w-]|{_RANGE})*(?<![_-])"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


def split_port(address: str) -> tuple[str, int | None]:
    """An address and the port behind it; one in brackets (``[2001:db8::1]:22``) loses them.

    What is no address (a name that ends in "_", say) is kept whole, as Ansible keeps it.
    """
    bare, port = address, None
    for form in (_BRACKETED, _WITH_PORT):
        if found := form.fullmatch(bare):
            bare, port = found[1], int(found[2])
    return (bare, port) if is_address(bare) else (address, None)


def is_address(text: str) -> bool:
    """Whether Ansible takes a text for a host name or an IP address, ranges allowed."""
    if _HOSTNAME.fullmatch(text):
        return True
    try:
        ipaddress.IPv6Address(re.sub(r"\[([0-9a-f]+):[^\]]*\]", r"\1", text, flags=re.IGNORECASE))
    except ValueError:
        return False
    return True
