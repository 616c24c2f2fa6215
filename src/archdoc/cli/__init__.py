"""The command line."""

from archdoc.cli.commands import cli
from archdoc.cli.options import REPORT_FORMATS
from archdoc.cli.process import run

__all__ = ["REPORT_FORMATS", "cli", "main"]


def main() -> None:
    """Run the command that the arguments of the process name."""
    run(cli)
