"""Events of each area, and the classes that colour areas by them, as ``assets/areas.js`` has them.

Both ends answer the same test vectors (``tests/vectors/areas.json``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.boundaries.placing import rows_of
from geo.boundaries.shelf import Boundaries

# square kilometres
PER_KM2: Final = 1_000
# opacity of the classes over the ground
SHADES: Final = (0.1, 0.22, 0.36, 0.52, 0.7)
# of the areas with events: a few cities would leave the rest in one class
SHARES: Final = (0.2, 0.4, 0.6, 0.8)
_NICE: Final = (8, 6, 5, 4, 3, 2, 1.5, 1)


def breaks(densities: Sequence[float]) -> tuple[float, ...]:
    """Return the lower ends of the classes above the first.

    Fifths of the areas with events, rounded down to few digits, each once.
    """
    some = sorted(one for one in densities if one > 0)
    if not some:
        return ()
    found = []
    for share in SHARES:
        value = some[min(len(some) - 1, math.floor(share * len(some)))]
        ten = 10.0 ** math.floor(math.log10(value))
        nice = next((n * ten for n in _NICE if n * ten <= value), ten)
        found.append(float(f"{nice:.2g}"))
    return tuple(limit for limit in dict.fromkeys(found) if limit > some[0])


def class_of(density: float, limits: Sequence[float]) -> int:
    """Return the class of an area, from 0; -1 without events."""
    return sum(density >= limit for limit in limits) if density > 0 else -1


def shade(at: int, limits: Sequence[float]) -> float:
    """Return the opacity of a class; few classes are as far apart as many."""
    if not limits:
        return SHADES[2]
    return SHADES[math.floor(at * (len(SHADES) - 1) / len(limits) + 0.5)]


def rounded(value: float) -> float:
    """Return a density as it is said: two digits, and no fraction from a hundred on."""
    return round(value) if value >= 100 else round(float(f"{value:.2g}"), 3)  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Counted:
    """Boundaries with the events that lie in each of their areas.

    Attributes
    ----------
    counts: events by area, in the boundaries' order.
    total: all events that were counted, those in no area too.
    """

    found: Boundaries
    counts: tuple[int, ...]
    total: int

    @property
    def features(self) -> list[dict[str, Any]]:
        """The copy for drawing: one feature an area, with its size; some have no geometry."""
        features: list[dict[str, Any]] = self.found.drawn["features"]
        return features

    @property
    def densities(self) -> tuple[float, ...]:
        """Events per 1,000 square kilometres of each area."""
        sizes = (one["properties"]["km2"] for one in self.features)
        return tuple(n / km2 * PER_KM2 if km2 > 0 else 0.0
                     for n, km2 in zip(self.counts, sizes, strict=True))

    @property
    def limits(self) -> tuple[float, ...]:
        """Where the classes above the first begin."""
        return breaks(self.densities)

    @property
    def placed(self) -> int:
        """How many events lie in an area."""
        return sum(self.counts)

    @property
    def lost(self) -> int:
        """How many lie in none, or have no point, or one too rough for the level."""
        return self.total - self.placed


def counted(found: Boundaries, events: pd.DataFrame) -> Counted:
    """Count events in the areas; ``events`` has the columns lon, lat and geo_precision."""
    counts = np.bincount(rows_of(found, events), minlength=len(found.areas) + 1)
    return Counted(found, tuple(counts[1:].tolist()), len(events))
