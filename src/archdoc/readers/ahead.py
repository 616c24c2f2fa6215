"""Work done ahead in a process of its own, for what it leaves in the cache."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Work = Callable[[], object]


@contextmanager
def ahead(work: Work) -> Iterator[Callable[[], None]]:
    """Have ``work`` done beside the block where there is a second core; the function given waits until it is.

    Nothing of it comes back but what it left on the disk, so whoever needs it does it himself where it failed.
    """
    if not _can_part():
        yield _nothing
        return
    process = multiprocessing.get_context("fork").Process(target=_quietly, args=(work,))
    process.start()
    try:
        yield process.join
    finally:
        process.kill()  # an interrupted run leaves nothing behind
        process.join()


def _can_part() -> bool:
    """Whether a copy of this process pays and is safe: only one of one thread is."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def _quietly(work: Work) -> None:
    with suppress(BaseException):  # it is done again, and then what is wrong is said
        work()


def _nothing() -> None: ...
