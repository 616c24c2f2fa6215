"""Firewall rules in one form, whatever program they are written for.

A rule: ``rule`` (allow, deny, reject, limit), ``direction`` (in, out, forward), ``port`` (``22``, ``8000:8100``, a
service's name), ``proto``, ``from``, ``to``, ``interface``; or ``policy`` (allow, deny, reject) of a direction; or
``state`` (enabled, disabled) of the firewall itself. ``delete`` marks a rule that is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archdoc.model.facts import Json
from archdoc.readers.ansible.signals.shell import Command

Rule = dict[str, Json]
_VERDICTS = {
    "accept": "allow",
    "allow": "allow",
    "masquerade": "masquerade",
    "drop": "deny",
    "deny": "deny",
    "reject": "reject",
    "limit": "limit",
    "return": "return",
}
_DIRECTIONS = {
    "in": "in",
    "input": "in",
    "incoming": "in",
    "out": "out",
    "output": "out",
    "outgoing": "out",
    "forward": "forward",
    "routed": "forward",
}
_ANY = frozenset({"any", "all", "0.0.0.0/0", "::/0"})


def rules_of_module(program: str, given: Mapping[str, Any]) -> list[Rule]:
    """The rules of a task of a firewall module (``given``: its evaluated arguments)."""
    reader = _MODULES.get(program)
    return [rule for rule in reader(given) if rule] if reader is not None else []


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
    direction = _direction(_text(given, "direction"))
    policy = _text(given, "policy", "default")
    if policy:
        yield _clean({"policy": _verdict(policy), "direction": direction or "in"})
    if verdict:
        rule = {
            "rule": _verdict(verdict),
            "direction": "forward" if _true(given.get("route")) else direction or "in",
            "port": _text(given, "to_port", "port"),
            "proto": _text(given, "proto", "protocol"),
            "from": _address(_text(given, "from_ip", "from", "src")),
            "to": _address(_text(given, "to_ip", "to", "dest")),
            "from_port": _text(given, "from_port"),
            "application": _text(given, "name", "app"),
            "interface": _text(given, "interface", "if", "interface_in"),
            "delete": True if _true(given.get("delete")) else None,
            "comment": _text(given, "comment"),
        }
        yield _clean(rule)
    state = _text(given, "state")
    if state and not verdict:
        yield {"state": "disabled" if state in ("disabled", "reset") else "enabled"}


def _firewalld(given: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.ansible.com/ansible/latest/collections/ansible/posix/firewalld_module.html"""
    off = _text(given, "state") in ("disabled", "absent")
    base: Rule = {
        "direction": "in",
        "zone": _text(given, "zone"),
        "from": _address(_text(given, "source")),
        "interface": _text(given, "interface"),
        "delete": True if off else None,
    }
    ports = [*_listed(given.get("port")), *_listed(given.get("ports"))]
    for port in ports:
        number, _, proto = str(port).partition("/")
        yield _clean({**base, "rule": "allow", "port": number.replace("-", ":"), "proto": proto})
    for service in _listed(given.get("service")):
        yield _clean({**base, "rule": "allow", "port": str(service)})
    rich = _text(given, "rich_rule")
    if rich:
        yield _clean({**base, **_rich(rich)})
    target = _text(given, "target")
    if target and target != "default":
        yield _clean({"policy": _verdict(target.strip("%")), "direction": "in", "zone": _text(given, "zone")})
    if not ports and not given.get("service") and not rich and not target and (base["from"] or base["interface"]):
        zone = _text(given, "zone")
        yield _clean({**base, "rule": "allow" if zone in ("trusted", "internal", "home", "work") else "zone"})


def _rich(text: str) -> Rule:
    """``rule family=ipv4 source address=10.0.0.0/8 port port=22 protocol=tcp accept``."""

    def value(pattern: str) -> str:
        found = re.search(pattern + r"\s*=\s*[\"']?([^\"'\s]+)", text)
        return found[1] if found else ""

    verdict = re.search(r"\b(accept|reject|drop)\b", text)
    return {
        "rule": _verdict(verdict[1]) if verdict else "allow",
        "port": value(r"port\s+port") or value(r"service\s+name"),
        "proto": value(r"protocol") or value(r"protocol\s+value"),
        "from": _address(value(r"source\s+(?:NOT\s+)?address")),
        "to": _address(value(r"destination\s+address")),
    }


def _iptables(given: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.ansible.com/ansible/latest/collections/ansible/builtin/iptables_module.html"""
    direction = _direction(_text(given, "chain"))
    policy = _text(given, "policy")
    if policy:
        yield _clean({"policy": _verdict(policy), "direction": direction, "chain": _chain(_text(given, "chain"))})
        return
    jump = _text(given, "jump")
    if not jump or _text(given, "table") not in ("", "filter"):
        return
    ports = [_text(given, "destination_port")] if given.get("destination_port") else []
    ports += [str(p) for p in _listed(given.get("destination_ports"))]
    for port in ports or [""]:
        yield _clean(
            {
                "rule": _verdict(jump),
                "direction": direction,
                "chain": _chain(_text(given, "chain")),
                "port": port,
                "proto": _text(given, "protocol"),
                "from": _address(_text(given, "source")),
                "to": _address(_text(given, "destination")),
                "interface": _text(given, "in_interface"),
                "out_interface": _text(given, "out_interface"),
                "conntrack": ",".join(map(str, _listed(given.get("ctstate")))),
                "delete": True if _text(given, "state") == "absent" else None,
                "comment": _text(given, "comment"),
            }
        )


_MODULES = {"ufw": _ufw, "firewalld": _firewalld, "iptables": _iptables}


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
        yield _clean({"policy": _verdict(rest[0]), "direction": _direction(rest[1] if len(rest) > 1 else "incoming")})
    elif verb in ("allow", "deny", "reject", "limit"):
        rule: Rule = {"rule": verb, "direction": "forward" if routed else "in", "delete": True if delete else None}
        if rest and rest[0] in ("in", "out"):
            rule["direction"] = rest.pop(0)
        keys = {"from": "from", "to": "to", "proto": "proto", "port": "port", "on": "interface", "comment": "comment"}
        simple = [w for i, w in enumerate(rest) if w not in keys and (i == 0 or rest[i - 1] not in keys)]
        for index, word in enumerate(rest[:-1]):
            if word in keys:
                value = rest[index + 1]
                rule[keys[word]] = _address(value) if word in ("from", "to") else value
        if simple and "port" not in rule:
            port, _, proto = simple[0].partition("/")
            rule["port"] = port
            rule.setdefault("proto", proto)
        yield _clean(rule)


def _iptables_command(command: Command) -> Iterator[Rule]:
    """``iptables -A INPUT -p tcp --dport 22 -s 10.0.0.0/8 -j ACCEPT``, ``iptables -P INPUT DROP``."""
    words = list(command.arguments)
    if (command.option("-t", "--table") or ["filter"])[0] != "filter":
        return
    for flag in ("-P", "--policy"):
        if flag in words and words.index(flag) + 2 < len(words) + 0:
            at = words.index(flag)
            yield _clean({"policy": _verdict(words[at + 2]), "direction": _direction(words[at + 1])})
            return
    chain = next(iter(command.option("-A", "--append", "-I", "--insert", "-D", "--delete")), "")
    jump = next(iter(command.option("-j", "--jump")), "")
    if not chain or not jump:
        return
    ports = command.option("--dport", "--destination-port", "--dports", "--destination-ports")
    for port in ports[0].split(",") if ports else [""]:
        yield _clean(
            {
                "rule": _verdict(jump),
                "direction": _direction(chain),
                "chain": _chain(chain),
                "port": port,
                "proto": next(iter(command.option("-p", "--protocol")), ""),
                "from": _address(next(iter(command.option("-s", "--source", "--src")), "")),
                "to": _address(next(iter(command.option("-d", "--destination", "--dst")), "")),
                "interface": next(iter(command.option("-i", "--in-interface")), ""),
                "conntrack": next(iter(command.option("--ctstate", "--state")), ""),
                "delete": True if "-D" in words or "--delete" in words else None,
            }
        )


def _firewall_cmd(command: Command) -> Iterator[Rule]:
    """``firewall-cmd --permanent --zone=public --add-port=80/tcp``, ``--add-service=https``, ``--add-rich-rule=…``."""
    zone = next(iter(command.option("--zone")), "")
    for verb, delete in (("add", None), ("remove", True)):
        base: Rule = {"rule": "allow", "direction": "in", "zone": zone, "delete": delete}
        for port in command.option(f"--{verb}-port"):
            number, _, proto = port.partition("/")
            yield _clean({**base, "port": number.replace("-", ":"), "proto": proto})
        for service in command.option(f"--{verb}-service"):
            yield _clean({**base, "port": service})
        for rich in command.option(f"--{verb}-rich-rule"):
            yield _clean({**base, **_rich(rich)})


def _nft(command: Command) -> Iterator[Rule]:
    """``nft add rule inet filter input tcp dport 22 accept``."""
    text = " ".join(command.arguments)
    found = re.search(r"\b(?:add|insert) rule \w+ \w+ (\w+) (.*)", text)
    if not found:
        return
    body = found[2]
    verdict = re.search(r"\b(accept|drop|reject)\b", body)
    if verdict is None:
        return
    ports = re.search(r"\b(tcp|udp|sctp) dport (?:\{([^}]*)\}|(\S+))", body)
    source = re.search(r"\bip6? saddr (\S+)", body)
    for port in (ports[2] or ports[3]).split(",") if ports else [""]:
        yield _clean(
            {
                "rule": _verdict(verdict[1]),
                "direction": _direction(found[1]),
                "chain": _chain(found[1]),
                "port": port.strip().replace("-", ":"),
                "proto": ports[1] if ports else "",
                "from": _address(source[1]) if source else "",
            }
        )


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


def _listed(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _verdict(text: str) -> str:
    return _VERDICTS.get(text.lower(), text.lower())


def _direction(text: str) -> str:
    return _DIRECTIONS.get(text.lower(), "")


def _chain(text: str) -> str:
    """A chain that is none of the three that give the direction."""
    return "" if text.lower() in _DIRECTIONS else text


def _address(text: str) -> str:
    return "" if text.lower() in _ANY else text


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in ("yes", "true", "on", "1"))


def _clean(rule: Rule) -> Rule:
    return {key: value for key, value in rule.items() if value not in ("", None)}
