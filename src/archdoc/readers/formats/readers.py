"""Every format that archdoc reads, by name."""

from __future__ import annotations

from collections.abc import Callable

from archdoc.readers.formats import backups, compose, monitoring, system, web
from archdoc.readers.formats.scope import Facts

READERS: dict[str, Callable[[Facts], None]] = {
    "compose": compose.read,
    "prometheus": monitoring.prometheus,
    "alertmanager": monitoring.alertmanager,
    "datasources": monitoring.datasources,
    "fluent-bit": monitoring.fluent_bit,
    "promtail": monitoring.promtail,
    "borgmatic": backups.borgmatic,
    "nginx": web.nginx,
    "caddy": web.caddy,
    "jail": system.jail,
    "systemd-timer": system.timer,
}
