"""Promises of the catalogues: no key too few or too many, and no word written beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection

import pytest

from geo import i18n, marks
from geo.address import AREAS
from geo.filters import ONLY, PRECISIONS, SOURCE, VIEWPOINTS
from tests import wording
from tests.syntax import ROOT, Source
from tests.test_i18n import entries

SOURCES = wording.sources()
SCRIPTS = wording.scripts()
# its words come from the section of its name, those of the others from `map`
ALONE = "standalone.js"
KEYS = frozenset(entries("en"))
SECTIONS = frozenset(key.partition(".")[0] for key in KEYS)


def column(table: str, field: str) -> set[str]:
    with (ROOT / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[field] for row in csv.DictReader(file)} - {""}


def choices(table: str, field: str) -> set[str]:
    """What the descriptor allows in a column."""
    raw = json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))
    fields = next(one["schema"]["fields"] for one in raw["resources"] if one["name"] == table)
    return set(next(one for one in fields if one["name"] == field)["constraints"]["enum"])


def abroad() -> set[str]:
    """The countries whose names the base map writes."""
    land = json.loads((ROOT / "data/basemap/land.json").read_text("utf-8"))
    named = [one["properties"] for one in land["features"]]
    return {one["id"] for one in named if one.get("label_lon")} - {"IQ"}


def words_in(*places: str) -> set[str]:
    """What stands written out in these files."""
    return set().union(*(wording.literals(one) for one in SOURCES if one.path.startswith(places)))


OTHERS = set(VIEWPOINTS) - {SOURCE}
# keys that are put together, and all that can stand in the gap, from its source
EXACT: dict[str, Collection[str]] = {
    "type.{}": marks.EVENT_TYPES,
    "family.{}": {family.id for family in marks.FAMILIES},
    "status.{}": {look.id for look in marks.STATUSES} | {"degraded", "contested"},
    "precision.{}": set(marks.PRECISION_RADIUS_M),
    "admin1.{}": column("governorates", "admin1"),
    "role.{}": choices("centres", "role") | choices("events", "place_role"),
    "field.{}": column("claims", "field"),
    "conflict.shown_{}": choices("conflicts", "shown"),
    "toll.{}": choices("events", "fatalities_rule") | {"none"},
    "lang.{}": i18n.LANGS,
    "lang.name_{}": choices("sources", "language"),
    "date.month_{}": [str(month) for month in range(1, 13)],
    "map.country_{}": abroad(),
    "page_{}.title": {path.stem for path in (ROOT / "pages").glob("*.py")},
    "filter.view_{}": OTHERS,
    "filter.only_{}": ONLY,
    "panel.governorate_{}": OTHERS,
    "app.viewpoint_said.{}": OTHERS,
    "areas.{}": AREAS,
    wording.OPEN: {
        *(f"app.only.{name}" for name in ONLY),
        *(f"app.viewpoint.{name}" for name in VIEWPOINTS),
        *(f"precision.{name}" for name in PRECISIONS),
    },
}
# those whose members are written out in other files than the key; any family that is in neither
# table has them in its own file
SPREAD: dict[str, tuple[str, ...]] = {
    "conflict.field_{}": ("geo/provenance/", "geo/tables/evidence"),
    "filter.notice.{}": ("geo/filters/", "geo/address", "geo/ui/session", "geo/ui/tour",
                         "geo/ui/areas"),
    "answers.{}": ("geo/server/", "geo/store/"),
    "import.reason.{}": ("geo/codebooks/", "geo/formats/", "geo/datasets/"),
    "page_{}.title": ("geo/ui/place",),
}


def names_for(family: str, source: Source) -> Collection[str]:
    if family in EXACT:
        return EXACT[family]
    return words_in(*SPREAD[family]) if family in SPREAD else wording.literals(source)


def used() -> set[str]:
    """Every key that Python or a script of ours can ask for, and much that is no key."""
    found = words_in("")
    for source in SOURCES:
        for family in wording.families(source, SECTIONS):
            found |= wording.members(family, names_for(family, source))
    layer = wording.of_scripts({k: v for k, v in SCRIPTS.items() if k != ALONE})
    alone = wording.of_scripts({ALONE: SCRIPTS[ALONE]})
    countries = wording.members("map.country_{}", abroad())
    return {*found, *layer, *countries} | {f"map.{key}" for key in layer} | {
        f"standalone.{key}" for key in alone
    }  # fmt: skip


def test_no_key_is_left_that_nothing_asks_for():
    """What no page, picture, file or script says any more is taken out of the catalogues."""
    assert sorted(KEYS - used()) == []
    planted = {"app.planted", "map.planted", "standalone.planted", "status.planted"}
    assert planted - used() == planted


@pytest.mark.parametrize("family", EXACT)
def test_whatever_can_stand_in_a_key_has_its_text(family):
    """No value of the data, the descriptor or a constant is without its word."""
    assert sorted(wording.members(family, EXACT[family]) - KEYS) == []


def test_the_tables_of_families_are_of_use():
    """A family that the code no longer puts together leaves the tables."""
    found = {one for source in SOURCES for one in wording.families(source, SECTIONS)}
    assert sorted({*EXACT, *SPREAD} - found) == []


def test_every_script_asks_for_words_that_there_are():
    """What the layer and the page without a network ask for by name stands in the catalogues."""
    asked = wording.asked(SCRIPTS)
    missing = {key for name, key in asked if f"{section(name)}.{key}" not in KEYS | {key}}
    assert {key for key in missing if key not in KEYS} == set()
    assert len(asked) > 50


def section(script: str) -> str:
    return "standalone" if script == ALONE else "map"


def test_no_word_is_written_beside_the_catalogues():
    """Neither Python nor a script nor a template says anything by itself."""
    python = [fault for source in SOURCES for fault in wording.written(source)]
    scripts = [fault for item in SCRIPTS.items() for fault in wording.written_in_script(*item)]
    pages = map(wording.written_in_page, (ROOT / "geo/assets").glob("*.html"))
    assert [*python, *scripts, *(fault for page in pages for fault in page)] == []


PLANTED = [
    "import streamlit as st\nst.button('Save')",
    "import streamlit as st\nst.sidebar.toggle('Dark', key='dark')",
    "import streamlit as st\nst.slider(say('a.b'), help=f'Move {n} days')",
    "import streamlit as st\nst.column_config.TextColumn('Place')",
    "import streamlit as st\na, b = st.columns(2)\na.metric('Events', 3)",
    "from markupsafe import Markup\nMarkup('<b>Total: {}</b>').format(n)",
    "from markupsafe import Markup\nMarkup('<i title=\"More\">{}</i>').format(n)",
    "from markupsafe import Markup\nMarkup('<p>{}</p>').format('none')",
    "import altair as alt\nalt.X('month:T', title='Month')",
    "import altair as alt\nalt.Tooltip('n:Q', title=f'Number {n}')",
    "def f(figure):\n    figure.text(0.5, 0.5, 'Legend')",
    "import streamlit as st\nst.text_input('بحث')",
]
PLANTED_SCRIPTS = [
    'node.textContent = "Close";',
    "node.title = 'Close it';",
    'node.setAttribute("aria-label", "Close");',
    'box.append("No events");',
    'list.append(el("h3", "tq-head", "Pictures"));',
    'list.append(el("h2", "Events"));',
    "ctx.fillText(`${n} events`, x, y);",
    'panel.say("loading", "Loading …");',
]


@pytest.mark.parametrize("text", PLANTED)
def test_a_word_planted_into_python_is_found(text):
    """The finder is not blind to any way to show a word."""
    assert len(list(wording.written(Source("geo/ui/x.py", text)))) == 1


@pytest.mark.parametrize("text", PLANTED_SCRIPTS)
def test_a_word_planted_into_a_script_is_found(text):
    """Nor to those of a script."""
    assert len(list(wording.written_in_script("x.js", text))) == 1


def test_a_word_planted_into_a_template_is_found(tmp_path):
    """Nor to those of a page's template."""
    page = tmp_path / "x.html"
    page.write_text('<main title="$title"><style>a b</style><p>Hello</p>$n</main>', "utf-8")
    assert wording.written_in_page(page) == ["x.html says 'Hello'"]
