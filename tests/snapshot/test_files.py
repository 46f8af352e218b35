"""Promises of the pictures: size, bytes, and what the files say of themselves."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from geo import i18n, snapshot
from geo.errors import TansiqError
from geo.snapshot.scene import Scene
from tests.snapshot.asked import GEO, MAY

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
