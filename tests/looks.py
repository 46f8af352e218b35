"""How every page looks: pictures to compare with, and when two of them differ.

`make looks` draws all references anew; look at them before they are committed. A difference
is a moved, missing or recoloured thing, not another smoothing of letters: pictures are
blurred and compared by blocks.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

from geo.files import write_atomic
from tests.chromium import executable
from tests.conftest import FLAGS, ROOT, Watch, free_port, map_frame, open_context, running, settle

FOLDER = ROOT / "tests/looks"
SEEN = ROOT / "out/looks"
PAGES = ("map", "events", "centres", "contradictions", "data", "about", "embed")
LANGS = ("en", "ar", "ckb")
THEMES = ("light", "dark")
SIZES = {1440: 900, 360: 740}
# a page is seen to its end, but for what a longer one only repeats
TALLEST = {1440: 1400, 360: 2200}
# the map follows the window's height: it keeps the one that readers see
WHOLE = """() => {
  const frame = document.querySelector(".st-key-mapbox iframe");
  const kept = document.documentElement.style;
  if (frame) kept.setProperty("--ts-map", `${frame.clientHeight}px`);
  return document.querySelector("[data-testid=stMain]").scrollHeight; }"""
# one address for all: a year, a place of the map, an event that has been chosen
STATE = "from=2021-01-01&to=2021-12-31&event=EVT-057&lat=35.3&lon=44.2&z=7"
# typefaces there, and all but tables at its beginning: a row of buttons scrolls to the chosen
# one, which lies elsewhere before the typeface is there
SETTLED = """() => document.fonts.ready.then(() => {
  for (const e of document.querySelectorAll(":not(.dvn-scroller)"))
    if (e.scrollLeft || e.scrollTop) e.scrollTo({ left: 0, top: 0, behavior: "instant" });
})"""
SCALE = 2  # pictures are kept at half their size
BLOCK = 12  # 24 pixels of the page
BLUR = 2.5
# a block whose colour differs by so much on average is another; so many blocks make a difference
COLOUR = 9.0
BLOCKS = 4


@dataclass(frozen=True)
class Look:
    """One page as one reader sees it."""

    page: str
    lang: str
    theme: str
    width: int

    @property
    def name(self) -> str:
        """The name of its picture."""
        return f"{self.page}-{self.lang}-{self.theme}-{self.width}"

    @property
    def path(self) -> Path:
        """Where its reference lies."""
        return FOLDER / f"{self.name}.webp"

    @property
    def address(self) -> str:
        """Where it is to be seen."""
        if self.page == "story":
            return f"?story=may-2021&step=2&lang={self.lang}"
        path = {"map": "?", "embed": "?embed=true&"}.get(self.page, f"{self.page}?")
        return f"{path}{STATE}&lang={self.lang}"


LOOKS = (
    *(Look(*one) for one in product(PAGES, LANGS, THEMES, SIZES)),
    *(Look("story", *one) for one in product(LANGS, THEMES, (360,))),
)


@contextmanager
def opened(browser: Browser, base: str, look: Look) -> Iterator[Page]:
    """A page in a window of its own, drawn to the end."""
    context = open_context(
        browser,
        Watch(),
        viewport={"width": look.width, "height": SIZES[look.width]},
        color_scheme=look.theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{base}/{look.address}")
    page.wait_for_selector(".ts-panel, .ts-empty, .st-key-mapbox")
    settle(page)
    if look.page in {"map", "embed", "story"}:
        map_frame(page)
        settle(page)
    if look.page == "events":
        page.wait_for_selector("[data-testid=stVegaLiteChart] svg", state="attached")
    if look.page != "embed":  # that one has the height of its frame
        whole = min(max(page.evaluate(WHOLE), SIZES[look.width]), TALLEST[look.width])
        page.set_viewport_size({"width": look.width, "height": whole})
        settle(page)
    for frame in page.frames:
        frame.evaluate(SETTLED)
    yield page
    context.close()


def picture(page: Page) -> Image.Image:
    """What there is to be seen, at half its size, once two pictures in a row are the same."""
    take = partial(page.screenshot, animations="disabled", caret="hide")
    last, now = b"", take()
    for _ in range(20):
        if now == last:
            break
        page.wait_for_timeout(250)
        last, now = now, take()
    with Image.open(io.BytesIO(now)) as image:
        half = (image.width // SCALE, image.height // SCALE)
        return image.convert("RGB").resize(half, Image.Resampling.BOX)


def drawn(browser: Browser, base: str, look: Look) -> Image.Image:
    """Return the picture of a page."""
    with opened(browser, base, look) as page:
        return picture(page)


def packed(image: Image.Image) -> bytes:
    """Return the picture as it is kept."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=45, method=6)
    return buffer.getvalue()


def differing(one: Image.Image, other: Image.Image) -> list[tuple[int, int]]:
    """Return column and row of each block in which two pictures of one size differ."""
    blurred = (np.asarray(p.filter(ImageFilter.GaussianBlur(BLUR)), float) for p in (one, other))
    first, second = blurred
    if first.shape != second.shape:
        return [(0, 0)] * (BLOCKS + 1)
    gap = np.abs(first - second).max(axis=2)
    rows, columns = (size // BLOCK for size in gap.shape)
    cells = gap[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    at = np.argwhere(cells.mean(axis=(1, 3)) > COLOUR)
    return [(int(column), int(row)) for row, column in at]


def same(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two pictures show the same, letters' smoothing aside."""
    return len(differing(one, other)) <= BLOCKS


def fault(look: Look, seen: Image.Image) -> str:
    """Say what is wrong with how a page looks, or nothing; keeps what was seen beside."""
    if not look.path.is_file():
        return f"no reference {look.path.relative_to(ROOT)}: draw it with `make looks`, look at it"
    with Image.open(look.path) as kept:
        blocks = differing(kept.convert("RGB"), seen)
    if len(blocks) <= BLOCKS:
        return ""
    SEEN.mkdir(parents=True, exist_ok=True)
    seen.save(SEEN / f"{look.name}.png")
    left, top = (min(axis) * BLOCK * SCALE for axis in zip(*blocks, strict=True))
    right, bottom = ((max(axis) + 1) * BLOCK * SCALE for axis in zip(*blocks, strict=True))
    return (
        f"{look.name} differs in {len(blocks)} blocks, between pixels {left},{top} and"
        f" {right},{bottom}; what was seen: out/looks/{look.name}.png"
    )


def draw(names: list[str]) -> None:
    """Draw the references whose name begins with one of these; all if none is given."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    FOLDER.mkdir(exist_ok=True)
    total = 0
    with (
        tempfile.TemporaryDirectory() as home,
        running(command, port, TANSIQ_HOME=home) as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for look in LOOKS:
            if not names or look.name.startswith(tuple(names)):
                content = packed(drawn(browser, base, look))
                write_atomic(look.path, content)
                total += len(content)
                sys.stdout.write(f"{look.name} {len(content)}\n")
        browser.close()
    sys.stdout.write(f"{total} bytes\n")


if __name__ == "__main__":
    draw(sys.argv[1:])
