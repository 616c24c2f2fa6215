"""The forms of known credentials: keys of providers, tokens, hashes of passwords, addresses with a password in them."""

from __future__ import annotations

import re

_FORMS = tuple(
    (tuple(words.split("|")), re.compile(form, re.DOTALL))
    for words, form in (
        ("PRIVATE KEY", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:.*?-----END [A-Z0-9 ]*PRIVATE KEY-----|.*)"),
        ("ANSIBLE_VAULT", r"\$ANSIBLE_VAULT;[0-9.]+;\w+(?:;[\w.-]+)?(?:\s+[0-9a-f]+)*"),
        ("AKIA|ASIA", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        (
            "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-",
            r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{30,}\b|\bglpat-[\w-]{18,}",
        ),
        ("xox|xapp-", r"\bxox[abprs]-[\w-]{10,}|\bxapp-[\w-]{10,}"),
        ("k_live_|k_test_", r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,}\b"),
        ("AIza|ya29.", r"\bAIza[\w-]{35}\b|\bya29\.[\w-]{20,}"),
        ("eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
        ("SG.|key-", r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\bkey-[0-9a-f]{32}\b"),
        (
            "dop_v1_|hvs.|tskey-|AGE-SECRET-KEY-",
            r"\bdop_v1_[0-9a-f]{40,}\b|\bhvs\.[\w-]{20,}|\btskey-[\w-]{10,}|\bAGE-SECRET-KEY-[0-9A-Z]{20,}",
        ),
        ("glsa_|glc_", r"\bglsa_[A-Za-z0-9]{20,}_[0-9a-f]{8}\b|\bglc_[A-Za-z0-9+/=]{20,}"),
        ("{S|{MD5|{CRYPT|{ARGON2", r"\{(?:S?SHA|S?MD5|CRYPT|ARGON2)\d*\}[\w+/=$.,-]{8,}"),
        (
            "$2|$1$|$5$|$6$|$y$|$7$|$argon2|$apr1$",
            r"\${1,2}(?:2[abxy]|1|5|6|y|7|argon2[id]{1,2}|apr1)\$[\w./$=,+-]{12,}",
        ),
        (
            "hooks.slack.com/services/|discord.com/api/webhooks/|discordapp.com/api/webhooks/",
            r"(?<=hooks\.slack\.com/services/)[\w/]+|(?<=discord\.com/api/webhooks/)[\w/-]+"
            r"|(?<=discordapp\.com/api/webhooks/)[\w/-]+",
        ),
        ("api.telegram.org/bot|:AA", r"(?<=api\.telegram\.org/bot)[\w:-]+|\b[0-9]{8,10}:AA[\w-]{30,}\b"),
        (
            "hc-ping.com/|/ping/|/api/push/|/hooks/|pagerduty.com/integration/",
            r"(?<=://hc-ping\.com/)[\w/-]+|(?<=/ping/)[\w-]{12,}|(?<=/api/push/)\w+|(?<=/hooks/)[\w/-]{16,}"
            r"|(?<=events\.pagerduty\.com/integration/)\w+|(?<=events\.eu\.pagerduty\.com/integration/)\w+",
        ),
        ("Bearer |Basic |Token ", r"\b(?:Bearer|Basic|Token) (?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}"),
        (
            "uthorization: ",
            r"(?<=[Aa]uthorization: )(?i:bearer|basic|token|key|apikey|digest|splunk|ssws|geniekey|[\w-]*oauthtoken) "
            r"(?!<secret>|\$|\{)[^\s'\"]+",
        ),
        ("@", r"(?<=//)[^\s/:@'\"{}<>]*:(?!<secret>|\$|\{)[^\s/@'\"{}]+(?=@)"),
    )
)
"""The forms of known credentials, each with words of which every text of the form has one."""
OF_ADDRESS = _FORMS[-1][1]
"""The password in an address: ``https://ann:X@example.org``."""


def possible_forms(text: str) -> list[re.Pattern[str]]:
    """The forms that may be in a text, in order: those of which a word stands in it."""
    return [form for words, form in _FORMS if any(word in text for word in words)]
