"""Scenes of the curated events and one made by hand, for the tests of pictures."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from geo import basemap, i18n, snapshot, tables
from geo.address import View
from geo.basemap import Basemap
from geo.snapshot import scene
from geo.snapshot.scene import Bounds, Centre, Scene
from tests.snapshot.asked import ALL, NORTH


@pytest.fixture(scope="session")
def package() -> tables.Package:
    return tables.load()


@pytest.fixture(scope="session")
def layers() -> Basemap:
    return basemap.load()


@pytest.fixture(scope="session")
def make(package, store, layers):
    """Return a maker of real scenes."""

    def made(lang="en", asked=ALL, bounds=None, **how) -> Scene:
        view = View(filter=asked, lang=lang, **how.pop("view", {}))
        return scene.scene(package, store, view, bounds, basemap=layers, **how)

    return made


@pytest.fixture(scope="session")
def small() -> Scene:
    """Give a scene made by hand, without a base map: quick to draw."""
    rows = [("E1", 35.47, 44.39, "talks", "location", "town"),
            ("E2", 35.47, 44.39, "armed", "subject_area", "town"),
            ("E3", 36.19, 44.01, "armed", "location", "district"),
            ("E4", np.nan, np.nan, "politics", "subject_area", "none")]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["event_id", "lat", "lon", "family", "place_role", "geo_precision"]
    )
    frame["conflict_groups"] = ["X01", "", "", ""]
    for lang in i18n.LANGS:
        frame[f"title_{lang}"], frame[f"place_{lang}"] = "A title", "A place"
    centre = Centre("C1", "K1", 35.51, 44.28, statuses=("announced", "active"))
    return Scene(frame, Bounds(*NORTH), (centre,), sentence="Events", version="1+abc")


@pytest.fixture(scope="session")
def page(make):
    """Return a maker of composed pictures of real scenes, each drawn once."""
    return cache(lambda lang, asked, *kind: snapshot.compose(make(lang, asked), *kind))
