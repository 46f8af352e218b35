"""The pages' parts; the only package, beside app.py and pages, that imports Streamlit.

Nothing is imported here: streamlit-folium must first be imported inside a session, since
its component is registered with the running server.
"""
