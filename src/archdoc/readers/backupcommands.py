"""Command lines of scripts, cron entries and units: the commands in them, and what backup tools are told.

https://restic.readthedocs.io/en/stable/manual_rest.html, https://borgbackup.readthedocs.io/en/stable/usage/general.html
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

_ASSIGNMENT = re.compile(r"^(?:export\s+)?([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_BREAK = frozenset({";", "&&", "||", "|", "&", "(", ")", ";;", "|&"})
_LEADING = frozenset(
    {"sudo", "exec", "nice", "ionice", "time", "nohup", "if", "then", "do", "else", "!", "command", "env", "export"}
)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_OPTIONS_WITH_VALUE = {
    "restic": frozenset(
        {
            *("-r", "--repo", "--repository-file", "-p", "--password-file", "--password-command", "--cacert", "-o"),
            *("--option", "--tag", "-H", "--host", "-e", "--exclude", "--iexclude", "--exclude-file", "--files-from"),
            *("--exclude-larger-than", "--exclude-if-present", "--limit-upload", "--limit-download", "--cache-dir"),
            *(
                "--parent",
                "--time",
                "--compression",
                "--pack-size",
                "--target",
                "-t",
                "--include",
                "--path",
                "--retry-lock",
            ),
        }
    ),
    "borg": frozenset(
        {
            *("-e", "--exclude", "--exclude-from", "--pattern", "--patterns-from", "-C", "--compression", "--comment"),
            *(
                "--remote-path",
                "--rsh",
                "--lock-wait",
                "-P",
                "--prefix",
                "-a",
                "--glob-archives",
                "--umask",
                "--encryption",
            ),
            *("--checkpoint-interval", "--upload-ratelimit", "--files-cache", "--keep-tag-files", "--timestamp"),
        }
    ),
}
DUMPS = {
    "pg_dump": "postgresql",
    "pg_dumpall": "postgresql",
    "pg_basebackup": "postgresql",
    "mysqldump": "mysql",
    "xtrabackup": "mysql",
    "mariadb-dump": "mariadb",
    "mariadb-backup": "mariadb",
    "mariabackup": "mariadb",
    "mongodump": "mongodb",
    "slapcat": "openldap",
}
"""Commands that write out what a database keeps."""
_BRINGS_BACK = frozenset({"--prepare", "--copy-back", "--move-back"})
"""Options with which a command of backups restores them."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: its words (without assignments before it), and the line's number."""

    words: tuple[str, ...]
    line: int

    @property
    def program(self) -> str:
        """The name of the program, without its directory."""
        return self.words[0].rsplit("/", 1)[-1]


@dataclass(slots=True)
class Backup:
    """What the commands of a backup say together. ``sources`` and ``repositories`` have their lines."""

    tool: str
    sources: dict[str, int] = field(default_factory=dict)
    repositories: dict[str, int] = field(default_factory=dict)
    retention: dict[str, str] = field(default_factory=dict)
    databases: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Program, name, host and line."""
    line: int = 1
    saves: bool = False
    """Whether a command saves something; others only prune, check or bring back."""


def commands(text: str, variables: dict[str, str] | None = None) -> Iterator[Command]:
    """The commands of a script, in order; what is assigned before is put in the place of variables.

    ``variables`` are those of the surroundings (of a unit, of a crontab); they take in what the script assigns.
    """
    known = variables if variables is not None else {}
    for number, line in _logical_lines(text):
        for written in _split(line):
            words = [_VARIABLE.sub(lambda m: known.get(m[1] or m[2], m[0]), w) for w in written]
            first = 0
            while first < len(words) and (assigned := _ASSIGNMENT.match(words[first]) or words[first] in _LEADING):
                if isinstance(assigned, re.Match):
                    known[assigned[1]] = assigned[2]
                first += 1
            rest = _after_options(words[first:]) if first else words
            for inner in unwrapped(rest) if rest else ():
                yield Command(tuple(inner), number)


_AS_USER = frozenset(
    {"sudo", "doas", "runuser", "su", "setpriv", "gosu", "chronic", "timeout", "flock", "nice", "ionice"}
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_WITH_VALUE = frozenset(
    {"-u", "-g", "-U", "-C", "-p", "-e", "-w", "-n", "-c", "--user", "--group", "--env", "--workdir", "--namespace"}
)
_MAX_WRAPS = 5


def unwrapped(words: list[str], depth: int = 0) -> Iterator[list[str]]:
    """The command that another one runs: as another user, in a container, in a shell of its own; else the command.

    ``sudo -u postgres pg_dump app``, ``docker compose exec -T db pg_dump app``, ``su - postgres -c "pg_dump app"``.
    """
    program = words[0].rsplit("/", 1)[-1]
    inner: list[str] = []
    if program in _SHELLS or program in ("su", "runuser"):
        text = next((after for option, after in pairwise(words) if option in ("-c", "-lc", "--command")), "")
        if text and depth < _MAX_WRAPS:
            for written in _split(text):
                yield from unwrapped(written, depth + 1) if written else ()
            return
    if program in _AS_USER and program not in ("timeout", "flock", "gosu", "su"):
        inner = _after_options(words[1:])
    elif program in ("timeout", "flock", "gosu"):
        inner = _after_options(words[1:])[1:]
    elif program in ("docker", "podman", "nerdctl", "docker-compose", "kubectl") and "exec" in words[:6]:
        rest = _after_options(words[words.index("exec") + 1 :])
        inner = [w for i, w in enumerate(rest[1:]) if w != "--" or i > 1]
    if inner and depth < _MAX_WRAPS:
        yield from unwrapped(inner, depth + 1)
    else:
        yield words


def _after_options(words: list[str]) -> list[str]:
    """What follows the options of a command that runs another."""
    while words and (words[0].startswith("-") or _ASSIGNMENT.match(words[0])):
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    joined, start = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not joined:
            start = number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        whole, joined = joined + line, ""
        if whole.strip() and not whole.lstrip().startswith("#"):
            yield start, whole


def _split(line: str) -> Iterator[list[str]]:
    reader = shlex.shlex(line, posix=True, punctuation_chars=";&|()")
    reader.whitespace_split = True
    reader.commenters = ""
    try:
        tokens = list(reader)
    except ValueError:
        tokens = line.split()
    words: list[str] = []
    for token in tokens:
        if token in _BREAK:
            yield words
            words = []
        else:
            words.append(token)
    yield words


def backups(text: str, variables: dict[str, str] | None = None) -> list[Backup]:
    """What a text's commands of restic and borg, and its dumps of databases, say: one for each tool that saves."""
    known = variables if variables is not None else {}
    made: dict[str, Backup] = {}
    dumps: list[tuple[str, str, str, int]] = []
    for command in commands(text, known):
        program = command.program
        if program in DUMPS and not _BRINGS_BACK & {*command.words}:
            dumps.append(
                (
                    DUMPS[program],
                    _database(command),
                    _option(command.words, "-h", "--host") or "localhost",
                    command.line,
                )
            )
        if program in _OPTIONS_WITH_VALUE:
            _add(made.setdefault(program, Backup(program, line=command.line)), command, known)
        elif program == "borgmatic":
            made.setdefault(program, Backup(program, line=command.line)).saves |= _is_run_of_borgmatic(command)
    made = {tool: backup for tool, backup in made.items() if backup.saves}
    if dumps:
        tool = next(iter(made.values()), None) or made.setdefault("dump", Backup("dump", line=dumps[0][3]))
        tool.databases += dumps
    return list(made.values())


def _is_run_of_borgmatic(command: Command) -> bool:
    """Whether borgmatic is to create archives: told so, or given no action at all.

    https://torsion.org/borgmatic/docs/reference/command-line/
    """
    return "create" in command.words or not _OTHER_ACTIONS & {*command.words}


_OTHER_ACTIONS = frozenset(
    {
        *("borg", "break-lock", "change-passphrase", "check", "compact", "config", "delete", "diff", "export-tar"),
        *("extract", "info", "init", "key", "list", "mount", "prune", "rcreate", "recreate", "repo-create"),
        *("repo-delete", "repo-info", "repo-list", "restore", "rinfo", "rlist", "transfer", "umount", "validate"),
    }
)


def _database(command: Command) -> str:
    """The database that a dump names, "all" where it names none."""
    named = _option(command.words, "-d", "--dbname", "--db", "--databases")
    rest, skip = [], False
    for word in command.words[1:]:
        if word.startswith((">", "<")):
            break
        if not skip and not word.startswith("-"):
            rest.append(word)
        skip = not skip and word in _TAKES
    return named or (rest[0] if rest and not command.program.endswith("all") else "all")


_TAKES = ("-h", "-U", "-u", "-P", "-f", "-F", "-d", "--host", "--user", "--username", "--port", "--file")


def _option(words: tuple[str, ...], *names: str) -> str:
    for position, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[position + 1] if position + 1 < len(words) else ""
    return ""


def _add(backup: Backup, command: Command, known: dict[str, str]) -> None:
    """What one command of restic or borg adds."""
    rest: list[str] = []
    words = command.words[1:]
    skip = False
    for position, word in enumerate(words):
        if skip:
            skip = False
        elif word.startswith("--keep-"):
            name, equals, value = word.partition("=")
            value = value if equals else words[position + 1] if position + 1 < len(words) else ""
            backup.retention[name[2:].replace("-", "_")] = value
            skip = not equals
        elif word.startswith("-"):
            skip = word in _OPTIONS_WITH_VALUE[backup.tool]
        elif not word.startswith((">", "<", "2>")):
            rest.append(word)
    if backup.tool == "restic":
        repository = _option(command.words, "-r", "--repo") or known.get("RESTIC_REPOSITORY", "")
        saves = rest[:1] == ["backup"]
    else:
        archives = [w for w in rest[1:] if "::" in w or ":" in w.partition("/")[0] or w.startswith("ssh://")]
        repository = archives[0].partition("::")[0] if archives else ""
        repository = repository or known.get("BORG_REPO", "")
        rest = [w for w in rest if w not in archives]
        saves = rest[:1] == ["create"]
    backup.saves |= saves
    if repository:
        backup.repositories.setdefault(repository, command.line)
    for path in rest[1:] if saves else ():
        backup.sources.setdefault(path, command.line)
