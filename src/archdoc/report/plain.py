"""Text of the repository inside a report: on one line, steering nothing, neither a terminal nor a CI runner.

GitHub's runner takes every line of a log that begins with ``::`` as a command, and ``##[`` wherever it stands; a name
in a pull request could be such a line.
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from archdoc.render.text import clean, shorten

LONGEST = 2_000
"""Characters of one message."""


def line(text: str, longest: int = LONGEST) -> str:
    """The text on one line, without control characters, cut when very long."""
    return shorten(clean(text[: 4 * longest]), longest)


def log(text: str) -> str:
    """Lines for a log, none of which is a command to a CI runner; control characters other than tabs are taken out."""
    return "".join(_guarded(_visible(each)) + "\n" for each in text.splitlines())


def _guarded(text: str) -> str:
    body = text.lstrip()
    if body.startswith("::"):
        text = text[: len(text) - len(body)] + "\\" + body
    return text.replace("##[", "##\\[")


def _visible(text: str) -> str:
    """One line as it stands, spaces and tabs included, without what steers."""
    return "\t".join(" ".join(clean(word) for word in part.split(" ")) for part in text.split("\t"))
