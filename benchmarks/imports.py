"""Import a million made-up ACLED-like rows with planted faults: `python -m benchmarks.imports`.

The faults are those that tables of the field have: mixed encodings, Arabic digits and months,
Hijri years, ambiguous dates, swapped or missing coordinates, ragged rows, duplicates. The numbers
of each are known, and the report has to have exactly these. Results go to
``benchmarks/imports.json`` with machine and versions.
"""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import TextIO

from tests.foreign import ACLED, ACLED_COLUMNS

HERE = Path(__file__).parent
PACKAGES = ("pyarrow", "pandas", "duckdb")
# one row of a thousand has each; the reason (or flag) that the report has to give
FAULTS = {
    "ambiguous_date": {"event_date": "10/11/2017"},
    "hijri": {"event_date": "1439-01-26"},
    "no_date": {"event_date": ""},
    "not_a_date": {"event_date": "yesterday"},
    "no_such_day": {"event_date": "2017-02-30"},
    "short_year": {"event_date": "25/10/17"},
    "date_limits": {"event_date": "1989-12-31"},
    "not_finite": {"latitude": "NaN"},
    "out_of_range": {"latitude": "354.0"},
    "not_a_number": {"longitude": "east"},
    "half_a_point": {"longitude": ""},
    "unknown_code": {"event_type": "Weather"},
    "not_a_count": {"fatalities": "several"},
    "negative": {"fatalities": "-3"},
    "no_id": {"event_id_cnty": ""},
    "duplicate": {},
    "ragged": {},
    "unreadable": {},
}
FLAGS = {
    "swapped": {"latitude": "44.3", "longitude": "35.4"},
    "null_island": {"latitude": "0", "longitude": "0"},
    "unknown_governorate": {"admin1": "Atlantis"},
}
# rows that are unusual and right
SOUND = (
    {"event_date": "٢٣ أيار ٢٠٢١"}, {"event_date": "3 تشرين الأول 2017"},
    {"event_date": "16 May 2021"}, {"latitude": "٣٥٫٤"}, {"latitude": "", "longitude": ""},
    {"actor1": "NA", "actor2": "None"}, {"notes": "00123"}, {"notes": "a \u202e b \u200c c"},
    {"admin1": "التأميم"}, {"notes": "long " * 3_000},
)  # fmt: skip
KINDS = (("Battles", "Armed clash"), ("Protests", "Peaceful protest"),
         ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
         ("Violence against civilians", "Attack"), ("Strategic developments", "Agreement"))
PROVINCES = ("Kirkuk", "Diyala", "Ninewa", "Erbil", "Salah al-Din", "Baghdad", "Al Anbar")
NOTES = (
    (
        "On this day, invented fighters clashed with invented forces near an invented village; "
        "three people were reported dead, and the sources, which are invented, differ about it."
    ),
    "في هذا اليوم اشتبكت قوات مختلقة مع مسلحين مختلقين قرب قرية مختلقة، وأفيد عن سقوط ثلاثة قتلى.",
    "لەم ڕۆژەدا هێزێکی خەیاڵی لەگەڵ چەکدارێکی خەیاڵی لە نزیک گوندێکی خەیاڵی بە شەڕ هاتن.",
)


def write(path: Path, rows: int) -> tuple[Counter[str], Counter[str], int]:
    """Write the table; returns what the report has to count, and the lines that are cp1256."""
    dice = random.Random(20210523)  # noqa: S311 - to be repeated, not to be secret
    reasons, flags, odd = Counter[str](), Counter[str](), 0
    with path.open("wb") as file:
        file.write(line(dict(zip(ACLED_COLUMNS, ACLED_COLUMNS, strict=True))))
        for number in range(rows):
            row, turn = made(number, dice), number % 1_000
            if turn < len(FAULTS):
                reason = list(FAULTS)[turn]
                reasons[reason] += 1
                file.write(faulty(row, reason))
                continue
            if len(FAULTS) <= turn < len(FAULTS) + len(FLAGS):
                flag = list(FLAGS)[turn - len(FAULTS)]
                flags[flag] += 1
                row |= FLAGS[flag]
            elif turn in range(100, 100 + len(SOUND)):
                row |= SOUND[turn - 100]
            cp1256 = turn == 200
            odd += cp1256
            if cp1256:
                row["notes"] = NOTES[1]
            file.write(line(row, "cp1256" if cp1256 else "utf-8"))
    return reasons, flags, odd


def made(number: int, dice: random.Random) -> dict[str, str]:
    """Return an invented row that has no fault."""
    kind, sub = KINDS[number % len(KINDS)]
    return {
        **ACLED, "event_id_cnty": f"IRQ{number:07d}", "event_type": kind, "sub_event_type": sub,
        "event_date": f"{2010 + number % 15}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "latitude": f"{dice.uniform(30, 37):.4f}", "longitude": f"{dice.uniform(39, 48):.4f}",
        "admin1": PROVINCES[number % len(PROVINCES)], "time_precision": str(1 + number % 3),
        "location": f"Invented village {number % 700}", "geo_precision": str(1 + number % 3),
        "actor1": f"Invented forces {number % 90}", "actor2": f"Invented group {number % 130}",
        "notes": f"{NOTES[number % 3]} ({number})", "fatalities": str(number % 9),
    }  # fmt: skip


def faulty(row: dict[str, str], reason: str) -> bytes:
    """Return the row with one fault."""
    if reason == "ragged":
        return line(row)[:-2] + b",one,more\r\n"
    if reason == "unreadable":
        return b'"' + line(row).replace(b'"', b"")
    if reason == "duplicate":
        return line(row | {"event_id_cnty": "IRQ0000500"})
    return line(row | FAULTS[reason])


def line(row: dict[str, str], encoding: str = "utf-8") -> bytes:
    """Return a row as a line of CSV."""
    text = io.StringIO(newline="")
    csv.DictWriter(text, ACLED_COLUMNS, restval="", extrasaction="ignore").writerow(row)
    return text.getvalue().encode(encoding)


def run(path: Path, home: Path) -> tuple[dict[str, object], dict[str, float]]:
    """Import the file as a user does; returns what was said, and what it took."""
    command = [sys.executable, "-m", "geo.cli", "import", str(path), "--json", "--name", "bench"]
    begun = time.perf_counter()
    done = subprocess.run(command, env=os.environ | {"TANSIQ_HOME": str(home)}, check=True,
                          stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout), {
        "seconds": round(seconds, 1),
        # what the machine did for it, whatever else it was busy with
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
    }


def main(rows: int, out: TextIO) -> None:
    """Write, import, compare, and say what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "acled-like.csv"
        reasons, flags, odd = write(path, rows)
        size = path.stat().st_size
        said, took = run(path, Path(folder) / "home")
        parquet = sum(one.stat().st_size for one in Path(folder).glob("home/datasets/*.parquet"))
    wrong = [name for name, planted, found in (
        ("reasons", reasons, said["reasons"]), ("flags", flags, said["flags"]),
        ("cp1256", {"lines_cp1256": odd}, said["notes"]),
        ("rows", rows, said["rows"]), ("rejected", reasons.total(), said["rejected"]),
    ) if planted != found]
    result = {
        "rows": rows, "file_mb": round(size / 1e6), **took,
        "parquet_mb": round(parquet / 1e6),
        "accepted": said["accepted"], "rejected": said["rejected"],
        "planted": dict(sorted(reasons.items())), "planted_flags": dict(sorted(flags.items())),
        "counted_exactly": not wrong, "python": platform.python_version(),
        "cores": os.cpu_count(), "load_before": round(os.getloadavg()[2], 1),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }  # fmt: skip
    json.dump(result, out, indent=1)
    out.write("\n")
    if wrong:
        sys.exit(f"not as planted: {wrong}: {said}")


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with (HERE / "imports.json").open("w") as written:
        main(wanted, written)
    print((HERE / "imports.json").read_text())
