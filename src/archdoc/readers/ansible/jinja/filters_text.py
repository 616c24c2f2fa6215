"""Filters of texts, paths and regular expressions, by the rules of Jinja2 and ansible-core."""

from __future__ import annotations

import html
import ntpath
import posixpath
import re
import shlex
import textwrap
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from archdoc.readers.ansible.jinja.access import MAX_WIDTH, percent_format
from archdoc.readers.ansible.jinja.session import MAX_TEXT, RefusedError
from archdoc.readers.ansible.regexes import UnsafePatternError, compile_pattern

MAX_WRAPPED = 100_000


def _width(value: Any) -> int:
    width = int(value)
    if abs(width) > MAX_WIDTH:
        raise RefusedError("a text that is wider than archdoc allows")
    return width


def _flags(ignorecase: Any, multiline: Any) -> int:
    return (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)


def regex_replace(
    value: Any = "",
    pattern: Any = "",
    replacement: Any = "",
    ignorecase: Any = False,
    multiline: Any = False,
    count: int = 0,
    mandatory_count: int = 0,
) -> str:
    """``re.sub`` of a text."""
    text = str(value)
    compiled = compile_pattern(str(pattern), _flags(ignorecase, multiline), text)
    if mandatory_count and len(compiled.findall(text)) != mandatory_count:
        raise ValueError("regex_replace")
    if len(str(replacement)) * (len(text) + 1) > MAX_TEXT * 4 and len(compiled.findall(text)) > MAX_TEXT // 1000:
        raise RefusedError("a text that is longer than archdoc allows")
    return compiled.sub(str(replacement), text, count=count)


def regex_findall(value: Any, regex: Any, multiline: Any = False, ignorecase: Any = False) -> list[Any]:
    """``re.findall``."""
    return compile_pattern(str(regex), _flags(ignorecase, multiline), str(value)).findall(str(value))


def regex_search(value: Any, regex: Any, *args: Any, ignorecase: Any = False, multiline: Any = False) -> Any:
    """``re.search``: the match, or the groups that are asked for (``\\1``, ``\\g<name>``); None without a match."""
    groups: list[Any] = []
    for arg in args:
        if named := re.match(r"\\g<(\S+)>", str(arg)):
            groups.append(named[1])
        elif numbered := re.match(r"\\(\d+)", str(arg)):
            groups.append(int(numbered[1]))
        else:
            raise ValueError("regex_search")
    found = compile_pattern(str(regex), _flags(ignorecase, multiline), str(value)).search(str(value))
    if found is None:
        return None
    return [found.group(g) for g in groups] if groups else found.group()


def regex_escape(value: Any, re_type: str = "python") -> str:
    """The text with everything special in a regular expression escaped."""
    if re_type == "posix_basic":
        return re.sub(r"([].[^$*\\])", r"\\\1", str(value))
    if re_type != "python":
        raise ValueError(re_type)
    return re.escape(str(value))


def replace(value: Any, old: Any, new: Any, count: int | None = None) -> str:
    """``str.replace``."""
    text, old, new = str(value), str(old), str(new)
    if text.count(old) * len(new) > MAX_TEXT:
        raise RefusedError("a text that is longer than archdoc allows")
    return text.replace(old, new, -1 if count is None else count)


def indent(value: Any, width: Any = 4, first: bool = False, blank: bool = False) -> str:
    """Every line but the first (and the blank ones) moved to the right."""
    margin = width if isinstance(width, str) else " " * _width(width)
    if len(margin) > MAX_WIDTH:
        raise RefusedError("a text that is wider than archdoc allows")
    text = str(value) + "\n"
    if blank:
        moved = ("\n" + margin).join(text.splitlines())
    else:
        lines = text.splitlines()
        moved = lines.pop(0)
        if lines:
            moved += "\n" + "\n".join(margin + line if line else line for line in lines)
    return margin + moved if first else moved


def title(value: Any) -> str:
    """Jinja2's ``title``: words begin large and go on small."""
    return "".join(part[0].upper() + part[1:].lower() for part in re.split(r"([-\s({\[<]+)", str(value)) if part)


def truncate(value: Any, length: Any = 255, killwords: bool = False, end: str = "...", leeway: Any = 5) -> str:
    """A text cut to a length."""
    text, length = str(value), int(length)
    if len(text) <= length + (5 if leeway is None else int(leeway)):
        return text
    cut = text[: length - len(end)]
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + end


def wordwrap(
    value: Any,
    width: Any = 79,
    break_long_words: bool = True,
    wrapstring: str | None = None,
    break_on_hyphens: bool = True,
) -> str:
    """A text wrapped to a width."""
    if len(str(value)) > MAX_WRAPPED:
        raise RefusedError("a text that is longer than archdoc wraps")
    newline = wrapstring or "\n"
    return newline.join(
        newline.join(
            textwrap.wrap(
                line,
                width=int(width),
                expand_tabs=False,
                replace_whitespace=False,
                break_long_words=break_long_words,
                break_on_hyphens=break_on_hyphens,
            )
        )
        for line in str(value).splitlines()
    )


def format_(value: Any, *args: Any, **kwargs: Any) -> str:
    """``"%s of %s" | format(a, b)``."""
    return percent_format(str(value), kwargs or args)


def escape(value: Any) -> str:
    """HTML-escaped text."""
    return html.escape(str(value)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def striptags(value: Any) -> str:
    """A text without tags and comments."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", "", re.sub(r"<!--.*?-->", "", str(value)))).split())


def urlencode_(value: Any) -> str:
    """A text, or the pairs of a mapping, quoted for an address."""
    if isinstance(value, Mapping):
        return urlencode([(str(k), str(v)) for k, v in value.items()], quote_via=quote)
    if isinstance(value, list | tuple):
        return urlencode([(str(k), str(v)) for k, v in value], quote_via=quote)
    return quote(str(value), safe="/")


def comment(value: Any, style: str = "plain", **options: Any) -> str:
    """A text as a comment (https://docs.ansible.com/…/playbooks_filters.html#adding-comments-to-files)."""
    styles: dict[str, dict[str, Any]] = {
        "plain": {"decoration": "# "},
        "erlang": {"decoration": "% "},
        "c": {"decoration": "// "},
        "cblock": {"beginning": "/*", "decoration": " * ", "end": " */"},
        "xml": {"beginning": "<!--", "decoration": " - ", "end": "-->"},
    }
    chosen = styles[style]
    edge = str(options.get("decoration", chosen["decoration"]))
    p: dict[str, Any] = {
        **{"newline": "\n", "beginning": "", "prefix": edge.rstrip(), "prefix_count": 1},
        **{"postfix": edge.rstrip(), "postfix_count": 1, "end": ""},
        **chosen,
        **options,
    }
    newline, decoration = str(p["newline"]), str(p["decoration"])
    begin = f"{p['beginning']}{newline}" if p["beginning"] else ""
    prefix = ""
    if p["prefix"]:
        prefix = (newline if p["prefix"] == newline else f"{p['prefix']}{newline}") * _width(p["prefix_count"])
    body = decoration + str(value).replace(newline, newline + decoration)
    body = body.replace(decoration + newline, decoration.rstrip() + newline)
    postfix = newline.join(["", *[str(p["postfix"])] * _width(p["postfix_count"])])
    return begin + prefix + body + postfix + (f"{newline}{p['end']}" if p["end"] else "")


def split(value: Any, *args: Any) -> list[str]:
    """``str.split``."""
    return str(value).split(*args)


def path_join(value: Any) -> str:
    """The parts of a path, joined."""
    return value if isinstance(value, str) else posixpath.join(*[str(part) for part in value])


def commonpath(value: Sequence[str]) -> str:
    """The path that all of them begin with."""
    return posixpath.commonpath(value)


def relpath(value: Any, start: Any = None) -> str:
    """A path as seen from another (both absolute)."""
    if start is None or not (str(value).startswith("/") and str(start).startswith("/")):
        raise ValueError("relpath")
    return posixpath.relpath(str(value), str(start))


def urlsplit_(value: Any, query: str = "") -> Any:
    """The parts of an address, or one of them."""
    parts = urlsplit(str(value))
    names = ("fragment", "hostname", "netloc", "password", "path", "port", "query", "scheme", "username")
    found = {name: getattr(parts, name) for name in names}
    return found[query] if query else found


def strftime(value: Any, second: Any = None, utc: Any = False) -> str:
    """The time of a number of seconds; without one, or in the machine's own zone, it is not known."""
    if second is None or not utc:
        raise UnsafePatternError("the time is known only when the play runs")
    return time.strftime(str(value), time.gmtime(float(second)))


def to_datetime(value: Any, format: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    """The time that a text says."""
    return datetime.strptime(str(value), format)


def unicode_normalize(value: Any, form: str = "NFC") -> str:
    """A text in one of Unicode's normal forms."""
    return unicodedata.normalize(form, str(value))  # type: ignore[arg-type]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "upper": lambda v: str(v).upper(),
    "lower": lambda v: str(v).lower(),
    "capitalize": lambda v: str(v).capitalize(),
    "title": title,
    "trim": lambda v, chars=None: str(v).strip(chars),
    "strip": lambda v, chars=None: str(v).strip(chars),
    "center": lambda v, width=80: str(v).center(_width(width)),
    "indent": indent,
    "wordwrap": wordwrap,
    "wordcount": lambda v: len(re.findall(r"\w+", str(v))),
    "truncate": truncate,
    "replace": replace,
    "format": format_,
    "string": str,
    "escape": escape,
    "e": escape,
    "forceescape": escape,
    "safe": str,
    "striptags": striptags,
    "urlencode": urlencode_,
    "urldecode": lambda v: unquote_plus(str(v)),
    "urlsplit": urlsplit_,
    "regex_replace": regex_replace,
    "regex_search": regex_search,
    "regex_findall": regex_findall,
    "regex_escape": regex_escape,
    "quote": lambda v: shlex.quote("" if v is None else str(v)),
    "comment": comment,
    "split": split,
    "basename": lambda v: posixpath.basename(str(v)),
    "dirname": lambda v: posixpath.dirname(str(v)),
    "splitext": lambda v: posixpath.splitext(str(v)),
    "normpath": lambda v: posixpath.normpath(str(v)),
    "path_join": path_join,
    "commonpath": commonpath,
    "relpath": relpath,
    "win_basename": lambda v: ntpath.basename(str(v)),
    "win_dirname": lambda v: ntpath.dirname(str(v)),
    "win_splitdrive": lambda v: ntpath.splitdrive(str(v)),
    "strftime": strftime,
    "to_datetime": to_datetime,
    "unicode_normalize": unicode_normalize,
}
