"""Credentials that texts hold by their grammar alone: arguments of commands, passwords in SQL, manifests of Secrets."""

from __future__ import annotations

import re
from collections.abc import Callable

from archdoc.readers.addresssecrets import MASK

_COMMANDS = (
    ("login", r"\blogin\b[^\n|;&]{0,499}?\s-p[ =]?['\"]?(?P<secret>[^\s'\"]+)"),
    ("sshpass", r"\bsshpass\s+-p\s?['\"]?(?P<secret>[^\s'\"]+)"),
    ("mysql|mariadb", r"\b(?:mysql|mariadb)[\w-]*\b[^\n|;&]{0,499}?\s-p['\"]?(?P<secret>[^\s'\"]+)"),
    (
        "curl|wget|etcdctl",
        r"\b(?:curl|wget|etcdctl)\b[^\n|;&]{0,499}?\s(?:-u|--user|--proxy-user)[ =]?['\"]?[^\s:'\"]+:"
        r"(?P<secret>[^\s'\"]+)",
    ),
    ("curl", r"\bcurl\b[^\n|;&]{0,499}?\s(?:-u|--user)[ =]?['\"]?(?P<secret>[^\s:'\"]+):(?=['\"]?(?:\s|$))"),
    ("auth", r"\s--?(?:[\w-]+[.-])?auth[ =]['\"]?[^\s:'\"/]+:(?!\d+\b)(?P<secret>[^\s'\"]+)"),
    ("http", r"(?<![\w./:-])https?\s[^\n|;&]{0,499}?-a[ =]?['\"]?[^\s:'\"/]+:(?P<secret>[^\s'\"]+)"),
    (
        "htpasswd",
        r"\bhtpasswd\b[^\n|;&]{0,499}?\s-(?!\w*n)\w*b\w*\s+(?:-\w+\s+)*\S+\s+\S+\s+['\"]?(?P<secret>[^\s'\"]+)",
    ),
    ("htpasswd", r"\bhtpasswd\b[^\n|;&]{0,499}?\s-(?=\w*n)\w*b\w*\s+(?:-\w+\s+)*\S+\s+['\"]?(?P<secret>[^\s'\"]+)"),
    ("chpasswd", r"\becho\s+(?:-\w+\s+)*['\"]?[^\s:'\"|]+:(?P<secret>[^\s'\"|]+)['\"]?\s*\|\s*(?:sudo\s+)?chpasswd\b"),
    ("redis-cli", r"\bredis-cli\b[^\n|;&]{0,499}?\s-a[ =]?['\"]?(?P<secret>[^\s'\"]+)"),
    ("from-literal", r"\bcreate\s+secret\b[^\n|;&]{0,499}?\s--from-literal[ =]['\"]?[^\s=]+=(?P<secret>[^\s'\"]+)"),
    ("configure", r"\bconfigure\s+set\s+\S*(?:secret|token|password)\S*\s+['\"]?(?P<secret>[^\s'\"]+)"),
    ("<(", r"<\(\s*echo['\"]?\s+(?:-\w+\s+)*['\"]?(?P<secret>[^\s'\")]+)"),
    (
        "stdin|sudo",
        r"\becho\s+(?:-\w+\s+)*['\"]?(?P<secret>[^\s'\"|]+)['\"]?\s*\|[^\n|;&]{0,499}(?:--stdin|--password-stdin|sudo\s+-S)\b",
    ),
    (
        "echo",
        r"\becho\s++(?:-\w++\s++)*+['\"]?(?P<secret>[^'\"|>\n]{0,298}[^'\"|>\s])['\"]?\s*+"
        r"(?:\|\s*(?:sudo\s+)?tee\b(?:\s+-a)?|>>?)\s*['\"]?"
        r"[\w./{} -]*(?:secret|token|passw|passphrase|credential)",
    ),
    ("identified|password", r"(?i:\bidentified\s+(?:with\s+\S+\s+)?by|\bpassword)\s+'(?P<secret>[^'\n]+)'"),
    ("password", r"(?i:=\s*password)\s*\(\s*'(?P<secret>[^'\n]+)'"),
    ("openssl", r"\bopenssl\b[^\n|;&]{0,499}?\s-[kK]\s+['\"]?(?P<secret>[^\s'\"]+)"),
    (
        "rabbitmqctl",
        r"\brabbitmqctl\b[^\n|;&]{0,499}?\s(?:add_user|change_password)\s+\S+\s+['\"]?(?P<secret>[^\s'\"]+)",
    ),
    ("put-parameter", r"\bput-parameter\b[^\n|;&]{0,499}?\s--value[ =]['\"]?(?P<secret>[^\s'\"]+)"),
    ("ssh-keygen", r"\bssh-keygen\b[^\n|;&]{0,499}?\s-[NP]\s*['\"]?(?P<secret>[^\s'\"-][^\s'\"]*)"),
    ("secret", r"\bsecret\s+set\b[^\n|;&]{0,499}?\s(?:--body|-b)[ =]['\"]?(?P<secret>[^\s'\"]+)"),
    ("-u", r"\s-U[ =]?['\"]?[\w.\\-]+%(?P<secret>[^\s'\"]+)"),
    ("cookie", r"\b[Cc]ookie: *(?P<secret>[^'\"\n=]{0,499}=[^'\"\n]*)"),
)
"""Commands that take a credential without a name: ``mysql -pX``, ``curl -u ann:X``, ``docker login -p X``."""

_WORD = r"['\"]?(?P<secret>[^\s'\"-][^\s'\"]*)"
_REST = r"\b[^\n|;&]{0,499}?\s"
_BEFORE = r"(?<![\w.-])(?<!-name )(?<!-hostname )(?<!-network )"
"""A name that is no program: of a container."""
_END = r"(?=['\"]?\s*(?:$|[\n,\]]))"
_LAST = r"['\"]?\s*(?=$|[|;&)])"
_TAKE_PASSWORDS = (
    (
        "mongo|cqlsh|psexec|rabbitmqadmin|useradd|usermod|7z|ncftp",
        "-p",
        r"mongo(?:sh|dump|restore|export|import|stat|top|files)?|cqlsh|psexec|rabbitmqadmin|user(?:add|mod)|7z[ar]?"
        r"|ncftp(?:put|get|ls)?",
    ),
    ("influx|k3s", "-t", r"influx|k3s\s+(?:agent|server)"),
    ("snmp", "-A", r"snmp(?:get|walk|bulkwalk|set|getnext)"),
    ("snmp", "-X", r"snmp(?:get|walk|bulkwalk|set|getnext)"),
    ("mosquitto_|sqlcmd|bcp|ipmitool|zip", "-P", r"mosquitto_(?:pub|sub|rr)|sqlcmd|bcp|ipmitool|zip|unzip"),
    ("ldap", "-w", r"ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn)"),
    ("ldappasswd", "-s", r"ldappasswd"),
)
"""Programs, with the option that gives them a password."""
_PROGRAMS = (
    *(
        (words, rf"{_BEFORE}(?:{programs})(?=\s){_REST}{option}[ =]?(?![\d.]+:){_WORD}")
        for words, option, programs in _TAKE_PASSWORDS
    ),
    ("vault login", rf"\bvault login\s+(?:-[\w-]+(?:=\S+)?\s+)*(?!\S*=){_WORD}"),
    ("passwd", rf"\b(?:mkpasswd|openssl\s+passwd){_REST}(?!sha-?\d|md5|bcrypt|yescrypt|\w+crypt\b){_WORD}{_LAST}"),
    ("reset-admin|rclone", rf"\b(?:reset-admin-password|rclone\s+obscure)\s+{_WORD}"),
    ("ngrok", rf"\bngrok\s+(?:config\s+add-)?authtoken\s+{_WORD}"),
    ("iscsiadm", rf"\biscsiadm{_REST}-n\s+\S*password(?:_in)?\s+-v\s+{_WORD}"),
    ("command", rf"(?i:\bpass(?:word|phrase)?[-_]?command)['\"]?[ =:]+['\"]?echo\s+(?:-\w+\s+)*{_WORD}"),
    ("lftp", rf"\blftp{_REST}-u\s*['\"]?[^\s,'\"]+,(?P<secret>[^\s'\"]+)"),
    ("vault kv", r"\bvault\s+kv\s+(?:put|patch)\b[^\n|;&=]{0,499}\s[\w.-]+=(?!@)(?P<secret>[^\n|;&]+)"),
    ("samba-tool", rf"\bsamba-tool\s+user\s+(?:create|add)\s+\S+\s+{_WORD}"),
    ("service install", rf"\bcloudflared\s+service\s+install\s+{_WORD}"),
    ("pihole", rf"\bpihole\s+(?:-a\s+-p|setpassword)\s+{_WORD}"),
    ("/rp", rf"(?i:\bschtasks)\b[^\n|;&]{{0,499}}?\s(?i:/rp)\s+{_WORD}"),
    ("net use", rf"\bnet\s+use{_REST}/user:\S+\s+(?P<secret>[^\s/*'\"][^\s'\"]*)"),
    ("mosquitto_passwd", rf"\bmosquitto_passwd{_REST}-b\s+\S+\s+\S+\s+{_WORD}"),
    ("wpa_passphrase", rf"\bwpa_passphrase\s+(?:\"[^\"]*\"|'[^']*'|\S+)\s+{_WORD}"),
    ("alias set", rf"\bmc alias set\s+\S+\s+\S+\s+\S+\s+{_WORD}"),
    ("nmcli", rf"\bnmcli{_REST}(?:[\w.-]{{0,60}}psk|password)\s+{_WORD}"),
    ("rclone", rf"\brclone\s+config{_REST}(?:pass|password|secret_access_key|client_secret|token)[ =]{_WORD}"),
    (
        "password-stdin|passphrase-fd|sudo -s|kinit|cryptsetup|borg|restic|smbpasswd|realm",
        r"\b(?:echo|printf)\s+(?:-\w+\s+|['\"]%s(?:\\n)?['\"]\s+)*"
        r"['\"]?(?P<secret>[^\s'\"|]{3,}(?:\n[^\s'\"|]+)*)\n?['\"]?\s*\|[^\n|;&]{0,499}"
        r"(?:--password-stdin|--passphrase-fd|sudo -S|\b(?:kinit|cryptsetup|borg|restic|smbpasswd|realm))\b",
    ),
    ("<<<", rf"\b(?:kinit|cryptsetup|passwd|realm)\b[^\n|;&]{{0,499}}<<<\s*{_WORD}"),
    ("securestring", rf"(?i:\bconvertto-securestring\s+(?:-string\s+)?){_WORD}"),
    ("/pass", r"(?i:\s/pass(?:word)?:)(?P<secret>[^\s'\"]+)"),
    ("net user", r"\bnet user\s+\S+\s+(?P<secret>[^\s/*'\"][^\s'\"]*)"),
    ("username", rf"\busername\s+(?!and\b|or\b)\S+(?:\s+privilege\s+\d+)?\s+(?:secret|password)\s+(?:\d\s+)?{_WORD}"),
    (
        "enable|neighbor|ppp",
        rf"\b(?:enable\s+secret|(?:enable|neighbor\s+\S+|ppp\s+\w+)\s+password)\s+(?:\d\s+)?{_WORD}{_END}",
    ),
    ("community", rf"\b(?:snmp-server|set\s+snmp)\s+community\s+{_WORD}"),
    ("-server", rf"\b(?:tacacs|radius)-server\s+(?:host\s+\S+\s+)?key\s+(?:\d\s+)?{_WORD}"),
    (
        "isakmp|key-string|encrypted-password|message-digest",
        rf"\b(?:isakmp\s+key|key-string|encrypted-password|message-digest-key\s+\d+\s+md5)\s+(?:\d\s+)?{_WORD}",
    ),
    ("snmp", rf"\bsnmp(?:get|walk|bulkwalk|set|getnext){_REST}-c\s+{_WORD}"),
)
"""Programs and devices that take a credential by an option of their own, or by its place: ``ldapsearch -w X``,
``vault login X``, ``enable secret X``."""
_LINES = (
    ("machine|default", rf"\b(?:machine\s+\S+|default)\s+login\s+\S+\s+password\s+{_WORD}"),
    ("]", r"(?m:^[ \t]*\[[\w.-]+\](?::\w+)?[ \t]+[^\s:]+:(?P<secret>\S+)[ \t]*$)"),
    (":", r"(?m:^[ \t]*[\w.*-]+:(?:\d+|\*):[\w.*-]+:[\w.*-]+:(?P<secret>\S+)[ \t]*$)"),
)
"""Lines of files that are made for credentials: of netrc, of Postfix's maps (``[host]:587 ann:X``), of pgpass."""
_FORMS = tuple((frozenset(words.split("|")), re.compile(form)) for words, form in (*_COMMANDS, *_PROGRAMS, *_LINES))
"""Each with words of which one stands in every text that has the form; looking for them costs next to nothing."""
_FORM_WORDS = tuple(sorted(frozenset().union(*(words for words, _ in _FORMS))))


def mask_commands(text: str, lowered: str, masked: Callable[[re.Match[str]], str]) -> str:
    """A text with every credential that a command in it takes masked; ``lowered`` is the text in lower case."""
    present = [word for word in _FORM_WORDS if word in lowered]
    for words, form in _FORMS if present else ():
        if not words.isdisjoint(present):
            text = form.sub(masked, text)
    return text


_SECRET = re.compile(r"^[ \t]*['\"]?kind['\"]?:[ \t]*['\"]?Secret\b", re.MULTILINE)
_DATA = re.compile(
    r"^(?P<indent>[ \t]*)(?:stringData|data):[ \t]*\n(?P<lines>(?:(?P=indent)[ \t]+\S[^\n]*(?:\n|\Z))+)", re.MULTILINE
)
_ENTRY = re.compile(r"(?P<before>[ \t]*[^\s:]+:[ \t]*)?(?P<value>\S[^\n]*)?")


def mask_manifests(text: str) -> str:
    """A text with the data of Kubernetes Secrets in it masked, whatever it is called; the names of its entries stay."""
    if "Secret" not in text or _SECRET.search(text) is None:
        return text
    documents = text.split("\n---")
    return "\n---".join(_DATA.sub(_hidden_data, d) if _SECRET.search(d) else d for d in documents)


def _hidden_data(found: re.Match[str]) -> str:
    head = found[0][: found.start("lines") - found.start()]
    lines = found["lines"].split("\n")
    return head + "\n".join(_hidden_line(line) if line.strip() else line for line in lines)


def _hidden_line(line: str) -> str:
    entry = _ENTRY.match(line)
    if entry is None or not entry["value"]:
        return line
    return (entry["before"] or line[: len(line) - len(line.lstrip())]) + MASK
