"""The heuristics of this reader, each by its name. ``rules_off`` in archdoc's configuration switches one off; every
edge that rests on one names it."""

from __future__ import annotations

from collections.abc import Mapping

PARTIAL = "formats.partial-template"

RULES: Mapping[str, str] = {
    PARTIAL: """A template that cannot be rendered whole (a fact of the host, a loop over hosts that only run time
        knows) still says what stands in it. Loops of unknown length are gone through once, conditions that are not
        known are taken as true, and the edges between what its text names are inferred. Example:
        ``targets: ["{{ ansible_default_ipv4.address }}:9100"]`` in the template of ``prometheus.yml``.""",
}
"""The text of each rule, for the page of rules."""
