"""Draw the pictures of the README anew: `make picture`.

One is the running dashboard in a real Chromium, the other a snapshot by the command line.
"""  # noqa: INP001 - run as a module, not a package

from __future__ import annotations

import io
import sys
import tempfile
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl

from PIL import Image
from playwright.sync_api import sync_playwright

from geo import marks, palette
from geo.cli import main as tansiq
from geo.files import write_atomic
from tests.chromium import executable
from tests.conftest import FLAGS, Watch, free_port, map_frame, open_context, running, settle

HERE = Path(__file__).parent
MAY_2021 = "from=2021-05-01&to=2021-05-31"
# high enough for the whole map
SIZE = {"width": 1440, "height": 940}
MOST_BYTES = 400_000


def screen(address: str) -> bytes:
    """Return what a reader sees at an address, once the map is painted and all is settled."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = open_context(browser, Watch(), viewport=SIZE).new_page()
        page.goto(address)
        map_frame(page)
        settle(page)
        page.wait_for_timeout(1000)
        taken = page.screenshot()
        browser.close()
    return taken


def small(png: bytes) -> bytes:
    """Return the picture with 256 colours, the palette's and its own: a third of the bytes.

    The other ways to choose them lose the colours of single marks, and none of them keeps the
    grounds, which fill most of a page.
    """
    named = [*palette.colours("light").values(), *(one.colour for one in marks.FAMILIES)]
    ours = {tuple(bytes.fromhex(one[1:7])) for one in named if one.startswith("#")}
    with Image.open(io.BytesIO(png)) as image:
        whole = image.convert("RGB")
    rest = whole.quantize(256 - len(ours), Image.Quantize.MAXCOVERAGE).getpalette() or []
    chosen = Image.new("P", (1, 1))
    chosen.putpalette([*chain.from_iterable(sorted(ours)), *rest])
    few = whole.quantize(palette=chosen, dither=Image.Dither.NONE)
    _keeps(whole, few.convert("RGB"))
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    if packed.tell() > MOST_BYTES:
        sys.exit(f"a picture has {packed.tell()} bytes, more than {MOST_BYTES}")
    return packed.getvalue()


def _keeps(whole: Image.Image, few: Image.Image) -> None:
    """End with a word if a ground of the page got another colour."""
    for name in ("ground", "band", "paper"):
        wanted = tuple(bytes.fromhex(palette.colour(name)[1:]))
        before, after = (dict(_counted(one)).get(wanted, 0) for one in (whole, few))
        if after < before:
            sys.exit(f"the picture has lost the colour of {name}, {palette.colour(name)}")


def _counted(image: Image.Image) -> list[tuple[tuple[int, ...], int]]:
    """Return the colours of a picture and how often each stands in it."""
    found = image.getcolors(image.width * image.height) or []
    return [(colour, n) for n, colour in found if isinstance(colour, tuple)]


def dashboard() -> bytes:
    """Return a picture of the dashboard as `tansiq run` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "geo.cli", "run", "--port", str(port)]
    with tempfile.TemporaryDirectory() as home, running(command, port, TANSIQ_HOME=home) as address:
        return screen(f"{address}/?{MAY_2021}")


def snapshot() -> bytes:
    """Return the same month as a picture in Sorani by `tansiq snapshot`."""
    options = [part for key, value in parse_qsl(MAY_2021) for part in (f"--{key}", value)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "snapshot.png"
        call = ["snapshot", "--lang", "ckb", "--preset", "social-wide", *options, "--out", str(out)]
        if tansiq(call) != 0:
            sys.exit("no snapshot was written")
        return out.read_bytes()


if __name__ == "__main__":
    write_atomic(HERE / "dashboard.png", small(dashboard()))
    write_atomic(HERE / "snapshot-ckb.png", small(snapshot()))
