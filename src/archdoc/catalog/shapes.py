"""Where a resource says its addresses, ranges, rules, ports and records: the shapes of blocks, by type.

Every path names arguments as Terraform writes them, without indexes (``ipv4_address``, ``network.ip``,
``rule.source_ips``). A list of paths is tried in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from archdoc.catalog.relations import covers
from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class ServerShape:
    """Where a server says who it is. ``labels`` are maps (``labels``, ``tags``), ``label_lists`` lists of words.

    ``public`` and ``private`` are arguments that set an address, and ``computed`` attributes of which one is an
    address once it exists (an inventory that names them names this server).
    """

    types: tuple[str, ...]
    name: tuple[str, ...] = ("name",)
    public: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    label_lists: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    """Region, location or zone."""
    user_data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Where a network says its ranges (CIDR)."""

    types: tuple[str, ...]
    cidr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeighbourShape:
    """What is in the networks of another resource, which ``of`` names, without saying so itself."""

    types: tuple[str, ...]
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleShape:
    """How a firewall rule is written.

    ``block`` is the nested block that holds one rule each ("" when the resource itself is one rule). All other
    paths are relative to it. ``direction`` is "in", "out" or the path of an argument whose value ``directions``
    translates. ``ports`` are arguments with a port, a range (``80-90``) or a list of them; ``from_port`` and
    ``to_port`` give a range. ``inner`` is a block inside the rule with protocol and ports (Google's ``allow``),
    ``deny`` the same for what is refused. ``sources`` and ``destinations`` hold CIDRs, ``source_groups`` and
    ``destination_groups`` other firewalls or servers. Where ``sources_to`` is named, ``sources`` and it hold the first
    and the last address of a range; ``meanings`` are addresses that stand for something else. ``action`` is an
    argument, ``denies`` its values that refuse. ``firewall`` is the argument that names the firewall a stand-alone rule
    belongs to.
    """

    types: tuple[str, ...]
    block: str = ""
    direction: str = "in"
    directions: Mapping[str, str] = field(default_factory=dict)
    protocol: tuple[str, ...] = ("protocol",)
    ports: tuple[str, ...] = ()
    from_port: str = ""
    to_port: str = ""
    inner: str = ""
    deny: str = ""
    sources: tuple[str, ...] = ()
    sources_to: tuple[str, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()
    source_groups: tuple[str, ...] = ()
    destination_groups: tuple[str, ...] = ()
    self_source: str = ""
    action: str = ""
    denies: tuple[str, ...] = ()
    firewall: tuple[str, ...] = ()
    default_sources: tuple[str, ...] = ()
    """What an empty or missing source list stands for, where that is everything."""


@dataclass(frozen=True, slots=True)
class ListenerShape:
    """Where a load balancer says on which port it listens, and on which port it reaches its targets.

    ``balancer`` names the load balancer of a stand-alone listener, ``targets`` where its traffic goes.
    """

    types: tuple[str, ...]
    block: str = ""
    protocol: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    target_port: tuple[str, ...] = ()
    balancer: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    certificate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordShape:
    """Where a DNS record says its name, type, content and zone. ``kind`` fixes the type when no argument tells it."""

    types: tuple[str, ...]
    name: tuple[str, ...] = ("name",)
    record_type: tuple[str, ...] = ("type",)
    content: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    ttl: tuple[str, ...] = ("ttl",)
    proxied: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ProtectionShape:
    """Where a data store says how it is protected: encryption, backup, retention (days unless the name says more),
    versions, replicas, deletion protection. ``always_encrypted`` where the provider encrypts without being asked."""

    types: tuple[str, ...]
    encryption: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    schedule: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    versioning: tuple[str, ...] = ()
    replication: tuple[str, ...] = ()
    deletion_protection: tuple[str, ...] = ()
    tls: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    """Arguments that open it to the internet when true."""
    store: tuple[str, ...] = ()
    """For a part (``aws_s3_bucket_versioning``): the argument that names the store."""
    copy_of: tuple[str, ...] = ()
    """Arguments that make it a copy of another store, which is the one to save."""
    by_default: str = ""
    """How long the provider keeps backups of it where the code does not say it: it always makes some."""
    inside: bool = False
    """Whether it is a part of a server that is saved as a whole: one database of several."""


@dataclass(frozen=True, slots=True)
class MonitorShape:
    """A monitor of a provider: what it watches (addresses or resources), and whom it tells."""

    types: tuple[str, ...]
    name: tuple[str, ...] = ("name",)
    watches: tuple[str, ...] = ()
    notifies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseShape:
    """Which phase of a request a rule set at the edge works in, and the order in which the provider runs phases."""

    types: tuple[str, ...]
    phase: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReachShape:
    """Whether the internet can reach a resource at all, whatever its firewalls let through.

    ``never``: it only calls others, and nothing connects to it. ``private``: it has no public address. ``public`` are
    arguments one of which gives it one, ``inward`` arguments that deny it one when true. ``own``: it has the addresses
    that the code gives it, and no other.
    """

    types: tuple[str, ...]
    never: bool = False
    private: bool = False
    public: tuple[str, ...] = ()
    inward: tuple[str, ...] = ()
    own: bool = False


_Shape = TypeVar(
    "_Shape",
    ServerShape,
    NetworkShape,
    RuleShape,
    ListenerShape,
    RecordShape,
    ProtectionShape,
    MonitorShape,
    PhaseShape,
    ReachShape,
    NeighbourShape,
)


class Shapes:
    """All shapes."""

    def __init__(self, tables: Tables) -> None:
        self._servers = tables.rows("servers", ServerShape, ("shapes/servers",))
        self._networks = tables.rows("networks", NetworkShape, ("shapes/networks",))
        self._rules = tables.rows("firewall_rules", RuleShape, ("shapes/firewall_rules",))
        self._listeners = tables.rows("listeners", ListenerShape, ("shapes/networks",))
        self._records = tables.rows("records", RecordShape, ("shapes/networks",))
        self._protections = tables.rows("protections", ProtectionShape, ("shapes/protections",))
        self._phases = tables.rows("phases", PhaseShape, ("shapes/networks",))
        self._neighbours = tables.rows("neighbours", NeighbourShape, ("shapes/networks",))
        self._reaches = tables.rows("reaches", ReachShape, ("shapes/reaches",))
        self._monitors = tables.rows("monitors", MonitorShape, ("shapes/protections",))

    def server(self, resource_type: str) -> ServerShape | None:
        """The shape of a server, or None."""
        return _best(self._servers, resource_type)

    def network(self, resource_type: str) -> NetworkShape | None:
        """The shape of a network or subnet, or None."""
        return _best(self._networks, resource_type)

    def rules(self, resource_type: str) -> tuple[RuleShape, ...]:
        """The shapes of the firewall rules in a resource (one per block)."""
        return tuple(s for s in self._rules if covers(s.types, resource_type) > 0)

    def listeners(self, resource_type: str) -> tuple[ListenerShape, ...]:
        """The shapes of a load balancer's listeners."""
        return tuple(s for s in self._listeners if covers(s.types, resource_type) > 0)

    def record(self, resource_type: str) -> RecordShape | None:
        """The shape of a DNS record, or None."""
        return _best(self._records, resource_type)

    def protection(self, resource_type: str) -> ProtectionShape | None:
        """The shape of a data store's protection, or None."""
        return _best(self._protections, resource_type)

    def phase(self, resource_type: str) -> PhaseShape | None:
        """The shape of a rule set that works in a phase, or None."""
        return _best(self._phases, resource_type)

    def neighbour(self, resource_type: str) -> NeighbourShape | None:
        """Whose networks a resource is in, or None."""
        return _best(self._neighbours, resource_type)

    def reach(self, resource_type: str) -> ReachShape | None:
        """Whether a resource can be reached from the internet, or None where the catalog does not say."""
        return _best(self._reaches, resource_type)

    def monitor(self, resource_type: str) -> MonitorShape | None:
        """The shape of a monitor, or None."""
        return _best(self._monitors, resource_type)


def _best(shapes: tuple[_Shape, ...], resource_type: str) -> _Shape | None:
    """The shape whose type fits best; the first of several."""
    best, best_fit = None, 0
    for shape in shapes:
        fit = covers(shape.types, resource_type)
        if fit > best_fit:
            best, best_fit = shape, fit
    return best
