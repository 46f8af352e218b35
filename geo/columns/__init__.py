"""The events as compact binary columns for the browser, and the short call that filters them.

Both ends share one order: the row number. A call holds integers and hexadecimal digests
only; what a browser cannot decide by itself (text, other data sets) goes as a bitmask of
rows, named by a digest.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import i18n, marks, provenance
from geo.address import WINDOWS, View
from geo.columns.masks import forget, mask, register_mask, registered_mask
from geo.errors import TansiqError
from geo.filters import PROVINCES, SOURCE, Box, EventFilter, one_set, set_label
from geo.store import Store, day_number, version_key
from geo.tables import Package, worked_out

__all__ = ["ADMIN1", "PRECISIONS", "TYPES", "Unpacked", "bits", "call", "centre_ids", "detail",
           "forget", "look_of", "mask", "mercator", "meta", "pack", "register_mask",
           "registered_mask", "sets", "spans", "unpack"]

MAGIC: Final = b"TSQE"
VERSION: Final = 1
# magic, version, flags, n, longest interval in days, origin x0 and y0
HEADER: Final = struct.Struct("<4sHHIidd")
# the high bit of a precision: the event is about the area, it did not happen there
SUBJECT_AREA: Final = 0x80
# a code is the index in its list, and a bit of the call's masks: at most 31, for JavaScript
TYPES: Final = ("", *marks.EVENT_TYPES)
ADMIN1: Final = ("", *PROVINCES)
PRECISIONS: Final = ("none", "site", "town", "subdistrict", "district", "governorate")
LAYOUT: Final = (
    ("x", "<f4"), ("y", "<f4"), ("start", "<u2"), ("end", "<u2"),
    ("type", "u1"), ("admin1", "u1"), ("admin1_alt", "u1"), ("precision", "u1"),
)
# where Web Mercator ends
LAST_LATITUDE: Final = 85.05112878
LAST_DAY: Final = 0xFFFF


# --- binary columns -----------------------------------------------------------------------


def mercator(lat: NDArray[np.float64], lon: NDArray[np.float64],
             ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Web Mercator x and y in units of the world: 0 to 1, from the north-west corner.

    ``lat`` and ``lon`` are decimal degrees (EPSG:4326); a missing point stays NaN.
    """
    phi = np.radians(np.clip(lat, -LAST_LATITUDE, LAST_LATITUDE))
    return (lon + 180) / 360, (1 - np.arcsinh(np.tan(phi)) / math.pi) / 2


def _codes(cells: pd.Series[Any], known: Sequence[str]) -> NDArray[np.uint8]:
    """Return the index of each cell in a list; TansiqError names one that is not there."""
    found = cells.map({name: code for code, name in enumerate(known)})
    if found.isna().any():
        raise TansiqError(f"The column {cells.name} has {cells[found.isna()].iloc[0]!r}, "
                          "which has no code for the map.")
    return found.to_numpy().astype(np.uint8)


def _days(cells: pd.Series[int]) -> NDArray[np.uint16]:
    if len(cells) and not (cells.min() >= 0 and cells.max() <= LAST_DAY):
        raise TansiqError(f"The column {cells.name} has days outside 1970-01-01 to 2149-06-06.")
    return cells.to_numpy().astype(np.uint16)


def _origin(values: NDArray[np.float64]) -> float:
    """Return the middle of the values, so that offsets from it fit a 32-bit float."""
    here = values[np.isfinite(values)]
    return float((here.min() + here.max()) / 2) if here.size else 0.5


def pack(events: pd.DataFrame) -> bytes:
    """Return canonical events, sorted by ``day_start``, as little-endian columns.

    A header of 32 bytes, then the columns of ``LAYOUT`` in order, each beginning at a
    multiple of 8 bytes: ``x`` and ``y`` as offsets from the header's x0 and y0 in units of
    the world (Web Mercator; NaN without a point), days since 1970-01-01, and codes.

    Raises
    ------
    TansiqError
        When the order is wrong, or a value has no code or does not fit.
    """
    if not events["day_start"].is_monotonic_increasing:
        raise TansiqError("The events are not sorted by the day of their start.")
    x, y = mercator(events["lat"].to_numpy(np.float64), events["lon"].to_numpy(np.float64))
    x0, y0 = _origin(x), _origin(y)
    about = np.where(events["place_role"] == "subject_area", SUBJECT_AREA, 0).astype(np.uint8)
    columns: dict[str, NDArray[Any]] = {
        "x": x - x0, "y": y - y0,
        "start": _days(events["day_start"]), "end": _days(events["day_end"]),
        "type": _codes(events["event_type"], TYPES),
        "admin1": _codes(events["admin1"], ADMIN1),
        "admin1_alt": _codes(events["admin1_alt"], ADMIN1),
        "precision": _codes(events["geo_precision"], PRECISIONS) | about,
    }
    longest = int((events["day_end"] - events["day_start"]).max()) if len(events) else 0
    packed = bytearray(HEADER.pack(MAGIC, VERSION, 0, len(events), longest, x0, y0))
    for name, kind in LAYOUT:
        packed += b"\0" * (-len(packed) % 8) + columns[name].astype(kind).tobytes()
    return bytes(packed)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Binary columns read back: arrays by the names of ``LAYOUT``, x and y as offsets."""

    n: int
    longest: int
    x0: float
    y0: float
    columns: Mapping[str, NDArray[Any]]


def unpack(packed: bytes) -> Unpacked:
    """Read binary columns back; raises TansiqError when the bytes are not such columns."""
    if len(packed) < HEADER.size:
        raise TansiqError(f"Binary columns have {len(packed)} bytes, less than their header.")
    magic, version, _, n, longest, x0, y0 = HEADER.unpack_from(packed)
    if (magic, version) != (MAGIC, VERSION):
        raise TansiqError(f"Expected binary columns TSQE {VERSION}, found {magic!r} {version}.")
    columns, at = {}, HEADER.size
    for name, kind in LAYOUT:
        at += -at % 8
        size = np.dtype(kind).itemsize * n
        if at + size > len(packed):
            raise TansiqError(f"The binary column {name} is cut short.")
        columns[name] = np.frombuffer(packed, kind, n, at)
        at += size
    return Unpacked(n, longest, x0, y0, columns)


# --- the call -----------------------------------------------------------------------------


def bits(names: Iterable[str], known: Sequence[str]) -> int:
    """Return the codes of names as bits of one integer."""
    return sum(1 << known.index(name) for name in set(names))


def centre_ids(package: Package) -> list[str]:
    """Return the ids of the centres; a centre's index in the browser is its place here."""
    return list(package.frames["centres"]["centre_id"])


def call(store: Store, view: View) -> dict[str, int | str | list[int]]:
    """Return what the layer needs to show a view: integers and hexadecimal digests only.

    An open end of the range is the end of the data. ``centre`` is -1 when none is selected;
    ``away`` are the indices of the centres outside of the governorates and the rectangle that
    are asked for. ``box`` has the rectangle's sides in ten-thousandths of a degree, or nothing.
    """
    f = view.filter
    first, last = store.span_days()
    start, end = f.days
    chosen = store.row_of(view.event) if view.event else None
    ids = centre_ids(store.package) if store.package else []
    here = provenance.standing_in(store.package, f) if store.package else []
    return {
        "from": first if start is None else start,
        "to": last if end is None else end,
        "types": bits(f.types, TYPES),
        "admin1": bits(f.provinces, ADMIN1) if f.viewpoint == SOURCE else 0,
        "mask": register_mask(store, f),
        "clash": register_mask(store, EventFilter(
            only=("contradicted",), asof=f.asof, datasets=f.datasets)),
        "known": -1 if f.asof is None else day_number(f.asof),
        "filter": f.digest(),
        "selected": [] if chosen is None else [chosen],
        "centre": ids.index(view.centre) if view.centre in ids else -1,
        "centres": int(view.centres),
        "box": [] if f.box is None else Box(*f.box).units,
        "window": WINDOWS.index(view.window),
        "away": [index for index, one in enumerate(ids) if one not in here],
        **_apart(store),
    }


def _apart(store: Store) -> dict[str, str]:
    """Return the masks that tell data sets apart; what none of them has is of the first."""
    return {f"set{number}": register_mask(store, one_set(name))
            for number, name in enumerate(store.sets) if number}


def sets(names: Sequence[str], lang: str) -> dict[str, Any]:
    """Return how data sets look side by side, in their order; nothing where there is only one."""
    say = i18n.words(lang)
    shown = [{"id": name, "label": set_label(name, say), "colour": look.colour,
              "colour_dark": look.colour_dark, "shape": look.shape}
             for name, look in zip(names, look_of(names), strict=True)]
    return {"sets": shown} if len(shown) > 1 else {}


def look_of(names: Sequence[str]) -> list[marks.Family]:
    """Return the looks of data sets side by side; beyond seven, one for all the others."""
    return [marks.SETS[at] if at < len(marks.SETS) else marks.OTHER for at in range(len(names))]


# --- what the codes mean ------------------------------------------------------------------


def meta(package: Package, lang: str) -> dict[str, Any]:
    """Return what the browser needs beside the columns, in one language, ready for JSON.

    Codes are those of the columns; days are days since 1970-01-01; positions are decimal
    degrees (EPSG:4326); radii are metres.
    """
    say = i18n.words(lang)
    return {
        "version": version_key(package), "release": package.version, "lang": lang,
        "dir": i18n.direction(lang), "n": len(package.frames["events"]),
        "types": [{"code": code, "id": kind, "label": say.label("type", kind),
                   "family": marks.FAMILY_OF[kind]}
                  for code, kind in enumerate(TYPES) if kind],
        "families": [{"id": f.id, "label": say(f"family.{f.id}"), "colour": f.colour,
                      "colour_dark": f.colour_dark, "shape": f.shape} for f in marks.FAMILIES],
        "other": say("map.legend_other"), "shapes": marks.SHAPES,
        "admin1": [{"code": code, "id": name, "label": say.label("admin1", name)}
                   for code, name in enumerate(ADMIN1) if name],
        "precisions": [{"code": code, "id": name, "label": say(f"precision.{name}"),
                        "radius_m": marks.PRECISION_RADIUS_M[name]}
                       for code, name in enumerate(PRECISIONS)],
        "statuses": [{"id": s.id, "label": say(f"status.{s.id}"), "fill": s.fill,
                      "dashed": s.dashed, "rank": s.rank} for s in marks.STATUSES],
        "assessments": [{"id": name, "label": say(f"status.{name}")}
                        for name in ("degraded", "contested", "contradicted")],
        "places": _disputed(package, lang),
        "centres": _centres(package, lang),
        "conflicts": {row["conflict_group"]: say(f"conflict.field_{row['field']}")
                      for row in package.frames["conflicts"].to_dict("records")},
        "words": i18n.catalogue(lang, "map") | _under("date", lang) | _under("unit.days", lang)
        | _under("unit.events", lang) | _under("active_centres", lang),
    }


def _under(section: str, lang: str) -> dict[str, str]:
    """Return the texts of a section under their full keys."""
    return {f"{section}.{key}": text for key, text in i18n.catalogue(lang, section).items()}


def _centres(package: Package, lang: str) -> list[dict[str, Any]]:
    """Return the centres that have a place, each with the steps of its status."""
    places = package.frames["places"].set_index("place_id")
    found = []
    for index, one in enumerate(package.frames["centres"].to_dict("records")):
        if one["place_id"] not in places.index:
            continue
        place = places.loc[one["place_id"]]
        found.append({
            "id": one["centre_id"], "index": index, "role": one["role"],
            "label": one[f"name_{lang}"], "place_label": place[f"name_{lang}"],
            "lat": _degrees(place["lat"]), "lon": _degrees(place["lon"]),
            "precision": place["geo_precision"],
            "admin1": place["admin1"], "admin1_alt": place["admin1_alt"],
            "spans": [_span(step) for step in provenance.status_spans(package, one["centre_id"])],
        })
    return found


def _disputed(package: Package, lang: str) -> list[dict[str, Any]]:
    """Return the places with a point that are disputed, or claimed for two governorates."""
    return [
        {"lat": float(one["lat"]), "lon": float(one["lon"]), "label": one[f"name_{lang}"],
         "disputed": one["disputed_status"] == "disputed", "both": bool(one["admin1_alt"])}
        for one in package.frames["places"].to_dict("records")
        if not pd.isna(one["lat"]) and (one["disputed_status"] == "disputed" or one["admin1_alt"])
    ]


def spans(package: Package) -> dict[str, Any]:
    """Return the steps of each centre's status, by its index, ready for JSON."""
    ids = centre_ids(package)
    return {"spans": [[_span(step) for step in provenance.status_spans(package, one)]
                      for one in ids]}


def _degrees(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _span(step: provenance.Span) -> dict[str, Any]:
    return {"from": step.day_from, "statuses": list(step.statuses),
            "confirmed": step.last_confirmed, "told": step.confirmed,
            "assessments": list(step.assessments), "groups": list(step.groups)}


def detail(event: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return what the map says about one event, in one language, ready for JSON.

    ``event`` holds canonical columns and ``row``. Everything is plain text; the note exists
    in English only, and stays empty elsewhere; so does ``basis``, how a date was worked out,
    which is marked as English there.
    """
    say = i18n.words(lang)
    places = [say.label("admin1", event[name]) for name in ("admin1", "admin1_alt") if event[name]]
    return {
        "row": event["row"], "id": event["event_id"], "lang": lang,
        "title": event[f"title_{lang}"], "place": event[f"place_{lang}"],
        "date": i18n.edtf_span(event["date_start"], event["date_end"], lang),
        "basis": worked_out(event["date_basis"]),
        "type": say.label("type", event["event_type"]), "family": event["family"],
        "precision": say(f"precision.{event['geo_precision']}"), "dataset": event["dataset"],
        "role": say.label("role", event["place_role"]),
        "governorate": " / ".join(places),
        "note": event["note_en"] if lang == "en" else "",
        "sources": _listed(event["source_ids"]), "claims": _listed(event["claim_ids"]),
        "contradicted": bool(event["conflict_groups"]),
    }


def _listed(cell: str) -> int:
    """Count the ids of a list cell."""
    return sum(1 for part in cell.split(";") if part)
