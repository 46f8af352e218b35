"""Which centres stand in the governorates that a filter asks for, by whose governorates it asks.

The one place that decides it: map, panel, headline, page of centres and pictures all ask here.
"""

from __future__ import annotations

from geo.filters import EventFilter
from geo.tables import Package


def standing_in(package: Package, asked: EventFilter) -> list[str]:
    """Return the ids of the centres whose place a filter of governorates or a box lets through.

    Without either these are all, the network as a whole among them, which has no place.
    """
    if not asked.provinces and asked.box is None:
        return list(package.frames["centres"]["centre_id"])
    places = package.frames["places"].set_index("place_id").to_dict("index")
    centres = package.frames["centres"][["centre_id", "place_id"]].itertuples(index=False)
    return [centre for centre, place in centres if asked.place.holds(places.get(place, {}))]
