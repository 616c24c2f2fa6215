"""A repository whose names try to be markup, script, Mermaid syntax: they stay text in every form of every page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from repositories import Write

from archdoc import api
from archdoc.config import load_config
from archdoc.model.facts import NodeKind

SCRIPT = "<script>window.pwned=1</script>"
NAMES = (
    SCRIPT,
    '<img src=x onerror="window.pwned=1">',
    '"] --> hacked["x',
    "end",
    "graph",
    "o-----x",
    "[a](javascript:window.pwned=1)",
    "a | b `c` **d**",
    "line one\nend\nsubgraph two",
    "שלום مرحبا \u202egnp.exe",
    "🚀👩‍👩‍👧",
    "x" * 10_000,
)
HOSTS = tuple(name for name in NAMES if "[" not in name)
"""What Ansible takes for a name, and not for a range of names."""


def quoted(name: str) -> str:
    """A string that HCL, YAML and JSON read as the same letters."""
    return json.dumps(name, ensure_ascii=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    keys = "\n".join(f"    {quoted(name)} = {number}" for number, name in enumerate(NAMES))
    hosts = "\n".join(f"        ? {quoted(name)}\n        : {{}}" for name in HOSTS)
    services = "\n".join(
        f"  {quoted(name[:900])}:\n    image: {quoted(f'nginx:{name}')}\n    container_name: {quoted(name)}\n"
        f"    ports: ['{8000 + n}:80']\n    environment:\n      DATABASE_HOST: {quoted(NAMES[n - 1])}"
        for n, name in enumerate(NAMES)
    )
    jobs = "\n".join(
        f"  job{n}:\n    name: {quoted(name)}\n    runs-on: ubuntu-latest\n    steps:\n"
        f"      - run: terraform apply # {n}\n        working-directory: infra"
        for n, name in enumerate(NAMES)
    )
    files = {
        "infra/main.tf": f"""locals {{
  servers = {{
{keys}
  }}
}}
resource "hcloud_server" "main" {{
  for_each    = local.servers
  name        = each.key
  server_type = "cx22"
  labels      = {{ Name = each.key }}
}}
""",
        "compose.yml": f"services:\n{services}\n",
        "ansible/ansible.cfg": "[defaults]\ninventory = hosts.yml\n",
        "ansible/hosts.yml": f"all:\n  children:\n    web:\n      hosts:\n{hosts}\n",
        "ansible/site.yml": f"- name: {quoted(SCRIPT)}\n  hosts: web\n  roles: [nginx]\n",
        "ansible/roles/nginx/tasks/main.yml": f"- name: {quoted(NAMES[2])}\n  ansible.builtin.apt: {{name: nginx}}\n",
        ".github/workflows/deploy.yml": f"name: {quoted(SCRIPT)}\non: [push]\njobs:\n{jobs}\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    api.build(root, load_config(root))
    return root


@pytest.mark.parametrize("kind", [NodeKind.RESOURCE, NodeKind.HOST, NodeKind.SERVICE, NodeKind.CI_JOB])
def test_every_sort_of_thing_bears_such_a_name(root: Path, kind: NodeKind) -> None:
    """Else the others would prove nothing of it."""
    nodes = list(api.load_graph(root, load_config(root)).nodes(kind))
    said = "".join(f"{n.name} {n.address} {n.attributes}" for n in nodes)
    assert len(nodes) >= len(HOSTS)
    assert SCRIPT in said


class Page(HTMLParser):
    """Tags, attributes and text of a page as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_names_are_text_on_every_page(root: Path) -> None:
    pages = {
        path: Page(markdown.markdown(path.read_text(), extensions=["tables", "attr_list", "md_in_html", "toc",
                                                                   "pymdownx.superfences"]))
        for path in sorted((root / "docs").rglob("*.md"))
    }  # fmt: skip
    for path, page in pages.items():
        assert not page.tags & {"script", "img", "iframe"} or path.name == "diagrams.md", path
        assert not [name for name, _ in page.attributes if name.startswith("on")], path
        assert not [v for n, v in page.attributes if n in ("href", "src") and re.match(r"\s*(javascript|data):", v)], (
            path
        )
    everything = "".join(word for page in pages.values() for word in page.words)
    for name in (*NAMES[:8], "🚀👩‍👩‍👧"):
        assert "".join(name.split()) in "".join(everything.split()), name
    assert "\u202e" not in everything
    assert max(len(line) for page in pages.values() for word in page.words for line in word.split()) < 2000


def test_names_are_text_in_every_picture(root: Path) -> None:
    pictures = sorted((root / "docs/assets").glob("*.svg"))
    assert pictures
    shown = ""
    for picture in pictures:
        tree = ET.parse(picture)
        for element in tree.iter():
            assert element.tag.rsplit("}", 1)[-1] not in ("script", "foreignObject", "iframe"), picture
            assert not [name for name in element.attrib if name.startswith("on")], picture
        assert not re.search(r'href="\s*javascript:', picture.read_text())
        shown += "".join(tree.getroot().itertext())
        assert len(picture.read_bytes()) < 2_000_000
    assert SCRIPT in shown


def test_the_site_is_the_same_on_every_build(root: Path, write: Write) -> None:
    before = {p: p.read_bytes() for p in (root / "docs").rglob("*") if p.is_file()}
    assert not api.build(root, load_config(root)).written
    assert not api.check(root, load_config(root)).is_drift
    assert before == {p: p.read_bytes() for p in (root / "docs").rglob("*") if p.is_file()}
