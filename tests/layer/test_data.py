"""Promises of the layer: which rows a call shows, and what becomes of late or damaged bytes."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page

from geo import columns
from tests.js import events
from tests.js.site import Site
from tests.layer.frame import (
    BITS,
    CALL,
    CLASSES,
    FEW,
    PACKED,
    STATE,
    VECTORS,
    apply,
    start,
    vector_call,
)

pytestmark = pytest.mark.browser


def test_the_vectors_that_sql_and_pandas_answer_are_answered_alike(page: Page, site: Site) -> None:
    """The shared vectors give the same rows in JavaScript, masks included."""
    start(page, site)
    frame = events.pd.DataFrame(VECTORS["rows"]).rename(columns={"type": "event_type"})
    frame = frame.assign(lat=35.0, lon=44.0, geo_precision="town", place_role="location")
    cases = [
        [vector_call(one), list(columns.mask(one["mask"], len(frame))) if one["masked"] else None]
        for one in VECTORS["filters"]
    ]
    answers = page.evaluate(
        """([packed, cases]) => { const t = tansiq.test;
      const c = t.unpack(new Uint8Array(packed).buffer);
      const bits = (mask) => mask && t.unmask(new Uint8Array(mask).buffer, c.n);
      return cases.map(([call, mask]) => [...t.match(c, call, bits(mask))]); }""",
        [list(columns.pack(frame)), cases],
    )
    wrong = [
        one["why"]
        for one, rows in zip(VECTORS["filters"], answers, strict=True)
        if rows != one["expect"]
    ]
    assert wrong == []
    assert len(answers) > 20


def test_areas_have_the_classes_and_shades_of_pictures(page: Page, site: Site) -> None:
    """The vectors that `geo.boundaries.counting` answers are answered alike."""
    start(page, site)
    for name in ("breaks", "classes", "shades"):
        known = {"breaks": "breaks(one[0])", "classes": "classOf(one[0], one[1])",
                 "shades": "shade(one[0], one[1])"}[name]
        answers = page.evaluate(
            f"(rows) => rows.map((one) => tansiq.test.parts.areas.{known})", CLASSES[name])
        assert answers == [one[-1] for one in CLASSES[name]]


def test_shown_is_what_a_naive_recount_finds(page: Page, site: Site) -> None:
    """For 25 random calls `state()` counts the matching rows that have a point."""
    start(page, site)
    rng = random.Random(5)  # noqa: S311 - the same draws each time
    for seq in range(2, 27):
        first = rng.randrange(15990, 16620)
        call = {
            "from": first,
            "to": first + rng.randrange(0, 400),
            "filter": f"{seq:02x}",
            "types": rng.choice([0, rng.getrandbits(15) & ~1]),
            "admin1": rng.choice([0, rng.getrandbits(20) & ~1]),
        }
        rows = events.matching(FEW, call)
        state = apply(page, seq, **call)
        assert (state["matched"], state["shown"]) == (
            len(rows),
            int(FEW.loc[rows, "lat"].notna().sum()),
        )
        assert (state["filter"], state["seq"], state["total"]) == (call["filter"], seq, len(FEW))


def test_a_mask_is_fetched_once_and_applied(page: Page, site: Site) -> None:
    """A digest names the rows a text filter finds; asked for again, it is not fetched again."""
    start(page, site)
    name = next(iter(BITS))
    assert apply(page, 2, mask=name)["matched"] == 2
    assert apply(page, 3)["matched"] == len(FEW)
    assert apply(page, 4, mask=name, **{"from": 16015})["matched"] == 2
    assert sum(name in path for path in site.asked) == 1


def test_an_older_call_is_dropped_and_an_early_one_waits(page: Page, site: Site) -> None:
    """Calls may arrive before the data and out of order; the newest one counts."""
    page.goto(f"{site.address}/?")
    page.evaluate(
        "(c) => { tansiq.apply({...c, seq: 7, filter: 'bb', to: 16005}); tansiq.apply(c); }", CALL
    )
    page.wait_for_function("() => tansiq.state().ready")
    state = page.evaluate(STATE)
    assert (state["filter"], state["seq"], state["shown"]) == ("bb", 7, 1)
    page.evaluate("(c) => tansiq.apply({...c, seq: 6})", CALL)
    assert page.evaluate(STATE)["seq"] == 7


@pytest.mark.parametrize(
    "damaged",
    [b"XSQE" + PACKED[4:], PACKED[:4] + b"\2" + PACKED[5:], PACKED[:40], PACKED[:9]],
    ids=["sign", "version", "cut", "header"],
)
def test_bytes_that_are_no_columns_are_refused(damaged: bytes, page: Page, site: Site) -> None:
    """Another sign, another version or a cut file is an error with a reason."""
    start(page, site)
    told = page.evaluate(
        """(b) => { try { tansiq.test.unpack(new Uint8Array(b).buffer); return ""; }
      catch (e) { return e.message; } }""",
        list(damaged),
    )
    assert told.startswith("TSQE: ")
