"""Promises of the map's place on a page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.snapshot.labels import Box
from geo.snapshot.panel import Panel
from geo.snapshot.scene import Bounds


@given(
    corner=st.tuples(st.floats(-179, 178), st.floats(-84, 83)),
    span=st.tuples(st.floats(0.01, 60), st.floats(0.01, 60)),
    size=st.tuples(st.floats(40, 4000), st.floats(40, 4000)),
)  # fmt: skip
def test_a_panel_never_crops_and_keeps_its_shape(corner, span, size) -> None:
    """All of the reader's view is in the picture, whatever the shapes of the two."""
    (west, south), (wide, tall), (width, height) = corner, span, size
    bounds = Bounds(west, south, west + wide, min(84.9, south + tall))
    panel = Panel(Box(0, 0, width, height), bounds, Bounds(36.7, 27.3, 51.8, 38.8))
    x, y = panel.points(np.array([bounds[:2], bounds[2:]])).T
    assert min(*x, *y) > -0.01
    assert max(x) < width + 0.01
    assert max(y) < height + 0.01
    assert panel.right - panel.left == pytest.approx(width / panel.unit)
