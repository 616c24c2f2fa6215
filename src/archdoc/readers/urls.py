"""Addresses with a scheme, of which anybody may have written anything."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host that a URL names, in lower case; "" where it names none, or is no URL (``http://[web/``)."""
    return host_and_port(url)[0]


def host_and_port(url: str) -> tuple[str, int | None]:
    """The host of a URL and its port; None for a port that is not there, or is none (``:99999``, ``:http``)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", None
    port = None
    with contextlib.suppress(ValueError):
        port = parts.port
    return parts.hostname or "", port
