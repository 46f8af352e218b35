"""Made-up events in canonical columns, for tests that need no data package."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo import filters, marks
from geo.filters import evidence
from geo.i18n import normalise

EPOCH = date(1970, 1, 1)
NEVER = evidence.NEVER
FIRST = date(2014, 1, 1)
WORDS = ("Kirkuk", "كركوك", "البيشمركة", "پێشمەرگە", "talks", "attack", "K1", "100%", "a_b")
PLACES = (
    ("Kirkuk", "IQ-KI", "", 35.468, 44.392, "town"),
    ("Makhmour", "IQ-AR", "IQ-NI", 35.775, 43.58, "district"),
    ("Khanaqin", "IQ-DI", "IQ-SU", 34.34, 45.38, "town"),
    ("Baghdad", "IQ-BG", "", 33.34, 44.4, "none"),
    ("nowhere", "", "", np.nan, np.nan, "none"),
)


def events(n: int, seed: int = 1) -> pd.DataFrame:
    """Return ``n`` events, sorted by (day_start, day_end, event_id)."""
    rng = np.random.default_rng(seed)
    starts = (FIRST - EPOCH).days + rng.integers(0, 4000, n)
    ends = starts + np.where(rng.random(n) < 0.2, rng.integers(1, 90, n), 0)
    rows = [_event(i, int(a), int(b), rng) for i, (a, b) in
            enumerate(zip(starts, ends, strict=True))]
    frame = pd.DataFrame(rows, columns=list(_event(0, 0, 0, rng)))
    for name in ("fatalities_low", "fatalities_best", "fatalities_high"):
        frame[name] = frame[name].astype("Int64")
    frame = frame.sort_values(["day_start", "day_end", "event_id"], ignore_index=True)
    return frame.assign(**_how_known(frame, np.random.default_rng(seed + 1)))


def _how_known(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Return what the claims behind events would say, in the columns of `evidence.DEFAULTS`."""
    n, at = len(frame), frame["day_end"].to_numpy()

    def since(base: np.ndarray, chance: float) -> np.ndarray:
        return np.where((rng.random(n) < chance) & (base < NEVER),
                        base + rng.integers(0, 60, n), NEVER).astype("int64")

    # never earlier than the first claim, and only where it is so today
    known = since(at, 0.8)
    reports = np.minimum(rng.integers(1, 4, n), frame["n_sources"]).astype("int64")
    contradicted = (rng.random(n) < 0.3).astype("int64")
    today = {"contradicted": contradicted > 0, "two_sources": frame["n_sources"] > 1,
             "two_reports": reports > 1}
    days = {f"{name}_from": np.where(so, since(known, 0.8), NEVER) for name, so in today.items()}
    coarse = (frame["day_end"] > frame["day_start"]) & (rng.random(n) < 0.5)
    second = frame["admin1_alt"].where(frame["admin1_alt"] != "", frame["admin1"])
    return {
        "date_precision": np.where(coarse, "month", "day").tolist(),
        "date_basis": np.where(rng.random(n) < 0.1, "derived: a weekday", "stated").tolist(),
        "admin1_ocha": frame["admin1"], "admin1_geonames": second,
        "contradicted": contradicted, "n_reports": reports, "known_from": known, **days,
        "admin1_check": rng.choice(["", "agree", "differs", "no_source"], n).tolist(),
        "admin2_polygon": rng.choice(["", "X1", "X2"], n).tolist(),
    }


def _event(i: int, start: int, end: int, rng: np.random.Generator) -> dict[str, object]:
    place, admin1, alt, lat, lon, precision = PLACES[int(rng.integers(len(PLACES)))]
    kind = marks.EVENT_TYPES[int(rng.integers(len(marks.EVENT_TYPES)))]
    title = f"{WORDS[int(rng.integers(len(WORDS)))]} {WORDS[int(rng.integers(len(WORDS)))]}"
    dead = None if rng.random() < 0.5 else int(rng.integers(9))
    return {
        "event_id": f"EVT-{i:07d}",
        "date_start": str(EPOCH + timedelta(days=start)),
        "date_end": str(EPOCH + timedelta(days=end)),
        "day_start": start, "day_end": end, "event_type": kind,
        "family": marks.FAMILY_OF[kind],
        "place_role": "subject_area" if rng.random() < 0.3 else "location",
        "place_en": place, "admin1": admin1, "admin1_alt": alt, "lat": lat, "lon": lon,
        "geo_precision": precision, "fatalities_low": dead, "fatalities_best": dead,
        "fatalities_high": dead, "title_en": title, "seed_only": bool(rng.random() < 0.5),
        "n_sources": int(rng.integers(1, 4)), "dataset": filters.CURATED,
        "search_text": normalise(f"{title}\n{place}"),
    }
