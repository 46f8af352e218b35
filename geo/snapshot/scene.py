"""What a picture shows, as one frozen value: events, centres, extent, words and layers.

A scene knows nothing of drawing; it is made once from the package, the store and the
view, and every picture of it, whatever its format and size, shows the same events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from geo import basemap as layers
from geo import boundaries, i18n, marks, provenance, tables
from geo.address import View
from geo.basemap import Basemap
from geo.boundaries import Counted
from geo.columns import look_of
from geo.datasets.manifest import NO_LICENCE
from geo.filters import evidence, set_label
from geo.store import Store

# what is shown when nothing else says where: the north of Iraq, as on the screen
NORTH: Final = (44.2, 35.3, 7.0)
DEFAULT_SIZE: Final = (1000, 640)
# a fit is never closer than this many degrees, nor tighter than this share on each side
LEAST_SPAN: Final = 1.6
AIR: Final = 0.13
# degrees: what a map shows at the least, and how near to the poles
SMALLEST_SPAN: Final = 0.01
POLE: Final = 85.0
TILE: Final = 256
Theme: TypeAlias = Literal["light", "dark"]


class Bounds(NamedTuple):
    """West, south, east, north in degrees (EPSG:4326)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre as it is shown: where it stands and what was last reported of it.

    Attributes
    ----------
    label: short name of its place in the scene's language.
    precision: of its place (site, town, subdistrict, district, governorate).
    main: whether it is one of the network's, drawn larger than what was only announced.
    statuses: of the day shown; two when the reports of one day contradict each other,
        none when nothing was reported. Assessments (degraded, contested) stand apart.
    confirmed: day on which that was last said; ``told``: the same in words, as it is known.
    age: how many days before the day shown that was.
    groups: contradictions about the centre known by the day, whatever their field.
    """

    centre_id: str
    label: str
    lat: float
    lon: float
    precision: str = "town"
    main: bool = True
    statuses: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    confirmed: date | None = None
    told: str = ""
    age: int = 0
    groups: tuple[str, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Tell whether the reports of the day disagree."""
        return len(self.statuses) > 1

    @property
    def doubted(self) -> bool:
        """Tell whether a cross says that reports contradict each other about something else."""
        return bool(self.groups) and not self.contradicted


@dataclass(frozen=True, slots=True)
class Disputed:
    """A place under dispute: of disputed territory, or claimed for two governorates."""

    lat: float
    lon: float
    disputed: bool
    both: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """One view of the dashboard, ready to be drawn.

    Attributes
    ----------
    events: the matching rows with the canonical columns, those without a point too.
    bounds: what must be in the picture, in degrees.
    sentence: what is asked, in words; ``dates`` the range, ``status_day`` the day of
        the centres' status, both in words.
    n_contradicted, n_uncertain: events that reports contradict each other about, and those
        whose day or place is not known exactly.
    places: disputed places and those claimed for two governorates.
    n_left_out: events without a governorate that a filter by governorate leaves out;
        n_pointless: those without a point that a rectangle leaves out.
    governorates: ISO code to name in the scene's language.
    version, version_day: of the data; the day in words, never the clock's.
    licences: of all that is shown; ``terms`` those of imported data sets and of the operator's
        boundaries, to be seen below.
    sets: names of data sets side by side, by their looks, which events then have as families.
    areas: the operator's boundaries with the matching events of each area; None for none.
    """

    events: pd.DataFrame
    bounds: Bounds
    centres: tuple[Centre, ...] = ()
    lang: str = "en"
    sentence: str = ""
    dates: str = ""
    status_day: str = ""
    n_sources: int = 0
    n_left_out: int = 0
    n_pointless: int = 0
    n_contradicted: int = 0
    n_uncertain: int = 0
    places: tuple[Disputed, ...] = ()
    version: str = ""
    version_day: str = ""
    basemap: Basemap = field(default_factory=lambda: Basemap({}))
    governorates: Mapping[str, str] = field(default_factory=dict)
    theme: Theme = "light"
    address: str = ""
    licences: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)
    areas: Counted | None = None

    @property
    def event_ids(self) -> tuple[str, ...]:
        """The ids of every matching event that has a point, in the frame's order."""
        return tuple(self.located["event_id"])

    @property
    def located(self) -> pd.DataFrame:
        """The matching events that have a point."""
        return self.events.dropna(subset=["lat", "lon"])

    @property
    def confirmed(self) -> tuple[date, ...]:
        """The days on which the network's centres were last confirmed, each once, sorted."""
        return tuple(sorted({c.confirmed for c in self.centres if c.main and c.confirmed}))

    @property
    def n_unlocated(self) -> int:
        """How many matching events have no point; they are counted in words."""
        return len(self.events) - len(self.located)


def scene(  # noqa: PLR0913, PLR0917 - the reader's view and how it is drawn
    package: tables.Package,
    store: Store,
    view: View,
    bounds: tuple[float, float, float, float] | None = None,
    size: tuple[int, int] | None = None,
    basemap: Basemap | None = None,
    *,
    theme: Theme = "light",
    origin: str = "",
) -> Scene:
    """Return what a view shows, ready for `geo.snapshot.render`.

    ``bounds`` are the west, south, east and north of the reader's map in degrees; without
    them the view's own centre and zoom count for a map of ``size`` px, and without these
    the picture fits what is found. ``origin`` stands before the address's question mark.
    """
    asof = view.filter.asof
    package = package if asof is None else provenance.as_known(package, asof)
    events, sets = _apart(provenance.retell(package, store.events(view.filter)), store, view.lang)
    first, last = store.span()
    asked, lang = view.filter, view.lang
    day = asked.date_to or last
    left_out = store.left_out(asked)
    kept = boundaries.kept(view.areas)
    areas = boundaries.counted(kept, events) if kept else None
    centres, claims = _centres(package, view, day) if view.centres else ((), ())
    made = Scene(
        events=events,
        bounds=_opened(*bounds) if bounds else _seen(view, size or DEFAULT_SIZE),
        centres=centres,
        lang=lang,
        sentence=asked.sentence(lang),
        dates=i18n.span(asked.date_from or first, asked.date_to or last, lang),
        status_day=i18n.day(day, lang),
        n_sources=_n_sources(package, events, claims),
        n_left_out=left_out[0],
        n_pointless=left_out[1],
        n_contradicted=int((events["contradicted"] > 0).sum()),
        n_uncertain=int((~evidence.certain(events)).sum()),
        places=_disputed(package),
        version=package.version,
        version_day=_version_day(package, lang),
        basemap=layers.load() if basemap is None else basemap,
        governorates=_names(package, lang),
        theme=theme,
        address=f"{origin}?{view.to_text()}".removesuffix("?"),
        licences=tuple(licence["title"] for licence in package.licences),
        terms=_terms(store, areas, lang),
        sets=sets,
        areas=areas,
    )
    return made if bounds or view.z is not None else _fitted(made)


def _apart(
    events: pd.DataFrame, store: Store, lang: str
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return events with the look of their data set as family, and what these looks are called.

    As they are with one data set; an event without a family gets one of its own.
    """
    if len(store.sets) < 2:  # noqa: PLR2004 - nothing to tell apart
        return events.assign(family=events["family"].replace("", marks.OTHER.id)), {}
    looks = {name: look.id for name, look in zip(store.sets, look_of(store.sets), strict=True)}
    say = i18n.words(lang)
    named = {look: set_label(name, say) for name, look in looks.items()}
    return events.assign(family=events["dataset"].map(looks)), named


def _terms(store: Store, areas: Counted | None, lang: str) -> tuple[str, ...]:
    """Return who is to be named with imported events and with boundaries, and their licences."""
    terms = (*store.terms, *([areas.found.about.terms] if areas else []))
    said = i18n.words(lang)("imported.no_licence")
    return tuple(one.replace(NO_LICENCE, said) for one in terms)


def _centres(
    package: tables.Package, view: View, day: date
) -> tuple[tuple[Centre, ...], tuple[str, ...]]:
    """Return the centres as the map shows them on a day, and the claims behind that.

    Those outside the network are shown from their first report on.
    """
    places = package.frames["places"].set_index("place_id").to_dict("index")
    here = provenance.standing_in(package, view.filter)
    found: list[Centre] = []
    claims: list[str] = []
    for row in package.frames["centres"].to_dict("records"):
        place = places.get(row["place_id"])
        if place is None or pd.isna(place["lat"]) or row["centre_id"] not in here:
            continue
        status = provenance.status_on(package, row["centre_id"], day)
        main = row["role"] == "network"
        if main or status.last_confirmed:
            seen = _centre(row["centre_id"], place, view.lang, status, main=main)
            found.append(replace(seen, age=status.age_days(day) or 0))
            claims.extend(status.claim_ids)
    return tuple(found), tuple(dict.fromkeys(claims))


def _centre(
    centre_id: str, place: dict[Any, Any], lang: str, status: provenance.Status, *, main: bool
) -> Centre:
    return Centre(
        centre_id=centre_id,
        label=place[f"name_{lang}"],
        lat=float(place["lat"]),
        lon=float(place["lon"]),
        precision=place["geo_precision"],
        main=main,
        statuses=status.statuses,
        assessments=status.assessments,
        confirmed=status.last_confirmed,
        told=i18n.edtf(status.confirmed, lang) if status.confirmed else "",
        groups=status.groups,
    )


def _disputed(package: tables.Package) -> tuple[Disputed, ...]:
    """Return the points under dispute, each once."""
    found: dict[tuple[float, float], Disputed] = {}
    for row in package.frames["places"].to_dict("records"):
        at = (float(row["lat"]), float(row["lon"]))
        disputed, both = row["disputed_status"] == "disputed", bool(row["admin1_alt"])
        if not pd.isna(row["lat"]) and (disputed or both):
            old = found.get(at, Disputed(*at, disputed=False, both=False))
            found[at] = Disputed(*at, disputed=old.disputed or disputed, both=old.both or both)
    return tuple(found.values())


def _n_sources(package: tables.Package, events: pd.DataFrame, claims: tuple[str, ...]) -> int:
    """Count the publications behind the events and the centres' status, each once."""
    named = {source for cell in events["source_ids"].unique() for source in cell.split(";")}
    named |= set(provenance.sources_for(package, claims)["source_id"])
    return len(named - {""})


def _version_day(package: tables.Package, lang: str) -> str:
    """Return the day in the version "2026.11.24+…" in words, "" when it has none."""
    try:
        return i18n.edtf(package.version.partition("+")[0].replace(".", "-"), lang)
    except ValueError:
        return ""


def _names(package: tables.Package, lang: str) -> dict[str, str]:
    table = package.frames["governorates"]
    return dict(zip(table["admin1"], table[f"name_{lang}"], strict=True))


def _opened(west: float, south: float, east: float, north: float) -> Bounds:
    """Return bounds that a map can show: ordered, not empty, short of the poles."""
    (west, east), (south, north) = sorted((west, east)), sorted((south, north))
    if east - west < SMALLEST_SPAN:
        west, east = west - SMALLEST_SPAN / 2, east + SMALLEST_SPAN / 2
    south = min(max(south, -POLE), POLE - SMALLEST_SPAN)
    return Bounds(west, south, east, min(max(north, south + SMALLEST_SPAN), POLE))


def _seen(view: View, size: tuple[int, int]) -> Bounds:
    """Return what a map of so many px shows at the view's centre and zoom."""
    lon, lat, zoom = NORTH
    if view.lat is not None and view.lon is not None and view.z is not None:
        lon, lat, zoom = view.lon, view.lat, view.z
    degrees = 360 / (TILE * 2**zoom)
    wide, tall = size[0] * degrees / 2, size[1] * degrees / 2
    middle = np.degrees(np.arcsinh(np.tan(np.radians(np.clip(lat, -POLE, POLE)))))
    low, high = (np.degrees(np.arctan(np.sinh(np.radians(middle + d)))) for d in (-tall, tall))
    return Bounds(lon - wide, float(low), lon + wide, float(high))


def _fitted(made: Scene) -> Scene:
    """Return the scene with bounds about its events and centres, if it has any."""
    lons = [*made.located["lon"], *(centre.lon for centre in made.centres)]
    lats = [*made.located["lat"], *(centre.lat for centre in made.centres)]
    if not lons:
        return made
    west, east = _spread(min(lons), max(lons))
    south, north = _spread(min(lats), max(lats))
    return replace(made, bounds=Bounds(west, south, east, north))


def _spread(low: float, high: float) -> tuple[float, float]:
    """Return a range with air on both sides, and not below the least span."""
    half = max((high - low) * (0.5 + AIR), LEAST_SPAN / 2)
    return (low + high) / 2 - half, (low + high) / 2 + half
