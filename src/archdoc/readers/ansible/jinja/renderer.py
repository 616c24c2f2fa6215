"""Rendering: the one way from a template and a scope to a value or a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archdoc.readers.files import Repository

if TYPE_CHECKING:
    from archdoc.readers.ansible.variables import VariableScope


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


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """Where ``include``, ``import`` and file lookups may look: repository-relative directories, in order."""

    repo: Repository
    templates: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Renderer:
    """Evaluates what stands in one scope. Results are kept, so use one renderer per scope."""

    def __init__(self, scope: VariableScope, files: TemplateFiles | None = None) -> None:
        self.scope = scope
        self.files = files

    def evaluate(self, value: Any, local: Mapping[str, Any] | None = None) -> Evaluated:
        """Any value of a YAML file, with every template in it evaluated. A text that is one expression gives the
        value of that expression, whatever its type. ``local`` adds names that win (``item``, loop variables)."""
        raise NotImplementedError

    def expression(self, text: str, local: Mapping[str, Any] | None = None) -> Evaluated:
        """A bare expression, such as that of ``when`` or ``compose``."""
        raise NotImplementedError

    def condition(self, when: Any, local: Mapping[str, Any] | None = None) -> bool | None:
        """A ``when``: a bare expression, a boolean, or a list of them that must all hold. None: not known."""
        raise NotImplementedError

    def variable(self, name: str) -> Evaluated:
        """The value of a variable."""
        raise NotImplementedError

    def template(self, text: str, local: Mapping[str, Any] | None = None) -> RenderedText:
        """A template file's text, as the template module renders it (``trim_blocks``; a ``#jinja2:`` header)."""
        raise NotImplementedError
