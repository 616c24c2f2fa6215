"""Python's collector of cycles, held back while trees and values are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles until the end of the block, nor through what is there then until the next block.

    Trees and values live to the end of a reading and hold next to no cycles that could be let go earlier, and each
    search goes through all of them again: with it the time grows faster than the number of resources.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    gc.unfreeze()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
