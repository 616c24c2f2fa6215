"""The recipes of a Makefile: https://www.gnu.org/software/make/manual/make.html. Nothing is run, no function called."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from archdoc.readers.files import Repository, UnreadableError, normal

_RULE = re.compile(r"^([^\s:#=][^:#=]*?)\s*::?(?!=)\s*([^;#]*)(?:;(.*))?")
_SET = re.compile(r"^(?:export\s+)?(\w+)\s*(?::{0,3}|\?|\+)=\s*(.*?)\s*$")
_USE = re.compile(r"\$[({](\w+)[)}]")
_NAMES = ("GNUmakefile", "makefile", "Makefile")
_MAX_TARGETS = 40


def recipe(
    repo: Repository, directory: str, targets: list[str], given: Mapping[str, str]
) -> tuple[str, list[str]] | None:
    """The Makefile of a directory, and the lines of the recipes that its targets (none: the first) and what they need
    have, in the order of running. None where there is no Makefile."""
    path = next((p for n in _NAMES if repo.is_file(p := normal(posixpath.join(directory, n)))), None)
    if path is None:
        return None
    try:
        text = repo.read_text(path)
    except UnreadableError:
        return None
    needs: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    variables: dict[str, str] = {"MAKE": "make", "CURDIR": "/./" + directory}
    current: list[str] = []
    for line in text.replace("\\\n", " ").split("\n"):
        if line.startswith("\t"):
            for name in current:
                lines[name].append(line.strip().lstrip("@-+ "))
        elif assigned := _SET.match(line):
            variables[assigned[1]] = assigned[2]
        elif (rule := _RULE.match(line)) and not line.startswith("."):
            current = rule[1].split()
            for name in current:
                needs.setdefault(name, []).extend(rule[2].replace("|", " ").split())
                lines.setdefault(name, []).extend([rule[3].strip()] if rule[3] else [])
        elif line.strip() and not line.startswith("#"):
            current = []
    variables |= given
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in order or len(order) > _MAX_TARGETS:
            return
        for needed in needs.get(name, ()):
            if needed in lines and needed != name:
                visit(needed)
        order.setdefault(name)

    for target in targets or list(lines)[:1]:
        visit(target)
    return path, [_substituted(line, variables) for name in order for line in lines.get(name, ())]


def _substituted(line: str, variables: Mapping[str, str]) -> str:
    for _ in range(5):
        changed = _USE.sub(lambda m: variables.get(m[1], m[0]), line)
        if changed == line:
            break
        line = changed
    return line.replace("$$", "$").lstrip("@-+ ")
