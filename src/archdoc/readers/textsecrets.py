"""Credentials that texts hold by their grammar alone: arguments of commands, passwords in SQL, manifests of Secrets."""

from __future__ import annotations

import re

from archdoc.readers.addresssecrets import MASK

COMMANDS = tuple(
    re.compile(shape)
    for shape in (
        r"\blogin\b[^\n|;&]*?\s-p[ =]?['\"]?(?P<secret>[^\s'\"]+)",
        r"\bsshpass\s+-p\s?['\"]?(?P<secret>[^\s'\"]+)",
        r"\b(?:mysql|mariadb)[\w-]*\b[^\n|;&]*?\s-p['\"]?(?P<secret>[^\s'\"]+)",
        r"\b(?:curl|wget)\b[^\n|;&]*?\s(?:-u|--user|--proxy-user)[ =]?['\"]?[^\s:'\"]+:(?P<secret>[^\s'\"]+)",
        r"\bhtpasswd\b[^\n|;&]*?\s-(?!\w*n)\w*b\w*\s+(?:-\w+\s+)*\S+\s+\S+\s+['\"]?(?P<secret>[^\s'\"]+)",
        r"\bhtpasswd\b[^\n|;&]*?\s-(?=\w*n)\w*b\w*\s+(?:-\w+\s+)*\S+\s+['\"]?(?P<secret>[^\s'\"]+)",
        r"\becho\s+(?:-\w+\s+)*['\"]?[^\s:'\"|]+:(?P<secret>[^\s'\"|]+)['\"]?\s*\|\s*(?:sudo\s+)?chpasswd\b",
        r"\bredis-cli\b[^\n|;&]*?\s-a[ =]?['\"]?(?P<secret>[^\s'\"]+)",
        r"\bcreate\s+secret\b[^\n|;&]*?\s--from-literal[ =]['\"]?[^\s=]+=(?P<secret>[^\s'\"]+)",
        r"\bconfigure\s+set\s+\S*(?:secret|token|password)\S*\s+['\"]?(?P<secret>[^\s'\"]+)",
        r"<\(\s*echo['\"]?\s+(?:-\w+\s+)*['\"]?(?P<secret>[^\s'\")]+)",
        r"\becho\s+(?:-\w+\s+)*['\"]?(?P<secret>[^\s'\"|]+)['\"]?\s*\|[^\n|;&]*(?:--stdin|--password-stdin|sudo\s+-S)\b",
        r"\becho\s+(?:-\w+\s+)*['\"]?(?P<secret>[^'\"|>\n]+?)['\"]?\s*(?:\|\s*(?:sudo\s+)?tee\b(?:\s+-a)?|>>?)\s*['\"]?"
        r"[\w./{} -]*(?:secret|token|passw|passphrase|credential)",
        r"(?i:\bidentified\s+(?:with\s+\S+\s+)?by|\bpassword)\s+'(?P<secret>[^'\n]+)'",
        r"\bopenssl\b[^\n|;&]*?\s-[kK]\s+['\"]?(?P<secret>[^\s'\"]+)",
        r"\brabbitmqctl\b[^\n|;&]*?\s(?:add_user|change_password)\s+\S+\s+['\"]?(?P<secret>[^\s'\"]+)",
        r"\bput-parameter\b[^\n|;&]*?\s--value[ =]['\"]?(?P<secret>[^\s'\"]+)",
        r"\bssh-keygen\b[^\n|;&]*?\s-[NP]\s*['\"]?(?P<secret>[^\s'\"-][^\s'\"]*)",
        r"\bsecret\s+set\b[^\n|;&]*?\s(?:--body|-b)[ =]['\"]?(?P<secret>[^\s'\"]+)",
        r"\s-U[ =]?['\"]?[\w.\\-]+%(?P<secret>[^\s'\"]+)",
        r"\b[Cc]ookie: *(?P<secret>[^'\"\n]*=[^'\"\n]*)",
    )
)
"""Commands that take a credential without a name: ``mysql -pX``, ``curl -u ann:X``, ``docker login -p X``."""
COMMAND_HINT = re.compile(
    r"login|sshpass|mysql|mariadb|curl|wget|passwd|stdin|sudo|redis-cli|create|configure|echo|identified|password"
    r"|openssl|rabbitmqctl|put-parameter|keygen|secret set|-U|cookie",
    re.IGNORECASE,
)

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
