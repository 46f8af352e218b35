"""One definition of the looks, legible in both themes and for colour-blind readers."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from geo import marks, palette
from geo.snapshot import pen

ROOT = Path(__file__).resolve().parent.parent
TEXT = ("ink", "muted", "link", "primary", "warning")
# Machado, Oliveira and Fernandes 2009, severity 1: what linear light becomes for the eye
DEFECTS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.052]
    ).reshape(3, 3),
    "deuteranopia": np.array(
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881]
    ).reshape(3, 3),
    "tritanopia": np.array(
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039]
    ).reshape(3, 3),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.95047], [1.0], [1.08883]])


def linear(colour: str) -> np.ndarray:
    """Red, green and blue as linear light, 0 to 1."""
    s = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 between two colours."""
    low, high = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) + 0.05 for c in (one, other))
    return high / low


def lab(colour: str, defect: str) -> np.ndarray:
    """A colour as such an eye sees it, in CIELAB."""
    xyz = TO_XYZ @ np.clip(DEFECTS[defect] @ linear(colour), 0, 1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("ground", ["ground", "band", "paper"])
@pytest.mark.parametrize("text", TEXT)
def test_words_stand_out_from_every_ground(theme, ground, text):
    """Text of ours has a contrast of 4.5 or more on whatever it stands on."""
    assert contrast(palette.colour(text, theme), palette.colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("ground", ["outside", "land", "home"])
def test_names_on_the_map_can_be_read_and_stay_quieter_than_centres(theme, ground):
    """Countries and governorates reach 4.5 on every ground; the nearer the name, the stronger."""
    below = palette.colour(ground, theme)
    names = [palette.colour(one, theme) for one in ("countries", "names", "ink")]
    seen = [contrast(one, below) for one in names]
    assert seen[0] >= 4.5
    assert seen == sorted(seen)


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("defect", DEFECTS)
def test_families_are_told_apart_by_every_eye(theme, defect):
    """Any two families differ in shape, and in colour as far as such an eye can see it."""
    looks = [(f.shape, f.colour if theme == "light" else f.colour_dark) for f in marks.FAMILIES]
    assert len({shape for shape, _ in looks}) == len(looks)
    seen = [lab(colour, defect) for _, colour in looks]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 18


@pytest.mark.parametrize("theme", palette.THEMES)
def test_marks_stand_out_from_the_land(theme):
    """Each family's colour has a contrast of 3 or more on the land of the map."""
    for family in marks.FAMILIES:
        colour = family.colour if theme == "light" else family.colour_dark
        assert contrast(colour, palette.colour("home", theme)) >= 3, family.id


@pytest.mark.parametrize("theme", palette.THEMES)
def test_streamlit_and_the_pictures_wear_the_same_colours(theme):
    """What Streamlit reads from its own file, and the pictures, say what the palette says."""
    worn = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"][theme]
    names = {"primaryColor": "primary", "backgroundColor": "ground", "textColor": "ink"}
    names |= {"secondaryBackgroundColor": "band", "borderColor": "rule", "linkColor": "link"}
    assert worn == {theirs: palette.colour(ours, theme) for theirs, ours in names.items()}
    assert pen.PALETTES[theme].ink == palette.colour("ink", theme)


def test_no_colour_is_named_anywhere_else():
    """Only the palette and the families of marks name colours."""
    elsewhere = {
        f"{path.name}: {found}"
        for path in [*(ROOT / "geo").rglob("*.py"), *(ROOT / "geo/assets").iterdir()]
        if path.name not in {"palette.js", "marks.py"} and path.suffix in {".py", ".js", ".css"}
        for found in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8"))
    }
    assert elsewhere == set()


# what stands between parts, and how it is measured; up to 3.3 px is the optical play of a line
SPACES = re.compile(r"(?<![\w-])(?:margin|padding|(?:row-|column-)?gap)(?:-[a-z-]+)?:([^;}]*)")
TYPE = re.compile(r"(?<![\w-])font(?:-size)?:([^;}]*)")
LENGTH = re.compile(r"(?<![\w.-])-?(\d*\.?\d+)(rem|em|px|pt)\b")
PLAY = 3.3
# below Streamlit's header, under the map's waiting words, round a point of a line, and where the
# numbers of a list of three digits stand
OWN = {
    "page.css": {"3.6rem", "3.8rem", "-4.5px"},
    "tour.css": {"5rem"},
    "standalone.css": {"2.6rem"},
}


def literal(sheet: str, text: str) -> list[str]:
    """Return the sizes of type and the spaces that a style sheet writes out."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    sizes = [one.group() for found in TYPE.findall(text) for one in LENGTH.finditer(found)]
    spaces = [one for found in SPACES.findall(text) for one in LENGTH.finditer(found)]
    wide = [one for one in spaces if float(one[1]) * (1 if one[2] in {"px", "pt"} else 16) > PLAY]
    return [*sizes, *(one.group() for one in wide if one.group() not in OWN.get(sheet, set()))]


@pytest.mark.parametrize("sheet", [path.name for path in (ROOT / "geo/assets").glob("*.css")])
def test_sizes_of_type_and_spaces_are_those_of_the_definition(sheet):
    """No style sheet has a size of its own, and no space but a few that were looked at."""
    assert literal(sheet, (ROOT / "geo/assets" / sheet).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    ["p { font-size: 13px; }", "p { font: 700 1rem/1.4 Plex }", "p { margin: 0 .5rem; }",
     "p { padding-inline-start: 12px }", "p { gap: 0 6px; }"],
)  # fmt: skip
def test_a_planted_size_is_found(planted):
    """The finder knows every way to write one."""
    assert len(literal("x.css", planted)) == 1


def test_every_step_that_a_style_sheet_names_is_defined():
    """A size that is not there would fall back to the inherited one without a word."""
    sheets = [path.read_text("utf-8") for path in (ROOT / "geo/assets").glob("*.css")]
    named = {one for text in sheets for one in re.findall(r"--t[sq]-((?:type|space)-\w+)", text)}
    there = {f"{kind}-{step}" for kind in ("type", "space") for step in palette.definition()[kind]}
    assert named <= there
    assert len(named) > 10
