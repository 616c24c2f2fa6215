"""What a page of ten diagrams drawn by hand shows of a platform, and what archdoc derives of it from this
repository's own sample.

Each box is mapped to a box (or a frame) of the view's JSON, found by the first line of its label and by a further
line; each arrow to arrows of the view's JSON. What no code can state has a reason instead. An arrow of a drawing made
by hand often points the other way, or leaves out what stands between: then the arrows that the code gives are named.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A box or frame: patterns of the first line of its label, and of any further line."""

    name: str
    line: str = "*"


@dataclass(frozen=True)
class Told:
    """Why no code can state it; what a person does."""

    reason: str


@dataclass(frozen=True)
class Direct:
    """An arrow between the two mapped boxes, or between frames around them."""


@dataclass(frozen=True)
class Against:
    """The same relation, which the code states in the other direction."""

    because: str


@dataclass(frozen=True)
class By:
    """The way that the code gives, box by box."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Within:
    """Both are in one box, or one is the frame around the other: no arrow is needed to say so."""

    because: str


@dataclass(frozen=True)
class Beside:
    """An arrow that only orders a list: both stand in the frame that the list is of."""

    frame: str


Boxes = dict[str, Box | Told]
Arrows = dict[tuple[str, str], Direct | Against | By | Within | Beside | Told]

_DIRECT = Direct()
_HUMAN_REVIEW = Told("a person reads the change")
_HUMAN_TEST = Told("a person tries the staging environment")
_LAPTOP = Told("what a developer does on a machine of their own")

BOXES: dict[str, Boxes] = {
    "infrastructure": {
        "CF": Box("Cloudflare", "*CDN*"),
        "DNS": Box("Cloudflare", "*DNS*"),
        "GITHUB": Box("GitHub Actions"),
        "LB": Box("platform-production", "load balancer"),
        "WEB1": Box("web-1"),
        "WEB2": Box("web-2"),
        "DB": Box("db-1", "*postgresql*"),
        "REDIS": Box("cache-1", "*redis*"),
        "MONITOR": Box("monitoring-1", "*alertmanager*"),
        "LOGS": Box("monitoring-1", "*elasticsearch*"),
        "LOCAL": _LAPTOP,
        "STAGING": Box("terraform (staging)"),
    },
    "pipeline": {
        "DEV": Box("git commit"),
        "COMMIT": Box("pre-commit hooks", "on the developer's machine"),
        "PR": Box("pull request"),
        "REVIEW": _HUMAN_REVIEW,
        "MERGE": Box("push", "main"),
        "BUILD": Box("Build"),
        "TEST": Box("Automated tests"),
        "DEPLOY_STAGING": Box("Deploy to staging"),
        "MANUAL_TEST": _HUMAN_TEST,
        "DEPLOY_PROD": Box("Deploy to production"),
        "MONITOR": Box("Monitor and verify"),
    },
    "network": {
        "USER": Box("Internet"),
        "CDN": Box("CDN cache"),
        "WAF": Box("WAF managed rules"),
        "DDOS": Box("DDoS protection"),
        "LB": Box("platform-production", "10.0.1.10"),
        "BASTION": Box("bastion-1", "10.0.1.20"),
        "WEB1": Box("web-1", "10.0.2.10"),
        "WEB2": Box("web-2", "10.0.2.11"),
        "DB": Box("db-1", "10.0.2.20"),
        "REDIS": Box("cache-1", "10.0.2.21"),
    },
    "services": {
        "NGINX": Box("nginx"),
        "STATIC": Box("static"),
        "TUX": Box("tux"),
        "API": Box("api"),
        "AUTH": Box("auth"),
        "POSTGRES": Box("postgresql"),
        "REDIS_CACHE": Box("redis"),
        "FILES": Box("files"),
        "DISCORD": Box("Discord"),
        "GITHUB_API": Box("GitHub API"),
    },
    "ansible": {
        "CONTROL": Box("Control node"),
        "INVENTORY": Box("inventories/*", "dynamic inventory"),
        "STAGING": Box("staging", "* hosts"),
        "PROD": Box("production", "* hosts"),
        "SITE": Box("site.yml"),
        "BOOTSTRAP": Box("bootstrap.yml"),
        "DEPLOY": Box("dynamic-deploy.yml"),
        "SECURITY": Box("hardening.yml"),
        "SYSTEM": Box("system", "role"),
        "DOCKER": Box("docker", "role"),
        "TUX_ROLE": Box("tux", "role"),
    },
    "dependencies": {
        "PROVIDER": Box("Hetzner Cloud", "provider"),
        "NETWORK": Box("network"),
        "SUBNET_PUB": Box("network subnet ×2"),
        "SUBNET_PRIV": Box("network subnet ×2"),
        "LB": Box("load balancer"),
        "SERVERS": Box("server", "production ×*"),
        "VOLUMES": Box("volume ×*"),
        "FIREWALL": Box("firewall ×*"),
        "CLOUDFLARE": Box("Cloudflare", "provider"),
        "DOMAINS": Box("dns record ×*"),
    },
    "monitoring": {
        "APP_LOGS": Box("application logs"),
        "SYS_LOGS": Box("system logs"),
        "METRICS": Box("node-exporter"),
        "TRACES": Box("api"),
        "FLUENTD": Box("fluent-bit"),
        "PROMETHEUS": Box("prometheus"),
        "JAEGER": Box("jaeger-collector"),
        "ELASTIC": Box("elasticsearch"),
        "TSDB": Box("prometheus", "keeps prometheus-data*"),
        "TRACE_DB": Box("jaeger-storage"),
        "GRAFANA": Box("grafana"),
        "KIBANA": Box("kibana"),
        "JAEGER_UI": Box("jaeger-query"),
        "ALERT_MGR": Box("alertmanager"),
        "SLACK": Box("Slack #ops-production"),
        "EMAIL": Box("E-mail oncall@example.org"),
    },
    "security": {
        "CLOUDFLARE_SEC": Box("example.org", "cloudflare zone"),
        "DDOS_PROT": Box("ddos", "cloudflare_ruleset"),
        "WAF_RULES": Box("waf_managed", "cloudflare_ruleset"),
        "VPC": Box("main", "hcloud_network"),
        "SECURITY_GROUPS": Box("group ×*", "hcloud_firewall"),
        "NACL": Box("subnet ×*", "hcloud_firewall"),
        "HARDENING": Box("hardening.yml"),
        "FIREWALL_HOST": Box("ufw", "firewall"),
        "FAIL2BAN": Box("fail2ban"),
        "TLS": Box("main ×*", "cloudflare_zone_setting"),
        "AUTH_JWT": Box("dashboard ×*", "*access_application"),
        "RBAC": Box("operators ×*", "*access_policy"),
        "ENCRYPTION": Box("cryptsetup", "disk encryption"),
        "BACKUP_ENC": Box("borgmatic", "encryption: *"),
        "SECRET_MGT": Box("*vault.yml"),
    },
    "backup": {
        "DB_DATA": Box("postgresql"),
        "CONFIG": Box("/etc"),
        "SECRETS": Box("/var/lib/secrets"),
        "USER_DATA": Box("/srv/files/uploads"),
        "SCHEDULE": Box("borgmatic", "schedule: *"),
        "COMPRESS": Box("borgmatic", "compression: *"),
        "ENCRYPT": Box("borgmatic", "encryption: *"),
        "UPLOAD": Box("borgmatic", "keep *"),
        "LOCAL": Box("local (*"),
        "REMOTE": Box("remote (*"),
        "ARCHIVE": Box("archive", "minio_s3_bucket"),
        "RESTORE": Box("restore.yml", "playbook"),
        "VERIFY": Box("verify.yml", "playbook"),
        "DEPLOY": Box("dynamic-deploy.yml", "playbook"),
    },
}
"""Every box of the nine drawings that have boxes; the tenth is a picture of all of Terraform."""

_THROUGH_THE_EDGE = (
    *("Internet", "DDoS protection", "WAF custom rules", "Rate limits", "WAF managed rules"),
    *("CDN cache", "example.org*", "platform-production"),
)
"""In the order of the provider's phases; people draw them in any order."""
_ONE_JOB = Within("steps of one job, each a setting of its configuration")
_ATTACHED = Against("rules are attached to the zone that they protect")

ARROWS: dict[str, Arrows] = {
    "infrastructure": {
        ("CF", "LB"): _DIRECT,
        ("DNS", "CF"): Within("one provider answers for names and proxies them"),
        ("LB", "WEB1"): _DIRECT,
        ("LB", "WEB2"): _DIRECT,
        ("WEB1", "DB"): _DIRECT,
        ("WEB2", "DB"): _DIRECT,
        ("WEB1", "REDIS"): _DIRECT,
        ("WEB2", "REDIS"): _DIRECT,
        ("MONITOR", "WEB1"): _DIRECT,
        ("MONITOR", "WEB2"): _DIRECT,
        ("LOGS", "WEB1"): Against("the web server sends its logs"),
        ("LOGS", "WEB2"): Against("the web server sends its logs"),
        ("GITHUB", "STAGING"): _DIRECT,
        ("STAGING", "LB"): Told("staging has a load balancer of its own; a person decides when production follows"),
        ("LOCAL", "STAGING"): _LAPTOP,
    },
    "pipeline": {
        ("DEV", "COMMIT"): _DIRECT,
        ("COMMIT", "PR"): Told("a person opens the pull request"),
        ("PR", "REVIEW"): _HUMAN_REVIEW,
        ("REVIEW", "MERGE"): _HUMAN_REVIEW,
        ("MERGE", "BUILD"): _DIRECT,
        ("BUILD", "TEST"): _DIRECT,
        ("TEST", "DEPLOY_STAGING"): _DIRECT,
        ("DEPLOY_STAGING", "MANUAL_TEST"): _HUMAN_TEST,
        ("MANUAL_TEST", "DEPLOY_PROD"): _HUMAN_TEST,
        ("DEPLOY_PROD", "MONITOR"): _DIRECT,
    },
    "network": {
        ("USER", "CDN"): By(_THROUGH_THE_EDGE[:-1]),
        ("CDN", "WAF"): Against("what the cache keeps has passed the firewall"),
        ("WAF", "DDOS"): By(_THROUGH_THE_EDGE[1:5]),
        ("DDOS", "LB"): By(_THROUGH_THE_EDGE[1:]),
        ("LB", "WEB1"): _DIRECT,
        ("LB", "WEB2"): _DIRECT,
        ("WEB1", "DB"): _DIRECT,
        ("WEB2", "DB"): _DIRECT,
        ("WEB1", "REDIS"): _DIRECT,
        ("WEB2", "REDIS"): _DIRECT,
        ("BASTION", "WEB1"): _DIRECT,
        ("BASTION", "WEB2"): _DIRECT,
    },
    "services": {
        ("NGINX", "TUX"): _DIRECT,
        ("NGINX", "API"): _DIRECT,
        ("NGINX", "STATIC"): _DIRECT,
        ("TUX", "AUTH"): _DIRECT,
        ("TUX", "POSTGRES"): _DIRECT,
        ("TUX", "REDIS_CACHE"): _DIRECT,
        ("TUX", "DISCORD"): _DIRECT,
        ("API", "AUTH"): _DIRECT,
        ("API", "POSTGRES"): _DIRECT,
        ("API", "REDIS_CACHE"): _DIRECT,
        ("API", "GITHUB_API"): _DIRECT,
        ("AUTH", "POSTGRES"): _DIRECT,
        ("STATIC", "FILES"): _DIRECT,
    },
    "ansible": {
        ("CONTROL", "INVENTORY"): Within("the inventory is the control node's"),
        ("INVENTORY", "STAGING"): _DIRECT,
        ("INVENTORY", "PROD"): _DIRECT,
        ("CONTROL", "SITE"): By(("Deploy to production", "site.yml")),
        ("SITE", "BOOTSTRAP"): _DIRECT,
        ("SITE", "DEPLOY"): _DIRECT,
        ("SITE", "SECURITY"): _DIRECT,
        ("BOOTSTRAP", "SYSTEM"): _DIRECT,
        ("DEPLOY", "DOCKER"): _DIRECT,
        ("DEPLOY", "TUX_ROLE"): _DIRECT,
        ("SECURITY", "SYSTEM"): _DIRECT,
    },
    "dependencies": {
        ("PROVIDER", "NETWORK"): _DIRECT,
        ("NETWORK", "SUBNET_PUB"): _DIRECT,
        ("NETWORK", "SUBNET_PRIV"): _DIRECT,
        ("SUBNET_PUB", "LB"): _DIRECT,
        ("SUBNET_PRIV", "SERVERS"): _DIRECT,
        ("SERVERS", "VOLUMES"): _DIRECT,
        ("SERVERS", "FIREWALL"): _DIRECT,
        ("CLOUDFLARE", "DOMAINS"): By(("Cloudflare", "zone", "dns record ×*")),
        ("LB", "DOMAINS"): _DIRECT,
    },
    "monitoring": {
        ("APP_LOGS", "FLUENTD"): _DIRECT,
        ("SYS_LOGS", "FLUENTD"): _DIRECT,
        ("METRICS", "PROMETHEUS"): _DIRECT,
        ("TRACES", "JAEGER"): _DIRECT,
        ("FLUENTD", "ELASTIC"): _DIRECT,
        ("PROMETHEUS", "TSDB"): Within("Prometheus keeps its own time series"),
        ("JAEGER", "TRACE_DB"): _DIRECT,
        ("ELASTIC", "KIBANA"): _DIRECT,
        ("TSDB", "GRAFANA"): By(("prometheus", "grafana")),
        ("TRACE_DB", "JAEGER_UI"): Against("the query service asks the storage"),
        ("PROMETHEUS", "ALERT_MGR"): _DIRECT,
        ("ALERT_MGR", "SLACK"): _DIRECT,
        ("ALERT_MGR", "EMAIL"): _DIRECT,
    },
    "security": {
        ("CLOUDFLARE_SEC", "DDOS_PROT"): _ATTACHED,
        ("CLOUDFLARE_SEC", "WAF_RULES"): _ATTACHED,
        ("VPC", "SECURITY_GROUPS"): Against("firewalls refer to the network that they are for"),
        ("VPC", "NACL"): Against("firewalls refer to the network that they are for"),
        ("HARDENING", "FIREWALL_HOST"): _DIRECT,
        ("HARDENING", "FAIL2BAN"): _DIRECT,
        ("TLS", "AUTH_JWT"): Beside("Edge security"),
        ("AUTH_JWT", "RBAC"): _DIRECT,
        ("ENCRYPTION", "BACKUP_ENC"): Beside("Data security"),
        ("ENCRYPTION", "SECRET_MGT"): Beside("Data security"),
    },
    "backup": {
        ("DB_DATA", "SCHEDULE"): _DIRECT,
        ("CONFIG", "SCHEDULE"): _DIRECT,
        ("SECRETS", "SCHEDULE"): _DIRECT,
        ("USER_DATA", "SCHEDULE"): _DIRECT,
        ("SCHEDULE", "COMPRESS"): _ONE_JOB,
        ("COMPRESS", "ENCRYPT"): _ONE_JOB,
        ("ENCRYPT", "UPLOAD"): _ONE_JOB,
        ("UPLOAD", "LOCAL"): _DIRECT,
        ("UPLOAD", "REMOTE"): _DIRECT,
        ("REMOTE", "ARCHIVE"): By(("backup-archive", "archive")),
        ("LOCAL", "RESTORE"): By(("local (*", "restore.yml")),
        ("REMOTE", "RESTORE"): By(("remote (*", "restore.yml")),
        ("RESTORE", "VERIFY"): _DIRECT,
        ("VERIFY", "DEPLOY"): _DIRECT,
    },
}
"""Every arrow of the nine drawings."""
