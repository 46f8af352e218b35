"""The events as compact binary columns for the browser, and the short call that filters them.

Both ends share one order: the row number. A call holds integers and hexadecimal digests
only; what a browser cannot decide by itself (text, other data sets) goes as a bitmask of
rows, named by a digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from geo import i18n, marks, provenance
from geo.address import WINDOWS, View
from geo.columns.masks import (
    forget,
    mask,
    register_mask,
    register_view,
    registered_mask,
    registered_view,
)
from geo.columns.packing import (
    ADMIN1,
    PRECISIONS,
    TYPES,
    VERSION,
    Unpacked,
    pack,
    pack_store,
    too_large,
    unpack,
)
from geo.columns.views import view
from geo.filters import SOURCE, Box, EventFilter, one_set, set_label
from geo.store import MOST_CELLS, Store, day_number, version_key
from geo.tables import Package, worked_out

__all__ = ["ADMIN1", "PRECISIONS", "TYPES", "VERSION", "Unpacked", "beyond", "bits",
           "call", "centre_ids", "detail", "forget", "look_of", "mask", "meta", "pack",
           "pack_store", "register_mask", "registered_mask",
           "registered_view", "sets", "spans", "unpack", "view"]


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
        **_rows(store, f),
        "known": -1 if f.asof is None else day_number(f.asof),
        "filter": f.digest(),
        "selected": [] if chosen is None else [chosen],
        "centre": ids.index(view.centre) if view.centre in ids else -1,
        "centres": int(view.centres),
        "box": [] if f.box is None else Box(*f.box).units,
        "window": WINDOWS.index(view.window),
        "away": [index for index, one in enumerate(ids) if one not in here],
    }


def _rows(store: Store, f: EventFilter) -> dict[str, str]:
    """Return the digests of what a browser cannot decide about rows.

    Masks: the filter's, that of contradicted events, and those that tell data sets apart (what
    none of them has is of the first). Of a store too large for a browser: its windows alone.
    """
    if too_large(store):
        return {"mask": "", "clash": "", "view": register_view(store, f)}
    clash = EventFilter(only=("contradicted",), asof=f.asof, datasets=f.datasets)
    return {
        "mask": register_mask(store, f), "clash": register_mask(store, clash),
        **{f"set{number}": register_mask(store, one_set(name))
           for number, name in enumerate(store.sets) if number},
    }


def beyond(store: Store) -> dict[str, Any]:
    """Return what the map needs of a store that it asks window by window; nothing of others."""
    if not too_large(store):
        return {}
    return {"windows": {"most": MOST_CELLS, "span": store.span_days(), "extent": store.extent}}


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
        | _under("sign", lang) | _under("unit.events", lang)
        | _under("active_centres", lang),
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
