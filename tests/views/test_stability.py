"""One more server changes the text around it and nothing else, so that a pull request's diff can be read."""

from __future__ import annotations

import difflib
import re
import shutil
from pathlib import Path

import pytest
from repositories import PROJECT

from archdoc import api, views
from archdoc.config import Config, load_config
from archdoc.model.graph import Graph
from archdoc.render import mermaid

_MOST = {"infrastructure": 14, "network": 14}
"""Lines that one more server may change; it has the arrows of its like. Other drawings: ``_FEW``."""
_FEW = 8


def texts(graph: Graph, config: Config, view: str) -> list[str]:
    drawings = views.draw(view, graph, config)
    return "".join(mermaid.render(d, lambda _source: None) for d in drawings).splitlines()


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The sample with a third web server."""
    root = tmp_path_factory.mktemp("larger")
    for name in ("terraform", "ansible", ".github"):
        shutil.copytree(PROJECT / name, root / name)
    for name in ("archdoc.toml", ".pre-commit-config.yaml"):
        shutil.copy(PROJECT / name, root / name)
    _edit(root / "terraform/environments/production.tfvars", "web_server_count = 2", "web_server_count = 3")
    host = "        web-{}:\n          ansible_host: 10.0.2.{}\n          private_address: 10.0.2.{}\n"
    known = host.format(2, 11, 11)
    _edit(root / "ansible/inventories/production/hosts.yml", known, known + host.format(3, 12, 12))
    return api.load_graph(root, load_config(root))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("view", [v.name for v in views.VIEWS])
def test_one_more_server_changes_the_lines_around_it(
    sample_graph: Graph, sample_config: Config, larger: Graph, view: str
) -> None:
    before, after = texts(sample_graph, sample_config, view), texts(larger, sample_config, view)
    changes = [c for c in difflib.ndiff(before, after) if c[:1] in "+-"]
    assert len(changes) <= _MOST.get(view, _FEW), "\n".join(changes)
    about = re.compile(r"web[-_]3|[×0-9]+ hosts|\d+ servers|×\d|web_[12]|web-[12]|On web")
    assert all(about.search(change) for change in changes), "\n".join(changes)


def test_the_new_server_is_drawn_where_its_like_are(larger: Graph, sample_config: Config) -> None:
    (network,) = views.draw("network", larger, sample_config)
    frames = {b.label[0]: b.cluster for b in network.boxes}
    assert frames["web-3"] == frames["web-1"]
