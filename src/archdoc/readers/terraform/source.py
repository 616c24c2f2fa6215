"""One module directory as it is written: its files parsed, overrides merged, declarations by name.

https://developer.hashicorp.com/terraform/language/files and .../files/override.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from archdoc.model.facts import Source
from archdoc.model.problem import Problem, Severity
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.hcl import ParsedFile, with_spans
from archdoc.readers.hcl import tree as t
from archdoc.readers.terraform.errors import NotDeclaredError
from archdoc.readers.terraform.structure import malformed

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


def source_of(path: str, span: t.Span) -> Source:
    """The place of something in a block of a file (override files put in what stands elsewhere)."""
    return Source(span.path if isinstance(span, t.SpanElsewhere) else path, span.line, span.end_line)


@dataclass(frozen=True, slots=True)
class Declared:
    """A top-level block and the file it stands in."""

    block: t.Block
    path: str

    def source(self, span: t.Span | None = None) -> Source:
        """The place of the block, or of something in it."""
        return source_of(self.path, span or self.block.span)


@dataclass(frozen=True, slots=True)
class DeclaredLocal:
    """One attribute of a ``locals`` block."""

    attribute: t.Attribute
    path: str

    def source(self, span: t.Span | None = None) -> Source:
        """Its place, or that of something in it."""
        return source_of(self.path, span or self.attribute.span)


@dataclass(slots=True)
class ModuleSource:
    """What one directory declares.

    Resources by ``type.name``, data sources by ``data.type.name``, ephemeral ones by ``ephemeral.type.name``.
    """

    directory: str
    files: tuple[str, ...] = ()
    variables: dict[str, Declared] = field(default_factory=dict)
    locals: dict[str, DeclaredLocal] = field(default_factory=dict)
    resources: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    providers: dict[str, Declared] = field(default_factory=dict)
    settings: list[Declared] = field(default_factory=list)
    others: list[Declared] = field(default_factory=list)
    """moved, import, check, removed and whatever a newer Terraform knows."""
    problems: list[Problem] = field(default_factory=list)
    names_checked: dict[int, NotDeclaredError | None] = field(default_factory=dict)
    """By the identity of an expression: the name in it that means nothing, if there is one."""
    defaults_checked: set[str] = field(default_factory=set)
    """The variables of which the default is known to fit, or reported."""

    @property
    def place(self) -> Source:
        """The first line of its first file."""
        return Source(self.files[0] if self.files else self.directory, 1)

    @property
    def size(self) -> int:
        """How many things it declares, itself among them."""
        values = len(self.variables) + len(self.locals) + len(self.outputs)
        return 1 + values + len(self.resources) + len(self.calls)

    def backend(self) -> Declared | None:
        """The settings block that has a backend or cloud block."""
        return next(
            (s for s in self.settings if s.block.body.blocks_of("backend") or s.block.body.blocks_of("cloud")), None
        )


def module_files(repo: Repository, directory: str) -> tuple[str, ...]:
    """The configuration files of a directory in the order that Terraform reads them: overrides last.

    In a directory that git ignores (a downloaded module) every file counts.
    """
    listed: Iterable[str] = repo.in_directory(directory)
    if not listed and repo.is_directory(directory):
        listed = (posixpath.normpath(posixpath.join(directory, n)) for n in repo.list_any(directory))
    files = [
        p
        for p in listed
        if p.endswith(SUFFIXES) and not posixpath.basename(p).startswith((".", "#")) and not p.endswith("~")
    ]
    tofu = {p.replace(".tofu", ".tf", 1) for p in files if ".tofu" in posixpath.basename(p)}
    files = [p for p in files if p not in tofu]  # OpenTofu: a.tofu stands in the place of a.tf
    return tuple(sorted(files, key=lambda p: (_is_override(p), p)))


def module_source(directory: str, files: Iterable[ParsedFile]) -> ModuleSource:
    """Put the declarations of parsed files together."""
    made = ModuleSource(directory)
    for file in files:
        made.files = (*made.files, file.path)
        made.problems += file.problems
        override = _is_override(file.path)
        for block in file.body.blocks:
            faults = list(malformed(block, override))
            made.problems += [_problem("TF003", f.message, source_of(file.path, f.span)) for f in faults]
            if any(f.unusable for f in faults):
                made.others.append(Declared(block, file.path))
            elif override:
                _override(made, block, file.path)
            else:
                _declare(made, block, file.path)
        for attribute in file.body.attributes:
            made.problems.append(
                _problem(
                    "TF003",
                    f'an argument named "{attribute.name}" is not expected outside of a block',
                    Source(file.path, attribute.span.line),
                )
            )
    return made


def unreadable(directory: str, error: UnreadableError) -> ModuleSource:
    """A module of which a file cannot be read."""
    made = ModuleSource(directory)
    made.problems.append(error.problem)
    return made


_TABLES = {
    "variable": "variables",
    "output": "outputs",
    "module": "calls",
    "provider": "providers",
    "resource": "resources",
    "data": "resources",
    "ephemeral": "resources",
}


def _declare(made: ModuleSource, block: t.Block, path: str) -> None:
    declared = Declared(block, path)
    name = key_of(block)
    table: dict[str, Declared]
    if block.type == "locals":
        for attribute in block.body.attributes:
            if attribute.name in made.locals:
                made.problems.append(
                    _twice(
                        f"local.{attribute.name}",
                        made.locals[attribute.name].source(),
                        Source(path, attribute.span.line),
                    )
                )
            made.locals[attribute.name] = DeclaredLocal(attribute, path)
        return
    if block.type in _TABLES:
        table = getattr(made, _TABLES[block.type])
    else:
        (made.settings if block.type == "terraform" else made.others).append(declared)
        for inner in block.body.blocks_of("data") if block.type == "check" else ():
            _declare(made, inner, path)
        return
    if name in table:
        made.problems.append(_twice(f"{block.type} {name}", table[name].source(), declared.source()))
        return
    table[name] = declared


def key_of(block: t.Block) -> str:
    """What a block is known by in its module."""
    if block.type == "resource":
        return ".".join(block.labels)
    if block.type in ("data", "ephemeral"):
        return ".".join((block.type, *block.labels))
    if block.type == "provider":
        alias = block.body.attribute("alias")
        named = alias.expression.value if alias and isinstance(alias.expression, t.Literal) else ""
        return f"{block.labels[0]}.{named}" if named else block.labels[0]
    return block.labels[0] if block.labels else ""


def _override(made: ModuleSource, block: t.Block, path: str) -> None:
    """Merge a block of an override file: its arguments and nested blocks take the place of the original's."""
    if block.type == "locals":
        for attribute in block.body.attributes:
            made.locals[attribute.name] = DeclaredLocal(attribute, path)
        return
    if block.type not in _TABLES:
        (made.settings if block.type == "terraform" else made.others).append(Declared(block, path))
        return
    table: dict[str, Declared] = getattr(made, _TABLES[block.type])
    name = key_of(block)
    original = table.get(name)
    if original is None:
        made.problems.append(
            _problem("TF004", f"there is no {block.type} {name} to override", Source(path, block.span.line))
        )
        return
    elsewhere = with_spans(block.body, lambda s: t.SpanElsewhere(s.line, s.column, s.end_line, s.end_column, path))
    table[name] = Declared(_merged(original.block, replace(block, body=elsewhere)), original.path)


def _merged(original: t.Block, override: t.Block) -> t.Block:
    replaced = {a.name for a in override.body.attributes}
    attributes = tuple(a for a in original.body.attributes if a.name not in replaced) + override.body.attributes
    kinds = {_block_kind(b) for b in override.body.blocks if b.type != "lifecycle"}
    kept = tuple(b for b in original.body.blocks if _block_kind(b) not in kinds)
    body = t.Body(attributes, kept + override.body.blocks, original.body.span)
    return t.Block(original.type, original.labels, body, original.span)


def _block_kind(block: t.Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _is_override(path: str) -> bool:
    stem = posixpath.basename(path)
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if stem.endswith(suffix):
            stem = stem[: -len(suffix)]
            break
    return stem == "override" or stem.endswith("_override")


def _twice(what: str, first: Source, second: Source) -> Problem:
    return _problem("TF005", f"{what} is declared twice; the first one ({first}) counts", second)


def _problem(code: str, message: str, source: Source) -> Problem:
    return Problem(Severity.ERROR, code, message, source, "terraform validate says the same")
