"""The files that ``archdoc init`` writes into a repository that has none of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

_ARCHDOC = """\
# archdoc finds Terraform roots, Ansible projects and workflows by itself; everything here is optional.
# https://archdoc.readthedocs.io/configuration/

# Address of a line of source, with {{path}}, {{line}} and {{end_line}}.
source_link = "{source_link}"

# Paths that are not read, in the syntax of .gitignore.
exclude = []

"""
_NO_ENVIRONMENTS = """\
# A root module that is applied once per environment:
# [terraform.roots."terraform".environments.production]
# var_files = ["environments/production.tfvars"]
"""
_ENVIRONMENTS = """\
# Root modules that are applied once per environment, as their variable files say. Terraform takes none of these files
# by itself: leave out what is not applied so.
"""

_MKDOCS = """\
site_name: {title}
site_url: !ENV [SITE_URL, ""] # where the site is published; instant navigation works only where it is known
theme:
  name: material
  font: false # no font is fetched
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      toggle:
        icon: material/weather-night
        name: Switch to dark mode
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      toggle:
        icon: material/weather-sunny
        name: Switch to light mode
  features:
    - navigation.indexes
    - navigation.instant
    - navigation.sections
    - navigation.top
    - search.highlight
    - search.suggest
plugins:
  - search
  - tags
  - archdoc
# Named here too, for generators that pass over the plugins (Zensical).
extra_javascript:
  - assets/archdoc/archdoc.js
extra_css:
  - assets/archdoc/archdoc.css
markdown_extensions:
  - attr_list
  - md_in_html
  - tables
  - pymdownx.details
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:pymdownx.superfences.fence_div_format
validation:
  omitted_files: ignore
"""


def archdoc_toml(source_link: str, environments: Mapping[str, Mapping[str, list[str]]]) -> str:
    """archdoc.toml with the settings that people look for first; ``environments`` are the variable files of each root
    module and environment."""
    tables = [
        f"[terraform.roots.{_text(root)}.environments.{_text(name)}]\nvar_files = [{', '.join(map(_text, files))}]\n"
        for root, found in environments.items()
        for name, files in found.items()
    ]
    end = _ENVIRONMENTS + "\n".join(tables) if tables else _NO_ENVIRONMENTS
    return _ARCHDOC.format(source_link=source_link.replace('"', "")) + end


def _text(value: str) -> str:
    """A basic string of TOML, which JSON's are too: https://toml.io/en/v1.0.0#string."""
    return json.dumps(value, ensure_ascii=False)


def mkdocs_yml(title: str) -> str:
    """mkdocs.yml for a site that works without a network."""
    plain = "".join(c for c in title if c.isalnum() or c in " -_.") or "Infrastructure"
    return _MKDOCS.format(title=plain)


_HOME = """\
# {title}

- [Diagrams](infrastructure/diagrams.md)
- [Overview](infrastructure/overview.md)
- [Explorer](infrastructure/explorer.md)
- [Problems](infrastructure/problems.md)
"""


def index_md(title: str) -> str:
    """A first page, for people to make their own; the pages that it names are there after every build."""
    plain = "".join(c for c in title if c.isalnum() or c in " -_.") or "Infrastructure"
    return _HOME.format(title=plain)
