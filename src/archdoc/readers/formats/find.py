"""Which format a document has, and the configuration files that lie in a repository as they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archdoc.model.document import Document
from archdoc.model.facts import Source
from archdoc.readers.backupcommands import DUMPS
from archdoc.readers.files import Repository, UnreadableError
from archdoc.readers.formats.environment import variables_in
from archdoc.readers.formats.passedover import NOT_CONFIGURATION
from archdoc.readers.secrets import is_secret, mask_text


@dataclass(frozen=True, slots=True)
class _Format:
    """How a format is recognised: by its content wherever that says enough (``sure``), else by name and content."""

    kind: str
    name: re.Pattern[str] | None
    content: re.Pattern[str] | None
    sure: bool = False
    keys: re.Pattern[str] | None = None
    """Where the name says nothing: the only keys that its content may have at the margin."""
    bare: bool = False
    """It is no YAML: a file that is recognised by its content has a name without an ending."""

    def fits(self, name: str, text: str, sure: bool) -> bool:
        """Whether a text is of this format. ``sure``: its content may tell, whatever its name."""
        named = self.name is not None and self.name.fullmatch(name) is not None
        if not named and not (self.sure and sure and not (self.bare and name.endswith((".yml", ".yaml")))):
            return False
        if self.content is not None and self.content.search(text) is None:
            return False
        return named or self.keys is None or all(self.keys.fullmatch(key) for key in _KEY.findall(text))


_KEY = re.compile(r"^[\"']?([\w.-]+)[\"']?[ \t]*:(?=\s|$)", re.MULTILINE)


def _format(
    kind: str, name: str = "", content: str = "", sure: bool = False, keys: str = "", bare: bool = False
) -> _Format:
    return _Format(
        kind,
        re.compile(rf"(?:.*/)?(?:{name})", re.IGNORECASE) if name else None,
        re.compile(content, re.MULTILINE) if content else None,
        sure,
        re.compile(keys) if keys else None,
        bare,
    )


def _both(first: str, second: str) -> str:
    """A pattern for two lines at the margin, in any order."""
    return rf"\A(?=(?s:.*?)^(?:{first}))(?=(?s:.*?)^(?:{second}))"


def _yaml(*names: str) -> str:
    """Names of YAML files that begin with a program's name or lie in a directory called so."""
    return "|".join(rf"{name}[\w.-]*\.ya?ml|{name}[\w-]*/[\w.-]+\.ya?ml" for name in names)


_BLANK = r"(?:[ \t]*(?:#.*|\{%.*%\}[ \t]*)?\n)*"
"""Lines with nothing but comments and statements of a template."""
_COMPOSE = r"(?:[\w.-]*[-_.])?(?:docker-)?compose(?:[-_.][\w.-]*)?\.ya?ml"
_FLOW_SERVICES = (
    rf"(?:^services|[\"']services[\"'])[ \t]*:[ \t]*(?:(?:#.*)?\n{_BLANK}[ \t]+[^\s#{{-][^\n{{]*:[ \t]*)?(?=\{{)"
    r"(?:.|\n)*?[{,\s][\"']?(?:image|build|extends)[\"']?[ \t]*:"
)
"""Services in YAML's flow style, all of them or each: ``services: {wiki: {image: wiki}}``."""
_DUMPS = "|".join(DUMPS)
_FORMATS = (
    _format(
        "wireguard",
        r"wireguard/[\w.-]+|[\w.-]*(?:wg|wireguard)[\w.-]*\.conf|[\w.-]+\.netdev",
        r"^[ \t]*\[(?:WireGuard)?Peer\](?:.|\n)*?^[ \t]*AllowedIPs[ \t]*=",
    ),
    _format("promtail", _yaml("promtail"), _both("clients?:", "scrape_configs:"), sure=True),
    _format("prometheus", _yaml("prometheus"), "^scrape_configs:", sure=True),
    _format("otel-collector", _yaml("otel"), _both("exporters:", "service:"), sure=True),
    _format("alertmanager", _yaml("alertmanager"), _both("receivers:", "route:"), sure=True),
    _format(
        "prometheus-rules",
        r"[\w.-]*(?:rules?|alerts?)[\w.-]*\.ya?ml|rules/[\w.-]+\.ya?ml|[\w.-]+\.rules",
        _both("groups:", r"[ \t]*(?:-[ \t]+)?(?:alert|record):[ \t]"),
        sure=True,
    ),
    _format("loki", _yaml("loki"), "^(?:schema_config|storage_config|limits_config|common):"),
    _format("loki", "", _both("schema_config:", "(?:ingester|server|common|storage_config):"), sure=True),
    _format(
        "grafana",
        r"(?:datasources?|dashboards?|alerting|contact-?points?)[\w-]*(?:/[\w.-]+)?\.ya?ml|grafana[\w.-]*\.ya?ml",
        "^(?:datasources|providers|contactPoints):",
    ),
    _format("grafana", "", rf"^datasources:[ \t]*\n{_BLANK}[ \t]*-[ \t]", sure=True),
    _format("autorestic", r"\.?autorestic\.ya?ml", _both("locations:", "backends:"), sure=True),
    _format("resticprofile", r"(?:profiles|resticprofile)[\w.-]*\.(?:ya?ml|toml)", r"^[ \t]*repository[ \t]*[:=]"),
    _format("borgmatic", _yaml("borgmatic"), "^(?:location|source_directories|repositories):"),
    _format("borgmatic", "", _both("source_directories:", "repositories:"), sure=True),
    _format("borgmatic", "", rf"^location:[ \t]*\n{_BLANK}[ \t]+(?:source_directories|repositories):", sure=True),
    _format(
        "traefik",
        r"traefik[\w.-]*\.(?:ya?ml|toml)|traefik/(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|toml)",
        r"^(?:http|tcp|entryPoints|providers):|^\[(?:http|tcp|entryPoints|providers)[\].]",
    ),
    _format("traefik", "", rf"^(?:http|tcp):[ \t]*\n{_BLANK}[ \t]+(?:routers|services|middlewares):", sure=True),
    _format(
        "jaeger",
        _yaml("jaeger"),
        "^(?:es|cassandra|collector|query|span-storage|kafka|reporter|processor)[.:-]",
    ),
    _format("compose", _COMPOSE, _FLOW_SERVICES),
    _format("compose", _COMPOSE, r"^include[ \t]*:"),
    _format(
        "compose",
        _COMPOSE,
        rf"^services:[ \t]*(?:#.*)?\n{_BLANK}[ \t]+\S.*:[ \t]*(?:#.*)?\n"
        r"(?:.|\n)*?^[ \t]+(?:image[ \t]*:[ \t]*[^\s#]|(?:build|extends)[ \t]*:)",
        sure=True,
        keys="version|name|services|networks|volumes|configs|secrets|models|include|x-.+",
    ),
    _format("nomad", r"[\w.-]+\.(?:nomad|hcl)", r"^job[ \t]+\"[^\"\n]*\"[ \t]*\{"),
    _format("dockerfile", r"(?:[\w.-]+\.)?(?:Docker|Container)file(?:\.[\w.-]+)?", r"^[ \t]*FROM[ \t]+\S"),
    _format(
        "fluent-bit",
        r"(?:td-agent-bit|fluent-?bit)(?:[\w.-]*|/(?:[\w.-]+/)*[\w.-]+)\.(?:conf|ya?ml)",
        r"^[ \t]*\[(?:SERVICE|INPUT|OUTPUT|FILTER)\]|^pipeline:",
    ),
    _format("vector", r"vector[\w.-]*(?:/[\w.-]+)*\.(?:ya?ml|toml)", r"^[ \t]*(?:\[\[?)?sinks(?:\.[\w.\"'-]+\]|:)"),
    _format("beat", r"(?:file|journal|audit|packet|winlog|metric|heart)beat[\w.-]*\.ya?ml", r"^output(?:\.[a-z]+)*:"),
    _format("kibana", r"[\w.-]*kibana[\w.-]*\.ya?ml", r"^elasticsearch(?:\.(?:hosts|url))?:"),
    _format("logstash", r"logstash[\w.-]*(?:/[\w.-]+)*\.conf", r"^\s*output\s*\{"),
    _format(
        "rsyslog",
        r"(?:[\w.-]*rsyslog[\w.-]*|rsyslog\.d/[\w.-]+)\.conf",
        r"^[^#\n]*(?:[ \t]@@?(?:\([^)\n]*\))?[\w\[{]|\bomfwd\b)",
    ),
    _format(
        "nginx",
        r"nginx[\w.-]*\.conf|nginx/(?:[\w.-]+/)*[\w.-]+|sites-(?:available|enabled)/[\w.-]+",
        r"^[ \t]*(?:server|upstream|location|http|stream)\b[^;\n]*\{"
        r"|^[ \t]*(?:proxy_pass|fastcgi_pass|root|server_name)[ \t]",
    ),
    _format("nginx", r"[\w.-]+\.conf", r"^[ \t]*server[ \t]*\{(?:.|\n)*?^[ \t]*(?:server_name|listen|proxy_pass)[ \t]"),
    _format("caddy", r"Caddyfile[\w.-]*|[\w.-]+\.caddy(?:file)?|caddy/[\w.-]+", r"\{[ \t]*$"),
    _format("caddy", "", r"^[ \t]*reverse_proxy[ \t]", sure=True, bare=True),
    _format("fail2ban", r"jail\.local|jail\.conf|jail\.d/[\w.-]+", r"^[ \t]*\[[\w-]+\]"),
    _format("systemd-timer", r"[\w@.\\-]+\.timer", r"^[ \t]*\[Timer\]"),
    _format("systemd-unit", r"[\w@.\\-]+\.service", r"^[ \t]*\[Service\]"),
    _format("quadlet", r"[\w@.-]+\.container", r"^[ \t]*\[Container\]"),
    _format("cron", r"cron\.(?:d|hourly|daily|weekly|monthly)/[^/]+|crontabs?(?:/[^/]+)?|[\w.-]*\.cron(?:tab)?"),
    _format(
        "script",
        r"[\w.-]+\.(?:sh|bash)|s?bin/[\w.-]+",
        rf"^(?:[^#\n]*[\s;&|(/])?(?:restic|borg|borgmatic|{_DUMPS})[ \t]",
    ),
)
_VARIABLES = re.compile(r"(?:.*/)?(?:group_vars|host_vars|vars|defaults|inventor(?:y|ies)|charts)/.*")
"""Where YAML holds values for others: keys that look like a program's are names of variables there."""
_MAX_CONTENT = 60_000
"""Characters of a text that are looked at to tell its format."""


def kind_of(document: Document) -> str | None:
    """The format of a document, or None for one that archdoc does not read."""
    name = document.name.removesuffix(".j2")
    text = document.text[:_MAX_CONTENT]
    sure = name.endswith((".yml", ".yaml")) or "." not in posixpath.basename(name)
    return next((known.kind for known in _FORMATS if known.fits(name, text, sure)), None)


def plain_documents(repo: Repository, placed: Iterable[Document]) -> list[Document]:
    """The configuration files of a repository that no task or resource places anywhere."""
    taken = {d.origin.path for d in placed}
    found = []
    for path in repo.paths:
        if (
            path in taken
            or path.startswith(NOT_CONFIGURATION)
            or "/templates/" in f"/{path}"
            or "/files/" in f"/{path}"
        ):
            continue
        name = path.removesuffix(".j2")
        if not (_by_content(path) or any(k.name.fullmatch(name) for k in _FORMATS if k.name is not None)):
            continue
        try:
            document = Document(name, repo.read_text(path), Source(path, 1), partial=path.endswith(".j2"))
        except UnreadableError:
            continue
        kind = kind_of(document)
        if kind is not None:
            document = replace(document, text=mask_text(document.text))
            found.append(_interpolated(repo, document) if kind == "compose" else document)
    return found


_REFERENCE = re.compile(r"\$\$|\$\{(\w+)(?::?[-?][^}]*)?\}|\$(\w+)")
_HARMLESS = re.compile(r"[\w./:@-]+")
"""Values that no YAML around them reads as anything but themselves."""


def _interpolated(repo: Repository, document: Document) -> Document:
    """A Compose file with what the ``.env`` beside it, where that is committed, says of its variables.

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file
    """
    path = posixpath.join(posixpath.dirname(document.name), ".env")
    if "$" not in document.text or not repo.is_file(path) or not repo.is_listed(path):
        return document
    try:
        listed = variables_in(Document(path, repo.read_text(path), Source(path, 1)))
    except UnreadableError:
        return document
    known = {name: v for name, v, _ in listed if _HARMLESS.fullmatch(v) and not is_secret(name, v)}
    text = _REFERENCE.sub(lambda m: known.get(m[1] or m[2] or "", m[0]), document.text)
    return replace(document, text=text)


def _by_content(path: str) -> bool:
    """Whether a file that lies in the repository may be told by its content alone: YAML that is no one's variables,
    and not hidden (hidden directories hold the settings of tools)."""
    if not path.endswith((".yml", ".yaml")) or path.startswith(".") or "/." in path:
        return False
    return _VARIABLES.fullmatch(path) is None
