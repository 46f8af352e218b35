"""The centres' status over time as HTML: every reported change on one axis, with its sources.

The lines are plain boxes with positions in percent, since Streamlit strips SVG from HTML. A
status is told by pattern and height, not by colour alone; the list under it says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from geo import marks, provenance
from geo.address import View
from geo.i18n import Words, edtf
from geo.tables import EPOCH, Package, schema
from geo.ui import details, histogram, panel

ROLES: Final = ("network", "announced", "precursor")
_RANK: Final = {look.id: look.rank for look in marks.STATUSES}
# looks beside those of the statuses: last confirmed active, and reports that differ
STALE: Final = "stale"
CLASH: Final = "clash"
# room in percent that a step's label needs on a wide and on a narrow page
_ROOM: Final = 9.0
_ROOM_NARROW: Final = 30.0
# from here on a label is written to the left of its step
_TURN: Final = 75.0
_YEARS: Final = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """The days that a line covers, and the chosen day."""

    span: tuple[date, date]
    day: date

    def at(self, day: date) -> float:
        """Return where a day stands, in percent from the left."""
        return 100 * histogram.share(day, self.span)

    def years(self) -> list[int]:
        """Return the years to write, as many as have room."""
        first, last = self.span[0].year + 1, self.span[1].year
        return list(range(first, last + 1, max(1, -(-(last - first + 1) // _YEARS))))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line: one look from a day until the next; ``step`` begins a status."""

    first: date
    until: date
    look: str
    statuses: tuple[str, ...]
    step: bool = True


def segments(package: Package, centre_id: str, axis: Axis) -> list[Segment]:
    """Return a centre's stretches in the order of their days, the first: nothing reported."""
    spans = provenance.status_spans(package, centre_id)
    steps = [
        (statuses, list(group)) for statuses, group in groupby(spans, key=lambda one: one.statuses)
    ]
    starts = [_day(group[0].day_from) for _, group in steps]
    ends = [*starts, max([axis.span[1], *starts])]
    found = [Segment(min(axis.span[0], ends[0]), ends[0], "none", (), step=False)]
    for (statuses, group), first, until in zip(steps, starts, ends[1:], strict=True):
        if len(statuses) > 1:
            found.append(Segment(first, until, CLASH, statuses))
        elif statuses != ("active",):
            look = statuses[0] if statuses else "none"
            found.append(Segment(first, until, look, statuses, step=bool(statuses)))
        else:
            last = _day(max(one.last_confirmed or one.day_from for one in group))
            found.append(Segment(first, last, "active", statuses))
            found.append(Segment(last, until, STALE, statuses, step=False))
    return found


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


# ---------------------------------------------------------------- the page
def centres(package: Package, axis: Axis, say: Words, view: View) -> Markup:
    """Return the centres that a view asks for with their histories, the chosen one marked."""
    parts = []
    for role in ROLES:
        listed = details.centres_in(package, role, view.filter)
        if listed:
            parts.append(
                Markup('<h2 class="ts-label">{}</h2>').format(say(f"page_centres.{role}"))
            )
        parts.extend(_history(package, one, axis, say, view.centre) for one in listed)
    if not parts:
        why = say("box.nowhere" if view.filter.box else "page_centres.nowhere")
        parts.append(Markup('<p class="ts-empty">{}</p>').format(why))
    parts.append(_whole(package, say))
    return Markup(
        '<div class="ts-panel ts-lines"><p class="ts-sub">{}</p>{}{}</div>'
    ).format(
        say("page_centres.intro"),
        _legend(axis, say),
        Markup("").join(parts),
    )


def _whole(package: Package, say: Words) -> Markup:
    """Return what is claimed of the network as a whole, which no filter of places leaves out."""
    row = details.centre_row(package, panel.NETWORK)
    listed = details.ids(row["claim_ids"])
    return Markup(
        '<h2 class="ts-label">{}</h2><section data-centre="{}"><h3 class="ts-name">{}</h3>'
        "<details><summary>{}</summary>{}</details></section>"
    ).format(
        say("page_centres.whole"),
        panel.NETWORK,
        row[f"name_{say.lang}"],
        say.count("unit.claims", len(listed)),
        details.said(package, listed, say),
    )


def _legend(axis: Axis, say: Words) -> Markup:
    """Explain the looks of the stretches, the dots and the line of the chosen day."""
    looks = [(f"ts-line-{look.id}", say(f"status.{look.id}")) for look in marks.STATUSES]
    looks += [
        (f"ts-line-{STALE}", say("page_centres.stale")),
        (f"ts-line-{CLASH}", say("status.contradicted")),
        ("ts-line-report", say("page_centres.report")),
        ("ts-line-report ts-line-spread", say("page_centres.report_spread")),
        ("ts-line-day", say("page_centres.chosen", day=axis.day)),
    ]
    items = Markup("").join(
        Markup('<span><i class="ts-line-key"><i class="{}"></i></i>{}</span>').format(look, text)
        for look, text in looks
    )
    return Markup('<p class="ts-line-legend">{}</p>').format(items)


def _history(
    package: Package, centre_id: str, axis: Axis, say: Words, chosen: str
) -> Markup:
    """Return one centre: its status on the day, its line, each change with its sources."""
    table = package.frames["centre_status"]
    status = provenance.status_on(package, centre_id, axis.day)
    rows = sorted(table[table["centre_id"] == centre_id].to_dict("records"), key=_told)
    return Markup(
        '<section data-centre="{}" aria-current="{}"><h3 class="ts-name">{}{}</h3>'
        '<p>{} <span class="ts-sub">{}: {}</span></p>'
        '{}<ul class="ts-line-list">{}</ul>'
        "<details><summary>{}</summary><ol>{}</ol></details></section>"
    ).format(
        centre_id,
        *details.marked(details.centre_row(package, centre_id), chosen, say),
        details.tags(status, say) + details.clashes(package, status, say),
        say("panel.confirmed"),
        details.confirmed(status, axis.day, say),
        _line(segments(package, centre_id, axis), rows, axis, say),
        Markup("").join(_brief(package, row, axis, say) for row in rows),
        say("page_centres.history"),
        Markup("").join(_change(package, row, axis, say) for row in rows),
    )


def _told(row: Mapping[Any, Any]) -> date:
    """Return the day from which a report counts: the last of its month when only that is known."""
    return schema.edtf_span(row["valid_from"])[1]


def _assessment(row: Mapping[Any, Any]) -> bool:
    return row["status"] not in _RANK


def _head(row: Mapping[Any, Any], axis: Axis, say: Words) -> Markup:
    when = edtf(row["valid_from"], say.lang)
    if _told(row) > axis.day:
        when = f"{when} ({say('page_centres.after')})"
    return Markup('<span class="{}">{}</span> {}').format(
        "ts-tag bad" if _assessment(row) else "ts-tag", say.label("status", row["status"]), when
    )


def _brief(package: Package, row: Mapping[Any, Any], axis: Axis, say: Words) -> Markup:
    """Return a change in one line: status, day, and who published it."""
    claims = provenance.claims_for(package, details.ids(row["claim_ids"]))
    publisher = package.frames["sources"].set_index("source_id")["publisher"]
    names = dict.fromkeys(str(publisher[one]) for one in claims["source_id"])
    apart = Markup("{}").format(say("sign.apart"))
    listed = apart.join(Markup("<bdi>{}</bdi>").format(name) for name in names)
    return Markup("<li>{} <cite>{}</cite></li>").format(_head(row, axis, say), listed)


def _change(package: Package, row: Mapping[Any, Any], axis: Axis, say: Words) -> Markup:
    note = Markup(" {}").format(details.english(row["note_en"], say)) if row["note_en"] else ""
    said = details.said(package, details.ids(row["claim_ids"]), say)
    return Markup("<li>{}{}{}</li>").format(_head(row, axis, say), note, said)


# ---------------------------------------------------------------- the line
def _line(
    drawn: Sequence[Segment], rows: Sequence[Mapping[Any, Any]], axis: Axis, say: Words
) -> Markup:
    """Draw stretches, reports, the chosen day, labels and years on the axis of the span."""
    boxes = Markup("").join(
        Markup('<i class="ts-line-{}" style="left:{:.2f}%;width:{:.2f}%"></i>').format(
            one.look, axis.at(one.first), axis.at(one.until) - axis.at(one.first)
        )
        for one in drawn
    )
    reports = Markup("").join(_report(row, axis, say) for row in rows)
    return Markup(
        '<div class="ts-line" aria-hidden="true"><div class="ts-line-names">{}</div>'
        '<div class="ts-line-bar">{}{}<i class="ts-line-day" style="left:{:.2f}%"></i></div>'
        "{}</div>"
    ).format(
        _labels(drawn, axis, say),
        boxes,
        reports,
        axis.at(axis.day),
        histogram.axis(axis.span, {year: edtf(str(year), say.lang) for year in axis.years()}),
    )


def _report(row: Mapping[Any, Any], axis: Axis, say: Words) -> Markup:
    """Mark a report: a dot on its day, or a bar over all days that its month or year can mean."""
    first, last = schema.edtf_span(row["valid_from"])
    said = f"{say.label('status', row['status'])}, {edtf(row['valid_from'], say.lang)}"
    look = "ts-line-report ts-line-assessed" if _assessment(row) else "ts-line-report"
    if first == last:
        return Markup('<b class="{}" style="left:{:.2f}%" title="{}"></b>').format(
            look, axis.at(first), said
        )
    # as wide as its days, and half a dot more on both sides, so that it is no dot on any axis
    return Markup(
        '<b class="{} ts-line-spread" style="left:{:.2f}%;width:calc({:.2f}% + 9px)" '
        'title="{}"></b>'
    ).format(look, axis.at(first), axis.at(last) - axis.at(first), said)


def _labels(drawn: Sequence[Segment], axis: Axis, say: Words) -> Markup:
    """Name the steps where there is room, the furthest of a centre's life first."""
    steps = [(axis.at(one.first), one) for one in drawn if one.step]
    steps.sort(key=lambda step: -_RANK.get(step[1].look, 0))
    wide, narrow = (_roomy([at for at, _ in steps], room) for room in (_ROOM, _ROOM_NARROW))
    return Markup("").join(
        Markup('<span class="{}" style="left:{:.2f}%">{}</span>').format(
            " ".join(
                [
                    "ts-line-left" if at > _TURN else "ts-line-right",
                    "ts-line-any" if at in narrow else "ts-line-wide",
                ]
            ),
            at,
            say.join([say.label("status", status) for status in one.statuses], "or"),
        )
        for at, one in steps
        if at in wide
    )


def _roomy(places: Sequence[float], room: float) -> list[float]:
    """Return the places that are far enough from each one taken before."""
    kept: list[float] = []
    for at in places:
        if all(abs(at - other) >= room for other in kept):
            kept.append(at)
    return kept
