"""What a site generator wrote is not the repository's code; a directory of the same name may be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archdoc.readers.files import Repository

Write = Callable[[dict[str, str]], Path]

BUILT = {"index.html": "", "sitemap.xml": "", "sitemap.xml.gz": "", "guide/Dockerfile": "FROM nginx"}


def built(directory: str) -> dict[str, str]:
    return {f"{directory}/{path}": text for path, text in BUILT.items()}


@pytest.mark.parametrize(("builder", "theme"), [("mkdocs", "mkdocs"), ("mkdocs", "material"), ("zensical", "material")])
def test_what_a_builder_writes_is_not_read(write: Write, builder: str, theme: str) -> None:
    pages = {"docs/index.md": "# Guide", "docs/Dockerfile": "FROM nginx"}
    root = write({"main.tf": "", "mkdocs.yml": f"site_name: x\ntheme: {{name: {theme}}}\n", **pages})
    before = Repository(root).paths
    subprocess.run([Path(sys.executable).with_name(builder), "build"], cwd=root, check=True, capture_output=True)
    assert (root / "site/Dockerfile").is_file()
    assert Repository(root).paths == before


@pytest.mark.parametrize(
    ("configuration", "said", "directory"),
    [
        ("mkdocs.yml", "site_dir: public # for the server", "public"),
        ("mkdocs.yml", "site_dir: 'public/handbook'", "public/handbook"),
        ("handbook/mkdocs.yml", "site_name: x", "handbook/site"),
        ("handbook/mkdocs.yaml", 'site_dir: "../public"', "public"),
        ("zensical.toml", '[project]\nsite_dir = "public"', "public"),
    ],
)
def test_the_configuration_says_where_the_site_is(write: Write, configuration: str, said: str, directory: str) -> None:
    root = write({configuration: said + "\n", "compose.yaml": "", **built(directory), **built("elsewhere")})
    paths = Repository(root).paths
    assert [path for path in paths if path.startswith(directory + "/")] == []
    assert {"compose.yaml", "elsewhere/guide/Dockerfile"} <= set(paths)


def test_code_in_a_directory_called_site_is_read(write: Write) -> None:
    root = write({"mkdocs.yml": "site_name: x\n", "site/main.tf": "", "site/index.html": ""})
    assert "site/main.tf" in Repository(root).paths


def test_a_website_without_a_builder_beside_it_is_read(write: Write) -> None:
    assert "site/guide/Dockerfile" in Repository(write(built("site"))).paths


@pytest.mark.parametrize("site_dir", [".", "..", "/srv/www"])
def test_a_site_that_is_written_elsewhere_hides_nothing(write: Write, site_dir: str) -> None:
    root = write({"mkdocs.yml": f"site_dir: {site_dir}\n", **BUILT})
    assert "guide/Dockerfile" in Repository(root).paths
