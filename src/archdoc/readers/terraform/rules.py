"""The heuristics of this reader, each by its name. ``rules_off`` in archdoc's configuration switches one off; every
edge that rests on one names it."""

from __future__ import annotations

from collections.abc import Mapping

REMOTE_STATE = "terraform.remote-state"

RULES: Mapping[str, str] = {
    REMOTE_STATE: """A data source ``terraform_remote_state`` reads the outputs of the one root module whose backend has
        the same settings. Example: ``config = { bucket = "states", key = "shared" }`` and a root with
        ``backend "s3" { bucket = "states" key = "shared" }``.""",
}
"""The text of each rule, for the page of rules."""
