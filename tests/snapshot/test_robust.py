"""Promises of the pictures: no text, place or missing file breaks them."""

from __future__ import annotations

import time
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo import basemap, i18n, snapshot, vendor
from geo.filters import EventFilter
from geo.snapshot.scene import Scene
from tests.snapshot.asked import HOSTILE, MAY, SPRING


@pytest.mark.parametrize("fmt", snapshot.FORMATS)
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_hostile_text_is_drawn_as_it_is(small: Scene, lang: str, fmt) -> None:
    """Markup, templates and mathematics are letters like others, and break no file."""
    events = small.events.iloc[2:3].assign(**{f"title_{lang}": HOSTILE})
    shown = replace(small, lang=lang, events=events, sentence=HOSTILE, address=HOSTILE)
    composed = snapshot.compose(shown, "social-wide")
    told = " ".join(written.text for written in composed.words)
    assert all(part in told for part in ("{{7*7}}", "${alert(1)}", "<img", "$x^2_$", "\\frac"))
    data = snapshot.render(shown, fmt, "social-wide")
    assert fmt != "svg" or b"<img" not in data


@pytest.mark.parametrize("text", [
    "", " ", "\n\n", "a\x00b\x07c", "\u202eabc\u202d", "\u2067abc", "abc\u2069\u2069", "\ud800",
    "\u2066a\u2067b", "😀 漢字 \U000e0001", "x" * 900, "كلمة " * 300, "\u200f" * 50, "A\u0301" * 99,
])  # fmt: skip
def test_odd_text_gives_a_picture(small: Scene, text: str) -> None:
    """Control signs, lone halves, endless words and letters that no font has."""
    told = pd.Series([text] * len(small.events), dtype=object)
    events = small.events.assign(title_en=told, place_en=told)
    centre = replace(small.centres[0], label=text)
    shown = replace(small, events=events, centres=(centre,), sentence=text, address=text)
    composed = snapshot.compose(shown, "screen", (400, 500))
    assert all(composed.pen.page.grown(1).holds(w.box) for w in composed.words if w.layer == 10)
    assert snapshot.render(shown, "png", "screen", (400, 500)).startswith(b"\x89PNG")


@pytest.mark.parametrize("lost", ["all", "relief", "borders", "font"])
def test_what_is_missing_costs_a_sentence(make, lost, tmp_path, monkeypatch) -> None:
    """Without layers or typeface there is a picture that says so, never an error."""
    shown, key = make("ar", MAY), "snapshot.no_layers"
    if lost == "all":
        shown = replace(shown, basemap=basemap.load(tmp_path))
    elif lost == "font":
        key = "snapshot.no_font"
        monkeypatch.setattr(vendor, "path", lambda _name: None)
    else:
        kept = {k: v for k, v in shown.basemap.layers.items() if k != lost}
        relief = b"" if lost == "relief" else shown.basemap.relief
        shown = replace(
            shown, basemap=replace(shown.basemap, layers=kept, relief=relief, missing=(lost,))
        )
    composed = snapshot.compose(shown, "social-wide")
    said = i18n.words("ar").texts[key].split("{")[0].split()[0]
    assert any(said in written.text for written in composed.words)
    assert len(snapshot.render(shown, "png", "social-wide")) > 10_000


@pytest.mark.parametrize("bounds", [
    (44.39, 35.46, 44.39, 35.46), (-180, -90, 180, 90), (48, 37, 43, 34), (0, 89, 1, 90),
    (-400, 0, 400, 1), (30, 10, 30.0001, 80),
])  # fmt: skip
def test_odd_bounds_give_a_picture(make, bounds) -> None:
    """A point, the world, corners the wrong way round, the poles, beyond the date line."""
    composed = snapshot.compose(make(bounds=bounds))
    assert set(composed.drawn.ids) <= set(make().event_ids)


def test_what_was_said_beside_the_status_is_shown(make) -> None:
    """Weakened is a sign of its own, in the legend too; one day for all is told once."""
    shown = make()
    composed = snapshot.compose(shown, "social-wide")
    told = [written.text for written in composed.words]
    assert sum("degraded" in centre.assessments for centre in shown.centres) == 4
    assert composed.drawn.assessments == ("degraded",)
    assert i18n.words("en")("status.degraded") in told
    assert "Last confirmed 18 September 2021" in " ".join(told)


def test_each_centre_has_the_day_it_was_last_confirmed(page) -> None:
    """Where the days differ, they stand under the names."""
    told = [text for text, _ in page("en", SPRING, "print", None).drawn.labels]
    assert any(text == "K1 military base 23 May 2021" for text in told)


def test_an_empty_filter_says_so(make) -> None:
    composed = snapshot.compose(make("ckb", EventFilter(q="qqqq")), "social-wide")
    said = i18n.words("ckb")("snapshot.empty")
    assert any(said in written.text for written in composed.words)
    assert composed.drawn.ids == ()


def test_thousands_of_events_become_a_density(small: Scene) -> None:
    """More than 4,000 events on more than 300 places are shaded; all are counted."""
    random = np.random.default_rng(7)
    many = small.events.iloc[np.zeros(6000, int)].reset_index(drop=True)
    many["lat"], many["lon"] = random.uniform(33.5, 37, 6000), random.uniform(42, 46, 6000)
    many["event_id"] = [f"E{n}" for n in range(6000)]
    composed = snapshot.compose(replace(small, events=many), "social-wide")
    assert (len(composed.drawn.ids), composed.drawn.dense) == (6000, True)
    told = {written.text for written in composed.words}
    assert i18n.words("en")("map.legend_density") in told


@pytest.mark.slow
def test_a_warm_print_takes_about_a_second(make) -> None:
    """A print at 300 dpi stays a download, not a wait: under 4 s even on a busy machine."""
    shown = make("ar")
    snapshot.render(shown, "png", "print")
    start = time.process_time()
    snapshot.render(shown, "png", "print")
    assert time.process_time() - start < 4


def test_the_bytes_of_a_known_picture_are_stable_within_a_process(small: Scene) -> None:
    """Two scenes made apart, equal in content, give equal bytes."""
    again = replace(small, events=small.events.copy())
    sums = {zlib.crc32(snapshot.render(one, "svg", "social-wide")) for one in (small, again)}
    assert len(sums) == 1
