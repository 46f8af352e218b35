"""The reader's view in one session: who owns what between the address and the widgets.

An address that differs from the one last written wins over the widgets; otherwise the
widgets win. The address is written only on change. The map's own view (lat, lon, z) is
owned by the map's frame, which puts it back itself; Python reads it on the first run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from geo.address import OWN, View, sayable
from geo.filters import CURATED, UPLOAD, Box, EventFilter, Notice, in_order
from geo.i18n import preferred, use_digits

Opened = Callable[[View], tuple[View, list[Notice]]]
# addresses that a slow browser may still send, after newer ones were written
EARLIER: Final = 5
SpanOf = Callable[[Sequence[str]], tuple[date, date]]


def resolve(
    span_of: SpanOf,
    page: str,
    exists: Callable[[str], bool],
    opened: Opened,
    datasets: Sequence[str] = (CURATED,),
) -> View:
    """Return the view of this run, from the address or from the widgets.

    ``span_of`` returns the first and the last day of data sets; ``page`` names the page, since
    a change of page empties the address without the reader's wanting anything else.
    ``exists`` tells whether there is an event or a centre of an id; ``opened`` returns what a
    view with a story shows; ``datasets`` are the names that there are.
    """
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    addressed, notices = View.parse(query, datasets=datasets)
    if "lang" not in query:
        addressed = addressed.replace(lang=_spoken())
    turned = st.session_state.get("page") not in {None, page}
    st.session_state["page"] = page
    written = st.session_state.get("written")
    if turned and not query and not history():
        # the widgets of another page are other widgets: give them what the last page had
        st.session_state["written"] = {}
        before = st.session_state["view"]
        _restore(before, span_of(before.filter.datasets), all_of_them=True)
    elif (
        turned
        or written is None
        or not (words(addressed) in (written, st.session_state.get("read")) or _late(addressed))
    ):
        # an address may stand for more than it says, or less; it stays until something changes
        st.session_state["read"] = words(addressed)
        st.session_state["datasets"] = addressed.filter.datasets
        addressed, unknown = _known(addressed, exists)
        addressed, unopened = opened(addressed)
        found = [*notices, *unknown, *unopened]
        _seed(addressed, span_of(addressed.filter.datasets), found)
        st.session_state["written"] = words(addressed)
    view = _from_widgets(span_of(st.session_state["datasets"]))
    st.session_state["view"] = view
    use_digits(view.digits)
    return view


def language(query: Mapping[str, Sequence[str]]) -> str:
    """Return the language of an address, before anything is drawn."""
    return View.parse(query)[0].lang if "lang" in query else _spoken()


def _spoken() -> str:
    """Return the language that nobody named: the last written, the first time the browser's.

    Not the widget's: it may just have been turned, which the address is yet to say.
    """
    written = st.session_state.get("written") or {}
    return str(written.get("lang") or st.session_state.get("lang") or _browsers())


def _browsers() -> str:
    return preferred(st.context.locale or "")  # told by start.js


def history() -> bool:
    """Tell whether the browser's back or forward led here: then an empty address is meant."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _late(addressed: View) -> bool:
    """Tell whether the browser has yet to learn the address that was written last.

    What a reader does in that moment comes with an older address, which nobody went back to.
    """
    return not history() and words(addressed) in st.session_state.get("written_before", ())


def _known(view: View, exists: Callable[[str], bool]) -> tuple[View, list[Notice]]:
    """Leave out a selected event or centre that the data does not have, and say so."""
    missing = [
        key for key in ("event", "centre") if (found := getattr(view, key)) and not exists(found)
    ]
    notices = [Notice(key, getattr(view, key), "unknown_id") for key in missing]
    return view.replace(**dict.fromkeys(missing, "")), notices


def current(span: tuple[date, date]) -> View:
    """Return the view inside a fragment, where only widgets can have changed."""
    st.session_state["view"] = _from_widgets(span)
    view: View = st.session_state["view"]
    use_digits(view.digits)
    return view


def notices() -> Sequence[Notice]:
    """Return what the address of this session asked for and could not get."""
    found: Sequence[Notice] = st.session_state.get("notices", ())
    return found


def write(view: View) -> None:
    """Put the view into the address when it differs from what stands there."""
    said = words(view)
    old = st.session_state.get("written")
    if said != old:
        before = st.session_state.get("written_before", ())
        st.session_state["written_before"] = (old, *before)[:EARLIER]
        st.session_state["written"], st.session_state["read"] = said, None
        st.query_params.from_dict(said)


def choose(
    event: str = "", centre: str = "", picked: Sequence[str] = (), of: int = 0
) -> None:
    """Select one event or one centre (ids), or nothing.

    ``picked`` are the events under the reader's click, of which ``event`` is one; ``of`` says
    how many these are when they are too many to be listed.
    """
    st.session_state["event"], st.session_state["centre"] = event, centre
    st.session_state["picked"], st.session_state["picked_of"] = list(picked), of


def set_datasets(names: Sequence[str], span_of: SpanOf) -> None:
    """Show these data sets, the curated one for none; a range that was open stays open.

    What was selected is let go: it may be no event of these. To be called as in a callback.
    """
    state = st.session_state
    view = _from_widgets(span_of(state["datasets"]))
    named = tuple(name for name in names if name != UPLOAD)
    state["uploaded"] = ("beside" if named else "alone") if UPLOAD in names else ""
    asked = replace(view.filter, datasets=named, uploaded=state["uploaded"])
    _seed(view.replace(filter=asked, event=""), span_of(asked.datasets), ())


def set_dates(first: date, last: date) -> None:
    """Move the date range; to be called before the slider is drawn, as in a callback."""
    st.session_state["dates"] = (first, last)


def set_box(box: Box | None) -> None:
    """Ask for what lies inside a rectangle on the map, or no longer do."""
    st.session_state["box"] = box


def show(view: View, span: tuple[date, date]) -> None:
    """Show a whole view, as its address would; to be called before widgets are drawn."""
    before, after = (_outside(one) for one in (st.session_state["view"], view))
    _seed(view, span, ())
    # a part of the page is drawn anew by itself; the filters of the sidebar are not in it
    st.session_state["elsewhere"] = before != after


def _outside(view: View) -> tuple[EventFilter, bool, str]:
    return view.filter.without("dates"), view.centres, view.areas


def close_story() -> None:
    """Close the story; everything else stays as it is."""
    st.session_state["story"], st.session_state["step"] = "", 1


def journey() -> dict[str, list[int]]:
    """Return where a story has moved the map last: a number that grows, and the position.

    In ten thousandths of a degree (EPSG:4326) and hundredths of a zoom; empty without a story.
    """
    found: list[int] | None = st.session_state.get("go")
    return {"go": found} if found else {}


def set_window(name: str) -> None:
    """Choose how time plays on the map, one of `address.WINDOWS`."""
    st.session_state["window"] = name


def reset(span_of: SpanOf) -> None:
    """Return to the default filter, in the reader's language."""
    kept = "western" if st.session_state["western"] else "local"
    st.session_state["uploaded"] = ""
    _seed(View(lang=st.session_state["lang"], digits=kept), span_of(()), ())


def words(view: View) -> dict[str, str]:
    """Return the view as an address; its language always, since browsers differ in theirs."""
    return view.to_query(include_view=False) | {"lang": view.lang}


def _seed(view: View, span: tuple[date, date], found: Sequence[Notice]) -> None:
    """Set every widget from a view; the only place that does."""
    chosen = view.filter
    state = st.session_state
    state["notices"] = tuple(found)
    state["datasets"], state["box"] = chosen.datasets, chosen.box
    state[listed("dataset", view.lang)] = _sets(chosen)
    state["kept"] = (chosen.date_from, chosen.date_to)
    state["dates"] = _range(chosen, span)
    state[listed("province", view.lang)] = list(chosen.provinces)
    state[listed("type", view.lang)] = list(chosen.types)
    state["search"], state["centres"], state["lang"] = chosen.q, view.centres, view.lang
    state["western"] = view.digits == "western"
    state[listed("areas", view.lang)] = view.areas
    for key, value in _how_known(chosen, view.lang, span).items():
        state[key] = value
    choose(view.event, view.centre)
    state["story"], state["step"] = view.story, view.step
    set_window(view.window)
    state["map_view"] = (view.lat, view.lon, view.z)
    if view.story and view.lat is not None and view.lon is not None and view.z is not None:
        # the clock goes on when the session does not: a tab that is loaded again moves too
        moment = time.time_ns() // 1_000_000
        scaled = zip((view.lat, view.lon, view.z), (10_000, 10_000, 100), strict=True)
        state["go"] = [moment, *(round(value * unit) for value, unit in scaled)]


def _sets(chosen: EventFilter) -> list[str]:
    """Return what the chooser shows; no address says whether the reader's file is among it."""
    return list(in_order(replace(chosen, uploaded=st.session_state.get("uploaded", "")).sets))


def _how_known(chosen: EventFilter, lang: str, span: tuple[date, date]) -> dict[str, object]:
    """Return what the widgets show that ask how an event is known, by their keys."""
    return {
        "asof_on": chosen.asof is not None,
        "asof": chosen.asof or _range(chosen, span)[1],
        listed("viewpoint", lang): chosen.viewpoint,
        listed("precision", lang): list(chosen.precisions),
        listed("only", lang): list(chosen.only),
        listed("district", lang): list(chosen.districts),
    }


def _clamp(day: date, span: tuple[date, date]) -> date:
    """Bring a day inside the span that the slider has."""
    return min(max(day, span[0]), span[1])


def _range(chosen: EventFilter, span: tuple[date, date]) -> tuple[date, date]:
    """Return what the slider shows for a filter."""
    return _clamp(chosen.date_from or span[0], span), _clamp(chosen.date_to or span[1], span)


def listed(name: str, lang: str) -> str:
    """Return the key of a widget whose options have names of the language.

    The browser keeps what it shows, so a list in another language is another widget.
    """
    return f"{name}_{lang}"


def _from_widgets(span: tuple[date, date]) -> View:
    """Read the view from the widgets; what cannot be asked for becomes a notice."""
    state = st.session_state
    if "view" in state:
        _restore(state["view"], span)
    kept, lang = state["kept"], state["lang"]
    ends = (_end(*end, span) for end in zip(state["dates"], span, kept, strict=True))
    asked = dict(zip(("from", "to"), ends, strict=True))
    query = {key: day.isoformat() for key, day in asked.items() if day}
    query |= {
        "province": ",".join(state[listed("province", lang)]),
        "type": ",".join(state[listed("type", lang)]),
        "q": state["search"].strip(),
        "box": str(Box(*state["box"])) if state["box"] else "",
        "dataset": ",".join(state["datasets"]),
        "asof": state["asof"].isoformat() if state["asof_on"] else "",
        "viewpoint": state[listed("viewpoint", lang)],
        "precision": ",".join(state[listed("precision", lang)]),
        "only": ",".join(state[listed("only", lang)]),
        "district": ",".join(state[listed("district", lang)]),
    }
    # the names were looked up when the address was read
    names = (CURATED, *state["datasets"])
    view, found = View.parse({k: value for k, value in query.items() if value}, datasets=names)
    if found:
        state["notices"] = tuple(found)
    lat, lon, zoom = state["map_view"]
    return view.replace(
        filter=replace(view.filter, uploaded=state.get("uploaded", "")),
        lang=lang,
        # an imported event may have an id that no address can say; its panel is shown all the same
        event=state["event"] if _nameable(state["event"]) else "",
        centre=state["centre"],
        story=state["story"],
        step=state["step"],
        centres=state["centres"],
        areas=state[listed("areas", lang)],
        digits="western" if state["western"] else "local",
        window=state["window"],
        lat=lat,
        lon=lon,
        z=zoom,
    )


def _nameable(event: str) -> bool:
    return sayable(event) or event.startswith(OWN)


def _end(shown: date, limit: date, kept: date | None, span: tuple[date, date]) -> date | None:
    """Return one end of the range: as the address had it while the slider stands there.

    A slider at the end of the data leaves the range open on that side.
    """
    if kept is not None and _clamp(kept, span) == shown:
        return kept
    return None if shown == limit else shown


def _restore(view: View, span: tuple[date, date], *, all_of_them: bool = False) -> None:
    """Give back to widgets what Streamlit forgot: another page, or another language."""
    chosen, state = view.filter, st.session_state
    if all_of_them or "lang" not in state:
        state["lang"] = view.lang
    defaults = {
        "dates": _range(chosen, span),
        listed("province", state["lang"]): list(chosen.provinces),
        listed("type", state["lang"]): list(chosen.types),
        listed("dataset", state["lang"]): _sets(chosen),
        "search": chosen.q,
        "centres": view.centres,
        "western": view.digits == "western",
        listed("areas", state["lang"]): view.areas,
        **_how_known(chosen, state["lang"], span),
    }
    translated = state["lang"] != view.lang
    for key, value in defaults.items():
        if all_of_them or key not in state or (translated and key not in {"dates", "search"}):
            state[key] = value
