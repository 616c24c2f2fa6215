"""What a command owes to the shell that runs it: exit codes, interrupts, UTF-8, and text that steers no terminal.

Exit codes: 0 clean, 1 drift or phantoms found, 2 bad usage, bad configuration or input that cannot be read,
3 a fault of archdoc itself, 130 interrupted. stdout is the result; progress and problems go to stderr.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from archdoc import __version__

CLEAN, DRIFT, BAD_INPUT, FAULT, INTERRUPTED = 0, 1, 2, 3, 130


def run(cli: click.Group) -> NoReturn:
    """Run a command, and turn what goes wrong into the documented exit codes."""
    _speak_utf8()
    interrupts = _noted_interrupts()
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else CLEAN)
    except click.ClickException as error:
        from archdoc.report.plain import log

        # It may quote names of the repository.
        error.message = log(error.message).rstrip("\n")  # type: ignore[misc]
        error.show()
        sys.exit(BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        _end_interrupted()
    except BrokenPipeError:  # the reader of our output went away: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLEAN)
    except Exception as error:
        if interrupts:  # what broke while the interrupt came up through it is no fault
            _end_interrupted()
        if _is_input_error(error):
            say(f"Error: {error}", err=True)
            sys.exit(BAD_INPUT)
        import traceback

        traceback.print_exc()
        click.echo(
            f"\nThis is a fault of archdoc {__version__}, not of your code. Please report it with the lines above.",
            err=True,
        )
        sys.exit(FAULT)


def _end_interrupted() -> NoReturn:
    click.echo("interrupted", err=True)
    # CPython ends by the signal itself (-2) after an interrupt inside exec(), with which dataclasses are made, even
    # one that was caught; the next exec() that ends well takes that back.
    exec("")
    sys.exit(INTERRUPTED)


def _noted_interrupts() -> list[int]:
    """The interrupts that came, for one may surface as another exception than KeyboardInterrupt."""
    noted: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        noted.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    return noted


def say(text: str, err: bool = False) -> None:
    """Lines with names of the repository, which steer neither a terminal nor a CI runner."""
    from archdoc.report.plain import log

    click.echo(log(text), nl=False, err=err)


def _speak_utf8() -> None:
    """File names and output are UTF-8 whatever the locale says; a Python that has started otherwise starts anew."""
    if sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _is_input_error(error: Exception) -> bool:
    """Whether what went wrong is in the repository or on the disk, not in archdoc."""
    from archdoc.catalog import CatalogError
    from archdoc.config import ConfigError
    from archdoc.readers.gitobjects import RevisionError
    from archdoc.site.writer import WriteError

    return isinstance(error, ConfigError | CatalogError | RevisionError | WriteError | OSError)


def in_colour() -> bool:
    """Whether a person looks at stdout who has not asked for no colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """A progress line on stderr, when it is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("archdoc") as status:
        yield status.update
