"""Values that are computed when first asked for, and the small scopes and names that modules need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.values import Value

SELF_DEPENDENT = "cycle: the value of this argument depends on itself"


def remembered(thunk: Callable[[], Value]) -> Callable[[], Value]:
    """The same thunk, called once at most (EvaluationError where its value needs itself)."""
    known: list[Value] = []
    under_way = False

    def value() -> Value:
        nonlocal under_way
        if not known:
            if under_way:
                raise EvaluationError(SELF_DEPENDENT)
            under_way = True
            try:
                known.append(thunk())
            finally:
                under_way = False
        return known[0]

    return value


class Outputs(Mapping[str, Value]):
    """A module's outputs as a mapping of which each value is evaluated when first read."""

    def __init__(self, thunks: Mapping[str, Callable[[], Value]]) -> None:
        self._thunks = {name: remembered(thunks[name]) for name in sorted(thunks)}

    def __getitem__(self, name: str) -> Value:
        return self._thunks[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._thunks)

    def __len__(self) -> int:
        return len(self._thunks)


def instance_suffix(key: str | int | None) -> str:
    """``[0]``, ``["a"]`` or nothing, as Terraform prints instance keys."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = (
        key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'["{escaped.replace("${", "$${").replace("%{", "%%{")}"]'
