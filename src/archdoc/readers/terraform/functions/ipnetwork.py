"""IP network functions."""

from __future__ import annotations

import ipaddress

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import simple
from archdoc.readers.terraform.types import NUMBER, STRING, list_of
from archdoc.readers.terraform.values import Number, Value, list_value, string


def _network(prefix: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The network of a CIDR; leading zeros in IPv4 octets are decimal, as in Terraform."""
    address, slash, length = prefix.partition("/")
    if not slash or not length.isdigit():
        raise EvaluationError(f'invalid CIDR expression: "{prefix}"')
    if ":" not in address:
        address = ".".join(str(int(p)) if p.isdigit() and len(p) <= 3 else p for p in address.split("."))
    try:
        return ipaddress.ip_network(f"{address}/{length}", strict=False)
    except ValueError:
        raise EvaluationError(f'invalid CIDR expression: "{prefix}"') from None


def _whole(amount: Number, what: str) -> int:
    if not isinstance(amount, int):
        raise EvaluationError(f"{what} must be a whole number")
    return amount


@simple("cidrhost", STRING, NUMBER, returns=STRING)
def cidrhost(prefix: str, number: Number) -> str:
    """functions/cidrhost."""
    network, host = _network(prefix), _whole(number, "hostnum")
    size = network.num_addresses
    position = host if host >= 0 else size + host
    if not 0 <= position < size:
        raise EvaluationError(f"prefix of {network.prefixlen} does not accommodate a host numbered {host}")
    return _spelled(network.network_address + position)


def _spelled(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


@simple("cidrnetmask", STRING, returns=STRING)
def cidrnetmask(prefix: str) -> str:
    """functions/cidrnetmask."""
    network = _network(prefix)
    if network.version == 6:
        raise EvaluationError("IPv6 addresses cannot have a netmask")
    return str(network.netmask)


@simple("cidrsubnet", STRING, NUMBER, NUMBER, returns=STRING)
def cidrsubnet(prefix: str, bits: Number, number: Number) -> str:
    """functions/cidrsubnet."""
    network = _network(prefix)
    return str(_subnet(network, _whole(bits, "newbits"), _whole(number, "netnum")))


def _subnet(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, bits: int, number: int
) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if bits < 0 or network.prefixlen + bits > network.max_prefixlen:
        raise EvaluationError(
            f"not enough remaining address space for a subnet with a prefix of {network.prefixlen + bits} bits"
        )
    position = number if number >= 0 else (1 << bits) + number
    if not 0 <= position < 1 << bits:
        raise EvaluationError(f"prefix extension of {bits} does not accommodate a subnet numbered {number}")
    step = 1 << (network.max_prefixlen - network.prefixlen - bits)
    return (
        ipaddress.ip_network((int(network.network_address) + position * step, network.prefixlen + bits))
        if network.version == 4
        else ipaddress.IPv6Network((int(network.network_address) + position * step, network.prefixlen + bits))
    )


@simple("cidrsubnets", STRING, returns=list_of(STRING), rest=NUMBER)
def cidrsubnets(prefix: str, *bits: Number) -> Value:
    """functions/cidrsubnets: one after the other, each aligned to its own size."""
    network = _network(prefix)
    at, end = int(network.network_address), int(network.broadcast_address) + 1
    made = []
    for each in bits:
        extra = _whole(each, "newbits")
        if extra < 1:
            raise EvaluationError("must extend prefix by at least one bit")
        length = network.prefixlen + extra
        if length > network.max_prefixlen or (network.version == 6 and extra > 32):
            raise EvaluationError("not enough remaining address space")
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise EvaluationError("not enough remaining address space")
        kind = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
        made.append(string(str(kind((at, length)))))
        at += size
    return list_value(made, STRING)
