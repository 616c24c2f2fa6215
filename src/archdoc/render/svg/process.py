"""The other side of the engine: start it, ask it, and end it when a layout takes too long."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
from types import TracebackType
from typing import IO

GRACE = 20.0
"""Seconds by the clock, beyond those of work, for the process to start and for other programs on the machine."""


class LayoutError(Exception):
    """Graphviz did not give a layout; the message says why, without addresses of this machine."""


KEPT = 100
"""Layouts that an engine remembers: of the drawings of one site there are fewer."""


class Engine:
    """One Graphviz process for many drawings; a context manager. It starts with the first question, and what it was
    asked before it answers from memory."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, dot: str, seconds: float) -> str:
        """Graphviz's layout as JSON text (LayoutError if it needs more than these seconds of the processor)."""
        if dot in self._known:
            return self._known[dot]
        process = self._started()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"dot": dot, "seconds": seconds}) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=seconds + GRACE)
        except queue.Empty:
            self.stop()
            raise LayoutError(f"Graphviz did not finish within {seconds:g} seconds") from None
        except OSError:
            line = ""
        if not line:
            self.stop()
            if process.returncode == -getattr(signal, "SIGPROF", 0):
                raise LayoutError(f"Graphviz did not finish within {seconds:g} seconds")
            raise LayoutError("Graphviz's process ended without an answer")
        answer = json.loads(line)
        if "error" in answer:
            raise LayoutError(f"Graphviz cannot lay it out: {answer['error']}")
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[dot] = str(answer["layout"])
        return self._known[dot]

    def stop(self) -> None:
        """End the process, if one runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()
        self._answers = queue.Queue()

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()  # somebody ended it between two questions
        if self._process is None:
            self._process = subprocess.Popen(
                # -P: the directory that archdoc stands in (a repository of anybody) is no place to import from.
                [sys.executable, "-P", "-m", "archdoc.render.svg.engine"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            assert self._process.stdout is not None
            threading.Thread(target=_collect, args=(self._process.stdout, self._answers), daemon=True).start()
        return self._process


def _collect(stream: IO[str], answers: queue.Queue[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            answers.put(line)
    answers.put("")
