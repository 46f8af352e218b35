"""The frame of every page: head, filters, address; pages only say what stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.navigation.page import StreamlitPage

from geo import i18n, provenance, server
from geo.address import PAGES, View
from geo.errors import DataError
from geo.filters import (
    FIRST_DAY,
    LAST_DAY,
    ONLY,
    PRECISIONS,
    SOURCE,
    VIEWPOINTS,
    EventFilter,
    Group,
    Notice,
)
from geo.i18n import LANGS, Words, direction, isolate, number, words
from geo.marks import EVENT_TYPES
from geo.store import Store
from geo.tables import Package
from geo.ui import areas, details, opening, page, session, sets, tour
from geo.ui.page import html
from geo.ui.place import page_name


# ---------------------------------------------------------------- the frame of every page
def draw(pages: Path) -> None:
    """Draw the page that the address names, inside what all pages share."""
    st.set_page_config(
        page_title=words("en")("app.title"),
        page_icon="🧭",
        layout="wide",
        initial_sidebar_state="auto",
    )
    try:
        _ = server.process_state().store, server.process_state().stories
    except DataError as broken:
        _refuse(broken)
        return
    names = server.process_state().holdings.names()
    opening.wait(names, partial(_turned, pages))
    sets.settle(spans)
    view = session.resolve(spans, page_name(), _exists, _opened, names)
    say = words(view.lang)
    page.dress(view.lang)
    framed = embedded()
    chosen = _turned(pages, say)
    st.set_page_config(page_title=say("sign.tab", page=chosen.title, product=say("app.title")))
    if not framed:
        _sidebar(say)
        _brand(say)
    _notices(say)
    chosen.run()


def _turned(pages: Path, say: Words) -> StreamlitPage:
    """Draw the navigation; returns the page that the address names."""
    framed = embedded()
    return st.navigation(
        [
            st.Page(
                pages / f"{PAGES[0] if framed else name}.py",
                title=say(f"page_{name}.title"),
                default=name == PAGES[0],
                url_path="" if name == PAGES[0] else name,
            )
            for name in PAGES
        ],
        position="hidden" if framed else "top",
    )


def embedded() -> bool:
    """Tell whether the page stands in a frame of another site; Streamlit's own key says so."""
    return bool(st.context.is_embedded)


def _brand(say: Words) -> None:
    """Write the product's name and what it is about, on every page."""
    html(
        Markup(
            '<p class="ts-head"><span class="ts-brand">{}</span>'
            '<span class="ts-strap">{}</span></p>'
        ).format(say("app.title"), say("app.strap"))
    )


def _refuse(broken: DataError) -> None:
    """Say in three languages that the data is at fault, and where first."""
    for lang in LANGS:
        html(
            Markup('<p class="ts-note" lang="{}" dir="{}">{}</p>').format(
                lang, direction(lang), words(lang)("app.data_fault")
            )
        )
    st.code(str(broken.faults[0]) if broken.faults else "", language=None)


def store() -> Store:
    """Return the store of the data sets that this session shows."""
    names: Sequence[str] = st.session_state.get("datasets", ())
    return sets.store(names)


def spans(names: Sequence[str]) -> tuple[date, date]:
    """Return the first and the last day of data sets."""
    return sets.store(names).span()


def _exists(name: str) -> bool:
    """Tell whether there is an event or a centre of this id."""
    state = server.process_state()
    return name in set(state.package.frames["centres"]["centre_id"]) or bool(store().get(name))


def _opened(view: View) -> tuple[View, list[Notice]]:
    """Return what an address shows that names a story or boundaries."""
    found, unopened = tour.addressed(view)
    found, lost = areas.addressed(found)
    return found, [*unopened, *lost]


def _sidebar(say: Words) -> None:
    """Draw the filters that every page shares."""
    with st.sidebar:
        st.radio(
            say("app.language"),
            LANGS,
            key="lang",
            horizontal=True,
            format_func=lambda lang: say(f"lang.{lang}"),
            label_visibility="collapsed",
        )
        if say.lang != "en":
            st.toggle(say("app.western"), key="western")
        sets.chooser(say, spans)
        st.text_input(say("filter.label_q"), key="search", placeholder=say("app.search_hint"))
        lists = (
            ("province", _provinces(), "admin1", "any_province"),
            ("type", EVENT_TYPES, "type", "any_type"),
        )
        for name, options, section, everything in lists:
            with st.container(key=name):
                st.multiselect(
                    say(f"filter.label_{name}"),
                    options,
                    key=session.listed(name, say.lang),
                    placeholder=say(f"filter.{everything}"),
                    select_all=False,
                    format_func=partial(say.label, section),
                )
        st.toggle(say("filter.label_centres"), key="centres")
        areas.districts(say)
        areas.choice(say)
        _how_known(say)
        st.button(say("app.reset"), key="reset", on_click=session.reset, args=(spans,))
        html(
            Markup('<p class="ts-sub">{}<br>{}</p>').format(
                say("app.version", version=server.process_state().package.version),
                say("app.indicative"),
            )
        )


def _how_known(say: Words) -> None:
    """Draw what asks how an event is known: when, how surely, and to whom."""
    state = st.session_state
    with st.expander(say("app.known"), expanded=_asks_how(), key="known"):
        st.toggle(say("app.asof_on"), key="asof_on", help=say("app.asof_help"))
        st.date_input(
            say("app.asof"),
            key="asof",
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="YYYY-MM-DD",
            disabled=not state["asof_on"],
            label_visibility="collapsed",
        )
        if state["asof_on"]:
            in_words(say, state["asof"])
        lists = (("only", _restrictions(say), "app.only"), ("precision", PRECISIONS, "precision"))
        for name, options, section in lists:
            with st.container(key=name):
                st.multiselect(
                    say(f"filter.label_{name}"),
                    options,
                    key=session.listed(name, say.lang),
                    placeholder=say(f"filter.any_{name}"),
                    select_all=False,
                    format_func=partial(_option, say, section),
                )
        with st.container(key="viewpoint"):
            st.selectbox(
                say("filter.label_viewpoint"),
                VIEWPOINTS,
                key=session.listed("viewpoint", say.lang),
                format_func=partial(_option, say, "app.viewpoint"),
            )


def _restrictions(say: Words) -> tuple[str, ...]:
    """Return what can be asked for; with polygons only where there are any.

    What is offered does not follow what is chosen: another list would be another widget.
    """
    if areas.there() or "differs" in st.session_state[session.listed("only", say.lang)]:
        return ONLY
    return tuple(one for one in ONLY if one != "differs")


def _asks_how() -> bool:
    """Tell whether the address or the reader asks how events are known."""
    chosen: EventFilter = st.session_state["view"].filter
    groups: tuple[Group, ...] = ("asof", "only", "precisions", "viewpoint")
    return any(chosen != chosen.without(group) for group in groups)


def in_words(say: Words, value: date) -> None:
    """Write below a field what day it holds; its own digits are the same in every language."""
    html(Markup('<p class="ts-typed">{}</p>').format(i18n.day(value, say.lang)))


def _option(say: Words, section: str, name: str) -> str:
    return say(f"{section}.{name}")


@st.cache_data(show_spinner=False)
def _provinces() -> tuple[str, ...]:
    """Return the codes of the governorates, those of the data's events first."""
    package = server.process_state().package
    every = tuple(package.frames["governorates"]["admin1"])
    places = package.frames["places"]
    used = set(places["admin1"]) | set(places["admin1_alt"])
    return tuple(sorted(every, key=lambda code: (code not in used, code)))


def _notices(say: Words) -> None:
    """Say what was asked for and could not be used; its place is always there.

    A place that came and went would move everything after it, and build the map anew.
    """
    with st.container(key="notices"):
        found = session.notices()
        if found:
            lines = Markup("").join(
                Markup("<li>{}</li>").format(n.sentence(say.lang)) for n in found
            )
            html(
                Markup('<div class="ts-note" role="status"><b>{}</b><ul>{}</ul></div>').format(
                    say("app.notice_title"), lines
                )
            )


# ---------------------------------------------------------------- what pages call
def current() -> tuple[View, Words]:
    """Return the reader's view and the words of its language; also inside a fragment."""
    if sets.expired():  # inside a fragment; the whole page has other dates now
        st.rerun(scope="app")
    view = session.current(store().span())
    return view, words(view.lang)


def day_of(view: View) -> date:
    """Return the day whose status of the centres is shown: the end of the range."""
    return view.filter.date_to or store().span()[1]


def known(view: View) -> Package:
    """Return the data as known on the day that the view asks for."""
    return server.process_state().known(view.filter.asof)


def told(view: View, event: str) -> Mapping[Any, Any]:
    """Return an event as the package of the view's day of knowledge tells it."""
    rows = store().by_ids([event])
    row: Mapping[Any, Any] = provenance.retell(known(view), rows).to_dict("records")[0]
    return row


def head(view: View, say: Words) -> None:
    """Say in words what is shown, and how many: the story first, then the counts."""
    total, without = matching(view.filter)
    html(Markup('<h1 class="ts-story">{}</h1>').format(story(view, say)))
    with st.container(key="counts", horizontal=True, gap="small"):
        with st.container(key="count", width="content"):
            html(Markup("<b>{}</b>").format(number(total, view.lang)))
        html(Markup("{}").format(_counts(view, say, total - without, without)))
        if view.filter.box:
            st.button(
                say("box.remove"),
                key="unbox",
                icon=":material/close:",
                on_click=session.set_box,
                args=(None,),
            )


def matching(chosen: EventFilter) -> tuple[int, int]:
    """Return how many events match, and how many of these have no point."""
    found = store().figures(chosen)
    return found.shown, found.without_point


def story(view: View, say: Words) -> str:
    """Return in one line what is shown: events, centres, governorates, dates."""
    chosen, (total, _) = view.filter, matching(view.filter)
    where = _where(chosen, say)
    first, last = store().span()
    dates = i18n.span(chosen.date_from or first, chosen.date_to or last, view.lang)
    events = say.count("unit.events", total)
    if not view.centres:
        return say("app.story_no_centres", events=events, where=where, span=dates)
    centres = say.count("active_centres", _active(view))
    return say("app.story", events=events, centres=centres, where=where, span=dates)


def _where(chosen: EventFilter, say: Words) -> str:
    names = [say.label("admin1", code) for code in chosen.provinces]
    if not names:
        return say("box.story") if chosen.box else ""
    return say("box.both" if chosen.box else "app.in_places", places=say.join(names, "or"))


def _active(view: View) -> int:
    """Count the centres of the network last reported active by the day, uncontradicted."""
    package, day = known(view), day_of(view)
    return sum(
        provenance.status_on(package, centre, day).statuses == ("active",)
        for centre in details.network_in(package, view.filter)
    )


def _counts(view: View, say: Words, drawn: int, without: int) -> str:
    parts = [view.filter.sentence(view.lang), say("app.on_map", n=drawn)]
    if not view.filter.box:  # what has no point lies in no rectangle, and is counted below
        parts.append(say("app.unlocated", n=without))
    parts += _bounds(view, say)
    parts.append(say("app.status_day", day=day_of(view)))
    return say("sign.apart").join([*parts, *_terms(view, say)])


def _terms(view: View, say: Words) -> list[str]:
    """Say whose the imported data are, and under which terms."""
    told = []
    for one in server.process_state().holdings.manifests(view.filter.datasets):
        licence = isolate(one.licence or say("imported.no_licence"))
        whose = isolate(one.attribution or one.source)
        told.append(say("imported.terms", name=isolate(one.name), whose=whose, licence=licence))
    return told


def _bounds(view: View, say: Words) -> list[str]:
    """Say how many could match, what the filter leaves out, and what is hidden as not known."""
    asked, held = view.filter, store()
    least, shown, most = held.count_range(asked)
    words_ = "box.bounds" if asked.box else "app.bounds"
    parts = [] if least == shown == most else [say(words_, least=least, most=most)]
    governorate, point = held.left_out(asked)
    if asked.provinces:
        parts.append(say("app.left_out", n=governorate))
    if asked.districts:
        parts.append(say("areas.left_out", n=held.in_no_district(asked)))
    if asked.box:
        parts.append(say("box.left_out", n=point))
    if asked.asof:
        later, undated = held.hidden(asked)
        claims = provenance.hidden(server.process_state().package, asked.asof)
        told = say.count("unit.events", later)
        bare = say.count("unit.undated", claims.undated)
        parts.append(say("app.hidden", later=told, undated=undated, claims=bare))
    if asked.viewpoint != SOURCE:
        parts.append(say(f"app.viewpoint_said.{asked.viewpoint}"))
    return parts


def sync() -> None:
    """Write what this run shows and chose into the address; every page calls it last."""
    session.write(session.current(store().span()))
