"""Files that are not where Ansible looks for them (rules ``ansible.file-by-name`` and ``ansible.checkout``)."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.plays.places import Finder
from archdoc.readers.ansible.plays.tasks import Task
from archdoc.readers.ansible.rules import CHECKOUT, FILE_BY_NAME
from archdoc.readers.ansible.walk.context import Context


def elsewhere(
    sheet: Sheet,
    finder: Finder,
    context: Context,
    task: Task,
    name: str,
    fits: Callable[[str], bool],
    severity: Severity = Severity.WARNING,
) -> str | None:
    """The file that a task probably means; a Problem (``ANS042``) says that Ansible would not find it. Of a task whose
    failure does not count that is no more than a note: the file need not be there."""
    base = context.project.path
    own = in_checkout(sheet, finder, base, name)
    if own is not None:
        return own
    other = finder.by_name(name, base, fits) if sheet.allows(FILE_BY_NAME) else None
    message = f"{task.module}: {name} is not where Ansible looks for it"
    if other is not None:
        message += f"; {other} is read in its place"
    hint = "correct the path, or add the file to the repository"
    if _may_fail(task):
        severity, hint = Severity.NOTE, "nothing is wrong where the file need not be there: the task goes on without it"
    sheet.problem(severity, "ANS042", message, task.source, hint)
    return other


def _may_fail(task: Task) -> bool:
    """https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html"""
    goes_on = task.keywords.get("ignore_errors") in (True, "true", "yes")
    return goes_on or task.keywords.get("failed_when") in (False, "false", "no", [False])


def in_checkout(sheet: Sheet, finder: Finder, base: str, name: str) -> str | None:
    """The file that an absolute path means where the repository is checked out."""
    return finder.checked_out(name, base) if name.startswith("/") and sheet.allows(CHECKOUT) else None
