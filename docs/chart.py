"""Draw the README's chart of `benchmarks/scale.json`: `python -m docs.chart`."""  # noqa: INP001 - run as a module, not a package

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from geo import palette

ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    "tansiq": "Tansiq",
    "markers": "Folium markers",
    "cluster": "MarkerCluster",
    "fast_cluster": "FastMarkerCluster",
    "geojson": "Folium GeoJson",
    "pydeck": "pydeck",
}
SIGNS = dict(zip(NAMES, "osD^vX", strict=True))


def points(found: dict[str, Any]) -> tuple[list[int], list[float]]:
    """Return the numbers of events and the milliseconds of a move, as far as the way came."""
    pairs = [(int(n), one["median_ms"]) for n, one in found.items() if "median_ms" in one]
    return [n for n, _ in pairs], [ms for _, ms in pairs]


def chart(told: dict[str, Any]) -> Figure:
    """Return the chart: a line for each way, on two logarithmic axes."""
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    figure.set_facecolor(palette.colour("paper"))
    axes = figure.add_subplot()
    floor = [one["median_ms"] for one in told["rerun_without_map"].values()]
    axes.axhspan(min(floor), max(floor), color=palette.colour("rule"), alpha=0.6, lw=0)
    axes.text(2.4e7, statistics.mean(floor), "a rerun without a map", va="center", ha="right",
              fontsize=9)  # fmt: skip
    for way, found in ((way, told["ways"][way]) for way in NAMES if way in told["ways"]):
        own = way == "tansiq"
        colour = palette.colour("primary" if own else "muted")
        counts, taken = points(found)
        axes.plot(counts, taken, marker=SIGNS[way], color=colour, lw=2.5 if own else 1.2)
        if counts:
            ends = next((n for n, one in found.items() if "gave_up" in one), None)
            more = f", no map with {int(ends):,}" if ends else ""
            ground = {"facecolor": palette.colour("paper"), "edgecolor": "none", "pad": 1}
            axes.annotate(f"{NAMES[way]}{more}", (counts[-1], taken[-1]), (8, 0), color=colour,
                          textcoords="offset points", fontsize=9, va="center", bbox=ground,
                          weight="bold" if own else "normal")  # fmt: skip
    axes.set(xscale="log", yscale="log", xlim=(15, 2.5e7))
    axes.set_xticks([20, 1_000, 10_000, 100_000, 1_000_000])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:,.0f} ms"))
    axes.set_xlabel("events on the map")
    axes.set_title("A move of the date slider, until the points are painted (median)", loc="left",
                   weight="bold", fontsize=11)  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    """Write the chart beside the README's pictures."""
    told = json.loads((ROOT / "benchmarks/scale.json").read_text(encoding="utf-8"))
    chart(told).savefig(ROOT / "docs/scale.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
