"""Filesystem functions, confined to the repository.

Paths are relative to the root module's directory, where Terraform runs. What leads out of the repository is not
read: the value is unknown, and says so.
"""

from __future__ import annotations

import base64
import posixpath
import re
from itertools import takewhile

from archdoc.readers.files import UnreadableError
from archdoc.readers.terraform.convert import convert
from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.globs import glob
from archdoc.readers.terraform.functions.registry import FunctionContext, general, simple
from archdoc.readers.terraform.types import BOOL, STRING, Type, set_of
from archdoc.readers.terraform.values import Value, boolean, set_value, string, unknown, unknown_from


def _text_argument(value: Value) -> Value:
    text = convert(value, STRING)
    if text.is_null:
        raise EvaluationError("argument must not be null")
    return text


def resolve(path: str, context: FunctionContext) -> str | None:
    """The repository-relative path, or None where it leads out."""
    if path.startswith(("/", "~")):
        return None
    joined = posixpath.normpath(posixpath.join(context.working_directory, path))
    return None if joined == ".." or joined.startswith("../") else joined


def outside(name: str, path: str, context: FunctionContext, kind: Type = STRING) -> Value:
    """The value of a file that is not in the repository."""
    return _refused(f'{name}("{path}") is outside of the repository, which archdoc does not read', context, kind)


def _refused(reason: str, context: FunctionContext, kind: Type = STRING) -> Value:
    context.refused.append(reason)
    return unknown(reason, kind)


def read(name: str, argument: Value, context: FunctionContext) -> bytes | Value:
    """The bytes of a file, or what the function gives instead (EvaluationError where the file is missing)."""
    text = _text_argument(argument)
    if text.is_unknown or context.files is None:
        return unknown_from(text, kind=STRING)
    path = resolve(text.raw, context)
    if path is None:
        return outside(name, text.raw, context).like(text)
    if not context.files.is_file(path):
        raise EvaluationError(f'no file exists at "{path}" (if a build makes it, its content is known only then)')
    try:
        data = context.files.read_bytes(path)
    except UnreadableError as error:
        return _refused(error.problem.message, context).like(text)
    context.files_read[path] = None
    return data


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("contents of the file are not valid UTF-8; use filebase64 to read it") from None


@general("file", 1)
def file(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/file."""
    data = read("file", arguments[0], context)
    return data if isinstance(data, Value) else string(_decoded(data)).like(arguments[0])


@general("filebase64", 1)
def filebase64(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/filebase64."""
    data = read("filebase64", arguments[0], context)
    return data if isinstance(data, Value) else string(base64.b64encode(data).decode("ascii")).like(arguments[0])


@general("fileexists", 1)
def fileexists(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/fileexists."""
    text = _text_argument(arguments[0])
    if text.is_unknown or context.files is None:
        return unknown_from(text, kind=BOOL)
    path = resolve(text.raw, context)
    if path is None:
        return outside("fileexists", text.raw, context, BOOL).like(text)
    if context.files.is_directory(path):
        raise EvaluationError(f'"{path}" is a directory, not a file')
    return boolean(context.files.is_file(path)).like(text)


@general("fileset", 2)
def fileset(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/fileset: the files below a directory that a glob matches, relative to it."""
    directory, pattern = (_text_argument(a) for a in arguments)
    if directory.is_unknown or pattern.is_unknown or context.files is None:
        return unknown_from(directory, pattern, kind=set_of(STRING))
    base = resolve(directory.raw, context)
    if base is None:
        return outside("fileset", directory.raw, context, set_of(STRING)).like(directory, pattern)
    whole = posixpath.normpath(posixpath.join(base, pattern.raw.lstrip("/")))
    if whole == ".." or whole.startswith("../"):
        return outside("fileset", pattern.raw, context, set_of(STRING)).like(directory, pattern)
    wanted = glob(whole)
    plain = takewhile(lambda part: not re.search(r"[*?{[\\]", part), whole.split("/")[:-1])
    above = "/".join(plain) or "."
    found = [string(posixpath.relpath(p, base)) for p in context.files.under(above) if wanted.match(p)]
    return set_value(found, STRING).like(directory, pattern)


@general("templatefile", 2)
def templatefile(arguments: list[Value], context: FunctionContext) -> Value:
    """functions/templatefile."""
    data = read("templatefile", arguments[0], context)
    variables = arguments[1]
    if isinstance(data, Value):
        return data.like(variables)
    if variables.is_null:
        raise EvaluationError("the variables must not be null")
    if variables.is_unknown or context.render is None:
        return unknown_from(variables, kind=STRING)
    if not variables.is_mapping:
        raise EvaluationError("the variables must be an object or a map")
    for name in variables.raw:
        if not re.fullmatch(r"[^\W\d][\w-]*", name):
            raise EvaluationError(f'"{name}" is not a valid variable name')
    given = {name: value.like(variables) for name, value in variables.raw.items()}
    path = resolve(convert(arguments[0], STRING).raw, context) or ""
    return context.render(_decoded(data), given, path).like(arguments[0])


@simple("basename", STRING, returns=STRING)
def basename(path: str) -> str:
    """functions/basename."""
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


@simple("dirname", STRING, returns=STRING)
def dirname(path: str) -> str:
    """functions/dirname."""
    return posixpath.normpath(posixpath.dirname(path)) if posixpath.dirname(path) else "."


@simple("abspath", STRING, returns=STRING)
def abspath(path: str) -> Value:
    """functions/abspath: where the repository lies on a machine is not told."""
    if path.startswith("/"):
        return string(posixpath.normpath(path))
    return unknown("abspath() depends on where Terraform runs", STRING)


@simple("pathexpand", STRING, returns=STRING)
def pathexpand(path: str) -> Value:
    """functions/pathexpand: the home directory is not told."""
    if path.startswith("~"):
        return unknown("pathexpand() depends on the home directory of who runs Terraform", STRING)
    return string(path)
