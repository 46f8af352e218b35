"""Promises of pictures with the operator's boundaries: the areas of the page, counted and named."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geo import boundaries, cli, i18n, palette, server, snapshot
from geo.address import View
from geo.basemap import Basemap
from geo.boundaries import counting
from geo.filters import EventFilter
from geo.snapshot import scene
from geo.snapshot.labels import Box
from geo.snapshot.scene import Bounds, Scene
from tests import regions
from tests.conftest import some_now

ASKED = View(filter=EventFilter(datasets=("ged",)), areas="adm2")
# Kirkuk's four districts with a little around them
BOUNDS = Bounds(43.9, 34.9, 44.6, 35.6)
NAME = "</text><script>{{7*7}} $x^2$"
PAGES = [("screen", (1000, 640)), ("screen", (360, 560)), ("print", None),
         ("social-wide", None), ("social-square", None)]  # fmt: skip


@pytest.fixture(scope="module")
def state(tmp_path_factory) -> server.AppState:
    """A state with both levels of boundaries and five imported events."""
    folder = tmp_path_factory.mktemp("areas")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANSIQ_HOME", str(regions.home(folder, NAME, ("adm1", "adm2"))))
        yield server.AppState()


@pytest.fixture(scope="module")
def made(state) -> Callable[..., Scene]:
    """Give what makes scenes of the imported events, or the curated ones."""

    def make(view: View = ASKED, layers: Basemap | None = None, **how) -> Scene:
        store = state.holdings.store(view.filter.datasets)
        return scene.scene(state.package, store, view, how.pop("bounds", BOUNDS), None,
                           layers or state.basemap, **how)  # fmt: skip

    return make


def test_the_areas_are_those_of_the_page(made, tmp_path, monkeypatch) -> None:
    """As the address asks: a level, none, and none either where nobody added any."""
    found = made().areas
    assert (found.counts, found.total, found.lost) == ((2, 0, 0, 0), 5, 3)
    assert (made(ASKED.replace(areas="adm1")).areas.counts, made(View()).areas) == ((3, 0, 0), None)
    assert made(View(areas="adm1")).areas.total == 97
    monkeypatch.setattr(boundaries.shelf, "home", lambda: tmp_path)
    bare = made()
    assert (bare.areas, len(bare.terms)) == (None, 1)


def test_a_filter_counts_anew(made) -> None:
    """Only matching events are counted, as on the page."""
    asked = replace(ASKED.filter, box=(44.15, 35.0, 44.6, 35.6))
    assert made(ASKED.replace(filter=asked)).areas.counts == (1, 0, 0, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_area_has_the_shade_of_its_class(made, theme: str) -> None:
    """The page's colour in the page's opacity where events lie, the bare ground elsewhere."""
    shown = made(ASKED.replace(centres=False), Basemap({}), theme=theme)
    # the disc of what is known to the governorate alone would lie on it
    shown = replace(shown, events=shown.events.iloc[:0])
    composed = snapshot.compose(shown)
    pixels = np.asarray(Image.open(io.BytesIO(snapshot.render(shown))).convert("RGB"), float)
    across, down = pixels.shape[1] / composed.pen.page.width, pixels.shape[0]

    def at(lon: float, lat: float) -> np.ndarray:
        x, y = composed.planned.panel.point(lon, lat)
        return pixels[int(down - y * across), int(x * across)]

    ground, ink = (np.array([int(palette.colour(one, theme)[i : i + 2], 16) for i in (1, 3, 5)])
                   for one in ("outside", "primary"))  # fmt: skip
    alpha = counting.shade(0, ())
    assert np.abs(at(44.02, 35.22) - (ground * (1 - alpha) + ink * alpha)).max() <= 2
    assert np.abs(at(44.45, 35.45) - ground).max() <= 2
    lines = at(44.25, 35.45)
    assert np.abs(lines - ground).max() > 20


def words(composed) -> str:
    return " ".join(one.text for one in composed.words)


def plain(text: str) -> str:
    """Return text without the signs that part lines and directions."""
    return "".join(char for char in text if char.isalnum())


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_picture_says_what_the_colours_mean(made, lang: str, page) -> None:
    """Title, classes, what lies in no area, and whose the boundaries are, in every kind of page."""
    shown = made(ASKED.replace(lang=lang), bounds=None)
    composed = snapshot.compose(shown, *page)
    say, told = i18n.words(lang), plain(words(composed))
    for text in (say("map.areas_title_adm2"), say("map.areas_nothing"), say("map.areas_some"),
                 say("map.areas_lost", n=3, total=5), say("map.areas_indicative"), "mine: CC0"):
        assert plain(text) in told
    assert crossed(composed) == []


def crossed(composed) -> list[tuple[Box, Box]]:
    """Return which words around the map lie on each other, or beyond the page."""
    around = [one.box for one in composed.words
              if one.layer == 10 and not composed.map_box.grown(0.5).touches(one.box)]
    boxes = [box.grown(-0.05 * composed.pen.em - 0.3) for box in around]
    beyond = [(box, box) for box in around if not composed.pen.page.holds(box)]
    return beyond + [pair for pair in combinations(boxes, 2) if Box.touches(*pair)]


@pytest.mark.parametrize(("lang", "page"), some_now(
    [(lang, page) for page in PAGES for lang in i18n.LANGS], 6))  # fmt: skip
def test_nothing_of_the_longest_legend_is_lost(made, lang: str, page) -> None:
    """Families, classes, centres, and what lies in no area, on every kind of page."""
    shown = made(View(areas="adm2", lang=lang), bounds=None)
    many = replace(shown.areas, counts=(1, 4, 9, 70), total=90)
    composed = snapshot.compose(replace(shown, areas=many), *page)
    say, told = i18n.words(lang), plain(words(composed))
    least = counting.rounded(many.limits[0])
    for text in (say("map.areas_below", n=least), say("map.areas_lost", n=6, total=90),
                 say("map.areas_indicative"), say("family.armed"), say("status.active"),
                 say("map.legend_doubted")):  # fmt: skip
        assert plain(text) in told
    assert crossed(composed) == []


def test_classes_are_written_as_the_layer_writes_them(made) -> None:
    """Below, between, and more, in two digits; without areas there is no word of them."""
    shown = made()
    four = replace(shown.areas, counts=(1, 4, 9, 40), total=60)
    told = words(snapshot.compose(replace(shown, areas=four)))
    said = i18n.words("en")
    limits = [counting.rounded(one) for one in four.limits]
    assert len(limits) >= 2
    assert said("map.areas_below", n=limits[0]) in told
    assert said("map.areas_between", low=limits[0], high=limits[1]) in told
    assert said("map.areas_from", n=limits[-1]) in told
    assert "per 1,000" not in words(snapshot.compose(replace(shown, areas=None)))


@pytest.mark.parametrize("fmt", snapshot.FORMATS)
def test_every_format_draws_them_and_names_their_terms(made, fmt: str) -> None:
    """Other bytes than without, the same each time, and no foreign name in any of them."""
    shown = made()
    found = snapshot.render(shown, fmt)
    assert found == snapshot.render(made(), fmt)
    assert found != snapshot.render(replace(shown, areas=None), fmt)
    assert b"7*7" not in found
    if fmt == "png":
        assert "mine: CC0" in Image.open(io.BytesIO(found)).info["Description"]
    if fmt == "svg":
        assert b"mine: CC0" in found


def test_boundaries_without_terms_say_so_in_the_readers_language(made, monkeypatch) -> None:
    """No licence is no licence, in words."""
    kept = boundaries.kept("adm2")
    bare = replace(kept, about=replace(kept.about, licence=""))
    monkeypatch.setattr(scene.boundaries, "kept", lambda _: bare)
    shown = made(ASKED.replace(lang="ar"))
    assert f"mine: {i18n.words('ar')('imported.no_licence')}" in shown.terms


def test_a_download_and_a_command_draw_what_their_address_asks(state, client, tmp_path: Path,
                                                               capsys) -> None:
    """By route and by `tansiq snapshot`; a level that nobody added is refused there."""
    for areas, there in (("", False), ("&areas=adm2", True)):
        found = client.get(f"/tansiq/download?format=png&dataset=ged{areas}").body
        assert ("mine: CC0" in Image.open(io.BytesIO(found)).info["Description"]) == there
    out = tmp_path / "a.svg"
    assert cli.main(["snapshot", "--dataset", "ged", "--areas", "adm2", "--out", str(out)]) == 0
    assert "mine: CC0" in out.read_text("utf-8")
    out.unlink()
    (boundaries.home() / "adm1.json").rename(tmp_path / "kept")
    try:
        assert cli.main(["snapshot", "--areas", "adm1", "--out", str(out)]) == 2
    finally:
        (tmp_path / "kept").rename(boundaries.home() / "adm1.json")
    assert "adm1" in capsys.readouterr().err
    assert not out.exists()
