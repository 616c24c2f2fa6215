"""The commands: parse options, call the API, print, choose the exit code. Nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdoc import __version__
from archdoc.cli.options import Session, given_options, report_options, targets_of, write_report
from archdoc.cli.process import BAD_INPUT, CLEAN, DRIFT, in_colour, progress_line, say
from archdoc.model.viewnames import VIEW_NAMES

if TYPE_CHECKING:
    from archdoc.config import Config
    from archdoc.model.graph import Graph

DIFF_FORMATS = ("text", "json", "markdown")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The repository to read.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration file; otherwise archdoc.toml or [tool.archdoc] of pyproject.toml.",
)
@click.version_option(__version__, prog_name="archdoc")
@click.pass_context
def cli(context: click.Context, directory: Path, config_file: Path | None) -> None:
    """Architecture documentation that is derived from infrastructure code.

    archdoc reads Terraform, Ansible, and the Compose, Prometheus, Alertmanager, borg and CI files around them,
    draws ten views of what they say, and fails a pull request when the published pages and the code disagree.
    It needs no credentials and no network, and executes nothing of what it reads.

    \b
    First steps:
      archdoc init      write archdoc.toml and mkdocs.yml
      archdoc build     write the pages
      archdoc check     compare them with the code (for CI)

    Exit codes: 0 clean, 1 drift found, 2 bad usage or unreadable input, 3 a fault of archdoc, 130 interrupted.
    """
    context.obj = Session(directory, config_file)


@cli.command()
@given_options
@click.option("--strict", is_flag=True, help="Exit with 2 when a file could not be read.")
@click.pass_obj
def build(session: Session, strict: bool) -> None:
    """Write the pages, pictures and the graph snapshot into the docs directory.

    Only pages that changed are written; pages written by hand are never touched, except between the markers
    <!-- archdoc:view NAME --> and <!-- /archdoc -->. A second build of the same code writes nothing.
    """
    from archdoc import api
    from archdoc.model.problem import Severity

    config = session.config()
    with progress_line() as progress:
        result = api.build(session.directory, config, _reference(config), progress)
    for path in result.written:
        say(f"wrote {path}")
    for path in result.deleted:
        say(f"deleted {path}")
    counts = _print_problems(result.graph)
    click.echo(
        f"{len(result.graph)} nodes, {result.graph.size()} edges; {len(result.written)} files written, "
        f"{len(result.deleted)} deleted, {result.unchanged} unchanged",
        err=True,
    )
    if strict and counts.get(Severity.ERROR):
        sys.exit(BAD_INPUT)


@cli.command()
@click.option("--diff", "show_diff", is_flag=True, help="Show a unified diff of every page that differs.")
@click.option(
    "--write-baseline", is_flag=True, help="Accept what is wrong with hand-drawn diagrams today, and compare nothing."
)
@report_options
@given_options
@click.pass_obj
def check(
    session: Session, show_diff: bool, write_baseline: bool, form: str, writes: tuple[str, ...], summary: bool
) -> None:
    """Compare the published pages with the code; exit with 1 when they disagree.

    Runs the same code as build, in memory, and writes nothing. Names each thing that is in the code and not in
    the pages, or in the pages and no longer in the code, with its file and line; then each box and arrow of
    hand-drawn Mermaid diagrams that no code supports.

    \b
    Examples: archdoc check --diff
              archdoc check --format github --summary
              archdoc check --write sarif=archdoc.sarif --write junit=archdoc.xml
    """
    from archdoc import memo, report

    if show_diff and form not in DIFF_FORMATS:
        raise click.UsageError(f"--diff goes with --format {', '.join(DIFF_FORMATS)}, not with {form}")
    targets = targets_of(writes, summary)
    config = session.config()
    if write_baseline:
        from archdoc import api

        with progress_line() as progress:
            count = api.accept_drawn(session.directory, config, progress)
        click.echo(f"wrote {config.drawn.baseline}: {count} findings of hand-drawn diagrams are accepted")
        return
    with progress_line() as progress:
        result = memo.check(session.directory, config, _reference(config), progress, pages=show_diff)
    diff = "".join(result.diffs()) if show_diff else ""
    clean = "the published pages show the code as it is"
    write_report(report.Report("check", result.findings, result.codes, clean, diff), form, targets)
    sys.exit(DRIFT if result.is_drift else CLEAN)


@cli.command()
@click.argument("base")
@click.option("--view", "view_name", type=click.Choice(VIEW_NAMES), help="Only what stands in one view.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "mermaid", "svg"]),
    default="text",
    show_default=True,
    help="markdown: for a comment on a pull request; mermaid and svg: the picture alone.",
)
@click.option("--merge-base", is_flag=True, help="Compare with the last commit that BASE and HEAD have in common.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything differs, as git diff does.")
@click.pass_obj
def diff(session: Session, base: str, view_name: str | None, form: str, merge_base: bool, exit_code: bool) -> None:
    """Tell how the infrastructure differs from a git revision.

    BASE is a commit, branch or tag. Its files are read from git's object store: nothing is checked out, fetched or
    executed. Names each thing and relation that is added, removed or changed, attribute by attribute, with the views
    it stands in. A line that moved is no difference.

    \b
    Examples: archdoc diff origin/main --merge-base
              archdoc diff HEAD~1 --format svg > change.svg
              archdoc diff v1.2.0 --view network
    """
    from archdoc import api
    from archdoc.report import changes, comment

    config = session.config()
    with progress_line() as progress:
        result = api.diff(session.directory, config, base, view_name or "", merge_base, progress)
    if form == "text":
        text = changes.text(result.diff, result.compared, in_colour())
    elif form == "json":
        text = changes.json(result.diff, result.compared)
    elif form == "markdown":
        drawing = api.picture(result.drawing, "mermaid") if result.drawing.boxes else ""
        text = comment.render(result.diff, result.compared, drawing, result.drawing.notes)
    else:
        text = api.picture(result.drawing, form)
    click.echo(text, nl=False, color=in_colour() or None)
    sys.exit(DRIFT if exit_code and result.diff else CLEAN)


@cli.command()
@click.option("--format", "form", type=click.Choice(["json"]), default="json", show_default=True)
@given_options
@click.pass_obj
def graph(session: Session, form: str) -> None:  # noqa: ARG001 (json is the one format there is)
    """Print the whole graph: what networkx.node_link_graph(data, edges="edges") loads.

    \b
    Example: archdoc graph | jq '.nodes[] | select(.kind == "host") | .name'
    """
    from archdoc.render import data

    click.echo(data.graph_json(session.graph()), nl=False)


@cli.command()
@click.argument("name", type=click.Choice(VIEW_NAMES))
@given_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg", "json", "dot"]),
    default="mermaid",
    show_default=True,
    help="What to print; a view of several drawings prints them one after the other (json: as a list).",
)
@click.pass_obj
def view(session: Session, name: str, form: str) -> None:
    """Print one view of the infrastructure."""
    from archdoc import api

    config = session.config()
    with progress_line() as progress:
        text = api.view(session.directory, config, name, form, progress)
    click.echo(text, nl=False)


@cli.command()
@click.argument("node")
@given_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def explain(session: Session, node: str, form: str) -> None:
    """Tell what is known about one thing, and why.

    NODE is an id, an address or a name: hcloud_server.web, tf:terraform:hcloud_server.web["web-1"], role docker.
    Shows where it is written, its evaluated attributes and what is unknown and why, and every relation with
    its evidence. Of a page with hand-drawn diagrams (docs/diagrams.md), or a line of it (docs/diagrams.md:23), it
    tells what each box stands for, how sure that is, why, and what comes nearest.
    """
    from archdoc import api, report

    with progress_line() as progress:
        drawn = api.explain_drawn(session.directory, session.config(), node, progress)
    if drawn is not None:
        if not drawn:
            raise click.UsageError(f"no box of a diagram is drawn at {node}")
        click.echo(drawn, nl=False)
        return
    loaded = session.graph()
    found = report.find_nodes(loaded, node)
    if not found:
        near = report.nearest(loaded, node)
        hint = f" Nearest: {', '.join(near)}." if near else ""
        raise click.UsageError(f"nothing in the graph is called {node!r}.{hint}")
    click.echo(report.explain(loaded, found, form), nl=False)


@cli.command()
@report_options
@click.pass_obj
def lint(session: Session, form: str, writes: tuple[str, ...], summary: bool) -> None:
    """Report what a person should look at in the infrastructure itself; exit with 1 if any of it is an error.

    Machines that nothing watches, databases without a backup or open to the world, alerts that reach nobody.
    Severities, and what is passed over, are set in the [lint] table of archdoc.toml.
    """
    from archdoc import api, report
    from archdoc.lint import CODES

    targets = targets_of(writes, summary)
    config = session.config()
    with progress_line() as progress:
        findings = api.lint(session.directory, config, progress)
    write_report(report.Report("lint", findings, CODES, "nothing to look at"), form, targets)
    sys.exit(DRIFT if any(f.severity == "error" for f in findings) else CLEAN)


@cli.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def coverage(session: Session, form: str) -> None:
    """Report how much of the code the graph understands; exit with 1 below a configured threshold.

    Thresholds are percentages in the [coverage] table of archdoc.toml.
    """
    from archdoc import lint, report

    config = session.config()
    measured = lint.coverage(session.graph())
    below = lint.below(measured, config.coverage)
    click.echo(report.coverage(measured, below, form), nl=False)
    sys.exit(DRIFT if below else CLEAN)


@cli.command()
@click.pass_obj
def init(session: Session) -> None:
    """Write archdoc.toml and mkdocs.yml, where there are none, fitted to what the repository holds."""
    from archdoc import api

    for path in api.init(session.directory):
        say(f"wrote {path}")
    if api.lacks_plugin(session.directory):
        click.echo("mkdocs.yml is yours: add 'archdoc' to its plugins, which has the diagrams drawn", err=True)
    click.echo("next: archdoc build, then mkdocs serve", err=True)


def command_reference() -> str:
    """The Markdown reference of every command, made from click's own descriptions."""
    root = click.Context(cli, info_name="archdoc", **cli.context_settings)
    root.terminal_width = 100
    texts = [("archdoc", cli.get_help(root))]
    for name in sorted(cli.commands):
        inner = click.Context(cli.commands[name], info_name=name, parent=root)
        texts.append((f"archdoc {name}", cli.commands[name].get_help(inner)))
    parts = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in texts]
    return "\n".join(["Every command takes the options of `archdoc` itself before its name.\n", *parts])


def _reference(config: Config) -> str:
    return command_reference() if config.site.command_reference else ""


def _print_problems(loaded: Graph) -> dict[str, int]:
    """Problems to stderr, worst first, and their count by severity."""
    from archdoc import report

    text, counts = report.problems(loaded.problems())
    click.echo(text, nl=False, err=True)
    return counts
