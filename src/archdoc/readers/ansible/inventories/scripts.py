"""Executable inventories: never run; what their text names is told, so that it can be joined with what is known."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from archdoc.model.facts import Source
from archdoc.readers.ansible.inventories.model import InventoryScript
from archdoc.readers.files import Repository, UnreadableError, normal

_TERRAFORM = ("terraform", "tofu", "terragrunt")
_TOOLS = (*_TERRAFORM, "vagrant", "pulumi", "aws", "gcloud", "az", "hcloud", "doctl", "virsh", "kubectl")
_FILE = re.compile(r"[\w@+.-]*(?:/[\w@+.-]+)*\.(?:ya?ml|json|toml|ini|tf|tfvars|tfstate|csv|cfg|env|txt)(?![\w.])")
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)'")
_OUTPUT = re.compile(r"\b(?:terraform|tofu|terragrunt)\b[^\n|;]*?\boutput\b(?:\s+-[\w=-]+)*(?:\s+([A-Za-z_][\w-]*))?")
MAX_SCRIPT = 1_000_000


def read_script(repo: Repository, path: str) -> InventoryScript:
    """The files that a script's text names and that exist in the repository, the tools it calls, and the
    Terraform outputs it asks for, each with its line."""
    try:
        text = repo.read_text(path)[:MAX_SCRIPT]
    except UnreadableError:
        return InventoryScript(Source(path))
    lines = text.count("\n") + 1
    names: dict[str, Source] = {}
    tools: dict[str, Source] = {}
    outputs: dict[str, Source] = {}
    for constant, line in _constants(text, path):
        place = Source(path, line)
        found = _existing(repo, posixpath.dirname(path), constant)
        if found is not None and found != normal(path):
            names.setdefault(found, place)
        words = constant.split()
        if words and posixpath.basename(words[0]) in _TOOLS and (len(words) > 1 or constant == words[0]):
            tools.setdefault(posixpath.basename(words[0]), place)
        output = _OUTPUT.search(constant)
        if output and output[1]:
            outputs.setdefault(output[1], place)
    return InventoryScript(
        source=Source(path, 1, lines),
        names=tuple(sorted(names.items())),
        tools=tuple(sorted(tools.items())),
        outputs=tuple(sorted(outputs.items())),
    )


def _existing(repo: Repository, directory: str, constant: str) -> str | None:
    """The file (or, for a path of several parts, directory) that a text names: beside the script, or below the
    nearest directory above it that has it."""
    name = constant.strip()
    while name.startswith(("./", "../", "/")):
        name = name.partition("/")[2]
    if not name or len(name) > 300 or "\n" in name or name.startswith("~"):
        return None
    while True:
        path = normal(posixpath.join(directory, name))
        if not path.startswith("..") and (
            (repo.is_file(path) and repo.is_listed(path) and ("." in name or "/" in name))
            or ("/" in name and path in repo.directories)
        ):
            return path
        if not directory or directory == ".":
            return None
        directory = posixpath.dirname(directory)


def _constants(text: str, path: str) -> Iterator[tuple[str, int]]:
    """The texts of a script that may be paths or commands. Python is parsed, never imported or run."""
    if path.endswith(".py") or re.match(r"#!.*python", text):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
        else:
            yield from _python_constants(tree)
            return
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("#", "//")):
            continue
        for quoted in _QUOTED.finditer(line):
            yield (quoted[1] or quoted[2] or ""), number
        for file in _FILE.finditer(line):
            yield file[0], number
        command = re.search(rf"(?:^|[\s`(|;&])((?:{'|'.join(_TOOLS)})\s+[^|;&`)]*)", line)
        if command:
            yield command[1], number


def _python_constants(tree: ast.AST) -> Iterator[tuple[str, int]]:
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    docstrings = {id(_docstring(node)) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value, node.lineno
        elif isinstance(node, ast.List | ast.Tuple):
            words = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
            if len(words) > 1 and len(words) == len(node.elts):
                yield " ".join(words), node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            joined = "/".join(_tail(node))
            if joined:
                yield (joined if "/" in joined else f"./{joined}"), node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("join", "joinpath"):
            parts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if parts and all(isinstance(a, ast.Constant) for a in node.args[-len(parts) :]):
                yield "/".join(parts), node.lineno


def _docstring(node: ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) -> ast.expr | None:
    first = node.body[0] if node.body else None
    return first.value if isinstance(first, ast.Expr) else None


def _tail(node: ast.expr) -> list[str]:
    """The constant parts at the end of ``base / "a" / "b"``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if isinstance(node.right, ast.Constant) and isinstance(node.right.value, str):
            return [*_tail(node.left), node.right.value]
        return []
    return []
