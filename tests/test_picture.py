"""Promises of the README's pictures: they have the dashboard's colours, and are small."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from docs import picture
from geo import palette


def drawn(image: Image.Image) -> bytes:
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return packed.getvalue()


def colour(name: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(palette.colour(name)[1:]))


@pytest.mark.parametrize("name", ["ground", "band", "paper"])
def test_a_picture_of_few_colours_keeps_the_grounds(name):
    """However many other colours there are, a ground that fills the page stays what it is."""
    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 256, (120, 200, 3), dtype=np.uint8)
    pixels[:60] = colour(name)
    with Image.open(io.BytesIO(picture.small(drawn(Image.fromarray(pixels))))) as few:
        assert few.convert("RGB").getpixel((3, 3)) == colour(name)


def test_the_picture_of_the_readme_has_the_colours_of_the_page():
    """Its commonest colour is the page's ground."""
    with Image.open(picture.HERE / "dashboard.png") as image:
        common = Counter(map(tuple, np.asarray(image.convert("RGB")).reshape(-1, 3).tolist()))
    assert common.most_common(1)[0][0] == colour("ground")
    assert colour("band") in common
