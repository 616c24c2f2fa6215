"""The patterns of ``fileset``, as the library that Terraform matches them with reads them.

https://pkg.go.dev/github.com/bmatcuk/doublestar (version 1): a pattern is taken apart at its slashes first, so that
no brace reaches over one; ``**`` means any directories only where it stands alone between slashes; ``{a,b}`` ends at
the first ``}``; ``[^a]`` negates and ``[!a]`` does not.
"""

from __future__ import annotations

import re

from archdoc.readers.terraform.errors import EvaluationError

MAX_ALTERNATIVES = 1000


def glob(pattern: str) -> re.Pattern[str]:
    """What matches the whole of a path (EvaluationError where the pattern is none)."""
    try:
        parts = pattern.split("/")
        made = [_part(part, last=n == len(parts) - 1) for n, part in enumerate(parts)]
        return re.compile("".join(made) + r"\Z", re.DOTALL)
    except (ValueError, re.error):
        raise EvaluationError(f'"{pattern}" is not a valid pattern') from None


def _part(part: str, last: bool) -> str:
    if part == "**":
        return ".*" if last else "(?:[^/]+/)*"
    alternatives = [_plain(each) for each in _expanded(part)]
    return f"(?:{'|'.join(alternatives)})" + ("" if last else "/")


def _expanded(part: str) -> list[str]:
    """The patterns without braces that one with braces stands for (ValueError where a brace does not end)."""
    done: list[str] = []
    waiting = [part]
    while waiting:
        each = waiting.pop(0)
        start = _find(each, "{", 0)
        if start < 0:
            done.append(each)
            continue
        end = _find(each, "}", start + 1)
        if end < 0 or len(done) + len(waiting) > MAX_ALTERNATIVES:
            raise ValueError(part)
        inner, begin = each[:end], start + 1
        while begin <= end:
            comma = _find(inner, ",", begin)
            stop = end if comma < 0 else comma
            waiting.append(each[:start] + each[begin:stop] + each[end + 1 :])
            begin = stop + 1
    return done


def _find(text: str, sign: str, start: int) -> int:
    """Where a sign stands that no backslash goes before, or -1."""
    at = start
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == sign:
            return at
        at += 1
    return -1


def _plain(part: str) -> str:
    made, at = [], 0
    while at < len(part):
        sign = part[at]
        if sign == "[":
            end = _find(part, "]", at + 1)
            if end < 0:
                raise ValueError(part)
            made.append(_class(part[at + 1 : end]))
            at = end
        elif sign == "\\" and at + 1 < len(part):
            at += 1
            made.append(re.escape(part[at]))
        else:
            made.append({"*": "[^/]*", "?": "[^/]"}.get(sign, re.escape(sign)))
        at += 1
    return "".join(made)


def _class(inner: str) -> str:
    negated = inner.startswith("^")
    inner = inner[negated:]
    if not inner:
        raise ValueError("an empty class")
    signs = re.sub(r"\\(.)", r"\1", inner)
    return f"[{'^' * negated}{re.escape(signs).replace(chr(92) + '-', '-')}]"
