"""The commands of a CI script that touch infrastructure, read without running anything.

What counts as a command, and what each of its words does (``apply`` changes, ``plan`` previews, ``fmt`` checks), are
rows of the catalog. A script of the repository and a target of its Makefile are followed.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from archdoc.catalog import Catalog, Command
from archdoc.model.facts import Json, Source
from archdoc.readers.addresssecrets import mask_words
from archdoc.readers.ci.makefiles import recipe
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.secrets import MASK, follows_option, is_secret, mask_text

MAX_DEPTH = 4
"""Scripts that call scripts are followed this far."""
MAX_LOOP = 50
"""Words that a loop is followed for."""
MAX_RUNS = 200
"""Commands that one job is asked for; a longer script is generated."""
_CHAIN = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|(&&|\|\||;|\||(?<![<>&])&(?![&>\d]))")
"""What stands between commands; what stands in quotes belongs to one."""
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_LEADING = frozenset(
    {"sudo", "time", "exec", "command", "nohup", "then", "do", "else", "if", "while", "until", "!", "{"}
)
_RUNNERS = {
    "uv": "run",
    "poetry": "run",
    "pipenv": "run",
    "pdm": "run",
    "mise": "exec",
    "aws-vault": "exec",
    "op": "run",
}
_WRAPPERS = {
    "timeout": (1, frozenset({"-s", "--signal", "-k", "--kill-after"})),
    "nice": (0, frozenset({"-n", "--adjustment"})),
    "ionice": (0, frozenset({"-c", "--class", "-n", "--classdata"})),
    "flock": (1, frozenset({"-w", "--timeout", "-E"})),
    "stdbuf": (0, frozenset({"-i", "-o", "-e"})),
    "chronic": (0, frozenset()),
    "unbuffer": (0, frozenset()),
    "xargs": (0, frozenset({"-n", "-I", "-P", "-L", "-d"})),
}
"""Programs that run the one behind them: how many words of their own come before it, and their options with a value."""
_DECLARING = frozenset({"export", "local", "readonly", "declare", "typeset"})
_REDIRECTION = re.compile(r"\d*(?:>>?|<|&>)(?:&\d|\S*)")
_OPENING = re.compile(r"^(?:(?:do|then|else|\{)\s+)+")
_FOR = re.compile(r"for\s+(\w+)\s+in\s+(.+)$")
_LOOP = re.compile(r"(?:for|while|until|select)\s")
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "source", "."})
_VARIABLE = re.compile(r"\$\{(\w+)(?::?[-=]([^}]*))?\}|\$(\w+)")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "PWD", "WORKSPACE", "BUILD_SOURCESDIRECTORY", "DRONE_WORKSPACE")
"""Variables that name the checkout itself."""


@dataclass(slots=True)
class Shell:
    """Reads one script after another, with the directory and the variables that they leave behind.

    ``runs`` are the commands found: ``{"tool", "command", "does", "arguments", "subjects", "working_directory",
    "path", "line"}``; a command inside a script or Makefile says so in ``through``.
    """

    repo: Repository
    catalog: Catalog
    path: str
    directory: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    runs: list[Json] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    """The directories that ``cd -`` and ``popd`` go back to."""

    def read(self, script: str, first_line: int, through: tuple[str, ...] = ()) -> None:
        """Follow a script whose first line is ``first_line`` of its file."""
        parts: list[tuple[int, str]] = []
        for number, text in _logical_lines(script):
            parts += [(first_line if through else first_line + number, part) for part in _parts(text)]
        self._follow_parts(parts, through)

    def _follow_parts(self, parts: list[tuple[int, str]], through: tuple[str, ...]) -> None:
        """One command after the other; a loop over words that are known once for each of them."""
        around: list[str] = []
        at = 0
        while at < len(parts):
            line, part = parts[at]
            text = _OPENING.sub("", part.strip())
            if (loop := _FOR.match(text)) is not None:
                end = _end_of_loop(parts, at)
                for value in self._loop_values(loop[2]) or [""]:
                    if value:
                        self.variables[loop[1]] = value
                    else:
                        self.variables.pop(loop[1], None)
                    self._follow_parts(parts[at + 1 : end], through)
                at = end + 1
                continue
            if text.startswith("("):
                around.append(self.directory)
            closes = bool(around) and text.count(")") > text.count("(") - text.startswith("(")
            self._simple(part.rstrip().removesuffix(")") if closes else part, line, through)
            if closes:
                self.directory = around.pop()  # what is in parentheses is a shell of its own
            at += 1

    def _loop_values(self, words: str) -> list[str]:
        """What a loop goes through: words, and the directories and files of the repository that a pattern means;
        nothing where that is known only when it runs."""
        found: list[str] = []
        for word in map(self._substitute, _split(words)):
            if "$" in word or "`" in word or "{" in word:
                return []
            if "*" not in word:
                found.append(word)
                continue
            pattern = self._at(word.rstrip("/"))
            there = sorted({*self.repo.directories, *(self.repo.paths if not word.endswith("/") else ())})
            found += [f"/./{p}" for p in there if p.count("/") == pattern.count("/") and fnmatchcase(p, pattern)]
        return found[:MAX_LOOP]

    def _simple(self, part: str, line: int, through: tuple[str, ...]) -> None:
        words = self._words(part)
        if not words or len(self.runs) >= MAX_RUNS:
            return
        first, rest = words[0], words[1:]
        if first in ("cd", "pushd", "popd"):
            self._enter(first, [w for w in rest if w not in ("--", "-P", "-L") and not _REDIRECTION.fullmatch(w)])
        elif first in _SHELLS and "-c" in rest:
            for text in rest[rest.index("-c") + 1 : rest.index("-c") + 2] if len(through) < MAX_DEPTH else ():
                inner = Shell(self.repo, self.catalog, self.path, self.directory, dict(self.variables), self.runs)
                for each in text.split("\n"):
                    inner.read(each, line, through)
        elif first in _SHELLS or first.startswith(("./", "../")) or (first.endswith(".sh") and "/" in first):
            script = next((w for w in rest if not w.startswith("-")), "") if first in _SHELLS else first
            self._follow(self._at(script), line, through)
        elif posixpath.basename(first) in ("make", "gmake"):
            self._make(rest, line, through)
        elif (command := self._command(words)) is not None:
            row, name = command
            named = next((self.variables[v] for v in row.variables if self.variables.get(v)), "")
            where = self._at(self._substitute(named)) if named else self._at(".")
            self.runs.append(_run(row, name, words[len(name.split()) :], where, Source(self.path, line), through))

    def _enter(self, verb: str, words: list[str]) -> None:
        if verb == "popd" or words[:1] == ["-"]:
            self.directory = self.before.pop() if self.before else self.directory
        elif words:
            self.before.append(self.directory)
            self.directory = self._at(words[-1].rstrip(")"))

    def _command(self, words: list[str]) -> tuple[Command, str] | None:
        """The row of a command, and the word or two it is called by (``docker compose``)."""
        delivery = self.catalog.delivery
        two = " ".join([posixpath.basename(words[0]), *words[1:2]])
        if len(words) > 1 and (row := delivery.command(two)) is not None and " " in two:
            return row, two
        row = delivery.command(words[0])
        return (row, posixpath.basename(words[0])) if row is not None else None

    def _words(self, part: str) -> list[str]:
        part = part.strip().lstrip("(").removeprefix("$(").strip()
        if not part or part.startswith("#"):
            return []
        words = [self._substitute(w) for w in _split(part)]
        while words:
            assigned = _ASSIGNMENT.fullmatch(words[0])
            if assigned or words[0] == "env":
                words.pop(0)
                if assigned and not words:
                    self.variables[assigned[1]] = assigned[2]
            elif words[0] in _DECLARING:
                words = [w for w in words[1:] if not w.startswith("-")]
            elif words[0] == "alias":
                return []  # it gives a command a name, and runs nothing
            elif words[0] == "command" and words[1:2] and words[1].lower() == "-v":
                return []  # it asks whether there is such a command
            elif words[0] in _WRAPPERS:
                words = _behind(words)
            elif words[0] in _LEADING:
                words.pop(0)
                while words and words[0].startswith("-") and words[0] != "-":
                    words.pop(0)
            elif _RUNNERS.get(words[0]) in words[1:2]:
                words = words[2:]
                while "--" in words:
                    words = words[words.index("--") + 1 :]
                while words and words[0].startswith("--"):
                    words.pop(0)
            else:
                break
        return words

    def _substitute(self, word: str) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[1] or found[3]
            if name in _ROOTS:
                return "/" + self._here() if name == "PWD" else "/."
            return self.variables.get(name, found[2] if found[2] is not None else found[0])

        word = word.replace("${{ github.workspace }}", "/.")
        return _VARIABLE.sub(value, word) if "$" in word else word

    def _here(self) -> str:
        return self.directory or "."

    def _at(self, path: str) -> str:
        """A path as the repository has it; one from the checkout's root begins with ``/.``."""
        if path.startswith("/."):
            return normal(path[2:].lstrip("/") or ".")
        if path.startswith("/") and self.repo.is_directory(path[1:]):
            return normal(path[1:])
        return normal(posixpath.join(self._here(), path)) if path not in ("", ".") else normal(self._here())

    def _follow(self, path: str, line: int, through: tuple[str, ...]) -> None:
        if len(through) >= MAX_DEPTH or path in through or not self.repo.is_file(path):
            return
        try:
            text = self.repo.read_text(path)
        except UnreadableError:
            return
        if text.startswith("#!") and not re.match(r"#!.*\b(?:ba|z|da|k)?sh\b", text.split("\n", 1)[0]):
            return
        inner = Shell(self.repo, self.catalog, self.path, self.directory, dict(self.variables), self.runs)
        inner.variables |= {"0": path, "SCRIPT_DIR": "/./" + posixpath.dirname(path)}
        inner.read(text, 1 if through else line, (*through, path))

    def _make(self, words: list[str], line: int, through: tuple[str, ...]) -> None:
        where, targets, names = self.directory, list[str](), dict[str, str]()
        rest = iter(words)
        for word in rest:
            if word in ("-C", "--directory"):
                where = self._at(next(rest, "."))
            elif word.startswith("--directory="):
                where = self._at(word.partition("=")[2])
            elif word in ("-f", "-j"):
                next(rest, "")
            elif "=" in word:
                name, _, value = word.partition("=")
                names[name] = value
            elif not word.startswith("-"):
                targets.append(word)
        if len(through) >= MAX_DEPTH:
            return
        made = recipe(self.repo, where or ".", targets, names)
        path = made[0] if made else ""
        key = f"{path} {' '.join(targets)}"
        if made is None or key in through:
            return
        for text in made[1]:
            # each line of a recipe has a shell of its own, in the Makefile's directory
            Shell(self.repo, self.catalog, self.path, where, {**self.variables, **names}, self.runs).read(
                text, line, (*through, key)
            )


def _behind(words: list[str]) -> list[str]:
    """The command that a wrapper runs."""
    own, with_value = _WRAPPERS[words[0]]
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[2 if rest[0] in with_value else 1 :]
    return rest[own:]


def action_run(catalog: Catalog, uses: str, inputs: Mapping[str, str], directory: str, place: Source) -> Json | None:
    """What a published action (``dawidd6/action-ansible-playbook``) runs, as a command; None where it runs no tool."""
    action = catalog.delivery.action(uses)
    if action is None:
        return None
    given = {name.lower(): value for name, value in inputs.items()}

    def first(names: tuple[str, ...]) -> str:
        return next((given[n.lower()] for n in names if given.get(n.lower())), "")

    command = (first(action.command).split() or [action.runs or ""])[0]
    row = catalog.delivery.command(action.tool)
    does = (row.does.get(command) or row.does.get("*", "")) if row else ""
    subjects: list[Json] = [w for w in first(action.subject).split() if not w.startswith("-")]
    words = [w for name in (*action.subject, *action.arguments) for w in given.get(name.lower(), "").split()]
    where = normal(posixpath.join(directory or ".", first(action.directory) or "."))
    return {
        "tool": action.tool,
        "command": command,
        "does": does,
        "arguments": _shown(action.tool, words),
        "subjects": subjects,
        "working_directory": where,
        "path": place.path,
        "line": place.line,
        "action": uses.partition("@")[0],
    }


def _run(row: Command, name: str, rest: list[str], directory: str, place: Source, through: tuple[str, ...]) -> Json:
    words, where, position, shown, mode = list[str](), directory, 0, _shown(name, rest), ""
    while position < len(rest):
        word = rest[position]
        option, equals, value = word.partition("=")
        mode = row.modes.get(word, mode)
        if option in row.directory:
            if not equals:
                position += 1
                value = rest[position] if position < len(rest) else ""
            where = normal(value[2:].lstrip("/") or "." if value.startswith("/.") else posixpath.join(directory, value))
        elif word in row.takes:
            position += 1
        elif not word.startswith("-") and MASK not in str(shown[position]):
            words.append(word)
        position += 1
    command = words[0] if words and not row.does.keys() <= {"*"} else ""
    does = mode or row.does.get(command) or row.does.get("*", "")
    subjects: list[Json] = [*(words[1:] if command else words)]
    made: dict[str, Json] = {
        "tool": name,
        "command": command,
        "does": does,
        "arguments": shown[:40],
        "subjects": subjects[:20],
        "working_directory": where,
        "path": place.path,
        "line": place.line,
    }
    if through:
        made["through"] = list(through)
    return made


def _shown(name: str, words: list[str]) -> list[Json]:
    """The arguments of a program, with the credentials in them hidden: those that an option or a known form tells, and
    those that the whole line does (``docker login -p X``)."""
    shown: list[str] = []
    for word in words:
        option = follows_option([*shown, word], len(shown))
        hidden = option and is_secret(option, word)
        shown.append(MASK if hidden and not word.startswith(("-", "$")) else mask_words(mask_text(word)))
    try:
        whole = shlex.split(mask_text(shlex.join([name, *shown])))[1:]
    except ValueError:
        whole = shown
    return [*(whole if len(whole) == len(shown) else shown)]


def _end_of_loop(parts: list[tuple[int, str]], start: int) -> int:
    """Where the loop that begins at a part ends: its ``done``, else the end of all."""
    depth = 0
    for at in range(start, len(parts)):
        text = _OPENING.sub("", parts[at][1].strip())
        depth += bool(_LOOP.match(text)) - bool(re.match(r"done\b", text))
        if depth == 0:
            return at
    return len(parts)


def _parts(text: str) -> list[str]:
    """The simple commands of a line."""
    found, start = [], 0
    for match in _CHAIN.finditer(text):
        if match[1]:
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


@lru_cache(maxsize=8192)
def _split(part: str) -> tuple[str, ...]:
    """The words of a simple command; kept, because many jobs run the same scripts."""
    try:
        return tuple(shlex.split(part, comments=True))
    except ValueError:
        return tuple(part.split())


@lru_cache(maxsize=256)
def _logical_lines(script: str) -> tuple[tuple[int, str], ...]:
    """The lines of a script with continuations joined and here-documents left out: offset and text."""
    found: list[tuple[int, str]] = []
    joined, start, ends = "", 0, ""
    for number, line in enumerate(script.split("\n")):
        if ends:
            ends = "" if line.strip() == ends else ends
            continue
        if not joined:
            start = number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        text, joined = joined + line, ""
        if (here := _HEREDOC.search(text)) is not None:
            ends, text = here[2], text[: here.start()]
        found.append((start, text))
    if joined:
        found.append((start, joined))
    return tuple(found)
