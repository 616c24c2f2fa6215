"""Host patterns select what ansible-core's inventory manager selects."""

from __future__ import annotations

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_files import write_files

from archdoc.readers.ansible.cfg import Settings
from archdoc.readers.ansible.inventories import Inventory, read_inventory
from archdoc.readers.ansible.patterns import LOCALHOST, Term, match, split_pattern
from archdoc.readers.ansible.projects import InventorySources, Project
from archdoc.readers.ansible.yamlfiles import YamlFiles

INVENTORY = """
alone.example.org
10.0.0.9

[web]
web1.example.org
web2.example.org
web3.example.org

[db]
db1
db2
shared

[cache]
shared
web1.example.org

[site:children]
web
db

[staging]
web2.example.org
db2
same

[same]
db1
"""
PATTERNS = r"""
all
*
web
web:db
web,db
web, db
site
site:!db
site:&staging
site:&staging:!db
!db
&web
!web:site
web*
web*.example.org
*.example.org
web[0]
web[-1]
web[0:1]
web[1:]
web[0:0]
web[5]
site[1:3]
*[0:2]
db1
db1:web2.example.org
db?
[wd]b1
~web[12].*
~(web|db)[23]
~.*example\.org$
same
10.0.0.9
10.0.0.*
localhost
127.0.0.1
nothing
web:nothing
ungrouped
all:!ungrouped
all:!localhost
shared:cache
web1.example.org:!web1.example.org
cache:db
web2.example.org,shared,alone.example.org
""".strip().split("\n")


@pytest.fixture(scope="module")
def inventories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inventory, InventoryManager]:
    root = tmp_path_factory.mktemp("patterns")
    files = YamlFiles(write_files(root, {"hosts": INVENTORY}))
    own = read_inventory(files, Project(".", Settings()), InventorySources("hosts", ("hosts",)))
    return own, InventoryManager(DataLoader(), sources=[str(root / "hosts")])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_selects_the_hosts_that_ansible_selects(
    pattern: str, inventories: tuple[Inventory, InventoryManager]
) -> None:
    own, manager = inventories
    try:
        # one implicit localhost serves all of its names in a manager: the first name asked for stays
        expected = [pattern if host.name in LOCALHOST else host.name for host in manager.get_hosts(pattern)]
    except Exception:  # Ansible refuses a subscript that is out of range
        expected = []
    assert list(match(own, pattern).hosts) == expected


def test_a_list_of_patterns_is_one_pattern(inventories: tuple[Inventory, InventoryManager]) -> None:
    own, manager = inventories
    assert list(match(own, ["web", "!web2*", "db[0]"]).hosts) == [
        host.name for host in manager.get_hosts(["web", "!web2*", "db[0]"])
    ]


def test_terms_say_which_groups_are_meant(inventories: tuple[Inventory, InventoryManager]) -> None:
    found = match(inventories[0], "web:&staging:!db:gone")
    assert [(t.operator, t.text) for t in found.terms] == [("", "web"), ("&", "staging"), ("!", "db"), ("", "gone")]
    assert found.groups == ("web", "staging")
    assert found.unmatched == ("gone",)


def test_an_empty_inventory_still_has_localhost() -> None:
    empty = Inventory("hosts", ("hosts",))
    assert match(empty, "localhost").terms == (Term("localhost", hosts=("localhost",)),)
    assert match(empty, "web").hosts == ()


@pytest.mark.parametrize(
    ("pattern", "terms"),
    [
        ("a:b:c", ("a", "b", "c")),
        ("db1:5432", ("db1:5432",)),
        ("2001:db8::1", ("2001:db8::1",)),
        ("web[0:2]:db", ("web[0:2]", "db")),
        ("a,b:c", ("a", "b:c")),
        ("", ()),
    ],
)
def test_where_a_pattern_is_split(pattern: str, terms: tuple[str, ...]) -> None:
    assert split_pattern(pattern) == terms


def test_a_regular_expression_that_would_not_end_matches_nothing(
    inventories: tuple[Inventory, InventoryManager],
) -> None:
    assert match(inventories[0], r"~((([a-z.]+)+)+)+!").hosts == ()
