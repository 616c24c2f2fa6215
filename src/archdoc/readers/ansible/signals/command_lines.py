"""What command lines say of machines: containers that they start, ports that they open, services that they enable."""

from __future__ import annotations

import re
import shlex

from archdoc.catalog import Catalog
from archdoc.model.facts import Json
from archdoc.readers.ansible.emit import plain_json
from archdoc.readers.ansible.signals.firewalls import rules_of_command
from archdoc.readers.ansible.signals.normal import named_packages, normal_fields
from archdoc.readers.ansible.signals.shell import Command
from archdoc.readers.backupcommands import backups
from archdoc.readers.secrets import mask_text

Found = tuple[str, str, dict[str, Json]]
"""A signal, its program, its fields."""
_CONTAINER_TOOLS = frozenset({"docker", "podman", "nerdctl"})
_PACKAGE_TOOLS = {
    "apt": ("install",),
    "apt-get": ("install",),
    "aptitude": ("install",),
    "yum": ("install", "localinstall"),
    "dnf": ("install",),
    "apk": ("add",),
    "zypper": ("install", "in"),
    "pacman": ("-S", "-Sy", "-Syu"),
    "snap": ("install",),
}
_TAKE_VALUE = frozenset(
    {
        *("-v", "--volume", "-p", "--publish", "-e", "--env", "--env-file", "--name", "--network", "--net", "-l"),
        *("--label", "--restart", "-w", "--workdir", "-u", "--user", "--mount", "-h", "--hostname", "--log-driver"),
        *("--log-opt", "--add-host", "--link", "--device", "--cap-add", "--cap-drop", "--entrypoint", "-m"),
        *("--memory", "--cpus", "--ulimit", "--dns", "--ip", "--expose", "--volumes-from", "--security-opt"),
        *("--health-cmd", "--health-interval", "--sysctl", "--tmpfs", "--pid", "--ipc", "--platform", "--pull"),
        *("--shm-size", "--gpus", "--runtime", "--stop-timeout", "--cgroupns", "--network-alias"),
    }
)


def signals_of(command: Command, catalog: Catalog) -> list[Found]:
    """The signals of one command."""
    if command.program in _CONTAINER_TOOLS or command.program in ("docker-compose", "podman-compose"):
        return _container(command, catalog)
    rules = rules_of_command(command)
    if rules:
        return [("firewall", program, fields) for program, fields in rules]
    if command.program in ("systemctl", "service"):
        return _service(command, catalog)
    if command.program in _PACKAGE_TOOLS:
        return _package(command, catalog)
    if command.program in ("certbot", "certbot-auto", "acme.sh", "lego", "dehydrated"):
        return _certificate(command, catalog)
    return _backup(command)


def _container(command: Command, catalog: Catalog) -> list[Found]:
    words = [w for w in command.arguments if w]
    if command.program.endswith("-compose"):
        words = ["compose", *words]
    verb = next((w for w in words if not w.startswith("-")), "")
    if verb == "compose":
        return _compose(Command(command.program, tuple(words[words.index("compose") + 1 :]), command.directory))
    if verb == "container":
        words = words[words.index("container") + 1 :]
        verb = next((w for w in words if not w.startswith("-")), "")
    if verb not in ("run", "create"):
        return []
    rest = words[words.index(verb) + 1 :]
    at = _image_at(rest)
    run = Command(command.program, tuple(rest[:at]))
    if at == len(rest) or _is_over_when_the_task_is(run):
        return []
    given = {
        "name": next(iter(run.option("--name")), ""),
        "image": rest[at],
        "ports": run.option("-p", "--publish"),
        "volumes": run.option("-v", "--volume"),
        "networks": run.option("--network", "--net"),
        "env": {name: value for e in run.option("-e", "--env") for name, _, value in [e.partition("=")]},
    }
    fields = normal_fields("container", "", given, catalog)[0]
    set_by = {"env": given["env"], "env_file": run.option("--env-file")}
    fields["arguments"] = plain_json("", {key: value for key, value in set_by.items() if value})
    return [("container", str(fields.pop("program", "")), fields)]


def _is_over_when_the_task_is(run: Command) -> bool:
    """Whether a container is removed by the time that the next task starts: it is no service of the machine.

    https://docs.docker.com/reference/cli/docker/container/run/#rm: a container in the foreground is waited for.
    """
    removed = any(word in ("--rm", "--rm=true") for word in run.arguments)
    short = [word for word in run.arguments if re.fullmatch(r"-[a-zA-Z]*d[a-zA-Z]*", word)]
    return removed and not short and not any(word in ("--detach", "--detach=true") for word in run.arguments)


def _image_at(words: list[str]) -> int:
    """Where the image of ``docker run`` stands: the first word that is neither an option nor an option's value."""
    position = 0
    while position < len(words) and words[position].startswith("-"):
        position += 2 if words[position] in _TAKE_VALUE else 1
    return min(position, len(words))


def _compose(command: Command) -> list[Found]:
    words = list(command.arguments)
    files = command.option("-f", "--file")
    values = {*files, *command.option("-p", "--project-name", "--project-directory", "--env-file", "--profile")}
    verb = next((w for w in words if not w.startswith("-") and w not in values), "")
    if verb not in ("up", "start", "create", "run", "restart"):
        return []
    directory = next(iter(command.option("--project-directory")), command.directory)
    fields: dict[str, Json] = {"files": [*files], "directory": directory, "state": "present"}
    name = next(iter(command.option("-p", "--project-name")), "")
    fields["name"] = name
    return [("compose", "", {k: v for k, v in fields.items() if v not in ("", [])})]


def _service(command: Command, catalog: Catalog) -> list[Found]:
    words = [w for w in command.arguments if not w.startswith("-")]
    if command.program == "service":
        words = [words[1], words[0]] if len(words) > 1 else []
    if len(words) < 2 or words[0] not in ("enable", "start", "restart", "reload", "disable", "stop", "mask"):
        return []
    given: dict[str, Json] = {"enabled": words[0] == "enable"}
    if words[0] not in ("enable", "disable"):
        given = {"state": {"stop": "stopped"}.get(words[0], f"{words[0]}ed")}
    found: list[Found] = []
    for unit in words[1:]:
        fields = normal_fields("service", "", {"name": unit, **given}, catalog)[0]
        found.append(("timer" if unit.endswith(".timer") else "service", str(fields.pop("program", "")), fields))
    return found


def _package(command: Command, catalog: Catalog) -> list[Found]:
    words = list(command.arguments)
    verb = next((w for w in words if w in _PACKAGE_TOOLS[command.program]), "")
    if not verb:
        return []
    names = [w for w in words[words.index(verb) + 1 :] if not w.startswith("-")]
    return [("package", "", named_packages(names, catalog))] if names else []


def _certificate(command: Command, catalog: Catalog) -> list[Found]:
    domains = [d for o in command.option("-d", "--domain", "--domains") for d in o.split(",")]
    program = catalog.software.named(command.program.removesuffix("-auto"))
    fields: dict[str, Json] = {"domains": [*domains], "command": " ".join(command.arguments[:2])}
    return [("certificate", program.name if program is not None else command.program, fields)]


def _backup(command: Command) -> list[Found]:
    """What restic, borg, borgmatic or a dump of a database is told to save, and where to."""
    found: list[Found] = []
    for backup in backups(shlex.join([command.program, *command.arguments])):
        fields: dict[str, Json] = {"sources": [*backup.sources], "repositories": [*map(mask_text, backup.repositories)]}
        fields["retention"] = dict(backup.retention)
        fields["databases"] = [
            {"program": program, "name": name, "to": to} for program, name, to, _ in backup.databases
        ]
        found.append(("backup", backup.tool, {key: value for key, value in fields.items() if value}))
    return found
