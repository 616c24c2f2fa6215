"""Reading executes nothing, follows no path out of the repository, and shows nothing of what lies outside."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from archdoc import api
from archdoc.cli import cli
from archdoc.config import load_config
from archdoc.render import data

OUTSIDE = "outside-canary-51f0"
ENVIRONMENT = "environment-canary-77ab"
RAN = "ran-canary"

ESCAPES = [
    "''.__class__.__mro__[1].__subclasses__()",
    "''['__class__']['__base__']['__subclasses__']()",
    "lipsum.__globals__['os'].popen('touch {ran}').read()",
    "cycler.__init__.__globals__.os.system('touch {ran}')",
    "self.__init__.__globals__.__builtins__.__import__('os').system('touch {ran}')",
    "request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f')",
    "''|attr('__class__')|attr('__mro__')",
    "'{0.__class__.__mro__}'.format('')",
    "('%s' % ''.__class__)|string",
    "joiner.__init__.__globals__",
    "namespace.__init__.__globals__['__builtins__']['open']('{outside}').read()",
    "[].append.__self__.__class__.__base__",
    "hostvars.__class__",
    "range.__doc__.__class__.__base__.__subclasses__()",
    "(lookup).__globals__",
    "x.__class__.__init__.__globals__",
]
LOOKUPS = [
    "lookup('pipe', 'touch {ran}; cat {outside}')",
    "lookup('ansible.builtin.pipe', 'touch {ran}')",
    "query('pipe', 'touch {ran}')",
    "lookup('lines', 'touch {ran}')",
    "lookup('file', '{outside}')",
    "lookup('file', '../{up}/outside.txt')",
    "lookup('file', 'linked.txt')",
    "lookup('file', 'linked/outside.txt')",
    "lookup('template', '{outside}')",
    "lookup('unvault', '{outside}')",
    "lookup('ini', 'a file={outside}')",
    "lookup('csvfile', 'a file={outside}')",
    "lookup('fileglob', '{directory}/*')",
    "lookup('first_found', ['{outside}'])",
    "lookup('env', 'ARCHDOC_CANARY')",
    "lookup('env', 'HOME')",
    "lookup('vars', 'planted')",
    "lookup('config', 'DEFAULT_HOST_LIST')",
    "lookup('url', 'file://{outside}')",
    "lookup('password', '{directory}/made length=4')",
    "lookup('my_lookup', 'x')",
    "'x' | my_filter",
    "'x' | community.general.my_filter",
    "'{outside}' | realpath",
    "'ARCHDOC_CANARY' | expandvars",
    "'$ARCHDOC_CANARY' | expandvars",
    "'~root' | expanduser",
    "'{outside}' is file",
]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that tries everything. What must not come to be, or to light, lies beside it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "outside.txt").write_text(f"a={OUTSIDE}\n")
    (outside / "tasks.yml").write_text(f"- name: {OUTSIDE}\n  ansible.builtin.debug: {{msg: {OUTSIDE}}}\n")
    root = tmp_path / "repository"
    ran = tmp_path / RAN
    places = {
        "ran": str(ran),
        "outside": str(outside / "outside.txt"),
        "directory": str(outside),
        "up": "outside",
    }

    def filled(text: str) -> str:
        for name, value in places.items():
            text = text.replace("{" + name + "}", value)
        return text

    variables = [f'  planted_{i}: "{{{{ {filled(e)} }}}}"' for i, e in enumerate((*ESCAPES, *LOOKUPS))]
    shown = [f"value {i}: {{{{ {filled(e)} }}}}" for i, e in enumerate((*ESCAPES, *LOOKUPS))]
    command = f"import os\nos.system('touch {ran}')\n"
    files = {
        "ansible.cfg": "[defaults]\ninventory = inventory.py,hosts.ini\nfilter_plugins = filter_plugins\n",
        "inventory.py": f"#!/usr/bin/env python3\n{command}print('{{}}')\n",
        "hosts.ini": "[web]\nweb1\n",
        "aws_ec2.yml": "plugin: amazon.aws.aws_ec2\n",
        "filter_plugins/mine.py": f"{command}class FilterModule:\n    def filters(self): return {{'my_filter': str}}\n",
        "lookup_plugins/my_lookup.py": command,
        "library/my_module.py": command,
        "callback_plugins/mine.py": command,
        "vars_plugins/mine.py": command,
        "group_vars/all.yml": "planted_list:\n" + "\n".join(v.replace("  planted", "- planted", 1) for v in variables),
        "templates/all.txt.j2": "\n".join(shown),
        "templates/include.j2": filled(
            "{% include '{outside}' %}{% include '../../outside/outside.txt' %}{% import 'linked.txt' as x %}"
        ),
        "templates/compose.yml.j2": "services:\n  app:\n    image: {{ lookup('file', 'inside.txt') }}\n    environment:\n"
        + "\n".join(f"      V{i}: {{{{ {filled(e)} }}}}" for i, e in enumerate((*ESCAPES, *LOOKUPS))),
        "site.yml": filled("""
- hosts: web
  vars:
VARIABLES
  vars_files: ["{outside}", "../outside/outside.txt", linked.txt]
  roles: ["{directory}/role", linked]
  tasks:
    - ansible.builtin.template: {src: all.txt.j2, dest: /etc/all.txt}
    - ansible.builtin.template: {src: include.j2, dest: /etc/include.txt}
    - ansible.builtin.template: {src: compose.yml.j2, dest: /srv/docker-compose.yml}
    - ansible.builtin.copy: {src: "{outside}", dest: /etc/nginx/nginx.conf}
    - ansible.builtin.copy: {src: linked.txt, dest: /etc/linked}
    - ansible.builtin.copy: {src: linked/, dest: /etc/linked}
    - ansible.builtin.include_vars: "{outside}"
    - ansible.builtin.include_tasks: "{directory}/tasks.yml"
    - ansible.builtin.import_tasks: ../outside/tasks.yml
    - ansible.builtin.include_tasks: linked/tasks.yml
    - ansible.builtin.shell: touch {ran}
      when: lookup('pipe', 'touch {ran}') == ''
    - ansible.builtin.debug: {msg: "{{ item }}"}
      with_pipe: touch {ran}
    - ansible.builtin.debug: {msg: "{{ item }}"}
      with_lines: touch {ran}
    - ansible.builtin.debug: {msg: "{{ item }}"}
      with_file: ["{outside}"]
    - my_module: {}
""").replace("VARIABLES", "\n".join("  " + v for v in variables)),
        "inside.txt": "nginx:1.27",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if text.startswith("#!") or name.endswith(".py"):
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
    for link in ("linked.txt", "files/linked.txt", "templates/linked.txt", "group_vars/web.yml"):
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(outside / "outside.txt")
    for link in ("linked", "files/linked", "roles/linked", "host_vars"):
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(outside)
    monkeypatch.setenv("ARCHDOC_CANARY", ENVIRONMENT)
    monkeypatch.setenv("HOME", f"/home/{ENVIRONMENT}")
    return root


def test_reading_runs_nothing_and_shows_nothing_from_outside(planted: Path) -> None:
    graph = api.load_graph(planted, load_config(planted))
    text = data.graph_json(graph)
    assert graph.node("service:web1:app").attributes["image"] == "nginx:1.27"  # the repository's own files are read
    for secret in (OUTSIDE, ENVIRONMENT, "<class", "subclasses'", "root:x:"):
        assert secret not in text
    assert str(planted) not in text
    assert not (planted.parent / RAN).exists()
    assert sorted(p.name for p in (planted.parent / "outside").iterdir()) == ["outside.txt", "tasks.yml"]


def test_building_pages_runs_nothing_either(planted: Path) -> None:
    result = CliRunner().invoke(cli, ["-C", str(planted), "build"])
    assert result.exit_code == 0, result.output
    shown = result.output + result.stderr
    for path in (planted / "docs").rglob("*"):
        shown += path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    assert OUTSIDE not in shown
    assert ENVIRONMENT not in shown
    assert not (planted.parent / RAN).exists()


@pytest.mark.parametrize("expression", [*ESCAPES, *LOOKUPS])
def test_each_of_them_stays_an_expression(planted: Path, expression: str) -> None:
    """One by one, so that no other one hides it: what cannot be evaluated stays as it is written."""
    from archdoc.readers.ansible.jinja import Renderer
    from archdoc.readers.ansible.variables import VariableScope

    written = expression.replace("{outside}", str(planted.parent / "outside/outside.txt"))
    written = written.replace("{directory}", str(planted.parent / "outside")).replace(
        "{ran}", str(planted.parent / RAN)
    )
    found = Renderer(VariableScope(())).evaluate("{{ " + written + " }}")
    for secret in (OUTSIDE, ENVIRONMENT, "<class", "<function", "<module", "built-in"):
        assert secret not in str(found.value)
    assert not (planted.parent / RAN).exists()
