"""What looks like a credential: by the name that it has, or by its own shape. Such a value never leaves a reader."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from archdoc.readers.addresssecrets import MASK, mask_addresses
from archdoc.readers.credentialforms import OF_ADDRESS, possible_forms
from archdoc.readers.credentialnames import is_credential_file, is_credential_name, is_key_name, tells
from archdoc.readers.textsecrets import mask_commands, mask_manifests

__all__ = [
    "MASK",
    "follows_option",
    "is_credential_name",
    "is_payload",
    "is_secret",
    "is_secret_whole",
    "looks_like_secret",
    "mask",
    "mask_text",
    "masked_words",
    "told_secret",
]

_NOT_SECRET = re.compile(
    r"(?:|~|null|none|true|false|yes|no|on|off|enabled?|disabled?|present|absent|always|never|on_create|prompt|required|optional|changeme\?"
    r"|(?:~|\.{0,2}/)[\w@.+/ -]*|\$\{?[A-Za-z_][\w:.-]*\}?|<[^<>]*>|\*+|[\[({]|\{\{.*\}\}|\{%.*%\})",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(
    r"(?<![\w-])--?(?P<name>[A-Za-z][\w-]*)(?:['\"]?,?\s+(?:-\s+)?['\"]?|['\"],['\"])(?P<secret>(?!-)[^\s'\",|;&]+)"
)
_DIRECTIVE = re.compile(
    r"^[ \t]*(?P<name>[A-Za-z_][\w.-]*)[ \t]+(?P<quote>['\"]?)(?P<secret>[^\s'\"]+?)(?P=quote)[ \t]*;?[ \t]*$",
    re.MULTILINE,
)
"""A line of a configuration file that is a name and a value: ``requirepass X``."""
_NAMING_WORDS = (
    *(
        "pass",
        "pw",
        "secret",
        "token",
        "key",
        "cred",
        "hook",
        "psk",
        "dsn",
        "pat",
        "auth",
        "connection",
        "salt",
        "seed",
    ),
    *("sas", "sign", "jwt", "hmac", "cookie", "session", "community"),
)
"""Every name of a credential has one of them in it."""
_NAME = re.compile(
    r"(?:(?<=[,{;&?=$\s(\[\-'\"])|^)(['\"]?)([A-Za-z_][\w.-]{0,99})\1[ \t]*(?::|[!=]?=)[ \t]*", re.MULTILINE
)
_VALUE = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|\[[^\]\n]*\]"
    r"|[^\n]{0,499}?\{\{[^\n]*|[|>][+-]?[0-9]?[ \t]*(?:#[^\n]*)?(?=\n)|[^\s,;}&#'\"][^\s,;}&]*"
)

_PAIR = re.compile(
    r"(?P<before>(?:name|key)['\"]?[ \t]*[:=][ \t]*['\"]?(?P<name>[\w.-]+)['\"]?"
    r"(?:,[^{}\n]{0,200}?|[ \t]*\n[ \t]*)['\"]?value['\"]?[ \t]*[:=][ \t]*(?P<quote>['\"]?))(?P<secret>[^'\"\n,}]+)"
)
"""``{"name": "DB_PASSWORD", "value": "X"}``, and the same on two lines of YAML."""
_CLOSING_QUOTE = re.compile(r"['\"](?=$|[\]\s,)|])")
_SHORT = 500
"""Characters; what was masked in a text of no more is kept."""


def looks_like_secret(value: object) -> bool:
    """Whether a value is a credential whatever its name: a private key, a token of a known form, a password hash,
    an address with a password in it."""
    if not isinstance(value, str):
        return False
    return _looks_secret_short(value) if len(value) <= _SHORT else _looks_secret(value)


def _looks_secret(text: str) -> bool:
    return any(form.search(text) for form in possible_forms(text))


_looks_secret_short = lru_cache(maxsize=32_768)(_looks_secret)


def is_secret(name: str, value: object) -> bool:
    """Whether a value must not be shown under this name.

    Truth values, paths, empty texts and references (``$VAR``, ``{{ … }}``) are no secrets whatever their name.
    """
    if looks_like_secret(value):
        return True
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str):
        return tells(name, value) and not _NOT_SECRET.fullmatch(value.strip())
    return isinstance(value, int | float) and is_credential_name(name)


def is_secret_whole(name: str, value: object) -> bool:
    """Whether a value is a secret as a whole: not a text that has one in it, of which the rest may be shown."""
    if not isinstance(value, str):
        return is_secret(name, value)
    if not tells(name, value):
        return False
    return is_credential_name(name) if looks_like_secret(value) else not _NOT_SECRET.fullmatch(value.strip())


_KEEPS_SECRETS = re.compile(
    r"(?:^|_)secrets?(?:_v\d+|_version|_data)?$|_secret_(?:v\d+|version|data)$|_(?:kv|generic)_secret|_ssm_parameter$"
    r"|^vault_generic_secret|^gitlab_\w+_variable$|^tfe_variable$"
)
"""Types of Terraform resources that put a secret away: ``github_actions_secret``, ``kubernetes_secret_v1``."""
_PAYLOADS = frozenset(
    {
        *("value", "plaintext_value", "encrypted_value", "insecure_value", "data", "data_json", "string_data"),
        *("binary_data", "secret_data", "secret_string", "secret_binary", "secret_text", "text", "payload"),
    }
)


def is_payload(type_name: str, argument: str) -> bool:
    """Whether an argument of a resource of this type is the secret itself, whatever it is called."""
    return argument in _PAYLOADS and _KEEPS_SECRETS.search(type_name) is not None


_NAMING = ("name", "key", "variable", "option", "question")
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z]{2,}\.?|[0-9a-f.:]+(?:/\d+)?|\*")
_MARKED = ("sensitive", "secret", "encrypted", "masked", "is_secret")


def told_secret(siblings: Mapping[str, object]) -> tuple[str, ...]:
    """The keys of a mapping whose values are secrets because of what stands beside them: ``value`` beside a ``name`` or
    ``key`` that is a credential's, beside ``type: SECRET`` or ``sensitive: true``; the ``job`` of a cron entry that
    sets a variable (``env: true``); the data of a Kubernetes Secret."""
    values = ["value"] if "value" in siblings else []
    if True in (siblings.get("env"), siblings.get("environment")) and "job" in siblings:
        values.append("job")
    found = []
    for key in values:
        value = siblings[key]
        if not isinstance(value, str) or _NOT_SECRET.fullmatch(value.strip()) or _HOST.fullmatch(value):
            continue
        names = (str(siblings[n]) for n in _NAMING if isinstance(siblings.get(n), str))
        marked = any(siblings.get(m) is True for m in _MARKED)
        typed = str(siblings.get("type", siblings.get("vtype", ""))).upper() in ("SECRET", "SECURESTRING", "PASSWORD")
        if marked or typed or any(" " not in name and tells(name, value) for name in names):
            found.append(key)
    if "community" in siblings and str(siblings.get("version", "")).lstrip("v") in ("1", "2", "2c"):
        found.append("community")
    if siblings.get("kind") == "Secret":
        found += [key for key in ("stringData", "data") if siblings.get(key)]
    return (*found, *_kept_in_file(siblings))


def _kept_in_file(siblings: Mapping[str, object]) -> list[str]:
    """The keys of a mapping that give a file its text, where the file is one of credentials (``sasl_passwd``)."""
    told = [key for key in ("line", "block", "content") if siblings.get(key)]
    path = next((p for p in (siblings.get(key) for key in ("path", "dest")) if isinstance(p, str)), "") if told else ""
    return told if is_credential_file(path) and not path.startswith(_NO_CREDENTIALS) else []


_NO_CREDENTIALS = ("/etc/passwd", "/etc/pam.d/")
"""Files that are called as those of credentials, and hold accounts and rules."""


def follows_option(words: Sequence[object], index: int) -> str:
    """The name that the word before gives a word of a command: ``--password`` before it; "" without one."""
    before = words[index - 1] if index else None
    is_option = isinstance(before, str) and before.startswith("-") and "=" not in before and " " not in before
    return str(before).lstrip("-") if is_option else ""


def mask_text(text: str) -> str:
    """A text with every credential in it replaced by ``<secret>``: those of a known form, and the values behind
    ``name:`` and ``name=`` where the name is that of a credential. Lines stay lines."""
    if len(text) <= _SHORT:
        return _masked_short(text)
    return _masked_long(text) if len(text) <= _LONG else _masked_text(text)


def _masked_text(text: str) -> str:
    for form in possible_forms(text):
        text = form.sub(_masked, text)
    text = mask_manifests(text)
    lowered = text.lower()
    text = mask_commands(text, lowered, _masked_part)
    text = mask_addresses(text)
    if len(text) >= 64:
        text = _PACKED.sub(_packed, text)
    if not any(word in lowered for word in _NAMING_WORDS):
        return text
    if "value" in text:
        text = _PAIR.sub(_masked_pair, text)
    text = _DIRECTIVE.sub(_masked_named, _OPTION.sub(_masked_named, text))
    parts, position, seen = [], 0, 0
    while name := _NAME.search(text, position):
        named = is_credential_name(name[2]) or is_key_name(name[2])
        end = len(text) if seen < _MOST_SEEN else name.end() + _TELLING
        value = _VALUE.match(text, name.end(), end) if named else None
        seen += _looked_through(text, name.end(), value)
        if value is not None and value[0][0] == "{" and not value[0].startswith("{{"):
            value = None  # a mapping: the names in it speak for themselves
        parts.append(text[position : name.end()])
        position = name.end()
        if value is not None and tells(name[2], value[0].strip("'\"")):
            hidden, position = _masked_value(text, name, value)
            parts.append(hidden)
    return "".join(parts) + text[position:]


_masked_short = lru_cache(maxsize=16_384)(_masked_text)
"""Instances of one block repeat their texts."""


def _looked_through(text: str, start: int, value: re.Match[str] | None) -> int:
    """How many characters it took to find a value: the whole line where what opens it is never closed."""
    if value is None or text[start] not in "['\"" or value[0][-1] in "]'\"":
        return len(value[0]) if value is not None else 0
    end = text.find("\n", start)
    return (end if end != -1 else len(text)) - start


_MOST_SEEN = 5_000_000
"""Characters of values that are looked at in one text, where one value may stand in another many times over."""
_TELLING = 4_000
"""As many of each value are looked at behind them."""
_LONG = 200_000
_masked_long = lru_cache(maxsize=128)(_masked_text)
"""So do templates that are rendered for one host after the other."""


def mask(name: str, value: Any) -> Any:
    """A plain value with the credentials in it masked; ``name`` is the key it stands under ("" when none)."""
    if isinstance(value, dict):
        told = told_secret(value)
        return {key: MASK if key in told else mask(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        value = masked_words(value)
        return [mask(follows_option(value, index) or name, inner) for index, inner in enumerate(value)]
    if is_secret(name, value) and not (isinstance(value, str) and looks_like_secret(value)):
        return _hidden(value) if isinstance(value, str) else MASK
    return mask_text(value) if isinstance(value, str) else value


def masked_words(words: Sequence[Any]) -> Sequence[Any]:
    """The words of a command with those masked that the whole line says are credentials: ``["mysql", "-pX"]``."""
    if not all(isinstance(word, str) and word and not _BLANK.search(word) for word in words):
        return words
    line = " ".join(words)
    masked = mask_commands(line, line.lower(), _masked_part).split(" ")
    return masked if len(masked) == len(words) else words


_BLANK = re.compile(r"\s")
_PACKED = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{60,}={0,2}(?![\w+/])")
_MAX_UNPACKED = 1 << 20


def _packed(found: re.Match[str]) -> str:
    """The mask for base64 (of gzip, or not) of a text in which a credential stands: ``user_data_base64``."""
    try:
        raw = base64.b64decode(found[0], validate=True)
        if raw.startswith(b"\x1f\x8b"):
            raw = zlib.decompressobj(wbits=31).decompress(raw, _MAX_UNPACKED)
        plain = raw.decode("utf-8")
    except (ValueError, zlib.error):
        return found[0]
    return found[0] if mask_text(plain) == plain else MASK


def _masked(found: re.Match[str]) -> str:
    """The mask, on as many lines as it hides; the user of an address stays."""
    hidden = found[0]
    user, colon, _ = hidden.partition(":")
    if found.re is OF_ADDRESS and colon:
        return f"{user}:{MASK}"
    return MASK + "\n" * hidden.count("\n")


def _masked_part(found: re.Match[str]) -> str:
    """A match with its group ``secret`` masked; references and masks stay."""
    if _NOT_SECRET.fullmatch(found["secret"]) or found["secret"].startswith(("$", "{{")):
        return found[0]
    begin, end = (place - found.start() for place in found.span("secret"))
    return found[0][:begin] + MASK + _closing(found["secret"]) + found[0][end:]


def _closing(text: str) -> str:
    """The brackets at the end of an unquoted value that close what was opened before it: ``{command: run -p X}``."""
    kept = len(text)
    counts = {bracket: text.count(bracket) for bracket in "()[]{}"}
    while kept and text[kept - 1] in _OPENED_BY:
        bracket = text[kept - 1]
        if counts[bracket] <= counts[_OPENED_BY[bracket]]:
            break
        counts[bracket] -= 1
        kept -= 1
    return text[kept:] if kept else ""


_OPENED_BY = {"}": "{", "]": "[", ")": "("}


def _masked_named(found: re.Match[str]) -> str:
    return _masked_part(found) if tells(found["name"], found["secret"]) else found[0]


def _masked_pair(found: re.Match[str]) -> str:
    return found[0] if _HOST.fullmatch(found["secret"].strip()) else _masked_named(found)


def _masked_value(text: str, name: re.Match[str], value: re.Match[str]) -> tuple[str, int]:
    """What stands behind the name of a credential, masked, and where the text goes on."""
    raw = value[0]
    if raw[0] in "|>" and value.end() < len(text):
        return _masked_block(text, name, value)
    if raw[0] == "[":
        return (f"[{MASK}]" if raw[1:-1].strip() else raw), value.end()
    end = None if raw[0] in "'\"" else _CLOSING_QUOTE.search(raw)
    if end is not None:  # the quotes stand around name and value: "PASSWORD=x"
        inner = raw[: end.start()]
        return (inner if _NOT_SECRET.fullmatch(inner.strip()) else MASK), value.start() + len(inner)
    quote = raw[0] if raw[0] in "'\"" else ""
    plain = raw[1:-1] if quote else raw
    if _NOT_SECRET.fullmatch(plain.strip()):
        return raw, value.end()
    closing = "" if quote else _closing(plain)
    return f"{quote}{_hidden(plain.removesuffix(closing))}{quote}{closing}", value.end()


_ADDRESS = re.compile(r"([A-Za-z][\w+.-]*://)([^/@\s]*@)?([\w.-]+(?::\d+)?)([/?#].*)?", re.DOTALL)


def _hidden(value: str) -> str:
    """The mask for a credential; of an address (a webhook, a DSN) the host stays, which is no secret."""
    address = _ADDRESS.fullmatch(value.strip())
    if address is None:
        return MASK
    scheme, user, host, rest = address.groups()
    return scheme + (f"{MASK}@" if user else "") + host + (f"/{MASK}" if rest and rest != "/" else "")


def _masked_block(text: str, name: re.Match[str], value: re.Match[str]) -> tuple[str, int]:
    """A YAML block scalar behind the name of a credential: every line of it masked."""
    begin = text.rfind("\n", 0, name.start()) + 1
    indent = len(text[begin:]) - len(text[begin:].lstrip(" -"))
    lines, position = [value[0]], value.end() + 1
    while position < len(text):
        end = text.find("\n", position)
        line = text[position : len(text) if end < 0 else end]
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and depth <= indent:
            break
        lines.append(" " * depth + MASK if line.strip() else line)
        position += len(line) + 1
    return "\n".join(lines), min(position - 1, len(text))
