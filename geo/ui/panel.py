"""The panel of facts: each shown value opens who said it, value by value, side by side.

All of it is built by `Markup.format`, which escapes what it is given. A value that no claim
carries says so; one that is contradicted says what is shown, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from geo import marks, provenance, tables
from geo.address import View
from geo.filters import SOURCE
from geo.i18n import Words, edtf, number
from geo.provenance import Said, Trace
from geo.tables import Package
from geo.ui import details
from geo.ui.details import english

NETWORK: Final = "NETWORK"
# fields of claims whose value is a number, an EDTF day or a word of the catalogues
_COUNTED: Final = frozenset({"persons_killed", "officers", "centres"})


# ---------------------------------------------------------------- one fact
def fact(
    package: Package, label: str, shown: str | Markup, trace: Trace | None, say: Words
) -> Markup:
    """Return a value that opens its claims; without one of its own it says so, and opens all."""
    if not shown:
        return Markup("")
    if trace is None:
        return Markup('<div class="ts-fact"><span>{}</span><span>{}</span></div>').format(
            label, shown
        )
    bare = Markup("")
    if not trace.carried:
        bare = Markup('<p class="ts-bare">{}</p>').format(say("panel.no_claim"))
    return Markup(
        '<details class="ts-fact" data-field="{}"><summary><span>{}</span>'
        "<span>{}{}</span></summary>{}{}{}</details>"
    ).format(
        trace.field,
        label,
        shown,
        _clash(trace, say),
        bare,
        sides(package, trace.said or trace.beside, say),
        _why(package, trace, say),
    )


def _clash(trace: Trace, say: Words) -> Markup:
    """Mark a value that is contradicted, or a governorate about which its place is disputed."""
    if trace.groups:
        return Markup(' <span class="ts-tag bad">{}</span>').format(say("panel.contradicted"))
    if trace.disputed:
        return Markup(' <span class="ts-tag ts-disputed">{}</span>').format(say("panel.disputed"))
    return Markup("")


def sides(package: Package, said: Sequence[Said], say: Words) -> Markup:
    """Set the values side by side, each with the claims that say it."""
    frame = package.frames["sources"]
    sources = {row["source_id"]: row for row in frame.to_dict("records")}
    parts = []
    for one in said:
        items = Markup("").join(
            details.claim_item(claim, sources[claim["source_id"]], say, tagged=False)
            for claim in one.claims
        )
        parts.append(
            Markup('<section><p class="ts-kind">{}</p><h3>{}</h3><ol>{}</ol></section>').format(
                say.label("field", one.claims[0]["field"]), value(one, say), items
            )
        )
    return Markup('<div class="ts-sides">{}</div>').format(Markup("").join(parts))


def value(said: Said, say: Words) -> str | Markup:
    """Return a claimed value: a number, a day or a status in the language, else in English."""
    claim = said.claims[0]
    if claim["unit"] in _COUNTED and said.value.isdigit():
        return number(int(said.value), say.lang)
    if claim["unit"] == "day" and claim["value_min"] == claim["value_max"]:
        return edtf(str(claim["value_min"]), say.lang)
    if say.has(f"status.{said.value}"):
        return say(f"status.{said.value}")
    return english(said.value, say)


def _why(package: Package, trace: Trace, say: Words) -> Markup:
    """Say of each contradiction what it is, and what is shown of it and why."""
    return Markup("").join(
        Markup('<p class="ts-why"><b>{}</b> {}<br>{}</p>').format(
            one.titles[say.lang], say(f"conflict.shown_{one.shown}"), _summed(one, say)
        )
        for one in provenance.conflicts(package, (*trace.groups, *trace.disputed))
    )


def _summed(one: provenance.Conflict, say: Words) -> Markup:
    """Return who differs about what; on an earlier day of knowledge, the values told by then."""
    if one.summary_en:
        return english(one.summary_en, say)
    told = Markup("{}").format(say("filter.comma")).join(value(said, say) for said in one.said)
    return Markup("{} {}").format(say("conflict.told_by_then"), told)


def _body(over: str | Markup, title: str, facts: Iterable[Markup]) -> Markup:
    return Markup('<p class="ts-kind">{}</p><h2>{}</h2><div class="ts-facts">{}</div>').format(
        over, title, Markup("").join(facts)
    )


def _open(traces: Mapping[str, Trace], field: str, say: Words) -> str:
    """Return what stands for a field that is only claims: how many there are."""
    return say.count("unit.claims", len(traces[field].claims)) if field in traces else ""


def _also(
    package: Package, traces: Mapping[str, Trace], say: Words
) -> tuple[str, str, Trace | None]:
    """Return the row of contradictions that are about none of the fields that are shown."""
    trace = traces.get(provenance.ALSO)
    groups = trace.groups if trace else ()
    titles = package.frames["conflicts"].set_index("conflict_group")[f"title_{say.lang}"]
    return "also", say("filter.comma").join(str(titles[one]) for one in groups), trace


def _beside(package: Package, subject: str, field: str) -> Trace:
    """Return the trace of a field that no claim is ever about by itself."""
    return Trace(field, beside=provenance.beside(package, subject, field))


# ---------------------------------------------------------------- events
def event(
    package: Package, found: Mapping[str, Any], say: Words, viewpoint: str = SOURCE
) -> Markup:
    """Return an event's facts, each with its claims; ``found`` is told as the package knows."""
    traces = {one.field: one for one in provenance.traces(package, found["event_id"])}
    family = next(f for f in marks.FAMILIES if f.id == found["family"])
    over = Markup("{} {}").format(details.shape(family), say.label("type", found["event_type"]))
    rows: list[tuple[str, str | Markup, Trace | None]] = [
        ("when", _when(found, say), traces["date"]),
        ("where", _where(found, say), traces["place"]),
        ("governorate", details.governorate(found, say, viewpoint), traces["governorate"]),
        ("killed", _killed(found, say), traces["fatalities"]),
        ("what", _open(traces, "what", say), traces.get("what")),
        ("officers", _numbers(traces.get("officers"), say), traces.get("officers")),
        ("others", _open(traces, "other", say), traces.get("other")),
        _also(package, traces, say),
        (
            "actors",
            _actors(package, found["actors"], say),
            _beside(package, found["event_id"], "actors"),
        ),
        ("note", english(found["note_en"], say) if found["note_en"] else "", None),
        ("told_by", told_by(package, details.ids(found["claim_ids"]), say), None),
        ("identifier", found["event_id"], None),
    ]
    facts = (fact(package, say(f"panel.{name}"), shown, trace, say) for name, shown, trace in rows)
    body = _body(over, found[f"title_{say.lang}"], facts)
    return Markup('<div class="ts-panel" data-event="{}">{}</div>').format(found["event_id"], body)


def _when(found: Mapping[str, Any], say: Words) -> Markup | str:
    """Return the date; below it how it was worked out, when no source states it."""
    shown, basis = details.dates(found, say.lang), tables.worked_out(found["date_basis"])
    if not basis:
        return shown
    told = Markup("{} {}").format(say("panel.worked_out"), english(basis, say))
    return Markup("{}<small>{}</small>").format(shown, told)


def _where(found: Mapping[str, Any], say: Words) -> Markup:
    sub = [say(f"precision.{found['geo_precision']}")]
    if found["place_role"] == "subject_area":
        sub.append(say("role.subject_area"))
    return Markup("{}<small>{}</small>").format(
        found[f"place_{say.lang}"], say("sign.apart").join(sub)
    )


def _killed(found: Mapping[str, Any], say: Words) -> Markup | str:
    """Return the toll with the rule of its best figure, or that none follows from it."""
    shown, rule = details.killed(found, say), found["fatalities_rule"]
    if not shown:
        return say("panel.killed_unknown") if rule == "none" else ""
    if pd.isna(found["fatalities_best"]):
        rule = "none"
    return Markup("{}<small>{}</small>").format(shown, say(f"toll.{rule}"))


def _actors(package: Package, listed: str, say: Words) -> str:
    names = package.frames["actors"].set_index("actor_id")[f"name_{say.lang}"]
    return say("filter.comma").join(str(names[one]) for one in details.ids(listed))


def told_by(package: Package, claim_ids: Sequence[str], say: Words) -> str:
    """Return the numbers of publications and of independent reports in words."""
    found = provenance.reports(package, claim_ids)
    return say(
        "panel.corroborated",
        publications=say.count("unit.sources", found.publications),
        reports=say.count("unit.reports", found.independent),
    )


def _numbers(trace: Trace | None, say: Words) -> str:
    """Return the numbers that are claimed, with an or between them; else how many claims."""
    if trace is None:
        return ""
    told = {int(one.value) for one in trace.said if one.value.isdigit()}
    if not told:
        return say.count("unit.claims", len(trace.claims))
    return say.join([number(one, say.lang) for one in sorted(told, reverse=True)], "or")


# ---------------------------------------------------------------- centres
def centre(
    package: Package, centre_id: str, day: date, say: Words, viewpoint: str = SOURCE
) -> Markup:
    """Return a centre's facts as of the day, each with its claims."""
    row = details.centre_row(package, centre_id)
    traces = {one.field: one for one in provenance.traces(package, centre_id, day)}
    over = say(f"role.{row['role']}")
    if row["role"] == "network_as_whole":
        facts = _network(package, row, traces, say)
    else:
        facts = _of_centre(package, row, traces, day=day, say=say, viewpoint=viewpoint)
    body = _body(over, row[f"name_{say.lang}"], facts)
    return Markup('<div class="ts-panel" data-centre="{}">{}</div>').format(centre_id, body)


def _of_centre(  # noqa: PLR0913 # what is shown, by whom it is told, when, for whom
    package: Package,
    row: Mapping[Any, Any],
    traces: Mapping[str, Trace],
    *,
    day: date,
    say: Words,
    viewpoint: str,
) -> list[Markup]:
    status = provenance.status_on(package, row["centre_id"], day)
    place = details.record(package, "places", "place_id", row["place_id"]) or {}
    rows: list[tuple[str, str | Markup, Trace | None]] = [
        (
            "status",
            details.tags(status, say, clash=not traces["status"].groups),
            traces["status"],
        ),
        ("confirmed", details.confirmed(status, day, say), None),
        ("where", _at(place, say), traces["place"]),
        (
            "governorate",
            details.governorate(place, say, viewpoint) if place else "",
            traces["governorate"],
        ),
        ("host", english(row["host_site"], say) if row["host_site"] else "", traces["host_site"]),
        ("officers", _numbers(traces.get("officers"), say), traces.get("officers")),
        (
            "forces",
            english(row["counterpart_forces"], say) if row["counterpart_forces"] else "",
            _beside(package, row["centre_id"], "forces"),
        ),
        ("what", _open(traces, "what", say), traces.get("what")),
        ("others", _open(traces, "other", say), traces.get("other")),
        _also(package, traces, say),
        ("note", english(row["relation_note"], say) if row["relation_note"] else "", None),
        ("told_by", told_by(package, details.ids(row["claim_ids"]), say), None),
        ("identifier", row["centre_id"], None),
    ]
    return [fact(package, say(f"panel.{name}"), shown, one, say) for name, shown, one in rows]


def _at(place: Mapping[Any, Any], say: Words) -> Markup | str:
    if not place:
        return ""
    sub = [say(f"precision.{place['geo_precision']}")]
    if place["disputed_status"] == "disputed":
        sub.append(say("panel.article_140"))
    return Markup("{}<small>{}</small>").format(
        place[f"name_{say.lang}"], say("sign.apart").join(sub)
    )


def _network(
    package: Package, row: Mapping[Any, Any], traces: Mapping[str, Trace], say: Words
) -> list[Markup]:
    rows: list[tuple[str, str | Markup, Trace | None]] = [
        ("centres_count", _numbers(traces["centres_count"], say), traces["centres_count"]),
        ("officers", _numbers(traces.get("officers"), say), traces.get("officers")),
        ("assessment", _open(traces, "status", say), traces["status"]),
        ("what", _open(traces, "what", say), traces.get("what")),
        ("others", _open(traces, "other", say), traces.get("other")),
        _also(package, traces, say),
        ("told_by", told_by(package, details.ids(row["claim_ids"]), say), None),
        ("identifier", row["centre_id"], None),
    ]
    return [fact(package, say(f"panel.{name}"), shown, one, say) for name, shown, one in rows]


def overview(package: Package, day: date, say: Words, view: View) -> Markup:
    """Return the centres of the network with their status, the chosen one marked."""
    items = Markup("").join(
        Markup(
            '<li data-centre="{}" aria-current="{}"><b>{}{}</b><br>{}<cite>{}: {}</cite></li>'
        ).format(
            one,
            *details.marked(details.centre_row(package, one), view.centre, say),
            details.tags(status, say) + details.clashes(package, status, say),
            say("panel.confirmed"),
            details.confirmed(status, day, say),
        )
        for one in details.network_in(package, view.filter)
        for status in [provenance.status_on(package, one, day)]
    )
    hint = "" if view.event or view.centre else say("page_map.choose")
    return Markup(
        '<div class="ts-panel"><p class="ts-sub">{}</p><h2 class="ts-label">{}</h2>'
        "<ul>{}</ul></div>"
    ).format(hint, say("app.status_day", day=day), items)


# ---------------------------------------------------------------- contradictions
def conflicts(package: Package, say: Words, query: str) -> Markup:
    """Return every contradiction: who says what, what is shown of it and why, where it stands."""
    found = provenance.conflicts(package)
    parts = Markup("").join(_conflict(package, one, say, query) for one in found)
    if not found:
        parts = Markup('<p class="ts-empty">{}</p>').format(say("page_contradictions.nothing"))
    whole = say("page_contradictions.all", n=len(found), switch=say("app.asof_on"))
    return Markup('<div class="ts-panel ts-conflicts"><p class="ts-sub">{} {}</p>{}</div>').format(
        say("page_contradictions.intro"), whole, parts
    )


def _conflict(package: Package, one: provenance.Conflict, say: Words, query: str) -> Markup:
    return Markup(
        '<section id="{0}" data-conflict="{0}"><p class="ts-kind">{1}{8}{0}</p><h2>{2}</h2>{3}'
        '<p class="ts-why"><b>{4}</b> {5}<br>{6}</p><p class="ts-links">{7}</p></section>'
    ).format(
        one.group,
        say.label("conflict", f"field_{one.field}"),
        one.titles[say.lang],
        sides(package, one.said, say),
        say("conflict.shown"),
        say(f"conflict.shown_{one.shown}"),
        _summed(one, say),
        _links(package, one, say, query),
        say("sign.apart"),
    )


def _links(package: Package, one: provenance.Conflict, say: Words, query: str) -> Markup:
    """Link the events and centres that a contradiction is about to their place on the map."""
    titles = package.frames["events"].set_index("event_id")[f"title_{say.lang}"]
    names = package.frames["centres"].set_index("centre_id")[f"name_{say.lang}"]
    parts = [("event", key, titles[key]) for key in one.events if key in titles.index]
    parts += [("centre", key, names[key]) for key in one.subjects if key in names.index]
    return Markup(" ").join(
        Markup('<a href="./?{}={}{}" target="_self">{}</a>').format(kind, key, query, text)
        for kind, key, text in parts
    )
