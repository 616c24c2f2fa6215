"""The addresses among the facts of another host: which they are only run time tells, but not whose they are."""

from __future__ import annotations

import re
from typing import Any

from archdoc.readers.ansible.jinja.lazy import Lookups
from archdoc.readers.ansible.jinja.session import Session
from archdoc.readers.ansible.jinja.symbolic import Missing, Unknown

_DEFAULT = re.compile(r"(ansible_)?default_ipv[46]")
_INTERFACE = re.compile(r"(ansible_)?(eth|en[opsx]|bond|br|vlan|wg|tailscale)\w*")
_OF_FAMILY = re.compile(r"ipv[46]")


def with_address(host: str, fact: str, value: Any) -> Any:
    """A variable of a host, as ``hostvars`` gives it: where it is a fact that holds an address of the host
    (``ansible_default_ipv4.address``, ``ansible_facts.eth0.ipv4.address``), that address is the host's name, which
    Ansible reaches the same machine by. What else is not known says whose it is."""
    if not isinstance(value, Unknown):
        return value
    if fact == "ansible_facts":
        return _holding(host, fact, lambda key: with_address(host, key, _fact(f"{fact}.{key}")))
    if _DEFAULT.fullmatch(fact):
        return _holding(host, fact, lambda key: host if key == "address" else _fact(f"{fact}.{key}"))
    if _INTERFACE.fullmatch(fact):
        return _holding(host, fact, lambda key: _of_family(host, f"{fact}.{key}", key))
    if value.expression != fact or value.parts:
        return value  # a variable of the host that is made of others
    whose = f"hostvars[{host!r}].{fact}"
    return (
        Missing(whose, value.reason)
        if isinstance(value, Missing)
        else Unknown(whose, value.reason, secret=value.secret)
    )


def _of_family(host: str, fact: str, key: str) -> Any:
    if not _OF_FAMILY.fullmatch(key):
        return _fact(fact)
    return _holding(host, fact, lambda inner: host if inner == "address" else _fact(f"{fact}.{inner}"))


def _holding(host: str, fact: str, find: Any) -> Lookups:
    def value(key: str, _: Session) -> Any:
        return find(key)

    return Lookups(value, list, f"{fact} of {host} is known only when the play runs")


def _fact(name: str) -> Unknown:
    return Unknown(name, f"{name} is a fact of the host")
