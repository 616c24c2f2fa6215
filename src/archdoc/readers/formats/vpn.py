"""WireGuard: the tunnel's own addresses, and its peers. https://man7.org/linux/man-pages/man8/wg-quick.8.html"""

from __future__ import annotations

import re

from archdoc.model.facts import Json
from archdoc.readers.formats.ini import Entry, entries
from archdoc.readers.formats.scope import Facts, address

_HEADER = re.compile(r"^\s*\[(?:Peer|WireGuardPeer)\]", re.IGNORECASE)


def wireguard(facts: Facts) -> None:
    """``[Interface]`` and ``[Peer]`` of wg-quick, ``[WireGuardPeer]`` of systemd-networkd. Keys are left out.

    Each address and peer says the hosts whose file it is from: those of several hosts come together in one service.
    """
    hosts: list[Json] = [*facts.document.hosts]
    starts = [number for number, text in facts.lines() if _HEADER.match(text)]
    own: list[Json] = []
    peers: dict[int, dict[str, Json]] = {
        start: {"to": "", "port": None, "allowed": [], "hosts": hosts, "path": place.path, "line": place.line}
        for start in starts
        for place in (facts.line(start),)
    }
    for entry in entries(facts):
        start = max((s for s in starts if s <= entry.line), default=0)
        if start == 0 and entry.name.lower() == "address":
            own += [{"address": a.split("/")[0], "hosts": hosts} for a in _listed(entry)]
        elif start and entry.name.lower() == "allowedips":
            known = peers[start]["allowed"]
            peers[start]["allowed"] = [*(known if isinstance(known, list) else []), *_listed(entry)]
        elif start and entry.name.lower() == "endpoint" and (found := address(entry.value)) is not None:
            peers[start] |= {"to": found[1], "port": found[2]}
    attributes: dict[str, Json] = {"tunnel_addresses": own, "peers": [*peers.values()]}
    facts.service("wireguard", facts.catalog.software.named("wireguard"), facts.line(1), attributes)


def _listed(entry: Entry) -> list[str]:
    return [a.strip() for a in entry.value.split(",") if a.strip() and "{" not in a]
