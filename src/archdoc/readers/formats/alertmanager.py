"""Alertmanager: receivers as endpoints, and the routes that lead to them.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archdoc.model.facts import Category, EdgeKind, Json, Node, NodeKind, Source
from archdoc.readers.formats.scope import Facts, mappings, one_or_more, within, word
from archdoc.readers.secrets import MASK
from archdoc.readers.urls import host_and_port
from archdoc.readers.yamldoor import Mapping

TITLES = {
    "slack": "Slack",
    "email": "E-mail",
    "webhook": "Webhook",
    "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie",
    "discord": "Discord",
    "telegram": "Telegram",
    "msteams": "Microsoft Teams",
    "msteamsv2": "Microsoft Teams",
    "pushover": "Pushover",
    "victorops": "VictorOps",
    "wechat": "WeChat",
    "sns": "Amazon SNS",
    "webex": "Webex",
    "rocketchat": "Rocket.Chat",
    "jira": "Jira",
    "mattermost": "Mattermost",
    "teams": "Microsoft Teams",
    "googlechat": "Google Chat",
}
_WHERE = ("channel", "to", "addresses", "url", "room_id", "chat_id", "topic_arn", "webhook_url", "recipient", "project")
"""The option of a receiver that says where it sends, of which the first one counts."""


def read(facts: Facts) -> None:
    """The receivers that a route leads to, each with the routes to it; the others are ``unrouted``: nobody is told."""
    content = facts.yaml()
    if not isinstance(content, Mapping):
        return
    routes = list(_routes(facts, content.get("route"), ()))
    program = facts.catalog.software.named("alertmanager")
    receivers = mappings(content.get("receivers"))
    idle = _unrouted([word(r.get("name")) for r in receivers], [str(r["receiver"]) for r in routes])
    idle = [] if facts.document.partial else idle
    attributes: dict[str, Json] = {"routes": [*routes], **({"unrouted": [*idle]} if idle else {})}
    node = facts.service("alertmanager", program, facts.place(content), attributes)
    for receiver in receivers:
        name = word(receiver.get("name"))
        if name in idle:
            continue
        for key, configs in receiver.items():
            if not str(key).endswith("_configs"):
                continue
            for config in one_or_more(configs):
                place = facts.place(config, receiver.line_of(key))
                end = endpoint(facts, str(key).removesuffix("_configs"), config, place)
                facts.edge(node, end, EdgeKind.ALERTS, place, {"receiver": name})


def _unrouted(receivers: list[str], routed: list[str]) -> list[str]:
    """The receivers that no route leads to, where all routes are known: there is at least the one at the top."""
    if not routed or any("{{" in name for name in (*receivers, *routed)):
        return []
    return [name for name in receivers if name not in routed]


def endpoint(facts: Facts, kind: str, config: Any, place: Source) -> Node:
    """Where a notification goes. Two receivers of one kind and place are one endpoint."""
    title = TITLES.get(kind, kind.replace("_", " ").capitalize())
    where = ""
    for option in _WHERE:
        where = where or ", ".join(word(v) for v in one_or_more(within(config, option)))
    if "://" in where:
        host, port = host_and_port(where)
        where = f"{host}:{port}" if port else host
    where = "" if MASK in where else where
    name = f"{title} {where}".strip()
    return facts.add(NodeKind.ENDPOINT, f"endpoint:{kind}:{where}", kind, name, place, Category.MESSAGING)


def _routes(facts: Facts, route: Any, above: tuple[str, ...]) -> Iterator[dict[str, Json]]:
    """The tree of routes, flat: ``{receiver, match, path, line}``; ``match`` has the matchers of the routes above."""
    if not isinstance(route, Mapping):
        return
    matchers = (*above, *_matchers(route))
    place = facts.place(route)
    receiver = word(route.get("receiver"))
    if receiver:
        yield {"receiver": receiver, "match": ", ".join(matchers), "path": place.path, "line": place.line}
    for inner in mappings(route.get("routes")):
        yield from _routes(facts, inner, matchers)


def _matchers(route: Mapping) -> list[str]:
    old: list[str] = []
    for key, sign in (("match", "="), ("match_re", "=~")):
        given = route.get(key)
        old += [f"{label}{sign}{word(value)}" for label, value in given.items()] if isinstance(given, dict) else []
    return [*old, *(word(m).replace('"', "") for m in one_or_more(route.get("matchers")))]
