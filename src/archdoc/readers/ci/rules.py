"""The heuristics of this reader, each by its name; every edge that rests on one names it."""

from __future__ import annotations

from collections.abc import Mapping

POSSIBLE_VALUES = "ci.possible-values"

RULES: Mapping[str, str] = {
    POSSIBLE_VALUES: """An expression of a workflow may give any of the values that the files name for it: the options
        and the default of an input, what the callers of a reusable workflow pass, the two sides of a condition. Each is
        an environment that the job may deploy to. Example:
        ``environment: ${{ github.ref_name == 'main' && 'production' || 'staging' }}``.""",
}
"""The text of each rule, for the page of rules."""
