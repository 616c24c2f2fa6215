"""The facts that a graph is made of: nodes, edges, and the place in a file behind each of them.

Everything here is immutable and compares by value, so that a set of facts has one order and one text form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""What the standard library's json module reads and writes."""

Attributes: TypeAlias = Mapping[str, Json]


class NodeKind(StrEnum):
    """What sort of thing a node is. ``Node.type`` says which thing of that sort."""

    # Terraform
    ROOT = "root"
    MODULE = "module"
    RESOURCE = "resource"
    DATA_SOURCE = "data_source"
    PROVIDER = "provider"
    VARIABLE = "variable"
    LOCAL = "local"
    OUTPUT = "output"
    # Ansible
    INVENTORY = "inventory"
    GROUP = "group"
    HOST = "host"
    PLAYBOOK = "playbook"
    PLAY = "play"
    ROLE = "role"
    TASK_FILE = "task_file"
    HANDLER = "handler"
    COLLECTION = "collection"
    # Software
    SERVICE = "service"
    JOB = "job"
    STORE = "store"
    ENDPOINT = "endpoint"
    # Continuous integration
    WORKFLOW = "workflow"
    TRIGGER = "trigger"
    CI_JOB = "ci_job"
    ENVIRONMENT = "environment"
    # Around
    EXTERNAL = "external"


class EdgeKind(StrEnum):
    """What an edge says. Read it as a verb between ``Edge.source`` and ``Edge.target``."""

    CONTAINS = "contains"
    REFERENCES = "references"
    DEPENDS_ON = "depends_on"
    CALLS = "calls"
    APPLIES = "applies"
    INCLUDES = "includes"
    NOTIFIES = "notifies"
    TARGETS = "targets"
    MEMBER_OF = "member_of"
    SAME_AS = "same_as"
    RUNS_ON = "runs_on"
    DEPLOYS = "deploys"
    ATTACHED_TO = "attached_to"
    ROUTES_TO = "routes_to"
    ALLOWS = "allows"
    PROTECTS = "protects"
    CONNECTS_TO = "connects_to"
    SCRAPES = "scrapes"
    SHIPS_LOGS_TO = "ships_logs_to"
    ALERTS = "alerts"
    VISUALIZES = "visualizes"
    BACKS_UP = "backs_up"
    STORES_IN = "stores_in"
    RESTORES = "restores"
    VERIFIES = "verifies"
    TRIGGERS = "triggers"
    NEEDS = "needs"
    DEPLOYS_TO = "deploys_to"
    RUNS = "runs"


class Provenance(StrEnum):
    """How an edge is known."""

    DECLARED = "declared"
    """The code says it literally."""
    DERIVED = "derived"
    """It follows from the code by evaluation."""
    INFERRED = "inferred"
    """A documented heuristic says so; ``Edge.rule`` names it."""


class Category(StrEnum):
    """What a thing is for; chooses colour, icon and tier."""

    COMPUTE = "compute"
    NETWORK = "network"
    DNS = "dns"
    LOAD_BALANCING = "load_balancing"
    DATABASE = "database"
    CACHE = "cache"
    STORAGE = "storage"
    SECURITY = "security"
    IDENTITY = "identity"
    MONITORING = "monitoring"
    LOGGING = "logging"
    MESSAGING = "messaging"
    CDN = "cdn"
    CONTAINER = "container"
    SERVERLESS = "serverless"
    BACKUP = "backup"
    CI = "ci"
    SAAS = "saas"
    PLUMBING = "plumbing"
    OTHER = "other"
    """Nothing in the catalog says what it is for."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in a file of the repository.

    ``path`` is relative to the repository and posix; lines count from 1 and both are inclusive.
    """

    path: str
    line: int = 1
    end_line: int = 0

    def __post_init__(self) -> None:
        if self.line < 1:
            raise ValueError(f"line {self.line} of {self.path}: lines count from 1")
        if self.end_line < self.line:
            object.__setattr__(self, "end_line", self.line)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class TerraformPlace:
    """Where a Terraform node lives.

    ``root`` is the repository-relative directory of the root module ("." for the repository itself), ``module``
    the module path with instance keys (``module.web["a"]``, "" in the root module), ``block`` the address
    without any instance keys, ``instance_key`` the key of the instance itself, or None.
    """

    root: str
    module: str = ""
    block: str = ""
    instance_key: str | int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of the infrastructure.

    ``id`` is stable and readable (``tf:terraform:hcloud_server.web[0]``), ``type`` the thing's own word for what
    it is (a resource type, a program's name), ``evidence`` every further place that says the thing exists.
    """

    id: str
    kind: NodeKind
    type: str
    name: str
    source: Source
    address: str = ""
    category: Category = Category.OTHER
    attributes: Attributes = field(default_factory=dict)
    evidence: tuple[Source, ...] = ()
    terraform: TerraformPlace | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One relation between two nodes, named by their ids.

    ``rule`` names how it was found (for ``inferred`` edges: an entry of the rules page); ``evidence`` holds at
    least one place in the code.
    """

    source: str
    target: str
    kind: EdgeKind
    evidence: tuple[Source, ...]
    provenance: Provenance = Provenance.DECLARED
    rule: str = ""
    attributes: Attributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.source} {self.kind} {self.target}: an edge needs evidence")
        if self.provenance is Provenance.INFERRED and not self.rule:
            raise ValueError(f"{self.source} {self.kind} {self.target}: an inferred edge names its rule")


def scope_of(node: Node) -> str:
    """The part of a Terraform id that names root and environment: ``tf:terraform@staging``."""
    return ":".join(node.id.split(":", 2)[:2])
