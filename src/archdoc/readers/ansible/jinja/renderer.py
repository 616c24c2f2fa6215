"""Rendering: the one way from a template and a scope to a value or a text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archdoc.readers.ansible.jinja.addressfacts import with_address
from archdoc.readers.ansible.jinja.filters_data import to_bool
from archdoc.readers.ansible.jinja.functions import GLOBALS
from archdoc.readers.ansible.jinja.interpreter import Frame
from archdoc.readers.ansible.jinja.lazy import LazyList, LazyMap, Lookups, force
from archdoc.readers.ansible.jinja.results import Evaluated, RenderedText, as_text, finished, given_up, limit_reason
from archdoc.readers.ansible.jinja.session import LimitError, Meter, Session
from archdoc.readers.ansible.jinja.sink import Sink
from archdoc.readers.ansible.jinja.statements import Executor
from archdoc.readers.ansible.jinja.symbolic import MARKS, Missing, Unknown, joined
from archdoc.readers.ansible.jinja.syntax import (
    DEFAULT,
    OVERRIDE,
    Overrides,
    Parsed,
    TemplateSyntaxFailure,
    parse_expression,
    parse_template,
)
from archdoc.readers.credentialholders import VAULT_PRODUCT, holds_credentials, is_held, is_vault_file, is_vaulted_name
from archdoc.readers.files import Repository, UnreadableError, normal
from archdoc.readers.secrets import is_secret, is_secret_whole, mask_text
from archdoc.readers.yamldoor import Opaque, plain

if TYPE_CHECKING:
    from archdoc.readers.ansible.variables import VariableScope

_TEMPLATE = re.compile(r"\{[{%#]")
_NAME = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
_CONNECTION = re.compile(
    r"ansible_(host|port|user|password|connection|ssh_\w+|become\w*|shell_\w+|python_interpreter|\w+_interpreter"
    r"|scp_\w+|sftp_\w+|winrm_\w+|psrp_\w+|network_os|remote_tmp|timeout|async_dir|pipelining|common_remote_group"
    r"|group_priority|private_key_file|managed|check_mode|diff_mode|limit|run_tags|skip_tags|forks|verbosity)"
)
"""Variables of this form are given in an inventory or by Ansible itself; other ``ansible_`` names are facts."""
_OF_ALL_HOSTS = frozenset({"hostvars", "groups", "vars"})
_AT_RUN_TIME = frozenset(
    {"ansible_check_mode", "ansible_diff_mode", "ansible_limit", "ansible_run_tags", "ansible_forks"}
)


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """Where ``include``, ``import`` and file lookups may look: repository-relative directories, in order."""

    repo: Repository
    templates: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def find(self, name: str, directories: tuple[str, ...]) -> str | None:
        """The path of a file by its name, in the first directory that has it; none outside of the repository."""
        from archdoc.readers.ansible.variables import repository_path

        own = repository_path(name)
        candidates = [own] if own is not None else [normal(posixpath.join(d, name)) for d in directories]
        if own is None and name.startswith("/"):
            return None
        return next((p for p in candidates if self.repo.is_file(p) and self.repo.is_listed(p)), None)


class Renderer:
    """Evaluates what stands in one scope. Values of variables are kept, so use one renderer per scope."""

    def __init__(
        self,
        scope: VariableScope,
        files: TemplateFiles | None = None,
        _local: Mapping[str, Any] | None = None,
        _shared: Renderer | None = None,
        meter: Meter | None = None,
    ) -> None:
        """``meter`` counts what is evaluated; once it is spent, all is given back as it is written."""
        self.scope = scope
        self.files = files
        self._local = _local or {}
        self._shared = _shared
        self._values: dict[str, tuple[Any, tuple[str, ...]]] = {}
        self._active: set[str] = set()
        self._touched = False
        self._meter = meter

    # -- for callers ------------------------------------------------------------------------------------------

    def evaluate(self, value: Any, local: Mapping[str, Any] | None = None) -> Evaluated:
        """Any value of a YAML file, with every template in it evaluated. A text that is one expression gives the
        value of that expression, whatever its type. ``local`` adds names that win (``item``, loop variables)."""
        if isinstance(value, str) and not _TEMPLATE.search(value):
            return finished(str.__str__(value), Session())
        renderer = self._with(local)
        return self._account(lambda session: renderer.convert(value, "", session), lambda: plain(value))

    def expression(
        self, text: str, local: Mapping[str, Any] | None = None, literal_backslashes: bool = True
    ) -> Evaluated:
        """A bare expression, such as that of ``compose``; ``literal_backslashes`` is false for conditions."""
        renderer = self._with(local)
        return self._account(
            lambda session: renderer._expression(str(text), session, literal_backslashes),
            lambda: "{{ " + text + " }}",
        )

    def condition(self, when: Any, local: Mapping[str, Any] | None = None) -> bool | None:
        """A ``when``: a bare expression, a boolean, or a list of them that must all hold. None: not known."""
        if isinstance(when, list):
            results = [self.condition(part, local) for part in when]
            return False if False in results else None if None in results else True
        if not isinstance(when, str):
            return bool(when)
        found = self.evaluate(when, local) if _TEMPLATE.search(when) else self.expression(when, local, False)
        if found.partial or found.undefined:
            return None
        if isinstance(found.value, str) and not found.secret:
            return to_bool(found.value) if found.value.lower() in _WORDS else bool(found.value)
        return bool(found.value)

    def variable(self, name: str) -> Evaluated:
        """The value of a variable."""
        return self._account(lambda session: self.resolve(name, session), lambda: "{{ " + name + " }}")

    def template(
        self, text: str, local: Mapping[str, Any] | None = None, overrides: Mapping[str, Any] | None = None
    ) -> RenderedText:
        """A template file's text, as the template module renders it (``trim_blocks``; a ``#jinja2:`` header).

        ``overrides`` are the module's options (``lstrip_blocks``, ``variable_start_string`` …). A template that
        cannot be parsed is given back as it is, as partial.
        """
        known = {k: v for k, v in (overrides or {}).items() if k in Overrides.__dataclass_fields__}
        with self._metered() as session:
            sink = Sink(session)
            try:
                session.charge()
                parsed = parse_template(text, Overrides(**known) if known else DEFAULT)
                Executor(self._with(local), session, parsed).run(Frame(), sink)
            except TemplateSyntaxFailure as error:
                session.guess(f"the template cannot be parsed (line {error.line}): {error}")
                sink.pieces = [(line + "\n", number) for number, line in enumerate(text.split("\n"), 1)]
            except (LimitError, RecursionError) as error:
                session.guess(limit_reason(error))
            return as_text(sink, session, text)

    # -- for the interpreter ----------------------------------------------------------------------------------

    def resolve(self, name: str, session: Session) -> Any:
        """The value of a name: a local one, a variable, a fact that is not known, or Missing."""
        if name in self._local:
            self._touched = True
            return self._guarded(name, lambda: self.convert(self._local[name], name, session))
        kept = self._values.get(name) or (self._shared._values.get(name) if self._shared is not None else None)
        if kept is None:
            before, self._touched = self._touched, False
            kept = session.recorded(lambda: self._guarded(name, lambda: self._look_up(name, session)))
            if not self._touched and not isinstance(kept[0], LazyMap | LazyList) and self._shared is not None:
                self._shared._values[name] = kept
            elif name not in self._active:
                self._values[name] = kept
            self._touched |= before
        else:
            session.guess_all(kept[1])
        return kept[0]

    def convert(self, raw: Any, name: str, session: Session) -> Any:
        """A value as it is written as a value of templates: templates in it evaluated (lazily inside of lists and
        mappings), vaulted and credential-like texts hidden. ``name`` is what it stands under."""
        if isinstance(raw, Opaque):
            return Unknown(name or "vault", f"{name or 'a value'} is vaulted", secret=True)
        if isinstance(raw, str):
            return self._text(str.__str__(raw), name, session)
        if isinstance(raw, dict):
            inside = self._held if holds_credentials(name) else self.convert
            return LazyMap(raw, inside) if _needs_care(raw, name) else plain(raw)
        if isinstance(raw, list | tuple):
            return LazyList(list(raw), name, self.convert) if _needs_care(raw, name) else plain(list(raw))
        if is_secret(name, raw):
            return Unknown(name, f"{name} is a credential", secret=True)
        return raw

    def _held(self, raw: Any, name: str, session: Session) -> Any:
        """The same of what stands in a place of credentials, whatever it is called there."""
        if isinstance(raw, dict):
            return LazyMap(raw, self._held)
        if isinstance(raw, list | tuple):
            return LazyList(list(raw), name, self._held)
        value = self.convert(raw, name, session)
        return Unknown(name, f"{name} is a credential", secret=True) if is_held(name, value) else value

    def find_template(self, name: str) -> Parsed | TemplateSyntaxFailure | None:
        """Another template, by the name that an include gives it."""
        path = self.files.find(name, self.files.templates) if self.files is not None else None
        if self.files is None or path is None:
            return None
        try:
            return parse_template(self.files.repo.read_text(path))
        except UnreadableError:
            return None
        except TemplateSyntaxFailure as error:
            return error

    # -- inside -----------------------------------------------------------------------------------------------

    def _account(self, find: Callable[[Session], Any], written: Callable[[], Any]) -> Evaluated:
        """The result of one evaluation; what is ``written`` where it is given up."""
        with self._metered() as session:
            try:
                session.charge()
                return finished(force(find(session), session), session)
            except (LimitError, RecursionError) as error:
                return given_up(written(), session, error)

    @contextmanager
    def _metered(self) -> Iterator[Session]:
        """The account of one evaluation, which the meter counts too; one that may do nothing where that is spent."""
        session = Session()
        if self._meter is not None and self._meter.is_spent:
            session.close()
        try:
            yield session
        finally:
            if self._meter is not None:
                self._meter.steps += session.steps

    def _with(self, local: Mapping[str, Any] | None) -> Renderer:
        return Renderer(self.scope, self.files, local, self) if local else self

    def _guarded(self, name: str, find: Any) -> Any:
        if name in self._active:
            return Unknown(name, f"{name} refers to itself")
        self._active.add(name)
        try:
            return find()
        finally:
            self._active.discard(name)

    def _look_up(self, name: str, session: Session) -> Any:
        found, value = self.scope.magic(name)
        if found:
            return self._magic(name, value)
        variable = self.scope.get(name)
        if variable is not None:
            if guess := self.scope.guess(name):
                session.guess(guess)
            held = is_vault_file(variable.source.path) or self._is_vaulted(name, variable.source.path)
            return (self._held if held else self.convert)(variable.value, name, session)
        reason = self.scope.unknown_reason(name)
        if reason:
            return Unknown(name, reason)
        if name in GLOBALS:
            return GLOBALS[name]
        if name == "vars":
            return Lookups(self.resolve, lambda: list(self.scope.names()))
        if name == "ansible_facts" or name in _AT_RUN_TIME:
            return Unknown(name, f"{name} is known only when the play runs")
        if name.startswith("ansible_") and not _CONNECTION.fullmatch(name):
            return Unknown(name, f"{name} is a fact of the host")
        return Missing(name, f"{name} is not defined")

    def _is_vaulted(self, name: str, path: str) -> bool:
        return is_vaulted_name(name, path) and not any(
            setting in layer.variables for layer in self.scope.layers for setting in VAULT_PRODUCT
        )

    def _magic(self, name: str, value: Any) -> Any:
        """A magic variable: what it holds for other hosts is looked up when it is asked for."""
        from archdoc.readers.ansible.variables import HostVars

        if not isinstance(value, HostVars):
            return value

        def host(key: str, _: Session) -> Any:
            scope = value.find(key)
            if scope is None:
                return value.absent(f"{name}[{key!r}]")
            place = (key, self.files)
            if place not in value.renderers:
                value.renderers[place] = Renderer(scope, self.files)
            other: Renderer = value.renderers[place]
            return Lookups(
                lambda fact, session: with_address(key, fact, other.resolve(fact, session)),
                lambda: [n for n in other.scope.names() if n not in _OF_ALL_HOSTS],
            )

        return Lookups(host, lambda: list(value.names))

    def _text(self, text: str, name: str, session: Session) -> Any:
        if not _TEMPLATE.search(text) and not text.startswith(OVERRIDE):
            return self._shown(MARKS.sub("", text), name, session)
        session.enter()
        try:
            value = self._value(text, session)
        finally:
            session.leave()
        return self._shown(value, name, session) if isinstance(value, str | int | float) else value

    @staticmethod
    def _shown(value: Any, name: str, session: Session) -> Any:
        """A value without the credentials in it: unknown where it is one, a text around one with the mask in its
        place (``postgres://app:<secret>@db/app``)."""
        if is_secret_whole(name, value):
            return Unknown(name, f"{name or 'a value'} is a credential", secret=True)
        if isinstance(value, str) and is_secret(name, value):
            session.secret = True
            return mask_text(value)
        return value

    def _value(self, text: str, session: Session) -> Any:
        """A template's own value: that of its one expression, else a text."""
        only = _NAME.fullmatch(text)
        if only:
            return self.resolve(only[1], session)
        try:
            parsed = parse_template(text, literal_backslashes=True)
        except TemplateSyntaxFailure as error:
            return Unknown(text, f"{text!r} cannot be parsed: {error}", parts=(text,))
        sink = Sink(session)
        Executor(self, session, parsed).run(Frame(), sink)
        pieces = [value for value, _ in sink.pieces]
        if len(pieces) == 1 and not isinstance(pieces[0], str):
            return pieces[0]
        whole = sink.text()
        missing = (len(text) - len(text.rstrip("\n"))) - (len(whole) - len(whole.rstrip("\n")))
        return joined(whole + "\n" * max(0, missing))

    def _expression(self, text: str, session: Session, literal_backslashes: bool) -> Any:
        try:
            parsed = parse_expression(text.strip(), literal_backslashes)
        except TemplateSyntaxFailure as error:
            return Unknown(text, f"{text!r} cannot be parsed: {error}")
        sink = Sink(session)
        Executor(self, session, parsed).run(Frame(), sink)
        return sink.pieces[0][0] if sink.pieces else None


_WORDS = frozenset({"yes", "on", "true", "1", "no", "off", "false", "0"})


def _needs_care(value: Any, name: str) -> bool:
    """Whether a value has templates, vaulted or credential-like texts in it."""
    if isinstance(value, dict):
        return holds_credentials(name) or any(_needs_care(inner, str(key)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return any(_needs_care(inner, name) for inner in value)
    if isinstance(value, str):
        return bool(_TEMPLATE.search(value)) or is_secret(name, value)
    return isinstance(value, Opaque) or is_secret(name, value)
