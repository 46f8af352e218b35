"""What can be asked on the command line, and how its help says it.

Nothing heavy is imported here, so that help and wrong usage are answered at once.
"""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import Any, Final

from geo import __version__

# address parameter -> (placeholder, help); the options carry the address's own names
FILTER: Final = {
    "from": ("DATE", "The first day, as 2021-05-23; events that end before it are left out."),
    "to": ("DATE", "The last day; events that begin after it are left out."),
    "province": ("CODES", "Governorates as ISO 3166-2 codes parted by commas, as IQ-KI,IQ-DI."),
    "type": ("TYPES", "Event types parted by commas, as agreement_talks,vote."),
    "q": ("TEXT", "Words that all must occur in an event's titles, places, actors or notes."),
    "box": ("W,S,E,N", "Points inside a rectangle in degrees, as 43.9,35.1,44.8,35.9."),
    "asof": ("DATE", "Show what was known on this day: claims asserted later do not count."),
    "viewpoint": ("WHOSE", "Whose governorates count: source, ocha or geonames."),
    "precision": ("NAMES", "Of site, town, subdistrict, district, governorate, none."),
    "only": ("NAMES", "All hold: contradicted, certain, two_sources, two_reports, differs."),
    "district": ("CODES", "Codes of districts of your boundaries; imported events alone have any."),
    "dataset": ("NAMES", "Data sets parted by commas; without it, the curated one."),
}
VIEW: Final = {
    "lang": ("LANG", "The language: en, ar or ckb."),
    "digits": ("KIND", "How numbers are written: local (as the language has them) or western."),
    "centres": ("0|1", "With 0, the coordination centres are left out."),
    "areas": ("LEVEL", "Your boundaries, coloured by their events: none, adm1 or adm2."),
}
PLACE: Final = {
    "event": ("ID", "The event to be marked, as EVT-055."),
    "centre": ("ID", "The centre to be marked, as CEN-KRK."),
    "lat": ("DEGREES", "Latitude of the middle of the map; needs --lon and --z."),
    "lon": ("DEGREES", "Longitude of the middle of the map."),
    "z": ("ZOOM", "Zoom of the map, 0 to 22."),
    "window": ("NAME", "How time plays on a page: growing, month, quarter or year."),
}
FORMATS: Final = ("csv", "geojson", "gpkg", "parquet", "package", "prov")
CODEBOOKS: Final = ("ucdp-ged", "acled", "table")
CITATIONS: Final = ("text", "bibtex", "csl")
PICTURES: Final = ("png", "svg", "pdf", "html")
PRESETS: Final = ("screen", "print", "social-wide", "social-square")
_CODES: Final = (
    "Exit code 0: done. 1: the data is at fault, and the report says where. "
    "2: the call is wrong or cannot be carried out."
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; the chosen one stands in ``command``."""
    top = argparse.ArgumentParser(
        prog="tansiq",
        description="Tansiq is an offline map dashboard of the joint coordination centres between "
        "the Iraqi forces and the Peshmerga. Each command explains itself with --help.",
        epilog=_CODES,
    )
    top.add_argument("--version", action="version", version=f"Tansiq {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (_run, _validate, _manifest, _export, _snapshot, _cite, _status,
                _import, _datasets, _drop, _load, _boundaries, _add, _record, _review):
        add(commands)
    return top


def _command(commands: Any, name: str, sentence: str, *extra: str) -> argparse.ArgumentParser:
    """Add a command with the options that all have."""
    added: argparse.ArgumentParser = commands.add_parser(
        name, help=sentence, description=" ".join((sentence, *extra)), epilog=_CODES
    )
    added.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=os.environ.get("TANSIQ_DATA") or None,
        help="The folder of the data package; without it TANSIQ_DATA, else the data that "
        "came with the program.",
    )
    return added


def _run(commands: Any) -> None:
    sentence = "Start the dashboard on this machine and print its address."
    run = _command(commands, "run", sentence, "It runs until it is stopped by Ctrl+C.")
    port = "The port to listen on; 0 takes any that is free. The default is 8501."
    run.add_argument("--port", type=_port, default=8501, metavar="PORT", help=port)
    _store(run)


def _validate(commands: Any) -> None:
    sentence = "Check a data package and name every fault of it at once."
    told = "Each fault is one line: file, line, column, rule, what was expected, what was found."
    validate = _command(commands, "validate", sentence, told)
    _folder(validate)
    _json(validate, "Print one JSON object instead of lines.")


def _manifest(commands: Any) -> None:
    sentence = "Write row counts and hashes of a data package anew, after an edit."
    manifest = _command(commands, "manifest", sentence, "The check of the data follows at once.")
    _folder(manifest)
    manifest.add_argument(
        "--tidy",
        action="store_true",
        help="First sort the rows by their keys and write the tables in canonical form; "
        "no cell is changed.",
    )


def _export(commands: Any) -> None:
    sentence = "Write the matching events with all their sources to a file."
    export = _command(commands, "export", sentence, "Without filter options, all events match.")
    told = "The format of the file; without it, the ending of --out decides."
    export.add_argument("--format", choices=FORMATS, help=told)
    told = "The file to write, whole or not at all; - writes to standard output."
    export.add_argument("--out", required=True, type=Path, metavar="FILE", help=told)
    _store(export)
    _view(export, FILTER | VIEW | {name: PLACE[name] for name in ("event", "centre")})


def _snapshot(commands: Any) -> None:
    sentence = "Write a picture of the map, or the page that opens without a network."
    told = "The ending of --out says which: .png, .svg, .pdf or .html."
    snapshot = _command(commands, "snapshot", sentence, told)
    told = "The file to write, whole or not at all."
    snapshot.add_argument("--out", required=True, type=Path, metavar="FILE", help=told)
    told = "The kind of picture; print has 300 dots an inch. The default is screen."
    snapshot.add_argument("--preset", choices=PRESETS, default="screen", help=told)
    told = "Width and height of the preset screen in pixels, as 1000x640."
    snapshot.add_argument("--size", metavar="WxH", help=told)
    told = "West, south, east and north of the map in degrees, as 41.8,33.1,45.7,37.2."
    snapshot.add_argument("--bounds", metavar="W,S,E,N", help=told)
    told = "Light or dark ground; the default is light."
    snapshot.add_argument("--theme", choices=("light", "dark"), default="light", help=told)
    _store(snapshot)
    _view(snapshot, FILTER | VIEW | PLACE)


def _cite(commands: Any) -> None:
    sentence = "Print how to cite an event, a centre or a view."
    cite = _command(commands, "cite", sentence, "Without --event and --centre, the view is cited.")
    told = "Words, BibTeX or CSL-JSON; the default is text."
    cite.add_argument("--format", choices=CITATIONS, default=CITATIONS[0], help=told)
    told = "Where the dashboard stands, as https://example.org/tansiq/, for a link that shows the "
    told += "same again; without it, what a whole --address says, else there is no link."
    cite.add_argument("--base", metavar="ADDRESS", default="", help=told)
    _view(cite, FILTER | VIEW | PLACE)


def _status(commands: Any) -> None:
    sentence = "Say what was last reported of each centre by a day."
    status = _command(commands, "status", sentence, "Nothing is active beyond its evidence.")
    status.add_argument("--on", type=_day, metavar="DATE", help="The day; the default is today.")
    told = "Count only claims made by this day; undated ones are left out and counted."
    status.add_argument("--known", type=_day, metavar="DATE", help=told)
    _json(status, "Print one JSON object instead of a table.")


def _import(commands: Any) -> None:
    sentence = "Import a table of events: UCDP GED, ACLED, or any with a date and a place."
    told = "Every row is accepted or rejected with its reason; the data set is made or replaced "
    told += "as a whole. Code 1 says that no row was taken."
    bring = _command(commands, "import", sentence, told)
    told = "CSV, TSV, zipped CSV, XLSX, GeoJSON, GeoPackage or Parquet."
    bring.add_argument("file", type=Path, metavar="FILE", help=told)
    told = "The kind of table; without it, its columns tell."
    bring.add_argument("--as", dest="codebook", choices=CODEBOOKS, help=told)
    told = "The name of the data set, as the address has it; without it, the file's."
    bring.add_argument("--name", metavar="DATASET", help=told)
    told = "Write why rows were not taken to this CSV file, too."
    bring.add_argument("--report", type=Path, metavar="OUT.csv", help=told)
    told = "A TOML file that says which column is what (docs/importing.md)."
    bring.add_argument("--mapping", type=Path, metavar="MAP.toml", help=told)
    told = "How a date such as 10/11/2017 is meant; without it, such a date is rejected."
    bring.add_argument("--dates", choices=("day-first", "month-first"), help=told)
    told = "Events before this day are rejected; 1990-01-01 (for UCDP GED 1989-01-01)."
    bring.add_argument("--first-day", type=_day, metavar="DATE", help=told)
    told = "Events after this day are rejected; without it, tomorrow."
    bring.add_argument("--last-day", type=_day, metavar="DATE", help=told)
    told = "The licence of the data, shown wherever they are; known for UCDP GED and ACLED."
    bring.add_argument("--licence", metavar="TEXT", help=told)
    told = "Who is to be named for the data."
    bring.add_argument("--attribution", metavar="TEXT", help=told)
    _json(bring, "Print one line of JSON with the numbers of rows accepted and rejected.")


def _datasets(commands: Any) -> None:
    sentence = "List the imported data sets with their licences."
    _json(_command(commands, "datasets", sentence), "Print their manifests as one JSON object.")


def _drop(commands: Any) -> None:
    drop = _command(commands, "drop", "Remove an imported data set.")
    drop.add_argument("name", metavar="DATASET", help="Its name, as `tansiq datasets` has it.")
    _json(drop, "Print one JSON object instead of a line.")


def _load(commands: Any) -> None:
    sentence = "Fill a store with the events, so that a dashboard can serve from it."
    told = "An account that may only read is enough for `tansiq run --store` afterwards. "
    told += "What is there already is left as it is."
    load = _command(commands, "load", sentence, told)
    _store(load)
    told = "A choice of data sets as the address has it, as curated or curated,ged; may be "
    told += "repeated. Without it, the curated events and each imported data set by itself."
    load.add_argument("--dataset", action="append", default=[], metavar="NAMES", help=told)
    _json(load, "Print one line of JSON.")


def _boundaries(commands: Any) -> None:
    sentence = "Add, list or remove boundaries of governorates and districts."
    told = "They are drawn, and tell in which area an imported event lies, beside what its source "
    told += "says. Code 1 says that a file was refused, with every reason."
    top = commands.add_parser("boundaries", help=sentence, description=f"{sentence} {told}",
                              epilog=_CODES)
    told = "What is to be done; each explains itself with --help."
    acts = top.add_subparsers(dest="act", metavar="ACT", required=True, help=told)
    sentence = "Check a file of OCHA COD-AB, geoBoundaries or GADM, and keep it for its level."
    add = _command(acts, "add", sentence, "What was kept for that level before is replaced.")
    told = "GeoJSON or GeoPackage in degrees (EPSG:4326)."
    add.add_argument("file", type=Path, metavar="FILE", help=told)
    add.add_argument("--name", metavar="NAME", help="How they are called; else as the file is.")
    told = "The level; without it, the columns tell. It also chooses the layer of a GeoPackage."
    add.add_argument("--level", choices=("adm1", "adm2"), help=told)
    told = "The licence of the boundaries, shown wherever they are."
    add.add_argument("--licence", metavar="TEXT", help=told)
    add.add_argument("--attribution", metavar="TEXT", help="Who is to be named for them.")
    listing = _command(acts, "list", "List the boundaries that are kept, with their licences.")
    drop = _command(acts, "drop", "Remove boundaries.")
    told = "Their name or level, as `tansiq boundaries list` has it."
    drop.add_argument("name", metavar="NAME", help=told)
    sentence = "Compare an imported data set with the boundaries that are kept now."
    apply = _command(acts, "apply", sentence, "An import does so by itself; nothing is moved.")
    apply.add_argument("name", metavar="DATASET", help="Its name, as `tansiq datasets` has it.")
    for act in (add, listing, drop, apply):
        _json(act, "Print one JSON object instead of lines.")


def _add(commands: Any) -> None:
    sentence = "Add a source, a claim, an event or a status to a data package."
    told = "What is not given is asked for on a terminal, shown, and written once agreed to. "
    told += "What breaks a rule is refused as a whole."
    add = _command(commands, "add", sentence, told)
    add.add_argument("kind", choices=("source", "claim", "event", "status"), help="What to add.")
    add.add_argument("--field", action="append", default=[], metavar="COLUMN=VALUE",
                     help="A cell of the new row; may be repeated.")
    add.add_argument("--claim", action="append", default=[], metavar="COLUMN=VALUE",
                     help="A cell of the claim that an event or a status rests on.")
    _answering(add)


def _record(commands: Any) -> None:
    sentence = "Answer for rows that were edited by hand: a line of the audit for each."
    record = _command(commands, "record", sentence, "The manifest is written anew as well.")
    told = "Claims are immutable; with this, a changed one is a correction of our reading."
    record.add_argument("--correct", action="store_true", help=told)
    _answering(record)


def _review(commands: Any) -> None:
    sentence = "List what the data still owes its readers."
    told = "Events of one source, undated claims, drafts, dead references, stale statuses."
    review = _command(commands, "review", sentence, told)
    review.add_argument("--on", type=_day, metavar="DATE", help="The day; the default is today.")
    _json(review, "Print one JSON object instead of lists.")


def _answering(command: argparse.ArgumentParser) -> None:
    told = "Who answers for it; without it TANSIQ_CURATOR."
    command.add_argument("--curator", metavar="NAME", default="", help=told)
    command.add_argument("--reason", metavar="TEXT", default="", help="Why, in a few words.")
    _json(command, "Print one JSON object instead of lines.")


def _folder(command: argparse.ArgumentParser) -> None:
    told = "The folder of the data package, in place of --data."
    command.add_argument("folder", nargs="?", type=Path, metavar="DIR", help=told)


def _json(command: argparse.ArgumentParser, told: str) -> None:
    command.add_argument("--json", action="store_true", help=told)


def _store(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--store",
        metavar="URL",
        default=os.environ.get("TANSIQ_STORE") or None,
        help="The engine that holds the events, as an SQLAlchemy URL; without it TANSIQ_STORE, "
        "else an embedded file that can be rebuilt at any time.",
    )


def _view(command: argparse.ArgumentParser, options: dict[str, tuple[str, str]]) -> None:
    """Add the address's parameters as options, and the address itself."""
    group = command.add_argument_group("filter and view, by the names of the address")
    told = "A copied address of the dashboard, or its part from the question mark on; "
    told += "other options win over it."
    group.add_argument("--address", metavar="ADDRESS", default="", help=told)
    for name, (placeholder, sentence) in options.items():
        group.add_argument(f"--{name}", metavar=placeholder, dest=f"view_{name}", help=sentence)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a date as 2021-05-23, found {text!r}") from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)
