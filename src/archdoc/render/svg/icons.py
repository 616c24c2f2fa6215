"""Icons: those of the ``diagrams`` package by the path of its node classes, and a few drawn for archdoc.

``diagrams`` (https://diagrams.mingrammer.com) ships the icons of the providers as PNG files, each behind a node
class such as ``diagrams.aws.compute.EC2``. Its own drawing needs Graphviz's program, gives random ids and leaves
absolute paths in the SVG; so archdoc asks the class which file it stands for, puts the file's bytes into the SVG
once, and draws itself. This module is the only one that imports diagrams.
"""

from __future__ import annotations

import base64
import importlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from archdoc.model.facts import Category
from archdoc.render.svg.glyphs import GLYPHS, OWN, PERSON

_CLASS = re.compile(r"[a-z0-9]+\.[a-z0-9]+\.[A-Za-z0-9]+")
_MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Icon:
    """``name`` is unique and fit for an id; ``body`` the content of a ``<symbol viewBox="0 0 48 48">``."""

    name: str
    body: str
    plate: bool
    """Whether it wants a white plate behind it: a picture made for white paper."""


def find_icon(name: str, category: Category, actor: bool = False) -> Icon:
    """The icon of a name of the catalog (``aws.compute.EC2``, ``hetzner.server``), else the category's glyph.

    An actor without an icon is a person.
    """
    own = OWN.get(_own_name(name))
    if own is not None:
        return Icon("own-" + _own_name(name).replace(".", "-"), own, plate=True)
    picture = _picture(name)
    if picture is not None:
        body = f'<image width="48" height="48" href="data:image/png;base64,{picture}"/>'
        return Icon(name.replace(".", "-").lower(), body, plate=True)
    if actor:
        return Icon("glyph-actor", PERSON, plate=False)
    return Icon(f"glyph-{category.value}", GLYPHS[category], plate=False)


def is_known(name: str) -> bool:
    """Whether a name of the catalog gives an icon of its own."""
    return _own_name(name) in OWN or _picture(name) is not None


def _own_name(name: str) -> str:
    return name.lower().replace("_", "")


@lru_cache(maxsize=512)
def _picture(name: str) -> str | None:
    """The PNG behind a diagrams class, in base64; None where there is no such class or file."""
    name = name.removeprefix("diagrams.")
    if not _CLASS.fullmatch(name):
        return None
    module, _, class_name = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(f"diagrams.{module}"), class_name, None)
    except ImportError:
        return None
    directory, file = getattr(found, "_icon_dir", None), getattr(found, "_icon", None)
    if not isinstance(directory, str) or not isinstance(file, str):
        return None
    base = importlib.import_module("diagrams").__file__
    if base is None:
        return None
    picture = Path(base).parent.parent / directory / file
    try:
        data = picture.read_bytes()
    except OSError:
        return None
    if not data.startswith(b"\x89PNG") or len(data) > _MAX_BYTES:
        return None
    return base64.b64encode(data).decode("ascii")
