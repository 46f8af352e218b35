"""The centres' status over time as HTML: every reported change on one axis, with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from geo import provenance
from geo.i18n import Words, edtf
from geo.tables import Package
from geo.ui import details, histogram


def centres(package: Package, day: date, say: Words, span: tuple[date, date]) -> Markup:
    """Return every centre with its reported changes as a timeline, by role."""
    table = package.frames["centres"]
    parts = [Markup('<p class="ts-sub">{}</p>').format(say("page_centres.intro"))]
    for role in ("network", "announced", "precursor"):
        parts.append(Markup("<h3>{}</h3>").format(say(f"page_centres.{role}")))
        parts.extend(
            _history(package, one, day, say, span)
            for one in table.loc[table["role"] == role, "centre_id"]
        )
    whole = table.loc[table["role"] == "network_as_whole", "centre_id"]
    for one in whole:
        claims = provenance.claims_for(package, one)
        parts.append(
            Markup("<h3>{}</h3>{}").format(
                say("page_centres.whole"), details.said(package, list(claims["claim_id"]), say)
            )
        )
    return Markup('<div class="ts-panel">{}</div>').format(Markup("").join(parts))


def _history(
    package: Package, centre_id: str, day: date, say: Words, span: tuple[date, date]
) -> Markup:
    """Return one centre: its status on the day, its timeline, each change with its sources."""
    table = package.frames["centre_status"]
    status = provenance.status_on(package, centre_id, day)
    rows = table[table["centre_id"] == centre_id].to_dict("records")
    changes = Markup("").join(_change(package, row, day, say) for row in rows)
    return Markup(
        '<section data-centre="{}"><h2>{}</h2><p>{} <span class="ts-sub">{}: {}</span></p>'
        "{}<details><summary>{}</summary><ol>{}</ol></details></section>"
    ).format(
        centre_id,
        details.centre_row(package, centre_id)[f"name_{say.lang}"],
        details.tags(status, say),
        say("panel.confirmed"),
        details.confirmed(status, say),
        _timeline(rows, say, span),
        say("page_centres.history"),
        changes,
    )


def _change(package: Package, row: Mapping[Any, Any], day: date, say: Words) -> Markup:
    later = row["valid_from"][:10] > day.isoformat()[: len(row["valid_from"])]
    note = Markup(" {}").format(details.english(row["note_en"], say)) if row["note_en"] else ""
    when = edtf(row["valid_from"], say.lang)
    if later:
        when = f"{when} ({say('page_centres.after')})"
    return Markup('<li><span class="ts-tag">{}</span>{}{}{}</li>').format(
        say(f"status.{row['status']}"),
        when,
        note,
        details.said(package, details.ids(row["claim_ids"]), say),
    )


def _timeline(rows: Sequence[Mapping[Any, Any]], say: Words, span: tuple[date, date]) -> Markup:
    """Draw the changes as points on the axis of the data's span."""
    points = Markup("").join(
        Markup('<b style="left:{:.2f}%" title="{}"></b>').format(
            100 * histogram.share(_first_day(row["valid_from"]), span),
            f"{say('status.' + row['status'])}, {edtf(row['valid_from'], say.lang)}",
        )
        for row in rows
    )
    years = range(span[0].year + 1, span[1].year + 1, 2)
    labels = Markup("").join(
        Markup('<span style="left:{:.2f}%">{}</span>').format(
            100 * histogram.share(date(year, 1, 1), span), edtf(str(year), say.lang)
        )
        for year in years
    )
    return Markup('<div class="ts-line" aria-hidden="true">{}{}</div>').format(points, labels)


def _first_day(text: str) -> date:
    return date.fromisoformat((text + "-01-01")[:10])
