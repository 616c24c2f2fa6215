"""What a person may say of a drawing in archdoc.toml, and what archdoc says back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archdoc import views
from archdoc.config import ConfigError, parse_config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph
from archdoc.render import mermaid

GraphOf = Callable[[dict[str, str]], Graph]
Draw = Callable[..., Diagram]

CODE = {
    "main.tf": """
        resource "hcloud_network" "main" {
          name     = "main"
          ip_range = "10.0.0.0/16"
        }
        resource "hcloud_server" "web" {
          for_each = toset(["web-1", "web-2"])
          name     = each.key
          network {
            network_id = hcloud_network.main.id
          }
        }
        resource "hcloud_server" "db" {
          name = "db-1"
          network {
            network_id = hcloud_network.main.id
          }
        }
        """
}


@pytest.fixture
def draw(graph_of: GraphOf) -> Draw:
    graph = graph_of(CODE)

    def make(view: str, **options: Any) -> Diagram:
        (made,) = views.draw(view, graph, parse_config({"views": {view: options}}))
        return made

    return make


def names(diagram: Diagram) -> set[str]:
    return {b.label[0] for b in diagram.boxes}


def test_what_is_hidden_is_named_in_the_notes(draw: Draw) -> None:
    made = draw("network", hide=["web-*"])
    assert names(made) == {"db-1"}
    assert any("web-1, web-2" in note and "hide" in note for note in made.notes)


def test_what_is_kept_is_not_hidden(draw: Draw) -> None:
    assert names(draw("network", hide=["web-*"], keep=["web-2"])) == {"db-1", "web-2"}


def test_instances_that_are_expanded_have_boxes_of_their_own(draw: Draw) -> None:
    assert "web ×2" in names(draw("terraform"))
    made = draw("terraform", expand=["hcloud_server.web*"])
    assert {'web["web-1"]', 'web["web-2"]'} <= names(made)
    assert "web ×2" not in names(made)
    assert len([a for a in made.arrows if a.target.endswith("hcloud_network.main")]) == 3


@pytest.mark.parametrize("pattern", ["db-1", "hcloud_server.db", "*.db", "tf:.:hcloud_server.db"])
def test_a_box_is_meant_by_its_name_its_address_or_its_id(draw: Draw, pattern: str) -> None:
    assert "Ledger" in names(draw("network", rename={pattern: "Ledger"}))


def test_a_key_in_brackets_is_text(draw: Draw) -> None:
    made = draw("network", rename={'hcloud_server.web["web-1"]': "First"})
    assert names(made) == {"First", "web-2", "db-1"}


def test_grouped_boxes_stand_in_a_frame_and_annotated_ones_have_a_line_more(draw: Draw) -> None:
    made = draw("network", group={"web-*": "Shop"}, annotate={"db-*": "patched on Mondays"})
    frame = next(c.id for c in made.clusters if c.label == "Shop")
    assert {b.label[0] for b in made.boxes if b.cluster == frame} == {"web-1", "web-2"}
    assert next(b for b in made.boxes if b.label[0] == "db-1").label[-1] == "patched on Mondays"


def test_renaming_does_not_make_other_patterns_miss(draw: Draw) -> None:
    made = draw("network", rename={"db-1": "Ledger"}, annotate={"db-1": "the old one"})
    assert next(b for b in made.boxes if b.label[0] == "Ledger").label[-1] == "the old one"


def test_what_a_person_declares_is_drawn_and_marked(draw: Draw) -> None:
    made = draw(
        "network",
        declare=[
            {"id": "pager", "label": "Pager", "category": "saas", "cluster": "Phones"},
            {"source": "db-1", "target": "pager", "label": "calls"},
        ],
    )
    box = next(b for b in made.boxes if b.id == "pager")
    assert box.by_hand
    assert box.label == ("Pager", "declared by hand")
    assert next(c for c in made.clusters if c.id == box.cluster).label == "Phones"
    (arrow,) = [a for a in made.arrows if a.by_hand]
    assert arrow.label == "calls, declared by hand"
    text = mermaid.render(made, lambda _source: None)
    assert ":::byhand" in text
    assert "declared by hand" in text


def test_a_declared_arrow_that_leads_nowhere_is_said(draw: Draw) -> None:
    made = draw("network", declare=[{"source": "db-1", "target": "pagre"}])
    assert not [a for a in made.arrows if a.by_hand]
    assert any("'pagre'" in note for note in made.notes)


def test_a_declaration_that_the_code_has_caught_up_with_gives_way(draw: Draw) -> None:
    made = draw("network", declare=[{"id": "tf:.:hcloud_server.db", "label": "DB"}])
    assert not any(b.by_hand for b in made.boxes)
    assert any("has by now" in note for note in made.notes)


def test_a_pattern_that_means_nothing_is_said(draw: Draw) -> None:
    made = draw("network", rename={"wbe-*": "Web"})
    assert any("views.network.rename" in note and "'wbe-*'" in note for note in made.notes)


def test_a_view_can_be_switched_off(draw: Draw) -> None:
    made = draw("network", enabled=False)
    assert not made.boxes
    assert "switched off" in made.notes[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hid": []}, "did you mean 'hide'?"),
        ({"hide": "web-1"}, "views.network.hide: must be a list"),
        ({"rename": {"a": 1}}, "views.network.rename.a: must be a text"),
        ({"boxes": 3}, "views.network.boxes: must be at least 10"),
        ({"declare": [{"label": "x"}]}, "needs an id"),
        ({"declare": [{"source": "x"}]}, "an arrow needs source and target"),
        ({"declare": [{"id": "x", "category": "databse"}]}, "did you mean 'database'?"),
        ({"declare": [{"id": "x", "lable": "y"}]}, "did you mean 'label'?"),
    ],
)
def test_a_mistake_is_told_with_the_key_and_the_mend(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=r"views\.network") as raised:
        parse_config({"views": {"network": options}})
    assert said in str(raised.value)
