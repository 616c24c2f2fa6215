"""Roles: where a play asks for one, what a role consists of, and where Ansible looks for it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers import yamldoor
from archdoc.readers.ansible.plays.tasks import conditions, names, text_of
from archdoc.readers.ansible.variables import Variable, variables_of, vars_files
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import normal
from archdoc.readers.yamldoor import Opaque, Value, line_of

ROLE_KEYWORDS = frozenset(
    {
        *("any_errors_fatal", "become", "become_exe", "become_flags", "become_method", "become_user", "check_mode"),
        *("collections", "connection", "debugger", "delegate_facts", "delegate_to", "diff", "environment"),
        *("ignore_errors", "ignore_unreachable", "module_defaults", "name", "no_log", "port", "remote_user", "role"),
        *("run_once", "tags", "throttle", "timeout", "vars", "when", "src", "version", "scm"),
    }
)
"""Keys of a role's entry that are no parameters of it."""
_EXTENSIONS = (".yml", ".yaml", ".json", "")
_FROM_EXTENSIONS = ("", ".yml", ".yaml", ".json")


@dataclass(frozen=True, slots=True, eq=False)
class RoleUse:
    """A role as a play's ``roles:``, a dependency or an ``include_role`` names it. ``name`` may be a template."""

    name: str
    source: Source
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    parameters: Mapping[str, Variable] = field(default_factory=dict)
    """What the entry sets beside the keywords: ``- { role: x, port: 80 }``."""
    src: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role whose code is in the repository: its directory, and its collection where it is in one."""

    path: str
    collection: str = ""

    def directory(self, part: str) -> str:
        """The directory of one part (tasks, handlers, templates …)."""
        return normal(posixpath.join(self.path, part))


def read_role_uses(value: Any, path: str, line: int) -> tuple[tuple[RoleUse, ...], tuple[Problem, ...]]:
    """The entries of ``roles:`` or ``dependencies:``; one without a name is a Problem (``ANS038``)."""
    uses: list[RoleUse] = []
    problems: list[Problem] = []
    items = value if isinstance(value, list) else [] if value is None or isinstance(value, Opaque) else [value]
    for item in items:
        use = _use(item, path, line)
        if use is not None:
            uses.append(use)
        else:
            message = "a role without a name"
            problems.append(
                Problem(Severity.ERROR, "ANS038", message, Source(path, line_of(item, line)), "write 'role: <name>'")
            )
    return tuple(uses), tuple(problems)


def _use(item: Any, path: str, line: int) -> RoleUse | None:
    if isinstance(item, str):
        return _old_spelling(str.__str__(item), Source(path, line_of(item, line)))
    if not isinstance(item, yamldoor.Mapping):
        return None
    place = Source(path, item.line, max(item.line, item.end_line))
    name = text_of(item.get("role")) or text_of(item.get("name"))
    src = text_of(item.get("src"))
    if not name and src:
        name = name_of_source(src)
    if not name:
        return None
    return RoleUse(
        name=name,
        source=place,
        when=conditions(item.get("when")),
        tags=names(item.get("tags")),
        variables=variables_of(item.get("vars"), path, item.line),
        parameters={
            str(key): Variable(str(key), value, Source(path, item.line_of(key)))
            for key, value in item.items()
            if key not in ROLE_KEYWORDS
        },
        src=src,
        version=text_of(item.get("version")),
    )


def _old_spelling(text: str, place: Source) -> RoleUse | None:
    """``name``, or ``src,version,name`` as dependencies once were written."""
    if not text.strip():
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return RoleUse(parts[0], place)
    return RoleUse(parts[2] if len(parts) > 2 else name_of_source(parts[0]), place, src=parts[0], version=parts[1])


def name_of_source(src: str) -> str:
    """The name that ansible-galaxy gives to a role of this source (``git+https://x/y.git`` → ``y``)."""
    if "/" not in src and ":" not in src:
        return src
    name = src.rstrip("/").rsplit("/", 1)[-1].split(",")[0]
    for end in (".git", ".tar.gz"):
        name = name.removesuffix(end)
    return name


def role_file(there: Callable[[str], bool], role: Role, part: str, name: str = "") -> str | None:
    """The file of a role's part: ``main`` unless ``name`` says other (``tasks_from``); ``there`` tells which files
    can be read."""
    directory = role.directory(part)
    if "{{" in name:
        return None
    for extension in _FROM_EXTENSIONS if name else _EXTENSIONS:
        path = normal(posixpath.join(directory, (name or "main") + extension))
        inside = path == directory or path.startswith(directory + "/")
        if inside and there(path):
            return path
    return None


def role_variables_files(files: YamlFiles, role: Role, part: str, name: str = "") -> tuple[str, ...]:
    """The files of ``defaults`` or ``vars`` of a role where there is no ``main.yml``: every file of ``main/``."""
    if "{{" in name:
        return ()
    return vars_files(files, role.directory(part), name or "main")


@dataclass(frozen=True, slots=True)
class RoleMeta:
    """meta/main.yml of a role."""

    path: str = ""
    dependencies: tuple[RoleUse, ...] = ()
    collections: tuple[str, ...] = ()
    description: str = ""
    problems: tuple[Problem, ...] = ()


def read_meta(value: Value, path: str) -> RoleMeta:
    """The dependencies and collections that a role's meta/main.yml names."""
    if not isinstance(value, yamldoor.Mapping):
        return RoleMeta(path)
    uses, problems = read_role_uses(value.get("dependencies"), path, value.line_of("dependencies"))
    galaxy = value.get("galaxy_info")
    return RoleMeta(
        path=path,
        dependencies=uses,
        collections=names(value.get("collections")),
        description=text_of(galaxy.get("description")) if isinstance(galaxy, dict) else "",
        problems=problems,
    )


def argument_check(value: Value, entry: str) -> str:
    """The name of the task that Ansible puts before a role whose arguments are specified; "" for no such task.

    ``value`` is meta/argument_specs.yml, or meta/main.yml where there is none
    (https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-argument-validation).
    """
    specs = value.get("argument_specs") if isinstance(value, dict) else None
    if not isinstance(specs, dict) or not specs.get(entry):
        return ""
    name = f"Validating arguments against arg spec '{entry}'"
    described = specs[entry].get("short_description") if isinstance(specs[entry], dict) else None
    return f"{name} - {text_of(described)}" if described else name
