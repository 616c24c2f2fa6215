"""``python -m bench``: what archdoc costs, as ratios to python-hcl2 alone on the same files in the same run.

Each figure is the processor time of one core, the least of several runs, each in a process of its own. Memory is the
peak of the whole process. ``--repo DIR`` measures any repository (read, never written to).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.generate import write_configuration

SIZES = (100, 1_000, 10_000)
MOST_GROWTH = 11.0
"""Times that ten times as many resources may cost."""
MOST_MIB = 1024.0

STAGES = (
    ("raw", "python-hcl2 alone", None),
    ("tree_sitter", "tree-sitter to archdoc's trees", None),
    ("parse_cold", "files to trees, cold", None),
    ("parse_warm", "files to trees, from the cache", 0.1),
    ("load_cold", "Terraform to the graph, cold", 1.6),
    ("load_trees_warm", "Terraform to the graph, trees from the cache", None),
    ("load_warm", "Terraform to the graph, warm", 0.1),
    ("graph_cold", "the whole repository to the linked graph, cold", None),
    ("graph_warm", "the whole repository to the linked graph, warm", None),
    ("check_cold", "archdoc check, looking again", None),
    ("check_warm", "archdoc check, warm", 0.1),
)
"""Name, meaning, and the most that it may take as a ratio to the first."""


@dataclass(frozen=True)
class Measured:
    """Processor seconds, peak memory in MiB, and how many things came out."""

    seconds: float
    peak_mib: float
    count: int


def measure(stage: str, directory: Path, runs: int, cache: Path) -> Measured:
    """The best of some runs of a stage."""
    environment = {**os.environ, "ARCHDOC_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "bench.stage", stage, str(directory)]
    made = []
    if stage.endswith("_warm"):
        _run(command, environment)  # fills the cache
    for _ in range(runs):
        found = json.loads(_run(command, environment))
        made.append(Measured(found["seconds"], found["peak_mib"], found["count"]))
    return min(made, key=lambda m: m.seconds)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def stages(directory: Path, runs: int, cache: Path) -> bool:
    """The table of stages; whether every target is met."""
    print(f"| stage of {directory.resolve().name} | seconds | ratio | at most | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    first: Measured | None = None
    met = True
    for name, title, target in STAGES:
        made = measure(name, directory, runs, cache)
        first = first or made
        ratio = made.seconds / max(first.seconds, 1e-9)
        met = met and (target is None or ratio <= target)
        limit = f"{target:.1f}" if target is not None else ""
        print(f"| {title} | {made.seconds:.3f} | {ratio:.2f} | {limit} | {made.peak_mib:.0f} |", flush=True)
    return met


def growth(sizes: tuple[int, ...], runs: int, scratch: Path) -> bool:
    """The table of growth over generated resources; whether every target is met."""
    print("| resources | seconds, cold | times the size before | at most | peak MiB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    before: Measured | None = None
    met = True
    for size in sizes:
        directory = scratch / f"generated-{size}"
        write_configuration(directory, size)
        made = measure("load_cold", directory, runs, scratch / "cache")
        times = made.seconds / before.seconds if before else None
        met = met and made.peak_mib <= MOST_MIB and (times is None or times <= MOST_GROWTH)
        shown = f"{times:.1f} | {MOST_GROWTH:.0f}" if times is not None else " | "
        print(f"| {size:,} | {made.seconds:.3f} | {shown} | {made.peak_mib:.0f} |", flush=True)
        before = made
    return met


def main() -> None:
    """Measure, print both tables, and exit with 1 where ``--strict`` is given and a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--repo", type=Path, default=Path(), help="the repository to measure (this one)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each stage, of which the best counts")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="generated resources")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    chosen = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="archdoc-bench-"))
    try:
        met = stages(chosen.repo, chosen.runs, scratch / "cache")
        print()
        met = growth(tuple(chosen.sizes), chosen.runs, scratch) and met
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\n{'every target is met' if met else 'a target is missed'}")
    if chosen.strict and not met:
        sys.exit(1)


if __name__ == "__main__":
    main()
