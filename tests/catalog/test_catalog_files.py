"""The shipped files are well formed, and none of their rows is idle."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from archdoc.catalog import CatalogError, Role, load_catalog
from archdoc.catalog import shapes as shape_rows
from archdoc.catalog.backupcontainers import BackupContainer
from archdoc.catalog.concepts import Concept, Filler, Product, Support, Synonym
from archdoc.catalog.delivery import Action, Command, PipelineTemplate
from archdoc.catalog.inventories import InventoryPlugin
from archdoc.catalog.modules import ModuleRow
from archdoc.catalog.outside import External, Scheme, VariableRow
from archdoc.catalog.relations import Join, Relation
from archdoc.catalog.resource_types import Part, Provider, ResourceType
from archdoc.catalog.sensitive import Sensitive
from archdoc.catalog.sequences import Sequence
from archdoc.catalog.software import Kind, Program
from archdoc.catalog.tables import TABLES, shipped, shipped_files
from archdoc.catalog.unread import Unread
from archdoc.model.facts import Category, NodeKind
from archdoc.render.svg.icons import is_known

DATA = Path(__file__).parent / "data"
SCHEMA = json.loads(files("archdoc.catalog").joinpath("catalog.schema.json").read_text(encoding="utf-8"))
CATALOG = load_catalog()


def known_types() -> list[str]:
    listed = [line.partition("\t")[0] for line in (DATA / "terraform_types.tsv").read_text().splitlines()]
    return listed + (DATA / "older_types.txt").read_text().split()


def test_every_file_follows_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    wrong = {
        f: [e.json_path + ": " + e.message for e in validator.iter_errors(shipped(f))][:3] for f in shipped_files()
    }
    assert {f: errors for f, errors in wrong.items() if errors} == {}


def test_schema_and_rows_have_the_same_fields() -> None:
    rows: tuple[type, ...] = (
        *(ResourceType, Part, Provider, Relation, Join, Kind, Program, ModuleRow, External, Scheme, VariableRow),
        *(Concept, Product, Support, Synonym, Filler),
        *(
            Command,
            Action,
            InventoryPlugin,
            Sensitive,
            Sequence,
            shape_rows.ServerShape,
            shape_rows.NetworkShape,
            shape_rows.RuleShape,
        ),
        *(shape_rows.ListenerShape, shape_rows.RecordShape, shape_rows.ProtectionShape, shape_rows.MonitorShape),
        shape_rows.PhaseShape,
        shape_rows.ReachShape,
        shape_rows.NeighbourShape,
        Unread,
        BackupContainer,
        PipelineTemplate,
    )
    assert {r.__name__ for r in rows} == set(SCHEMA["$defs"])
    for row in rows:
        names = {f.name for f in dataclasses.fields(row)} - {"matched"}
        assert names == set(SCHEMA["$defs"][row.__name__]["properties"]), row.__name__
    assert set(SCHEMA["properties"]) == set(TABLES)


def test_every_icon_exists() -> None:
    icons = {
        str(row["icon"])
        for file in shipped_files()
        for table in shipped(file).values()
        for row in (table.values() if isinstance(table, dict) else table)
        if row.get("icon")
    }
    assert len(icons) > 200
    assert sorted(i for i in icons if not is_known(i)) == []


def test_every_row_of_types_decides_about_some_type() -> None:
    """A type's row names a type that a provider has or had; a family's has at least one type in it."""
    types = known_types()
    exact, decided = set(types), Counter(CATALOG.resource_type(t).matched for t in types)
    for file in shipped_files():
        if not file.startswith("types/") or file == "types/_any":
            continue
        provider = file.removeprefix("types/")
        rows = shipped(file)["types"]
        assert [k for k in rows if not k.startswith(provider + "_")] == []
        idle = [k for k in rows if not decided[k] and k not in exact and not any(t.startswith(k) for t in types)]
        assert idle == [], file


def test_nearly_all_types_are_classified_by_a_row() -> None:
    listed = known_types()
    assert len(listed) > 5384
    found = {t: CATALOG.resource_type(t) for t in listed}
    other = [t for t, known in found.items() if known.category is Category.OTHER]
    assert len(other) <= 0.02 * len(listed), other
    assert sum(not known.matched for known in found.values()) == len(other)


@pytest.mark.parametrize(
    "table",
    [
        *(
            "relations",
            "joins",
            "servers",
            "networks",
            "firewall_rules",
            "listeners",
            "records",
            "protections",
            "monitors",
            "inventory_plugins",
        )
    ],
)
def test_types_in_relations_and_shapes_exist(table: str) -> None:
    """Of the providers whose types are listed, each named type is one of theirs: no slip hides in a list."""
    types = set(known_types())
    providers = {t.partition("_")[0] for t in types}
    wrong = []
    for file in shipped_files():
        for row in shipped(file).get(table, []):
            for name in row.get("types", []):
                stem = re.sub(r"_iam_(member|binding|policy)$", "_iam", name)
                exists = stem in types or (name.endswith("_") and any(t.startswith(name) for t in types))
                if name.partition("_")[0] in providers and not exists:
                    wrong.append(name)
    assert wrong == []


def test_servers_with_a_shape_are_servers() -> None:
    for row in shipped("shapes/servers")["servers"]:
        roles = {name: CATALOG.resource_type(name).role for name in row["types"]}
        assert {n: r for n, r in roles.items() if r not in (Role.SERVER, Role.NONE)} == {}


def test_names_of_programs_lead_to_one_program() -> None:
    software = CATALOG.software
    assert len(software.all) >= 250
    for program in software.all:
        for name in (program.name, *program.synonyms):
            found = software.named(name)
            assert found is not None, name
            assert found.name == program.name, f"{name} is {program.name} and {found.name}"
        for image in program.images:
            if "*" not in image:
                found = software.of_image(image)
                assert found is not None, image
                assert found.name == program.name, image
        for unit in program.units:
            if "*" not in unit:
                found = software.of_unit(unit)
                assert found is not None, unit
                assert found.name == program.name, unit
        assert not program.of or software.named(program.of) is not None


def test_kinds_are_used_and_known() -> None:
    kinds = set(shipped("kinds")["kinds"])
    assert {p.kind for p in CATALOG.software.all} == kinds


def test_schemes_and_modules_name_known_programs() -> None:
    named = {row.get("program", "") for row in shipped("externals")["schemes"].values()}
    named |= {row.get("program", "") for row in shipped("externals")["variables"]}
    named |= {row.get("program", "") for row in shipped("ansible_modules")["modules"]}
    assert sorted(n for n in named if n and CATALOG.software.named(n) is None) == []


def test_hosts_are_host_names() -> None:
    hosts = [h for row in shipped("externals")["externals"] for h in row["hosts"]]
    assert len(hosts) == len(set(hosts))
    assert [h for h in hosts if not re.fullmatch(r"[a-z0-9*.-]+", h)] == []


def test_an_unknown_table_or_key_names_the_nearest() -> None:
    with pytest.raises(CatalogError, match="did you mean 'programs'"):
        load_catalog(("[[program]]\nname = 'x'\n",))
    with pytest.raises(CatalogError, match="synonims: unknown key; did you mean 'synonyms'"):
        _ = load_catalog(("[[programs]]\nname = 'x'\nkind = 'database'\nsynonims = []\n",)).software
    with pytest.raises(CatalogError, match="none of compute, network"):
        load_catalog(("[types]\nfoo_bar = { category = 'computer' }\n",)).resource_type("foo_bar")
    with pytest.raises(CatalogError, match="not valid TOML"):
        load_catalog(("= 3",))
    with pytest.raises(CatalogError, match=r"missing.*kind"):
        _ = load_catalog(("[[programs]]\nname = 'x'\n",)).software


def test_concepts_are_called_by_one_name_each_and_by_words_that_are_known() -> None:
    concepts = CATALOG.concepts
    names = [concepts.words(name) for concept in concepts.all for name in concept.names]
    assert [" ".join(n) for n, count in Counter(names).items() if count > 1 and n not in SHARED] == []
    kinds, programs = shipped("kinds")["kinds"], {p.name for p in CATALOG.software.all}
    for concept in concepts.all:
        for by in concept.by:
            assert set(by.software) <= set(kinds), concept.names[0]
            assert set(by.programs) <= programs, concept.names[0]
            assert set(by.roles) <= set(Role), concept.names[0]
            assert set(by.kinds) <= set(NodeKind), concept.names[0]
            assert dataclasses.astuple(by) != dataclasses.astuple(Support()), concept.names[0]


SHARED = {("node", "group"), ("node", "pool")}
"""A module that is given node groups has workers too."""
OWN_TYPES = (
    *("internet", "range", "volume", "email", "webhook", "slack", "role", "push", "pull_request", "merge_request"),
    *("schedule", "script", "plugin"),
)
"""Types of nodes that are not Terraform's."""
OTHER_PROVIDERS = (
    "acme_certificate",
    "helm_release",
    "kubectl_manifest",
    "cloudinit_config",
    "template_cloudinit_config",
)
"""Types of providers that are not in the list of types."""


def test_every_provider_of_a_product_is_known() -> None:
    named = {p for concept in CATALOG.concepts.all for p in concept.providers}
    assert named - CATALOG.providers.keys() - {"gitlab"} == set()


def test_every_pattern_of_a_concept_fits_some_type() -> None:
    types = [*known_types(), *OWN_TYPES, *OTHER_PROVIDERS]
    idle = [
        (concept.names[0], pattern)
        for concept in CATALOG.concepts.all
        for by in concept.by
        for pattern in by.types
        if not any(fnmatchcase(t, pattern) for t in types)
    ]
    assert idle == []


def test_words_that_mean_the_same_mean_one_thing() -> None:
    rows = shipped("concepts")["synonyms"]
    words = Counter(w for row in rows for w in (row["word"], *row["same"]))
    assert [w for w, count in words.items() if count > 1] == []
