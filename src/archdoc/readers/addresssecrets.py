"""Credentials that stand in addresses without a name that says so: a key in a query, a token in a path or as a user."""

from __future__ import annotations

import re
from functools import lru_cache

MASK = "<secret>"
"""What stands in the place of a secret. Plain text in YAML, JSON, ini files and addresses alike."""

_RUN = re.compile(r"[A-Za-z0-9]{12,}")
_CHANGE = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NO_SECRETS = ("AAAA", "arn:", "sha256:", "/", "./", "../", "~/")
"""How public keys of SSH begin in base64 (with the length of a name), and names of things, digests and paths."""

_QUERY = re.compile(r"(?<=[?&;])(?P<name>[\w.%-]+)=(?P<value>[^\s&;#'\"<>{}$,)\]]+)")
_QUERY_KEYS = frozenset({"key", "sig", "signature", "auth", "hmac", "sas", "k", "x-amz-signature", "x-goog-signature"})
"""Parameters whose value grants access: of an API, of a signed address."""
_PATH = re.compile(r"(?<=://)[^\s'\"<>?#/]+/[^\s'\"<>?#]+")
_SEGMENT = re.compile(r"[\w=-]{20,}")
_USER = re.compile(r"(?<=://)(?P<value>[\w-]{16,})(?=@)")


@lru_cache(maxsize=4_096)
def looks_random(text: str) -> bool:
    """Whether a text was made by a generator and not by a person: letters and digits that change places often, or a
    long row of hexadecimal digits, or a UUID.

    Public keys of SSH, paths and words with a number at the end (``azure-eastus2-prod-01``) are none.
    """
    if _UUID.fullmatch(text):
        return True
    if not text.isascii() or " " in text or text.startswith(_NO_SECRETS) or "://" in text:
        return False
    return any(
        len(_CHANGE.findall(run)) >= 3 or (len(run) >= 24 and _HEX.fullmatch(run) and not run.isdigit())
        for run in _RUN.findall(text)
    )


def mask_addresses(text: str) -> str:
    """A text with the keys in the queries of its addresses, the random parts of their paths and random users masked.

    Hashes that name a version (``?ref=<commit>``, ``/<commit>/``) stay.
    """
    if "=" in text:
        text = _QUERY.sub(_query, text)
    if "://" in text:
        text = _USER.sub(lambda found: MASK if looks_random(found["value"]) else found[0], text)
        text = _PATH.sub(_path, text)
    return text


def _query(found: re.Match[str]) -> str:
    name, value = found["name"].lower(), found["value"]
    if name in _QUERY_KEYS or (looks_random(value) and not _HEX.fullmatch(value)):
        return f"{found['name']}={MASK}"
    return found[0]


def _path(found: re.Match[str]) -> str:
    return mask_path(found[0])


def mask_path(path: str) -> str:
    """The path of an address with the random parts of it masked."""
    return "/".join(MASK if is_token(segment) else segment for segment in path.split("/"))


def mask_words(line: str) -> str:
    """A command with the words and values of options in it masked that a generator made: ``register.sh 8fK2…``.

    Digests, commits and UUIDs name things and stay, and so does what is written in small letters or in capitals alone.
    """
    return _WORD.sub(lambda found: MASK if is_token(found[0]) else found[0], line)


_WORD = re.compile(r"(?<![^\s'\"=])[\w-]{20,}(?![^\s'\"])")


def is_token(segment: str) -> bool:
    """Whether a word, or a part of a path, is made of small letters, capitals and digits in no order."""
    if _SEGMENT.fullmatch(segment) is None or _UUID.fullmatch(segment):
        return False
    mixed = any(c.isupper() for c in segment) and any(c.islower() for c in segment)
    return mixed and looks_random(segment)
