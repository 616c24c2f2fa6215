"""Ansible projects as a graph; see flow.py for the nodes of playbooks and inventories/graph.py for those of hosts."""

from __future__ import annotations

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.document import Document
from archdoc.model.graph import Graph
from archdoc.readers.ansible.documents import DocumentMaker
from archdoc.readers.ansible.flow import Flow
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import read_inventory
from archdoc.readers.ansible.inventories.graph import inventory_graph
from archdoc.readers.ansible.projects import Project, find_projects
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading


def read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    """Every Ansible project of a repository."""
    files = YamlFiles(repo)
    graph = Graph()
    documents: list[Document] = []
    projects, problems = find_projects(repo, config, files)
    for problem in problems:
        graph.add_problem(problem)
    for project in projects:
        documents += _read_project(repo, config, catalog, files, project, graph)
    for problem in files.problems():
        graph.add_problem(problem)
    return Reading(graph, tuple(documents))


def _read_project(
    repo: Repository, config: Config, catalog: Catalog, files: YamlFiles, project: Project, graph: Graph
) -> list[Document]:
    inventories = tuple(read_inventory(files, project, sources) for sources in project.inventories)
    graph.update(inventory_graph(project, inventories))
    variables = {i.path: ProjectVariables(files, project, i, config.ansible.variables) for i in inventories}
    if not inventories:
        variables[""] = ProjectVariables(files, project, None, config.ansible.variables)
    maker = DocumentMaker(repo, project)
    Flow(project, files, catalog, inventories, variables, graph, maker).read()
    return list(maker.documents())
