"""Events of each area: how many, in which class, in which shade, as the map on screen has them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo import boundaries
from geo.boundaries import counting
from tests import regions

VECTORS = json.loads((Path(__file__).parent / "vectors" / "areas.json").read_text("utf-8"))


@pytest.mark.parametrize("one", VECTORS["breaks"], ids=str)
def test_classes_begin_where_the_layer_has_them(one: list) -> None:
    """The vectors that `areas.js` answers (`tests/layer/test_data.py`) are answered alike."""
    assert list(counting.breaks(one[0])) == one[1]


def test_every_density_has_its_class_and_shade() -> None:
    """The same vectors: none without events, and few classes are as far apart as many."""
    for density, limits, at in VECTORS["classes"]:
        assert counting.class_of(density, limits) == at
    for at, limits, alpha in VECTORS["shades"]:
        assert counting.shade(at, limits) == alpha


@pytest.mark.parametrize(("value", "said"), [(0.5, 0.5), (0.0126, 0.013), (0.0004, 0.0),
                                             (99.4, 99.0), (800.0, 800), (4000.2, 4000)])
def test_densities_are_said_in_two_digits(value: float, said: float) -> None:
    """And in whole numbers from a hundred on."""
    assert counting.rounded(value) == said


def test_placed_and_lost_add_up(tmp_path: Path) -> None:
    """Every event is in one area or counted as in none; densities are by the size of the area."""
    regions.added(tmp_path, tmp_path, "adm2")
    events = pd.DataFrame([(44.1, 35.1, "town"), (44.1, 35.1, "governorate"), (10.0, 50.0, "town"),
                           (44.3, 35.1, "site"), (44.3, 35.2, "site"), (None, None, "none")],
                          columns=["lon", "lat", "geo_precision"])  # fmt: skip
    found = counting.counted(boundaries.read("adm2", tmp_path / "boundaries"), events)
    assert (found.counts, found.placed, found.lost) == ((1, 2, 0, 0), 3, 3)
    assert found.densities[1] == pytest.approx(2 / 632 * 1000, rel=0.01)
    assert (found.limits, found.densities[2]) == ((3.0,), 0.0)
    none = counting.counted(found.found, events.iloc[:0])
    assert (none.counts, none.lost, none.limits) == ((0, 0, 0, 0), 0, ())
