"""Collections and files that are called as places of credentials (``creds``, ``group_vars/all/vault.yml``): a text in
them is a credential, whatever it is called, unless its name or its form says what else it is.

https://docs.ansible.com/ansible/latest/tips_tricks/ansible_tips_tricks.html#keep-vaulted-variables-safely-visible:
files called ``vault``, variables that begin with ``vault_``. What is meant to be vaulted and is not is no less secret.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from archdoc.readers.addresssecrets import MASK, looks_random
from archdoc.readers.credentialnames import is_credential_name, is_key_name

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HOLDERS = frozenset({"credentials", "creds", "secrets", "passwords", "passwds", "tokens", "apikeys", "api keys"})
_ABOUT = frozenset(
    {
        *("account", "addr", "address", "algorithm", "backend", "bucket", "class", "client", "cluster", "comment"),
        *("config", "count", "database", "date", "datacenter", "db", "description", "dest", "destination", "device"),
        *("dir", "directory", "domain", "edition", "email", "enabled", "endpoint", "engine", "env", "environment"),
        *("expiry", "external", "file", "filename", "folder", "format", "from", "group", "groups", "home", "host"),
        *("hostname", "hosts", "id", "iface", "image", "interface", "ip", "issuer", "kind"),
        *("label", "labels", "length"),
        *("level", "listener", "location", "login", "mail", "method", "mode", "mount", "name", "names", "namespace"),
        *("network", "node", "nodes", "org", "organization", "owner", "package", "path", "paths", "policy", "port"),
        *("prefix", "project", "protocol", "provider", "ref", "region", "release", "repo", "repository", "role"),
        *("roles", "scheme", "scope", "scopes", "server", "service", "size", "source", "src", "state", "status"),
        *("storage", "store", "subject", "tag", "tags", "target", "template", "tenant", "timezone", "title", "ttl"),
        *("type", "uid", "gid", "unit", "url", "uri", "user", "username", "users", "version", "vhost", "zone"),
    }
)
"""Last words of names that say what else a text in such a place is."""
_FILES = frozenset({"vault", "secret", "secrets", "credentials", "creds", "passwords"})
VAULT_PRODUCT = (
    *("vault_version", "vault_addr", "vault_address", "vault_api_addr", "vault_port", "vault_user", "vault_group"),
    *("vault_url", "vault_bin_path", "vault_config_path", "vault_config_dir", "vault_data_path", "vault_data_dir"),
    *("vault_home", "vault_install_dir", "vault_image", "vault_cluster_name", "vault_tls_disable", "vault_backend"),
)
"""Settings of HashiCorp Vault: where one of them is given, ``vault_`` is no word of Ansible's."""
_OWN = re.compile(r"[^\s/:={}<>]{4,}(?: [^\s/:={}<>]+)*")
_CONSTANT = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[\w-]+(?:\.[\w-]+)+|\d+(?:\.\d+)*|(?i:true|false|yes|no|none|null)"
)
"""Names of variables, of hosts and files, numbers: what stands for a credential or beside it."""


@lru_cache(maxsize=8_192)
def holds_credentials(name: str) -> bool:
    """Whether a collection of this name is one of credentials: ``app_creds``, ``secrets``."""
    words = [w.lower() for w in _WORDS.findall(name)]
    return bool(words) and (words[-1] in _HOLDERS or " ".join(words[-2:]) in _HOLDERS)


def is_held(key: str, value: object) -> bool:
    """Whether a value under this key of such a collection is a credential."""
    if not isinstance(value, str) or _is_about(key):
        return False
    text = str.__str__(value).strip()
    if "{{" in text or text == MASK:
        return False
    if looks_random(text):
        return True
    if is_key_name(key) and not is_credential_name(key):
        return False
    refers = "_" in text or "-" in text
    return _OWN.fullmatch(text) is not None and not (_CONSTANT.fullmatch(text) or (refers and is_credential_name(text)))


def without_held(name: str, value: Any, held: bool = False) -> Any:
    """Plain data with what it holds in places of credentials masked; ``name`` is what it stands under."""
    if isinstance(value, dict):
        held = held or holds_credentials(name)
        return {key: without_held(str(key), inner, held) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_held(name, inner, held) for inner in value]
    return MASK if held and is_held(name, value) else value


@lru_cache(maxsize=8_192)
def _is_about(key: str) -> bool:
    words = [w.lower() for w in _WORDS.findall(key)]
    return bool(words) and words[-1] in _ABOUT


@lru_cache(maxsize=8_192)
def is_vault_file(path: str) -> bool:
    """Whether a file of variables is one that its author means to vault: ``group_vars/all/vault.yml``, not the one of
    the hosts of a group that is called so (``group_vars/vault.yml``), nor one of a role or project ``vault``."""
    *directories, name = path.split("/")
    words = name.partition(".")[0].replace("-", "_").split("_")
    if not _FILES.intersection((words[0], words[-1])) or (
        directories and directories[-1] in ("group_vars", "host_vars")
    ):
        return False
    return "vault" not in words or not any("vault" in directory for directory in directories)


def is_vaulted_name(name: str, path: str) -> bool:
    """Whether a variable is called as one of a vault, in a file that is not of a role."""
    return name.startswith("vault_") and "roles" not in path.split("/") and not _is_about(name)
