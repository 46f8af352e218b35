"""What is contradicted is so everywhere: panel, mask, map, table, filter, picture, page, command.

A field is contradicted by contradictions about that field, the others stand in a row of their
own; the disputed governorate of a place is a dispute of the place, not of what happened there.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest

from geo import basemap, columns, i18n, provenance, tables
from geo.address import View
from geo.cli import commands
from geo.export.extract import take
from geo.filters import EventFilter
from geo.snapshot import plan, scene
from geo.standalone import _rows
from geo.ui import details, listing, panel

PACKAGE, SAY = tables.load(), i18n.words("en")
EVENTS = list(PACKAGE.frames["events"]["event_id"])
CENTRES = list(PACKAGE.frames["centres"]["centre_id"])
FIELDS = dict(
    PACKAGE.frames["conflicts"][["conflict_group", "field"]].itertuples(index=False, name=None)
)
# an assessment beside a status has a tag of the same colour, and is no contradiction
BAD = (f">{SAY('panel.contradicted')}<", f">{SAY('status.contradicted')}<")
DISPUTED = ("ts-disputed",)
# no contradiction of the event: its place is claimed for two governorates (X03, X24)
OF_THE_PLACE = [f"EVT-{n:03d}" for n in (
    *(5, 15, 25, 26, 31, 36, 47, 52, 73, 74, 75, 83, 84, 87, 93),
)]
# contradictions about no field of an event: they have a row of their own
ALSO = {"EVT-038": "X06", "EVT-056": "X28", "EVT-060": "X04", "EVT-061": "X02", "EVT-067": "X07"}
DAYS = ["2020-09-01", "2020-12-31", "2021-05-21", "2021-05-24", "2021-06-30", "2025-12-31"]


def marked(page, signs=BAD):
    """Return the fields of a panel whose summary bears one of some signs."""
    facts = re.findall(r'data-field="(\w+)"><summary>(.*?)</summary>', str(page), re.DOTALL)
    return {field for field, summary in facts if any(one in summary for one in signs)}


@pytest.fixture(scope="module")
def everywhere(store):
    """Give for each event what each part says of it."""
    asked = EventFilter(only=("contradicted",))
    mask = columns.registered_mask(store.version, columns.call(store, View())["clash"])
    bits = np.unpackbits(np.frombuffer(mask, "u1", offset=16), bitorder="little")[: store.size]
    only = set(store.events(asked)["event_id"])
    whole = store.events(EventFilter()).to_dict("records")
    drawn = {row.event_id: row.clash for row in plan._rows(store.events(EventFilter()), "en")}
    alone = {row["id"]: row["contradicted"] for row in _rows(take(PACKAGE, store, View()), SAY)}
    return {
        row["event_id"]: {
            "filter": row["event_id"] in only,
            "mask": bool(bits[row["row"]]),
            "table": listing.cells(row, SAY, "source")["contradicted"] != "",
            "card": columns.detail(row, "en")["contradicted"],
            "picture": bool(drawn[row["event_id"]]),
            "page": alone[row["event_id"]],
            "panel": bool(marked(panel.event(PACKAGE, row, SAY))),
        }
        for row in whole
    }


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_contradicted_everywhere_or_nowhere(everywhere, event):
    """As its own claims belong to a contradiction; each part is named when it differs."""
    groups = PACKAGE.frames["events"].set_index("event_id").loc[event, "conflict_groups"]
    assert everywhere[event] == dict.fromkeys(everywhere[event], groups != "")


@pytest.mark.parametrize("subject", [*EVENTS, *CENTRES])
def test_a_field_is_contradicted_about_itself_only(subject):
    """Each contradiction of the row stands at its field, else under also; none is lost."""
    claims = provenance.claims_for(PACKAGE, subject)
    groups, seen = set(claims["conflict_group"]) - {""}, set()
    for trace in provenance.traces(PACKAGE, subject):
        seen |= set(trace.groups)
        if trace.field != provenance.ALSO:
            assert {FIELDS[one] for one in trace.groups} <= {trace.field}
        listed = {claim["conflict_group"] for claim in trace.claims}
        assert {*trace.groups, *trace.disputed} <= listed
    assert seen == groups


@pytest.mark.parametrize("event", OF_THE_PLACE)
def test_a_disputed_place_is_no_contradiction_of_the_event(store, event):
    """The governorate says that it is disputed and opens the sides; nothing is contradicted."""
    page = panel.event(PACKAGE, store.get(event), SAY)
    assert (marked(page), marked(page, DISPUTED)) == (set(), {"governorate"})


@pytest.mark.parametrize(("event", "group"), ALSO.items())
def test_what_is_about_no_field_has_a_row_of_its_own(store, event, group):
    """It names what is contradicted and opens its sides."""
    page = str(panel.event(PACKAGE, store.get(event), SAY))
    assert marked(page) == {provenance.ALSO}
    title = PACKAGE.frames["conflicts"].set_index("conflict_group").loc[group, "title_en"]
    row = page.partition(f'data-field="{provenance.ALSO}"')[2].partition("</details>")[0]
    assert title in row
    first = provenance.conflicts(PACKAGE)[list(FIELDS).index(group)].said[0].claims[0]
    assert f'data-claim="{first["claim_id"]}"' in row


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("asof", [None, "2021-05-24"])
def test_a_centre_is_contradicted_everywhere_or_nowhere(store, day, asof):
    """Panel, list, map, picture and command, by what is known on the day, field by field."""
    until, known = date.fromisoformat(day), asof and date.fromisoformat(asof)
    package = PACKAGE if known is None else provenance.as_known(PACKAGE, known)
    view = View(filter=EventFilter(date_to=until, asof=known))
    made = scene.scene(PACKAGE, store, view, basemap=basemap.Basemap(layers={}))
    drawn = {one.centre_id: one for one in made.centres}
    steps = columns.spans(package)["spans"]
    for index, centre in enumerate(columns.centre_ids(package)):
        status = provenance.status_on(package, centre, until)
        told = [one for one in steps[index] if one["from"] <= (until - tables.EPOCH).days]
        groups = tuple(told[-1]["groups"]) if told else ()
        row = PACKAGE.frames["centres"].set_index("centre_id", drop=False).loc[centre]
        assert commands._status(row, status, until)["conflict_groups"] == list(groups)
        assert status.groups == groups
        if centre in drawn:
            assert drawn[centre].groups == groups
        if centre == panel.NETWORK or status == provenance.Status():
            continue
        fields = {FIELDS[one] for one in groups}
        shown = marked(panel.centre(package, centre, until, SAY))
        assert shown - {provenance.ALSO} <= fields | ({"status"} if status.contradicted else set())
        assert bool(shown) == bool(groups or status.contradicted), (centre, groups, shown)
        assert bool(details.clashes(package, status, SAY)) == bool(groups)


FIELDS_OF = [
    # X05 is about a start, not about the status of 2025
    ("CEN-BGD", "2025-12-31", {"also"}), ("CEN-EBL", "2025-12-31", {"also"}),
    # X19 is about whether it works, not about where it is
    ("CEN-KNQ", "2025-12-31", {"status"}),
    # X07 about the status, X25 about which sites come next
    ("CEN-NIN", "2021-06-30", {"status", "also"}), ("CEN-NIN", "2021-05-23", set()),
    ("CEN-SNJ", "2025-12-31", {"also"}),
    ("CEN-KRK", "2021-06-30", {"officers", "host_site", "also"}),
    ("CEN-KRK", "2021-05-20", set()),
]


@pytest.mark.parametrize(("centre", "day", "fields"), FIELDS_OF)
def test_a_centre_is_marked_at_the_field_and_from_the_day(centre, day, fields):
    """Read off conflicts.csv and the days on which two sides were told."""
    assert marked(panel.centre(PACKAGE, centre, date.fromisoformat(day), SAY)) == fields


def test_contradictions_begin_when_two_sides_were_told():
    """No step of a centre names one before; each one of its claims comes in the end."""
    for centre in CENTRES[:-1]:
        last: set[str] = set()
        for step in provenance.status_spans(PACKAGE, centre):
            day = tables.EPOCH + timedelta(days=step.day_from)
            known = set(provenance.as_known(PACKAGE, day).frames["conflicts"]["conflict_group"])
            assert last <= set(step.groups) <= known
            last = set(step.groups)
        assert last == set(provenance.claims_for(PACKAGE, centre)["conflict_group"]) - {""}
