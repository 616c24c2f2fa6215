"""Files of firewall rules: what they let in, from where, with the line of each rule."""

from __future__ import annotations

from typing import Any

from format_files import attributes, placed, read

SAVED = """
*nat
-A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80
COMMIT
*filter
:INPUT DROP [0:0]
:WEB - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -s 10.0.0.0/8 --dport 22 -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -j WEB
-A WEB -p tcp --dport 8443 -j ACCEPT
-A UNUSED -p tcp --dport 9999 -j ACCEPT
-A OUTPUT -p tcp --dport 25 -j REJECT
COMMIT
"""
RULESET = """
#!/usr/sbin/nft -f
define admin = { 10.0.0.1, 10.0.0.2 }
table inet filter {
  chain incoming {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    tcp dport {
      80,
      443
    } accept
    ip saddr $admin tcp dport 22 accept  # for us
    jump web
  }
  chain web {
    udp dport 8000-8100 accept
  }
  chain out {
    type filter hook output priority 0; policy accept;
  }
}
"""


def said(name: str, text: str, program: str) -> list[tuple[Any, ...]]:
    graph = read(placed(name, text))
    rules = attributes(graph, f"service:web:{program}")["signals"]
    assert all(r["signal"] == "firewall" and r["hosts"] == ["ansible:.:group:web"] for r in rules)
    return [
        (r["line"], r.get("policy") or r["rule"], r["direction"], r.get("port"), r.get("from") or r.get("interface"))
        for r in rules
    ]


def test_what_iptables_save_writes() -> None:
    assert said("/etc/iptables/rules.v4", SAVED, "iptables") == [
        (5, "deny", "in", None, None),
        (7, "allow", "in", None, "lo"),
        (8, "allow", "in", "22", "10.0.0.0/8"),
        (9, "allow", "in", "80", None),
        (9, "allow", "in", "443", None),
        (11, "allow", "in", "8443", None),
        (13, "reject", "out", "25", None),
    ]


def test_what_nft_reads() -> None:
    assert said("/etc/nftables.conf", RULESET, "nftables") == [
        (5, "deny", "in", None, None),
        (6, "allow", "in", None, None),
        (7, "allow", "in", None, "lo"),
        (8, "allow", "in", "80", None),
        (8, "allow", "in", "443", None),
        (12, "allow", "in", "22", "10.0.0.1"),
        (12, "allow", "in", "22", "10.0.0.2"),
        (16, "allow", "in", "8000:8100", None),
        (19, "allow", "out", None, None),
    ]
