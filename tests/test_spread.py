"""Promises of marks that step aside: apart, inside, and always alike."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.snapshot.labels import Box
from geo.snapshot.spread import Body, apart


@given(st.lists(st.tuples(st.floats(50, 350), st.floats(50, 250)), min_size=1, max_size=12))
def test_bodies_part_and_stay_in_the_frame(homes) -> None:
    """Discs end apart and inside, the same every time; one alone stays at home."""
    bodies = [Body((x, y), 9.0) for x, y in homes]
    frame = Box(0, 0, 400, 300)
    points = apart(bodies, frame, 2.0)
    assert np.array_equal(points, apart(bodies, frame, 2.0))
    assert points.min() >= 8.9
    assert (points <= [391.1, 291.1]).all()
    for one, two in combinations(points, 2):
        assert np.hypot(*(one - two)) > 17.5
    assert len(homes) > 1 or tuple(points[0]) == homes[0]
