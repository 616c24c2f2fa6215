"""Delivery: which CI job applies which root module and runs which playbook."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source

_ACTING = ("plan", "apply", "destroy", "import", "refresh", "run-all")
"""Commands that work on the infrastructure; fmt, validate and init only look at the code."""
_TERRAFORM = ("terraform", "tofu", "terragrunt")


@rule("delivery.commands")
def commands(context: Context) -> Iterable[Fact]:
    """A CI job whose step runs ``terraform plan`` or ``apply`` in the directory of a root module runs that root; one
    that runs ``ansible-playbook x.yml`` runs that playbook.

    The directory is that of the step (``working-directory``, ``cd``, ``-chdir``). A job that names a variable file
    or workspace of one environment runs the root in that environment alone. Example: ``terraform apply
    -var-file=environments/staging.tfvars`` with ``working-directory: terraform``.
    """
    roots: dict[str, list[Node]] = {}
    for root in context.graph.nodes(NodeKind.ROOT):
        if root.terraform is not None:
            roots.setdefault(root.terraform.root, []).append(root)
    playbooks = {n.source.path: n for n in context.graph.nodes(NodeKind.PLAYBOOK)}
    for job in context.graph.nodes(NodeKind.CI_JOB):
        runs = job.attributes.get("runs")
        for run in runs if isinstance(runs, list) else []:
            if not isinstance(run, dict):
                continue
            line = run.get("line")
            place = Source(job.source.path, line if isinstance(line, int) and line > 0 else 1)
            directory = str(run.get("working_directory") or ".")
            words = [str(a) for a in _list(run.get("arguments"))]
            if run.get("tool") in _TERRAFORM and run.get("command") in _ACTING:
                for root in _chosen(roots.get(directory, []), words):
                    attributes: dict[str, Json] = {"command": f"{run['tool']} {run.get('command') or ''}".strip()}
                    yield Edge(
                        job.id, root.id, EdgeKind.RUNS, (place,), Provenance.DERIVED, "delivery.commands", attributes
                    )
            elif run.get("tool") == "ansible-playbook":
                for word in words:
                    playbook = playbooks.get(posixpath.normpath(posixpath.join(directory, word)))
                    if playbook is not None:
                        yield Edge(
                            job.id,
                            playbook.id,
                            EdgeKind.RUNS,
                            (place,),
                            Provenance.DERIVED,
                            "delivery.commands",
                            {"command": "ansible-playbook"},
                        )


RULES = (commands,)


def _chosen(roots: list[Node], words: list[str]) -> list[Node]:
    """The environments that a command is for: those whose name it says, else all of them."""
    text = " ".join(words)
    named = [r for r in roots if r.attributes.get("environment") and str(r.attributes["environment"]) in text]
    return named or roots


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
