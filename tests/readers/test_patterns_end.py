"""No text of a repository keeps a pattern busy: what can be split in many ways is not tried in all of them."""

from __future__ import annotations

import re
import time

import pytest

from archdoc.linking.dynamic import _selects
from archdoc.readers.ansible.signals.firewalltexts import _of_zone
from archdoc.readers.ansible.signals.shell import commands
from archdoc.readers.ansible.walk.fingerprints import _names_in
from archdoc.readers.ci.expressions import possible, substituted
from archdoc.readers.formats.find import _COMPOSE
from archdoc.readers.secrets import mask_text
from archdoc.views.words import readable

MOST_SECONDS = 3
SPACES = " " * 4_000


@pytest.mark.parametrize(
    "read",
    [
        lambda: _names_in(f"lookup('vars', {'a' * 34}!)"),
        lambda: re.fullmatch(_COMPOSE, "compose" + "-_" * 100 + "!"),
        lambda: substituted("${{" + SPACES, {}),
        lambda: possible("${{" + SPACES, {}),
        lambda: readable("{{" + SPACES),
        lambda: mask_text("echo" + SPACES),
        lambda: _selects(SPACES, {}),
        lambda: list(_of_zone("public.xml", "<port" + SPACES)),
        lambda: commands("echo " + "{{ " * 16_000),
    ],
    ids=["variable by name", "Compose file", "expression", "choice", "label", "echo", "selector", "zone", "command"],
)
def test_a_text_made_to_be_slow_is_read_at_once(read: object) -> None:
    assert callable(read)
    began = time.process_time()
    read()
    assert time.process_time() - began < MOST_SECONDS
