"""The commands of a CI script that touch infrastructure, read without running anything."""

from __future__ import annotations

import posixpath
import re
import shlex

from archdoc.model.facts import Json

TOOLS = frozenset(
    {
        "terraform",
        "tofu",
        "terragrunt",
        "ansible-playbook",
        "helm",
        "kubectl",
        "docker",
        "archdoc",
        "ansible-lint",
        "tflint",
        "pre-commit",
        "make",
        "pytest",
    }
)
_CHAIN = re.compile(r"&&|\|\||;|\|")
_WRAPPERS = frozenset(
    {"sudo", "time", "exec", "env", "command", "nohup", "uv", "poetry", "run", "pipenv", "then", "do"}
)


def commands_of(script: str, first_line: int, directory: str) -> list[Json]:
    """Each command of a known tool: ``{"tool", "command", "arguments", "working_directory", "line"}``.

    ``cd x && terraform apply`` and ``-chdir=x`` change the directory that is reported.
    """
    found: list[Json] = []
    here = directory
    joined, start = "", first_line
    for number, line in enumerate(script.split("\n"), first_line):
        if not joined:
            start = number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        text, joined = joined + line, ""
        for part in _CHAIN.split(text):
            words = _words(part)
            if not words:
                continue
            if words[0] == "cd" and len(words) > 1 and "$" not in words[1]:
                here = posixpath.normpath(posixpath.join(here, words[1]))
                continue
            made = _command(words, here, start)
            if made is not None:
                found.append(made)
    return found


def _words(part: str) -> list[str]:
    part = part.strip()
    if not part or part.startswith("#"):
        return []
    try:
        words = shlex.split(part, comments=True)
    except ValueError:
        words = part.split()
    while words and (words[0] in _WRAPPERS or re.fullmatch(r"[A-Z_]+=.*", words[0])):
        words.pop(0)
    return words


def _command(words: list[str], directory: str, line: int) -> Json | None:
    tool = posixpath.basename(words[0])
    if tool not in TOOLS:
        return None
    rest = words[1:]
    chdir = next((w.split("=", 1)[1] for w in rest if w.startswith("-chdir=")), "")
    where = posixpath.normpath(posixpath.join(directory, chdir)) if chdir or directory else "."
    command = next((w for w in rest if not w.startswith("-")), "")
    return {"tool": tool, "command": command, "arguments": list(rest[:40]), "working_directory": where, "line": line}
