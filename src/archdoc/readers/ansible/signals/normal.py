"""Signals in the words of their kind: what linking reads, beside the arguments as the task gives them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

from archdoc.catalog import Catalog
from archdoc.model.facts import Json
from archdoc.readers.ansible.emit import plain_json
from archdoc.readers.ansible.signals.firewalls import rules_of_module
from archdoc.readers.ansible.signals.given import is_on, items

Fields = dict[str, Json]
_CRON = ("minute", "hour", "day", "month", "weekday")
_SSH_FILES = re.compile(r"/ssh/sshd?_config(\.d/.*)?$")
_KERNEL_FILES = re.compile(r"/sysctl(\.d/[^/]*)?(\.conf)?$")


def normal_fields(signal: str, program: str, given: Mapping[str, Any], catalog: Catalog) -> list[Fields]:
    """What a task of a signal says, in that signal's own words; several for several rules, none for nothing."""
    if signal == "firewall":
        return rules_of_module(program, given)
    make = _KINDS.get(signal)
    return [make(given, catalog)] if make is not None else [{}]


def _package(given: Mapping[str, Any], catalog: Catalog) -> Fields:
    return named_packages(listed(first(given, "name", "pkg", "package", "deb")), catalog)


def named_packages(found: list[str], catalog: Catalog) -> Fields:
    """The names of packages, and the programs that are in them."""
    packages: list[str] = []
    for item in found:
        packages += [part.strip() for part in item.split(",") if part.strip()] if "{{" not in item else [item]
    programs = [p.name for name in packages if (p := catalog.software.of_package(posixpath.basename(name))) is not None]
    return _given(names=[*dict.fromkeys(packages)], programs=[*dict.fromkeys(programs)])


def _service(given: Mapping[str, Any], catalog: Catalog) -> Fields:
    unit = text(given, "name", "service", "unit")
    program = catalog.software.of_unit(unit)
    return _given(
        name=unit,
        state="masked" if is_on(given.get("masked")) else text(given, "state"),
        enabled=given.get("enabled"),
        program=_name(program),
    )


def _container(given: Mapping[str, Any], catalog: Catalog) -> Fields:
    image = text(given, "image")
    environment = given.get("env") or given.get("environment")
    return _given(
        name=text(given, "name", "container_name"),
        image=image,
        program=_name(catalog.software.of_image(image)),
        state=text(given, "state"),
        ports=listed(first(given, "published_ports", "ports", "publish", "exposed_ports")),
        volumes=listed(first(given, "volumes", "volume", "mounts")),
        networks=[_network(n) for n in items(first(given, "networks", "network", "network_mode"))],
        environment=sorted(map(str, environment)) if isinstance(environment, dict) else [],
    )


def _network(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else str(value)


def _compose(given: Mapping[str, Any], _: Catalog) -> Fields:
    return _given(
        directory=text(given, "project_src", "project_directory"),
        files=listed(given.get("files")),
        name=text(given, "project_name", "name"),
        state=text(given, "state"),
    )


def _cron(given: Mapping[str, Any], _: Catalog) -> Fields:
    special = text(given, "special_time")
    parts = [text(given, part) or "*" for part in _CRON]
    return _given(
        name=text(given, "name"),
        job=text(given, "job", "value"),
        schedule=f"@{special}" if special else " ".join(parts) if any(p != "*" for p in parts) else "",
        user=text(given, "user"),
        state="disabled" if is_on(given.get("disabled")) else text(given, "state"),
        file=text(given, "cron_file"),
        environment=True if given.get("env") in (True, "yes", "true") else None,
    )


def _user(given: Mapping[str, Any], _: Catalog) -> Fields:
    groups = first(given, "groups")
    return _given(
        name=text(given, "name", "user"),
        groups=[part.strip() for item in listed(groups) for part in item.split(",")],
        shell=text(given, "shell"),
        system=True if given.get("system") in (True, "yes", "true") else None,
        state=text(given, "state"),
    )


def _mount(given: Mapping[str, Any], _: Catalog) -> Fields:
    return _given(
        target=text(given, "path", "name"), source=text(given, "src", "dev"), type=text(given, "fstype", "type")
    )


def _line(given: Mapping[str, Any], _: Catalog) -> Fields:
    return _given(file=text(given, "path", "dest", "destfile", "name"), text=text(given, "line", "replace", "value"))


def _kernel(given: Mapping[str, Any], _: Catalog) -> Fields:
    return _given(name=text(given, "name"), value=text(given, "value", "state"))


def _placed(given: Mapping[str, Any], _: Catalog) -> Fields:
    return _given(file=text(given, "dest", "path"), source=text(given, "src"))


_KINDS: dict[str, Callable[[Mapping[str, Any], Catalog], Fields]] = {
    "package": _package,
    "service": _service,
    "container": _container,
    "compose": _compose,
    "cron": _cron,
    "user": _user,
    "mount": _mount,
    "line": _line,
    "kernel": _kernel,
    "template": _placed,
    "copy": _placed,
}


def refined(signal: str, fields: Fields) -> str:
    """The signal that a task gives by what it touches: a service that is a timer, a line of sshd_config."""
    if signal == "service" and str(fields.get("name", "")).endswith(".timer"):
        return "timer"
    if signal in ("line", "template", "copy"):
        file = str(fields.get("file", ""))
        if _SSH_FILES.search(file):
            return "ssh"
        if signal == "line" and _KERNEL_FILES.search(file):
            return "kernel"
    return signal


# -- values -----------------------------------------------------------------------------------------------------


def first(given: Mapping[str, Any], *names: str) -> Any:
    """The first argument of these names that is given."""
    return next((given[name] for name in names if given.get(name) not in (None, "")), None)


def text(given: Mapping[str, Any], *names: str) -> str:
    """The first argument of these names that is given, as text."""
    value = first(given, *names)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def listed(value: Any) -> list[str]:
    """A value as a list of texts."""
    return [str(item) if not isinstance(item, dict) else _of_mapping(item) for item in items(value)]


def _of_mapping(item: Mapping[str, Any]) -> str:
    """One text for an item that is a mapping: ``{source, target}`` of a mount, ``{published, target}`` of a port."""
    source = first(item, "source", "src", "published", "host_port")
    target = first(item, "target", "destination", "container_port", "name")
    return f"{source}:{target}" if source is not None and target is not None else str(target or source or "")


def _name(program: Any) -> str:
    return program.name if program is not None else ""


def _given(**fields: Any) -> Fields:
    given = {key: value for key, value in fields.items() if value not in ("", None, [])}
    shown = plain_json("", given)
    return shown if isinstance(shown, dict) else {}
