"""Dockerfiles: what an image is built from, and the ports that it says it listens on.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archdoc.model.document import Document
from archdoc.readers.formats.scope import Facts

_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
_ARGUMENT = re.compile(r"^\s*ARG\s+(\w+)=(\S+)", re.IGNORECASE)
_EXPOSE = re.compile(r"^\s*EXPOSE\s+(.+)$", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")


@dataclass(frozen=True, slots=True)
class Built:
    """What a Dockerfile says of the image: the one that its last stage (or the one named) begins with, and its
    ports."""

    base: str
    ports: tuple[str, ...] = ()


def read(facts: Facts) -> None:
    """Nothing by itself: an image is no service. Whoever builds it asks ``built``."""


def built(document: Document, target: str = "") -> Built | None:
    """What the image of a Dockerfile is; None where it has no stage, or none called ``target``."""
    arguments: dict[str, str] = {}
    stages: dict[str, Built] = {}
    now: Built | None = None
    name = ""
    for line in document.text.split("\n"):
        if (argument := _ARGUMENT.match(line)) is not None:
            arguments.setdefault(argument[1], argument[2].strip("\"'"))
        elif (stage := _FROM.match(line)) is not None:
            base = _REFERENCE.sub(lambda m: arguments.get(m[1]) or m[2] or m[0], stage[1])
            earlier = stages.get(base.lower())
            now = earlier or Built(base)
            name = (stage[2] or str(len(stages))).lower()
            stages[name] = now
        elif (exposed := _EXPOSE.match(line)) is not None and now is not None:
            ports = tuple(p for p in exposed[1].split("#")[0].split() if p[0].isdigit())
            now = stages[name] = Built(now.base, (*now.ports, *ports))
    return stages.get(target.lower()) if target else now
