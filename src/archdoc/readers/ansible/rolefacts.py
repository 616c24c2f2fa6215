"""What the files of a role say about it: its description, its variables with their values, the arguments it takes.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#specification-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archdoc.model.facts import Json
from archdoc.readers import yamldoor
from archdoc.readers.ansible.emit import plain_json
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.roles import Role
from archdoc.readers.ansible.plays.tasks import text_of
from archdoc.readers.ansible.variables import Variable
from archdoc.readers.credentialholders import without_held

MAX_LISTED = 400
"""Variables and arguments of one role."""
MAX_VALUE = 600
"""Characters of a value; a longer one is left out."""


def role_facts(code: Code, role: Role) -> dict[str, Json]:
    """The attributes of a role's node: ``defaults`` and ``vars`` (names), ``default_values`` (``{"name", "value",
    "path", "line"}``), ``arguments`` (``{"name", "entry", "type", "required", "default", "choices", "description",
    "path", "line"}``), ``description``."""
    found: dict[str, Json] = {}
    for part in ("defaults", "vars"):
        variables = code.role_variables(role, part)
        if variables:
            found[part] = [*sorted(variables)]
        if variables and part == "defaults":
            found["default_values"] = [*(_default(name, variables[name]) for name in sorted(variables)[:MAX_LISTED])]
    arguments = list(_arguments(code, role))[:MAX_LISTED]
    if arguments:
        found["arguments"] = [*arguments]
    described = code.meta(role).description
    if described:
        found["description"] = described[:200]
    return found


def _default(name: str, variable: Variable) -> dict[str, Json]:
    made: dict[str, Json] = {"name": name, "path": variable.source.path, "line": variable.source.line}
    value = plain_json(name, without_held(name, variable.value))
    if len(str(value)) <= MAX_VALUE:
        made["value"] = value
    return made


def _arguments(code: Code, role: Role) -> Iterator[dict[str, Json]]:
    path = code.role_file(role, "meta", "argument_specs") or code.role_file(role, "meta")
    value: Any = code.files.load(path).first if path is not None else None
    specs = value.get("argument_specs") if isinstance(value, dict) else None
    for entry, spec in specs.items() if isinstance(specs, dict) else ():
        options = spec.get("options") if isinstance(spec, dict) else None
        for name, option in options.items() if isinstance(options, Mapping) else ():
            if isinstance(option, dict):
                line = options.line_of(name) if isinstance(options, yamldoor.Mapping) else 1
                yield {**_argument(str(name), option), "entry": str(entry), "path": str(path), "line": line}


def _argument(name: str, option: dict[Any, Any]) -> dict[str, Json]:
    described = option.get("description")
    lines = described if isinstance(described, list) else [described] if described else []
    made: dict[str, Json] = {"name": name, "type": text_of(option.get("type")) or "str"}
    if option.get("required") is True:
        made["required"] = True
    if option.get("default") is not None:
        made["default"] = plain_json(name, option["default"])
    if isinstance(option.get("choices"), list):
        made["choices"] = plain_json("", option["choices"])
    if lines:
        made["description"] = str(plain_json("", " ".join(text_of(line) for line in lines)))[:300]
    return made
