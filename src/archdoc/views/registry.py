"""The ten views: their names, titles, and the question each one answers, in the order of the diagrams page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from archdoc.config import Config
from archdoc.model.diagram import Diagram
from archdoc.model.graph import Graph
from archdoc.views import (
    ansible,
    backup,
    dependencies,
    infrastructure,
    monitoring,
    network,
    options,
    pipeline,
    security,
    services,
    terraform,
)
from archdoc.views.apart import apart
from archdoc.views.fit import fit
from archdoc.views.mesh import meshed
from archdoc.views.sketch import Sketch
from archdoc.views.unread import unread

Draw: TypeAlias = Callable[[Graph, Sketch], None]
"""A view: looks at the graph and draws on the sketch."""


@dataclass(frozen=True, slots=True)
class View:
    """One of the ten. ``title`` heads its section, ``question`` is the sentence that it answers."""

    name: str
    title: str
    question: str
    draw: Draw


VIEWS: tuple[View, ...] = (
    View(
        "terraform",
        "Terraform Graph",
        "Which resources does the Terraform code create, and which of them needs which?",
        terraform.draw,
    ),
    View(
        "infrastructure",
        "Infrastructure Overview",
        "What is there, in which environment, and what outside does it rely on?",
        infrastructure.draw,
    ),
    View(
        "pipeline",
        "Deployment Pipeline",
        "What happens between a change and the machines it reaches?",
        pipeline.draw,
    ),
    View(
        "network",
        "Network Architecture",
        "Which way does traffic take from the internet to each host, and which network is each host in?",
        network.draw,
    ),
    View(
        "services",
        "Service Dependencies",
        "Which program talks to which, and where does it run?",
        services.draw,
    ),
    View(
        "ansible",
        "Ansible Automation Flow",
        "Which playbook applies which role to which hosts?",
        ansible.draw,
    ),
    View(
        "dependencies",
        "Terraform Resource Dependencies",
        "Which kinds of resource must exist before which others?",
        dependencies.draw,
    ),
    View(
        "monitoring",
        "Monitoring Architecture",
        "Who watches what, where do the measurements and logs go, and who is told?",
        monitoring.draw,
    ),
    View(
        "security",
        "Security Architecture",
        "What protects what, and what is open to whom?",
        security.draw,
    ),
    View(
        "backup",
        "Backup and Recovery Flow",
        "What is backed up, when, where to, and how does it come back?",
        backup.draw,
    ),
)
_BY_NAME = {view.name: view for view in VIEWS}


def whole(name: str, graph: Graph, config: Config) -> Diagram:
    """One view in one drawing, however large: nothing folded, nothing split."""
    view = _BY_NAME[name]
    chosen = config.view(name)
    sketch = Sketch(view.name, view.title, view.question, expands=lambda node: options.is_expanded(node, chosen))
    view.draw(graph, sketch)
    if sketch.misses and (left := unread(graph, name)):
        sketch.note(left)
    return meshed(options.apply(apart(sketch.diagram(), graph), chosen))


def draw(name: str, graph: Graph, config: Config) -> tuple[Diagram, ...]:
    """The drawings of one view: one, or an overview and its parts where one would be too large to read."""
    chosen = config.view(name)
    diagram = whole(name, graph, config)
    return fit(diagram, chosen, options.expanded(diagram, chosen))
