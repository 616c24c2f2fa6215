"""The files that ``archdoc init`` writes into a repository that has none of them."""

from __future__ import annotations

_ARCHDOC = """\
# archdoc finds Terraform roots, Ansible projects and workflows by itself; everything here is optional.
# https://archdoc.readthedocs.io/configuration/

# Address of a line of source, with {{path}}, {{line}} and {{end_line}}.
source_link = "{source_link}"

# Paths that are not read, in the syntax of .gitignore.
exclude = []

# A root module that is applied once per environment:
# [terraform.roots."terraform".environments.production]
# var_files = ["environments/production.tfvars"]
"""

_MKDOCS = """\
site_name: {title}
theme:
  name: material
  font: false
plugins:
  - search
  - mermaid2:
      javascript: assets/archdoc/mermaid.min.js
  - archdoc
markdown_extensions:
  - attr_list
  - md_in_html
  - tables
  - pymdownx.details
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:mermaid2.fence_mermaid_custom
"""


def archdoc_toml(source_link: str) -> str:
    """archdoc.toml with the settings that people look for first."""
    return _ARCHDOC.format(source_link=source_link.replace('"', ""))


def mkdocs_yml(title: str) -> str:
    """mkdocs.yml for a site that works without a network."""
    plain = "".join(c for c in title if c.isalnum() or c in " -_.") or "Infrastructure"
    return _MKDOCS.format(title=plain)
