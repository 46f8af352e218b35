"""Facts with their sources as HTML for the page; every word from data is escaped.

All of it is built by `Markup.format`, which escapes what it is given; only http and https
addresses become links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from geo import marks, provenance
from geo.i18n import Words, edtf, number
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


def _pairs(pairs: Iterable[tuple[str, str | Markup]]) -> Markup:
    rows = (Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in pairs if value)
    return Markup("<dl>{}</dl>").format(Markup("").join(rows))


def shape(family: marks.Family) -> Markup:
    """Return a family's mark as it is on the map; its look is in `family_css`."""
    return Markup('<i class="ts-mark ts-{}" aria-hidden="true"></i>').format(family.id)


def family_css() -> str:
    """Return the families' shapes and their colours on light and dark ground as style rules."""
    return "".join(
        f".ts-{f.id}{{background:light-dark({f.colour},{f.colour_dark});clip-path:{_clip(f)}}}"
        for f in marks.FAMILIES
    )


def _clip(family: marks.Family) -> str:
    points = marks.SHAPES[family.shape]
    if not points:
        return "circle(42%)"
    corners = (f"{50 + 42 * x:.0f}% {50 - 42 * y:.0f}%" for x, y in points)
    return f"polygon({','.join(corners)})"


# ---------------------------------------------------------------- events
def killed(event: Mapping[str, Any], say: Words) -> str:
    """Return the number of people killed in words: best figure and range, or nothing."""
    low, best, high = (event[f"fatalities_{name}"] for name in ("low", "best", "high"))
    told = [int(value) for value in (low, best, high) if not pd.isna(value)]
    if not told:
        return ""
    if min(told) == max(told):
        return number(told[0], say.lang)
    if pd.isna(best):
        return say("panel.killed_range", low=min(told), high=max(told))
    return say("panel.killed_best", best=int(best), low=min(told), high=max(told))


def dates(event: Mapping[str, Any], lang: str) -> str:
    """Return the event's date or interval in words, as precise as it is known."""
    first, last = edtf(event["date_start"], lang), edtf(event["date_end"], lang)
    return first if first == last else f"{first} – {last}"


def governorate(event: Mapping[str, Any], say: Words) -> str:
    """Return the governorate, and the second one that claims the place."""
    first, second = event["admin1"], event["admin1_alt"]
    if not first:
        return say("panel.no_governorate")
    if not second:
        return say.label("admin1", first)
    return say(
        "panel.governorate_or", first=say.label("admin1", first), second=say.label("admin1", second)
    )


def event(package: Package, found: Mapping[str, Any], say: Words) -> Markup:
    """Return an event's facts, what was said and by whom, and the sources with links."""
    family = next(f for f in marks.FAMILIES if f.id == found["family"])
    head = Markup('<p class="ts-kind">{} {}</p><h2>{}</h2>').format(
        shape(family), say.label("type", found["event_type"]), found[f"title_{say.lang}"]
    )
    place = found[f"place_{say.lang}"]
    facts = _pairs(
        [
            (say("panel.when"), dates(found, say.lang)),
            (say("panel.where"), place),
            (say("panel.governorate"), governorate(found, say)),
            (say("panel.precision"), say(f"precision.{found['geo_precision']}")),
            (
                say("panel.role"),
                say("role.subject_area") if found["place_role"] == "subject_area" else "",
            ),
            (say("panel.actors"), _actors(package, found["actors"], say)),
            (say("panel.killed"), killed(found, say)),
            (say("panel.note"), english(found["note_en"], say) if found["note_en"] else ""),
            (say("panel.disputed"), _conflicts(package, found["conflict_groups"], say)),
            (say("panel.identifier"), found["event_id"]),
        ]
    )
    body = said(package, ids(found["claim_ids"]), say)
    return Markup('<div class="ts-panel" data-event="{}">{}{}{}</div>').format(
        found["event_id"], head, facts, body
    )


def _actors(package: Package, listed: str, say: Words) -> str:
    names = package.frames["actors"].set_index("actor_id")[f"name_{say.lang}"]
    return say("filter.comma").join(str(names[one]) for one in ids(listed))


def _conflicts(package: Package, groups: str, say: Words) -> Markup:
    table = package.frames["conflicts"].set_index("conflict_group")
    return Markup("<br>").join(
        Markup('<span class="ts-tag bad">{}</span> {}').format(
            group, english(str(table.loc[group, "summary_en"]), say)
        )
        for group in ids(groups)
        if group in table.index
    )


# ---------------------------------------------------------------- claims and sources
def said(package: Package, claim_ids: Sequence[str], say: Words) -> Markup:
    """List the claims, each with its speaker, its day and its publication."""
    claims = provenance.claims_for(package, claim_ids)
    sources = package.frames["sources"].set_index("source_id")
    items = Markup("").join(
        _claim(row, sources.loc[row["source_id"]], say) for row in claims.to_dict("records")
    )
    return Markup("<h3>{}</h3><ol>{}</ol>").format(say("panel.claims"), items)


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


def _claim(claim: Mapping[Any, Any], source: pd.Series[Any], say: Words) -> Markup:
    return Markup(
        '<li id="{}"><span class="ts-tag">{}</span>{}<cite>{}</cite><cite>{}</cite></li>'
    ).format(
        claim["claim_id"],
        say.label("field", claim["field"]),
        english(claim["paraphrase_en"], say),
        _speaker(claim, say),
        publication(source, say, claim["paragraph"]),
    )


def publication(source: pd.Series[Any], say: Words, position: str = "") -> Markup:
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
        parts.append(say("panel.paragraph", position=position))
    return Markup(" · ").join(Markup("{}").format(part) for part in parts)


# ---------------------------------------------------------------- centres
def centres_in(package: Package, role: str, provinces: Sequence[str]) -> list[str]:
    """Return the centres of a role, of these governorates (none given: all)."""
    centres = package.frames["centres"]
    placed = centres[centres["role"] == role].merge(
        package.frames["places"][["place_id", "admin1", "admin1_alt"]], on="place_id", how="left"
    )
    if provinces:
        placed = placed[placed["admin1"].isin(provinces) | placed["admin1_alt"].isin(provinces)]
    return list(placed["centre_id"])


def network_in(package: Package, provinces: Sequence[str]) -> list[str]:
    """Return the centres of the network, of these governorates (none given: all)."""
    return centres_in(package, "network", provinces)


def tags(status: provenance.Status, say: Words) -> Markup:
    """Return a centre's status in words, contradictions and assessments beside it."""
    words = [say(f"status.{one}") for one in status.statuses] or [say("status.none")]
    found = Markup("").join(Markup('<span class="ts-tag">{}</span>').format(word) for word in words)
    if status.contradicted:
        found += Markup('<span class="ts-tag bad">{}</span>').format(say("status.contradicted"))
    for one in status.assessments:
        found += Markup('<span class="ts-tag bad">{}</span>').format(say(f"status.{one}"))
    return found


def confirmed(status: provenance.Status, say: Words) -> str:
    """Return the day on which a status was last confirmed, in words."""
    last = status.last_confirmed
    return say("panel.confirmed_never") if last is None else edtf(last.isoformat(), say.lang)


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


def centre(package: Package, centre_id: str, day: date, say: Words) -> Markup:
    """Return a centre's status on the day, when it was last confirmed, and what was said."""
    row = centre_row(package, centre_id)
    status = provenance.status_on(package, centre_id, day)
    place = record(package, "places", "place_id", row["place_id"])
    facts = _pairs(
        [
            (say("panel.status"), tags(status, say)),
            (say("panel.confirmed"), confirmed(status, say)),
            (say("panel.where"), "" if place is None else str(place[f"name_{say.lang}"])),
            (say("panel.governorate"), "" if place is None else governorate(place, say)),
            (
                say("panel.precision"),
                "" if place is None else say(f"precision.{place['geo_precision']}"),
            ),
            (say("panel.host"), english(row["host_site"], say) if row["host_site"] else ""),
            (
                say("panel.forces"),
                english(row["counterpart_forces"], say) if row["counterpart_forces"] else "",
            ),
            (
                say("panel.note"),
                english(row["relation_note"], say) if row["relation_note"] else "",
            ),
            (say("panel.identifier"), centre_id),
        ]
    )
    every = list(dict.fromkeys([*status.claim_ids, *ids(row["claim_ids"])]))
    return Markup(
        '<div class="ts-panel" data-centre="{}"><p class="ts-kind">{}</p><h2>{}</h2>{}{}</div>'
    ).format(
        centre_id,
        say(f"role.{row['role']}"),
        row[f"name_{say.lang}"],
        facts,
        said(package, every, say),
    )


def overview(package: Package, day: date, say: Words, provinces: Sequence[str]) -> Markup:
    """Return the centres of the network with their status: what stands there before a choice."""
    items = Markup("").join(
        Markup("<li><b>{}</b><br>{}<cite>{}: {}</cite></li>").format(
            centre_row(package, one)[f"name_{say.lang}"],
            tags(status, say),
            say("panel.confirmed"),
            confirmed(status, say),
        )
        for one in network_in(package, provinces)
        for status in [provenance.status_on(package, one, day)]
    )
    return Markup(
        '<div class="ts-panel"><p class="ts-sub">{}</p><h3>{}</h3><ul>{}</ul></div>'
    ).format(say("page_map.choose"), say("app.status_day", day=day), items)


# ---------------------------------------------------------------- sources and method
def about(package: Package, attribution: Sequence[str], say: Words) -> Markup:
    """Return what the data is, its limits, how it counts, its licences, how to cite it."""
    limits = ("public", "status", "place", "sources", "sorani", "boundaries")
    method = ("dates", "governorates", "status")
    named = [*(_licence(one) for one in package.licences), *attribution]
    licences = [
        say("page_about.licence_code"),
        say("page_about.licence_data"),
        *(english(one, say) for one in named),
    ]
    return Markup('<div class="ts-panel">{}</div>').format(
        Markup("").join(
            [
                Markup("<h2>{}</h2><p>{}</p>").format(
                    say("page_about.what"), say("page_about.what_text")
                ),
                _list(say("page_about.limits"), [say(f"page_about.limit_{one}") for one in limits]),
                _list(
                    say("page_about.method"), [say(f"page_about.method_{one}") for one in method]
                ),
                _list(say("page_about.licences"), licences),
                _list(
                    say("page_about.cite"),
                    [
                        say("page_about.cite_text", version=package.version),
                        say("page_about.faults"),
                    ],
                ),
            ]
        )
    )


def _licence(licence: Mapping[str, str]) -> str:
    return " ".join(licence[key] for key in ("title", "name") if licence.get(key))


def _list(title: str, items: Iterable[str | Markup]) -> Markup:
    return Markup("<h3>{}</h3><ul>{}</ul>").format(
        title, Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    )


def source_table(sources: pd.DataFrame, say: Words) -> pd.DataFrame:
    """Return the publications as a table under headings of the language."""
    names = {
        "source_id": "id",
        "publisher": "publisher",
        "title": "source_title",
        "language": "language",
        "date_published": "published",
        "date_accessed": "accessed",
        "url": "link",
    }
    return sources[list(names)].rename(
        columns={column: say(f"page_about.{name}") for column, name in names.items()}
    )
