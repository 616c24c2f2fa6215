"""A configuration file as it will lie on a machine: the text, and where each of its lines was written."""

from __future__ import annotations

from dataclasses import dataclass, field

from archdoc.model.facts import Attributes, Source


@dataclass(frozen=True, slots=True)
class Document:
    """A plain file of the repository, or a template or inline content that Ansible or Terraform puts on a host.

    ``name`` is the path it will have (``/etc/prometheus/prometheus.yml``) or has (repository-relative);
    ``text`` is rendered as far as it can be: what could not be evaluated stands in it as its expression
    (``{{ ansible_facts.hostname }}``). ``origin`` is the file it was written in and ``lines[i]`` the line of
    ``origin`` that line ``i + 1`` of ``text`` came from. ``hosts`` are the ids of the nodes it lands on (hosts
    or groups), ``owners`` those that put it there (role, play, playbook, resource), ``placed_by`` the place
    of the task that does. ``partial`` is true when some expression could not be evaluated or was guessed. ``scope``
    names who runs what the text configures (the host or group; "" for a file that lies in the repository as it is).
    """

    name: str
    text: str
    origin: Source
    lines: tuple[int, ...] = ()
    hosts: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    placed_by: Source | None = None
    partial: bool = False
    variables: Attributes = field(default_factory=dict)
    scope: str = ""

    def source(self, line: int, end_line: int | None = None) -> Source:
        """The place in the repository behind lines ``line`` to ``end_line`` (1-based) of the text."""
        first = self._origin_line(line)
        return Source(self.origin.path, first, max(first, self._origin_line(end_line or line)))

    def _origin_line(self, line: int) -> int:
        if not self.lines:
            return max(1, self.origin.line - 1 + line)
        return self.lines[min(max(line, 1), len(self.lines)) - 1]
