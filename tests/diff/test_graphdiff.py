"""What two versions of the same code differ in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdoc import api
from archdoc.catalog import load_catalog
from archdoc.config import Config
from archdoc.drift.attributes import attribute_changes
from archdoc.drift.codetext import with_code
from archdoc.drift.focus import limited
from archdoc.drift.graphdiff import compare_graphs
from archdoc.drift.picture import changes_drawing
from archdoc.drift.settled import Settling
from archdoc.model.change import AttributeChange, Change, GraphDiff, NodeChange
from archdoc.model.facts import Json
from archdoc.model.graph import Graph

Diff = Callable[[dict[str, str], dict[str, str]], GraphDiff]

SERVER = """
resource "hcloud_network" "main" {
  name     = "main"
  ip_range = "10.0.0.0/16"
}

resource "hcloud_server" "web" {
  name        = "web"
  server_type = "cx22"
  image       = "debian-12"
  network {
    network_id = hcloud_network.main.id
    ip         = "10.0.1.5"
  }
}
"""


def graph(root: Path, files: dict[str, str]) -> Graph:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return api.load_graph(root, Config())


def compared(before: Graph, after: Graph) -> GraphDiff:
    return compare_graphs(before, after, load_catalog())


@pytest.fixture
def diff(tmp_path: Path) -> Diff:
    def make(before: dict[str, str], after: dict[str, str]) -> GraphDiff:
        return compared(graph(tmp_path / "before", before), graph(tmp_path / "after", after))

    return make


def said(found: GraphDiff) -> dict[str, Change]:
    return {c.title: c.change for c in found.nodes}


def leaves(change: NodeChange) -> dict[str, tuple[Json, Json]]:
    return {c.path: (c.before, c.after) for c in change.attributes}


def test_a_changed_argument_is_named_with_both_values(diff: Diff) -> None:
    found = diff({"main.tf": SERVER}, {"main.tf": SERVER.replace("cx22", "cx32")})
    (change,) = found.nodes
    assert (change.change, change.title) == (Change.CHANGED, "hcloud_server.web")
    assert leaves(change) == {"server_type": ("cx22", "cx32")}
    assert change.source.line == 7
    assert not found.edges


def test_an_argument_of_a_nested_block_is_one_leaf(diff: Diff) -> None:
    (change,) = diff({"main.tf": SERVER}, {"main.tf": SERVER.replace("10.0.1.5", "10.0.1.6")}).nodes
    assert leaves(change)["network[].ip"] == ("10.0.1.5", "10.0.1.6")


@pytest.mark.parametrize(
    "after",
    [
        {"main.tf": "# a comment\n\n\n" + SERVER},
        {"main.tf": SERVER.replace("  name        =", "  name =").replace("\n}", "\n\n}")},
        {"main.tf": SERVER, "README.md": "# words"},
        {
            "zz.tf": SERVER.partition('resource "hcloud_server"')[0],
            "main.tf": 'resource "hcloud_server"' + SERVER.partition('resource "hcloud_server"')[2],
        },
    ],
    ids=["comment", "spaces", "words", "another file"],
)
def test_where_things_stand_is_no_difference(diff: Diff, after: dict[str, str]) -> None:
    found = diff({"main.tf": SERVER}, after)
    shown = [c for c in found.nodes if c.node.kind != "root"]  # the list of its files is a fact of a root
    assert not shown
    assert not found.edges


def test_lines_in_reasons_are_places_too(diff: Diff) -> None:
    code = 'variable "size" {}\nresource "hcloud_server" "a" {\n  server_type = var.size\n  count = 1\n}\n'
    off = 'variable "on" {\n  default = false\n}\nresource "hcloud_server" "b" {\n  count = var.on ? 1 : 0\n}\n'
    assert not diff({"main.tf": code + off}, {"main.tf": "\n\n" + code + "# more\n" + off})


def test_instances_come_and_go_by_their_keys(diff: Diff) -> None:
    code = 'resource "hcloud_server" "a" {\n  for_each = toset([%s])\n  name = each.key\n}\n'
    found = diff({"main.tf": code % '"x", "y"'}, {"main.tf": code % '"y", "z"'})
    assert said(found) == {'hcloud_server.a["z"]': Change.ADDED, 'hcloud_server.a["x"]': Change.REMOVED}


def test_a_value_that_becomes_unknown_is_one_change_with_its_reason(diff: Diff) -> None:
    code = 'variable "t" {\n%s}\nresource "hcloud_server" "a" {\n  server_type = var.t\n}\n'
    found = diff({"main.tf": code % '  default = "cx22"\n'}, {"main.tf": code % ""})
    (server,) = (c for c in found.nodes if c.node.kind == "resource")
    before, after = leaves(server)["server_type"]
    assert before == "cx22"
    assert str(after).startswith("unknown (no value is given for var.t")


def test_a_relation_between_things_that_stay_is_a_difference_of_its_own(diff: Diff) -> None:
    other = SERVER.replace('"main" {', '"other" {').partition('resource "hcloud_server"')[0]
    before = other + SERVER
    found = diff(
        {"main.tf": before},
        {"main.tf": before.replace("network_id = hcloud_network.main", "network_id = hcloud_network.other")},
    )
    references = {(c.change, c.said) for c in found.edges if c.edge.kind == "references"}
    assert references == {
        (Change.REMOVED, "hcloud_server.web → hcloud_network.main (references)"),
        (Change.ADDED, "hcloud_server.web → hcloud_network.other (references)"),
    }


def test_ports_that_a_rule_opens_are_told_with_the_relation(diff: Diff) -> None:
    code = """
    resource "hcloud_firewall" "f" {
      rule {
        direction  = "in"
        protocol   = "tcp"
        port       = "443"
        source_ips = ["0.0.0.0/0"]
      }
    }
    resource "hcloud_server" "a" {
      name         = "a"
      firewall_ids = [hcloud_firewall.f.id]
    }
    """
    found = diff({"main.tf": code}, {"main.tf": code.replace('"443"', '"22"')})
    (allowed,) = (c for c in found.edges if c.edge.kind == "allows")
    assert allowed.change is Change.CHANGED
    assert {c.path: (c.before, c.after) for c in allowed.attributes} == {"ports": ("443/tcp", "22/tcp")}


# -- moved blocks -------------------------------------------------------------------------------------------


def test_a_moved_resource_is_the_same_one_under_another_address(diff: Diff) -> None:
    moved = 'moved {\n  from = hcloud_server.web\n  to = hcloud_server.site["a"]\n}\n'
    after = SERVER.replace('"hcloud_server" "web" {', '"hcloud_server" "site" {\n  for_each = toset(["a"])')
    found = diff({"main.tf": SERVER}, {"main.tf": after + moved})
    (change,) = found.nodes
    assert (change.change, change.title, change.moved_from) == (
        Change.CHANGED,
        'hcloud_server.site["a"]',
        "hcloud_server.web",
    )
    assert change.attributes == ()
    assert not found.edges, "its relations moved with it"


def test_without_a_moved_block_a_renamed_resource_is_another_one(diff: Diff) -> None:
    found = diff({"main.tf": SERVER}, {"main.tf": SERVER.replace('"hcloud_server" "web"', '"hcloud_server" "site"')})
    assert said(found) == {"hcloud_server.site": Change.ADDED, "hcloud_server.web": Change.REMOVED}


def test_a_moved_module_takes_all_that_is_in_it_along(diff: Diff) -> None:
    inside = {"modules/m/main.tf": SERVER + 'variable "x" {\n  default = 1\n}\n'}
    call = 'module "%s" {\n  source = "./modules/m"\n}\n'
    moved = "moved {\n  from = module.old\n  to = module.new\n}\n"
    found = diff({**inside, "main.tf": call % "old"}, {**inside, "main.tf": call % "new" + moved})
    assert {c.change for c in found.nodes} == {Change.CHANGED}
    assert {c.moved_from for c in found.nodes} >= {"module.old", "module.old.hcloud_server.web", "module.old.var.x"}


def test_a_chain_of_moved_blocks_is_followed_and_a_circle_ends(diff: Diff) -> None:
    def block(one: str, other: str) -> str:
        return f"moved {{\n  from = hcloud_server.{one}\n  to = hcloud_server.{other}\n}}\n"

    after = SERVER.replace('"hcloud_server" "web"', '"hcloud_server" "c"')
    (change,) = diff({"main.tf": SERVER}, {"main.tf": after + block("web", "b") + block("b", "c")}).nodes
    assert change.moved_from == "hcloud_server.web"
    circle = block("x", "y") + block("y", "x")
    assert len(diff({"main.tf": SERVER}, {"main.tf": after + circle}).nodes) == 2


def test_moved_blocks_inside_a_module_speak_of_the_module(diff: Diff) -> None:
    call = 'module "m" {\n  source = "./m"\n}\n'
    after = SERVER.replace('"hcloud_server" "web"', '"hcloud_server" "site"')
    moved = "moved {\n  from = hcloud_server.web\n  to = hcloud_server.site\n}\n"
    (change,) = diff({"main.tf": call, "m/a.tf": SERVER}, {"main.tf": call, "m/a.tf": after + moved}).nodes
    assert (change.title, change.moved_from) == ("module.m.hcloud_server.site", "module.m.hcloud_server.web")


# -- Ansible ------------------------------------------------------------------------------------------------

PLAYS = "- name: Web\n  hosts: web\n  roles: [app]\n- name: Database\n  hosts: db\n  roles: [app]\n"
ROLE = {"roles/app/tasks/main.yml": "- name: Ping\n  ansible.builtin.ping:\n", "hosts.ini": "[web]\na\n[db]\nb\n"}


def test_a_play_put_first_is_one_play_more_and_nothing_else(diff: Diff) -> None:
    found = diff({**ROLE, "site.yml": PLAYS}, {**ROLE, "site.yml": "- name: First\n  hosts: web\n" + PLAYS})
    assert said(found) == {"play First of site.yml": Change.ADDED}


def test_an_ansible_project_that_begins_elsewhere_is_the_same_project(diff: Diff) -> None:
    before = {f"ansible/{p}": t for p, t in {**ROLE, "playbooks/site.yml": PLAYS}.items()}
    after = {**before, "ansible/ansible.cfg": "[defaults]\nroles_path = roles\n"}
    found = diff(before, after)
    assert {c.change for c in found.nodes} <= {Change.CHANGED}, said(found)


def test_a_host_that_joins_a_group_is_a_new_relation(diff: Diff) -> None:
    found = diff({**ROLE, "site.yml": PLAYS}, {**ROLE, "site.yml": PLAYS, "hosts.ini": "[web]\na\nb\n[db]\nb\n"})
    assert {(c.change, c.said) for c in found.edges if c.edge.kind == "member_of"} == {
        (Change.ADDED, "host b → group web (member of)")
    }


def test_one_rule_less_is_told_though_another_like_it_stays(diff: Diff) -> None:
    rule = "  ingress {\n    cidr_blocks = [var.office]\n    security_groups = [aws_security_group.b.id]\n  }\n"
    two = 'variable "office" {}\nresource "aws_security_group" "a" {\n' + 2 * rule + "}\n"
    two += 'resource "aws_security_group" "b" {\n}\n'
    found = diff({"main.tf": two}, {"main.tf": two.replace(rule, "", 1)})
    assert said(found)["aws_security_group.a"] is Change.CHANGED
    assert {(c.change, c.said) for c in found.edges if c.edge.kind == "references"} == {
        (Change.REMOVED, "aws_security_group.a → aws_security_group.b (references)")
    }


UNREAD = 'resource "aws_instance" "a" {\n  count = no_such_function(1)\n}\n'


def test_what_could_not_be_worked_out_moves_with_its_code(diff: Diff) -> None:
    assert not diff({"main.tf": UNREAD, "other.tf": ""}, {"main.tf": "", "other.tf": UNREAD})


def test_one_problem_more_of_the_same_words_is_told(diff: Diff) -> None:
    local = "locals {\n  a = no_such_function(1)\n}\n"
    (problem,) = diff({"main.tf": local}, {"main.tf": local, "more/main.tf": local}).problems
    assert problem.change is Change.ADDED
    assert problem.problem.source.path == "more/main.tf"


# -- leaves -------------------------------------------------------------------------------------------------


def differing(before: dict[str, Json], after: dict[str, Json], *sequences: str) -> tuple[AttributeChange, ...]:
    return attribute_changes(before, after, Settling(frozenset(sequences)))


def changes(before: Json, after: Json, *sequences: str) -> set[tuple[str, str, str]]:
    found = differing({"a": before}, {"a": after}, *sequences)
    return {(c.path, str(c.before), str(c.after)) for c in found}


def test_lists_are_compared_by_what_is_in_them() -> None:
    assert changes(["x", "y"], ["y", "z", "x"]) == {("a[]", "None", "z")}
    assert changes(["x", "x"], ["x"]) == {("a[]", "x", "None")}
    assert changes([1, 2], [2, 1]) == set()
    assert changes([{"b": ["x", "y"]}, "z"], ["z", {"b": ["y", "x"]}]) == set()


def test_the_order_of_a_list_counts_where_it_says_something() -> None:
    assert changes([1, 2], [2, 1], "a") == {("a (order)", "[1, 2]", "[2, 1]")}
    values: Json = {"command": ["run", "fast"]}
    assert changes([values, 1], [1, {"command": ["fast", "run"]}], "command") == {
        ("a[].command (order)", "['run', 'fast']", "['fast', 'run']")
    }


def test_the_catalog_knows_lists_with_an_order(diff: Diff) -> None:
    container = 'resource "kubernetes_pod" "a" {\n  spec {\n    container {\n      name = "a"\n      args = ["x", "y"]\n    }\n  }\n}\n'
    (change,) = diff({"main.tf": container}, {"main.tf": container.replace('"x", "y"', '"y", "x"')}).nodes
    assert leaves(change) == {"spec[].container[a].args (order)": (["x", "y"], ["y", "x"])}
    ruled = 'resource "cloudflare_ruleset" "a" {\n  rules = [{ action = "block" }, { action = "skip" }]\n}\n'
    other = ruled.replace("block", "x").replace("skip", "block").replace('"x"', '"skip"')
    assert said(diff({"main.tf": ruled}, {"main.tf": other})) == {"cloudflare_ruleset.a": Change.CHANGED}
    firewall = (
        ruled.replace("cloudflare_ruleset", "some_firewall"),
        other.replace("cloudflare_ruleset", "some_firewall"),
    )
    assert not diff({"main.tf": firewall[0]}, {"main.tf": firewall[1]})


def test_lists_of_named_things_are_compared_name_by_name() -> None:
    one: Json = {"name": "ssh", "port": 22}
    other: Json = {"name": "web", "port": 443}
    assert changes([one, other], [{"name": "web", "port": 8443}, one]) == {("a[web].port", "443", "8443")}


def test_texts_that_are_json_are_compared_by_what_they_say() -> None:
    policy = '{"Statement":[{"Action":["a","b"],"Effect":"Allow"}]}'
    assert changes(policy, policy.replace('"b"', '"b","c"')) == {("a.Statement[].Action[]", "None", "c")}
    assert changes(policy, policy.replace('"a","b"', '"b","a"')) == set()
    assert changes(policy, policy.replace(":", ": ").replace(",", ",\n")) == set()
    assert changes(policy, "[broken") == {("a", policy, "[broken")}


def test_a_number_and_a_boolean_are_two_values() -> None:
    assert changes(1, True) == {("a", "1", "True")}
    assert changes(None, {}) == {("a", "None", "{}")}


def test_an_argument_called_line_is_content_and_a_line_of_a_file_is_not() -> None:
    assert differing({"values": {"line": 3}}, {"values": {"line": 4}})
    assert differing({"arguments": {"line": "a"}}, {"arguments": {"line": "b"}})
    assert not differing({"calls": [{"name": "x", "line": 3}]}, {"calls": [{"name": "x", "line": 9}]})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab:.", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abn", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("xy", min_size=1, max_size=2), json_values, max_size=3))
def test_nothing_differs_from_itself(attributes: dict[str, Json]) -> None:
    assert differing(attributes, attributes) == ()


@given(json_values, json_values)
def test_two_values_that_differ_are_told_apart(one: Json, other: Json) -> None:
    found = differing({"values": {"v": one}}, {"values": {"v": other}})
    assert bool(found) == (_plain(one) != _plain(other))


def _plain(value: Json) -> str:
    """Its text; a key without a value is as good as no key, true is not 1, and a list has no order."""
    if isinstance(value, dict):
        return "object " + repr(sorted((k, _plain(v)) for k, v in value.items() if v is not None))
    return repr(sorted(_plain(v) for v in value)) if isinstance(value, list) else repr(value)


# -- code whose values are not known ------------------------------------------------------------------------

UNKNOWN = """
resource "aws_iam_role_policy" "executor" {
  name   = "executor"
  policy = jsonencode({ bucket = aws_s3_bucket.b.arn, Resource = ["a/*"] })
}
resource "aws_s3_bucket" "b" {
}
"""


@pytest.fixture
def coded(tmp_path: Path) -> Callable[[str, str], GraphDiff]:
    def make(before: str, after: str) -> GraphDiff:
        one, other = graph(tmp_path / "before", {"main.tf": before}), graph(tmp_path / "after", {"main.tf": after})
        return with_code(compared(one, other), one, other, lambda _: before, lambda _: after)

    return make


def test_an_unknown_value_from_other_code_is_a_change_of_the_code(coded: Callable[[str, str], GraphDiff]) -> None:
    (change,) = coded(UNKNOWN, UNKNOWN.replace('["a/*"]', '["a/*", "b/*"]')).nodes
    assert change.title == "aws_iam_role_policy.executor"
    assert leaves(change) == {"code": (None, '"b/*"')}


@pytest.mark.parametrize(
    "after",
    [
        "# words\n" + UNKNOWN.replace("policy = ", "policy=   ").replace("})", '}) # why, "quoted"'),
        UNKNOWN.replace('["a/*"]', '[\n    "a/*", // the only one\n  ]'),
        UNKNOWN.replace('  name   = "executor"\n', "").replace("})\n", '})\n  name = "executor"\n'),
        UNKNOWN.replace("{ bucket", "{\n    /* of\n all */ bucket").replace("] })", "]\n  })"),
    ],
    ids=["comment", "spread", "order", "block comment"],
)
def test_the_same_code_in_another_form_is_no_change(coded: Callable[[str, str], GraphDiff], after: str) -> None:
    assert not coded(UNKNOWN, after).nodes


def test_code_that_is_shown_has_no_secrets(coded: Callable[[str, str], GraphDiff]) -> None:
    after = UNKNOWN.replace("Resource =", 'password = "hunter2hunter2", Resource =')
    (change,) = coded(UNKNOWN, after).nodes
    assert "hunter2" not in str(change.attributes)


# -- the picture --------------------------------------------------------------------------------------------


def test_neighbours_in_many_frames_become_one_box_in_the_frame_around_them(tmp_path: Path) -> None:
    inside = {"m/main.tf": 'resource "aws_lb" "a" {\n}\noutput "arn" {\n  value = aws_lb.a.arn\n}\n'}
    calls = "".join(f'module "m{i}" {{\n  source = "./m"\n}}\n' for i in range(20))
    new = f'resource "aws_waf" "new" {{\n  arns = [{", ".join(f"module.m{i}.arn" for i in range(20))}]\n}}\n'
    one = graph(tmp_path / "one", {**inside, "main.tf": calls})
    other = graph(tmp_path / "other", {**inside, "main.tf": calls + new})
    drawing = limited(changes_drawing(compared(one, other), one, other))
    (balancers,) = (b for b in drawing.boxes if b.change is None)
    assert balancers.label == ("a ×20", "aws_lb")
    assert len(balancers.node_ids) == 20
    assert balancers.cluster == "frame:tf:."
    assert [(b.label[0], b.change) for b in drawing.boxes if b.change] == [("new", Change.ADDED)]


def test_a_place_in_the_reason_for_an_argument_that_is_called_value_is_no_difference() -> None:
    def unknown(line: int) -> dict[str, Json]:
        return {"unknown": {"value": f"no value is given for var.image (main.tf:{line})"}}

    assert differing(unknown(3), unknown(5)) == ()
    content: dict[str, Json] = {"values": {"value": "see main.tf:3"}}
    other: dict[str, Json] = {"values": {"value": "see main.tf:5"}}
    assert [c.path for c in differing(content, other)] == ["value"]
