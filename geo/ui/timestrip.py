"""The dates: histogram and slider on one axis, quick steps, and dates to type."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup

from geo import i18n
from geo.address import View
from geo.columns import look_of
from geo.filters import EventFilter, one_set, set_label
from geo.i18n import Words, digits, isolate
from geo.store import Store
from geo.ui import details, histogram, session
from geo.ui.frame import in_words, store
from geo.ui.page import html


def strip(view: View, say: Words, *, steps: bool = True) -> None:
    """Draw the histogram, the slider that shares its axis, and the other ways to set dates."""
    held = store()
    span = held.span()
    open_ended = _undated(view.filter)
    years = {y: digits(str(y), view.lang) for y in range(span[0].year + 1, span[1].year + 1)}
    vague = held.spread(open_ended)
    label = say("app.spread", events=say.count("unit.events", int(vague["n"].sum())))
    with st.container(key="time"):
        html(
            Markup("{}{}{}{}").format(
                _histogram(held, view, say),
                histogram.spread(vague, span, label),
                histogram.axis(span, years),
                histogram.key(vague, label),
            )
        )
        st.slider(
            say("app.dates"), *span, key="dates", format="YYYY-MM-DD", label_visibility="collapsed"
        )
        if steps:
            _steps(say, span)


def _histogram(held: Store, view: View, say: Words) -> Markup:
    """Return the bars of all months, or a lane of them for each data set."""
    open_ended, label = _undated(view.filter), say("app.histogram")
    if len(held.sets) < 2:  # noqa: PLR2004 - nothing to compare
        return histogram.draw(_bars(held, open_ended), label)
    lanes = []
    for name, look in zip(held.sets, look_of(held.sets), strict=True):
        n = held.count(_within(view.filter, name))
        told = say("sets.lane", name=isolate(set_label(name, say)), n=n)
        bars = _bars(held, _within(open_ended, name))
        lanes.append((look.id, details.shape(look), told, bars))
    return histogram.lanes(lanes, label)


def _within(chosen: EventFilter, name: str) -> EventFilter:
    """Return a filter that asks within one data set alone."""
    one = one_set(name)
    return replace(chosen, datasets=one.datasets, uploaded=one.uploaded)


def _bars(held: Store, chosen: EventFilter) -> list[histogram.Bar]:
    months = held.by_month(chosen)
    return histogram.bars(
        zip(months["ym"], months["n"], strict=True), held.span(), st.session_state["dates"]
    )


def _undated(chosen: EventFilter) -> EventFilter:
    return chosen.without("dates")


def _steps(say: Words, span: tuple[date, date]) -> None:
    """Draw the quick steps, and the typed dates behind a button."""
    state = st.session_state
    first, last = state["typed_from"], state["typed_to"] = state["dates"]
    ranges = _quick_ranges(say, span)
    state["quick"] = next((n for n, r in ranges.items() if r == state["dates"]), None)
    with st.container(key="steps", horizontal=True, vertical_alignment="center", gap="small"):
        # the words are heard, not seen: page.css leaves the chevron
        for key, sign, icon in (("earlier", -1, "chevron_left"), ("later", 1, "chevron_right")):
            st.button(
                say(f"app.{key}"),
                key=key,
                icon=f":material/{icon}:",
                help=say(f"app.{key}_help"),
                on_click=_shift,
                args=(sign, span),
            )
        with st.popover(i18n.span(first, last, say.lang), key="typed"):
            for key in ("from", "to"):
                st.date_input(
                    say(f"app.{key}"),
                    key=f"typed_{key}",
                    min_value=span[0],
                    max_value=span[1],
                    format="YYYY-MM-DD",
                    on_change=_typed,
                    args=(key,),
                )
                in_words(say, state[f"typed_{key}"])
            _moved(say)
        st.pills(
            say("app.quick"),
            list(ranges),
            key="quick",
            on_change=_quick,
            args=(ranges,),
            label_visibility="collapsed",
        )


def _quick_ranges(say: Words, span: tuple[date, date]) -> dict[str, tuple[date, date]]:
    ranges = {
        say("app.quick_all"): span,
        say("app.quick_may_2021"): (date(2021, 5, 1), date(2021, 5, 31)),
    }
    for year in range(span[0].year, span[1].year + 1):
        first, last = max(date(year, 1, 1), span[0]), min(date(year, 12, 31), span[1])
        ranges[digits(str(year), say.lang)] = (first, last)
    return ranges


def _quick(ranges: dict[str, tuple[date, date]]) -> None:
    chosen = st.session_state["quick"]
    if chosen in ranges:
        session.set_dates(*ranges[chosen])


def _typed(end: str) -> None:
    """Take a chosen end of the range; the other one goes with it when it would lie before."""
    state = st.session_state
    first, last = state["typed_from"], state["typed_to"]
    if first > last:
        first = last = state[f"typed_{end}"]
        state["moved"] = ("to" if end == "from" else "from", (first, last))
    session.set_dates(first, last)


def _moved(say: Words) -> None:
    """Say which end of the range went with the other, as long as it is the range."""
    end, dates = st.session_state.get("moved", ("", None))
    if dates == st.session_state["dates"]:
        html(Markup('<p class="ts-note" role="status">{}</p>').format(say(f"front.moved.{end}")))


def _shift(sign: int, span: tuple[date, date]) -> None:
    """Move the range by its own length, and stop at the ends of the data."""
    first, last = st.session_state["dates"]
    step = (last - first) + timedelta(days=1)
    move = min(step, span[1] - last) if sign > 0 else -min(step, first - span[0])
    session.set_dates(first + move, last + move)
