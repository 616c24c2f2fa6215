"""Containers that do nothing but back up what is mounted into them, or a database beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archdoc.catalog.software import image_repository
from archdoc.catalog.tables import Tables


@dataclass(frozen=True, slots=True)
class BackupContainer:
    """One image, known by the names of its repositories, and where it is told what to do.

    ``saves`` and ``keeps`` are paths in the container: what is mounted below the first is saved, below the second
    copies are kept. All else are names of environment variables: of ``places`` that copies go to (a bucket, a
    server), each with how an address of its sort begins, of the ``schedule`` (``default_schedule`` where none is
    given), of the ``retention`` with what each counts, of the ``hosts`` whose database of a ``program`` is saved.
    """

    images: tuple[str, ...]
    saves: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    schedule: tuple[str, ...] = ()
    default_schedule: str = ""
    retention: Mapping[str, str] = field(default_factory=dict)
    program: str = ""
    hosts: tuple[str, ...] = ()


class BackupContainers:
    """All of them."""

    def __init__(self, tables: Tables) -> None:
        rows = tables.rows("backup_containers", BackupContainer)
        self._rows = {image: row for row in reversed(rows) for image in row.images}

    def of_image(self, image: str) -> BackupContainer | None:
        """What is known of an image (``ghcr.io/offen/docker-volume-backup:v2``), or None."""
        repository = image_repository(image)
        return self._rows.get("/".join(repository.split("/")[-2:]))
