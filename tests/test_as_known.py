"""Knowledge in time: what the six centres' claims support on four days, and what must hold always.

The table is written from `data/claims.csv`, claim by claim, not from what the program says. Days
of assertion stand in brackets. C011 and C012 [2021-05-24] list Baghdad and Erbil as two of six
planned seats: the article tells of the plan, not of the centres' state (scope plan_only), and
both had been told as open since December 2020; so they change no status.
"""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import provenance, tables
from geo.i18n import words
from geo.provenance import as_known, hidden, known_days
from geo.tables import EPOCH, toll
from geo.ui import panel

PACKAGE = tables.load()
DAYS = st.dates(date(2014, 1, 1), date(2026, 12, 31))
# centre: (status on 22, 23, 24, 25 May 2021 as known on that day, the claims that say it)
SUPPORTED = {
    # announced C068 [2020-10-13], active C073 [2020-12-03]
    "CEN-BGD": [("active",)] * 4,
    # announced C069 [2020-10-13], active C072 [2020-11], C074 [2020-12-03]
    "CEN-EBL": [("active",)] * 4,
    # announced C077 [05-18]; working C079 [05-20]; the seed's C031 [05-24] says the same
    "CEN-KNQ": [("active",)] * 4,
    # announced C045 [05-22]; officers at work C050 [05-23]; C008, C020 [05-24]
    "CEN-KRK": [("announced",), ("active",), ("active",), ("active",)],
    # approved C057 [2020-08-20]; on 24 May "soon" C022 and "working" C084 contradict (X04)
    "CEN-MKM": [("approved",), ("approved",), ("announced", "active"), ("announced", "active")],
    # approved C058 [2020-08-20]; announced C033 [05-24]
    "CEN-NIN": [("approved",), ("approved",), ("announced",), ("announced",)],
}


# centre: the day on which a claim last said so, as known on those four days
CONFIRMED = {
    # C073, C074
    "CEN-BGD": ["2020-12-03"] * 4,
    "CEN-EBL": ["2020-12-03"] * 4,
    # C079 of the 20th; C031 of the 24th
    "CEN-KNQ": ["2021-05-20", "2021-05-20", "2021-05-24", "2021-05-24"],
    # C045; C050; C008 and C020
    "CEN-KRK": ["2021-05-22", "2021-05-23", "2021-05-24", "2021-05-24"],
    # C057; C022 and C084
    "CEN-MKM": ["2020-08-20", "2020-08-20", "2021-05-24", "2021-05-24"],
    # C058; C033
    "CEN-NIN": ["2020-08-20", "2020-08-20", "2021-05-24", "2021-05-24"],
}


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("centre", SUPPORTED)
def test_the_status_is_what_the_claims_of_the_day_support(centre, at):
    day = date(2021, 5, 22 + at)
    found = provenance.status_on(PACKAGE, centre, day, known=day)
    assert found.statuses == SUPPORTED[centre][at]
    assert found.confirmed == CONFIRMED[centre][at]
    assert found == replace(
        provenance.status_on(as_known(PACKAGE, day), centre, day),
        hidden_claims=found.hidden_claims,
    )


def test_makhmour_contradicts_itself_only_from_the_day_on_which_both_were_told():
    """X04 is not there on 23 May, when only the approval was known."""
    for day, there in ((23, False), (24, True)):
        groups = set(as_known(PACKAGE, date(2021, 5, day)).frames["conflicts"]["conflict_group"])
        assert ("X04" in groups) is there


def test_the_officers_contradict_from_23_may():
    """Eight was told on 21 May (C042), five on the 23rd (C044)."""
    for day, there in ((21, False), (22, False), (23, True)):
        known = as_known(PACKAGE, date(2021, 5, day))
        assert ("X01" in set(known.frames["conflicts"]["conflict_group"])) is there


def test_a_toll_is_what_was_told_by_then():
    """Muqdadiya: 11 and 13 on 27 October 2021, 15 only on the 28th."""
    tolls = {}
    for day in (27, 28):
        events = as_known(PACKAGE, date(2021, 10, day)).frames["events"].set_index("event_id")
        row = events.loc["EVT-069", ["fatalities_low", "fatalities_high"]]
        tolls[day] = [int(cell) for cell in row]
    assert tolls == {27: [11, 13], 28: [11, 15]}


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_no_later_claim_is_shown(day):
    """Every claim that is left was asserted by the day, and every list names only such."""
    known = as_known(PACKAGE, day)
    days = known_days(PACKAGE)
    left = set(known.frames["claims"]["claim_id"])
    assert left == {one for one, at in days.items() if EPOCH + timedelta(days=at) <= day}
    for name in ("events", "centres", "places", "centre_status", "conflicts"):
        for cell in known.frames[name]["claim_ids"]:
            assert set(filter(None, cell.split(";"))) <= left
    told = hidden(PACKAGE, day)
    assert len(left) + told.later + told.undated == len(PACKAGE.frames["claims"])


@settings(max_examples=40, deadline=None)
@given(DAYS, st.integers(0, 400))
def test_a_later_day_knows_more_and_twice_is_once(day, more):
    """Knowledge grows, and taking the same day again changes nothing."""
    known, later = as_known(PACKAGE, day), as_known(PACKAGE, day + timedelta(days=more))
    for name, key in (("claims", "claim_id"), ("events", "event_id")):
        assert set(known.frames[name][key]) <= set(later.frames[name][key])
    for name, frame in as_known(known, day).frames.items():
        assert frame.equals(known.frames[name]), name


def test_in_the_end_only_undated_claims_are_hidden():
    """As known long after the last claim."""
    known = as_known(PACKAGE, date(2099, 1, 1))
    assert hidden(PACKAGE, date(2099, 1, 1)).later == 0
    claims = PACKAGE.frames["claims"]
    assert len(known.frames["claims"]) == (claims["asserted_on"] != "").sum()


def test_the_types_of_the_tables_stay():
    """A smaller package is a package: the same columns and types."""
    known = as_known(PACKAGE, date(2014, 1, 1))
    for name, frame in known.frames.items():
        assert frame.dtypes.to_dict() == PACKAGE.frames[name].dtypes.to_dict()


def test_our_own_words_go_with_a_claim_that_is_hidden():
    """No summary, note or host that was written with a hidden claim in view is left."""
    ours = {
        "conflicts": ("conflict_group", ("summary_en",)),
        "events": ("event_id", ("note_en",)),
        "centre_status": ("status", ("note_en",)),
        "centres": ("centre_id", ("relation_note",)),
        "places": ("place_id", ("note_en",)),
    }
    blank = 0
    for number in sorted(set(known_days(PACKAGE).values()))[::4]:
        known = as_known(PACKAGE, EPOCH + timedelta(days=number))
        for name, (key, columns) in ours.items():
            keys = ["centre_id", key] if name == "centre_status" else [key]
            whole = PACKAGE.frames[name]
            lists = set(zip(*(whole[one] for one in [*keys, "claim_ids"]), strict=True))
            for row in known.frames[name].to_dict("records"):
                if tuple(row[one] for one in [*keys, "claim_ids"]) not in lists:
                    assert [row[one] for one in columns] == [""] * len(columns), (name, row)
                    blank += 1
    assert blank > 300


@pytest.mark.parametrize(("group", "day", "told", "later"), [
    ("X13", "2021-10-27", ["11", "13"], "15"),
    ("X01", "2021-05-23", ["8", "5"], "spokesman"),
])
def test_the_panel_says_what_was_told_by_then(group, day, told, later):
    """Both values of the day, in place of a summary that also names what was told later."""
    say = words("en")
    page = panel.conflicts(as_known(PACKAGE, date.fromisoformat(day)), say, "")
    section = page.split(f'data-conflict="{group}"')[1].split("data-conflict")[0]
    assert f"{say('conflict.told_by_then')} {', '.join(told)}" in section
    assert later not in section.split('class="ts-why"')[1]
    assert say("conflict.told_by_then") not in panel.conflicts(PACKAGE, say, "")


def test_a_host_is_what_was_told_by_then():
    """Kirkuk's centre sat in the Chimman sector by the letter of 2020; K1 was told in May 2021."""
    for day, host in (("2020-12-31", "Chimman/Jimen sector"), ("2020-08-19", "")):
        centres = as_known(PACKAGE, date.fromisoformat(day)).frames["centres"]
        assert centres.set_index("centre_id").loc["CEN-KRK", "host_site"] == host


def test_a_toll_without_its_best_figure_says_that_none_is_adopted():
    """Muqdadiya on 27 October 2021: the best figure is the last told, which came on the 28th."""
    for day, shown in ((27, "range_only"), (28, "range_best")):
        conflicts = as_known(PACKAGE, date(2021, 10, day)).frames["conflicts"]
        assert conflicts.set_index("conflict_group").loc["X13", "shown"] == shown


@pytest.mark.parametrize("day", ["2015-02-28", "2021-10-27", "2021-12-06", "2099-01-01"])
def test_a_rule_is_named_with_its_figure_only(day):
    """A panel without a best figure names no rule for one: Muqdadiya before the last was told."""
    say = words("en")
    named = {rule: f"<small>{say(f'toll.{rule}')}</small>" for rule in toll.BEST if rule}
    known = as_known(PACKAGE, date.fromisoformat(day))
    whole, told = provenance.events(PACKAGE), set(known.frames["events"]["event_id"])
    rows = provenance.retell(known, whole[whole["event_id"].isin(told)])
    for row in rows.to_dict("records"):
        page = panel.event(known, row, say)
        rules = {rule for rule, text in named.items() if text in page}
        assert bool(rules - {"none"}) == (not pd.isna(row["fatalities_best"])), row["event_id"]
        assert (rules == {"none"}) <= pd.isna(row["fatalities_best"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SUPPORTED)), DAYS, DAYS, st.integers(0, 90))
def test_last_confirmed_never_falls_as_knowledge_grows(centre, day, known, more):
    """Of one day, as long as the status is the same; and from each day to the next."""
    later = known + timedelta(days=more)
    one, two = (provenance.status_on(PACKAGE, centre, day, known=at) for at in (known, later))
    if one.statuses == two.statuses and one.last_confirmed:
        assert one.last_confirmed <= two.last_confirmed <= day
    then, since = (provenance.status_on(PACKAGE, centre, at, known=at) for at in (known, later))
    if then.last_confirmed:
        assert then.last_confirmed <= since.last_confirmed <= later
