"""The names of the views."""

from __future__ import annotations

VIEW_NAMES = (
    "terraform",
    "infrastructure",
    "pipeline",
    "network",
    "services",
    "ansible",
    "dependencies",
    "monitoring",
    "security",
    "backup",
)
"""The ten views, in the order of the diagrams page."""
