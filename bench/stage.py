"""One stage, measured in a process of its own: ``python -m bench.stage NAME DIRECTORY``.

Prints JSON: processor seconds of the stage alone (imports and the parser's tables are there before), the peak memory
of the process in MiB, and how many things came out. The process stays on one core.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import hcl2

from archdoc import api, memo
from archdoc.catalog import load_catalog
from archdoc.config import Config, load_config
from archdoc.readers import terraform
from archdoc.readers.collector import collector_paused
from archdoc.readers.files import Repository
from archdoc.readers.hcl import parse, parse_with_tree_sitter
from archdoc.readers.memory import remembered
from archdoc.readers.terraform.cache import open_cache
from archdoc.readers.terraform.loading import parse_many

NATIVE = (".tf", ".tofu")


def raw(root: Path) -> int:
    """python-hcl2 alone: every text to its own tree, and nothing done with it."""
    return _each(root, lambda text: hcl2.parses_to_tree(text if text.endswith("\n") else text + "\n"))


def tree_sitter(root: Path) -> int:
    """tree-sitter to archdoc's trees."""
    return _each(root, parse_with_tree_sitter)


def parse_cold(root: Path) -> int:
    """Every file to archdoc's tree, without a cache."""
    repo = Repository(root)
    return len(parse_many(repo, repo.with_suffix(*NATIVE), open_cache(root, enabled=False)))


def parse_warm(root: Path) -> int:
    """Every file to archdoc's tree, from the cache."""
    repo = Repository(root)
    return len(parse_many(repo, repo.with_suffix(*NATIVE), open_cache(root)))


def load_cold(root: Path) -> int:
    """Terraform to the graph: parsed, evaluated, connected; without a cache."""
    return len(terraform.read(Repository(root), Config(cache=False), load_catalog()).graph)


def load_trees_warm(root: Path) -> int:
    """Terraform to the graph, the parsed files from the cache."""
    return len(terraform.read(Repository(root), Config(), load_catalog()).graph)


def load_warm(root: Path) -> int:
    """Terraform to the graph, as a command loads it when nothing has changed since the last one."""
    read = partial(terraform.read, config=Config(), catalog=load_catalog())
    return len(remembered("Terraform", Repository(root), (), read).graph)


def graph_cold(root: Path) -> int:
    """Everything (Ansible, CI and the rest too) to the linked graph, without a cache."""
    return len(api.load_graph(root, replace(load_config(root), cache=False)))


def graph_warm(root: Path) -> int:
    """The whole repository to the linked graph when nothing has changed since the last time."""
    return len(api.load_graph(root, load_config(root)))


def check_cold(root: Path) -> int:
    """``archdoc check`` without a cache: read, link, draw, compare."""
    return len(api.check(root, replace(load_config(root), cache=False)).expected)


def check_warm(root: Path) -> int:
    """``archdoc check`` when nothing has changed since the last one."""
    return len(memo.check(root, load_config(root)).findings)


STAGES: dict[str, Callable[[Path], int]] = {
    s.__name__: s
    for s in (
        raw,
        tree_sitter,
        parse_cold,
        parse_warm,
        load_cold,
        load_trees_warm,
        load_warm,
        graph_cold,
        graph_warm,
        check_cold,
        check_warm,
    )
}


def _each(root: Path, parser: Callable[[str], object]) -> int:
    repo = Repository(root)
    count = 0
    with collector_paused():
        for path in repo.with_suffix(*NATIVE):
            count += 1
            try:
                parser(repo.read_text(path))
            except Exception:  # whatever a parser says of a file that it rejects
                continue
    return count


def main() -> None:
    """Measure the stage that the arguments name."""
    name, directory = sys.argv[1:]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.setrecursionlimit(20_000)
    parse("a = 1\n", "warm.tf")
    hcl2.parses_to_tree("a = 1\n")
    load_catalog()
    began = time.process_time()
    count = STAGES[name](Path(directory))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "count": count}))


if __name__ == "__main__":
    main()
