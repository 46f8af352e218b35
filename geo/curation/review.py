"""What the data still owes its readers: lists for the curators, each finding with its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from geo import provenance, stories
from geo.tables import Package

Finding = tuple[str, str]
YEAR: Final = 365
_DRAFTS: Final = ("needs_native_review", "template_needs_review")


def review(package: Package, day: date) -> dict[str, list[Finding]]:
    """Return for each of `LISTS` its findings: the row's key, and what there is to do."""
    return {name: list(find(package, day)) for name, find in LISTS.items()}


def _single_source(package: Package, _: date) -> Iterator[Finding]:
    """Events that one publication alone tells of."""
    for row in package.frames["events"].to_dict("records"):
        if row["n_sources"] == 1:
            yield row["event_id"], row["title_en"]


def _undated(package: Package, _: date) -> Iterator[Finding]:
    """Claims without the day of their assertion; "as known on" hides them."""
    for row in package.frames["claims"].to_dict("records"):
        if not row["asserted_on"]:
            yield row["claim_id"], f"{row['subject_id']} {row['field']}, {row['source_id']}"


def _drafts(package: Package, _: date) -> Iterator[Finding]:
    """Texts in Arabic or Sorani that no native speaker has reviewed."""
    for name, frame in package.frames.items():
        key = frame.columns[0]
        for column in frame.columns:
            if column.endswith(("_review", "_quality")):
                waiting = frame.loc[frame[column].isin(_DRAFTS), key]
                for one in waiting:
                    yield str(one), f"{name}.{column}"
    for story in stories.load(package).values():
        for lang in sorted(story.drafts):
            yield story.name, f"stories.{lang}_review"


def _dead(package: Package, _: date) -> Iterator[Finding]:
    """Name sources, places and actors that nothing points at, and addresses that did not open."""
    claims, places = package.frames["claims"], package.frames["places"]
    events, centres = package.frames["events"], package.frames["centres"]
    cited = set(claims["source_id"]) | set(places["coord_source_id"])
    used = {*events["place_id"], *centres["place_id"], *places["parent_id"], *claims["subject_id"]}
    acting = {one for cell in events["actors"] for one in cell.split(";")}
    for name, key, known in (
        ("sources", "source_id", cited),
        ("places", "place_id", used),
        ("actors", "actor_id", acting),
    ):
        for one in package.frames[name][key]:
            if one not in known:
                yield one, f"{name}: nothing points at it"
    for row in package.frames["sources"].to_dict("records"):
        if row["url_note"]:
            yield row["source_id"], row["url_note"]


def _stale(package: Package, day: date) -> Iterator[Finding]:
    """Statuses of the network's centres that were not confirmed for a year."""
    for row in package.frames["centres"].to_dict("records"):
        if row["role"] == "network":
            status = provenance.status_on(package, row["centre_id"], day)
            age = status.age_days(day)
            if age is None or age > YEAR:
                last = status.confirmed or "never"
                yield row["centre_id"], f"{' / '.join(status.statuses)}, last confirmed {last}"


LISTS: Final[Mapping[str, Callable[[Package, date], Iterator[Finding]]]] = {
    "single_source": _single_source,
    "undated_claims": _undated,
    "draft_translations": _drafts,
    "dead_references": _dead,
    "unconfirmed_statuses": _stale,
}
