"""Every file of the site, computed in memory. ``build`` writes them, ``check`` compares them: one code path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph
from archdoc.model.problem import Problem
from archdoc.render import data, mermaid, svg
from archdoc.site import graphpages
from archdoc.site.committed import Committed
from archdoc.site.drawings import Shown
from archdoc.site.generated import MERMAID_MARK, PAGE_MARK, manifest_bytes, manifest_path
from archdoc.site.links import SourceLink, source_linker
from archdoc.site.markdown import Markdown, link, text
from archdoc.site.markers import fill
from archdoc.site.paths import DRAWINGS_PER_PAGE, INFRASTRUCTURE, SNAPSHOT, Paths, relative
from archdoc.site.rulespage import rules_page
from archdoc.site.templating import render_page
from archdoc.views import VIEWS

Drawings = Mapping[str, tuple[Diagram, ...]]
Show: TypeAlias = Callable[[Mapping[str, bytes]], None]
"""Called with archdoc's own pages, before the pages by hand, the pictures and the files for programs are made."""


@dataclass(frozen=True, slots=True)
class Site:
    """The files by repository-relative path, and what went wrong on the way.

    A picture that Graphviz did not finish depends on the machine, so its problem is here and on no page.
    """

    files: dict[str, bytes]
    problems: tuple[Problem, ...] = ()


def render_site(
    graph: Graph,
    drawings: Drawings,
    config: Config,
    link_template: str = "",
    command_reference: str = "",
    committed: Committed | None = None,
    engine: svg.Engine | None = None,
    show: Show | None = None,
) -> Site:
    """All pages, pictures and data of the site.

    ``drawings`` maps each view's name to its drawings, in the order of the diagrams page; ``link_template`` is
    the address of a line of source ("" names places without linking them), kept in the snapshot too;
    ``command_reference`` is the Markdown body of docs/automation/cli-tools.md ("" writes neither that nor the list of
    rules: both are about archdoc, not about the repository); ``engine`` lays the pictures out, where one is running.
    """
    builder = _Builder(graph, drawings, config, link_template, committed or Committed())
    if engine is not None:
        return builder.build(command_reference, engine, show)
    with svg.Engine() as own:
        return builder.build(command_reference, own, show)


class _Builder:
    def __init__(
        self, graph: Graph, drawings: Drawings, config: Config, link_template: str, committed: Committed
    ) -> None:
        self.graph, self.config, self.committed = graph, config, committed
        self.drawings = {name: group for name, group in drawings.items() if config.view(name).enabled}
        self.template = link_template
        self.link: SourceLink = source_linker(link_template)
        self.paths = Paths(config.site.docs_dir, self.drawings, committed.others)
        self.titles = {view.name: (view.title, view.question) for view in VIEWS}
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []

    def build(self, command_reference: str, engine: svg.Engine, show: Show | None) -> Site:
        """Compute every file. Pictures are laid out beside the pages, but not while somebody waits to see these."""
        if show is not None:
            self._pages(command_reference)
            show(dict(self.files))
        with self._pictures(engine) as finish:
            if show is None:
                self._pages(command_reference)
            self._marked_pages()
            self._assets()
            finish()
        self.files[manifest_path(self.config.site.docs_dir)] = manifest_bytes(self.files)
        return Site(dict(sorted(self.files.items())), tuple(self.problems))

    def _pages(self, command_reference: str) -> None:
        for view in self.drawings:
            self._view_pages(view)
        self._graph_pages()
        if command_reference:
            page = f"{PAGE_MARK}\n\n# CLI Tools\n\n{command_reference.strip()}\n"
            self.files[self.paths.page("automation/cli-tools.md")] = page.encode()
            self.files[self.paths.page("rules.md")] = rules_page()
        self._explorer_page()
        self._diagrams_page()

    @contextmanager
    def _pictures(self, engine: svg.Engine) -> Iterator[Callable[[], None]]:
        """The pictures: Graphviz's process lays them out while the pages are made in the block, which gets what waits
        for them and takes them."""
        with ThreadPoolExecutor(1) as other:
            try:
                made = {path: other.submit(svg.render, d, self.link, engine) for path, d in self._outdated()}

                def finish() -> None:
                    for path in list(made):
                        self._take(path, made.pop(path))

                yield finish
            finally:
                other.shutdown(wait=True, cancel_futures=True)

    def _outdated(self) -> Iterator[tuple[str, Diagram]]:
        """The drawings whose picture has to be drawn; the other pictures stay as they are."""
        for drawing in self._all():
            path = self.paths.asset(drawing, "svg")
            known = self.committed.pictures.get(path)
            if known is not None and svg.is_current(known, drawing, self.link):
                self.files[path] = known
            else:
                yield path, drawing

    def _take(self, path: str, made: Future[svg.Picture]) -> None:
        picture = made.result()
        self.files[path] = picture.svg
        if picture.problem is not None:
            self.problems.append(picture.problem)

    def _assets(self) -> None:
        for drawing in self._all():
            text_form = mermaid.render(drawing, self.link)
            self.files[self.paths.asset(drawing, "mmd")] = f"{MERMAID_MARK}\n{text_form}".encode()
            self.files[self.paths.asset(drawing, "json")] = data.view_json([drawing]).encode()
        snapshot = data.graph_json(self.graph, {"source_link": self.template})
        self.files[self.paths.page(SNAPSHOT)] = snapshot.encode("utf-8", "replace")

    def _view_pages(self, view: str) -> None:
        group = [d for d in self.drawings[view] if d.boxes]
        title, question = self.titles.get(view, (view, ""))
        starts = range(0, max(len(group), 1), DRAWINGS_PER_PAGE)
        pages = [self.paths.view(view, number) for number in range(len(starts))]
        notes = [text(note, 600) for drawing in self.drawings[view] for note in drawing.notes]
        for start, page in zip(starts, pages, strict=True):
            self.files[page] = render_page(
                "view.md.j2",
                title=title,
                question=question,
                drawings=[self._shown(d, page) for d in group[start : start + DRAWINGS_PER_PAGE]],
                total=len(group),
                pages=[link(number + 1, relative(other, page)) for number, other in enumerate(pages)],
                notes=notes,
            )

    def _graph_pages(self) -> None:
        views = [(self.titles.get(name, (name, ""))[0], self.paths.view(name)) for name in self.drawings]
        for name, content in graphpages.pages(self.graph, self.link, self.paths, views).items():
            self.files[name] = content

    def _explorer_page(self) -> None:
        page = self.paths.page(f"{INFRASTRUCTURE}/explorer.md")
        graph = link("the graph as JSON", relative(self.paths.page(SNAPSHOT), page))
        self.files[page] = render_page("explorer.md.j2", graph=graph)

    def _diagrams_page(self) -> None:
        page = self.paths.page(f"{INFRASTRUCTURE}/diagrams.md")
        self.files[page] = render_page(
            "diagrams.md.j2",
            sections=[self._section(view, page) for view in self.drawings],
            related=self._related(page),
        )

    def _section(self, view: str, page: str) -> dict[str, object]:
        title, question = self.titles.get(view, (view, ""))
        shown = [self._shown(d, page) for d in self.drawings[view] if d.boxes]
        return {
            "title": title,
            "question": question,
            "drawings": shown,
            "as_picture": view == "terraform",
            "links": [self._link_to(s, page) for s in shown],
            "notes": [note for drawing in self.drawings[view] for note in self._shown(drawing, page).notes],
        }

    def _link_to(self, shown: Shown, page: str) -> Markdown:
        target = self.paths.view_of(shown.drawing.name) or page
        return link(shown.title, f"{relative(target, page)}#{shown.anchor}")

    def _related(self, page: str) -> list[Markdown]:
        """Links to the pages of the seed that are there, made by archdoc or by hand."""
        wanted = (
            ("Infrastructure Overview", f"{INFRASTRUCTURE}/overview.md"),
            ("Terraform Modules", f"{INFRASTRUCTURE}/terraform.md"),
            ("Ansible Automation", "automation/ansible.md"),
            ("CLI Tools", "automation/cli-tools.md"),
            ("Explorer", f"{INFRASTRUCTURE}/explorer.md"),
            ("Problems", f"{INFRASTRUCTURE}/problems.md"),
        )
        found = []
        for words, name in wanted:
            own, by_hand = self.paths.page(name), f"{self.config.site.docs_dir}/{name}"
            if own in self.files:
                found.append(link(words, relative(own, page)))
            if by_hand != own and by_hand in self.committed.others:
                found.append(link(f"{words} (by hand)" if own in self.files else words, relative(by_hand, page)))
        return found

    def _marked_pages(self) -> None:
        for path, content in sorted(self.committed.pages.items()):
            filled, problems = fill(content, partial(self._marked, path), path)
            self.problems += problems
            if filled != content:
                self.files[path] = filled.encode()
            elif not problems:
                self.files[path] = content.encode()

    def _marked(self, page: str, name: str, form: str) -> str | None:
        """What stands between the markers: the first drawing of a view, or the drawing of that name."""
        group = self.drawings.get(name) or tuple(d for d in self._all() if d.name == name)
        if not group:
            return None if name not in self.titles else "Nothing about this was found in the code."
        shown = self._shown(group[0], page)
        if shown.is_empty:
            return "Nothing about this was found in the code."
        body = shown.picture if form == "svg" else shown.fence
        return f"{body}\n\n{shown.details}"

    def _shown(self, drawing: Diagram, page: str) -> Shown:
        return Shown(drawing, page, self.paths, self.link)

    def _all(self) -> list[Diagram]:
        return [drawing for group in self.drawings.values() for drawing in group if drawing.boxes]
