"""What is taken away: the rows of one view with their sources, claims and centres.

The one place that decides which rows and columns leave the house; exports and the
standalone page only write down what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from geo import __version__, cells, provenance
from geo.address import View
from geo.filters import CURATED, EPOCH, EventFilter, evidence
from geo.i18n import LANGS
from geo.store import Store
from geo.tables import Package

# derived columns (family, search text, row) stay: every reader can derive them again
PLAIN: Final = (
    *("event_id", "date_start", "date_end", "date_precision", "event_type"),
    *("place_id", "place_role", "place_en", "place_ar", "place_ckb", "admin1", "admin1_alt"),
    *("admin1_ocha", "admin1_geonames"),
    *("lat", "lon", "geo_precision", "actors"),
    *("fatalities_low", "fatalities_best", "fatalities_high", "fatalities_rule"),
    *("title_en", "title_ar", "title_ckb", "note_en", "claim_ids", "source_ids"),
    *(
        "conflict_groups",
        "in_seed",
        "seed_only",
        "n_sources",
        "n_reports",
        "acled_like",
        "date_basis",
    ),
    "dataset",
)
INTERVAL: Final = ("interval_start", "interval_end")
SOURCED: Final = (
    *("source_publishers", "source_titles", "source_urls"),
    *("claim_sources", "claim_fields", "claim_values", "claim_paraphrases_en"),
)
COLUMNS: Final = (*PLAIN, *INTERVAL, *SOURCED)


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """The rows of one view, ready to be written down.

    Attributes
    ----------
    view: what was asked for.
    package: the data as known on the view's day of knowledge; all else is told from it.
    day: the day of the centres' statuses (last day of the filter, else of the data).
    events: `COLUMNS`, one row an event in the store's order. ``lat`` and ``lon`` are decimal
        degrees (EPSG:4326), NaN without a point; ``interval_*`` are ISO days, both
        included; ``date_*`` the dates as published (EDTF); lists of ids are joined by
        ";", lists of texts as `cells.join` does, the n-th belonging to the n-th id.
    found: the same rows as the store holds them: canonical columns and ``row``.
    claims, sources: those that the events (and the centres, if shown) rest on, by id.
    event_sources: which claim of which source stands behind which event.
    centres: one row a centre with its status on ``day``; empty when the view hides them.
    about: what the file is, as texts: filter in words, address, data version, licences.
    """

    view: View
    package: Package
    day: date
    events: pd.DataFrame
    found: pd.DataFrame
    claims: pd.DataFrame
    sources: pd.DataFrame
    event_sources: pd.DataFrame
    centres: pd.DataFrame
    about: Mapping[str, str]

    @property
    def imported(self) -> bool:
        """Tell whether any of the events is of an imported data set."""
        return bool((self.events["dataset"] != CURATED).any())


def take(package: Package, store: Store, asked: View | EventFilter) -> Extract:
    """Return exactly the rows that the view's filter selects, with all that they rest on."""
    view = asked if isinstance(asked, View) else View(filter=asked)
    asof = view.filter.asof
    package = package if asof is None else provenance.as_known(package, asof)
    found = provenance.retell(package, store.events(view.filter))
    day = view.filter.date_to or store.span()[1]
    events = _events(package, found)
    centres = _centres(package, day, shown=view.centres)
    lists = (*events["claim_ids"], *centres["claim_ids"], *centres["status_claim_ids"])
    cited = {item for cell in lists for item in _ids(cell)}
    claims = _chosen(package.frames["claims"], "claim_id", cited)
    named = {item for cell in events["source_ids"] for item in _ids(cell)}
    return Extract(
        view=view,
        package=package,
        day=day,
        events=events,
        found=found,
        claims=claims,
        sources=_chosen(package.frames["sources"], "source_id", named | set(claims["source_id"])),
        event_sources=_event_sources(events, claims),
        centres=centres,
        about=_about(package, view, day, events, store.terms)
        | _counts(store, view, found, claims),
    )


def interval(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the days an event may have happened on, first and last, as ISO dates."""
    columns = zip(INTERVAL, ("day_start", "day_end"), strict=True)
    return {ours: [iso_day(day) for day in frame[theirs]] for ours, theirs in columns}


def iso_day(day: int) -> str:
    """Return the ISO date of so many days after 1970-01-01."""
    return (EPOCH + timedelta(days=int(day))).isoformat()


def _events(package: Package, found: pd.DataFrame) -> pd.DataFrame:
    """Return the events in public columns, with their sources and claims beside them."""
    sources = _lookup(package.frames["sources"], "source_id")
    claims = _lookup(package.frames["claims"], "claim_id")
    frame = found[list(PLAIN)].assign(**interval(found))
    for column, field in (
        ("source_publishers", "publisher"),
        ("source_titles", "title"),
        ("source_urls", "url"),
    ):
        frame[column] = _beside(frame["source_ids"], sources, field, cells.join)
    for column, field, joined in (
        ("claim_sources", "source_id", ";".join),
        ("claim_fields", "field", ";".join),
        ("claim_values", "value", cells.join),
        ("claim_paraphrases_en", "paraphrase_en", cells.join),
    ):
        frame[column] = _beside(frame["claim_ids"], claims, field, joined)
    return frame[list(COLUMNS)].reset_index(drop=True)


def _beside(
    lists: Iterable[str],
    rows: Mapping[str, Mapping[str, Any]],
    field: str,
    joined: Callable[[Iterable[str]], str],
) -> list[str]:
    """Return one field of the rows that each list of ids names, joined; "" for a foreign id."""
    return [joined([str(rows.get(item, {}).get(field, "")) for item in _ids(x)]) for x in lists]


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain values, None for what is missing."""
    whole = frame.astype(object).where(frame.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in whole.to_dict("records")
    ]


def _lookup(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    return {str(row[key]): row for row in plain(frame)}


def _ids(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def _chosen(frame: pd.DataFrame, key: str, ids: set[str]) -> pd.DataFrame:
    """Return the rows with these ids, in the table's own order."""
    return frame[frame[key].isin(ids)].reset_index(drop=True)


def _event_sources(events: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Return event_id, claim_id, source_id: one row a claim behind an event."""
    source_of = dict(zip(claims["claim_id"], claims["source_id"], strict=True))
    links = [
        (event, claim, source_of[claim])
        for event, cell in zip(events["event_id"], events["claim_ids"], strict=True)
        for claim in _ids(cell)
        if claim in source_of
    ]
    return pd.DataFrame(links, columns=["event_id", "claim_id", "source_id"], dtype="str")


def _centres(package: Package, day: date, *, shown: bool) -> pd.DataFrame:
    """Return the centres with their place and their status as last reported by the day."""
    places = _lookup(package.frames["places"], "place_id")
    rows = []
    for centre in plain(package.frames["centres"]):
        place = places.get(str(centre["place_id"]), {})
        status = provenance.status_on(package, centre["centre_id"], day)
        rows.append(_centre(centre, place, status) | {"status_on": day.isoformat()})
        if not shown:
            return pd.DataFrame(rows).iloc[:0]
    return pd.DataFrame(rows)


def _centre(
    centre: Mapping[str, Any], place: Mapping[str, Any], status: provenance.Status
) -> dict[str, Any]:
    since = status.since
    return {
        **{name: centre[name] for name in ("centre_id", "role")},
        **{f"name_{lang}": centre[f"name_{lang}"] for lang in LANGS},
        "place_id": centre["place_id"],
        **{name: place.get(name, "") for name in ("admin1", "admin1_alt", "geo_precision")},
        **{name: place.get(name, float("nan")) for name in ("lat", "lon")},
        "statuses": ";".join(status.statuses),
        "contradicted": "true" if status.contradicted else "false",
        "conflict_groups": ";".join(status.groups),
        "assessments": ";".join(status.assessments),
        "status_since": since.isoformat() if since else "",
        "last_confirmed": status.confirmed,
        "claim_ids": centre["claim_ids"],
        "status_claim_ids": ";".join(status.claim_ids),
    }


def _counts(store: Store, view: View, found: pd.DataFrame, claims: pd.DataFrame) -> dict[str, str]:
    """Return how many events there are at least and at most, and how sure they are."""
    least, _, most = store.count_range(view.filter)
    asked = view.filter
    hidden = provenance.hidden(store.package, asked.asof) if asked.asof and store.package else None
    return {
        "events_least": str(least),
        "events_most": str(most),
        "events_contradicted": str(int((found["contradicted"] > 0).sum())),
        "events_uncertain": str(int((~evidence.certain(found)).sum())),
        "viewpoint": asked.viewpoint,
        "as_known_on": asked.asof.isoformat() if asked.asof else "",
        "claims_hidden_later": str(hidden.later if hidden else 0),
        "claims_hidden_undated": str(hidden.undated if hidden else 0),
        "publications": str(claims["source_id"].nunique()),
        "boundaries": "indicative",
    }


def _about(package: Package, view: View, day: date, events: pd.DataFrame,
           terms: tuple[str, ...]) -> dict[str, str]:
    """Return what the file is, as short English keys and texts."""
    licences = [f"{item['title']} ({item['path']})" for item in package.licences]
    licences += terms
    return {
        "title": str(package.descriptor.raw["title"]),
        "data_version": package.version,
        "address": f"?{view.to_text(include_view=False)}",
        **{f"filter_{lang}": view.filter.sentence(lang) for lang in LANGS},
        "events": str(len(events)),
        "events_without_point": str(int(events["lat"].isna().sum())),
        "centre_status_on": day.isoformat(),
        "licences": "; ".join(licences),
        "generated_from": f"Tansiq {__version__}, data version {package.version}",
    }
