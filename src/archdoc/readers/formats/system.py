"""What runs on a machine by itself: systemd units and timers, podman's quadlets, cron, fail2ban."""

from __future__ import annotations

import posixpath
import re
import shlex

from archdoc.model.facts import Category, Json, Node, NodeKind, Source
from archdoc.readers.addresssecrets import mask_words
from archdoc.readers.backupcommands import Command, commands
from archdoc.readers.formats import backups
from archdoc.readers.formats.environment import Variables, addresses_in, variables_in
from archdoc.readers.formats.ini import Entry, entries, truth
from archdoc.readers.formats.scope import Facts
from archdoc.readers.secrets import mask_text


def jail(facts: Facts) -> None:
    """The jails that are switched on: https://github.com/fail2ban/fail2ban/wiki/Proper-fail2ban-configuration."""
    default: dict[str, str] = {}
    sections: dict[str, dict[str, Entry]] = {}
    for entry in entries(facts):
        if entry.section == "DEFAULT":
            default[entry.name] = entry.value
        elif entry.section not in ("", "INCLUDES"):
            sections.setdefault(entry.section, {})[entry.name] = entry
    listed: list[Json] = []
    for name, options in sections.items():
        enabled = options.get("enabled")
        if not truth(enabled.value if enabled else default.get("enabled", "")):
            continue
        place = facts.line((enabled or next(iter(options.values()))).line)
        made: dict[str, Json] = {"name": name, "path": place.path, "line": place.line}
        for option in ("port", "maxretry", "bantime", "findtime", "filter", "action"):
            value = options[option].value if option in options else default.get(option, "")
            if value:
                made[option] = mask_text(value)
        listed.append(made)
    attributes: dict[str, Json] = {"jails": listed, "security_layer": "host"}
    facts.service("fail2ban", facts.catalog.software.named("fail2ban"), facts.line(1), attributes)


def timer(facts: Facts) -> None:
    """A systemd timer as a job: https://www.freedesktop.org/software/systemd/man/systemd.timer.html."""
    name = facts.document.name.rsplit("/", 1)[-1].removesuffix(".timer")
    schedule: list[str] = []
    unit = name
    for entry in entries(facts, backslash=True):
        if entry.section == "Timer" and entry.value:
            if entry.name == "OnCalendar":
                schedule.append(entry.value)
            elif entry.name in ("OnUnitActiveSec", "OnUnitInactiveSec", "OnBootSec", "OnActiveSec", "OnStartupSec"):
                schedule.append(f"{entry.name}={entry.value}")
            elif entry.name == "Unit":
                unit = entry.value.removesuffix(".service")
    beside = posixpath.join(posixpath.dirname(facts.document.name), f"{unit}.service")
    known = facts.key(beside) in facts.around.texts
    _job(facts, unit if known else name, "timer", {"schedule": ", ".join(schedule), "unit": unit})


def _job(facts: Facts, name: str, kind: str, attributes: dict[str, Json], line: int = 1) -> Node:
    program = facts.catalog.software.of_unit(name) or facts.catalog.software.in_name(name)
    if program is not None and program.background:
        program = None  # a job of the shell, of PHP, of cron itself: what it does is its own
    category = program.category if program else Category.OTHER
    given: dict[str, Json] = {
        "hosts": list(facts.document.hosts),
        "owners": list(facts.document.owners),
        "scope": facts.scope,
        **attributes,
    }
    type_name = program.name if program else kind
    return facts.add(NodeKind.JOB, f"job:{facts.scope}:{name}", type_name, name, facts.line(line), category, given)


def unit(facts: Facts) -> None:
    """A systemd service: what it starts and what it is told to talk to. One that a timer starts, or that ends by
    itself, is a job: https://www.freedesktop.org/software/systemd/man/systemd.service.html."""
    path = facts.document.name
    name = path.rsplit("/", 1)[-1].removesuffix(".service")
    starts: list[Entry] = []
    environment: dict[str, tuple[str, Source]] = {}
    files: list[str] = []
    options: dict[str, str] = {}
    for entry in entries(facts, backslash=True):
        if entry.section == "Service" and entry.name in ("ExecStart", "ExecStartPre", "ExecStartPost"):
            starts.append(entry)
        elif entry.section == "Service" and entry.name == "Environment":
            environment |= {n: (v, facts.line(entry.line)) for n, v in _assignments(entry.value)}
        elif entry.section == "Service" and entry.name == "EnvironmentFile":
            files.append(entry.value.lstrip("-"))
        elif entry.section in ("Service", "Unit", "Install"):
            options[entry.name] = entry.value
    main = [e for e in starts if e.name == "ExecStart" and e.value]
    if not main:
        return
    for path_ in files:  # what a file sets wins over what the unit sets
        environment |= {n: (v, place) for n, v, place in _of_file(facts, path_)}
    attributes: dict[str, Json] = {"unit": f"{name}.service", "command": mask_words(mask_text(main[0].value))[:300]}
    for key, option in (("user", "User"), ("after", "After"), ("requires", "Requires")):
        if options.get(option):
            attributes[key] = options[option]
    timed = facts.key(path.removesuffix(".service") + ".timer") in facts.around.texts
    if options.get("Type") == "oneshot" or timed:
        made = [_told(facts, name, e.value.lstrip("-@+!:"), e.line, environment, attributes) for e in starts]
        if not any(made):
            _job(facts, name, "unit", attributes, main[0].line)
        return
    command = next(commands(main[0].value.lstrip("-@+!:")), None)
    image = container_image(command) if command is not None else ""
    software = facts.catalog.software
    program = software.of_image(image) if image else software.of_unit(name)
    if program is None and command is not None and not image:
        program = software.named(command.program)
    if image:
        attributes["image"] = image
    connections = addresses_in([(n, v, place) for n, (v, place) in environment.items()])
    connections += addresses_in(_options(facts, command, main[0].line))
    if connections:
        attributes["connections"] = connections
    facts.service(name.rstrip("@"), program, facts.line(main[0].line), attributes)


def _of_file(facts: Facts, path: str) -> list[tuple[str, str, Source]]:
    document = facts.beside(path)
    return variables_in(document) if document is not None else []


def _assignments(value: str) -> list[tuple[str, str]]:
    try:
        words = shlex.split(value)
    except ValueError:
        words = value.split()
    return [(w.partition("=")[0], w.partition("=")[2]) for w in words if "=" in w]


def _options(facts: Facts, command: Command | None, line: int) -> list[tuple[str, str, Source]]:
    """The options of a command that have a value, as names and values."""
    words = command.words if command is not None else ()
    pairs = [w.lstrip("-").partition("=") for w in words if w.startswith("-") and "=" in w]
    return [(name, value, facts.line(line)) for name, _, value in pairs]


_RUN = re.compile(r"^(?:docker|podman|nerdctl)$")
_FLAGS = frozenset(
    {"-d", "--rm", "-i", "-t", "-it", "--init", "--privileged", "--replace", "--detach", "-P", "--read-only"}
)


def container_image(command: Command) -> str:
    """The image that ``docker run`` starts; "" for any other command."""
    words = list(command.words)
    if not _RUN.match(command.program) or "run" not in words[:3]:
        return ""
    rest = words[words.index("run") + 1 :]
    while rest and rest[0].startswith("-"):
        alone = "=" in rest[0] or rest[0] in _FLAGS or (len(rest) > 1 and rest[1].startswith("-"))
        rest = rest[1:] if alone else rest[2:]
    return rest[0] if rest else ""


def _told(
    facts: Facts,
    name: str,
    text: str,
    line: int,
    known: Variables,
    attributes: dict[str, Json],
) -> bool:
    """Whether a command line, or a script that it calls, makes backups; the jobs of them are added.

    A script that one of these calls in its turn (the dump of a database before the disk is saved) is a job of its own,
    at the same time.
    """
    found = backups.of_commands(facts, name, text, line, known, attributes) is not None
    if found:
        return True
    for command in commands(text, {n: v for n, (v, _) in known.items()}):
        found = _called(facts, command, name, known, attributes, 0) or found
        if found:
            break
    return found


def _called(
    facts: Facts, command: Command, name: str, known: Variables, attributes: dict[str, Json], depth: int
) -> bool:
    """Whether a command is a script that is known and makes backups, itself or by those that it calls."""
    key = facts.key(command.words[0])
    document = facts.around.texts.get(key) if command.words[0].startswith("/") else None
    if document is None or depth > _MAX_CALLS or (depth and key in facts.around.called):
        return False
    facts.around.called.add(key)
    other = Facts(document, facts.catalog, facts.graph, facts.around)
    found = backups.of_commands(other, name, document.text, 1, known, attributes) is not None
    for inner in commands(document.text, {n: v for n, (v, _) in known.items()}):
        base = inner.words[0].rsplit("/", 1)[-1].removesuffix(".sh").removesuffix(".bash")
        found = _called(facts, inner, base if found else name, known, attributes, depth + 1) or found
    return found


_MAX_CALLS = 3
"""So deep scripts are followed that call one another."""


def quadlet(facts: Facts) -> None:
    """A container that systemd runs with podman: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html."""
    name = facts.document.name.rsplit("/", 1)[-1].removesuffix(".container")
    values: dict[str, list[Entry]] = {}
    for entry in entries(facts, backslash=True):
        if entry.section == "Container":
            values.setdefault(entry.name, []).append(entry)
    if "Image" not in values:
        return
    image = values["Image"][0].value
    attributes: dict[str, Json] = {"image": image}
    for key, option in (("ports", "PublishPort"), ("volumes", "Volume"), ("networks", "Network")):
        if option in values:
            attributes[key] = [e.value for e in values[option]]
    given = [v for e in values.get("EnvironmentFile", []) for v in _of_file(facts, e.value)]
    given += [(n, v, facts.line(e.line)) for e in values.get("Environment", []) for n, v in _assignments(e.value)]
    connections = addresses_in(given)
    if connections:
        attributes["connections"] = connections
    program = facts.catalog.software.of_image(image) or facts.catalog.software.named(name)
    facts.service(name, program, facts.line(values["Image"][0].line), attributes)


_CRON = re.compile(r"^\s*((?:@\w+)|(?:[\d*/,A-Za-z?L#-]+\s+){4}[\d*/,A-Za-z?L#-]+)\s+(.+)$")
_PERIODIC = re.compile(r"(?:^|/)cron\.(hourly|daily|weekly|monthly)/([^/]+)$")


def cron(facts: Facts) -> None:
    """The entries of a crontab, or a script that cron runs every hour, day, week or month.

    https://man7.org/linux/man-pages/man5/crontab.5.html
    """
    periodic = _PERIODIC.search(facts.document.name)
    if periodic:
        attributes: dict[str, Json] = {"schedule": f"@{periodic[1]}", "user": "root"}
        if backups.of_commands(facts, periodic[2], facts.document.text, 1, {}, attributes) is None:
            _job(facts, periodic[2], "cron", attributes)
        return
    base = facts.document.name.rsplit("/", 1)[-1]
    system = "cron.d/" in facts.document.name or facts.document.name == "/etc/crontab"
    known: dict[str, tuple[str, Source]] = {}
    found: list[tuple[int, str, str, str]] = []
    for number, line in facts.lines():
        entry = _CRON.match(line) if not line.lstrip().startswith(("#", "{%", "{#")) else None
        if entry is None:
            if re.match(r"^\s*[A-Za-z_]\w*\s*=", line):
                known |= {n: (v, facts.line(number)) for n, v in _assignments(line)}
            continue
        schedule, command = " ".join(entry[1].split()), entry[2]
        user, _, rest = command.partition(" ") if system else ("", "", command)
        found.append((number, schedule, user, rest.strip() if system else command))
    for number, schedule, user, command in found:
        first = next(commands(command), None)
        name = base if len(found) == 1 else f"{base} {first.program if first else number}"
        if [
            c
            for n, _, _, other in found
            if (c := next(commands(other), None)) and n < number and first and c.program == first.program
        ]:
            name += f" {number}"
        given: dict[str, Json] = {"schedule": schedule, "command": mask_words(mask_text(command))[:300]}
        if user:
            given["user"] = user
        if not _told(facts, name, command, number, known, given):
            _job(facts, name, "cron", given, number)
