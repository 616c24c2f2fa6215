"""Many files parsed at once: from the cache where it has them, else on all cores where that pays."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from archdoc.readers.collector import collector_paused
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.hcl import ParsedFile, parse, parse_json
from archdoc.readers.terraform.cache import ParseCache, packed, unpacked

PAYS_FROM = 300_000
"""Characters to parse from which starting processes costs less than it saves."""
_MOST_PROCESSES = 8

Job = tuple[str, str]
"""A path and its text."""


def parse_file(text: str, path: str) -> ParsedFile:
    """The tree of a file in either syntax."""
    return parse_json(text, path) if path.endswith(".json") else parse(text, path)


def parse_many(
    repo: Repository, paths: Iterable[str], cache: ParseCache, processes: int | None = None
) -> dict[str, ParsedFile]:
    """The trees of files by path, in the order of the paths. A file that cannot be read is left out.

    ``processes`` is how many to use at most (as many as there are cores, unless given).
    """
    wanted = sorted(set(paths))
    found: dict[str, ParsedFile] = {}
    jobs: list[Job] = []
    with collector_paused():
        for path in wanted:
            try:
                text = repo.read_text(path)
            except UnreadableError:
                continue
            parsed = cache.get(text, path)
            if parsed is None:
                jobs.append((path, text))
            else:
                found[path] = parsed
        for (path, text), parsed, data in _parsed(jobs, processes):
            found[path] = parsed
            cache.put(text, path, data if data is not None else packed(parsed))
    return {path: found[path] for path in wanted if path in found}


def _parsed(jobs: Sequence[Job], processes: int | None) -> Iterator[tuple[Job, ParsedFile, bytes | None]]:
    """Each job with its tree, and the packed tree where there is one already."""
    count = _processes(jobs, processes)
    if count < 2:
        for job in jobs:
            yield job, parse_file(job[1], job[0]), None
        return
    parse_file("a = 1\n", "warm.tf")  # the grammar is loaded once, before the processes part
    left = sorted(jobs, key=lambda job: -len(job[1]))
    with contextlib.suppress(BrokenProcessPool, OSError):  # what is left then is parsed here
        for job, data in _at_once(list(left), count):
            left.remove(job)
            yield job, unpacked(data, job[0]) or parse_file(job[1], job[0]), data
    for job in left:
        yield job, parse_file(job[1], job[0]), None


def _at_once(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, bytes]]:
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        yield from zip(jobs, pool.map(_work, jobs, chunksize=4), strict=True)


def _work(job: Job) -> bytes:
    path, text = job
    return packed(parse_file(text, path))


def _processes(jobs: Sequence[Job], most: int | None) -> int:
    """How many processes pay. Only a process of one thread may be copied safely."""
    if sum(len(text) for _, text in jobs) < PAYS_FROM and most is None:
        return 1
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    cores = len(os.sched_getaffinity(0))
    return min(most or cores, _MOST_PROCESSES, len(jobs))
