"""Promise: nothing that could be words for readers is written in the code, but what was looked at.

The other way round than `test_wording`: every literal is at fault until it is known to be none.
"""

from __future__ import annotations

import re

import pytest

from tests import literals
from tests.syntax import ROOT, Source

SOURCES = literals.texts()
SCRIPTS = literals.scripts()
# what was looked at and no reader sees: names of headers, files, columns, selectors, fonts.
# `words.js` says its sentence only when the catalogue itself could not be fetched; a name of
# ours is the same in every language; a picture's and a page's hidden fields are for machines
REVIEWED = {
    "app.py": {"server.baseUrlPath"},
    "geo/filters/__init__.py": {"your upload"},
    "geo/filters/query.py": {"Cc", "Cf", "Cs", "NFKC", "⟨U+{}⟩"},
    "geo/filters/text.py": {"(POSITION({} IN {}) > 0)", "(instr({}) > 0)", "(strpos({}) > 0)"},
    "geo/provenance/corroboration.py": {"origin {}", "source {}"},
    "geo/server/__init__.py": {
        "AppState", "Cache-Control", "Content-Disposition", "DELETE", "GET", "HEAD", "OPTIONS",
        "PATCH", "POST", "PUT", "T", "TANSIQ_DATA", "TANSIQ_STORE",
        'attachment; filename="rejects.csv"', "text/csv; charset=utf-8",
    },
    "geo/server/answers.py": {
        "Accept-Encoding", "Cache-Control", "Content-Encoding", "Cross-Origin-Resource-Policy",
        "ETag", "Referrer-Policy", "Vary", 'W/"{}"', "X-Content-Type-Options",
        "public, max-age=31536000, immutable", "text/css; charset=utf-8",
        "text/javascript; charset=utf-8",
    },
    "geo/server/downloads.py": {
        "Cache-Control", "Content-Disposition", 'attachment; filename="{}"',
    },
    "geo/server/front.py": {
        "Cache-Control", "Cross-Origin-Resource-Policy", "Referrer-Policy", "Streamlit",
        "text/html; charset=utf-8",
    },
    "geo/server/uploads.py": {"HELD", "MB", "MINUTES", "ROWS", "TANSIQ_UPLOAD_{}"},
    "geo/server/workshop.py": {"O_NOFOLLOW"},
    "geo/snapshot/__init__.py": {"DejaVu Sans"},
    "geo/snapshot/caption.py": {
        "CreationDate", "Creator", "Date", "Description", "Keywords", "Language", "ModDate",
        "Producer", "Software", "Source", "Subject", "Tansiq {}", "Title",
    },
    "geo/snapshot/ground.py": {"IQ"},
    "geo/snapshot/typeface.py": {
        "DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "IBMPlexSansArabic-Regular.ttf",
        "IBMPlexSansArabic-SemiBold.ttf", "Tansiq rest", "Tansiq text", r"[^\S\u00a0]+",
    },
    "geo/standalone/__init__.py": {"Leaflet", "Tansiq {}", "text/html; charset=utf-8"},
    "geo/standalone/webfont.py": {"IBMPlexSansArabic-Bold.ttf", "IBMPlexSansArabic-Regular.ttf"},
    "geo/ui/details.py": {".ts-hist.ts-lane-{} i.in{background-color:light-dark({},{})}"},
    "geo/ui/frame.py": {"YYYY-MM-DD"},
    "geo/ui/monthly.py": {
        "%Y%m", "datum.chosen > 0", "month:T", "month_said:N", "number:Q", "number_said:N",
        "{}[timeFormat(datum.value, '%Y-%m')]",
    },
    "geo/ui/page.py": {
        ("@font-face{font-family:Plex;font-weight:{};font-display:swap;"
         "src:url(tansiq/assets/IBMPlexSansArabic-{}.ttf)}"),
        "Bold", "Regular", "SemiBold",
    },
    "geo/ui/panel.py": {"NETWORK"},
    "geo/ui/timestrip.py": {"YYYY-MM-DD"},
    "geo/webmap.py": {"Call", "Tansiq"},
}  # fmt: skip
REVIEWED_SCRIPTS = {
    "basemap.js": {"400 {}px {}"},
    "centres.js": {"{} {}px {}"},
    "columns.js": {"TSQE", "TSQM"},
    "layer.js": {"Plex"},
    "marks.js": {"600 {}px {}", "700 8px {}", "{} {}px {}"},
    "palette.js": {
        (r"Plex, \"IBM Plex Sans Arabic\", system-ui, \"Segoe UI\", \"Noto Sans Arabic\", Tahoma,"
         " sans-serif"),
        "areaFill", "areaLine", "innerHalo", "nationalHalo", "softFill",
    },
    "page.js": {"CONNECTED"},
    "panel.js": {
        " tq-alert", "move zoomend resize", "noopener noreferrer nofollow", "translate({}px, {}px)",
        "viewBox",
    },
    "remote.js": {"TSQV"},
    "sources.js": {
        "arrayBuffer", "event {}", "{}/assets/IBMPlexSansArabic-Bold.ttf",
        "{}/assets/IBMPlexSansArabic-Regular.ttf",
    },
    "standalone.js": {"noopener noreferrer nofollow"},
    "words.js": {
        "The map's words could not be loaded, so nothing is drawn. Reload the page.",
        "تعذّر تحميل نصوص الخريطة، لذلك لا يظهر شيء. أعد تحميل الصفحة.",
        "دەقەکانی نەخشەکە بار نەبوون، بۆیە هیچ ناکێشرێت. لاپەڕەکە نوێ بکەرەوە.",
    },
}  # fmt: skip


def found() -> dict[str, list[tuple[int, str]]]:
    """What may be words, by file."""
    python = {one.path: list(literals.python(one)) for one in SOURCES}
    return python | {name: list(literals.script(text)) for name, text in SCRIPTS.items()}


def reviewed() -> dict[str, set[str]]:
    return REVIEWED | REVIEWED_SCRIPTS


def test_no_text_is_written_in_the_code_that_nobody_looked_at():
    """Whatever has letters and a space, a capital or foreign letters stands on the list."""
    faults = [
        f"{path}:{line} says {text!r}"
        for path, said in found().items()
        for line, text in said
        if text not in reviewed().get(path, set())
    ]
    assert faults == []


def test_the_list_has_nothing_that_is_gone():
    """A literal that a file no longer has leaves the list, which so stays short."""
    said = {path: {text for _, text in one} for path, one in found().items()}
    assert {path: gone for path, ours in reviewed().items() if (gone := ours - said[path])} == {}


def test_no_style_sheet_says_a_word():
    """What a style sheet puts before or after an element has no letters."""
    sheets = [one.read_text("utf-8") for one in (ROOT / "geo/assets").glob("*.css")]
    said = [text for one in sheets for text in re.findall(r"content:\s*\"([^\"]*)\"", one)]
    assert said
    assert [text for text in said if re.search(r"[^\W\d_]", text)] == []


ST = "import streamlit as st\n"
PLANTED = [
    ST + "label = 'Save it'; st.button(label)",
    "from geo.ui import papers\npapers.title('Events')",
    ST + "st.button('Save' if ready else say('app.reset'))",
    ST + "st.selectbox(say('app.reset'), ['One'])",
    ST + "st.dataframe({'Date': 1})",
    ST + "frame['Date'] = 1; st.dataframe(frame)",
    "choice = Choice('table', 'Events here', rows)",
    "return f'{n} events'",
    "lines.append(f'<p>{n} events</p>')",
    "title = 'حدث'",
]
PLANTED_SCRIPTS = [
    'button("plus", "Zoom in", () => 0);',
    'row(list, swatch(d), "Active");',
    'section("Centres");',
    'select.add(new Option("Growing", 1));',
    'node.textContent = ok ? "Yes" : "no";',
    'panel.say(kind, "Loading now");',
    "panel.say(kind, `${n} events`);",
    'const said = `${ok ? `Yes` : w("no")}`;',
    'const shown = name.replace(/["\']/g, "") || "No name";',
]


@pytest.mark.parametrize("text", PLANTED)
def test_a_literal_planted_into_python_is_found(text):
    """However it gets to a reader: by a name, a choice, a list, a column, another function."""
    assert len(list(literals.python(Source("geo/ui/x.py", text)))) == 1


@pytest.mark.parametrize("text", PLANTED_SCRIPTS)
def test_a_literal_planted_into_a_script_is_found(text):
    """The house's own ways to show a word among them."""
    assert len(list(literals.script(text))) == 1


QUIET = [
    '"""Words."""',
    "raise ValueError('No such day')",
    "_log.error('%s failed', path)",
    "say('app.reset')",
    "if method == 'HEAD': pass",
    "Markup('<p class=\"ts-sub\">{}</p>').format(said)",
    "shown = row['Date']",
]


@pytest.mark.parametrize("text", QUIET)
def test_what_no_reader_sees_is_no_word(text):
    """Documentation, errors for the log, keys, comparisons and tags are let alone."""
    assert list(literals.python(Source("geo/ui/x.py", text))) == []
