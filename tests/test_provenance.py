"""Promises of provenance: a status is what was last reported, a fact leads to its sources."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import provenance, tables
from geo.tables import schema

PACKAGE = tables.load()
CENTRES = list(PACKAGE.frames["centres"]["centre_id"])
NETWORK = ["CEN-BGD", "CEN-EBL", "CEN-KNQ", "CEN-KRK", "CEN-MKM", "CEN-NIN"]

# read off the claims: the day, the centre, what was last reported, and a claim that says so
REPORTED = [
    ("2015-09-01", "CEN-P15", "none", ""),
    ("2015-09-02", "CEN-P15", "active", "C104"),
    ("2020-07-01", "CEN-KNQ", "none", ""),
    ("2020-07-02", "CEN-KNQ", "proposed", "C066"),
    ("2020-07-02", "CEN-KRK", "proposed", "C065"),
    ("2020-07-21", "CEN-NIN", "none", ""),
    ("2020-07-22", "CEN-NIN", "proposed", "C064"),
    ("2020-08-19", "CEN-MKM", "none", ""),
    ("2020-08-20", "CEN-KNQ", "approved", "C056"),
    ("2020-08-20", "CEN-MKM", "approved", "C057"),
    ("2020-08-20", "CEN-NIN", "approved", "C058"),
    ("2020-08-20", "CEN-KRK", "approved", "C059"),
    ("2020-10-12", "CEN-BGD", "none", ""),
    ("2020-10-13", "CEN-BGD", "announced", "C068"),
    ("2020-10-13", "CEN-EBL", "announced", "C069"),
    # announced after approved: simply the latest report
    ("2020-10-13", "CEN-KNQ", "announced", "C070"),
    # November counts from its last day
    ("2020-11-29", "CEN-EBL", "announced", "C069"),
    ("2020-11-30", "CEN-EBL", "active", "C072"),
    ("2020-12-02", "CEN-BGD", "announced", "C068"),
    ("2020-12-03", "CEN-BGD", "active", "C073"),
    ("2020-12-03", "CEN-GWR", "announced", "C075"),
    ("2021-05-17", "CEN-GRM", "announced", "C076"),
    ("2021-05-18", "CEN-KNQ", "announced", "C077"),
    ("2021-05-19", "CEN-KNQ", "active", "C027"),
    ("2021-05-21", "CEN-TUZ", "none", ""),
    ("2021-05-22", "CEN-TUZ", "proposed", "C082"),
    ("2021-05-21", "CEN-KRK", "approved", "C059"),
    ("2021-05-22", "CEN-KRK", "announced", "C045"),
    ("2021-05-23", "CEN-BGD", "active", "C073"),
    ("2021-05-23", "CEN-EBL", "active", "C072"),
    ("2021-05-23", "CEN-KNQ", "active", "C031"),
    ("2021-05-23", "CEN-KRK", "active", "C050"),
    ("2021-05-23", "CEN-MKM", "approved", "C057"),
    ("2021-05-23", "CEN-NIN", "approved", "C058"),
    ("2021-05-23", "CEN-SNJ", "none", ""),
    # two reports of one day differ (X04)
    ("2021-05-24", "CEN-MKM", "announced active", "C022"),
    ("2021-05-24", "CEN-MKM", "announced active", "C084"),
    ("2021-05-24", "CEN-NIN", "announced", "C033"),
    ("2021-05-24", "CEN-SNJ", "announced", "C034"),
    ("2021-05-30", "CEN-MKM", "announced active", "C022"),
    ("2021-05-30", "CEN-TUZ", "proposed", "C082"),
    ("2021-05-31", "CEN-TUZ", "announced", "C081"),
    ("2021-05-31", "CEN-MKM", "active", "C088"),
    ("2021-05-31", "CEN-NIN", "active", "C089"),
    ("2025-12-31", "CEN-BGD", "active", "C097"),
    ("2025-12-31", "CEN-NIN", "active", "C096"),
    ("2025-12-31", "CEN-GWR", "announced", "C075"),
    ("2025-12-31", "NETWORK", "none", ""),
]


def on(centre, day, known=None):
    until = known and date.fromisoformat(known)
    return provenance.status_on(PACKAGE, centre, date.fromisoformat(day), until)


@pytest.mark.parametrize(("day", "centre", "statuses", "claim"), REPORTED)
def test_a_status_is_what_was_last_reported(day, centre, statuses, claim):
    """On each day a centre has the latest report's status, with the claims that say so."""
    found = on(centre, day)
    assert found.statuses == tuple(statuses.split())
    assert found.contradicted is (len(found.statuses) > 1)
    assert (claim in found.claim_ids) if claim else found == provenance.Status()


CONFIRMED = [
    # C050 of the 23rd; C008 and C020 of the 24th
    ("CEN-KRK", "2021-05-30", "2021-05-23", "2021-05-24"),
    ("CEN-KRK", "2021-05-31", "2021-05-23", "2021-05-31"),
    ("CEN-KRK", "2025-12-31", "2021-05-23", "2021-09-18"),
    # November, by C072; C074 says so again on 3 December
    ("CEN-EBL", "2020-12-02", "2020-11-30", "2020-11"),
    ("CEN-EBL", "2021-01-01", "2020-11-30", "2020-12-03"),
    # C089 of 31 May, C090 of 3 June
    ("CEN-NIN", "2021-06-02", "2021-05-31", "2021-05-31"),
    ("CEN-NIN", "2021-06-30", "2021-05-31", "2021-06-03"),
    # C079 of 20 May, C031 of 24 May: both of the work that began on the 19th
    ("CEN-KNQ", "2021-05-19", "2021-05-19", "2021-05-19"),
    ("CEN-KNQ", "2021-05-23", "2021-05-19", "2021-05-20"),
    ("CEN-KNQ", "2021-05-24", "2021-05-19", "2021-05-24"),
    # a month counts from its last day, and is told as a month
    ("CEN-TUZ", "2021-05-31", "2021-05-31", "2021-05"),
    ("CEN-MKM", "2021-05-24", "2021-05-24", "2021-05-24"),
    ("CEN-MKM", "2021-09-17", "2021-05-31", "2021-05-31"),
]


@pytest.mark.parametrize(("centre", "day", "since", "last"), CONFIRMED)
def test_nothing_is_active_beyond_its_evidence(centre, day, since, last):
    """A status tells since when every report says so, and on which day the last one did."""
    found = on(centre, day)
    assert (str(found.since), found.confirmed) == (since, last)
    assert found.last_confirmed == schema.edtf_span(last)[1] <= date.fromisoformat(day)


@pytest.mark.parametrize("centre", NETWORK)
def test_the_last_lists_by_name_are_of_september_2021(centre):
    """However late the day, the six are last confirmed on 18 September 2021."""
    assert on(centre, "2025-12-31").last_confirmed == date(2021, 9, 18)


ASSESSED = [
    ("CEN-KRK", "2020-08-22", ()),
    ("CEN-KRK", "2020-08-23", ("contested",)),
    # the protest was against the plan of 2020, not against the centre of 2021
    ("CEN-KRK", "2021-05-23", ()),
    ("CEN-KRK", "2021-12-05", ()),
    ("CEN-KRK", "2021-12-06", ("degraded",)),
    ("CEN-NIN", "2025-01-01", ("degraded",)),
    ("CEN-BGD", "2025-01-01", ()),
]


@pytest.mark.parametrize(("centre", "day", "assessments"), ASSESSED)
def test_an_assessment_stands_beside_the_status(centre, day, assessments):
    """Degraded and contested are shown beside the status, which they neither end nor confirm."""
    found = on(centre, day)
    assert found.assessments == assessments
    assert not {"degraded", "contested"} & set(found.statuses)
    assert found.last_confirmed <= date(2021, 9, 18)


KNOWN = [
    # the opening was reported on 20 May as work under way, and dated to the 19th on the 24th
    ("CEN-KNQ", "2021-05-19", "2021-05-20", "announced", 0),
    ("CEN-KNQ", "2021-05-20", "2021-05-20", "active", 0),
    ("CEN-KNQ", "2021-05-19", "2021-05-24", "active", 0),
    # the host camp of Sinjar is told by an undated claim
    ("CEN-SNJ", "2021-05-24", "2021-05-24", "announced", 1),
    ("CEN-SNJ", "2021-05-24", "2021-05-23", "none", 1),
]


@pytest.mark.parametrize(("centre", "day", "known", "status", "hidden"), KNOWN)
def test_as_known_on_a_day(centre, day, known, status, hidden):
    """Only claims made by that day count; undated ones are left out and counted."""
    found = on(centre, day, known)
    assert (found.statuses, found.hidden_claims) == ((status,), hidden)


@given(st.sampled_from(CENTRES), st.dates(date(2014, 1, 1), date(2026, 1, 1)))
def test_steps_and_days_agree(centre, day):
    """The last step that begins by a day tells the same as the status of the day."""
    number = (day - tables.EPOCH).days
    steps = [s for s in provenance.status_spans(PACKAGE, centre) if s.day_from <= number]
    found = provenance.status_on(PACKAGE, centre, day)
    assert (steps[-1].statuses if steps else ("none",)) == found.statuses
    assert (steps[-1].contradicted if steps else False) is found.contradicted
    assert (steps[-1].confirmed if steps else "") == found.confirmed
    assert (steps[-1].groups if steps else ()) == found.groups
    last = steps[-1].last_confirmed if steps else None
    assert last == (found.last_confirmed and (found.last_confirmed - tables.EPOCH).days)


@pytest.mark.parametrize("centre", CENTRES)
def test_steps_rise_and_rest_on_claims(centre):
    """Steps go by their days, one a day, and each has its claims."""
    steps = provenance.status_spans(PACKAGE, centre)
    days = [step.day_from for step in steps]
    assert days == sorted(set(days))
    assert all(step.claim_ids for step in steps)


def test_an_unknown_centre_is_refused():
    """A centre that the data does not have is an error, not a centre without reports."""
    with pytest.raises(KeyError, match="CEN-XXX"):
        on("CEN-XXX", "2021-05-23")


CLAIMS = [
    ("EVT-059", ["C040", "C041"]),
    ("P-KFR", ["C263", "C264"]),
    ("CEN-BGD", ["C011", "C068", "C073", "C097"]),
    (["C022", "C084", "C022"], ["C022", "C084"]),
    ("P-BGD", []),
]


@pytest.mark.parametrize(("subject", "claims"), CLAIMS)
def test_claims_of_a_subject(subject, claims):
    """Events and centres give the claims that they list, places those about them."""
    assert list(provenance.claims_for(PACKAGE, subject)["claim_id"]) == claims


def test_the_network_has_its_claims():
    """Every claim about the network as a whole hangs on its own row."""
    assert len(provenance.claims_for(PACKAGE, "NETWORK")) == 23


def test_sources_come_once_in_the_claims_order():
    """Claims lead to their publications, each named once."""
    sources = provenance.sources_for(PACKAGE, ["C084", "C022", "C020", "C083"])
    assert list(sources["source_id"]) == ["S042", "S001", "S044"]
    assert len(provenance.sources_for(PACKAGE, [])) == 0


def test_an_unknown_claim_is_refused():
    """A claim that is not there is an error."""
    with pytest.raises(KeyError):
        provenance.claims_for(PACKAGE, ["C999"])


def test_facts_that_differ_stand_side_by_side():
    """Each value of a field is a fact with its own sources and its contradiction."""
    found = provenance.facts(PACKAGE, "EVT-066")
    told = {fact.value: fact.source_ids for fact in found if fact.field == "fatalities"}
    assert told == {"13": ("S086",), "12": ("S087",), "16": ("S089",)}
    assert {fact.conflict_groups for fact in found if fact.field == "fatalities"} == {("X12",)}


@pytest.mark.parametrize("subject", [*PACKAGE.frames["events"]["event_id"], *CENTRES])
def test_every_fact_leads_to_a_source(subject):
    """No fact of an event or a centre stands without claim and source."""
    for fact in provenance.facts(PACKAGE, subject):
        assert fact.claim_ids
        assert fact.source_ids


@pytest.mark.parametrize("subject", [*PACKAGE.frames["events"]["event_id"], *CENTRES])
def test_there_are_never_more_reports_than_publications(subject):
    """Two speakers in one article are one report, whatever the number of claims."""
    found = provenance.reports(PACKAGE, provenance.claims_for(PACKAGE, subject)["claim_id"])
    assert 1 <= found.independent <= found.publications


CORROBORATED = [
    # the officers' arrival: the article and one more share a speaker
    ("EVT-057", 3, 2),
    # three speakers in two articles
    ("EVT-055", 2, 2),
    # one letter, told by two who share it with the third
    ("EVT-038", 3, 1),
]


@pytest.mark.parametrize(("event", "publications", "independent"), CORROBORATED)
def test_publications_of_one_origin_are_one_report(event, publications, independent):
    """Read off the sources and origins of the claims; store, panel and files say the same."""
    found = provenance.reports(PACKAGE, provenance.claims_for(PACKAGE, event)["claim_id"])
    assert found == provenance.Corroboration(publications, independent)
    row = provenance.events(PACKAGE).set_index("event_id").loc[event]
    assert (row["n_sources"], row["n_reports"]) == (publications, independent)


def test_two_reports_are_told_from_the_day_on_which_they_were_known():
    """On many days the store's day says what the panel of that day counts."""
    whole = provenance.events(PACKAGE)
    since = whole.set_index("event_id")["two_reports_from"]
    for number in sorted(set(since))[:-1:4]:
        known = provenance.as_known(PACKAGE, tables.EPOCH + timedelta(days=number))
        rows = provenance.retell(known, whole).set_index("event_id")
        told = known.frames["events"]["event_id"]
        assert ((rows.loc[told, "n_reports"] > 1) == (since[told] <= number)).all()
