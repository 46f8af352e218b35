"""What the commands do; how they are called stands in `options`, their exit codes in `cli`."""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TextIO
from urllib.parse import parse_qs, urlsplit

from geo import basemap, boundaries, datasets, i18n, provenance, server, stories, tables
from geo.address import AREAS, View
from geo.cli import bounds, curate, imports, launch, loading
from geo.cli.options import FORMATS, PICTURES
from geo.errors import Fault, TansiqError
from geo.export import citation
from geo.files import write_atomic
from geo.filters import CURATED, Notice
from geo.server import downloads
from geo.server.holdings import Holdings
from geo.store import Store

Given = argparse.Namespace
STDOUT: Final = Path("-")
# endings of files whose format has another name
BY_ENDING: Final = {"zip": "package", "json": "prov"}
# these centres stand somewhere; the row of the network as a whole has no status
ROLES: Final = ("network", "announced", "precursor")


def run(given: Given) -> int:
    """Start the dashboard, after a look at the data and the store it is to show."""
    server.configure(given.data and _existing(given.data).resolve(), given.store)
    # both are kept for the pages; a fault is told here rather than on every page
    state = server.process_state()
    _ = state.package, state.stories, state.store
    launch.serve(given.port or launch.free_port(), _say)
    return 0


def validate(given: Given) -> int:
    """Name every fault of a data package."""
    named = folder_of(given)
    with _unzipped(named) as folder:
        faults = stories.validate(folder)
        if given.json:
            _say(_as_json(faults, named))
        elif faults:
            _tell(faults, named, sys.stdout)
        else:
            _say_whole(folder, named)
    return 1 if faults else 0


@contextmanager
def _unzipped(named: Path) -> Iterator[Path]:
    """Give the folder of a data package, unpacked for a while when it is an archive."""
    # an export may have any name; a broken archive is told as one by its own
    archive = named.is_file() and (named.suffix.lower() == ".zip" or zipfile.is_zipfile(named))
    if not archive:
        yield _existing(named)
        return
    with TemporaryDirectory(prefix="tansiq-") as made:
        yield tables.unpacked(named, Path(made))


def manifest(given: Given) -> int:
    """Write the manifest anew, and check what it vouches for."""
    folder = _existing(folder_of(given))
    for path in tables.canonical(folder) if given.tidy else ():
        _say(f"{path}: rewritten in canonical form")
    _say(f"{tables.write_manifest(folder)}: written")
    faults = stories.validate(folder)
    _tell(faults, folder, sys.stdout)
    return 1 if faults else 0


def export(given: Given) -> int:
    """Write the matching events with their sources."""
    fmt = given.format or _ending(given.out, (*FORMATS, *BY_ENDING))
    return _take(given, downloads.Wish(_view(given), BY_ENDING.get(fmt, fmt)))


def snapshot(given: Given) -> int:
    """Write a picture of the view, or the page that opens without a network."""
    width, height = _size(given.size)
    asked = {
        "format": _ending(given.out, PICTURES),
        "preset": given.preset,
        "theme": given.theme,
        "w": width,
        "h": height,
        **dict(zip(downloads.SIDES, _sides(given.bounds), strict=True)),
    }
    view = _view(given)
    if view.areas != AREAS[0] and boundaries.kept(view.areas) is None:
        missing = Notice("areas", view.areas, "no_boundaries")
        raise TansiqError(f"{missing.sentence('en')} So nothing was written.")
    wish = downloads.Wish.parse(view.to_query() | asked, _sets())
    return _take(given, wish)


def cite(given: Given) -> int:
    """Print how to cite what the options select."""
    package = tables.load(given.data and _existing(given.data))
    _, write = citation.FORMATS[given.format]
    view = _view(given)
    with i18n.writing(view.digits):
        sys.stdout.write(write(citation.cited(package, view, _base(given))))
    return 0


def _base(given: Given) -> str:
    """Return where the dashboard stands for others, "" when nobody says."""
    whole = given.address if urlsplit(given.address).scheme else ""
    named = given.base or whole
    parts = urlsplit(named)
    if named and not (parts.scheme in {"http", "https"} and parts.netloc):
        raise TansiqError(f"--base: expected an address as https://example.org/, found {named!r}")
    return f"{parts.scheme}://{parts.netloc}{parts.path or '/'}" if named else ""


def status(given: Given) -> int:
    """Say what was last reported of each centre by a day."""
    package = tables.load(given.data and _existing(given.data))
    day = given.on or datetime.now(UTC).date()
    rows = [
        _status(centre, provenance.status_on(package, centre["centre_id"], day, given.known), day)
        for centre in package.frames["centres"].to_dict("records")
        if centre["role"] in ROLES
    ]
    if given.json:
        head = {"on": str(day), "known": given.known and str(given.known)}
        _say(json.dumps({**head, "data_version": package.version, "centres": rows}))
    else:
        _say(f"As last reported by {day} (data version {package.version}):")
        _say("\n".join(_lines(rows)))
    return 0


COMMANDS: Final[Mapping[str, Callable[[Given], int]]] = {
    "run": run,
    "validate": validate,
    "manifest": manifest,
    "export": export,
    "snapshot": snapshot,
    "cite": cite,
    "import": imports.bring,
    "datasets": imports.listing,
    "drop": imports.drop,
    "load": loading.load,
    "boundaries": bounds.act,
    "add": curate.add,
    "record": curate.record,
    "review": curate.review,
    "status": status,
}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# --- faults -------------------------------------------------------------------------------


def folder_of(given: Given) -> Path:
    """Return the folder that the call is about, as it was given."""
    chosen = getattr(given, "folder", None)
    if chosen and given.data and chosen != Path(given.data):
        raise TansiqError(f"two folders were given, {chosen} and {given.data}; one is expected")
    return Path(chosen or given.data or _shipped())


def _shipped() -> Path:
    """Return the data that came with the program, as seen from here."""
    folder, here = tables.default_folder(), Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise TansiqError(f"{folder}: expected the folder of a data package, found none")
    return folder


def refuse(faults: Sequence[Fault], given: Given) -> None:
    """Tell why a command other than `validate` cannot work with this data."""
    folder = folder_of(given)
    if getattr(given, "json", False):
        _say(_as_json(faults, folder))
    else:
        _tell(faults, folder, sys.stderr)


def _as_json(faults: Sequence[Fault], folder: Path) -> str:
    told = [fault.as_dict() for fault in faults]
    return json.dumps({"folder": str(folder), "faults": told}, ensure_ascii=False)


def _tell(faults: Sequence[Fault], folder: Path, to: TextIO) -> None:
    """Print one line a fault, its file as seen from here, and their number at the end."""
    to.writelines(
        f"{folder / fault.file}{str(fault).removeprefix(fault.file)}\n" for fault in faults
    )
    if faults:
        sys.stderr.write(f"tansiq: faults in {folder}: {len(faults)}\n")


def _say_whole(folder: Path, named: Path | None = None) -> None:
    package = tables.load(folder)
    counts = ", ".join(f"{len(frame)} {name}" for name, frame in package.frames.items())
    counts += f", {len(stories.load(package))} stories"
    _say(f"{named or folder}: no fault in data version {package.version} ({counts})")
    covered = ", ".join(
        f"{one.carried} of {one.filled} {one.table}.{one.field}" for one in tables.coverage(folder)
    )
    _say(f"carried by a claim of that very field: {covered}")


# --- views and files ----------------------------------------------------------------------


def _view(given: Given) -> View:
    """Return the view that the options ask for; raises `TansiqError` for any that is wrong."""
    query: dict[str, Any] = dict(parse_qs(given.address.split("?", 1)[-1].split("#", 1)[0]))
    options = {
        name.removeprefix("view_"): value
        for name, value in vars(given).items()
        if name.startswith("view_") and value is not None
    }
    view, notices = View.parse(query | options, datasets=_sets())
    # on a page a notice is enough; a file that nobody looks at must not hold something else
    if notices:
        said = " ".join(notice.sentence("en") for notice in notices)
        raise TansiqError(f"{said} So nothing was written.")
    return view


def _sets() -> tuple[str, ...]:
    """Return the names of the data sets that there are."""
    return (CURATED, *(one.name for one in datasets.listed()[0]))


def _take(given: Given, wish: downloads.Wish) -> int:
    """Make a file and write it, whole or not at all."""
    with _opened(given, wish.view.filter.datasets) as (package, store):
        layers = basemap.load(_basemap_folder(given))
        file = downloads.make(wish, package, store, layers)
    if given.out == STDOUT:
        sys.stdout.buffer.write(file.content)
        sys.stdout.buffer.flush()
    else:
        write_atomic(given.out, file.content)
        _say(f"{given.out}: {len(file.content)} bytes, {wish.view.filter.sentence('en')}")
    return 0


@contextmanager
def _opened(given: Given, names: Sequence[str]) -> Iterator[tuple[tables.Package, Store]]:
    """Give the package and the store of data sets, the curated one for none."""
    package = tables.load(given.data and _existing(given.data))
    held = Holdings(lambda: package, lambda: Store.open(package, given.store), given.store)
    with held.store(names) as store:
        yield package, store


def _basemap_folder(given: Given) -> Path | None:
    own = given.data and given.data / "basemap"
    return own if own and own.is_dir() else None


def _ending(out: Path, known: tuple[str, ...]) -> str:
    found = out.suffix.removeprefix(".").lower()
    if found not in known:
        raise TansiqError(f"{out}: expected a name that ends in .{', .'.join(known)}")
    return found


def _size(text: str | None) -> tuple[str, str]:
    if text is None:
        return "", ""
    found = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text)
    if not found:
        raise TansiqError(f"--size: expected width and height as 1000x640, found {text!r}")
    return found[1], found[2]


def _sides(text: str | None) -> list[str]:
    sides = [""] * 4 if text is None else text.split(",")
    if len(sides) != len(downloads.SIDES):
        raise TansiqError(f"--bounds: expected west,south,east,north, found {text!r}")
    return sides


# --- statuses -----------------------------------------------------------------------------


def _status(centre: Mapping[Any, Any], found: provenance.Status, day: date) -> dict[str, Any]:
    since = found.since
    return {
        "id": centre["centre_id"],
        "label": centre["name_en"],
        "role": centre["role"],
        "statuses": list(found.statuses),
        "contradicted": found.contradicted,
        "assessments": list(found.assessments),
        "since": since and since.isoformat(),
        "last_confirmed": found.confirmed or None,
        "days_since": found.age_days(day),
        "claim_ids": list(found.claim_ids),
        "conflict_groups": list(found.groups),
        "hidden_claims": found.hidden_claims,
    }


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Return the rows as columns of text."""
    for row in rows:
        said = " / ".join(row["statuses"]).replace("none", "nothing reported")
        beside = [*row["assessments"], *(["contradicted"] if row["contradicted"] else [])]
        said += f" ({', '.join(beside)})" if beside else ""
        confirmed = row["last_confirmed"] or "-"
        confirmed += f", {row['days_since']} days before" if row["days_since"] else ""
        line = f"{row['id']:<8} {said:<34} last confirmed {confirmed:<30} {row['label']}"
        line += f" (see {', '.join(row['conflict_groups'])})" if row["conflict_groups"] else ""
        hidden = row["hidden_claims"]
        yield f"{line} ({hidden} undated claims hidden)" if hidden else line
