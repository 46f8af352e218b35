"""The widgets and caches that pages share; pages only say what stands where."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo import columns, details, histogram, i18n, provenance, server, session, webmap
from geo.address import View
from geo.errors import DataError
from geo.filters import EventFilter
from geo.i18n import LANGS, Words, digits, direction, edtf, isolate, number, words
from geo.marks import EVENT_TYPES

MAP_HEIGHT: Final = 620
PAGES: Final = ("map", "events", "centres", "about")
TAKES: Final = {
    "csv": "format=csv",
    "geojson": "format=geojson",
    "gpkg": "format=gpkg",
    "parquet": "format=parquet",
    "html": "format=html",
    "png": "format=png&preset=screen",
    "print": "format=png&preset=print",
    "wide": "format=png&preset=social-wide",
    "square": "format=png&preset=social-square",
    "svg": "format=svg",
    "pdf": "format=pdf",
}
_ASSETS: Final = Path(__file__).with_name("assets")


# ---------------------------------------------------------------- the frame of every page
def draw(pages: Path) -> None:
    """Draw the page that the address names, inside what all pages share."""
    st.set_page_config(
        page_title="Tansiq", page_icon="🧭", layout="wide", initial_sidebar_state="auto"
    )
    try:
        span = server.process_state().store.span()
    except DataError as broken:
        _refuse(broken)
        return
    view = session.resolve(span, _page_name())
    say = words(view.lang)
    _dress(view.lang)
    chosen = st.navigation(
        [
            st.Page(
                pages / f"{name}.py",
                title=say(f"page_{name}.title"),
                default=name == PAGES[0],
                url_path="" if name == PAGES[0] else name,
            )
            for name in PAGES
        ],
        position="top",
    )
    _sidebar(say, span)
    _notices(say)
    chosen.run()


def _refuse(broken: DataError) -> None:
    """Say in three languages that the data is at fault, and where first."""
    for lang in LANGS:
        _html(
            Markup('<p class="ts-note" lang="{}" dir="{}">{}</p>').format(
                lang, direction(lang), words(lang)("app.data_fault")
            )
        )
    st.code(str(broken.faults[0]) if broken.faults else "", language=None)


def _page_name() -> str:
    """Return the last word of the path that the browser shows."""
    path = urlsplit(st.context.url or "").path.rstrip("/").rsplit("/", 1)[-1]
    return path if path in PAGES else PAGES[0]


def _html(content: Markup) -> None:
    """Show HTML that was built by Markup.format, so that data in it is escaped."""
    st.html(content)


@st.cache_data(show_spinner=False)
def _css(lang: str) -> str:
    names = ["page.css"] + (["rtl.css"] if direction(lang) == "rtl" else [])
    faces = "".join(
        f"@font-face{{font-family:Plex;font-weight:{weight};font-display:swap;"
        f"src:url(tansiq/assets/IBMPlexSansArabic-{name}.ttf)}}"
        for weight, name in ((400, "Regular"), (600, "SemiBold"), (700, "Bold"))
    )
    return (
        faces
        + details.family_css()
        + "".join((_ASSETS / name).read_text(encoding="utf-8") for name in names)
    )


_ROOT: Final = {
    lang: Markup(
        "<script>(() => {{ const root = document.documentElement; root.lang = '{0}';"
        " root.dir = '{1}'; const tag = '{2}';"
        " window[Symbol.for('react-aria.i18n.locale')] = tag;"
        " Object.defineProperty(navigator, 'language', {{value: tag, configurable: true}});"
        " window.dispatchEvent(new Event('languagechange')); }})()</script>"
    ).format(lang, direction(lang), "en-GB")
    for lang in LANGS
}


def _dress(lang: str) -> None:
    """Give the page its style, its language and its direction."""
    st.html(f"<style>{_css(lang)}</style>")
    # literals of ours only: no word from data or address is in this script
    st.html(_ROOT[lang], unsafe_allow_javascript=True)


def _sidebar(say: Words, span: tuple[date, date]) -> None:
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
        st.text_input(say("filter.label_q"), key="search", placeholder=say("app.search_hint"))
        st.multiselect(
            say("filter.label_province"),
            _provinces(),
            key="province",
            placeholder=say("filter.any_province"),
            format_func=lambda code: say.label("admin1", code),
        )
        st.multiselect(
            say("filter.label_type"),
            EVENT_TYPES,
            key="type",
            placeholder=say("filter.any_type"),
            format_func=lambda kind: say.label("type", kind),
        )
        st.toggle(say("filter.label_centres"), key="centres")
        st.button(say("app.reset"), key="reset", on_click=session.reset, args=(span,))
        _html(
            Markup('<p class="ts-sub">{}<br>{}</p>').format(
                say("app.version", version=server.process_state().package.version),
                say("app.indicative"),
            )
        )


@st.cache_data(show_spinner=False)
def _provinces() -> tuple[str, ...]:
    """Return the codes of the governorates, those of the data's events first."""
    package = server.process_state().package
    every = tuple(package.frames["governorates"]["admin1"])
    places = package.frames["places"]
    used = set(places["admin1"]) | set(places["admin1_alt"])
    return tuple(sorted(every, key=lambda code: (code not in used, code)))


def _notices(say: Words) -> None:
    found = session.notices()
    if found:
        lines = Markup("").join(
            Markup("<li>{}</li>").format(
                say(f"filter.notice.{n.reason}", key=n.key, value=isolate(n.value[:80]))
            )
            for n in found
        )
        _html(
            Markup('<div class="ts-note" role="status"><b>{}</b><ul>{}</ul></div>').format(
                say("app.notice_title"), lines
            )
        )


# ---------------------------------------------------------------- what pages call
def current() -> tuple[View, Words]:
    """Return the reader's view and the words of its language; also inside a fragment."""
    view = session.current(server.process_state().store.span())
    session.write(view)
    return view, words(view.lang)


def day_of(view: View) -> date:
    """Return the day whose status of the centres is shown: the end of the range."""
    return view.filter.date_to or server.process_state().store.span()[1]


def head(view: View, say: Words) -> None:
    """Say in words what is shown, and how many: the story first, then the counts."""
    state = server.process_state()
    chosen = view.filter
    total, without = state.store.count(chosen), len(state.store.unlocated(chosen))
    _html(
        Markup(
            '<p class="ts-head"><span class="ts-brand">{}</span>'
            '<span class="ts-strap">{}</span></p><h1 class="ts-story">{}</h1>'
            '<p class="ts-sub">{}</p>'
        ).format(
            say("app.title"), say("app.strap"), _story(view, say, total), chosen.sentence(view.lang)
        )
    )
    with st.container(key="count"):
        _html(
            Markup('<p class="ts-sub"><span class="ts-count">{}</span></p>').format(
                number(total, view.lang)
            )
        )
    _html(
        Markup('<p class="ts-sub ts-counts">{}</p>').format(
            _counts(view, say, total - without, without)
        )
    )


def _story(view: View, say: Words, total: int) -> str:
    chosen = view.filter
    names = [say.label("admin1", code) for code in chosen.provinces]
    where = say("app.in_places", places=say.join(names, "or")) if names else ""
    first, last = server.process_state().store.span()
    dates = i18n.span(chosen.date_from or first, chosen.date_to or last, view.lang)
    events = say.count("unit.events", total)
    if not view.centres:
        return say("app.story_no_centres", events=events, where=where, span=dates)
    centres = say.count("active_centres", _active(view))
    return say("app.story", events=events, centres=centres, where=where, span=dates)


def _active(view: View) -> int:
    """Count the centres of the network that were last reported active by the day."""
    package, day = server.process_state().package, day_of(view)
    return sum(
        "active" in provenance.status_on(package, centre, day).statuses
        for centre in details.network_in(package, view.filter.provinces)
    )


def _counts(view: View, say: Words, drawn: int, without: int) -> str:
    parts = [say("app.on_map", n=drawn), say("app.unlocated", n=without)]
    if view.filter.provinces:
        left = server.process_state().store.without_governorate(view.filter)
        parts.append(say("app.left_out", n=left))
    parts.append(say("app.status_day", day=day_of(view)))
    return " · ".join(parts)


def time_strip(view: View, say: Words) -> None:
    """Draw the histogram, the slider that shares its axis, and the other ways to set dates."""
    store = server.process_state().store
    span = store.span()
    open_ended = _undated(view.filter)
    months = store.by_month(open_ended)
    shown = histogram.bars(
        zip(months["ym"], months["n"], strict=True), span, st.session_state["dates"]
    )
    years = {y: digits(str(y), view.lang) for y in range(span[0].year + 1, span[1].year + 1)}
    with st.container(key="time"):
        _html(
            Markup("{}{}").format(
                histogram.svg(shown, say("app.histogram")), histogram.axis(span, years)
            )
        )
        st.slider(
            say("app.dates"), *span, key="dates", format="YYYY-MM-DD", label_visibility="collapsed"
        )
        _steps(say, span)


def _undated(chosen: EventFilter) -> EventFilter:
    return EventFilter(
        provinces=chosen.provinces, types=chosen.types, q=chosen.q, datasets=chosen.datasets
    )


def _steps(say: Words, span: tuple[date, date]) -> None:
    """Draw the quick steps and the typed dates."""
    state = st.session_state
    state["typed_from"], state["typed_to"] = state["dates"]
    ranges = _quick_ranges(say, span)
    state["quick"] = next((n for n, r in ranges.items() if r == state["dates"]), None)
    with st.container(key="steps", horizontal=True, vertical_alignment="bottom"):
        st.button(
            "‹", key="earlier", help=say("app.earlier_help"), on_click=_shift, args=(-1, span)
        )
        st.button("›", key="later", help=say("app.later_help"), on_click=_shift, args=(1, span))
        st.date_input(
            say("app.from"),
            key="typed_from",
            min_value=span[0],
            max_value=span[1],
            format="YYYY-MM-DD",
            on_change=_typed,
            width=150,
        )
        st.date_input(
            say("app.to"),
            key="typed_to",
            min_value=span[0],
            max_value=span[1],
            format="YYYY-MM-DD",
            on_change=_typed,
            width=150,
        )
        st.pills(say("app.quick"), list(ranges), key="quick", on_change=_quick, args=(ranges,))


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


def _typed() -> None:
    first, last = st.session_state["typed_from"], st.session_state["typed_to"]
    session.set_dates(min(first, last), max(first, last))


def _shift(sign: int, span: tuple[date, date]) -> None:
    """Move the range by its own length, and stop at the ends of the data."""
    first, last = st.session_state["dates"]
    step = (last - first) + timedelta(days=1)
    move = min(step, span[1] - last) if sign > 0 else -min(step, first - span[0])
    session.set_dates(first + move, last + move)


def map_view(view: View, say: Words) -> None:
    """Draw the map with the current filter, and take the reader's choice from it."""
    missing = webmap.missing_assets()
    if missing:
        _html(
            Markup('<p class="ts-note" role="alert">{}</p>').format(
                say("app.map_missing", files=isolate(", ".join(missing)))
            )
        )
        return
    state = server.process_state()
    theme = st.context.theme.type or "light"
    chart = webmap.base(state.version, view.lang, theme)
    with st.container(key="mapbox"):
        _html(Markup('<div class="ts-fallback">{}</div>').format(say("app.map_waiting")))
        click = webmap.show(chart, _call(view), MAP_HEIGHT)
    if click and click.nonce != st.session_state.get("nonce"):
        st.session_state["nonce"] = click.nonce
        _take_click(click)


def _call(view: View) -> dict[str, object]:
    """Return the short call for the layer; its number grows only when it says something new."""
    state = server.process_state()
    call = columns.call(state.store, view)
    if call != st.session_state.get("call"):
        st.session_state["call"] = call
        st.session_state["seq"] = st.session_state.get("seq", 0) + 1
    return {"seq": st.session_state["seq"], **call}


def _take_click(click: webmap.Click) -> None:
    state = server.process_state()
    ids = [found["event_id"] for row in click.rows if (found := state.store.at(row))]
    st.session_state["picked"] = ids
    centres = list(state.package.frames["centres"]["centre_id"])
    centre = centres[click.centre] if 0 <= click.centre < len(centres) else ""
    session.choose(event=ids[0] if len(ids) == 1 or (ids and not centre) else "", centre=centre)


def selection(view: View, say: Words) -> None:
    """Show the selected centre or event with its facts and sources, or the way to choose one."""
    state = server.process_state()
    event, centre = st.session_state.get("event", ""), st.session_state.get("centre", "")
    picked = st.session_state.get("picked", [])
    with st.container(key="details"):
        if centre:
            _html(details.centre(state.package, centre, day_of(view), say))
        if len(picked) > 1:
            _html(Markup('<p class="ts-sub">{}</p>').format(say("page_map.several", n=len(picked))))
            event_list(_events(picked), say, key="several")
        found = state.store.get(event) if event else None
        if found:
            _html(details.event(state.package, found, say))
            if not view.filter.matches(_events([event])).all():
                _html(
                    Markup('<p class="ts-note">{}</p>').format(say("panel.selected_not_in_filter"))
                )
        if found or centre:
            st.button(say("page_map.close"), key="close", on_click=_close)
        else:
            _html(details.overview(state.package, day_of(view), say, view.filter.provinces))


def _events(event_ids: list[str]) -> pd.DataFrame:
    """Return these events as a frame with the canonical columns."""
    store = server.process_state().store
    return pd.DataFrame([found for one in event_ids if (found := store.get(one))])


def _close() -> None:
    st.session_state["picked"] = []
    session.choose()


def unlocated(view: View, say: Words) -> None:
    """List beside the map what matches the filter and has no point."""
    rows = server.process_state().store.unlocated(view.filter)
    if rows.empty:
        return
    _html(
        Markup('<div class="ts-panel"><h3>{} ({})</h3><p class="ts-sub">{}</p></div>').format(
            say("page_map.no_point"), number(len(rows), view.lang), say("page_map.no_point_why")
        )
    )
    event_list(rows, say, key="unlocated", height=min(36 * (len(rows) + 1), 260))


def event_list(rows: pd.DataFrame, say: Words, key: str, height: int | str = "auto") -> None:
    """List events by date and title; choosing a row selects the event."""
    shown = pd.DataFrame(
        {
            say("page_events.date"): [_dates(row, say.lang) for row in rows.itertuples()],
            say("page_events.event"): rows[f"title_{say.lang}"],
        }
    )
    _choosable(shown, list(rows["event_id"]), key, height)


def _dates(row: object, lang: str) -> str:
    first, last = getattr(row, "date_start"), getattr(row, "date_end")  # noqa: B009
    return edtf(first, lang) if first == last else f"{edtf(first, lang)} – {edtf(last, lang)}"


def _choosable(shown: pd.DataFrame, ids: list[str], key: str, height: int | str) -> None:
    """Show a table whose rows can be chosen; the table's key changes with its rows."""
    name = f"{key}_{hash(tuple(ids)) & 0xFFFFFFFF:08x}"

    def choose() -> None:
        rows = st.session_state[name].selection.rows
        session.choose(event=ids[rows[0]] if rows else "")
        st.session_state["picked"] = [ids[row] for row in rows[:1]]

    st.dataframe(
        shown,
        key=name,
        hide_index=True,
        on_select=choose,
        height=height,
        selection_mode="single-row",
        width="stretch",
    )


def events_table(view: View, say: Words) -> None:
    """Show every event of the filter as a table; the map's equivalent in words."""
    rows = server.process_state().store.events(view.filter)
    if rows.empty:
        _empty(say)
        return
    lang = say.lang
    shown = pd.DataFrame(
        {
            say("page_events.date"): [_dates(row, lang) for row in rows.itertuples()],
            say("page_events.event"): rows[f"title_{lang}"],
            say("page_events.type"): [say.label("type", kind) for kind in rows["event_type"]],
            say("page_events.place"): rows[f"place_{lang}"],
            say("page_events.governorate"): [_governorates(row, say) for row in rows.itertuples()],
            say("page_events.precision"): [say(f"precision.{p}") for p in rows["geo_precision"]],
            say("page_events.fatalities"): [
                details.killed(row._asdict(), say) for row in rows.itertuples(index=False)
            ],
            say("page_events.sources"): [
                number(len(str(s).split(";")), lang) for s in rows["source_ids"]
            ],
            say("page_events.id"): rows["event_id"],
        }
    )
    _choosable(shown, list(rows["event_id"]), "table", 460)


def _governorates(row: object, say: Words) -> str:
    codes = [getattr(row, name) for name in ("admin1", "admin1_alt")]
    return " / ".join(say.label("admin1", code) for code in codes if code)


def _empty(say: Words) -> None:
    _html(
        Markup('<div class="ts-empty"><b>{}</b><br>{}</div>').format(
            say("page_map.empty"), say("page_map.empty_hint")
        )
    )


def monthly_chart(view: View, say: Words) -> None:
    """Chart the events of the filter by month; each event once."""
    months = server.process_state().store.by_month(view.filter)
    if months.empty:
        return
    frame = pd.DataFrame(
        {
            say("page_events.month"): [f"{ym // 100}-{ym % 100:02d}" for ym in months["ym"]],
            say("page_events.number"): months["n"],
        }
    )
    st.bar_chart(frame, x=say("page_events.month"), y=say("page_events.number"), height=220)
    with st.container(key="chart_total"):
        total = int(months["n"].sum())
        _html(
            Markup('<p class="ts-sub">{}</p>').format(
                say("page_events.chart_total", events=say.count("unit.events", total))
            )
        )


def take_away(view: View, say: Words) -> None:
    """Offer the current filter as files; pictures of the exact view are in the map itself."""
    query = urlencode(view.to_query(include_view=False))
    links = Markup("").join(
        Markup('<a href="tansiq/download?{}" download>{}</a>').format(
            "&".join(filter(None, (words_, query))), say(f"app.take_{name}")
        )
        for name, words_ in TAKES.items()
    )
    _html(
        Markup('<div class="ts-panel"><h3>{}</h3><div class="ts-away">{}</div></div>').format(
            say("app.take_away"), links
        )
    )


def title(text: str) -> None:
    """Write a heading of ours."""
    _html(Markup('<h2 class="ts-story">{}</h2>').format(text))


def centres(view: View, say: Words) -> None:
    """Show the history of each centre as a timeline, with its sources."""
    _html(
        details.centres(
            server.process_state().package, day_of(view), say, server.process_state().store.span()
        )
    )


def about(say: Words) -> None:
    """Say what the data is, its limits, its licences, and how to cite it."""
    state = server.process_state()
    _html(details.about(state.package, state.basemap.attribution, say))
    sources = state.package.frames["sources"]
    st.dataframe(
        details.source_table(sources, say),
        hide_index=True,
        width="stretch",
        height=520,
        column_config={say("page_about.link"): st.column_config.LinkColumn()},
    )


def sync() -> None:
    """Write what was chosen during this run into the address; call it last."""
    current()
