"""Runs Ansible's own command-line tools many times in one process: ansible is imported once, each run is a fork.

Called as a program: reads ``[[tool, [arguments…], directory], …]`` as JSON from its input, writes what each printed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

Run = tuple[str, list[str], str]
ENVIRONMENT = {
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_LOCALHOST_WARNING": "0",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
    "ANSIBLE_DEPRECATION_WARNINGS": "0",
}


def ask_ansible(runs: list[Run]) -> list[str]:
    """What each run prints (``inventory`` or ``playbook``, its arguments, the directory it is run in)."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        check=True,
        env={**kept, **ENVIRONMENT, "HOME": tempfile.gettempdir()},
    )
    answers: list[str] = json.loads(done.stdout)
    return answers


def _main() -> None:
    from ansible.cli.inventory import InventoryCLI
    from ansible.cli.playbook import PlaybookCLI

    tools = {"inventory": InventoryCLI, "playbook": PlaybookCLI}
    answers = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, (tool, arguments, directory) in enumerate(json.load(sys.stdin)):
            out = Path(scratch) / str(number)
            child = os.fork()
            if child == 0:
                os.chdir(directory)
                printed = io.StringIO()
                descriptor = os.open(out, os.O_CREAT | os.O_WRONLY)
                os.dup2(descriptor, 1)
                with contextlib.suppress(BaseException), contextlib.redirect_stdout(printed):
                    tools[tool]([f"ansible-{tool}", *arguments]).run()
                os.write(1, printed.getvalue().encode())
                os._exit(0)
            os.waitpid(child, 0)
            answers.append(out.read_text())
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    _main()
