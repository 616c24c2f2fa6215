"""Delivery: which CI job applies which root module and runs which playbook."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from archdoc.linking.rules import Context, Fact, rule
from archdoc.model.facts import Edge, EdgeKind, Json, Node, NodeKind, Provenance, Source

_REAL = ("change", "preview")
"""What a command must do to count as a run: ``fmt``, ``validate`` and ``init`` only look at the code."""
_TERRAFORM = ("terraform", "tofu", "terragrunt", "gitlab-terraform", "gitlab-tofu")


@rule("delivery.commands")
def commands(context: Context) -> Iterable[Fact]:
    """A CI job whose step runs ``terraform plan`` or ``apply`` in the directory of a root module runs that root; one
    that runs ``ansible-playbook x.yml`` runs that playbook.

    The directory is that of the step (``working-directory``, ``cd``, ``-chdir``), also inside a script, a Makefile or
    an action of the repository. A job that names a variable file or workspace of one environment runs the root in
    that environment alone. Example: ``terraform apply -var-file=environments/staging.tfvars`` with
    ``working-directory: terraform``.
    """
    roots: dict[str, list[Node]] = {}
    for root in context.graph.nodes(NodeKind.ROOT):
        if root.terraform is not None:
            roots.setdefault(root.terraform.root, []).append(root)
    playbooks = {n.source.path: n for n in context.graph.nodes(NodeKind.PLAYBOOK)}
    for job in context.graph.nodes(NodeKind.CI_JOB):
        runs = job.attributes.get("runs")
        for run in runs if isinstance(runs, list) else []:
            if not isinstance(run, dict) or run.get("does") not in _REAL:
                continue
            for target in _targets(run, roots, playbooks):
                yield _edge(job, target, run)


def _targets(run: dict[str, Json], roots: dict[str, list[Node]], playbooks: dict[str, Node]) -> list[Node]:
    """The roots or playbooks that a command works on."""
    directory = str(run.get("working_directory") or ".")
    words = [str(a) for a in _list(run.get("arguments"))]
    if run.get("tool") in _TERRAFORM:
        here = list(roots.get(directory, []))
        if run.get("command") == "run-all" or "--all" in words:
            inside = "" if directory == "." else f"{directory}/"
            here += [r for path, found in roots.items() if path.startswith(inside) and path != directory for r in found]
        return _chosen(here, words)
    if str(run.get("tool")) in ("ansible-playbook", "ansible-pull"):
        paths = [posixpath.normpath(posixpath.join(directory, str(w))) for w in _list(run.get("subjects"))]
        return [playbooks[p] for p in dict.fromkeys(paths) if p in playbooks]
    return []


def _edge(job: Node, target: Node, run: dict[str, Json]) -> Edge:
    line = run.get("line")
    place = Source(str(run.get("path") or job.source.path), line if isinstance(line, int) and line > 0 else 1)
    command = str(run.get("command") or "") if run.get("tool") in _TERRAFORM else ""
    attributes: dict[str, Json] = {"command": f"{run['tool']} {command}".strip(), "does": run.get("does")}
    if run.get("through"):
        attributes["through"] = run["through"]
    return Edge(job.id, target.id, EdgeKind.RUNS, (place,), Provenance.DERIVED, "delivery.commands", attributes)


RULES = (commands,)


def _chosen(roots: list[Node], words: list[str]) -> list[Node]:
    """The environments that a command is for: those whose name it says, else all of them."""
    text = " ".join(words)
    named = [r for r in roots if r.attributes.get("environment") and str(r.attributes["environment"]) in text]
    return named or roots


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
