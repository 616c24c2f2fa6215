"""IP network functions, as https://github.com/apparentlymart/go-cidr computes them.

Addresses are numbers of 32 or 128 bits here. An IPv4 address in IPv6's notation (``::ffff:10.0.0.0``) keeps its 128
bits and is still written as IPv4, as in Go.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import simple
from archdoc.readers.terraform.types import NUMBER, STRING, list_of
from archdoc.readers.terraform.values import Number, Value, list_value, string

_MAPPED = 0xFFFF << 32
_PREFIX = re.compile(r"[0-9]+\Z")
_MOST_NEW_BITS = 32


@dataclass(frozen=True, slots=True)
class Network:
    """A network's first address, how many bits of it are the prefix, and how many an address has."""

    address: int
    prefix: int
    bits: int

    @classmethod
    def parsed(cls, text: str) -> Network:
        """A network in CIDR notation; leading zeros of IPv4 are decimal, as in Terraform (EvaluationError)."""
        address, slash, length = text.partition("/")
        if not slash or not _PREFIX.match(length) or "%" in address:
            raise EvaluationError(f"invalid CIDR expression: invalid CIDR address: {text}")
        if ":" not in address:
            octets = address.split(".")
            address = ".".join(str(int(o)) if _PREFIX.match(o) and len(o) < 9 else o for o in octets)
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            raise EvaluationError(f"invalid CIDR expression: invalid CIDR address: {text}") from None
        bits, prefix = parsed.max_prefixlen, int(length[:9])
        if prefix > bits:
            raise EvaluationError(f"invalid CIDR expression: invalid CIDR address: {text}")
        return cls(int(parsed) >> (bits - prefix) << (bits - prefix), prefix, bits)

    @property
    def is_ipv4(self) -> bool:
        """Whether Go's To4 has an answer."""
        return self.bits == 32 or self.address >> 32 == 0xFFFF

    def with_number(self, amount: int, prefix: int) -> int:
        """The address with a number put where a prefix ends; more than an address holds is cut off."""
        return abs(self.address | amount << (self.bits - prefix)) & ((1 << self.bits) - 1)

    def __str__(self) -> str:
        prefix = self.prefix - 96 if self.is_ipv4 and self.bits == 128 and self.prefix >= 96 else self.prefix
        return f"{written(self.address, self.bits)}/{prefix}"


def written(address: int, bits: int) -> str:
    """An address as Go's net.IP writes it."""
    if bits == 32 or address >> 32 == 0xFFFF:
        return str(ipaddress.IPv4Address(address & 0xFFFFFFFF))
    return str(ipaddress.IPv6Address(address))


def _whole(amount: Number) -> int:
    if not isinstance(amount, int):
        raise EvaluationError("value must be a whole number")
    return amount


@simple("cidrhost", STRING, NUMBER, returns=STRING)
def cidrhost(prefix: str, number: Number) -> str:
    """functions/cidrhost: a negative number counts from the end."""
    network, host = Network.parsed(prefix), _whole(number)
    last = (1 << (network.bits - network.prefix)) - 1
    counted = host & (2**64 - 1)
    counted = counted - 2**64 if counted >= 2**63 else counted
    if host < 0:
        counted = -host - 1
        host = last - counted
    if counted > last:
        raise EvaluationError(f"prefix of {network.prefix} does not accommodate a host numbered {number}")
    bits = 32 if network.is_ipv4 else 128
    return written(network.with_number(host, bits), network.bits)


@simple("cidrnetmask", STRING, returns=STRING)
def cidrnetmask(prefix: str) -> str:
    """functions/cidrnetmask."""
    network = Network.parsed(prefix)
    if not network.is_ipv4:
        raise EvaluationError(f"IPv6 addresses cannot have a netmask: {prefix}")
    mask = (1 << network.bits) - (1 << (network.bits - network.prefix))
    return written(mask, network.bits)


@simple("cidrsubnet", STRING, NUMBER, NUMBER, returns=STRING)
def cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> str:
    """functions/cidrsubnet."""
    network, new, number = Network.parsed(prefix), _whole(newbits), _whole(netnum)
    length = network.prefix + new
    if length > network.bits:
        raise EvaluationError(f"insufficient address space to extend prefix of {network.prefix} by {new}")
    if length < 0:
        raise EvaluationError(f"a prefix of {network.prefix} cannot be extended by {new}")
    most = (1 << new) - 1 if 0 <= new < 64 else 2**64 - 1
    if abs(number) & (2**64 - 1) > most:
        raise EvaluationError(f"prefix extension of {new} does not accommodate a subnet numbered {number}")
    return str(Network(network.with_number(number, length), length, network.bits))


@simple("cidrsubnets", STRING, returns=list_of(STRING), rest=NUMBER)
def cidrsubnets(prefix: str, *newbits: Number) -> Value:
    """functions/cidrsubnets: one after the other, each aligned to its own size."""
    network = Network.parsed(prefix)
    at, end = network.address, network.address + (1 << (network.bits - network.prefix))
    made = []
    for each in newbits:
        extra = _whole(each)
        if extra < 1:
            raise EvaluationError("must extend prefix by at least one bit")
        if extra > _MOST_NEW_BITS:
            raise EvaluationError(f"may not extend prefix by more than {_MOST_NEW_BITS} bits")
        length = network.prefix + extra
        if length > network.bits:
            raise EvaluationError(f"would extend prefix to {length} bits, which is too long for an IP address")
        size = 1 << (network.bits - length)
        at = -(-at // size) * size
        if at + size > end:
            raise EvaluationError(f"not enough remaining address space for a subnet with a prefix of {length} bits")
        made.append(string(str(Network(at, length, network.bits))))
        at += size
    return list_value(made, STRING)
