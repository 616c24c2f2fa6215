"""Ansible projects, read into one graph without running anything.

Nodes
  playbook   ``ansible:<project>:playbook:<path>``: ``path``, ``test``, ``terraform``
  play       ``ansible:<project>:play:<playbook>:<name, else hosts>``: ``pattern``, ``hosts`` and ``groups`` (ids),
             ``position``, ``tags``, ``when``, ``become``, ``vars`` (names), ``vars_files``, ``tasks`` (its own),
             ``task_list`` (what ``ansible-playbook --list-tasks`` shows), ``signals``
  role       ``ansible:<project>:role:<name>``: ``path``, ``collection``, ``defaults`` and ``vars`` (names), ``tasks``,
             ``signals``; of kind ``external`` where the code is not in the repository: ``version``, ``from``,
             ``required_by {path, line}``
  task_file  ``ansible:<project>:task_file:<path>``: ``tasks``, ``signals``
             Play, role and task file: ``templates {template, read (whole, part, no), path, line}``, one for each
             template that a task of theirs renders
  handler    ``ansible:<project>:handler:<role or playbook>:<name>``: ``module``, ``listen``
  collection ``ansible:<project>:collection:<name>``: ``version``, ``path``
  store      ``ansible:<project>:vault:<path>``: a variable file that is vaulted as a whole
  host, group as inventories/graph.py has them, and those that only a play names (``unlisted``)

Edges
  playbook ``contains`` play; playbook ``calls`` playbook (``how``: import_playbook or command); play ``targets``
  group or host (``pattern``); play ``applies`` role (``roles:``) or ``includes`` it; role ``includes`` and
  ``depends_on`` role; play, role and task file ``include`` task file and ``notify`` handler; role and play
  ``contain`` handler. ``how``, ``when``, ``tags``, ``loop``, ``tasks_from`` and ``expression`` are attributes.

Signals
  ``signals`` of a play, role or task file are what its own tasks say of hosts, one item for each rule, container,
  job … after loops. Each has ``signal`` (a row of the catalog's modules: package, service, container, …), ``module``,
  ``task``, ``path``, ``line``, ``hosts`` (ids of hosts, or of groups whose hosts are not known; empty where no play
  reaches the task), ``scope`` (who runs it: the host, the group of exactly these hosts, else the role or play;
  the middle of ``service:<scope>:<name>``), ``arguments`` (as the task gives them, evaluated, credentials masked);
  where they apply ``program`` (of the catalog), ``subject`` (what the catalog says the task is about), ``when`` (only
  where it is not known to hold), ``role``, ``partial`` (something in it is not known), ``handler``, ``section``
  (rescue, always), ``delegate_to``, ``free`` (a command line). Beside these, in the words of each kind:

  firewall   ``rule`` (allow, deny, reject, limit), ``direction`` (in, out, forward), ``port``, ``proto``, ``from``,
             ``to``, ``interface``, ``zone``, ``delete``; or ``policy`` of a direction; or ``state``
  package    ``names``, ``programs``
  service    ``name``, ``state``, ``enabled`` (timer: the same)
  container  ``name``, ``image``, ``ports``, ``volumes``, ``networks``, ``environment`` (names), ``state``
  compose    ``directory``, ``files``, ``name``, ``state``
  cron       ``name``, ``job``, ``schedule`` (``0 6 * * *``, ``@daily``), ``user``, ``file``, ``state``
  user       ``name``, ``groups``, ``shell``, ``system``;   mount ``target``, ``source``, ``type``
  line, ssh  ``file``, ``text``;   kernel ``name``, ``value``;   template, copy ``file``, ``source``
  certificate ``domains``;   backup ``sources``, ``repositories``, ``retention``, ``databases``
  command    ``commands`` (programs), ``free``

  Example: ``{"signal": "firewall", "program": "ufw", "rule": "allow", "port": "22", "proto": "tcp",
  "from": "10.0.0.0/8", "direction": "in", "hosts": ["ansible:.:host:web1"], "role": "firewall", …}``

``terraform`` of a playbook, play or role lists the Terraform commands of its tasks: ``{directory, action, path,
line}``, the directory repository-relative where it is one of the repository.
"""

from __future__ import annotations

from archdoc.catalog import Catalog
from archdoc.config import Config
from archdoc.model.facts import Source
from archdoc.model.graph import Graph
from archdoc.model.problem import Severity
from archdoc.readers.ansible.brokenplaybooks import load_broken_playbooks
from archdoc.readers.ansible.emit import Sheet
from archdoc.readers.ansible.hostvariables import ProjectVariables
from archdoc.readers.ansible.inventories import Inventory, read_inventories
from archdoc.readers.ansible.inventories.elsewhere import with_inventories_elsewhere
from archdoc.readers.ansible.inventories.graph import inventory_graph
from archdoc.readers.ansible.plays.code import Code
from archdoc.readers.ansible.plays.library import Library
from archdoc.readers.ansible.project_reader import ProjectReader
from archdoc.readers.ansible.projects import find_projects
from archdoc.readers.ansible.reached import Addresses
from archdoc.readers.ansible.rules import INVENTORY_ELSEWHERE, STRAY_VARIABLES
from archdoc.readers.ansible.scopes import Scopes
from archdoc.readers.ansible.signals.collect import Signals
from archdoc.readers.ansible.templates import Documents
from archdoc.readers.ansible.vaults import add_vaults
from archdoc.readers.ansible.walk.evaluation import MAX_STEPS, Evaluator
from archdoc.readers.ansible.yamlfiles import YamlFiles
from archdoc.readers.collector import collector_paused
from archdoc.readers.files import Repository
from archdoc.readers.reading import Reading


def read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    """Every Ansible project of a repository."""
    with collector_paused():
        return _read(repo, config, catalog)


def _read(repo: Repository, config: Config, catalog: Catalog) -> Reading:
    files = YamlFiles(repo)
    projects, problems = find_projects(repo, config, files)
    if not config.ansible.inventories:
        projects, unused = with_inventories_elsewhere(files, projects, INVENTORY_ELSEWHERE not in config.rules_off)
        problems = (*problems, *unused)
    graph = Graph(problems=problems)
    load_broken_playbooks(files, projects)
    if not projects:
        for problem in files.problems():  # a broken playbook is one, though no project was made of it
            graph.add_problem(problem)
        return Reading(graph)
    code = Code(files)
    finder = code.finder
    library = Library(repo, projects)
    sheet = Sheet(projects, library, config.rules_off)
    evaluator = Evaluator(finder)
    signals = Signals(catalog, sheet, evaluator)
    documents = Documents(repo, finder, evaluator, sheet)
    scopes = Scopes()
    readers = []
    for project in projects:
        inventories = read_inventories(files, project)
        listed: tuple[Inventory | None, ...] = inventories or (None,)
        given, stray = config.ansible.variables, sheet.allows(STRAY_VARIABLES)
        variables = tuple(ProjectVariables(files, project, i, given, stray) for i in listed)
        graph.update(inventory_graph(project, inventories, Addresses(repo, project, variables).of))
        add_vaults(graph, files, project, sheet.project_of)
        scopes.add(project, inventories)
        reader = ProjectReader(
            project,
            inventories or (Inventory("", ()),),
            variables,
            code,
            library,
            finder,
            evaluator,
            sheet,
            signals,
            documents,
        )
        readers.append(reader)  # what was evaluated is told apart by the objects it came from: they must stay
        reader.read()
    if evaluator.meter.is_spent:
        message = f"evaluating takes more than {MAX_STEPS:,} steps; what is behind them stays as it is written"
        hint = "leave out what need not be read: exclude in archdoc.toml"
        place = Source(next((path for project in projects for path in project.playbooks), projects[0].path))
        sheet.problem(Severity.WARNING, "ANS051", message, place, hint)
    signals.write(scopes)
    sheet.write(graph)
    for problem in (*code.problems(), *files.problems()):
        graph.add_problem(problem)
    return Reading(graph, documents.documents(scopes))
