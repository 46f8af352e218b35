"""Promises of the pictures: nothing lies on another, and what reads from the right is mirrored."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from geo import i18n, marks, snapshot
from geo.snapshot import typeface
from geo.snapshot.labels import Box
from geo.snapshot.scene import Scene
from tests.snapshot.asked import ALL, MAY, SPRING

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


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [pair for pair in combinations(boxes, 2) if pair[0].grown(-0.3).touches(pair[1])]


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
