"""Handlers, and the tasks that notify them.

Names and topics: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_handlers.html
"""

from __future__ import annotations

from typing import Any

from archdoc.model.facts import EdgeKind, Json
from archdoc.model.problem import Severity
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.plays.tasks import Task, text_of
from archdoc.readers.ansible.rules import POSSIBLE_HANDLERS
from archdoc.readers.ansible.walk.context import Context, Handler, Notice, PlayState
from archdoc.readers.ansible.walk.evaluation import Evaluator
from archdoc.readers.ansible.walk.includes import fitting
from archdoc.readers.ansible.walk.machines import Machine
from archdoc.readers.secrets import mask_text


def note_handler(sheet: Sheet, context: Context, handler: Task) -> None:
    """A handler of a play or role: its node, and that the play knows it."""
    path = handler.source.path
    shown = context.handler_label or sheet.project_of(context.play.playbook).relative(context.play.playbook)
    node_id = sheet.handler(context.holder, shown, handler, path)
    context.play.handlers.append(Handler(handler, node_id, context.label))


def note_notices(evaluator: Evaluator, context: Context, task: Task) -> None:
    """What a task notifies, to be looked up when all handlers of the play are known."""
    if task.notify is None:
        return
    frame, place = context.frame.of_task(task), context.place
    machines = tuple(m for m in context.machines if evaluator.holds(task.when, m, frame, place) is not False)
    for name in _notified(task):
        for text in _evaluated(evaluator, context, task, name):
            notice = Notice(context.owner, text, task.source, context.label, "{{" in text, machines)
            context.play.notices.append(notice)


def notified(context: Context, handler: Task) -> tuple[Machine, ...]:
    """The machines on which a handler may run: those of the tasks that notify it and may run themselves.

    All machines of the play where it is not known who notifies: another handler does, or no task that was read, and
    a role from elsewhere may.
    """
    play = context.play
    if play.notified_by_handlers & {handler.name, *handler.listen}:
        return context.machines
    own = _names_of(Handler(handler, "", context.label))
    heard = [n for n in play.notices if n.name in own or n.name in handler.listen or _may_mean(n, handler)]
    if not heard and play.has_outside_roles:
        return context.machines
    return tuple(dict.fromkeys(machine for notice in heard for machine in notice.machines))


def _may_mean(notice: Notice, handler: Task) -> bool:
    """Whether a name with an expression in it, the one or the other, can come to the other name."""
    for pattern, name in ((notice.name, handler.name), (handler.name, notice.name)):
        if "{{" in pattern:
            fits = fitting(pattern)
            return fits is None or fits.fullmatch(name) is not None or "{{" in name
    return False


def _notified(task: Task) -> list[Any]:
    """What a task notifies, as it is written."""
    return task.notify if isinstance(task.notify, list) else [] if task.notify is None else [task.notify]


def note_handlers(context: Context, handlers: tuple[Task, ...]) -> None:
    """Handlers that are to run after the tasks of the play."""
    context.play.waiting.append((context, handlers))
    context.play.notified_by_handlers.update(mask_text(text_of(name)) for task in handlers for name in _notified(task))


def _evaluated(evaluator: Evaluator, context: Context, task: Task, name: Any) -> list[str]:
    written = mask_text(text_of(name))
    if "{{" not in written or not context.machines:
        return [written] if written else []
    frame = context.frame.of_task(task)
    values = evaluator.values(task, name, context.machines, frame, context.place)
    texts = [v.value if isinstance(v.value, list) else [v.value] for v, _ in values]
    return list(dict.fromkeys(str(text) for listed in texts for text in listed if text))


def connect_notices(sheet: Sheet, play: PlayState) -> None:
    """The edges from what notifies to the handlers of the play. The last handler of a name counts; a topic
    (``listen``) reaches every handler that listens to it."""
    by_name: dict[str, Handler] = {}
    by_topic: dict[str, list[Handler]] = {}
    for handler in play.handlers:
        for name in _names_of(handler):
            by_name[name] = handler
        for topic in handler.task.listen:
            by_topic.setdefault(topic, []).append(handler)
    for notice in play.notices:
        found = [*by_topic.get(notice.name, ())]
        if notice.name in by_name:
            found.append(by_name[notice.name])
        rule = ""
        if notice.partial:
            pattern = fitting(notice.name)
            found = [h for n, h in by_name.items() if pattern is not None and pattern.fullmatch(n)]
            rule = POSSIBLE_HANDLERS
        elif not found:
            found = _with_expressions(play, notice.name)
            rule = POSSIBLE_HANDLERS if found else ""
        for handler in found:
            attributes: dict[str, Json] = {"notify": notice.name}
            sheet.edge(notice.owner, handler.node_id, EdgeKind.NOTIFIES, notice.source, attributes, rule)
        if not found and not notice.partial and not play.has_outside_roles:
            message = f"no handler of the play is called {notice.name!r}"
            sheet.problem(Severity.WARNING, "ANS046", message, notice.source, "correct the name, or add the handler")


def _names_of(handler: Handler) -> list[str]:
    if not handler.task.name:
        return []
    return [handler.task.name, *([f"{handler.label} : {handler.task.name}"] if handler.label else [])]


def _with_expressions(play: PlayState, name: str) -> list[Handler]:
    """Handlers whose own names have expressions that the notified name fits."""
    found = []
    for handler in play.handlers:
        if "{{" in handler.task.name:
            pattern = fitting(handler.task.name)
            if pattern is not None and pattern.fullmatch(name):
                found.append(handler)
    return found
