"""The reader's view in one session: who owns what between the address and the widgets.

An address that differs from the one last written wins over the widgets; otherwise the
widgets win. The address is written only on change. The map's own view (lat, lon, z) is
owned by the map's frame, which puts it back itself; Python reads it on the first run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from geo.address import View
from geo.filters import EventFilter, Notice

# the widgets' keys, which Streamlit also writes as `st-key-…` classes
WIDGETS: Final = ("lang", "dates", "province", "type", "search", "centres")


def resolve(span: tuple[date, date], page: str) -> View:
    """Return the view of this run, from the address or from the widgets.

    ``span`` is the first and the last day of the data; ``page`` names the page, since a
    change of page empties the address without the reader's wanting anything else.
    """
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    addressed, notices = View.parse(query)
    turned = st.session_state.get("page") not in {None, page}
    st.session_state["page"] = page
    written = st.session_state.get("written")
    if written is None or (_words(addressed) != written and not (turned and not query)):
        _seed(addressed, span, notices)
        st.session_state["written"] = _words(addressed)
    view = _from_widgets(span)
    st.session_state["view"] = view
    return view


def current(span: tuple[date, date]) -> View:
    """Return the view inside a fragment, where only widgets can have changed."""
    st.session_state["view"] = _from_widgets(span)
    view: View = st.session_state["view"]
    return view


def notices() -> Sequence[Notice]:
    """Return what the address of this session asked for and could not get."""
    found: Sequence[Notice] = st.session_state.get("notices", ())
    return found


def write(view: View) -> None:
    """Put the view into the address when it differs from what stands there."""
    words = _words(view)
    if words != st.session_state.get("written"):
        st.session_state["written"] = words
        st.query_params.from_dict(words)


def choose(event: str = "", centre: str = "", picked: Sequence[str] = ()) -> None:
    """Select one event or one centre (ids), or nothing.

    ``picked`` are all events under the reader's click, of which ``event`` is one.
    """
    st.session_state["event"], st.session_state["centre"] = event, centre
    st.session_state["picked"] = list(picked)


def set_dates(first: date, last: date) -> None:
    """Move the date range; to be called before the slider is drawn, as in a callback."""
    st.session_state["dates"] = (first, last)


def reset(span: tuple[date, date]) -> None:
    """Return to the default filter, in the reader's language."""
    _seed(View(lang=st.session_state["lang"]), span, ())


def _words(view: View) -> dict[str, str]:
    return view.to_query(include_view=False)


def _seed(view: View, span: tuple[date, date], found: Sequence[Notice]) -> None:
    """Set every widget from a view; the only place that does."""
    chosen = view.filter
    state = st.session_state
    state["notices"] = tuple(found)
    state["datasets"] = chosen.datasets
    state["kept"] = (chosen.date_from, chosen.date_to)
    state["dates"] = _range(chosen, span)
    state["province"], state["type"] = list(chosen.provinces), list(chosen.types)
    state["search"], state["centres"], state["lang"] = chosen.q, view.centres, view.lang
    choose(view.event, view.centre)
    state["map_view"] = (view.lat, view.lon, view.z)


def _clamp(day: date, span: tuple[date, date]) -> date:
    """Bring a day inside the span that the slider has."""
    return min(max(day, span[0]), span[1])


def _range(chosen: EventFilter, span: tuple[date, date]) -> tuple[date, date]:
    """Return what the slider shows for a filter."""
    return _clamp(chosen.date_from or span[0], span), _clamp(chosen.date_to or span[1], span)


def _from_widgets(span: tuple[date, date]) -> View:
    """Read the view from the widgets; what a page does not draw keeps its last value."""
    state = st.session_state
    previous: View | None = state.get("view")
    if previous is not None:
        _restore(previous, span)
    first, last = state["dates"]
    kept_from, kept_to = state.get("kept", (None, None))
    chosen = EventFilter(
        date_from=_end(first, span[0], kept_from, span),
        date_to=_end(last, span[1], kept_to, span),
        provinces=tuple(state["province"]),
        types=tuple(state["type"]),
        q=state["search"].strip(),
        datasets=state.get("datasets", ()),
    )
    lat, lon, zoom = state.get("map_view", (None, None, None))
    return View(
        filter=chosen,
        lang=state["lang"],
        event=state["event"],
        centre=state["centre"],
        centres=state["centres"],
        lat=lat,
        lon=lon,
        z=zoom,
    )


def _end(shown: date, limit: date, kept: date | None, span: tuple[date, date]) -> date | None:
    """Return one end of the range: as the address had it while the slider stands there.

    A slider at the end of the data leaves the range open on that side.
    """
    if kept is not None and _clamp(kept, span) == shown:
        return kept
    return None if shown == limit else shown


def _restore(view: View, span: tuple[date, date]) -> None:
    """Give back to widgets what Streamlit forgot because another page did not draw them."""
    chosen, state = view.filter, st.session_state
    defaults = {
        "dates": _range(chosen, span),
        "province": list(chosen.provinces),
        "type": list(chosen.types),
        "search": chosen.q,
        "centres": view.centres,
        "lang": view.lang,
    }
    for key, value in defaults.items():
        if key not in state:
            state[key] = value
