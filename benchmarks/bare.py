"""A rerun without a map: the date slider and a number, nothing else. The floor of Streamlit."""

from datetime import date

import streamlit as st

first, last = st.slider(
    "Dates", date(2014, 6, 1), date(2025, 4, 7), (date(2014, 6, 1), date(2025, 4, 7)), key="dates"
)
st.text(f"days {(last - first).days}")
