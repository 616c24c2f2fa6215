"""archdoc.toml, or [tool.archdoc] of pyproject.toml: read, checked, and frozen.

Every table is a dataclass here; a key that no field names is an error that names the nearest field.
"""

from __future__ import annotations

import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from archdoc.gitremote import full_name, remote_of
from archdoc.model.facts import Category
from archdoc.model.viewnames import VIEW_NAMES

FILE_NAME = "archdoc.toml"
METRIC_NAMES = (
    "resources_classified",
    "references_resolved",
    "roles_resolved",
    "templates_read",
    "hosts_joined",
    "machines_monitored",
    "machines_with_firewall",
    "data_backed_up",
)
"""What ``archdoc coverage`` measures, in the order of its report."""


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file, the key and the mend."""


@dataclass(frozen=True, slots=True)
class EnvironmentConfig:
    """One way to apply a root module: ``archdoc.toml``: ``[terraform.roots."path".environments.production]``."""

    var_files: tuple[str, ...] = ()
    """Variable files, relative to the root module, in the order of ``-var-file`` options."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Values as ``-var`` and ``TF_VAR_`` would give them. The process environment is never read."""
    workspace: str = "default"
    plan: str = ""
    """What ``terraform show -json`` prints of a plan, repository-relative; fills in what the code leaves open."""
    state: str = ""
    """The same of the state, or a state file."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A plan or a state of Terraform's, read already. ``kind`` is "plan" or "state", ``name`` what it is called in
    messages, ``root`` and ``environment`` what it is of ("": to be found by what is in it)."""

    kind: str
    name: str
    text: str
    root: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class RootConfig:
    """One root module."""

    environments: Mapping[str, EnvironmentConfig] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    var_files: tuple[str, ...] = ()
    workspace: str = "default"
    plan: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class TerraformConfig:
    """``[terraform]``."""

    roots: Mapping[str, RootConfig] = field(default_factory=dict)
    """By repository-relative directory. A root that is not named here is found all the same."""
    only_named: bool = False
    """Read no root but the named ones."""


@dataclass(frozen=True, slots=True)
class AnsibleConfig:
    """``[ansible]``."""

    projects: tuple[str, ...] = ()
    """Directories that are Ansible projects; empty: found by themselves."""
    inventories: tuple[str, ...] = ()
    """Inventory sources, repository-relative; empty: what ansible.cfg names, and what looks like one."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Extra variables, as ``-e`` would give them."""


@dataclass(frozen=True, slots=True)
class HandDrawn:
    """A box or an arrow that a person vouches for; it is marked "declared by hand" wherever it is drawn.

    A box has an ``id`` of its own; an arrow has ``source`` and ``target``, each the id, address or label of a box.
    """

    id: str = ""
    label: str = ""
    category: str = "other"
    """A word of ``archdoc.model.facts.Category``; chooses the icon."""
    cluster: str = ""
    """The label of the frame to stand in; a new one if the drawing has none of this label."""
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class ViewConfig:
    """``[views.<name>]``. Patterns are shell globs over ids, addresses, names, kinds and types; case matters."""

    enabled: bool = True
    hide: tuple[str, ...] = ()
    """Boxes that are not drawn. The drawing's notes name them."""
    keep: tuple[str, ...] = ()
    """Never hidden and never folded, whatever the budget."""
    expand: tuple[str, ...] = ()
    """Instances that stay one box each, in the Terraform drawing too."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Pattern → first line of the label."""
    group: Mapping[str, str] = field(default_factory=dict)
    """Pattern → label of a frame to put the boxes in."""
    annotate: Mapping[str, str] = field(default_factory=dict)
    """Pattern → a further line of the label."""
    boxes: int = 60
    arrows: int = 120
    """The budget: what is larger is folded, grouped, and in the end split into an overview and its parts."""
    declare: tuple[HandDrawn, ...] = ()


LEAST_BUDGET = 10
"""Below so many boxes or arrows no overview could be drawn."""


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """``[site]``."""

    docs_dir: str = "docs"
    command_reference: bool = False
    """Write docs/automation/cli-tools.md, archdoc's own command reference."""
    title: str = "Infrastructure"


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """``[drift]``: what each kind of finding counts as: error, warning or off."""

    drift: str = "error"
    phantom: str = "error"
    omission: str = "warning"


@dataclass(frozen=True, slots=True)
class DrawnConfig:
    """``[drawn]``: diagrams that people draw in Markdown."""

    enabled: bool = True
    pages: tuple[str, ...] = ("*.md",)
    """Pages to look at, in the syntax of .gitignore: the last pattern that fits decides, ``!`` takes away."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Label of a box → pattern over ids, addresses, names and types; "" vouches for what no code says."""
    baseline: str = "archdoc-baseline.json"
    """What was wrong when archdoc came, and is not reported again. It need not be there."""


@dataclass(frozen=True, slots=True)
class LintConfig:
    """``[lint]``: what ``archdoc lint`` passes over."""

    severity: Mapping[str, str] = field(default_factory=dict)
    """Code of a rule → error, warning, note or off."""
    ignore: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Code of a rule → things that it is not about: shell globs over ids, addresses and names."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a person can set. The defaults work without any configuration."""

    exclude: tuple[str, ...] = ()
    """Paths that are not read, in the syntax of .gitignore."""
    source_link: str = ""
    """Address of a line of source, with ``{path}``, ``{line}`` and ``{end_line}``; empty: from the git remote."""
    repository: str = ""
    """``owner/name`` on the code host; empty: from ``source_link``, else from the git remote."""
    catalog: tuple[str, ...] = ()
    """Further catalog files, repository-relative."""
    rules_off: tuple[str, ...] = ()
    """Names of inference rules that are not to be applied."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Inventory host name → resource address, where nothing in the code joins them."""
    cache: bool = True
    terraform: TerraformConfig = field(default_factory=TerraformConfig)
    ansible: AnsibleConfig = field(default_factory=AnsibleConfig)
    views: Mapping[str, ViewConfig] = field(default_factory=dict)
    site: SiteConfig = field(default_factory=SiteConfig)
    drift: DriftConfig = field(default_factory=DriftConfig)
    drawn: DrawnConfig = field(default_factory=DrawnConfig)
    lint: LintConfig = field(default_factory=LintConfig)
    coverage: Mapping[str, float] = field(default_factory=dict)
    """Least shares (0 to 100) that ``archdoc coverage`` asks for, by metric."""
    given: tuple[GivenFile, ...] = field(default=(), metadata={"outside": True})
    """Plans and states named on the command line; no key of the file."""

    def view(self, name: str) -> ViewConfig:
        """The options of one view."""
        return self.views.get(name, _DEFAULT_VIEW)

    def of_code_alone(self) -> Config:
        """The same without plans and states: for comparing code with code."""
        roots = {
            directory: replace(
                root,
                plan="",
                state="",
                environments={n: replace(e, plan="", state="") for n, e in root.environments.items()},
            )
            for directory, root in self.terraform.roots.items()
        }
        return replace(self, terraform=replace(self.terraform, roots=roots), given=())


_DEFAULT_VIEW = ViewConfig()


def load_config(root: Path, file: Path | None = None) -> Config:
    """The configuration of a repository: ``file`` if given, else archdoc.toml, else [tool.archdoc], else defaults.

    Raises ConfigError.
    """
    config = _load_config(root, file)
    if config.repository:
        return config
    return replace(config, repository=full_name(config.source_link or remote_of(root)[1]))


def _load_config(root: Path, file: Path | None) -> Config:
    if file is not None:
        table = _read_toml(file)
        return parse_config(_tool_table(table) if file.name == "pyproject.toml" else table, file.name)
    own = root / FILE_NAME
    if own.is_file():
        return parse_config(_read_toml(own), FILE_NAME)
    shared = root / "pyproject.toml"
    if shared.is_file():
        return parse_config(_tool_table(_read_toml(shared)), "pyproject.toml [tool.archdoc]")
    return Config()


def parse_config(table: Mapping[str, Any], where: str = FILE_NAME) -> Config:
    """Check a table and freeze it; ``where`` names it in errors."""
    config: Config = _build(Config, table, where, "")
    for name in config.views:
        if name not in VIEW_NAMES:
            raise ConfigError(f"{where}: views.{name}: no view of this name{_nearest(name, VIEW_NAMES)}")
        _check_view(config.views[name], where, f"views.{name}")
    for name, share in config.coverage.items():
        if name not in METRIC_NAMES:
            raise ConfigError(f"{where}: coverage.{name}: no metric of this name{_nearest(name, METRIC_NAMES)}")
        if not 0 <= share <= 100:
            raise ConfigError(f"{where}: coverage.{name}: must be a percentage, 0 to 100")
    for key in ("drift", "phantom", "omission"):
        if getattr(config.drift, key) not in ("error", "warning", "off"):
            raise ConfigError(f"{where}: drift.{key}: must be error, warning or off")
    for code, word in config.lint.severity.items():
        if word not in ("error", "warning", "note", "off"):
            raise ConfigError(f"{where}: lint.severity.{code}: must be error, warning, note or off")
    return config


def _check_view(view: ViewConfig, where: str, at: str) -> None:
    for key in ("boxes", "arrows"):
        if getattr(view, key) < LEAST_BUDGET:
            raise ConfigError(f"{where}: {at}.{key}: must be at least {LEAST_BUDGET}")
    categories = tuple(category.value for category in Category)
    for number, item in enumerate(view.declare):
        here = f"{at}.declare[{number}]"
        if bool(item.source) != bool(item.target):
            raise ConfigError(f"{where}: {here}: an arrow needs source and target")
        if not item.id and not item.source:
            raise ConfigError(f"{where}: {here}: needs an id (a box), or source and target (an arrow)")
        if item.category not in categories:
            raise ConfigError(
                f"{where}: {here}.category: no category of this name{_nearest(item.category, categories)}"
            )


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file.name}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name}: not valid TOML: {error}") from error


def _tool_table(table: dict[str, Any]) -> dict[str, Any]:
    tool = table.get("tool", {})
    own = tool.get("archdoc", {}) if isinstance(tool, dict) else {}
    return own if isinstance(own, dict) else {}


def _build(kind: Any, table: object, where: str, at: str) -> Any:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: {at or 'the file'}: must be a table")
    known = {f.name: f for f in fields(kind) if not f.metadata.get("outside")}
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in known:
            raise ConfigError(f"{where}: {_join(at, key)}: unknown key{_nearest(name, known)}")
        values[name] = _convert(hints[name], value, where, _join(at, key))
    missing = [
        f.name for f in known.values() if f.default is MISSING and f.default_factory is MISSING and f.name not in values
    ]
    if missing:
        raise ConfigError(f"{where}: {at}: missing {', '.join(missing)}")
    return kind(**values)


def _convert(hint: Any, value: object, where: str, at: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return _build(hint, value, where, at)
    if origin is tuple:
        if not isinstance(value, list):
            raise ConfigError(f"{where}: {at}: must be a list")
        return tuple(_convert(arguments[0], v, where, f"{at}[{i}]") for i, v in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where}: {at}: must be a table")
        return {str(k): _convert(arguments[1], v, where, _join(at, str(k))) for k, v in value.items()}
    if origin in (Union, types.UnionType):
        return value
    if hint is Any:
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        names = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
        raise ConfigError(f"{where}: {at}: must be {names.get(hint, hint)}")
    return value


def _join(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
