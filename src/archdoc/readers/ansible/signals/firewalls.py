"""Firewall rules in one form, whatever program they are written for.

A rule: ``rule`` (allow, deny, reject, limit), ``direction`` (in, out, forward), ``port`` (``22``, ``8000:8100``, a
service's name), ``proto``, ``from``, ``to``, ``interface``, ``zone``, and what ``netfilter`` says of rules of the
kernel's filter; or ``policy`` (allow, deny, reject) of a direction; or ``state`` (enabled, disabled) of the firewall
itself. ``delete`` marks a rule that is taken away, ``unread`` one of which archdoc cannot tell what it lets in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archdoc.readers.ansible.signals.given import is_on, items
from archdoc.readers.ansible.signals.shell import Command
from archdoc.readers.netfilter import (
    Rule,
    address_of,
    chain_of,
    cleaned,
    direction_of,
    iptables_rules,
    is_narrowed,
    jump_of,
    nft_added,
    verdict_of,
)


def rules_of_module(program: str, given: Mapping[str, Any]) -> list[Rule]:
    """The rules of a task of a firewall module (``given``: its evaluated arguments)."""
    reader = _MODULES.get(program)
    return [rule for rule in reader(given) if rule] if reader is not None else [{"unread": True}]


def rules_of_command(command: Command) -> list[tuple[str, Rule]]:
    """The rules of a command line, each with its program."""
    reader = _COMMANDS.get(command.program)
    if reader is None:
        return []
    program = {"firewall-cmd": "firewalld", "ip6tables": "iptables", "nft": "nftables"}.get(
        command.program, command.program
    )
    return [(program, rule) for rule in reader(command) if rule]


# -- modules --------------------------------------------------------------------------------------------------


def _ufw(given: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.ansible.com/ansible/latest/collections/community/general/ufw_module.html"""
    rule: Rule = {}
    verdict = _text(given, "rule")
    direction = direction_of(_text(given, "direction"))
    policy = _text(given, "policy", "default")
    if policy:
        yield cleaned({"policy": verdict_of(policy), "direction": direction or "in"})
    if verdict:
        rule = {
            "rule": verdict_of(verdict),
            "direction": "forward" if is_on(given.get("route")) else direction or "in",
            "port": _text(given, "to_port", "port"),
            "proto": _text(given, "proto", "protocol"),
            "from": address_of(_text(given, "from_ip", "from", "src")),
            "to": address_of(_text(given, "to_ip", "to", "dest")),
            "from_port": _text(given, "from_port"),
            "application": _text(given, "name", "app"),
            "interface": _text(given, "interface", "if", "interface_in"),
            "delete": True if is_on(given.get("delete")) else None,
            "comment": _text(given, "comment"),
        }
        yield cleaned(rule)
    state = _text(given, "state")
    if state and not verdict:
        yield {"state": "disabled" if state in ("disabled", "reset") else "enabled"}


def _firewalld(given: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.ansible.com/ansible/latest/collections/ansible/posix/firewalld_module.html"""
    off = _text(given, "state") in ("disabled", "absent")
    base: Rule = {
        "direction": "in",
        "zone": _text(given, "zone"),
        "from": address_of(_text(given, "source")),
        "interface": _text(given, "interface"),
        "delete": True if off else None,
    }
    ports = [*items(given.get("port")), *items(given.get("ports"))]
    for port in ports:
        number, _, proto = str(port).partition("/")
        yield cleaned({**base, "rule": "allow", "port": number.replace("-", ":"), "proto": proto})
    for service in items(given.get("service")):
        yield cleaned({**base, "rule": "allow", "port": str(service)})
    rich = _text(given, "rich_rule")
    if rich and (said := _rich(rich)):
        yield cleaned({**base, **said})
    target = _text(given, "target")
    if target and target != "default":
        yield cleaned({"policy": verdict_of(target.strip("%")), "direction": "in", "zone": _text(given, "zone")})
    if not ports and not given.get("service") and not rich and not target and (base["from"] or base["interface"]):
        zone = _text(given, "zone")
        yield cleaned({**base, "rule": "allow" if zone in ("trusted", "internal", "home", "work") else "zone"})


_RICH_VALUE = r"\s*=\s*(\"[^\"]*\"|'[^']*'|(?:\{\{.*?\}\}|[^\s\"'])+)"
"""What stands after ``=``: quoted, or without a space outside an expression."""


def _rich(text: str) -> Rule:
    """``rule family=ipv4 source address=10.0.0.0/8 port port=22 protocol=tcp accept``.

    The attributes of an element come in any order. Only an action lets through or turns away: an element without one
    (``masquerade``, ``forward-port``, ``icmp-block``) says nothing of who may reach the machine. Of ``NOT`` an address
    it cannot be said whom that leaves. https://firewalld.org/documentation/man-pages/firewalld.richlanguage.html
    """
    verdict = re.search(r"\s(accept|reject|drop)\b", text)
    if verdict is None:
        return {}
    if re.search(r"\b(?:source|destination)\s+not\s", text, re.IGNORECASE):
        return {"unread": True}

    def value(element: str, attribute: str) -> str:
        found = re.search(rf"\s{element}\s+(?:\w+{_RICH_VALUE}\s+)*?{attribute}{_RICH_VALUE}", text)
        return found[found.lastindex or 0].strip("\"'") if found else ""

    return {
        "rule": verdict_of(verdict[1]),
        "port": value("port", "port").replace("-", ":") or value("service", "name"),
        "proto": value("port", "protocol") or value("protocol", "value"),
        "from": address_of(value("source", "address")),
        "to": address_of(value("destination", "address")),
    }


def _iptables(given: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.ansible.com/ansible/latest/collections/ansible/builtin/iptables_module.html"""
    direction = direction_of(_text(given, "chain"))
    policy = _text(given, "policy")
    if policy:
        yield cleaned({"policy": verdict_of(policy), "direction": direction, "chain": chain_of(_text(given, "chain"))})
        return
    jump = _text(given, "jump")
    if not jump or _text(given, "table") not in ("", "filter"):
        return
    ports = [_text(given, "destination_port")] if given.get("destination_port") else []
    ports += [str(p) for p in items(given.get("destination_ports"))]
    for port in ports or [""]:
        yield cleaned(
            {
                "rule": verdict_of(jump),
                "direction": direction,
                "chain": chain_of(_text(given, "chain")),
                "port": port,
                "proto": _text(given, "protocol"),
                "from": address_of(_text(given, "source")),
                "to": address_of(_text(given, "destination")),
                "interface": _text(given, "in_interface"),
                "out_interface": _text(given, "out_interface"),
                "conntrack": ",".join(map(str, items(given.get("ctstate")))),
                "jump": jump_of(jump),
                "unread": _is_narrowed(given) or None,
                "delete": True if _text(given, "state") == "absent" else None,
                "comment": _text(given, "comment"),
            }
        )


_MODULES = {"ufw": _ufw, "firewalld": _firewalld, "iptables": _iptables}


def _is_narrowed(given: Mapping[str, Any]) -> bool:
    by_name = any(given.get(name) for name in ("match_set", "src_range", "dst_range", "uid_owner"))
    return by_name or is_narrowed([str(m) for m in items(given.get("match"))])


# -- command lines ----------------------------------------------------------------------------------------------


def _ufw_command(command: Command) -> Iterator[Rule]:
    """``ufw allow 22/tcp``, ``ufw allow from 10.0.0.0/8 to any port 22 proto tcp``, ``ufw default deny incoming``."""
    words = [w for w in command.arguments if not w.startswith("--")]
    delete = bool(words) and words[0] == "delete"
    words = words[1:] if delete else words
    routed = bool(words) and words[0] == "route"
    words = words[1:] if routed else words
    if not words:
        return
    verb, rest = words[0].lower(), words[1:]
    if verb in ("enable", "disable"):
        yield {"state": verb + "d"}
    elif verb == "default" and rest:
        yield cleaned(
            {"policy": verdict_of(rest[0]), "direction": direction_of(rest[1] if len(rest) > 1 else "incoming")}
        )
    elif verb in ("allow", "deny", "reject", "limit"):
        rule: Rule = {"rule": verb, "direction": "forward" if routed else "in", "delete": True if delete else None}
        if rest and rest[0] in ("in", "out"):
            rule["direction"] = rest.pop(0)
        keys = {"from": "from", "to": "to", "proto": "proto", "port": "port", "on": "interface", "comment": "comment"}
        simple = [w for i, w in enumerate(rest) if w not in keys and (i == 0 or rest[i - 1] not in keys)]
        for index, word in enumerate(rest[:-1]):
            if word in keys:
                value = rest[index + 1]
                rule[keys[word]] = address_of(value) if word in ("from", "to") else value
        if simple and "port" not in rule:
            port, _, proto = simple[0].partition("/")
            rule["port"] = port
            rule.setdefault("proto", proto)
        yield cleaned(rule)


def _iptables_command(command: Command) -> Iterator[Rule]:
    """``iptables -A INPUT -p tcp --dport 22 -s 10.0.0.0/8 -j ACCEPT``, ``iptables -P INPUT DROP``."""
    return iptables_rules(command.arguments)


def _firewall_cmd(command: Command) -> Iterator[Rule]:
    """``firewall-cmd --permanent --zone=public --add-port=80/tcp``, ``--add-service=https``, ``--add-rich-rule=…``."""
    zone = next(iter(command.option("--zone")), "")
    for verb, delete in (("add", None), ("remove", True)):
        base: Rule = {"rule": "allow", "direction": "in", "zone": zone, "delete": delete}
        for port in command.option(f"--{verb}-port"):
            number, _, proto = port.partition("/")
            yield cleaned({**base, "port": number.replace("-", ":"), "proto": proto})
        for service in command.option(f"--{verb}-service"):
            yield cleaned({**base, "port": service})
        for rich in command.option(f"--{verb}-rich-rule"):
            if said := _rich(rich):
                yield cleaned({**base, **said})


def _nft(command: Command) -> Iterator[Rule]:
    """``nft add rule inet filter input tcp dport 22 accept``."""
    return nft_added(" ".join(command.arguments)) or iter(())


_COMMANDS = {
    "ufw": _ufw_command,
    "iptables": _iptables_command,
    "ip6tables": _iptables_command,
    "firewall-cmd": _firewall_cmd,
    "nft": _nft,
}


# -- values -----------------------------------------------------------------------------------------------------


def _text(given: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = given.get(name)
        if value is not None and not isinstance(value, dict | list):
            return str(value).strip()
    return ""
