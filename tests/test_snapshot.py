"""Promises of the pictures: what they show, how they are written, and what never breaks them."""

from __future__ import annotations

import io
import re
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from PIL import Image

from geo import basemap, i18n, marks, snapshot, tables, vendor
from geo.address import View
from geo.basemap import Basemap
from geo.errors import TansiqError
from geo.filters import EventFilter
from geo.snapshot import scene, typeface
from geo.snapshot.labels import Box
from geo.snapshot.scene import Bounds, Centre, Scene
from geo.store import Store

GEO = Path(snapshot.__file__).parent
HOSTILE = "{{7*7}} ${alert(1)} <img src=x onerror=alert(1)> {#كركوك#} $x^2_$ \\frac"
ALL = EventFilter()
NORTH = (41.5, 33.0, 46.8, 37.2)
MAY = EventFilter(date_from=date(2021, 5, 19), date_to=date(2021, 5, 24))
SPRING = EventFilter(date_to=date(2021, 5, 23))


@pytest.fixture(scope="module")
def package() -> tables.Package:
    return tables.load()


@pytest.fixture(scope="module")
def store(package, tmp_path_factory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANSIQ_HOME", str(tmp_path_factory.mktemp("home")))
        held = Store.open(package)
        yield held
        held.close()


@pytest.fixture(scope="module")
def layers() -> Basemap:
    return basemap.load()


@pytest.fixture(scope="module")
def make(package, store, layers):
    """Return a maker of real scenes."""

    def made(lang="en", asked=ALL, bounds=None, **how) -> Scene:
        view = View(filter=asked, lang=lang, **how.pop("view", {}))
        return scene.scene(package, store, view, bounds, basemap=layers, **how)

    return made


@pytest.fixture(scope="module")
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


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [pair for pair in combinations(boxes, 2) if pair[0].grown(-0.3).touches(pair[1])]


@pytest.fixture(scope="module")
def page(make):
    """Return a maker of composed pictures of real scenes, each drawn once."""
    return cache(lambda lang, asked, *kind: snapshot.compose(make(lang, asked), *kind))


# the files


SIZES = [("print", None, (3508, 2480)), ("social-wide", None, (1200, 675)),
         ("social-square", None, (1080, 1080)), ("social-wide", (50, 60), (1200, 675)),
         ("screen", None, (1000, 640)), ("screen", (1023, 577), (1023, 577)),
         ("screen", (360, 481), (360, 481)), ("screen", (1, 99_999), (240, 4096))]  # fmt: skip


@pytest.mark.parametrize(("preset", "asked", "size"), SIZES)
def test_a_png_has_exactly_its_size(small: Scene, preset, asked, size) -> None:
    """The preset's size in px; the reader's own for the screen alone, within limits."""
    image = Image.open(io.BytesIO(snapshot.render(small, "png", preset, asked)))
    assert (image.size, image.mode) == (size, "RGB")


def test_a_print_is_a4_at_300_dpi(small: Scene) -> None:
    """PNG and PDF are A4 landscape, 297 x 210 mm."""
    image = Image.open(io.BytesIO(snapshot.render(small, "png", "print")))
    pdf = snapshot.render(small, "pdf", "print")
    assert [round(side) for side in image.info["dpi"]] == [300, 300]
    assert b"/MediaBox [ 0 0 841.9" in pdf


@pytest.mark.parametrize(("fmt", "times"), [("png", 4), ("svg", 2), ("pdf", 1)])
def test_the_same_scene_gives_the_same_bytes_on_any_thread(make, fmt, times) -> None:
    """No clock, no random name, nothing shared that threads could mix."""
    shown = make("ckb", MAY)
    first = snapshot.render(shown, fmt, "social-wide")
    with ThreadPoolExecutor(4) as pool:
        kinds = [(shown, fmt, "social-wide")] * times + [(make("en", MAY), "png", "screen")]
        found = list(pool.map(lambda kind: snapshot.render(*kind), kinds))
    assert found[:times] == [first] * times


@pytest.mark.parametrize(("fmt", "preset"), [("gif", "screen"), ("png", "poster"), ("", "")])
def test_an_unknown_format_or_preset_is_named(small: Scene, fmt: str, preset: str) -> None:
    with pytest.raises(TansiqError, match="expected one of"):
        snapshot.render(small, fmt, preset)


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_png_and_an_svg_say_what_they_are(make, lang: str) -> None:
    """Title, counts, sources, version and address are in the file's metadata."""
    shown = make(lang, MAY, origin="https://example.org/")
    png = Image.open(io.BytesIO(snapshot.render(shown, "png", "social-wide"))).info
    svg = snapshot.render(shown, "svg", "social-wide").decode()
    sources = i18n.words(lang).count("unit.sources", shown.n_sources)
    assert png["Title"].startswith(shown.sentence)
    assert sources in png["Description"]
    assert shown.version in png["Description"]
    assert png["Source"] == shown.address
    assert shown.address.startswith("https://example.org/?from=2021-05-19")
    assert f"<title>{shown.sentence}" in svg


def test_a_pdf_says_what_it_is_and_embeds_its_fonts(make) -> None:
    """Title and sources without a date; TrueType with a Unicode map, also under outlines."""
    shown = make("ckb", MAY)
    pdf = snapshot.render(shown, "pdf", "print")
    sources = i18n.words("ckb").count("unit.sources", shown.n_sources)
    for text in (shown.sentence, sources, shown.address):
        assert text.encode("utf-16-be") in pdf_strings(pdf)
    assert pdf.count(b"/FontFile2") == pdf.count(b"/ToUnicode") > 1
    assert b"IBMPlexSansArabic" in pdf
    assert not {b"/Type3", b"CreationDate"} & set(re.findall(rb"/Type3|CreationDate", pdf))


def pdf_strings(pdf: bytes) -> bytes:
    """Return a PDF's literal strings with their escapes undone."""
    for escaped, plain in ((rb"\(", b"("), (rb"\)", b")"), (rb"\n", b"\n"), (rb"\r", b"\r")):
        pdf = pdf.replace(escaped, plain)
    return pdf.replace(rb"\\", b"\\")


def test_nothing_imports_pyplot_or_reshaping() -> None:
    """Pyplot has global state; reshaping libraries reverse what is shaped already."""
    sources = "\n".join(path.read_text() for path in GEO.rglob("*.py"))
    found = re.findall(r"^\s*(?:from|import) ([\w.]+)(?: import ([\w, ]+))?", sources, re.MULTILINE)
    words = {word for pair in found for part in pair for word in re.split(r"[., ]+", part)}
    assert "matplotlib" in words
    assert not {"pyplot", "pylab", "arabic_reshaper", "bidi"} & words


# what is shown


@pytest.mark.parametrize("asked", [
    EventFilter(), MAY, SPRING, EventFilter(provinces=("IQ-KI",)), EventFilter(q="كركوك"),
    EventFilter(types=("armed_clash",)), EventFilter(q="nothing at all like this"),
])  # fmt: skip
def test_a_scene_shows_what_the_screen_shows(make, store, asked: EventFilter) -> None:
    """The ids of the matching events with a point; the others counted, none lost."""
    shown = make(asked=asked)
    rows = store.events(asked)
    assert list(shown.event_ids) == list(rows.loc[rows["lat"].notna(), "event_id"])
    assert len(shown.event_ids) + shown.n_unlocated == store.count(asked)


def test_the_picture_of_may_2021_in_kirkuk_is_the_known_one(make) -> None:
    """EVT-057 and EVT-100, and how many events without a governorate are left out."""
    asked = replace(MAY, provinces=("IQ-KI",))
    shown = make("en", asked)
    drawn = snapshot.compose(shown).drawn
    assert set(drawn.ids) == {"EVT-057", "EVT-100"}
    assert shown.n_left_out > 0
    said = i18n.words("en")("app.left_out", n=shown.n_left_out)
    assert said in png_text(shown)


def png_text(shown: Scene) -> str:
    return Image.open(io.BytesIO(snapshot.render(shown))).info["Description"]


def test_the_centres_have_the_status_of_the_last_day(make) -> None:
    """On 23 May 2021 four are active, Makhmour and West Nineveh approved; on the 24th two say."""
    of = {c.centre_id: c.statuses for c in make(asked=SPRING).centres if c.main}
    assert sorted(of.values()) == [("active",)] * 4 + [("approved",)] * 2
    assert len(make(asked=MAY).centres) >= 6
    assert [c.contradicted for c in make(asked=MAY).centres].count(True) == 1
    assert make(view={"centres": False}).centres == ()


@pytest.mark.parametrize("province", ["IQ-AR", "IQ-NI"])
def test_makhmour_is_found_under_both_its_governorates(make, province: str) -> None:
    shown = make(asked=EventFilter(provinces=(province,)))
    assert any("Makhmour" in centre.label for centre in shown.centres)


@pytest.mark.parametrize("size", [(1000, 640), (360, 640), (1600, 400)])
def test_what_is_outside_is_counted(make, size) -> None:
    """Drawn are exactly the events inside the picture; the rest stands in words."""
    shown = make(bounds=(44.0, 35.0, 45.0, 36.0))
    composed = snapshot.compose(shown, "screen", size)
    west, south, east, north = composed.drawn.bounds
    here = shown.located
    inside = here[here["lon"].between(west, east) & here["lat"].between(south, north)]
    outside = len(here) - len(inside)
    assert list(composed.drawn.ids) == list(inside["event_id"])
    words = " ".join(written.text for written in composed.words)
    assert (i18n.words("en")("snapshot.outside", n=outside) in words) == (outside > 0)


def test_every_event_is_in_exactly_one_mark(page) -> None:
    """The numbers of the marks add up to the events inside; no mark stands for nothing."""
    composed = page("en", ALL, "social-wide", None)
    numbers = [mark.ids for mark in composed.planned.found]
    assert sorted(sum(numbers, ())) == sorted(composed.drawn.ids)


def test_the_bounds_follow_the_view_and_its_zoom(make) -> None:
    """A centre and a zoom show what Leaflet shows on a map of that size."""
    shown = make(view={"lat": 35.4, "lon": 44.4, "z": 8.0}, size=(512, 512))
    west, south, east, north = shown.bounds
    assert (east - west, (west + east) / 2) == pytest.approx((2.8125 / 2 * 2, 44.4), abs=0.01)
    assert south < 35.4 < north


# how it looks


PAGES = [("screen", (1000, 640)), ("screen", (360, 560)), ("print", None),
         ("social-wide", None), ("social-square", None)]  # fmt: skip
LOOKS = [(lang, SPRING, *page) for lang in i18n.LANGS for page in PAGES]
LOOKS += [(lang, asked, *PAGES[3]) for lang in i18n.LANGS for asked in (ALL, MAY)]
MORE = [(lang, ALL, *page) for lang in i18n.LANGS for page in (*PAGES[:3], PAGES[4])]
NAMES = {ALL: "all", SPRING: "spring", MAY: "may"}


def name(look: tuple) -> str:
    return "-".join(str(NAMES.get(part, part)) for part in look if part)


EVERY = [pytest.param(look, id=name(look)) for look in LOOKS]
EVERY += [pytest.param(look, id=name(look), marks=pytest.mark.slow) for look in MORE]


@pytest.mark.parametrize("look", EVERY)
def test_no_words_lie_on_words_or_marks(page, look) -> None:
    """Labels, legend, headline and footer keep apart, stay on the page, and off the marks."""
    composed = page(*look)
    names = [box for _, box in composed.drawn.labels]
    around = [w.box for w in composed.words if w.layer == 10 and not in_map(composed, w.box)]
    assert overlapping(names) == []
    assert overlapping([box.grown(-0.05 * composed.pen.em) for box in around]) == []
    assert all(composed.pen.page.holds(box) for box in around)
    marked = [Box.around(*one.place.at, radius(composed, one)) for one in composed.planned.every]
    assert not [name for name in names for mark in marked if name.grown(-0.3).touches(mark)]


def in_map(composed, box: Box) -> bool:
    return composed.map_box.grown(0.5).touches(box)


def radius(composed, one) -> float:
    return one.radius * composed.pen.em / 13 * composed.planned.scale * 0.7


@pytest.mark.parametrize("look", EVERY)
def test_every_centre_of_the_network_is_named(make, page, look) -> None:
    """Six names in each picture, however small it is."""
    told = " | ".join(text for text, _ in page(*look).drawn.labels)
    named = [c for c in make(*look[:2]).centres if c.main and c.label.split()[0] in told]
    assert len(named) == 6


@pytest.mark.parametrize("look", EVERY)
def test_marks_step_aside_until_none_covers_another(page, look) -> None:
    """Every mark can be seen: the discs of events and centres do not overlap."""
    composed = page(*look)
    discs = [(*one.place.at, one.radius * composed.pen.em / 13 * composed.planned.scale)
             for one in composed.planned.every]  # fmt: skip
    for (x, y, r), (x2, y2, r2) in combinations(discs, 2):
        assert np.hypot(x - x2, y - y2) > (r + r2) * 0.97


@pytest.mark.parametrize(("size", "aged"), [((1000, 640), True), ((360, 560), False)])
@pytest.mark.parametrize("lang", i18n.LANGS)
def test_a_picture_says_how_old_each_status_is(make, lang: str, size, aged: bool) -> None:
    """Beside each date how many days it was before; where that has no room, the oldest of all."""
    shown, say = make(lang, SPRING), i18n.words(lang)
    composed = snapshot.compose(shown, size=size)
    told = " | ".join(word.text for word in composed.words)
    main = [one for one in shown.centres if one.main and one.age]
    assert len(main) > 1
    for one in main:
        assert (f"({i18n.number(one.age, lang)})" in told) == aged
    oldest = say.count("unit.days", max(one.age for one in main))
    assert (oldest in told) != aged


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_the_page_is_mirrored_in_right_to_left_languages(make, lang: str) -> None:
    """Headline at the side where reading starts, legend at the other, digits of the language."""
    composed = snapshot.compose(make(lang, MAY), "social-wide")
    page, box = composed.pen.page, composed.map_box
    rtl = i18n.direction(lang) == "rtl"
    assert (box.x0 > page.width - box.x1) == rtl
    head = next(w for w in composed.words if w.text.startswith(make(lang, MAY).sentence[:6]))
    assert (head.box.x0 - page.x0 > page.x1 - head.box.x1) == rtl
    drawn = "".join(text.get_text() for text in composed.pen.figure.findobj(Text))
    assert (typeface.RLI in drawn) == rtl


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_letter_of_words_and_data_is_in_the_fonts(package, lang: str) -> None:
    """No box instead of a letter: catalogues, titles, places and centres, in the fallback chain."""
    known = typeface.letters(typeface.files())
    texts = list(i18n.words(lang).texts.values())
    for name, frame in package.frames.items():
        texts += [str(t) for c in frame if c.endswith(f"_{lang}") for t in frame[c] if name]
    drawn = "".join(typeface.clean(text, known) for text in texts)
    assert "\ufffd" not in drawn
    plex = typeface.letters(typeface.files(), first_only=True)
    letters = {c for c in drawn if c.isalpha()}
    assert not {c for c in letters if ord(c) not in plex and i18n.direction(lang) == "rtl"}


def test_light_and_dark_differ(small: Scene) -> None:
    """The page's corner has the theme's paper."""
    for theme, bright in (("light", True), ("dark", False)):
        image = snapshot.render(replace(small, theme=theme), "png", "social-wide")
        corner = Image.open(io.BytesIO(image)).getpixel((2, 2))
        assert (min(corner) > 200) == bright


def test_the_legend_tells_only_what_is_there(small: Scene) -> None:
    """Families and statuses of the picture, no others; the signs of doubt only when used."""
    told = {written.text for written in snapshot.compose(small, "social-wide").words}
    say = i18n.words("en")
    shown = {f.id for f in marks.FAMILIES if say(f"family.{f.id}") in told}
    assert shown == {"talks", "armed"}
    statuses = {s.id for s in marks.STATUSES if say(f"status.{s.id}") in told}
    assert statuses == {"announced", "active"}
    assert say("map.legend_contradicted") in told
    without = replace(small, centres=(), events=small.events.iloc[:1])
    told = {written.text for written in snapshot.compose(without, "social-wide").words}
    assert not told & {say("map.legend_number"), say("map.legend_area"), say("status.active")}


# what never breaks it


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
