"""Hand-drawn diagrams in `archdoc check`, as a pull request meets them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from gitrepo import Done, archdoc
from repositories import Write

from archdoc import api
from archdoc.catalog import load_catalog
from archdoc.config import load_config, parse_config
from archdoc.model.finding import Finding
from archdoc.readers.files import Repository

CODE = """
    resource "aws_instance" "web" {
      for_each = toset(["web-1", "web-2"])
      ami      = "ami-1"
    }
    resource "aws_sqs_queue" "batch" { name = "batch" }
    resource "aws_lb" "main" { name = "front" }
    resource "aws_lb_target_group_attachment" "web" {
      for_each         = aws_instance.web
      target_group_arn = aws_lb_target_group.web.arn
      target_id        = each.value.id
    }
    resource "aws_lb_target_group" "web" { port = 80 }
    resource "aws_lb_listener" "http" {
      load_balancer_arn = aws_lb.main.arn
      default_action {
        type             = "forward"
        target_group_arn = aws_lb_target_group.web.arn
      }
    }
"""
PAGE = """
    # How it works

    ```mermaid
    flowchart LR
      lb[Load balancer] --> w1[Web 1] & w2[Web 2]
      w1 --> bastion[Bastion]
    ```
"""
CONFIG = '[drift]\ndrift = "off"\n'


def check(root: Path, *options: str) -> Done:
    return archdoc(root, "check", *options)


def findings(root: Path) -> list[Finding]:
    """What check finds in hand-drawn diagrams, without drawing any."""
    config = load_config(root)
    return api.drawn_findings(Repository(root, config.exclude), config, api.load_graph(root, config))


def told(root: Path) -> list[tuple[str, str, str]]:
    """Code, place and severity of every finding."""
    return [(f.code, str(f.source), f.severity.value) for f in findings(root)]


def messages(root: Path) -> str:
    return "\n".join(f.message for f in findings(root))


@pytest.fixture
def root(write: Write) -> Path:
    return write({"main.tf": CODE, "README.md": PAGE, "archdoc.toml": CONFIG})


def test_a_phantom_fails_the_check_with_its_page_and_line(root: Path) -> None:
    done = check(root)
    assert done.returncode == 1, done.stderr
    assert 'README.md:6: error: DR101 the box "Bastion" is a phantom' in done.stdout


def test_a_true_diagram_passes(root: Path, write: Write) -> None:
    write({"README.md": PAGE.replace("w1 --> bastion[Bastion]", "")})
    done = check(root)
    assert (done.returncode, done.stdout) == (0, "the published pages show the code as it is\n"), done.stdout


@pytest.mark.parametrize(
    ("drawn", "code", "line"),
    [
        ("w1 --> b[batch]", "DR102", 6),
        ("w3[Web 3]", "DR101", 6),
        ('w3["Web 1 10.0.0.9"]', "", 0),
        ("%% archdoc:ignore\n      w3[Web 3]", "", 0),
        ('subgraph s["Public subnet"]\n      w1\n      end', "DR101", 6),
        ("w1[open", "DR104", 6),
    ],
)
def test_each_thing_that_is_wrong_is_named(root: Path, write: Write, drawn: str, code: str, line: int) -> None:
    write({"README.md": PAGE.replace("w1 --> bastion[Bastion]", drawn)})
    found = [(c, place) for c, place, _s in told(root)]
    assert found == ([(code, f"README.md:{line}")] if code else [])


def test_what_the_code_gains_is_an_omission_and_a_warning(root: Path, write: Write) -> None:
    write({"README.md": PAGE.replace("w1 --> bastion[Bastion]", "")})
    write({"main.tf": CODE.replace('["web-1", "web-2"]', '["web-1", "web-2", "web-3"]')})
    assert told(root) == [("DR201", "README.md:4", "warning")]
    assert 'aws_instance.web["web-3"] (main.tf:1)' in messages(root)


def test_a_scope_asks_for_all_that_is_in_it(root: Path, write: Write) -> None:
    scoped = "<!-- archdoc:scope type=aws_* -->\n    ```mermaid"
    page = PAGE.replace("w1 --> bastion[Bastion]", "").replace("```mermaid", scoped, 1)
    write({"README.md": page})
    assert "aws_sqs_queue.batch" in messages(root)
    write({"README.md": page.replace("type=aws_*", "type=aws_instance,aws_lb")})
    assert "aws_sqs_queue.batch" not in messages(root)
    write({"README.md": page.replace("type=aws_*", "view=nothing")})
    assert "no view is called 'nothing'" in messages(root)


def test_a_baseline_accepts_what_was_wrong_and_nothing_new(root: Path, write: Write) -> None:
    written = check(root, "--write-baseline")
    assert (written.returncode, written.stdout) == (
        0,
        "wrote archdoc-baseline.json: 1 findings of hand-drawn diagrams are accepted\n",
    )
    assert told(root) == []
    write({"README.md": PAGE.replace("# How", "Words that move the lines.\n\n    # How")})
    assert told(root) == []
    write({"README.md": PAGE.replace("w1 -->", "w2 --> waf[WAF]\n      w1 -->")})
    assert [code for code, _p, _s in told(root)] == ["DR101"]
    (root / "archdoc-baseline.json").write_text("{}")
    broken = check(root)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "archdoc-baseline.json: not a baseline of archdoc" in broken.stderr


def test_an_alias_speaks_for_a_box(root: Path, write: Write) -> None:
    write({"archdoc.toml": CONFIG + '[drawn.aliases]\n"bastion" = "aws_sqs_queue.batch"\n'})
    assert [code for code, _p, _s in told(root)] == ["DR102"]
    write({"archdoc.toml": CONFIG + '[drawn.aliases]\n"Bastion" = ""\n'})
    assert told(root) == []
    write({"archdoc.toml": CONFIG + '[drawn.aliases]\n"Bastion" = "aws_instance.gone"\n'})
    assert [code for code, _p, _s in told(root)] == ["DR101"]


@pytest.mark.parametrize(
    "config",
    [
        "[drawn]\nenabled = false\n",
        '[drawn]\npages = ["docs/"]\n',
        '[drawn]\npages = ["*.md", "!README.md"]\n',
        'exclude = ["README.md"]\n',
    ],
)
def test_what_is_not_looked_at(root: Path, write: Write, config: str) -> None:
    text = config + CONFIG if config.startswith("exclude") else CONFIG + config
    write({"archdoc.toml": text})
    assert told(root) == []


def test_severities_are_the_configuration_s(root: Path, write: Write) -> None:
    write({"archdoc.toml": '[drift]\ndrift = "off"\nphantom = "warning"\n'})
    assert [(code, severity) for code, _p, severity in told(root)] == [("DR101", "warning")]


def test_pages_that_archdoc_made_are_not_hand_drawn(root: Path, write: Write) -> None:
    write({"README.md": f"<!-- generated by archdoc, do not edit; run: archdoc build -->\n{PAGE}"})
    assert told(root) == []


def test_a_flow_chart_that_is_not_about_infrastructure_is_let_be(root: Path, write: Write) -> None:
    write(
        {
            "README.md": """
            ```mermaid
            flowchart TD
              start[Read the order] --> valid{Is it valid?}
              valid -- yes --> keep[(Database)]
              valid -- no --> reply[Say sorry]
            ```
            """
        }
    )
    assert told(root) == []


def test_a_label_is_text_in_every_message(root: Path, write: Write) -> None:
    write({"README.md": PAGE.replace("[Bastion]", '["Bastion\\n::set-output name=a::b"]')})
    (row,) = [f for f in findings(root) if f.code == "DR101"]
    assert "\n" not in row.message
    assert row.message.startswith('the box "Bastion ::set-output name=a::b" is a phantom')


def test_the_documentation_s_examples_are_true(write: Write) -> None:
    text = (Path(__file__).parents[2] / "docs/hand-drawn.md").read_text()
    (page,) = re.findall(r"````markdown\n(.*?)````", text, re.DOTALL)
    printed = re.findall(r"^README.*", text, re.MULTILINE)
    root = write(
        {
            "README.md": f"# Shop\n\n{page}",
            "main.tf": CODE.rstrip() + "\n" * 9 + 'resource "aws_db_instance" "main" { engine = "mysql" }\n',
        }
    )
    place = next(
        n.source for n in api.load_graph(root, load_config(root)).nodes() if n.name == "main" and "db" in n.type
    )
    found = [f"{f.source}: {f.severity.value}: {f.code} {f.message}" for f in findings(root)]
    assert [line.replace(str(place), "main.tf:31") for line in found] == printed
    config, catalog = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert parse_config(tomllib.loads(config)).drawn.aliases["Code review"] == ""
    assert load_catalog((catalog,)).concepts.all[0].names == ("order engine",)


def test_explain_tells_what_a_box_stands_for_and_why(root: Path) -> None:
    config = load_config(root)
    told = api.explain_drawn(root, config, "README.md:5")
    assert told is not None
    assert told.startswith(
        'README.md:5: the box "Load balancer" stands for the following, score 0.8: it is what people call '
        "'Load balancer'\n    aws_lb.main (main.tf:6)\n"
        'README.md:5: the box "Web 1" stands for the following, score 1.0: it has this name\n'
        '    aws_instance.web["web-1"] (main.tf:1)\n'
    )
    phantom = 'README.md:6: the box "Bastion" is a phantom: nothing is Bastion\n'
    assert api.explain_drawn(root, config, "README.md:6") == phantom
    assert api.explain_drawn(root, config, "aws_lb.main") is None
    assert api.explain_drawn(root, config, "README.md:99") == ""


def test_a_drawn_group_shows_its_hosts_and_the_machine_of_ansible_is_none(root: Path, write: Write) -> None:
    write(
        {
            "site.yml": "- hosts: all\n  tasks: []\n",
            "hosts": "localhost\n[web]\nnode-a\nnode-b\n[cache]\nnode-c\n[cache:children]\nspare\n[spare]\nnode-d\n",
        }
    )
    drawn = """
    # Machines

    ```mermaid
    C4Deployment
      Person(dev, "Backend developer")
      Deployment_Node(web, "web", "group") {
        Node(a, "node-a")
        Node(b, "node-b")
      }
      Deployment_Node(cache, "cache", "group")
      Rel(dev, web, "looks after")
    ```
    """
    write({"README.md": drawn})
    assert told(root) == []
    write({"README.md": drawn.replace('"cache", "group"', '"Load balancer"')})
    assert "lacks: host node-c" in messages(root)
