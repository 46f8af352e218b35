"""The ways in which people put events on a map with Streamlit today, rebuilt on each change.

`TANSIQ_BENCH_WAY` names the way, `TANSIQ_BENCH_EVENTS` the number of events. Tooltips stand in
for popups, which would need jQuery too, and what is fetched lies beside the script: this is the
kinder measure. Each map says that it is there (`window.benchShown`) with the second picture
after its script has run.
"""

import os
from datetime import date, timedelta

import folium
import numpy as np
import pandas as pd
import pydeck
import streamlit as st
from branca.element import MacroElement, Template
from folium.plugins import FastMarkerCluster, MarkerCluster
from streamlit_folium import st_folium

WAY, COUNT = os.environ["TANSIQ_BENCH_WAY"], int(os.environ["TANSIQ_BENCH_EVENTS"])
START, DAYS = date(2014, 6, 1), 3963
ROUTES = "../../app/static"
CLUSTER_CSS = [("cluster", f"{ROUTES}/MarkerCluster.Default.css")]


class Told(MacroElement):
    """Say in the frame, once it has been painted, how many events its map was built of."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "requestAnimationFrame(() => requestAnimationFrame(() => {"
        " window.benchShown = {{ this.shown }}; }));{% endmacro %}"
    )

    def __init__(self, shown: int) -> None:
        super().__init__()
        self._name, self.shown = "Told", shown


@st.cache_data
def events() -> pd.DataFrame:
    """Return so many events, spread over the years and the north of Iraq."""
    number = np.arange(COUNT)
    days = [START + timedelta(days=int(n) * DAYS // COUNT) for n in number]
    places = {"lat": 33.0 + number * 0.37 % 4, "lon": 42.0 + number * 0.53 % 4}
    return pd.DataFrame({"day": days, **places})


def markers(chart: folium.Map, points: list[list[float]]) -> None:
    """Add a marker for each event."""
    for number, place in enumerate(points):
        icon = folium.DivIcon(html="•")
        folium.Marker(place, tooltip=f"Event {number}", icon=icon).add_to(chart)


def cluster(chart: folium.Map, points: list[list[float]]) -> None:
    """Add a marker for each event to a cluster."""
    held = MarkerCluster().add_to(chart)
    held.default_js = [("cluster", f"{ROUTES}/leaflet.markercluster.js")]
    held.default_css = CLUSTER_CSS
    for number, place in enumerate(points):
        folium.Marker(place, tooltip=f"Event {number}").add_to(held)


def fast_cluster(chart: folium.Map, points: list[list[float]]) -> None:
    """Add all events to a cluster by one list of positions."""
    # its own callback asks for another library's icons
    plain = "(row) => L.marker(new L.LatLng(row[0], row[1]))"
    held = FastMarkerCluster(points, callback=plain).add_to(chart)
    held.default_js = [("cluster", f"{ROUTES}/leaflet.markercluster.js")]
    held.default_css = CLUSTER_CSS


def geojson(chart: folium.Map, points: list[list[float]]) -> None:
    """Add all events as one GeoJSON layer of circles."""
    features = [
        {"type": "Feature", "properties": {"n": n},
         "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for n, (lat, lon) in enumerate(points)
    ]  # fmt: skip
    data = {"type": "FeatureCollection", "features": features}
    folium.GeoJson(data, marker=folium.CircleMarker(radius=4)).add_to(chart)


def deck(shown: pd.DataFrame) -> None:
    """Draw the events by deck.gl, without a base map."""
    layer = pydeck.Layer("ScatterplotLayer", shown[["lat", "lon"]], get_position="[lon, lat]",
                         get_radius=3000)  # fmt: skip
    view = pydeck.ViewState(latitude=35.3, longitude=44.2, zoom=6)
    st.pydeck_chart(pydeck.Deck([layer], initial_view_state=view, map_style=None), height=500)


WAYS = {"markers": markers, "cluster": cluster, "fast_cluster": fast_cluster, "geojson": geojson}
first, last = st.slider("Dates", START, date(2025, 4, 7), (START, date(2025, 4, 7)), key="dates")
every = events()
held = every[(every["day"] >= first) & (every["day"] <= last)]
if WAY == "pydeck":
    deck(held)
else:
    chart = folium.Map(location=(35.3, 44.2), zoom_start=7, tiles=None)
    chart.options["maxZoom"] = 18  # a cluster asks the map, which has no tiles to say it
    WAYS[WAY](chart, held[["lat", "lon"]].to_numpy().tolist())
    Told(len(held)).add_to(chart)
    chart.default_js = [("leaflet", f"{ROUTES}/leaflet.js")]
    chart.default_css = [("leaflet_css", f"{ROUTES}/leaflet.css")]
    st_folium(chart, key="map", height=500, returned_objects=[])
st.text(f"shown {len(held)} days {(last - first).days}")
