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
_DUMPS = {
    "pg_dump": "postgresql",
    "pg_dumpall": "postgresql",
    "mysqldump": "mysql",
    "mariadb-dump": "mariadb",
    "mongodump": "mongodb",
}


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
            if first < len(words):
                yield Command(tuple(words[first:]), number)


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
    """What a text's commands of restic and borg, and its dumps of databases, say: one for each tool."""
    known = variables if variables is not None else {}
    made: dict[str, Backup] = {}
    dumps: list[tuple[str, str, str, int]] = []
    for command in commands(text, known):
        program = command.program
        if program in _DUMPS:
            dumps.append(
                (
                    _DUMPS[program],
                    _database(command),
                    _option(command.words, "-h", "--host") or "localhost",
                    command.line,
                )
            )
        if program in _OPTIONS_WITH_VALUE:
            _add(made.setdefault(program, Backup(program, line=command.line)), command, known)
        elif program == "borgmatic":
            made.setdefault(program, Backup(program, line=command.line))
    if dumps:
        tool = next(iter(made.values()), None) or made.setdefault("dump", Backup("dump", line=dumps[0][3]))
        tool.databases += dumps
    return list(made.values())


def _database(command: Command) -> str:
    """The database that a dump names, "all" where it names none."""
    named = _option(command.words, "-d", "--dbname", "--db", "--databases")
    rest = [w for w in command.words[1:] if not w.startswith(("-", ">", "<")) and w not in _values(command.words)]
    return named or (rest[0] if rest and not command.program.endswith("all") else "all")


def _values(words: tuple[str, ...]) -> set[str]:
    takes = ("-h", "-U", "-u", "-p", "-P", "-f", "-F", "-d", "--host", "--user", "--username", "--port", "--file")
    return {value for option, value in pairwise(words) if option in takes}


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
        paths = rest[1:] if rest[:1] == ["backup"] else []
    else:
        archives = [w for w in rest[1:] if "::" in w or ":" in w.partition("/")[0] or w.startswith("ssh://")]
        repository = archives[0].partition("::")[0] if archives else ""
        repository = repository or known.get("BORG_REPO", "")
        paths = [w for w in rest[1:] if w not in archives] if rest[:1] == ["create"] else []
    if repository:
        backup.repositories.setdefault(repository, command.line)
    for path in paths:
        backup.sources.setdefault(path, command.line)
