"""Boundaries of the operator on the map: which are there, the choice, and what the map is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from geo import boundaries
from geo.address import AREAS, View
from geo.boundaries import Area
from geo.filters import Notice
from geo.i18n import Words
from geo.ui import session


def there() -> bool:
    """Tell whether there are boundaries at all."""
    return bool(boundaries.listed()[0])


def choice(say: Words) -> None:
    """Offer the levels that there are; nothing without boundaries."""
    levels = [one.about.level for one in boundaries.listed()[0]]
    key = session.listed("areas", say.lang)
    options = (AREAS[0], *levels)
    if st.session_state[key] not in options:  # dropped since
        st.session_state[key] = AREAS[0]
    if levels:
        with st.container(key="areas"):
            st.selectbox(say("areas.label"), options, key=key, help=say("areas.help"),
                         format_func=partial(_named, say))


def districts(say: Words) -> None:
    """Offer the districts to filter imported events by, the reader's own too; nothing without."""
    found, state = boundaries.kept("adm2"), st.session_state
    key = session.listed("district", say.lang)
    areas = sorted(found.areas, key=lambda one: (one.admin1, one.name)) if found else []
    names = {one.code: _name(one, say) for one in areas}
    if any(code not in names for code in state[key]):  # dropped since
        state[key] = [code for code in state[key] if code in names]
    if names and (state["datasets"] or state.get("uploaded") or state[key]):
        with st.container(key="district"):
            st.multiselect(say("areas.district"), list(names), key=key,
                           placeholder=say("areas.any_district"), select_all=False,
                           help=say("areas.district_help"),
                           format_func=partial(_of, names))


def _of(names: Mapping[str, str], code: str) -> str:
    return names[code]


def _name(area: Area, say: Words) -> str:
    """Return a district's name with its governorate's; the widget shows it as text."""
    own = area.names.get(say.lang) or area.name
    return f"{own} ({say.label('admin1', area.admin1)})" if area.admin1 else own


def _named(say: Words, level: str) -> str:
    return say(f"areas.{level}")


def addressed(view: View) -> tuple[View, list[Notice]]:
    """Leave out boundaries and districts that are not there, and say so."""
    notices, found = [], boundaries.kept("adm2")
    codes = {one.code for one in found.areas} if found else set()
    if lost := [one for one in view.filter.districts if one not in codes]:
        there = tuple(one for one in view.filter.districts if one in codes)
        view = view.replace(filter=replace(view.filter, districts=there))
        notices.append(Notice("district", ", ".join(lost), "no_district"))
    if view.areas != AREAS[0] and not boundaries.kept(view.areas):
        notices.append(Notice("areas", view.areas, "no_boundaries"))
        view = view.replace(areas=AREAS[0])
    return view, notices


def call(view: View) -> dict[str, object]:
    """Return what the map's call says of boundaries: the digest that names them, or nothing."""
    found = boundaries.kept(view.areas)
    return {"bounds": found.about.key} if found else {}
