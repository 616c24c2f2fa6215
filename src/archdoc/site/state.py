"""Committed files against the files that archdoc makes, and who made the difference.

The list of generated files keeps a digest of each as archdoc wrote it. A file that has its digest still, and differs
from what archdoc makes now, was not edited by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archdoc.model.page import PageIssue, PageState
from archdoc.render.picturemarks import embedded_digest
from archdoc.site.generated import content_digest, is_generated, manifest_path, read_manifest
from archdoc.site.markers import inside


def page_issues(
    committed: Mapping[str, bytes | None], expected: Mapping[str, bytes], stale: Iterable[str], docs_dir: str
) -> list[PageIssue]:
    """What is wrong with each file, by path. ``committed`` has every path of ``expected``, None where there is no file.

    Line ends make no difference: git changes them on its own.
    """
    manifest = manifest_path(docs_dir)
    recorded = read_manifest(committed.get(manifest))
    found = []
    for path in sorted(expected):
        was = committed.get(path)
        if was is None:
            found.append(PageIssue(path, PageState.MISSING))
        elif _unix(was) != _unix(expected[path]):
            line = 1 if path.endswith(".svg") else _first_difference(was, expected[path])
            found.append(PageIssue(path, _state(path, was, recorded.get(path, "")), line))
    if any(issue.path != manifest for issue in found):  # the list differs because of them
        found = [issue for issue in found if issue.path != manifest or issue.state is PageState.MISSING]
    found += [PageIssue(path, PageState.LEFT_OVER) for path in stale]
    return sorted(found, key=lambda issue: issue.path)


def _state(path: str, was: bytes, recorded: str) -> PageState:
    by_hand = PageState.EDITED
    if path.endswith(".md") and not is_generated(path, was):
        by_hand = PageState.EDITED_BETWEEN
        if not inside(was.decode("utf-8", "replace")).strip():
            return PageState.UNFILLED
    if path.endswith(".svg"):
        shown = embedded_digest(was)
        if shown is None:
            return PageState.EDITED
        return PageState.OUTDATED if recorded in ("", shown) else PageState.OTHER_DRAWING
    if not recorded:
        return PageState.DIFFERENT
    return PageState.OUTDATED if recorded == content_digest(path, was) else by_hand


def _first_difference(before: bytes, after: bytes) -> int:
    for number, (one, other) in enumerate(zip(before.splitlines(), after.splitlines(), strict=False), 1):
        if one != other:
            return number
    return min(before.count(b"\n"), after.count(b"\n")) + 1


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")
