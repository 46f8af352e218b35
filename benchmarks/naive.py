"""The usual way: a folium marker for each event, the map rebuilt on each change.

Tooltips stand in for popups, which would need jQuery too: this is the kinder measure.
"""

import os
from datetime import date, timedelta

import folium
import streamlit as st
from streamlit_folium import st_folium

COUNT = int(os.environ["TANSIQ_BENCH_EVENTS"])
START, DAYS = date(2014, 6, 1), 3963
ROUTES = "../../app/static"

first, last = st.slider("Dates", START, date(2025, 4, 7), (START, date(2025, 4, 7)), key="dates")
chart = folium.Map(location=(35.3, 44.2), zoom_start=7, tiles=None)
shown = 0
for number in range(COUNT):
    day = START + timedelta(days=number * DAYS // COUNT)
    if first <= day <= last:
        place = (33.0 + number * 0.37 % 4, 42.0 + number * 0.53 % 4)
        folium.Marker(place, tooltip=f"Event {number}", icon=folium.DivIcon(html="•")).add_to(chart)
        shown += 1
chart.default_js = [(n, f"{ROUTES}/{n}.js") for n in ("leaflet",)]
chart.default_css = [("leaflet_css", f"{ROUTES}/leaflet.css")]
st_folium(chart, key="map", height=500, returned_objects=[])
st.text(f"shown {shown} days {(last - first).days}")
