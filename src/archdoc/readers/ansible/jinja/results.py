"""Results of an evaluation, as the rest of archdoc takes them: plain data and texts, nothing secret in them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from archdoc.readers.ansible.jinja.access import Exposed, Method
from archdoc.readers.ansible.jinja.functions import Function, Macro
from archdoc.readers.ansible.jinja.session import LimitError, Session
from archdoc.readers.ansible.jinja.sink import Sink, line_numbers
from archdoc.readers.ansible.jinja.symbolic import OMIT, Missing, Unknown, joined
from archdoc.readers.secrets import MASK, is_secret_whole, mask_text


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value, evaluated as far as it can be.

    ``value`` is plain data (dict, list, str, int, float, bool, None). What could not be evaluated stands in it
    as text, ``{{ expression }}``; ``partial`` is then true and ``reasons`` say why. ``secret`` is true when it
    was made from a vaulted or credential-like value, which stands in it as ``<secret>``.
    """

    value: Any
    partial: bool = False
    reasons: tuple[str, ...] = ()
    secret: bool = False
    undefined: bool = False
    """The value as a whole is a name that nothing defines."""
    omitted: bool = False
    """The value as a whole is Ansible's ``omit``: the option it belongs to is not given."""

    @property
    def known(self) -> bool:
        """Whether it was evaluated whole."""
        return not self.partial and not self.secret


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A rendered template: ``lines[i]`` is the line of the template that line ``i + 1`` of ``text`` came from."""

    text: str
    lines: tuple[int, ...]
    partial: bool = False
    reasons: tuple[str, ...] = ()


def finished(value: Any, session: Session) -> Evaluated:
    """A value of templates as plain data for the rest of archdoc."""
    data = _plain_data(value, "", session)
    return Evaluated(
        value=None if data is OMIT else data,
        partial=session.partial,
        reasons=tuple(session.reasons),
        secret=session.secret,
        undefined=isinstance(value, Missing),
        omitted=data is OMIT,
    )


def _plain_data(value: Any, name: str, session: Session) -> Any:
    if isinstance(value, Unknown):
        session.use(value)
        return _hidden(value.text, session)
    if isinstance(value, dict):
        pairs = ((_key(k, session), _plain_data(v, str(k), session)) for k, v in value.items())
        return {k: v for k, v in pairs if v is not OMIT}
    if isinstance(value, list | tuple | range | set | frozenset):
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [v for v in (_plain_data(item, name, session) for item in items) if v is not OMIT]
    if is_secret_whole(name, value):
        session.secret = True
        return MASK
    if isinstance(value, str):
        return _hidden(value, session)
    if isinstance(value, Method | Function | Macro | Exposed):
        session.guess("a function was printed instead of called")
        return "{{ … }}"
    return str(value) if isinstance(value, datetime.date | datetime.timedelta | datetime.time | bytes) else value


def _key(key: Any, session: Session) -> Any:
    return _plain_data(key, "", session) if isinstance(key, str | Unknown) else key


def _hidden(text: str, session: Session) -> str:
    """A text without credentials in it."""
    masked = mask_text(text)
    if masked != text:
        session.secret = True
    return masked


def limit_reason(error: BaseException) -> str:
    """Why an evaluation was given up."""
    return str(error) if isinstance(error, LimitError) else "nested more deeply than archdoc allows"


def given_up(value: Any, session: Session, error: BaseException) -> Evaluated:
    """The result of an evaluation that was given up: the value as it is written."""
    session.guess(limit_reason(error))
    return finished(value, session)


def as_text(sink: Sink, session: Session, source: str) -> RenderedText:
    """What a template printed as one text, each line with the line of the template it is from."""
    pieces = []
    for value, line in sink.pieces:
        if isinstance(value, str):
            pieces.append((value, line))
        elif isinstance(value, Unknown):
            session.use(value)
            pieces.append((value.text, line))
        elif value is not None and value is not OMIT:
            shown = joined(str(value))
            if isinstance(shown, Unknown):
                session.use(shown)
                shown = shown.text
            pieces.append((shown, line))
    text = "".join(piece for piece, _ in pieces)
    missing = (len(source) - len(source.rstrip("\n"))) - (len(text) - len(text.rstrip("\n")))
    if missing > 0 and text:
        pieces.append(("\n" * missing, source.count("\n") - missing + 1))
        text += "\n" * missing
    return RenderedText(_hidden(text, session), tuple(line_numbers(pieces)), session.partial, tuple(session.reasons))
