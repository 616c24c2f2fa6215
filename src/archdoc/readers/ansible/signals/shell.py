"""Command lines taken apart, far enough to see which program is run with which arguments, and where. Never run."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_TEXT = 50_000
MAX_COMMANDS = 500
_EXPRESSION = re.compile(r"\{\{.{0,2000}?\}\}|\{%.{0,2000}?%\}|\$\([^()]*\)|<\w+>", re.DOTALL)
"""What keeps together: expressions, command substitutions, and placeholders such as ``<repository>``."""
_CONTINUED = re.compile(r"\\\n[ \t]*")
_COMMENT = re.compile(r"(^|\s)#[^\n]*")
_SEPARATORS = frozenset({";", "&", "&&", "|", "||", "(", ")", "{", "}", "\n", ";;", "|&"})
_KEYWORDS = frozenset({"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "for", "case", "esac", "!"})
_WRAPPERS = frozenset(
    {"sudo", "nohup", "exec", "time", "command", "env", "nice", "ionice", "timeout", "stdbuf", "doas"}
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?[^\n]*\n.*?\n\s*\1[ \t]*(?=\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the program's name without its directory, its arguments, and the directory it is run in ("" when
    that is not said)."""

    program: str
    arguments: tuple[str, ...] = ()
    directory: str = ""

    def option(self, *names: str) -> list[str]:
        """The values of an option, however it is given: ``-p 80``, ``-p80``, ``--publish=80``."""
        found: list[str] = []
        for index, word in enumerate(self.arguments):
            for name in names:
                if word == name and index + 1 < len(self.arguments):
                    found.append(self.arguments[index + 1])
                elif name.startswith("--") and word.startswith(name + "="):
                    found.append(word[len(name) + 1 :])
                elif len(name) == 2 and name[1] != "-" and word.startswith(name) and len(word) > 2 and word[1] != "-":
                    found.append(word[2:].removeprefix("="))
        return found


def commands(text: str, directory: str = "", depth: int = 0) -> list[Command]:
    """The commands of a shell text, in order. ``cd`` changes the directory of those behind it."""
    found: list[Command] = []
    for line in _lines(text[:MAX_TEXT]):
        if len(found) >= MAX_COMMANDS:
            break
        words = _unwrapped([*line])
        if not words:
            continue
        program, arguments = posixpath.basename(words[0]), tuple(words[1:])
        if program in ("cd", "pushd"):
            directory = posixpath.join(directory, arguments[0]) if arguments else ""
        elif program in ("bash", "sh", "dash", "zsh") and "-c" in arguments and depth < 3:
            inner = arguments[arguments.index("-c") + 1 : arguments.index("-c") + 2]
            found += commands(inner[0], directory, depth + 1) if inner else []
        else:
            found.append(Command(program, arguments, directory))
    return found


@lru_cache(maxsize=4_096)
def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of each simple command. Kept: a role that many plays apply says the same each time."""
    return tuple(map(tuple, _commands_of(text)))


def _commands_of(text: str) -> Iterator[list[str]]:
    text = _HEREDOC.sub("", _CONTINUED.sub(" ", text))
    expressions: list[str] = []

    def hide(found: re.Match[str]) -> str:
        expressions.append(found[0])
        return f"\ufdd2{len(expressions) - 1}\ufdd3"

    hidden = _COMMENT.sub(r"\1", _EXPRESSION.sub(hide, text))
    words: list[str] = []
    for word in _words(hidden):
        if word in _SEPARATORS:
            if words:
                yield words
            words = []
        else:
            words.append(re.sub("\ufdd2([0-9]+)\ufdd3", lambda m: expressions[int(m[1])], word))
    if words:
        yield words


def _words(text: str) -> Iterator[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()<>\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        for word in lexer:
            yield "\n" if word.strip(";&|()<>\n") == "" and "\n" in word else word
    except ValueError:
        for line in text.splitlines():
            yield from line.split()
            yield "\n"


def _unwrapped(words: list[str]) -> list[str]:
    """A simple command without what is put before the program: assignments, ``sudo -u x``, ``timeout 30``."""
    position = 0
    while position < len(words):
        word = words[position]
        if word in _KEYWORDS or _ASSIGNMENT.fullmatch(word):
            position += 1
        elif posixpath.basename(word) in _WRAPPERS:
            taking = {"sudo": ("-u", "-g", "-H"), "timeout": ("-s", "-k"), "nice": ("-n",)}.get(
                posixpath.basename(word), ()
            )
            position += 1
            while position < len(words) and words[position].startswith("-"):
                position += 2 if words[position] in taking else 1
            if posixpath.basename(word) == "timeout":
                position += 1
        else:
            break
    cut = next((i for i, w in enumerate(words) if w in ("<", ">", ">>", "2>", "<<", "<<<", ">|", ">&")), len(words))
    return words[position:cut]
