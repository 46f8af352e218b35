"""A view as a data package of its own: one CSV a table, with descriptor and manifest, zipped.

It holds exactly the filtered events, and every other table whole, so that each claim, source,
place and contradiction they rest on is there. Events that claims name and the filter leaves out
stand in ``other_events.csv`` by id, title and dates: no reference points nowhere. With "as known
on", later claims are gone, and the rules that compare the whole data with all its claims with
them. The audit stays behind: it vouches for rows as they stand in the curators' own tables.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pandas as pd

from geo import tables
from geo.export.extract import Extract
from geo.tables import audit, draft, evidence, schema

OTHERS: Final = "other_events"
_KEPT: Final = ("event_id", "title_en", "title_ar", "title_ckb", "date_start", "date_end")
# equal data and views give equal bytes: no clock in the archive
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


def to_zip(taken: Extract) -> bytes:
    """Return the view's data package as the bytes of a ZIP archive."""
    package = taken.package
    raw = draft.read(package.folder)
    frames = {name: frame for name, frame in package.frames.items() if name != audit.NAME}
    chosen = frames["events"]["event_id"].isin(set(taken.events["event_id"]))
    others = frames["events"].loc[~chosen, list(_KEPT)]
    frames["events"] = frames["events"][chosen]
    if taken.view.filter.asof:
        frames["centres"] = frames["centres"][frames["centres"]["claim_ids"] != ""]
    descriptor = _descriptor(taken, keep_evidence=taken.view.filter.asof is None)
    outline = raw.descriptor.raw["tansiq:country"]["outline"]
    with TemporaryDirectory(prefix="tansiq-") as name:
        folder = Path(name)
        text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
        (folder / schema.DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")
        (folder / outline).write_bytes((package.folder / outline).read_bytes())
        for key, frame in (*frames.items(), (OTHERS, others)):
            content = _csv(frame, raw.tables.get(key))
            (folder / f"{key}.csv").write_bytes(content)
        tables.write_manifest(folder)
        return _zipped(sorted(folder.iterdir()))


def _zipped(files: Iterable[Path]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.writestr(
                zipfile.ZipInfo(path.name, _MOMENT),
                path.read_bytes(),
                compress_type=zipfile.ZIP_DEFLATED,
            )
    return out.getvalue()


def _csv(frame: pd.DataFrame, raw: schema.Table | None) -> bytes:
    """Return a frame in canonical form; numbers with a point as their own table writes them."""
    header = [str(name) for name in frame.columns]
    keys = header[:1] if raw is None else list(raw.resource.primary_key)
    written = (
        {} if raw is None else {tuple(raw.cell(row, key) for key in keys): row for row in raw.whole}
    )
    rows = []
    for record in frame.to_dict("records"):
        own = written.get(tuple(str(record[key]) for key in keys))
        rows.append(
            [
                raw.cell(own, name)
                if raw and own and isinstance(record[name], float)
                else _text(record[name])
                for name in header
            ]
        )
    return schema.render(header, rows)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if pd.isna(value) else str(value)


def _descriptor(taken: Extract, *, keep_evidence: bool) -> dict[str, Any]:
    """Return the descriptor of the view's package: what it is, and what holds in it."""
    made: dict[str, Any] = copy.deepcopy(dict(taken.package.descriptor.raw))
    made["name"] = f"{made['name']}-extract"
    made["tansiq:extract"] = dict(taken.about)
    resources = [one for one in made["resources"] if one["name"] != audit.NAME]
    for one in resources:
        if not keep_evidence:
            one["tansiq:rules"] = [
                rule for rule in one.get("tansiq:rules", ()) if rule["rule"] not in evidence.RULES
            ]
        if not keep_evidence and one["name"] == "conflicts":
            # a summary that was written with hidden claims in view is blank
            summary = next(f for f in one["schema"]["fields"] if f["name"] == "summary_en")
            del summary["constraints"]["required"]
        if one["name"] == "claims":
            subject = next(f for f in one["schema"]["fields"] if f["name"] == "subject_id")
            subject["tansiq:reference"]["anyOf"].append({"resource": OTHERS, "field": "event_id"})
    events = next(one for one in resources if one["name"] == "events")
    fields = [field for field in events["schema"]["fields"] if field["name"] in _KEPT]
    fields.sort(key=lambda field: _KEPT.index(field["name"]))
    plain = {key: value for key, value in events.items() if key != "tansiq:rules"}
    others = plain | {
        "name": OTHERS,
        "path": f"{OTHERS}.csv",
        "title": "Other events",
        "description": "Events that claims name and the filter leaves out.",
        "schema": {"fields": fields, "primaryKey": ["event_id"], "missingValues": [""]},
    }
    made["resources"] = [*resources, others]
    return made
