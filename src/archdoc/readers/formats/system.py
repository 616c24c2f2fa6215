"""fail2ban jails and systemd timers."""

from __future__ import annotations

import re

from archdoc.model.facts import Category, Json, NodeKind
from archdoc.readers.formats.scope import Facts

_SECTION = re.compile(r"^\s*\[([\w-]+)\]")
_ENABLED = re.compile(r"^\s*enabled\s*=\s*(true|yes|1)\b", re.IGNORECASE)
_CALENDAR = re.compile(r"^\s*OnCalendar\s*=\s*(.+?)\s*$")
_UNIT = re.compile(r"^\s*Unit\s*=\s*(.+?)\s*$")


def jail(facts: Facts) -> None:
    """The jails that are switched on: https://github.com/fail2ban/fail2ban/wiki/Proper-fail2ban-configuration."""
    section, jails = "", dict[str, int]()
    for number, line in enumerate(facts.document.text.split("\n"), 1):
        if found := _SECTION.match(line):
            section = found[1]
        elif _ENABLED.match(line) and section not in ("", "DEFAULT", "INCLUDES"):
            jails.setdefault(section, number)
    listed: list[Json] = [
        {"name": name, "path": facts.line(n).path, "line": facts.line(n).line} for name, n in jails.items()
    ]
    attributes: dict[str, Json] = {"jails": listed, "security_layer": "host"}
    facts.service("fail2ban", facts.catalog.software.named("fail2ban"), facts.line(1), attributes)


def timer(facts: Facts) -> None:
    """A systemd timer as a job: https://www.freedesktop.org/software/systemd/man/systemd.timer.html."""
    name = facts.document.name.rsplit("/", 1)[-1].removesuffix(".timer")
    schedule, unit = "", name
    for line in facts.document.text.split("\n"):
        if found := _CALENDAR.match(line):
            schedule = found[1]
        elif found := _UNIT.match(line):
            unit = found[1].removesuffix(".service")
    program = facts.catalog.software.in_name(unit)
    category = program.category if program else Category.OTHER
    attributes: dict[str, Json] = {
        "schedule": schedule,
        "unit": unit,
        "hosts": list(facts.document.hosts),
        "owners": list(facts.document.owners),
    }
    facts.add(
        NodeKind.JOB,
        f"job:{facts.scope}:{name}",
        program.name if program else "timer",
        name,
        facts.line(1),
        category,
        attributes,
    )
