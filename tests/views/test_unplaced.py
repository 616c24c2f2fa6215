"""The infrastructure of a repository of Compose files, which name no machine."""

from __future__ import annotations

from collections.abc import Callable

from archdoc import views
from archdoc.config import Config
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]
WIKI = "services:\n  wiki: {image: requarks/wiki, depends_on: [db]}\n  db: {image: postgres}\n"
BOT = "services:\n  bot:\n    image: acme/bot\n    environment: {API: 'https://api.github.com'}\n"


def test_containers_that_nothing_places_are_drawn_by_the_directory_that_describes_them(graph_of: GraphOf) -> None:
    (made,) = views.draw("infrastructure", graph_of({"compose.yml": WIKI, "bots/compose.yml": BOT}), Config())
    frames = {c.id: c.label for c in made.clusters}
    elsewhere = "Containers, on machines that the code does not name"
    assert {b.label: frames.get(b.cluster) for b in made.boxes} == {
        ("compose.yml", "db, wiki"): elsewhere,
        ("In bots", "bot"): elsewhere,
        ("GitHub API",): "External services",
    }
    names = {b.id: b.label[0] for b in made.boxes}
    assert [(names[a.source], a.label, names[a.target]) for a in made.arrows] == [("In bots", "uses", "GitHub API")]
    assert made.notes == ("No server and no inventory host was found.",)


def test_containers_on_a_machine_are_told_with_the_machine(graph_of: GraphOf) -> None:
    play = "- hosts: web\n  tasks:\n    - template: {src: compose.yml.j2, dest: /srv/compose.yml}\n"
    files = {"ansible.cfg": "[defaults]\ninventory = hosts\n", "hosts": "[web]\nweb-1\n", "site.yml": play}
    (made,) = views.draw("infrastructure", graph_of({**files, "templates/compose.yml.j2": WIKI}), Config())
    assert [b.label for b in made.boxes] == [("web-1", "db, wiki")]
