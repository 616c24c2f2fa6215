from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc.config import Config, ConfigError, load_config, parse_config

Write = Callable[[dict[str, str]], Path]


def test_no_configuration_is_the_default(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_archdoc_toml_goes_before_pyproject(write: Write) -> None:
    root = write({"archdoc.toml": 'exclude = ["a/"]', "pyproject.toml": '[tool.archdoc]\nexclude = ["b/"]'})
    assert load_config(root).exclude == ("a/",)


def test_pyproject_is_read_where_there_is_no_archdoc_toml(write: Write) -> None:
    root = write({"pyproject.toml": '[tool.archdoc]\nexclude = ["b/"]'})
    assert load_config(root).exclude == ("b/",)


def test_an_unknown_key_names_the_nearest(write: Write) -> None:
    root = write({"archdoc.toml": "exlude = []"})
    with pytest.raises(ConfigError, match=r"archdoc\.toml: exlude: unknown key; did you mean 'exclude'\?"):
        load_config(root)


def test_an_unknown_view_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'network'"):
        parse_config({"views": {"netwrok": {}}})


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ({"exclude": "a"}, "exclude: must be a list"),
        ({"cache": "yes"}, "cache: must be true or false"),
        ({"views": {"network": {"boxes": True}}}, "views.network.boxes: must be a whole number"),
        ({"terraform": {"roots": {"x": {"environments": {"p": {"var_file": []}}}}}}, "did you mean 'var_files'"),
        ({"drift": {"phantom": "maybe"}}, "drift.phantom: must be error, warning or off"),
    ],
)
def test_a_wrong_value_is_said_with_its_place(table: dict[str, object], where: str) -> None:
    with pytest.raises(ConfigError, match=where):
        parse_config(table)


def test_environments_of_a_root_are_read() -> None:
    config = parse_config({"terraform": {"roots": {"tf": {"environments": {"prod": {"var_files": ["prod.tfvars"]}}}}}})
    assert config.terraform.roots["tf"].environments["prod"].var_files == ("prod.tfvars",)
