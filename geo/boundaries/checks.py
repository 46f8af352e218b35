"""What boundaries have to be before they are taken; every fault is named with its features.

Tolerances: two areas may overlap by 0.1 square kilometres or a thousandth of the smaller one,
whichever is more, as neighbours that were drawn apart do; a fifth of all area may lie outside of
the country's outline, which is coarser than most boundaries. Gaps between areas are allowed and
told by the share of the country that is covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from geo.boundaries.columns import CODE, Area
from geo.boundaries.country import KM2, Country

MOST_POINTS: Final = 3_000_000
OVERLAP_KM2: Final = 0.1
OVERLAP_SHARE: Final = 0.001
MOST_OUTSIDE: Final = 0.2
LEAST_COVERED: Final = 0.001
_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found of boundaries that may be taken.

    Attributes
    ----------
    covered: share of the country's outline, 0 to 1.
    outside: share of the areas that lies outside of it.
    areas_km2: of each area, in square kilometres.
    slivers: pairs of areas that overlap within the tolerance.
    """

    covered: float
    outside: float
    areas_km2: tuple[float, ...]
    slivers: int


def faults_of_words(areas: Sequence[Area], level: str,
                    governorates: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with codes and names; ``governorates`` are all names by code."""
    yield from _named("has no name", [one for one in areas if not any(one.names.values())])
    wrong = [one for one in areas if not CODE.fullmatch(one.code)]
    yield from _named("has no code, or one with other signs than letters, digits, . _ -", wrong)
    yield from _named("has a code that another has too", _twice(areas, lambda one: one.code))
    if level == "adm2":
        # without a governorate two may well have one name
        settled = [one for one in areas if one.parent and one.names]
        same = _twice(settled, lambda one: (one.parent, one.name))
        yield from _named("has the name of another in its governorate", same)
        return
    unknown = [one for one in areas if one.names and not one.admin1]
    known = ", ".join(sorted(set(governorates.values())))
    yield from _named(f"is no governorate that is known by code or name ({known})", unknown)
    yield from _named("is a governorate that another feature is, too",
                      _twice([one for one in areas if one.admin1], lambda one: one.admin1))


def _twice(areas: Sequence[Area], key: Any) -> list[Area]:
    counted = Counter(key(one) for one in areas)
    return [one for one in areas if key(one) and counted[key(one)] > 1]


def _named(what: str, areas: Sequence[Area]) -> Iterator[str]:
    if areas:
        yield f"{_listed([one.told for one in areas])}: {what}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")


def faults_of_numbers(areas: Sequence[Area]) -> Iterator[str]:
    """Yield what is wrong with coordinates, before anything is computed from them."""
    shapes = np.array([one.shape for one in areas], object)
    points = int(shapely.get_num_coordinates(shapes).sum())
    if points > MOST_POINTS:
        yield f"The areas have {points} points; {MOST_POINTS} are allowed. Simplify them first."
        return
    broken, far = [], []
    for one in areas:
        at = shapely.get_coordinates(one.shape)
        if not np.isfinite(at).all():
            broken.append(one)
        elif (np.abs(at) > (180, 90)).any():
            far.append(one)
    yield from _named("has coordinates that are no numbers", broken)
    yield from _named("has coordinates beyond 180 and 90: no degrees, but a projected system", far)


def faults_of_shapes(areas: Sequence[Area]) -> Iterator[str]:
    """Yield which polygons cross themselves or are otherwise none."""
    for one, reason in zip(areas, shapely.is_valid_reason([one.shape for one in areas]),
                           strict=True):
        if reason != "Valid Geometry":
            yield f"{one.told}: its polygon is not valid ({reason})"


def measured(areas: Sequence[Area], country: Country) -> tuple[Measured | None, list[str]]:
    """Return what was measured in metres, and what is wrong with it."""
    shapes = country.metres([one.shape for one in areas])
    sizes = shapely.area(shapes)
    if not np.isfinite(sizes).all() or not shapely.is_valid(shapes).all():
        return None, [_elsewhere(areas)]
    covered, outside = country.covered(list(shapes))
    if covered < LEAST_COVERED or outside > MOST_OUTSIDE:
        told = f"The areas cover {covered:.1%} of Iraq, and {outside:.1%} of them lie outside of it"
        return None, [f"{told}. {_elsewhere(areas)}"]
    faults, slivers = [], 0
    for one, other, shared in _overlaps(shapes):
        allowed = max(OVERLAP_KM2 * KM2, OVERLAP_SHARE * min(sizes[one], sizes[other]))
        if shared <= allowed:
            slivers += 1
            continue
        faults.append(f"{areas[one].told} and {areas[other].told} overlap by "
                      f"{shared / KM2:,.1f} square kilometres")
    found = Measured(covered, outside, tuple(round(float(n) / KM2, 2) for n in sizes), slivers)
    return found, faults


def _elsewhere(areas: Sequence[Area]) -> str:
    """Say that the areas are not here, and whether they would be with their axes exchanged."""
    west, south, east, north = shapely.total_bounds([one.shape for one in areas])
    where = f"They reach from {west:.1f} to {east:.1f} east and {south:.1f} to {north:.1f} north"
    swapped = 29 <= west <= east <= 38 and 38 <= south <= north <= 49  # noqa: PLR2004 - Iraq
    return f"{where}{'; latitude and longitude look exchanged.' if swapped else '.'}"


def _overlaps(shapes: Any) -> Iterator[tuple[int, int, float]]:
    """Yield each pair of shapes that share more than an edge, with the area in square metres."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in sorted((int(a), int(b)) for a, b in pairs.T if a < b):
        shared = float(shapely.area(shapely.intersection(shapes[one], shapes[other])))
        # what rounding leaves along an edge is none
        if shared > 1:
            yield one, other, shared
