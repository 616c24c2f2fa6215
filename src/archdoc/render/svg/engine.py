"""The process that Graphviz runs in, so that a layout without end can be ended.

Started as ``python -m archdoc.render.svg.engine``, it reads requests and writes answers, one JSON document
a line. Graphviz is the one inside pygraphviz's wheel; no program of the system is used. This module is the only one
that imports pygraphviz.
"""

from __future__ import annotations

import json
import signal
import sys
import warnings


def main() -> None:
    """Answer ``{"dot": ..., "seconds": ...}`` by ``{"layout": ...}`` (Graphviz's json0) or ``{"error": ...}`` until
    stdin ends, or until a layout has worked for more than its seconds: then the system ends this process."""
    import pygraphviz

    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            _budget(asked["seconds"])
            graph = pygraphviz.AGraph(string=asked["dot"])
            answer = {"layout": graph.draw(format="json0", prog="dot").decode("utf-8", "replace")}
        except Exception as error:
            # Whatever Graphviz dislikes is this drawing's bad luck; the next one may be fine.
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        _budget(0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _budget(seconds: float) -> None:
    """Seconds of the processor's time, so that a busy machine draws what an idle one draws; 0 for no limit."""
    if hasattr(signal, "setitimer"):  # not on Windows, where only the clock of the one who asks counts
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
