"""The commands of imported data: import, datasets, drop."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

from geo import codebooks, datasets, tables
from geo.cli import bounds
from geo.cli.progress import Bar
from geo.datasets import Imported, Manifest, Order
from geo.errors import TansiqError
from geo.formats import RefusedFileError

Given = argparse.Namespace
DONE, AT_FAULT = 0, 1
# what a line of JSON says of a data set
_TOLD: Final = ("name", "codebook", "variant", "rows", "accepted", "rejected", "reasons", "flags",
                "notes", "licence", "attribution", "span", "agreement", "districts",
                "polygons")  # fmt: skip


def bring(given: Given) -> int:
    """Import a file; the code says whether any row was taken."""
    mapped = codebooks.Mapped.read(given.mapping) if given.mapping else codebooks.Mapped()
    order = Order(
        file=given.file, name=given.name or "", codebook=given.codebook or "",
        dates=given.dates or "", mapped=mapped, first_day=given.first_day,
        last_day=given.last_day, licence=given.licence or "", attribution=given.attribution or "",
    )  # fmt: skip
    package = tables.load(given.data)
    try:
        with closing(Bar()) as bar, _no_collecting():
            found = datasets.import_file(package, order, report=given.report, progress=bar)
    except RefusedFileError as error:
        _refused(given, error)
        return AT_FAULT
    _terms(found.manifest)
    if given.json:
        _say(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        _say(_as_words(found))
    return DONE if found.stored else AT_FAULT


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Spare the search for cycles, of which reading makes none: a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _refused(given: Given, error: TansiqError) -> None:
    """Tell that a file was not read at all."""
    if given.json:
        _say(json.dumps({"dataset": None, "rows": 0, "accepted": 0, "rejected": 0,
                         "refused": str(error)}, ensure_ascii=False))
    sys.stderr.write(f"tansiq: {given.file}: {error}\n")


def _terms(made: Manifest) -> None:
    """Tell what those who publish the data ask for, or that nobody said."""
    told = codebooks.CODEBOOKS[made.codebook].terms
    if not told and not made.licence:
        told = ("No licence is known for this data set; say it with --licence and --attribution, "
                "so that it stands wherever the events are shown.")
    if told:
        sys.stderr.write(f"tansiq: {told}\n")


def _as_json(found: Imported) -> dict[str, Any]:
    whole = found.manifest.as_dict()
    told = {key: whole[key] for key in _TOLD if key != "name"}
    name = found.manifest.name if found.stored else None
    return {"dataset": name, **told, "report": str(found.report) if found.report else None}


def _as_words(found: Imported) -> str:
    made = found.manifest
    kind = codebooks.CODEBOOKS[made.codebook].title
    variant = f", {made.variant}" if made.variant else ""
    lines = [f"{made.source}: {kind}{variant} ({made.source_format})",
             f"{made.rows} rows: {made.accepted} accepted, {made.rejected} rejected"]
    for head, counts in (("rejected", made.reasons), ("to be looked at", made.flags),
                         ("noted", made.notes)):
        if counts:
            told = ", ".join(f"{name} {n}" for name, n in counts.items())
            lines.append(f"{head}: {told}")
    lines += bounds.agreement(made)
    if found.report:
        lines.append(f"report: {found.report}")
    if found.stored:
        lines.append(f"data set {made.name}: {made.span[0]} to {made.span[1]}")
    else:
        lines.append("No row was taken; nothing was changed.")
    return "\n".join(lines)


def listing(given: Given) -> int:
    """List the imported data sets; a damaged one is named."""
    found, faults = datasets.listed()
    if given.json:
        _say(json.dumps({"datasets": [one.as_dict() for one in found], "faults": faults},
                        ensure_ascii=False))
    elif not found:
        _say(f"No data set was imported yet ({datasets.home()}).")
    for one in () if given.json else found:
        _say(f"{one.name:<20} {one.accepted:>10,} events  {one.span[0]} to {one.span[1]}  "
             f"{one.codebook}  {one.licence or 'licence not stated'}  ({one.source}, "
             f"imported {one.imported_on})")
        for line in bounds.agreement(one):
            _say(f"{'':<20} {line}")
    for fault in faults:
        sys.stderr.write(f"tansiq: {fault}\n")
    return AT_FAULT if faults else DONE


def drop(given: Given) -> int:
    """Remove an imported data set."""
    gone = datasets.drop(given.name)
    if given.json:
        _say(json.dumps({"dropped": given.name}))
    else:
        _say(f"{given.name}: removed" + (f" ({gone.accepted} events)" if gone else ""))
    return DONE


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
