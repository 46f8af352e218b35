"""Facts with their sources as HTML for the page; every word from data is escaped.

All of it is built by `Markup.format`, which escapes what it is given; only http and https
addresses become links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from geo import marks, provenance
from geo.filters import SOURCE, EventFilter
from geo.i18n import Words, edtf, number, span
from geo.tables import Package

# one id of a list among others, as the tables write lists
_SEPARATOR: Final = ";"
# stands for a name while the words around it are chosen
_HERE: Final = "\u2022"


def ids(text: str) -> list[str]:
    """Return the identifiers of a list cell."""
    return [part.strip() for part in text.split(_SEPARATOR) if part.strip()]


def english(text: str, say: Words) -> Markup:
    """Mark a text that exists in English only, so that it reads left to right."""
    if say.lang == "en":
        return Markup("{}").format(text)
    return Markup('<span lang="en" dir="ltr" title="{}">{}</span>').format(
        say("panel.english_only"), text
    )


def link(url: str, text: str) -> Markup:
    """Return a link that gives nothing of the reader away; plain text for odd schemes."""
    if urlsplit(url).scheme not in {"http", "https"}:
        return Markup("{}").format(text)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(
        url, text
    )


def shape(family: marks.Family) -> Markup:
    """Return a family's mark as it is on the map; its look is in `family_css`."""
    return Markup('<i class="ts-mark ts-{}" aria-hidden="true"></i>').format(family.id)


def family_css() -> str:
    """Return the families' shapes and their colours on light and dark ground as style rules."""
    return "".join(
        f".ts-{f.id}{{background:light-dark({f.colour},{f.colour_dark});clip-path:{_clip(f)}}}"
        for f in (*marks.FAMILIES, *marks.SETS, marks.OTHER)
    ) + "".join(
        f".ts-hist.ts-lane-{f.id} i.in{{background-color:light-dark({f.colour},{f.colour_dark})}}"
        for f in (*marks.SETS, marks.OTHER)
    )


def _clip(family: marks.Family) -> str:
    points = marks.SHAPES[family.shape]
    if not points:
        return "circle(42%)"
    corners = (f"{50 + 42 * x:.0f}% {50 - 42 * y:.0f}%" for x, y in points)
    return f"polygon({','.join(corners)})"


# ---------------------------------------------------------------- events
def killed(event: Mapping[str, Any], say: Words, *, brief: bool = False) -> str:
    """Return the number of people killed in words: best figure and range, or nothing.

    ``brief`` is for the narrow column of a table, which has no room for what is what.
    """
    low, best, high = (event[f"fatalities_{name}"] for name in ("low", "best", "high"))
    if pd.isna(low):
        # an imported table may tell one figure alone
        return "" if pd.isna(best) or not pd.isna(high) else number(int(best), say.lang)
    if pd.isna(high):
        return say("panel.killed_least", low=int(low))
    if low == high and not pd.isna(best):
        return number(int(low), say.lang)
    if pd.isna(best):
        return say("panel.killed_range", low=int(low), high=int(high))
    words_ = "page_events.killed_brief" if brief else "panel.killed_best"
    return say(words_, best=int(best), low=int(low), high=int(high))


def dates(event: Mapping[str, Any], lang: str) -> str:
    """Return the event's date or interval in words, as precise as it is known."""
    first, last = event["date_start"], event["date_end"]
    if event["date_precision"] == "day":
        return span(date.fromisoformat(first), date.fromisoformat(last), lang)
    first, last = edtf(first, lang), edtf(last, lang)
    return first if first == last else f"{first} – {last}"


def governorate(event: Mapping[str, Any], say: Words, viewpoint: str = SOURCE) -> str:
    """Return the governorate, and the second one that claims the place; or a viewpoint's."""
    first, second = event["admin1"], event["admin1_alt"]
    if viewpoint != SOURCE:
        code = event[f"admin1_{viewpoint}"]
        name = say.label("admin1", code) if code else say("panel.no_governorate_there")
        return say(f"panel.governorate_{viewpoint}", name=name)
    if not first:
        return say("panel.no_governorate")
    if not second:
        return say.label("admin1", first)
    return say(
        "panel.governorate_or", first=say.label("admin1", first), second=say.label("admin1", second)
    )


# ---------------------------------------------------------------- claims and sources
def said(package: Package, claim_ids: Sequence[str], say: Words) -> Markup:
    """List the claims, each with its speaker, its day and its publication."""
    claims = provenance.claims_for(package, claim_ids)
    frame = package.frames["sources"]
    sources = {row["source_id"]: row for row in frame.to_dict("records")}
    items = Markup("").join(
        claim_item(row, sources[row["source_id"]], say) for row in claims.to_dict("records")
    )
    return Markup('<p class="ts-label">{}</p><ol>{}</ol>').format(say("panel.claims"), items)


def _speaker(claim: Mapping[Any, Any], say: Words) -> Markup:
    """Return who said it and when; names of speakers exist in English only."""
    asserted = claim["asserted_on"]
    told = (
        say("panel.said_by", speaker=_HERE, day=edtf(asserted, say.lang))
        if asserted
        else say("panel.said_undated", speaker=_HERE)
    )
    before, after = told.split(_HERE)
    return Markup("{}{}{}").format(before, name(claim["attributed_to"]), after)


def name(text: str) -> Markup:
    """Return a name of a person, a publisher or a passage as it is, whatever way it runs."""
    return Markup('<bdi lang="en">{}</bdi>').format(text)


def claim_item(
    claim: Mapping[Any, Any], source: Mapping[Any, Any], say: Words, *, tagged: bool = True
) -> Markup:
    """Return a claim: our paraphrase, who said it and when, and where it was published."""
    tag = Markup('<span class="ts-tag">{}</span>').format(say.label("field", claim["field"]))
    return Markup('<li data-claim="{}">{}{}<cite>{}</cite><cite>{}</cite></li>').format(
        claim["claim_id"],
        tag if tagged else "",
        english(claim["paraphrase_en"], say),
        _speaker(claim, say),
        publication(source, say, claim["paragraph"]),
    )


def publication(source: Mapping[Any, Any], say: Words, position: str = "") -> Markup:
    """Return publisher, title with its link, language and dates of a publication."""
    title = str(source["title"]) or say("panel.no_title")
    published = str(source["date_published"])
    parts = [
        Markup("{}: <bdi>{}</bdi>").format(
            name(source["publisher"]), link(str(source["url"]), title)
        ),
        say.label("lang", f"name_{source['language']}")
        if say.has(f"lang.name_{source['language']}")
        else say("lang.name_other"),
        say("panel.published", day=edtf(published, say.lang))
        if published
        else say("panel.published_unknown"),
    ]
    if position:
        parts.append(_position(position, say))
    return Markup("{}").format(say("sign.apart")).join(Markup("{}").format(part) for part in parts)


def _position(position: str, say: Words) -> Markup:
    """Return where in a publication a claim stands: in English, and never broken over lines."""
    before, after = say("panel.paragraph", position=_HERE).split(_HERE)
    shown = Markup('<bdi class="ts-whole" lang="en">{}</bdi>').format(position)
    return Markup("{}{}{}").format(before, shown, after)


# ---------------------------------------------------------------- centres
def centres_in(package: Package, role: str, asked: EventFilter) -> list[str]:
    """Return the centres of a role, of the governorates and in the rectangle asked for."""
    roles = package.frames["centres"].set_index("centre_id")["role"]
    return [one for one in provenance.standing_in(package, asked) if roles[one] == role]


def network_in(package: Package, asked: EventFilter) -> list[str]:
    """Return the centres of the network, of the governorates and in the rectangle asked for."""
    return centres_in(package, "network", asked)


def tags(status: provenance.Status, say: Words, *, clash: bool = True) -> Markup:
    """Return a centre's status in words, assessments and, unless told not to, a clash beside it."""
    words = [say(f"status.{one}") for one in status.statuses] or [say("status.none")]
    found = Markup("").join(Markup('<span class="ts-tag">{}</span>').format(word) for word in words)
    if status.contradicted and clash:
        found += Markup('<span class="ts-tag bad">{}</span>').format(say("status.contradicted"))
    for one in status.assessments:
        found += Markup('<span class="ts-tag bad">{}</span>').format(say(f"status.{one}"))
    return found


def marked(centre: Mapping[Any, Any], chosen: str, say: Words) -> tuple[str, str, Markup]:
    """Return whether a centre of a list is the chosen one (true, false), its name, and a sign."""
    name_ = centre[f"name_{say.lang}"]
    if centre["centre_id"] != chosen:
        return "false", name_, Markup("")
    tag = Markup(' <span class="ts-tag">{}</span>').format(say("linked.chosen"))
    return "true", name_, tag


def clashes(package: Package, status: provenance.Status, say: Words) -> Markup:
    """Return what of a centre is contradicted by the day, field by field; nothing when nothing."""
    about = dict.fromkeys(provenance.fields(package, status.groups).values())
    if not about:
        return Markup("")
    named = say("filter.comma").join(say(f"conflict.field_{one}") for one in about)
    return Markup(' <span class="ts-tag bad">{}</span>').format(
        say("panel.contradicted_in", fields=named)
    )


def confirmed(status: provenance.Status, day: date, say: Words) -> str:
    """Return when a status was last confirmed, and how long before the day that was."""
    last, age = status.last_confirmed, status.age_days(day)
    if last is None or age is None:
        return say("panel.confirmed_never")
    told = edtf(status.confirmed, say.lang)
    return say("panel.confirmed_ago", day=told, ago=say.count("unit.days", age)) if age else told


def record(package: Package, table: str, key: str, value: str) -> Mapping[Any, Any] | None:
    """Return the one row of a table whose key is the value, or None."""
    frame = package.frames[table]
    found = frame[frame[key] == value].to_dict("records")
    return found[0] if found else None


def centre_row(package: Package, centre_id: str) -> Mapping[Any, Any]:
    """Return a centre's row; raises `KeyError` for one that the data does not have."""
    row = record(package, "centres", "centre_id", centre_id)
    if row is None:
        raise KeyError(centre_id)
    return row
