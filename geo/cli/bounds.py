"""The commands of boundaries: add, list, drop, apply."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from geo import boundaries, datasets, tables
from geo.boundaries import About, Wanted
from geo.datasets import Manifest
from geo.formats import RefusedFileError

Given = argparse.Namespace
DONE, AT_FAULT = 0, 1
_KINDS: Final = {"adm1": "governorates", "adm2": "districts"}


def act(given: Given) -> int:
    """Carry out what is asked of boundaries."""
    acts: Mapping[str, Callable[[Given], int]] = {
        "add": add, "list": listing, "drop": drop, "apply": apply}
    return acts[given.act](given)


def add(given: Given) -> int:
    """Check a file and keep it; the code says whether it was taken."""
    wanted = Wanted(given.file, given.name or "", given.level or "", given.licence or "",
                    given.attribution or "")
    package = tables.load(given.data)
    try:
        about = boundaries.add(package, wanted)
    except RefusedFileError as error:
        faults = str(error).splitlines()
        if given.json:
            _say(json.dumps({"added": None, "refused": faults}, ensure_ascii=False))
        for fault in faults:
            sys.stderr.write(f"tansiq: {given.file}: {fault}\n")
        return AT_FAULT
    if not about.licence:
        sys.stderr.write("tansiq: No licence is known for these boundaries; say it with --licence "
                         "and --attribution, so that it stands wherever they are shown.\n")
    _say(json.dumps({"added": asdict(about)}, ensure_ascii=False) if given.json else _added(about))
    return DONE


def _added(about: About) -> str:
    lines = [
        f"{about.source}: {about.maker}, {about.level}: {about.areas} {_KINDS[about.level]}",
        f"they cover {about.covered:.1%} of Iraq; {about.outside:.1%} lie outside of its outline",
    ]
    if about.slivers:
        lines.append(f"{about.slivers} pairs overlap within the tolerance")
    kept = boundaries.read(about.level)
    if kept and (lost := boundaries.unknown_parents(kept)):
        lines.append(f"of {len(lost)} districts no known governorate is told: "
                     f"{', '.join(lost[:5])}{' …' if len(lost) > 5 else ''}")  # noqa: PLR2004
    lines.append(f"boundaries {about.name}: kept for {about.level}; `tansiq boundaries apply "
                 "DATASET` compares data sets that were imported before")
    return "\n".join(lines)


def listing(given: Given) -> int:
    """List what is kept; a damaged file is named."""
    found, faults = boundaries.listed()
    if given.json:
        _say(json.dumps({"boundaries": [asdict(one.about) for one in found], "faults": faults},
                        ensure_ascii=False))
    elif not found:
        _say(f"No boundaries were added yet ({boundaries.home()}).")
    for one in () if given.json else [one.about for one in found]:
        _say(f"{one.level}  {one.name}  {one.areas} {_KINDS[one.level]}  {one.maker}  "
             f"{one.covered:.1%} of Iraq  {one.licence or 'licence not stated'}  "
             f"({one.source}, sha256 {one.source_sha256[:16]}…, added {one.added_on})")
    for fault in faults:
        sys.stderr.write(f"tansiq: {fault}\n")
    return AT_FAULT if faults else DONE


def drop(given: Given) -> int:
    """Remove boundaries."""
    level = boundaries.drop(given.name)
    _say(json.dumps({"dropped": level}) if given.json else f"{level}: removed")
    return DONE


def apply(given: Given) -> int:
    """Compare a data set with what is kept."""
    made = datasets.compare(given.name)
    if given.json:
        _say(json.dumps(told(made), ensure_ascii=False))
    for line in () if given.json else (f"data set {made.name}:", *agreement(made)):
        _say(line)
    return DONE


def told(made: Manifest) -> dict[str, Any]:
    """Return what came of comparing a data set, as plain values."""
    return {"dataset": made.name, "agreement": dict(made.agreement),
            "districts": made.districts, "polygons": dict(made.polygons)}


def agreement(made: Manifest) -> list[str]:
    """Return in words how the source's governorates and the polygons agree; nothing if unknown."""
    if not made.agreement:
        return []
    n = made.agreement
    compared = n["agree"] + n["differs"]
    share = f" ({n['agree'] / compared:.2%} of {compared})" if compared else ""
    told = (f"{n['agree']} agree{share}", f"{n['differs']} differ",
            f"{n['no_source']} without one by the source", f"{n['no_polygon']} in no polygon",
            f"{n['no_point']} without a point")
    lines = [f"governorates by polygon: {', '.join(told)}"]
    if "adm2" in made.polygons:
        lines.append(f"districts by polygon: {made.districts} of {made.accepted}")
    named = ", ".join(f"{level} {stamp}" for level, stamp in made.polygons.items())
    return [*lines, f"compared with {named}"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
