"""The manifest: how many rows and bytes each file of the data has, and its sha256."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from geo import address
from geo.errors import Fault
from geo.tables.draft import STORIES, Draft

NAME: Final = "manifest.json"
STORY: Final = re.compile(rf"{STORIES}/{address.STORY.pattern}\.toml", re.ASCII)


def build(draft: Draft) -> bytes:
    """Return the manifest of a folder as canonical JSON; every file has to be there."""
    files = {
        name: _entry((draft.folder / name).read_bytes(), draft.row_counts.get(name))
        for name in draft.files
    }
    return render({"files": files, "version": draft.descriptor.version})


def render(content: Mapping[str, Any]) -> bytes:
    """Return the one canonical form: sorted keys, two spaces, final newline."""
    return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode("ascii")


def _entry(content: bytes, rows: int | None) -> dict[str, int | str]:
    """Return what the manifest holds of one file; tables also have their rows."""
    entry: dict[str, int | str] = {"bytes": len(content)}
    if rows is not None:
        entry["rows"] = rows
    return {**entry, "sha256": hashlib.sha256(content).hexdigest()}


def missing(draft: Draft) -> list[Fault]:
    """Return a fault for each file of the package that is not there."""
    found = _missing_file(draft, None, {})
    return [Fault(name, 0, "", "missing_file", value, message) for name, value, message in found]


def faults(draft: Draft) -> Iterator[Fault]:
    """Yield what the manifest and the folder do not agree about."""
    path = draft.folder / NAME
    try:
        raw = path.read_bytes()
        content = json.loads(raw.decode("utf-8"))
        held = {str(name): dict(entry) for name, entry in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = "expected the manifest; `tansiq manifest` writes it after an edit"
        yield Fault(NAME, 0, "", "manifest", str(error)[:200], message)
        return
    if render(content) != raw:
        message = "expected canonical JSON; `tansiq manifest` writes it after an edit"
        yield Fault(NAME, 0, "", "manifest", "", message)
    for rule, check in CHECKS.items():
        for name, value, message in check(draft, content, held):
            yield Fault(name, 0, "", rule, value[:200], message)


Located = Iterator[tuple[str, str, str]]
Held = Mapping[str, Mapping[str, Any]]


def _missing_file(draft: Draft, _: Any, held: Held) -> Located:
    for name in (*draft.descriptor.files, *filter(STORY.fullmatch, held)):
        if not (draft.folder / name).is_file():
            yield name, "", "expected this file of the package, which is missing"


def _unknown_file(draft: Draft, _: Any, held: Held) -> Located:
    for name in sorted(held.keys() - {*draft.files}):
        if not STORY.fullmatch(name):
            yield NAME, name, "expected only files that the descriptor has, and stories"


def _unlisted_file(draft: Draft, _: Any, held: Held) -> Located:
    present = {path.name for path in draft.folder.glob("*.csv")} | {*draft.files}
    for name in sorted(present - {*held}):
        if (draft.folder / name).is_file():
            yield name, "", "expected the manifest to list this file"


def _sha256(draft: Draft, _: Any, held: Held) -> Located:
    for name, path in _present(draft, held):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if held[name].get("sha256") != found:
            expected = held[name].get("sha256")
            yield name, found, f"the file is damaged or was edited: expected sha256 {expected}"


def _byte_count(draft: Draft, _: Any, held: Held) -> Located:
    for name, path in _present(draft, held):
        found = path.stat().st_size
        if held[name].get("bytes") != found:
            yield name, str(found), f"expected {held[name].get('bytes')} bytes"


def _row_count(draft: Draft, _: Any, held: Held) -> Located:
    for name, found in draft.row_counts.items():
        if name in held and held[name].get("rows") != found:
            yield name, str(found), f"expected {held[name].get('rows')} rows"


def _version(draft: Draft, content: Any, _: Held) -> Located:
    if content.get("version") != draft.descriptor.version:
        expected = f"expected the descriptor's version {draft.descriptor.version}"
        yield NAME, str(content.get("version")), expected


def _present(draft: Draft, held: Held) -> Iterator[tuple[str, Path]]:
    """Yield the files that are both listed and there."""
    for name in draft.files:
        if name in held and (draft.folder / name).is_file():
            yield name, draft.folder / name


CHECKS: Final[dict[str, Callable[[Draft, Any, Held], Located]]] = {
    "missing_file": _missing_file,
    "unknown_file": _unknown_file,
    "unlisted_file": _unlisted_file,
    "sha256": _sha256,
    "byte_count": _byte_count,
    "row_count": _row_count,
    "version": _version,
}
