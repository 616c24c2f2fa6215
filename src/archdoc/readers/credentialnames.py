"""Names that say of a value that it is a credential: of variables, options, keys and files."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from archdoc.readers.addresssecrets import looks_random

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_CREDENTIAL_WORDS = frozenset(
    {
        *("password", "passwords", "passwd", "passphrase", "pass", "pwd", "pw", "secret", "token", "tokens"),
        *("apikey", "apitoken", "credential", "credentials", "creds", "webhook", "psk", "htpasswd", "dsn", "pat"),
        *("passwort", "kennwort", "privkey", "passcode", "cred"),
        *("requirepass", "masterauth", "authorization", "rootpw", "bindpw", "userpw", "adminpw", "dbpw"),
        *("dbpass", "rootpass", "adminpass", "userpass", "bindpass", "rpcpass", "pgpass", "storepass", "keypass"),
        *("deststorepass", "destkeypass", "srcstorepass", "srckeypass"),
    }
)
_CREDENTIAL_PAIRS = frozenset(
    {
        *("api key", "access key", "secret key", "private key", "auth key", "account key", "signing key"),
        *("encryption key", "master key", "license key", "storage key", "client key", "shared key", "preauth key"),
        *("password hash", "webhook url", "webhook uri", "hook url", "connection string", "secret id", "token id"),
        *("basic auth", "user password", "recovery key", "unseal key", "host key", "wireguard key", "key base"),
        *("routing key", "integration key", "service key", "user key", "cloud auth", "stats auth", "preshared key"),
        *(
            "snmp community",
            "read community",
            "ro community",
            "rw community",
            "trap community",
            "erlang cookie",
            "basicauth users",
            "auth users",
            "sas url",
            "sas uri",
            "instrumentation key",
            "subscription key",
            "hmac key",
        ),
    }
)
_CREDENTIAL_WORDS = _CREDENTIAL_WORDS | {pair.replace(" ", "") for pair in _CREDENTIAL_PAIRS}
_KEY_WORDS = frozenset({"key", "keys", "auth", "signature", "seed", "salt", "hmac", "cookie", "session", "jwt", "sas"})
"""Ends of names that tell of a credential when the value looks like one: ``app_key``, ``--auth``."""
_OPEN_WORDS = frozenset({"public", "pub", "ssh", "kms", "foreign", "partition", "sort", "range", "cache", "object"})
"""Before ``key``: what is no secret."""
_CREDENTIAL_ENDINGS = ("password", "passwd", "passphrase", "secret", "token", "apikey")
"""Of words that are written together: ``PGPASSWORD``, ``clientsecret``."""
_PASSING_ON = frozenset({f"{protocol} pass" for protocol in ("proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached")})
"""Directives of web servers that end in ``pass`` and pass requests on."""
_TAIL_WORDS = frozenset(
    {
        *("value", "default", "plain", "plaintext", "encrypted", "hashed", "hash", "string", "data", "b64", "base64"),
        *("pem", "wo", "json", "literal"),
    }
)


@lru_cache(maxsize=16_384)
def is_credential_name(name: str) -> bool:
    """Whether a variable, option or key of this name holds a credential: ``db_password``, ``apiToken``, ``SECRET_KEY``.

    Names about a credential (``password_file``, ``token_ttl``, ``secrets_dir``) are not.
    """
    words = [w.lower() for w in _WORDS.findall(name)]
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _TAIL_WORDS):
        if " ".join(words[-2:]) in _CREDENTIAL_PAIRS:
            return True
        words.pop()
    if not words or " ".join(words[-2:]) in _PASSING_ON:
        return False
    if words[-1].endswith(_CREDENTIAL_ENDINGS):
        return True
    return words[-1] in _CREDENTIAL_WORDS or " ".join(words[-2:]) in _CREDENTIAL_PAIRS


@lru_cache(maxsize=16_384)
def is_key_name(name: str) -> bool:
    """Whether a name is that of a credential if the value looks like one: ``app_key``, not ``public_key``."""
    words = [w.lower() for w in _WORDS.findall(name)]
    return bool(words) and words[-1] in _KEY_WORDS and not (len(words) > 1 and words[-2] in _OPEN_WORDS)


def tells(name: str, value: str) -> bool:
    """Whether a name says of this value that it is a credential."""
    if is_key_name(name) and (looks_random(value.strip()) or (name.lower() == "cookie" and "=" in value)):
        return True
    return is_credential_name(name)


def is_credential_file(path: str) -> bool:
    """Whether a file is called as one that has nothing but credentials in it: ``secrets.txt``, ``.pgpass``."""
    return is_credential_name(posixpath.basename(path).lstrip(".").partition(".")[0].removesuffix("s"))
