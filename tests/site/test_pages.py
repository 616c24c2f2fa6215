from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sample_drawings import LINK, all_views, at, evil, graph, network, wide

from archdoc.config import Config, SiteConfig, ViewConfig
from archdoc.model.facts import Node, NodeKind, Source, TerraformPlace
from archdoc.model.graph import Graph
from archdoc.site.committed import Committed, read_committed
from archdoc.site.generated import PAGE_MARK, is_generated, read_manifest
from archdoc.site.pages import Site, render_site
from archdoc.site.writer import write_site

SEED = (
    "Terraform Graph",
    "Infrastructure Overview",
    "Deployment Pipeline",
    "Network Architecture",
    "Service Dependencies",
    "Ansible Automation Flow",
    "Terraform Resource Dependencies",
    "Monitoring Architecture",
    "Security Architecture",
    "Backup and Recovery Flow",
    "Related Documentation",
)


@pytest.fixture(scope="module")
def site() -> Site:
    return render_site(graph(), all_views(), Config(), LINK, "## archdoc\n\nText.")


def text(site: Site, path: str) -> str:
    return site.files[path].decode()


def test_the_diagrams_page_has_the_sections_of_the_seed_in_their_order(site: Site) -> None:
    page = text(site, "docs/infrastructure/diagrams.md")
    assert tuple(re.findall(r"^## (.*)$", page, re.MULTILINE)) == SEED
    assert "[![Terraform Graph](../assets/infrastructure.svg)](../assets/infrastructure.svg)" in page
    assert page.count("```mermaid\nflowchart ") == 8  # ten, less the picture and the view without drawing
    assert "Nothing about this was found in the code." in page
    assert "- No backup is configured." in page


def test_every_page_and_asset_says_that_it_is_generated(site: Site) -> None:
    for path, content in site.files.items():
        assert is_generated(path, content), path
        if path.endswith(".md"):
            assert text(site, path).startswith(PAGE_MARK + "\n")


def test_every_relative_link_leads_to_a_file_of_the_site(site: Site) -> None:
    for path, content in site.files.items():
        if path.endswith(".md"):
            for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", content.decode()):
                assert (Path("/") / path).parent.joinpath(target).resolve().relative_to("/").as_posix() in site.files


def test_links_to_other_drawings_have_an_anchor_at_their_end(site: Site) -> None:
    page = text(site, "docs/infrastructure/diagrams.md")
    assert "(views/network.md#network-staging)" in page
    assert '<a id="network-staging"></a>' in text(site, "docs/infrastructure/views/network.md")


def test_the_evidence_of_every_box_and_arrow_is_on_the_page_of_the_view(site: Site) -> None:
    page = text(site, "docs/infrastructure/views/network.md")
    for box in network().boxes:
        if not box.by_hand:
            assert (
                f"[{box.source}](https://github.com/example/infra/blob/HEAD/{box.source.path}#L{box.source.line}"
                in page
            )
    assert "| web-1 | PostgreSQL | connects to: 5432 | inferred, `env.url` | [terraform/main.tf:40]" in page
    assert "declared by hand in archdoc's configuration" in page
    assert "- The code does not say who may reach port 5432." in page


def test_without_a_link_template_places_are_named_and_not_linked() -> None:
    page = text(render_site(graph(), all_views(), Config()), "docs/infrastructure/views/network.md")
    assert "| terraform/main.tf:15 |" in page
    assert "https://" not in page
    assert "click " not in page


def test_the_snapshot_keeps_the_link_template(site: Site) -> None:
    assert json.loads(text(site, "docs/assets/archdoc.json"))["graph"]["source_link"] == LINK


def test_the_manifest_lists_every_other_file(site: Site) -> None:
    manifest = "docs/assets/archdoc-files.json"
    assert sorted(read_manifest(site.files[manifest])) == sorted(set(site.files) - {manifest})


def test_each_drawing_can_be_downloaded_in_three_forms(site: Site) -> None:
    for stem in ("infrastructure", "infrastructure-overview", "network", "network-staging", "security"):
        for suffix in ("svg", "mmd", "json"):
            assert f"docs/assets/{stem}.{suffix}" in site.files
    assert json.loads(text(site, "docs/assets/infrastructure.json"))["view"] == "terraform"


def test_the_same_input_gives_the_same_bytes(site: Site) -> None:
    again = render_site(graph(), all_views(), Config(), LINK, "## archdoc\n\nText.")
    assert again.files == site.files


def test_terraform_values_are_shown_as_text(site: Site) -> None:
    page = text(site, "docs/infrastructure/terraform.md")
    assert "hcloud&#95;" not in page
    assert "<script" not in page
    assert "<img" not in page
    assert "&#60;script&#62;window.pwned=1" in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5}


def test_problems_are_listed_with_place_and_advice(site: Site) -> None:
    page = text(site, "docs/infrastructure/problems.md")
    assert "## Errors" in page
    assert "`TF012`" in page
    assert "[terraform/main.tf:4](https://github.com/example/infra/blob/HEAD/terraform/main.tf#L4-L7)" in page
    assert "1 error: [what could not be worked out](problems.md)" in text(site, "docs/infrastructure/overview.md")


def test_ansible_tells_who_is_a_member_of_what(site: Site) -> None:
    page = text(site, "docs/automation/ansible.md")
    assert "| [`web-1`](../infrastructure/hosts/web-1.md) | `web` |" in page
    assert "| `web` | `web-1` |" in page


def test_an_empty_repository_has_all_sections_and_no_page_about_nothing() -> None:
    nothing = {name: (replace(d[0], boxes=(), arrows=(), clusters=(), notes=()),) for name, d in all_views().items()}
    site = render_site(Graph(), nothing, Config())
    page = text(site, "docs/infrastructure/diagrams.md")
    assert tuple(re.findall(r"^## (.*)$", page, re.MULTILINE)) == SEED
    assert "mermaid" not in page
    assert "Terraform Modules" not in page
    assert not [p for p in site.files if p.endswith((".svg", "terraform.md")) and "views" not in p]
    assert "None: archdoc understood everything" in text(site, "docs/infrastructure/problems.md")


def test_many_drawings_go_to_further_pages_that_name_each_other() -> None:
    drawings = {
        "services": tuple(
            replace(network(), name=f"services-{i}", view="services", title=f"Host {i}") for i in range(20)
        )
    }
    site = render_site(graph(), drawings, Config())
    assert "docs/infrastructure/views/services-3.md" in site.files
    assert "20 drawings on 3 pages: [1](services.md) · [2](services-2.md) · [3](services-3.md)." in text(
        site, "docs/infrastructure/views/services.md"
    )
    assert "(views/services-2.md#services-9)" in text(site, "docs/infrastructure/diagrams.md")


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    site = render_site(Graph(), {"services": (wide(700, 10),)}, Config())
    page = text(site, "docs/infrastructure/views/services.md")
    assert "500 of 700 rows are shown" in page
    assert len(json.loads(text(site, "docs/assets/services.json"))["nodes"]) == 700


def test_a_large_estate_has_one_page_per_root() -> None:
    nodes = [
        Node(
            f"tf:r{root}:x_y.n{i}",
            NodeKind.RESOURCE,
            "x_y",
            f"n{i}",
            Source(f"r{root}/main.tf", i + 1),
            address=f"x_y.n{i}",
            terraform=TerraformPlace(f"r{root}", "", f"x_y.n{i}"),
        )
        for root in range(3)
        for i in range(300)
    ]
    site = render_site(Graph(nodes), {}, Config())
    assert "[r1](terraform/r1.md)" in text(site, "docs/infrastructure/terraform.md")
    assert "`x_y.n299`" in text(site, "docs/infrastructure/terraform/r2.md")


def test_a_disabled_view_is_neither_drawn_nor_linked() -> None:
    site = render_site(graph(), all_views(), Config(views={"backup": ViewConfig(enabled=False)}))
    assert "docs/infrastructure/views/backup.md" not in site.files
    assert "Backup" not in text(site, "docs/infrastructure/diagrams.md")


def test_another_docs_directory_is_used_for_everything() -> None:
    site = render_site(graph(), all_views(), Config(site=SiteConfig(docs_dir="website/docs")))
    assert all(path.startswith("website/docs/") for path in site.files)


def test_a_page_somebody_wrote_keeps_its_place_and_is_linked(tmp_path: Path) -> None:
    for name in ("infrastructure/diagrams.md", "infrastructure/overview.md", "automation/cli-tools.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text("# Mine\n")
    site = render_site(graph(), all_views(), Config(), LINK, "", read_committed(tmp_path, "docs"))
    assert "docs/infrastructure/diagrams.md" not in site.files
    page = text(site, "docs/infrastructure/diagrams-from-code.md")
    assert "- [Infrastructure Overview](overview-from-code.md)" in page
    assert "- [Infrastructure Overview (by hand)](overview.md)" in page
    assert "- [CLI Tools](../automation/cli-tools.md)" in page
    assert not write_site(tmp_path, "docs", site.files).refused


def test_markers_in_hand_written_pages_are_filled_relative_to_the_page(tmp_path: Path) -> None:
    (tmp_path / "docs/guides").mkdir(parents=True)
    (tmp_path / "README.md").write_text("# R\n\n<!-- archdoc:view network svg -->\n<!-- /archdoc -->\n")
    (tmp_path / "docs/guides/a.md").write_text("<!-- archdoc:view network-staging -->\n<!-- /archdoc -->\n")
    (tmp_path / "docs/bad.md").write_text("<!-- archdoc:view nothing -->\n<!-- /archdoc -->\n")
    site = render_site(graph(), all_views(), Config(), "", "", read_committed(tmp_path, "docs"))
    assert "[![Network Architecture](docs/assets/network.svg)](docs/assets/network.svg)" in text(site, "README.md")
    assert "```mermaid\nflowchart TB" in text(site, "docs/guides/a.md")
    assert "(../infrastructure/views/network.md#network-staging)" in text(site, "docs/guides/a.md")
    assert "docs/bad.md" not in site.files
    assert [p.source.path for p in site.problems] == ["docs/bad.md"]
    write_site(tmp_path, "docs", site.files)
    again = render_site(graph(), all_views(), Config(), "", "", read_committed(tmp_path, "docs"))
    assert not write_site(tmp_path, "docs", again.files).written


def test_a_picture_that_still_shows_its_drawing_is_not_drawn_again(site: Site) -> None:
    old = site.files["docs/assets/network.svg"]
    moved = render_site(graph(), all_views(), Config(), LINK, "", Committed(pictures={"docs/assets/network.svg": old}))
    assert moved.files["docs/assets/network.svg"] is old
    edited = old.replace(b"web-1", b"web-7")
    drawn = render_site(
        graph(), all_views(), Config(), LINK, "", Committed(pictures={"docs/assets/network.svg": edited})
    )
    assert drawn.files["docs/assets/network.svg"] == old


def test_a_link_out_of_the_repository_is_never_read(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "docs").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("<!-- archdoc:view network -->\n<!-- /archdoc -->\nsecret\n")
    (root / "docs/link.md").symlink_to(tmp_path / "secret.md")
    committed = read_committed(root, "docs")
    assert not committed.pages
    assert committed.others == {"docs/link.md"}


def test_attacks_in_labels_break_no_table_and_no_fence() -> None:
    site = render_site(graph(), {"security": (evil(),)}, Config(), "https://example.org/{path}")
    page = text(site, "docs/infrastructure/views/security.md")
    assert page.count("```") == 2
    assert not re.search(
        r"<(?!a id=|/a>|span class=|/span>|/?details>|/?summary>|br>|br/>|!-- generated|code>|/code>)",
        page.replace("-->", ""),
    )
    tables = [line for line in page.splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in tables} == {6}
    assert at(1) in {b.source for b in evil().boxes}


def test_a_box_that_stands_for_many_things_names_them_all_and_a_part_its_overview() -> None:
    ids = tuple(f"tf:.:hcloud_server.web[{i}]" for i in range(40))
    whole = replace(network(), boxes=(replace(network().boxes[0], node_ids=ids), *network().boxes[1:]))
    part = replace(network(), name="network-part", part_of="network")
    page = text(
        render_site(graph(), {"network": (whole, part)}, Config(), LINK), "docs/infrastructure/views/network.md"
    )
    row = next(line for line in page.splitlines() if "**Users**" in line)
    assert all(f"`{i}`" in row for i in ids)
    assert "<summary>and 37 more</summary>" in row
    assert "[part of the overview](#network)" in page
