"""The architecture, as rules over the syntax trees; each rule is also shown what it must report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter

import pytest

from tests import syntax
from tests.syntax import ROOT, Rule, Source

# from low to high: a room imports only rooms above it in this list, lazily or not
ORDER = """
errors       raised on purpose: located, collected
files        written whole or not at all
cells        texts in a CSV, safe for spreadsheets, and the way back
i18n         words, direction, digits, dates, search normalisation for en, ar, ckb
marks        shapes of marks and families of events, one definition for map, legend and pictures
scripts      our own scripts and styles, in the order in which a page loads them
palette      colours, sizes of type and spaces, one definition for page, map, chart and pictures
vendor       Leaflet and the typeface, from Python packages

filters      what is asked, as one frozen value
address      a state of the dashboard as an address

tables       data package to validated frames, or every fault at once
formats      foreign files as rows of texts, each with its line
codebooks    foreign tables to our event columns, the original codes kept
boundaries   governorates and districts that an operator brings: checked, kept, placed in
datasets     imported data sets in their durable form, made as a whole
provenance   fact to claims to sources; a centre's status on a date
stories      guided tours: steps of text, address and claims
store        holds the events, answers filters; knows the engine
columns      the matching events as compact binary columns for the browser
basemap      the offline layers under every map

webmap       the Folium map with our own layer
curation     rows entered with all that follows; what is left to do
export       the rows with their sources and licences
snapshot     the view as PNG, SVG, PDF
standalone   the view as one HTML file that needs nothing

server       our own routes: assets, columns, details, downloads, health
ui           widgets and caches that pages share
cli          the command line
"""
ROOMS = tuple(line.split()[0] for line in ORDER.splitlines() if line)
STREAMLIT = ("geo/ui/", "pages/", "app.py", "geo/cli/launch.py")
ONLY = {
    "folium": ("geo/webmap.py",),
    "branca": ("geo/webmap.py",),
    "streamlit_folium": ("geo/webmap.py",),
    "matplotlib": ("geo/snapshot/",),
    "matplotlib.pyplot": (),
    "pylab": (),
    "duckdb": ("geo/store/",),
    "duckdb_sqlalchemy": ("geo/store/",),
    "psycopg": ("geo/store/",),
    "chdb": ("geo/store/",),
    "pyspark": ("geo/store/",),
    # a filter writes its condition as an expression, and never holds a connection
    "sqlalchemy": ("geo/store/", "geo/filters/"),
    "sqlalchemy.create_engine": ("geo/store/",),
    "sqlalchemy.engine": ("geo/store/",),
    "sqlalchemy.exc": ("geo/store/",),
    "sqlalchemy.orm": (),
    # the command line hands over to `streamlit run`, and reads its settings
    "streamlit": STREAMLIT,
    "altair": ("geo/ui/",),
    "starlette": ("geo/server/",),
    "geo.webmap": ("geo/ui/",),
    "geo.ui": ("geo/ui/", "pages/", "app.py"),
    "geo.cli": ("geo/cli/",),
}
# a page selects, gets and shows; everything else stands in the library
OF_A_PAGE = {"streamlit", "geo.ui"}
# what reaches HTML, Markdown or folium and is not written out; each line was looked at
REVIEWED = {
    # of `Markup`, whose format escapes; our style sheets; scripts made of our own words
    "geo/ui/page.py": ("str(content)", "f'<style>{style(lang)}</style>'", "script(lang)"),
    # our sentence with eight hexadecimal digits
    "geo/ui/reports.py": ("words(lang)('app.failed', reference=reference)",),
    # our two templates, elements made there, and a number
    "geo/webmap.py": ("_BOOT", "_CALL", "changed", "chart", "group", "height"),
}
# loads early, by a constant of ours, what the first page needs
BY_NAME = ("geo/ui/warm.py",)
VAGUE = {"utils", "util", "helpers", "manager", "processor", "data_loader", "common", "misc"}
BROWSER_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    r"|https?://(?!www\.w3\.org/2000/svg)"
)


def of_pages(source: Source) -> Iterable[str]:
    """A page imports the shared widgets, and nothing that could do the work itself."""
    for line, name in source.imports():
        if source.path.startswith("pages/") and not any(
            name == one or name.startswith(f"{one}.") for one in OF_A_PAGE
        ):
            yield f"{source.path}:{line} imports {name}"


RULES: dict[str, Rule] = {
    "nothing points back": syntax.downward(ROOMS),
    "a package stays in its room": syntax.only(ONLY),
    "pages only show": of_pages,
    "modules and functions are short": syntax.short(450, 70),
    "no broad except": syntax.narrow_excepts,
    "nothing runs what is given": syntax.nothing_runs(BY_NAME),
    "sinks get literals": syntax.reviewed(REVIEWED),
}
LIBRARY = [Source.read(path) for path in sorted((ROOT / "geo").rglob("*.py"))]
EDGE = [Source.read(path) for path in [*sorted((ROOT / "pages").glob("*.py")), ROOT / "app.py"]]
LONG = "def f():\n" + "    x = 1\n" * 70

PLANTED = [
    ("nothing points back", "geo/store/engine.py", "from geo import webmap"),
    ("nothing points back", "geo/i18n.py", "def f():\n    from geo.filters.query import Reader"),
    ("nothing points back", "geo/server/__init__.py", "import geo.ui.details as d"),
    ("nothing points back", "geo/tables/rules.py", "from . import checks"),
    ("nothing points back", "geo/unlisted.py", "from geo import errors"),
    ("a package stays in its room", "geo/ui/details.py", "import folium.plugins as p"),
    ("a package stays in its room", "pages/map.py", "def f():\n    from branca import element"),
    ("a package stays in its room", "geo/x.py", "import importlib as i\ni.import_module('folium')"),
    ("a package stays in its room", "geo/snapshot/pen.py", "from matplotlib import pyplot"),
    ("a package stays in its room", "geo/columns/masks.py", "import duckdb"),
    ("a package stays in its room", "geo/filters/__init__.py", "from sqlalchemy.engine import URL"),
    ("a package stays in its room", "geo/provenance.py", "import streamlit as st"),
    ("a package stays in its room", "geo/cli/commands.py", "from geo import ui"),
    ("a package stays in its room", "geo/server/__init__.py", "from geo import webmap"),
    ("pages only show", "pages/map.py", "import geopandas"),
    ("pages only show", "pages/map.py", "from geo import store"),
    ("modules and functions are short", "geo/x.py", "x = 1\n" * 451),
    ("modules and functions are short", "geo/x.py", LONG),
    ("no broad except", "geo/x.py", "try:\n    f()\nexcept:\n    pass"),
    ("no broad except", "geo/x.py", "try:\n    f()\nexcept (ValueError, Exception):\n    x = 1"),
    ("no broad except", "geo/x.py", "try:\n    f()\nexcept Exception as e:\n    raise X from e"),
    ("nothing runs what is given", "geo/x.py", "import pickle"),
    ("nothing runs what is given", "geo/x.py", "eval(text)"),
    ("nothing runs what is given", "geo/x.py", "import importlib as i\ni.import_module(name)"),
    ("nothing runs what is given", "geo/x.py", "from os import system as s\ns('ls')"),
    ("nothing runs what is given", "geo/x.py", "import subprocess\nsubprocess.run(x, shell=True)"),
    ("nothing runs what is given", "geo/x.py", "import numpy as np\nnp.load(f, allow_pickle=a)"),
    ("nothing runs what is given", "geo/x.py", "import pandas as pd\npd.read_pickle(f)"),
    ("sinks get literals", "geo/x.py", "from folium import Popup as P\nP(title)"),
    ("sinks get literals", "geo/x.py", "import folium\nfolium.Marker([0, 0], tooltip=f'{a}')"),
    ("sinks get literals", "geo/webmap.py", "from folium.template import Template\nTemplate(x)"),
    (
        "sinks get literals",
        "geo/x.py",
        "from branca import element as e\ne.Html(text, script=True)",
    ),
    ("sinks get literals", "geo/x.py", "import streamlit as st\nst.markdown(title)"),
    ("sinks get literals", "geo/x.py", "import streamlit as st\nst.sidebar.write('a', title)"),
    ("sinks get literals", "geo/x.py", "import streamlit as st\na, b = st.columns(2)\na.info(x)"),
    ("sinks get literals", "geo/x.py", "f(title, unsafe_allow_html=True)"),
    ("sinks get literals", "geo/ui/page.py", "f(script, unsafe_allow_javascript=allowed)"),
    ("sinks get literals", "geo/x.py", "import streamlit.components.v1 as c\nc.html(title)"),
    ("sinks get literals", "geo/x.py", "from markupsafe import Markup\nMarkup(f'<b>{title}</b>')"),
]


@pytest.mark.parametrize("name", RULES)
def test_the_sources_keep_the_rule(name: str) -> None:
    """Each rule holds for the library, the pages and the application."""
    assert [fault for source in LIBRARY + EDGE for fault in RULES[name](source)] == []


@pytest.mark.parametrize(("name", "path", "text"), PLANTED)
def test_the_rule_reports_what_breaks_it(name: str, path: str, text: str) -> None:
    """A planted source is reported with its path, so that no rule is blind."""
    found = list(RULES[name](Source(path, text)))
    assert found
    assert all(fault.startswith(path) for fault in found)


def test_every_rule_is_shown_a_fault() -> None:
    """No rule without a plant."""
    assert {name for name, _, _ in PLANTED} == set(RULES)


def test_the_order_names_every_room() -> None:
    """The block is the list of what is in geo/, no more and no less."""
    parts = [path for path in (ROOT / "geo").iterdir() if not path.name.startswith("_")]
    modules = {path.stem for path in parts if path.suffix == ".py"}
    packages = {path.name for path in parts if (path / "__init__.py").is_file()}
    assert sorted(ROOMS) == sorted(modules | packages)


def test_no_modules_import_in_a_circle() -> None:
    """Inside a room too there is one direction; a circle is named by the error."""
    modules = {source.path.removesuffix(".py").replace("/", "."): source for source in LIBRARY}
    modules = {name.removesuffix(".__init__"): source for name, source in modules.items()}

    def module(name: str) -> str:
        return name if name in modules or "." not in name else module(name.rpartition(".")[0])

    graph = {name: {module(to) for _, to in source.imports() if to.startswith("geo.")} - {name}
             for name, source in modules.items()}  # fmt: skip
    assert set(TopologicalSorter(graph).static_order()) >= set(modules)


def test_pages_are_thin() -> None:
    """At most sixty lines each, the application too."""
    assert {source.path: n for source in EDGE if (n := source.text.count("\n")) > 60} == {}


def test_modules_have_the_name_of_a_thing() -> None:
    """No drawer for whatever has no place."""
    assert [source.path for source in LIBRARY if set(source.path[:-3].split("/")) & VAGUE] == []


def test_what_was_reviewed_is_still_there() -> None:
    """An exception that nobody needs any more is taken out of the list."""
    found = {s.path: {text for _, _, text in syntax.handed_over(s)} for s in LIBRARY}
    assert {path: set(texts) - found.get(path, set()) for path, texts in REVIEWED.items()} == {
        path: set() for path in REVIEWED
    }


def test_only_places_exist() -> None:
    """A place of the table that was moved does not leave a rule without its object."""
    places = {place for named in ONLY.values() for place in named} | set(REVIEWED)
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_our_scripts_write_text_and_ask_nobody() -> None:
    """No script of ours parses markup, runs text, or knows another host's address."""
    assets = [path for path in (ROOT / "geo/assets").iterdir() if path.suffix in {".js", ".css"}]
    assert [path.name for path in assets if BROWSER_SINKS.search(path.read_text("utf-8"))] == []
    for planted in ("e.innerHTML = t", "eval(t)", "fetch('https://x.example/a')"):
        assert BROWSER_SINKS.search(planted)
