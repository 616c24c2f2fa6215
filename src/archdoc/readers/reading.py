"""What a reader gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

from archdoc.model.document import Document
from archdoc.model.graph import Graph


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of one reader, and the configuration texts that its language puts on machines."""

    graph: Graph
    documents: tuple[Document, ...] = field(default=())
