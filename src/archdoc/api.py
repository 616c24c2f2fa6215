"""The whole story on one screen: read, link, draw, write; and compare instead of write.

This is also the public Python API. Every function takes the repository's directory and a ``Config``; none of
them prints, and none of them executes anything that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from archdoc import lint as linting
from archdoc import views
from archdoc.catalog import Catalog
from archdoc.config import Config, ConfigError
from archdoc.drift.changedviews import united, with_views
from archdoc.drift.check import compare
from archdoc.drift.codetext import with_code
from archdoc.drift.drawn import (
    BaselineError,
    DrawnFinding,
    Judge,
    compare_drawings,
    explain_page,
    findings_of,
    without_known,
    write_baseline,
)
from archdoc.drift.finding import configured
from archdoc.drift.focus import focused, limited
from archdoc.drift.graphdiff import compare_graphs
from archdoc.drift.picture import changes_drawing
from archdoc.drift.published import snapshot_finding
from archdoc.drift.result import CheckResult
from archdoc.drift.revisions import both_sides
from archdoc.drift.snapshot import PATH as SNAPSHOT_PATH
from archdoc.drift.snapshot import Snapshot, SnapshotError, parse_snapshot, snapshot_of
from archdoc.inputs import Inputs
from archdoc.loading import catalog_of, load_graph, read_graph
from archdoc.model.change import GraphDiff
from archdoc.model.diagram import Diagram
from archdoc.model.finding import Finding
from archdoc.model.graph import Graph
from archdoc.model.progress import Progress, silent
from archdoc.readers.files import Repository
from archdoc.readers.terraform.environments import environments_of
from archdoc.render import data, mermaid, svg
from archdoc.report.changes import Compared, of_view
from archdoc.site import assets, links, pages, starter, writer
from archdoc.site.committed import Committed
from archdoc.site.handwritten import read_hand_written
from archdoc.site.state import page_issues

__all__ = [
    "BuildResult",
    "DiffResult",
    "Drawings",
    "Progress",
    "accept_drawn",
    "build",
    "catalog_of",
    "check",
    "diff",
    "draw",
    "drawn_findings",
    "explain_drawn",
    "init",
    "lacks_plugin",
    "link_template",
    "lint",
    "load_graph",
    "picture",
    "published",
    "read_graph",
    "view",
]

Drawings: TypeAlias = Mapping[str, tuple[Diagram, ...]]
"""The drawings of each view, by its name."""

Show: TypeAlias = Callable[[Mapping[str, bytes], Sequence[str]], None]
"""Called with archdoc's own pages that are other ones now, and the paths of those that are no more, before pictures,
pages by hand and files for programs are made and before anything is written."""


def draw(graph: Graph, config: Config, progress: Progress = silent) -> Drawings:
    """Every view's drawings, in the order of the diagrams page."""
    drawings = {}
    for view in views.VIEWS:
        progress(f"drawing {view.name}")
        drawings[view.name] = views.draw(view.name, graph, config)
    return drawings


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did; paths are relative to the repository."""

    graph: Graph
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int


def build(
    root: Path,
    config: Config,
    command_reference: str = "",
    progress: Progress = silent,
    engine: svg.Engine | None = None,
    show: Show | None = None,
    repo: Repository | None = None,
) -> BuildResult:
    """Read, draw, and write the pages that changed.

    Who builds again and again passes the same ``engine`` each time. Who waits for an edit to be seen passes ``show``,
    and ``repo`` if its files are listed already.
    """
    graph = load_graph(root, config, progress, repo, edited=show is not None)
    around = Inputs(root, config)
    template, committed = around.link_template(), around.committed()
    early = _changes_to(show, root, config) if show is not None else None
    now = published(graph).graph()
    site = _site(config, now, template, command_reference, progress, committed, engine, early)
    progress("writing pages")
    outcome = writer.write_site(root, config.site.docs_dir, site.files)
    if any((root / name).is_file() for name in ("mkdocs.yml", "zensical.toml")):
        assets.install(root / config.site.docs_dir)
    for problem in (*site.problems, *outcome.refused):
        graph.add_problem(problem)  # of this run, for the terminal; no page lists them
    unchanged = len(site.files) - len(outcome.written)
    return BuildResult(graph, outcome.written, outcome.deleted, unchanged)


def _changes_to(show: Show, root: Path, config: Config) -> pages.Show:
    return lambda files: show(*writer.changes(root, config.site.docs_dir, files))


def check(
    root: Path,
    config: Config,
    command_reference: str = "",
    progress: Progress = silent,
    inputs: Inputs | None = None,
    pages_too: bool = False,
) -> CheckResult:
    """Read, draw, and compare with the committed pages. Writes nothing.

    ``inputs`` remembers afterwards everything that was asked of the disk. With ``pages_too`` the result has the pages
    as they are and as they should be, to show a diff of them.
    """
    inputs = inputs or Inputs(root, config)
    catalog = catalog_of(inputs.repo, config)
    now = published(read_graph(inputs.repo, config, catalog, progress))
    writer.wait_for_builds(root, config.site.docs_dir)
    before, exists = _committed_snapshot(inputs)
    template, around = inputs.link_template(), inputs.committed()
    site = _site(config, (before or now).graph(), template, command_reference, progress, around)
    committed = {path: inputs.page(path) for path in site.files}
    issues = page_issues(committed, site.files, inputs.stale(site.files), config.site.docs_dir)
    progress("comparing")
    changed = _changed(before.graph(), now.graph(), config, catalog) if before is not None else None
    findings = compare(changed, issues, site.problems, config.drift)
    if before is None:
        place = f"{config.site.docs_dir}/{SNAPSHOT_PATH}"
        findings = configured([snapshot_finding(place, exists)], config.drift) + findings
    progress("comparing hand-drawn diagrams")
    drawn_too = drawn_findings(inputs.repo, config, now.graph())
    if not findings or not pages_too:
        return CheckResult((*findings, *drawn_too))
    if before is not None:
        site = _site(config, now.graph(), template, command_reference, progress, around)
    for path in site.files.keys() - committed.keys():
        committed[path] = inputs.page(path)
    return CheckResult((*findings, *drawn_too), committed, site.files)


def drawn_findings(repo: Repository, config: Config, graph: Graph) -> list[Finding]:
    """What the diagrams of hand-written pages and a graph disagree about, without what the baseline knows."""
    drawn = _all_drawn(repo, config, graph)
    return configured(findings_of(_without_known(repo, config, drawn)), config.drift)


def explain_drawn(root: Path, config: Config, place: str, progress: Progress = silent) -> str | None:
    """What the boxes of a hand-drawn page, or of one line of it (``README.md:12``), stand for, and why; None where
    ``place`` is no page with diagrams."""
    path, _, line = place.rpartition(":") if place.rpartition(":")[2].isdigit() else (place, "", "0")
    repo = Repository(root, config.exclude)
    pages = read_hand_written(repo, config.drawn.pages) if path.endswith((".md", ".markdown", ".mdx")) else {}
    if path not in pages:
        return None
    graph = published(load_graph(root, config, progress, repo)).graph()
    judge = Judge(graph, catalog_of(repo, config), config.drawn, _shown_by(graph, config), repo.paths)
    return explain_page(path, pages[path], judge, int(line))


def _shown_by(graph: Graph, config: Config) -> Callable[[str], frozenset[str] | None]:
    """From the name of a view to the ids of the nodes that it shows."""

    def shown(name: str) -> frozenset[str] | None:
        if name not in {v.name for v in views.VIEWS}:
            return None
        drawings = views.draw(name, graph, config)
        boxes = (b.node_ids for d in drawings for b in d.boxes)
        frames = (c.node_ids for d in drawings for c in d.clusters)
        return frozenset(i for ids in (*boxes, *frames) for i in ids)

    return shown


def _all_drawn(repo: Repository, config: Config, graph: Graph) -> list[DrawnFinding]:
    if not config.drawn.enabled:
        return []
    pages = read_hand_written(repo, config.drawn.pages)
    if not pages:
        return []
    return compare_drawings(pages, graph, catalog_of(repo, config), config.drawn, _shown_by(graph, config), repo.paths)


def accept_drawn(root: Path, config: Config, progress: Progress = silent) -> int:
    """Write the baseline: all that is wrong with hand-drawn diagrams today. Returns how much that is."""
    repo = Repository(root, config.exclude)
    graph = published(load_graph(root, config, progress, repo)).graph()
    known = _all_drawn(repo, config, graph)
    writer.write_file(root, config.drawn.baseline, write_baseline(known).encode())
    return len(known)


def _without_known(repo: Repository, config: Config, drawn: list[DrawnFinding]) -> list[DrawnFinding]:
    path = config.drawn.baseline
    if not path or not repo.is_file(path):
        return drawn
    try:
        return without_known(drawn, repo.read_text(path))
    except BaselineError as error:
        raise ConfigError(f"{path}: {error}") from error


@dataclass(frozen=True, slots=True)
class DiffResult:
    """What differs from a revision; ``drawing`` shows it, cut to what can be read, and is without boxes where none
    of it is ever drawn."""

    diff: GraphDiff
    compared: Compared
    drawing: Diagram


def diff(
    root: Path, config: Config, base: str, view_name: str = "", merge_base: bool = False, progress: Progress = silent
) -> DiffResult:
    """Compare the working tree with a git revision, both read with the configuration and catalog of today, and
    without plans and states.

    With ``view_name``, only what stands in that view, drawn as it is drawn there. RevisionError if the revision
    cannot be read.
    """
    config = config.of_code_alone()
    with both_sides(root, config.exclude, base, merge_base) as sides:
        catalog = catalog_of(sides.after, config)
        before = read_graph(sides.before, config, catalog, lambda stage: progress(f"{stage} at {base}"))
        after = read_graph(sides.after, config, catalog, progress)
        progress("comparing")
        found = with_code(
            compare_graphs(before, after, catalog),
            before,
            after,
            sides.before.text_or_none,
            sides.after.text_or_none,
        )
    drawings = _united(before, after, config, found)
    found = with_views(found, drawings)
    if view_name:
        found = of_view(found, view_name)
        picture = limited(focused(drawings[view_name]))
    else:
        picture = limited(changes_drawing(found, before, after))
    return DiffResult(found, Compared(base, sides.commit, sides.notes), picture)


def _changed(before: Graph, after: Graph, config: Config, catalog: Catalog) -> GraphDiff:
    """What differs between two graphs, each thing with the views that it stands in."""
    found = compare_graphs(before, after, catalog)
    return with_views(found, _united(before, after, config, found)) if found else found


def _united(before: Graph, after: Graph, config: Config, found: GraphDiff) -> Mapping[str, Diagram]:
    """Every view with what it shows of either graph."""
    return {
        v.name: united(views.whole(v.name, before, config), views.whole(v.name, after, config), found)
        for v in views.VIEWS
    }


def picture(drawing: Diagram, form: str) -> str:
    """One drawing as mermaid or svg, without links: it is shown where they would lead out."""
    if not drawing.boxes:
        drawing = replace(drawing, title="Nothing differs", question="")
    if form == "svg":
        return svg.render(drawing, lambda _source: None).svg.decode()
    return mermaid.render(drawing, lambda _source: None)


def lint(root: Path, config: Config, progress: Progress = silent) -> tuple[Finding, ...]:
    """What a person should look at in the infrastructure itself."""
    repo = Repository(root, config.exclude)
    graph = load_graph(root, config, progress, repo)
    return linting.lint(graph, catalog_of(repo, config), config.lint)


def view(root: Path, config: Config, name: str, form: str, progress: Progress = silent) -> str:
    """One view as mermaid, svg, json or dot."""
    drawings = views.draw(name, load_graph(root, config, progress), config)
    link = links.source_linker(link_template(root, config))
    if form == "json":
        return data.view_json(drawings)
    if form == "mermaid":
        return "\n".join(mermaid.render(d, link) for d in drawings)
    if form == "dot":
        return "\n".join(svg.dot_text(d) for d in drawings)
    with svg.Engine() as engine:
        return "\n".join(svg.render(d, link, engine).svg.decode() for d in drawings)


def published(graph: Graph) -> Snapshot:
    """The graph as the committed snapshot keeps it: what pages are made of, so that build and check agree."""
    return snapshot_of(data.graph_document(graph))


def _site(
    config: Config,
    graph: Graph,
    template: str,
    command_reference: str,
    progress: Progress,
    committed: Committed,
    engine: svg.Engine | None = None,
    show: pages.Show | None = None,
) -> pages.Site:
    drawings = draw(graph, config, progress)
    progress("making pages")
    return pages.render_site(graph, drawings, config, template, command_reference, committed, engine, show)


def _committed_snapshot(inputs: Inputs) -> tuple[Snapshot | None, bool]:
    """The snapshot, and whether there is a file that should be one."""
    found = inputs.page(f"{inputs.config.site.docs_dir}/{SNAPSHOT_PATH}")
    if found is None:
        return None, False
    try:
        snapshot = parse_snapshot(found)
        snapshot.graph()
    except SnapshotError:
        return None, True
    return snapshot, True


def link_template(root: Path, config: Config) -> str:
    """The address of a line of source: configured, else as committed, else from the git remote."""
    return Inputs(root, config).link_template()


def init(root: Path) -> tuple[str, ...]:
    """Write archdoc.toml and mkdocs.yml, a first page too, where there are none; return what was written."""
    template = links.template_from_remote(root)
    wanted = {
        "archdoc.toml": starter.archdoc_toml(template, environments_of(Repository(root))),
        "mkdocs.yml": starter.mkdocs_yml(root.resolve().name),
    }
    has_home = any((root / "docs" / name).exists() for name in ("index.md", "README.md"))
    if not has_home and not (root / "mkdocs.yml").exists():
        wanted["docs/index.md"] = starter.index_md(root.resolve().name)
    written = []
    for name, text in wanted.items():
        if not (root / name).exists():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
            written.append(name)
    return tuple(written)


def lacks_plugin(root: Path) -> bool:
    """Whether mkdocs.yml, somebody's own, does not name archdoc's plugin."""
    try:
        text = (root / "mkdocs.yml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"^[^#\n]*\barchdoc\b", text, re.MULTILINE) is None
