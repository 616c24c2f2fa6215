"""What several commands have in common: the repository that they start from, and the options of reports."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdoc.cli.process import in_colour, progress_line

if TYPE_CHECKING:
    from archdoc.config import Config, GivenFile
    from archdoc.model.graph import Graph
    from archdoc.report import Report

REPORT_FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown")
MOST_GIVEN = 256 * 1024 * 1024
"""Bytes of a plan or a state."""


class Session:
    """What every command starts from: the repository and where its configuration lies."""

    def __init__(self, directory: Path, config_file: Path | None) -> None:
        self.directory = directory
        self.config_file = config_file
        self.given: list[tuple[str, str]] = []
        """Plans and states of Terraform's: kind, and the option's value."""

    def config(self) -> Config:
        """The configuration (UsageError with its own words if it cannot be used)."""
        from dataclasses import replace

        from archdoc.config import ConfigError, load_config

        try:
            config = load_config(self.directory, self.config_file)
            return replace(config, given=tuple(_given_file(kind, value) for kind, value in self.given))
        except ConfigError as error:
            raise click.UsageError(str(error)) from error

    def graph(self) -> Graph:
        """The linked graph, with progress on stderr."""
        from archdoc import loading

        with progress_line() as progress:
            return loading.load_graph(self.directory, self.config(), progress)


def given_options(command: Callable[..., None]) -> Callable[..., None]:
    """--plan and --state, which the session keeps."""

    def keep(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> None:
        session: Session = context.obj
        session.given += [(str(option.name), value) for value in values]

    for kind, words in (
        ("state", "The same of a state, or a state file: what was applied."),
        ("plan", "A plan of a root module, as terraform show -json prints it: fills in what the code leaves open."),
    ):
        command = click.option(
            f"--{kind}", metavar="[ROOT=]FILE", multiple=True, expose_value=False, callback=keep, help=words
        )(command)
    return command


def report_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that reports findings."""
    command = click.option(
        "--summary", is_flag=True, help="Also append the report to the job summary of GitHub Actions."
    )(command)
    command = click.option(
        "--write",
        "writes",
        metavar="FORMAT=FILE",
        multiple=True,
        help="Also write the report in a format to a file; may be given several times.",
    )(command)
    return click.option(
        "--format",
        "form",
        type=click.Choice(REPORT_FORMATS),
        default="text",
        show_default=True,
        help="How to report what was found, on stdout.",
    )(command)


def targets_of(writes: tuple[str, ...], summary: bool) -> list[tuple[str, Path, str]]:
    """Where reports go besides stdout: format, file, and how to open it (UsageError for what cannot be meant)."""
    targets = []
    for each in writes:
        form, equals, file = each.partition("=")
        if not equals or not file or form not in REPORT_FORMATS:
            raise click.UsageError(f"--write {each}: write FORMAT=FILE with one of {', '.join(REPORT_FORMATS)}")
        targets.append((form, Path(file), "w"))
    if summary:
        file = os.environ.get("GITHUB_STEP_SUMMARY", "")
        if not file:
            raise click.UsageError("--summary: GITHUB_STEP_SUMMARY is not set; it is where GitHub Actions wants it")
        targets.append(("markdown", Path(file), "a"))
    return targets


def write_report(made: Report, form: str, targets: list[tuple[str, Path, str]]) -> None:
    """The report to stdout and to files; coloured where a person looks at it."""
    from archdoc.report import FORMATS, text

    for name, file, mode in targets:
        with file.open(mode, encoding="utf-8", newline="\n") as stream:
            stream.write(FORMATS[name](made))
    colour = form == "text" and in_colour()
    click.echo(text.render(made, colour=True) if colour else FORMATS[form](made), nl=False, color=colour or None)


def _given_file(kind: str, value: str) -> GivenFile:
    """``FILE``, ``ROOT=FILE`` or ``ROOT@ENVIRONMENT=FILE``, read."""
    from archdoc.config import GivenFile

    root, path = ("", value) if Path(value).is_file() or "=" not in value else value.split("=", 1)
    directory, _, environment = root.partition("@")
    try:
        if Path(path).stat().st_size > MOST_GIVEN:
            raise click.UsageError(f"{path}: more than {MOST_GIVEN // 1024 // 1024} MiB")
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        hint = f"terraform show -json {path} > {kind}.json"
        raise click.UsageError(f"{path} is not JSON; write it with: {hint}") from error
    return GivenFile(kind, Path(path).name, text, directory, environment)
