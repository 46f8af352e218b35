"""The page "Your data": a file for this session alone, its report, and what is imported."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from geo import datasets, i18n, server
from geo.address import View
from geo.codebooks import CODEBOOKS
from geo.datasets import Manifest
from geo.filters import CURATED, UPLOAD, EventFilter
from geo.formats import RefusedFileError, Stamp
from geo.i18n import Words, number
from geo.server.answers import RefusedError
from geo.server.uploads import Upload
from geo.ui import details, papers, session, sets
from geo.ui.frame import spans
from geo.ui.page import html

ENDINGS: Final = ("csv", "tsv", "txt", "zip", "xlsx", "geojson", "json", "gpkg", "parquet")
DATES: Final = ("", "day-first", "month-first")
# seconds between two drawings of the progress
_PAUSE: Final = 0.2


def draw(view: View, say: Words) -> None:
    """Draw the way in, the report of what came in, and the imported data sets."""
    papers.headline(say("page_data.title"))
    wide, narrow = st.columns([6, 5], gap="large")
    with wide:
        _way_in(say)
        found = sets.own()
        if found:
            html(_report(found, say))
            _choices(found, say)
    with narrow:
        html(_imported(view, say))


# ---------------------------------------------------------------- a file comes in
def _way_in(say: Words) -> None:
    """Say what may be brought and what becomes of it, and take a file."""
    limits = server.process_state().uploads.settings
    papers.title(say("page_data.bring"))
    text = say("page_data.closed") if not limits.megabytes else say(
        "page_data.bring_text", megabytes=limits.megabytes,
        rows=say.count("unit.rows", limits.rows), minutes=say.count("unit.minutes", limits.minutes))
    html(Markup('<p class="ts-sub">{}</p>').format(text))
    if not limits.megabytes:
        return
    with st.form(key="bring", clear_on_submit=True, border=False):
        file = st.file_uploader(
            say("page_data.file"), ENDINGS, key="own_file", max_upload_size=limits.megabytes
        )
        with st.container(key="day_order"):
            dates = st.selectbox(
                say("page_data.dates"),
                DATES,
                key=session.listed("day_order", say.lang),
                format_func=lambda name: say(f"page_data.dates_{name or 'plain'}"),
            )
        sent = st.form_submit_button(say("page_data.read"), key="read_file", type="primary")
    if sent and file is None:
        _complain(say("page_data.no_file"))
    elif sent and file is not None:
        _take(file.getvalue(), file.name, dates or "", say)


def _take(content: bytes, name: str, dates: str, say: Words) -> None:
    """Read a file with its progress; whatever is wrong with it is said in a sentence."""
    bar = st.progress(0.0, say("page_data.begun"))
    uploads = server.process_state().uploads
    try:
        found = uploads.take(content, name, dates, _Progress(bar, say))
    except RefusedError as refused:
        _complain(refused.sentence(say.lang))
    except RefusedFileError as refused:
        _complain(say("page_data.refused"), str(refused))
    else:
        sets.bring(found)
        st.rerun()
    finally:
        bar.empty()


def _complain(told: str, more: str = "") -> None:
    """Say what is wrong; what is known in English alone is marked as such."""
    html(Markup('<p class="ts-note" role="alert">{}{}</p>').format(
        told, Markup('<small lang="en" dir="ltr">{}</small>').format(more) if more else ""))


class _Progress:
    """Draws how far the reading is: share, rows, rows a second, time left."""

    def __init__(self, bar: Any, say: Words) -> None:
        self._bar, self._say = bar, say
        self._begun, self._drawn = time.monotonic(), 0.0

    def __call__(self, stamp: Stamp, rows: int) -> None:
        now = time.monotonic()
        if now - self._drawn >= _PAUSE:
            self._drawn = now
            share, told = progress(stamp, rows, now - self._begun, self._say)
            self._bar.progress(share, told)


def progress(stamp: Stamp, rows: int, seconds: float, say: Words) -> tuple[float, str]:
    """Return the share that is done (0 where nobody knows), and how it goes in words."""
    rate = rows / seconds if seconds > 0 else 0.0
    said = say("page_data.rate", rows=say.count("unit.rows", rows), rate=round(rate))
    if not stamp.total:
        return 0.0, said
    share = min(1.0, stamp.done / stamp.total)
    left = round(seconds * (1 - share) / share) if share else 0
    return share, say("page_data.left", said=said, seconds=left)


# ---------------------------------------------------------------- what came of it
def _report(found: Upload, say: Words) -> Markup:
    """Return the report: what was taken, what was not and why, each by its count."""
    made, kind = found.manifest, CODEBOOKS[found.manifest.codebook].title
    facts: list[tuple[str, str | Markup]] = [
        (say("page_data.file_name"), Markup('<bdi dir="auto">{}</bdi>').format(found.filename)),
        (say("page_data.kind"), details.english(f"{kind} {made.variant}".strip(), say)),
        (say("page_data.rows"), number(made.rows, say.lang)),
        (say("page_data.accepted"), number(made.accepted, say.lang)),
        (say("page_data.rejected"), number(made.rejected, say.lang)),
    ]
    if found.stored:
        facts.append((say("page_data.span"), _span(made, say)))
        facts += _polygons(made, say)
    if made.licence:
        facts += _terms(made, say)
    parts = [_facts(facts), sets.warning(made, say)]
    for name, counts in (("reasons", made.reasons), ("flags", made.flags)):
        if counts:
            parts += [Markup("<h3>{}</h3>").format(say(f"page_data.{name}")), _counts(counts, say)]
    if made.reasons or made.flags:
        parts.append(Markup('<p class="ts-away"><a href="tansiq/upload/{}/rejects.csv" download>'
                            "{}</a></p>").format(found.token, say("page_data.rejects")))
    title = say("page_data.report" if found.stored else "page_data.nothing")
    return Markup('<div class="ts-panel" data-report><h2>{}</h2>{}</div>').format(
        title, Markup("").join(parts))


def _polygons(made: Manifest, say: Words) -> list[tuple[str, str | Markup]]:
    """Return how far the governorates agree with the operator's boundaries; nothing without."""
    counts = made.agreement
    if not counts:
        return []
    agree, differs = counts["agree"], counts["differs"]
    rest = sum(counts.values()) - agree - differs
    return [(say("imported.computed"),
             say("areas.agreement", agree=agree, differs=differs, rest=rest))]


def _terms(made: Manifest, say: Words) -> list[tuple[str, str | Markup]]:
    """Return under which licence a data set stands, and who is to be named."""
    own = Markup('<bdi dir="auto">{}</bdi>')
    return [(say("page_data.licence"), own.format(made.licence or say("imported.no_licence"))),
            (say("page_data.attribution"), own.format(made.attribution or made.source))]


def _counts(counts: Mapping[str, int], say: Words) -> Markup:
    """Return reasons in words with how often they were given, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Markup('<div class="ts-counts">{}</div>').format(
        _facts([(number(n, say.lang), say(f"import.reason.{one}")) for one, n in ordered]))


def _facts(facts: list[tuple[str, str | Markup]]) -> Markup:
    rows = Markup("").join(
        Markup('<div class="ts-fact"><span>{}</span><span>{}</span></div>').format(*one)
        for one in facts)
    return Markup('<div class="ts-facts">{}</div>').format(rows)


def _span(made: Manifest, say: Words) -> str:
    first, last = (date.fromisoformat(day) for day in made.span)
    return i18n.span(first, last, say.lang)


def _choices(found: Upload, say: Words) -> None:
    """Offer to lay the file over the map or to take it away, and to let it go."""
    shown = st.session_state.get("uploaded", "")
    names = [*(st.session_state["datasets"] or (CURATED,))]
    with st.container(key="own", horizontal=True, gap="small"):
        if found.stored and not shown:
            st.button(say("page_data.show"), key="show_own", type="primary",
                      on_click=session.set_datasets, args=([UPLOAD, *names], spans))
        if shown:
            st.page_link(page="pages/map.py", label=say("page_data.to_map"), icon=":material/map:")
            st.button(say("page_data.hide"), key="hide_own",
                      on_click=session.set_datasets, args=(names, spans))
        st.button(say("page_data.drop"), key="drop_own", on_click=_drop, args=(names,))


def _drop(names: list[str]) -> None:
    sets.forget()
    session.set_datasets(names, spans)


# ---------------------------------------------------------------- data sets for everybody
def _imported(view: View, say: Words) -> Markup:
    """Return the imported data sets with rows, span, licence, and the way to each on the map."""
    found, faults = datasets.listed()
    parts = [Markup('<h2 class="ts-story">{}</h2>').format(say("page_data.imported")),
             Markup('<p class="ts-sub">{}</p>').format(
                 say("page_data.imported_text" if found else "page_data.none"))]
    parts += [_one(one, view, say) for one in found]
    if faults:
        parts.append(Markup('<p class="ts-note">{}</p>').format(
            say("page_data.damaged", n=len(faults))))
    return Markup('<div class="ts-panel">{}</div>').format(Markup("").join(parts))


def _one(one: Manifest, view: View, say: Words) -> Markup:
    asked = View(EventFilter(datasets=(one.name,)), lang=view.lang, digits=view.digits)
    kind = f"{CODEBOOKS[one.codebook].title} {one.variant}".strip()
    facts = _facts([
        (say("page_data.kind"), details.english(kind, say)),
        (say("page_data.accepted"), number(one.accepted, say.lang)),
        (say("page_data.rejected"), number(one.rejected, say.lang)),
        (say("page_data.span"), _span(one, say)),
        *_polygons(one, say),
        *_terms(one, say),
        (say("page_data.imported_on"), i18n.day(date.fromisoformat(one.imported_on), say.lang)),
    ])
    return Markup(
        '<h3><bdi dir="ltr">{}</bdi></h3>{}{}<p class="ts-away"><a href="./?{}" target="_self">{}'
        "</a></p>"
    ).format(one.name, facts, sets.warning(one, say), urlencode(session.words(asked), safe=","),
             say("page_data.on_map"))
