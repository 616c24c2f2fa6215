"""The MkDocs plugin ``archdoc``: the browser's files are there, and a served site follows the code.

.. code-block:: yaml

    plugins:
      - archdoc

``mkdocs serve`` builds archdoc's pages anew when a file of the infrastructure changes; ``mkdocs build`` takes the
pages as they are committed, so that what is published is what was reviewed (``build: always`` changes that).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from pymdownx.superfences import fence_div_format

from archdoc.render.svg import Engine
from archdoc.site import assets
from archdoc.site.generated import PAGE_MARK
from archdoc.site.preview import Built, Preview
from archdoc.site.watch import State, Watch, state_of

if TYPE_CHECKING:
    from archdoc.api import Show
    from archdoc.config import Config as Configuration
    from archdoc.readers.files import Repository

_WATCHED = (".tf", ".tfvars", ".hcl", ".tf.json", ".tofu", ".yml", ".yaml", ".j2", ".ini", ".cfg", ".toml", ".json")
_PRE = re.compile(r'<pre class="mermaid">\s*(?:<code>)?(.*?)(?:</code>)?\s*</pre>', re.DOTALL)
_SWATCH = re.compile(r"archdoc-swatch archdoc-([a-z_]+)")
_TAGS = {
    "infrastructure/views/": "view",
    "infrastructure/hosts/": "host",
    "infrastructure/terraform/": "terraform",
    "automation/": "automation",
}
"""What is said of a page by the folder that it lies in."""
_log = get_plugin_logger("archdoc")


class ArchdocPluginConfig(Config):  # type: ignore[no-untyped-call]
    """Options in mkdocs.yml."""

    build = config_options.Choice(("serve", "always", "never"), default="serve")
    """When to build archdoc's pages anew."""
    directory = config_options.Type(str, default="")
    """The repository, relative to mkdocs.yml; where mkdocs.yml lies unless set."""


class ArchdocPlugin(BasePlugin[ArchdocPluginConfig]):  # type: ignore[no-untyped-call]
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self._serving = False
        self._code: State = frozenset()
        self._docs: State = frozenset()
        self._preview = Preview()
        self._watch = Watch(lambda: self._code, self._preview.finished)
        self._engine = Engine()
        self._site: dict[str, Any] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember whether the site is being served."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put the browser's files into the docs directory and onto every page."""
        assets.install(Path(config.docs_dir))
        if assets.SCRIPT not in [str(s) for s in config.extra_javascript]:
            config.extra_javascript.append(assets.SCRIPT)
        if assets.STYLE not in config.extra_css:
            config.extra_css.append(assets.STYLE)
        _fence_mermaid(config)
        _spare_mermaid2(config)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Build archdoc's pages. Even where the code is the same: a page by hand may have new markers."""
        if self.config.build == "never" or (self.config.build == "serve" and not self._serving):
            return
        root = self._root(config)
        repo = _repository(root)
        self._code = _code_state(repo, config)
        self._build(repo, _to_nobody if self._serving else None)  # as after an edit: what that needs is ready for it

    @event_priority(100)  # before the plugin that collects the tags
    def on_page_markdown(self, markdown: str, *, page: Any, config: MkDocsConfig, files: Any) -> str:  # noqa: ARG002
        """Tags for Material's tags plugin: what sort of page it is, and what sorts of things it draws. They are not in
        the file, where a code host would show them as a table before the title."""
        if markdown.lstrip("\ufeff").startswith(PAGE_MARK):
            sorts = [tag for folder, tag in _TAGS.items() if page.file.src_uri.startswith(folder)]
            drawn = sorted({name.replace("_", " ") for name in _SWATCH.findall(markdown)})
            page.meta.setdefault("tags", [*sorts, *drawn])
        return markdown

    def on_page_content(self, html: str, *, page: Any, config: MkDocsConfig, files: Any) -> str:  # noqa: ARG002
        """Diagrams in the form that archdoc's script draws, however the fence is configured: Material's own script
        takes the other form, and its Mermaid from the network."""
        return _PRE.sub(r'<div class="mermaid">\1</div>', html)

    def on_nav(self, nav: Any, *, config: MkDocsConfig, files: Any) -> Any:
        """Remember what the site is made of."""
        self._site = {"config": config, "files": files, "nav": nav}
        return nav

    @event_priority(-100)  # what the other plugins made of it
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Any) -> Any:  # noqa: ARG002
        """Remember the templates."""
        self._site["environment"] = env
        return env

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Remember the site as a whole."""
        if self._serving:
            self._docs = _docs_state(config)
            self._preview.built(Built(**self._site))

    @event_priority(-100)  # other plugins may still name the builder that was there
    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:  # noqa: ARG002
        """Watch the directories that hold infrastructure code."""
        root = self._root(config)
        if self.config.build != "never":
            for top in sorted({path.split("/", 1)[0] for path in _watched(_repository(root), config)}):
                server.watch(str(root / top))
            self._preview.follow(server, partial(self._mended, root, config))
            self._watch.begin(server)
        return server

    def on_shutdown(self) -> None:
        """End what goes on beside the builds: the watching, and Graphviz's process."""
        self._watch.end()
        self._engine.stop()

    def _mended(self, root: Path, config: MkDocsConfig, wake: Callable[[], None]) -> bool | None:
        """Whether a change is dealt with without building the whole site: it is one of the code alone. None where no
        page is another one. ``wake`` is called as soon as the pages can be seen."""

        def mend(written: Mapping[str, bytes | None], deleted: Iterable[str]) -> bool:
            files = {root / path: content for path, content in written.items()}
            return self._preview.mend(files, [root / path for path in deleted])

        def show(written: Mapping[str, bytes], deleted: Sequence[str]) -> None:
            if (written or deleted) and mend(written, deleted):
                wake()

        repo = _repository(root)
        code, docs = _code_state(repo, config), _docs_state(config)
        if docs != self._docs:
            return False
        if code == self._code:
            return None  # what archdoc wrote itself
        self._code, self._docs = code, frozenset()  # should this fail, the next build is a whole one
        written, deleted = self._build(repo, show)
        if not written and not deleted:
            self._docs = docs
            return None
        own = {str(root / path) for path in (*written, *deleted)}
        self._docs = {f for f in docs if f[0] not in own} | {f for f in _docs_state(config) if f[0] in own}
        return mend(dict.fromkeys(written), deleted)

    def _root(self, config: MkDocsConfig) -> Path:
        return (Path(config.config_file_path).parent / self.config.directory).resolve()

    def _build(self, repo: Repository, show: Show | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Make archdoc's pages; the paths that were written, and those that were deleted."""
        from archdoc import api
        from archdoc.site.writer import WriteError

        try:
            config, reference = _config(repo.root), self._reference(repo.root)
            result = api.build(repo.root, config, reference, engine=self._engine, show=show, repo=repo)
        except WriteError as error:
            raise PluginError(f"archdoc: {error}") from error
        for path in (*result.written, *result.deleted):
            _log.info("%s follows the code", path)
        return result.written, result.deleted

    def _reference(self, root: Path) -> str:
        """The page of the command reference as it is: only the command line itself can make it."""
        config = _config(root)
        page = root / config.site.docs_dir / "automation" / "cli-tools.md"
        if not config.site.command_reference or not page.is_file():
            return ""
        return page.read_text(encoding="utf-8").removeprefix(f"{PAGE_MARK}\n\n# CLI Tools\n\n")


def _to_nobody(_written: Mapping[str, bytes], _deleted: Sequence[str]) -> None: ...


def _fence_mermaid(config: MkDocsConfig) -> None:
    """A block of Mermaid becomes a diagram, whether or not the site says so: without a fence for it, or with one whose
    ``format`` is a mere text (``!!python/name:`` forgotten), its source would stand on the page as text.

    https://facelessuser.github.io/pymdown-extensions/extensions/superfences/#custom-fences
    """
    name = "pymdownx.superfences"
    if name not in config.markdown_extensions:
        config.markdown_extensions.append(name)
    options = config.mdx_configs.setdefault(name, {})
    given = [fence for fence in options.get("custom_fences") or () if isinstance(fence, dict)]
    fences = [f for f in given if f.get("name") != "mermaid" or callable(f.get("format"))]
    if all(fence.get("name") != "mermaid" for fence in fences):
        fences.append({"name": "mermaid", "class": "mermaid", "format": fence_div_format})
    options["custom_fences"] = fences


def _spare_mermaid2(config: MkDocsConfig) -> None:
    """The plugin mermaid2 takes every finished page apart to add the scripts that draw its diagrams; archdoc's script,
    which brings Mermaid, is on all of them. That is more than half of the time in which a page is made."""
    other = config.plugins.get("mermaid2")
    if other is not None:
        events = config.plugins.events["post_page"]
        events[:] = [method for method in events if getattr(method, "__self__", None) is not other]


def _config(root: Path) -> Configuration:
    from archdoc.config import ConfigError, load_config

    try:
        return load_config(root)
    except ConfigError as error:
        raise PluginError(f"archdoc: {error}") from error


def _repository(root: Path) -> Repository:
    """The files as they are now; they are listed once."""
    from archdoc.readers.files import Repository

    return Repository(root, _config(root).exclude)


def _watched(repo: Repository, config: MkDocsConfig) -> list[str]:
    """Files whose change may change the pages: the repository's own, neither the docs nor the built site."""
    root = repo.root
    own = [Path(config.docs_dir).resolve(), Path(config.site_dir).resolve()]
    outside = tuple(f"{p.relative_to(root).as_posix()}/" for p in own if p.is_relative_to(root))
    return [p for p in repo.paths if p.endswith(_WATCHED) and not p.startswith(outside)]


def _code_state(repo: Repository, config: MkDocsConfig) -> State:
    return state_of(f"{repo.root}/{path}" for path in _watched(repo, config))


def _docs_state(config: MkDocsConfig) -> State:
    pages = [p for p in Path(config.docs_dir).resolve().rglob("*") if p.is_file()]
    return state_of([*pages, Path(config.config_file_path)])
