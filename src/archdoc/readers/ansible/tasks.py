"""Tasks, blocks and handlers as they are written: what module, with what arguments, under which conditions.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_blocks.html
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archdoc.model.facts import Source
from archdoc.readers import yamldoor
from archdoc.readers.yamldoor import Opaque, plain

TASK_KEYWORDS = frozenset(
    """action any_errors_fatal args async become become_exe become_flags become_method become_user changed_when
    check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when
    ignore_errors ignore_unreachable listen local_action loop loop_control module_defaults name no_log notify poll
    port register remote_user retries run_once tags throttle timeout until vars when block rescue always
    handlers""".split()
)
"""Every keyword of a task that is not its module (Ansible's "Playbook keywords")."""
BLOCK_PARTS = ("block", "rescue", "always")
_KEY_VALUE = re.compile(r"(?:^|\s)([A-Za-z_]\w*)=")
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Task:
    """One task. ``module`` is as written, ``arguments`` raw; ``free`` the free-form text of command and shell.

    ``when``, ``tags`` and ``variables`` hold what blocks around it add; ``section`` is tasks, pre_tasks,
    post_tasks or handlers.
    """

    name: str
    module: str
    arguments: dict[str, Any]
    source: Source
    section: str = "tasks"
    free: str = ""
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    loop: Any = None
    notify: tuple[str, ...] = ()
    listen: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)
    delegate_to: str = ""
    register: str = ""

    @property
    def short(self) -> str:
        """The module's name without its collection."""
        return self.module.rsplit(".", 1)[-1]


def tasks_of(items: Any, path: str, section: str = "tasks") -> Iterator[Task]:
    """The tasks of a list, blocks flattened."""
    yield from _walk(items, path, section, _Around(), 0)


@dataclass(frozen=True, slots=True)
class _Around:
    when: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict)


def _walk(items: Any, path: str, section: str, around: _Around, depth: int) -> Iterator[Task]:
    if not isinstance(items, list) or depth > MAX_DEPTH:
        return
    for item in items:
        if not isinstance(item, yamldoor.Mapping):
            continue
        inner = _Around(
            (*around.when, *_conditions(item.get("when"))),
            (*around.tags, *names(item.get("tags"))),
            {**around.variables, **(item["vars"] if isinstance(item.get("vars"), dict) else {})},
        )
        if any(part in item for part in BLOCK_PARTS):
            for part in BLOCK_PARTS:
                yield from _walk(item.get(part), path, section, inner, depth + 1)
            continue
        task = _task(item, path, section, inner)
        if task is not None:
            yield task


def _task(item: yamldoor.Mapping, path: str, section: str, around: _Around) -> Task | None:
    module, value = _module(item)
    if not module:
        return None
    arguments, free = _arguments(value)
    extra = item.get("args")
    if isinstance(extra, dict):
        arguments = {**extra, **arguments}
    loop = next((item[k] for k in item if k == "loop" or str(k).startswith("with_")), None)
    return Task(
        name=str(item.get("name") or ""),
        module=module,
        arguments=arguments,
        source=Source(path, item.line, max(item.line, item.end_line)),
        section=section,
        free=free,
        when=around.when,
        tags=tuple(dict.fromkeys(around.tags)),
        loop=loop,
        notify=names(item.get("notify")),
        listen=names(item.get("listen")),
        variables=around.variables,
        delegate_to=str(item.get("delegate_to") or ""),
        register=str(item.get("register") or ""),
    )


def _module(item: yamldoor.Mapping) -> tuple[str, Any]:
    """The module and its arguments: its own key, or ``action``/``local_action``."""
    for key in ("action", "local_action"):
        value = item.get(key)
        if isinstance(value, str):
            name, _, rest = value.partition(" ")
            return name, rest
        if isinstance(value, dict) and isinstance(value.get("module"), str):
            return value["module"], {k: v for k, v in value.items() if k != "module"}
    for key, value in item.items():
        if isinstance(key, str) and key not in TASK_KEYWORDS and not key.startswith("with_"):
            return str.__str__(key), value
    return "", None


def _arguments(value: Any) -> tuple[dict[str, Any], str]:
    """A mapping, or the old ``key=value`` text, whose rest is free-form."""
    if isinstance(value, dict):
        free = value.get("cmd") or value.get("_raw_params")
        return dict(value), str(free) if isinstance(free, str) else ""
    if isinstance(value, list):
        return {}, " ".join(str(plain(v)) for v in value)
    if not isinstance(value, str):
        return {}, ""
    if not _KEY_VALUE.search(value):
        return {}, str.__str__(value)
    try:
        words = shlex.split(value.replace("\n", " "), posix=True)
    except ValueError:
        words = value.split()
    arguments: dict[str, Any] = {}
    free = []
    for word in words:
        key, equals, rest = word.partition("=")
        if equals and key.isidentifier() and "{{" not in key:
            arguments[key] = rest
        else:
            free.append(word)
    return arguments, " ".join(free)


def _conditions(when: Any) -> tuple[Any, ...]:
    if when is None:
        return ()
    return tuple(when) if isinstance(when, list) else (when,)


def names(value: Any) -> tuple[str, ...]:
    """One name, names separated by commas, or a list of names."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip()) if "{" not in value else (str(value),)
    if isinstance(value, list):
        return tuple(str(plain(v)) for v in value if not isinstance(v, dict | Opaque))
    return ()
