"""The process that Graphviz runs in, so that a layout without end can be ended.

Started as ``python -m archdoc.render.svg.engine``, it reads requests and writes answers, one JSON document
a line. Graphviz is the one inside pygraphviz's wheel; no program of the system is used. This module is the only one
that imports pygraphviz.
"""

from __future__ import annotations

import json
import sys
import warnings


def main() -> None:
    """Answer ``{"dot": ...}`` by ``{"layout": ...}`` (Graphviz's json0) or ``{"error": ...}`` until stdin ends."""
    import pygraphviz

    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            graph = pygraphviz.AGraph(string=json.loads(line)["dot"])
            answer = {"layout": graph.draw(format="json0", prog="dot").decode("utf-8", "replace")}
        except Exception as error:
            # Whatever Graphviz dislikes is this drawing's bad luck; the next one may be fine.
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
