"""Filters and tests of addresses, after ansible.utils
(https://docs.ansible.com/ansible/latest/collections/ansible/utils/docsite/filters_ipaddr.html)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Interface: TypeAlias = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _interface(value: Any) -> Interface | None:
    try:
        return ipaddress.ip_interface(int(value) if str(value).isdigit() else str(value))
    except ValueError:
        return None


def _is_single(at: Interface) -> bool:
    return at.network.num_addresses == 1


def _at_start(at: Interface) -> bool:
    return at.ip == at.network.network_address


def _broadcast(net: Network) -> Any:
    return net.broadcast_address if net.num_addresses > 2 else None


def _usable(net: Network) -> tuple[Any, Any]:
    """The first and the last address that a machine may have."""
    first, last = net.network_address, net.broadcast_address
    return (first, last) if net.num_addresses <= 2 else (first + 1, last if net.version == 6 else last - 1)


def _host_part(at: Interface) -> Any:
    """The address, where it is one of a machine and not that of a network."""
    if _is_single(at) or not _at_start(at) or at.version == 6 or at.network.num_addresses == 2:
        return str(at.ip)
    return None


def _prefixed(at: Interface) -> str:
    return f"{at.ip}/{at.network.prefixlen}"


def _network_of(at: Interface, value: str) -> Any:
    if "/" not in value:
        raise ValueError("not a network")
    return at.network if at.network.num_addresses > 1 else None


def _wrapped(at: Interface, value: str) -> str:
    if at.version == 4:
        return value
    return f"[{at.ip}]/{at.network.prefixlen}" if "/" in value else f"[{at.ip}]"


_QUERIES: Mapping[str, Callable[[Interface, str], Any]] = {
    "": lambda at, value: value if "/" in value or not _is_single(at) else str(at.ip),
    **dict.fromkeys(("address", "ip"), lambda at, _: _host_part(at)),
    "bool": lambda *_: True,
    "broadcast": lambda at, _: str(b) if (b := _broadcast(at.network)) is not None else None,
    "cidr": lambda at, _: _prefixed(at),
    **dict.fromkeys(
        ("address/prefix", "gateway", "gw", "host/prefix", "hostnet", "router"),
        lambda at, _: (
            False
            if at.network.num_addresses > 2 and at.ip in (at.network.network_address, at.network.broadcast_address)
            else _prefixed(at)
        ),
    ),
    "host": lambda at, _: _prefixed(at) if _host_part(at) is not None else None,
    **dict.fromkeys(("hostmask", "wildcard"), lambda at, _: str(at.hostmask)),
    "int": lambda at, value: f"{int(at.ip)}/{at.network.prefixlen}" if "/" in value else int(at.ip),
    "ip/prefix": lambda at, _: _prefixed(at) if not _is_single(at) and not _at_start(at) else None,
    "ip_netmask": lambda at, _: f"{at.ip} {at.netmask}" if not _is_single(at) and not _at_start(at) else None,
    "net": lambda at, _: str(at.network) if not _is_single(at) and _at_start(at) else None,
    "netmask": lambda at, _: str(at.netmask),
    **dict.fromkeys(("network", "network_id"), lambda at, _: str(at.network.network_address)),
    **dict.fromkeys(("subnet", "network/prefix"), lambda at, _: str(at.network)),
    "network_netmask": lambda at, _: f"{at.network.network_address} {at.netmask}",
    "network_wildcard": lambda at, _: f"{at.network.network_address} {at.hostmask}",
    "prefix": lambda at, _: at.network.prefixlen,
    "size": lambda at, _: at.network.num_addresses,
    "size_usable": lambda at, _: {1: 0, 2: 2}.get(at.network.num_addresses, at.network.num_addresses - 2),
    "type": lambda at, _: "network" if not _is_single(at) and _at_start(at) else "address",
    "version": lambda at, _: at.version,
    "revdns": lambda at, _: at.ip.reverse_pointer + ".",
    "first_usable": lambda at, value: str(_usable(net)[0]) if (net := _network_of(at, value)) else None,
    "last_usable": lambda at, value: str(_usable(net)[1]) if (net := _network_of(at, value)) else None,
    "range_usable": lambda at, value: "{}-{}".format(*_usable(net)) if (net := _network_of(at, value)) else None,
    "private": lambda at, value: value if not at.ip.is_global else None,
    "public": lambda at, value: value if at.ip.is_global and not at.ip.is_multicast else None,
    **dict.fromkeys(("loopback", "lo"), lambda at, value: value if at.ip.is_loopback else None),
    "link-local": lambda at, value: value if at.ip.is_link_local else None,
    "multicast": lambda at, value: value if at.ip.is_multicast else None,
    "unicast": lambda at, value: value if not at.ip.is_multicast else None,
    **dict.fromkeys(("ipv4", "v4"), lambda at, value: value if at.version == 4 else False),
    **dict.fromkeys(("ipv6", "v6"), lambda at, value: value if at.version == 6 else _mapped(value)),
    "wrap": _wrapped,
}


def _mapped(_: str) -> Any:
    raise ValueError("an IPv4 address as IPv6")


def ipaddr(value: Any, query: Any = "", version: Any = False) -> Any:
    """An address or network, checked and asked (``address``, ``netmask``, ``1``, ``10.0.0.0/8`` …); False if none.

    A list gives the list of those that pass.
    """
    if isinstance(value, list | tuple):
        return [found for v in value if (found := ipaddr(v, query, version))]
    if not value or value is True:
        return False
    at = _interface(value)
    if at is None or (version and at.version != version):
        return False
    text = str(at.ip) if str(value).isdigit() else str(value)
    if str(query) in _QUERIES:
        return _QUERIES[str(query)](at, text)
    if re.fullmatch(r"-?\d+", str(query)):
        if _is_single(at):
            return text
        index = int(query)
        return (
            f"{at.network[index]}/{at.network.prefixlen}"
            if -at.network.num_addresses <= index < at.network.num_addresses
            else False
        )
    other = ipaddress.ip_network(str(query), strict=False)
    inside = other.version == at.version and at.network.subnet_of(other)  # type: ignore[arg-type]
    return value if inside else None


def ipsubnet(value: Any, query: Any = "", index: Any = None) -> Any:
    """A network, how many networks of a size it has, one of them, or the place of an address in a network."""
    at = _interface(value)
    if at is None:
        return False
    if query == "":
        return str(at.network)
    if not re.fullmatch(r"\d+", str(query)):
        inside = ipaddress.ip_network(str(query), strict=False)
        step = at.network.num_addresses
        return str((int(at.network.network_address) - int(inside.network_address)) // step + 1)
    prefix = int(query)
    if prefix < at.network.prefixlen:
        return str(at.network.supernet(new_prefix=prefix)) if index is None else False
    count = 1 << (prefix - at.network.prefixlen)
    if index is None:
        return str(count)
    number = int(index) if int(index) >= 0 else count + int(index)
    if not 0 <= number < count:
        return False
    size = at.network.num_addresses // count
    first = at.network.network_address + number * size
    return f"{first}/{prefix}"


def nthhost(value: Any, query: Any = 1) -> Any:
    """The nth address of a network."""
    at = _interface(value)
    return False if at is None else str(at.network[int(query)])


def ipmath(value: Any, amount: Any) -> str:
    """An address so many further on."""
    return str(ipaddress.ip_interface(str(value)).ip + int(amount))


def network_in_network(value: Any, test: Any) -> bool:
    """Whether an address or network lies in another."""
    outer, inner = ipaddress.ip_network(str(value), strict=False), ipaddress.ip_network(str(test), strict=False)
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def cidr_merge(value: Any, action: str = "merge") -> Any:
    """Networks in as few as possible, or the one that spans them all."""
    networks = [ipaddress.ip_network(str(v), strict=False) for v in value]
    merged: list[Any] = list(ipaddress.collapse_addresses(networks))  # type: ignore[type-var]
    if action == "merge":
        return [str(n) for n in merged]
    span = merged[0]
    while not all(n.subnet_of(span) for n in merged):
        span = span.supernet()
    return str(span)


def hwaddr(value: Any, query: str = "") -> Any:
    """A hardware address, checked and rewritten."""
    digits = re.sub(r"[^0-9a-f]", "", str(value).lower())
    valid = len(digits) == 12 and re.fullmatch(r"[0-9a-fA-F:.-]+", str(value)) is not None
    if query in ("", "bool"):
        return (value if query == "" else True) if valid else False
    if not valid:
        raise ValueError("hwaddr")
    pairs = [digits[i : i + 2] for i in range(0, 12, 2)]
    forms: dict[str, Callable[[], Any]] = {
        "bare": digits.upper,
        "int": lambda: int(digits, 16),
        "cisco": lambda: ".".join(digits[i : i + 4] for i in (0, 4, 8)),
        "linux": lambda: ":".join(pairs),
        "unix": lambda: ":".join(f"{int(p, 16):x}" for p in pairs),
        "win": lambda: "-".join(pairs).upper(),
    }
    return forms[query]()


def _is_address(version: int = 0) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        at = None if isinstance(value, bool | int) else _interface(value)
        return at is not None and "/" not in str(value) and (not version or at.version == version)

    return test


def _in_network(value: Any, network: Any) -> bool:
    return network_in_network(network, value)


def _has(name: str) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        at = _interface(value)
        return at is not None and bool(getattr(at.ip, name))

    return test


def _wrap(value: Any) -> Any:
    at = _interface(value)
    return value if at is None else _wrapped(at, str(value))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "ipaddr": ipaddr,
    "ipv4": lambda v, query="": ipaddr(v, query, 4),
    "ipv6": lambda v, query="": ipaddr(v, query, 6),
    "ipwrap": lambda v, _query="": [_wrap(x) for x in v] if isinstance(v, list) else _wrap(v),
    "ipsubnet": ipsubnet,
    "nthhost": nthhost,
    "ipmath": ipmath,
    "network_in_network": network_in_network,
    "network_in_usable": lambda v, test: (
        network_in_network(v, test)
        and _usable(ipaddress.ip_network(str(v), strict=False))[0]
        <= ipaddress.ip_interface(str(test)).ip
        <= _usable(ipaddress.ip_network(str(v), strict=False))[1]
    ),
    "usable_range": lambda v: {
        "usable_ips": [str(a) for a in ipaddress.ip_network(str(v), strict=False)][:65_536],
        "number_of_ips": ipaddress.ip_network(str(v), strict=False).num_addresses,
    },
    "cidr_merge": cidr_merge,
    "hwaddr": hwaddr,
    "macaddr": hwaddr,
    "ip4_hex": lambda v, delimiter="": delimiter.join(f"{int(p):02x}" for p in str(v).split(".")),
}
TESTS: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("ip", "ip_address"), _is_address()),
    **dict.fromkeys(("ipv4", "ipv4_address"), _is_address(4)),
    **dict.fromkeys(("ipv6", "ipv6_address"), _is_address(6)),
    **dict.fromkeys(("in_network", "subnet_of"), _in_network),
    "supernet_of": network_in_network,
    "private": _has("is_private"),
    "public": _has("is_global"),
    "loopback": _has("is_loopback"),
    "multicast": _has("is_multicast"),
    "mac": lambda v: hwaddr(v, "bool") is True,
}
