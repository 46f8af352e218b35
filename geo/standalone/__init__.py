r"""The same view as one HTML file that needs nothing: no server, no network, no other file.

Leaflet, our layer, the basemap, the typeface and the rows stand in the file. What comes from
data stands in one JSON island (``<`` written as ``\u003c``) and is shown with
``textContent``; a Content-Security-Policy lets only the file's own scripts and styles run,
by their hashes, and forbids every request.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

import numpy as np

from geo import __version__, boundaries, columns, i18n, palette, provenance, scripts, vendor
from geo.address import View
from geo.basemap import RELIEF, Basemap
from geo.boundaries import Boundaries
from geo.errors import TansiqError
from geo.export import Download, file_name
from geo.export.extract import Extract, plain, take
from geo.filters import EventFilter
from geo.i18n import Words
from geo.standalone import areas, webfont
from geo.store import Store
from geo.tables import Package

MIMETYPE: Final = "text/html; charset=utf-8"
# names the rows that reports contradict each other about, in the page itself
CLASH: Final = "c1a5"
# our own words that stand in the markup; everything else is written by script
WRITTEN: Final = ("title", "kicker", "no_scripts")
# a request for a map of the source would be the only one of the page
_SOURCE_MAP: Final = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
# images of Leaflet's controls that this map does not have
_IMAGE: Final = re.compile(r"url\(images/[^)]*\)")


def page(package: Package, store: Store, asked: View | EventFilter, ground: Basemap) -> bytes:
    """Return the view as an HTML page in UTF-8, with exactly the rows that it selects.

    Equal data and views give equal bytes. Raises `TansiqError` when one of the program's own
    files is missing; a basemap without some layers gives a map without them.
    """
    taken = take(package, store, asked)
    code, styles = _scripts(), _styles()
    say = i18n.words(taken.view.lang)
    filled = Template(_read(_own("html"))).substitute(
        lang=say.lang,
        dir=i18n.direction(say.lang),
        policy=policy(code, styles),
        generator=f"Tansiq {__version__}",
        **{name: html.escape(say(f"standalone.{name}")) for name in WRITTEN},
        styles="\n".join(f"<style>{text}</style>" for text in styles),
        scripts="\n".join(f"<script>{text}</script>" for text in code),
        data=island(store, taken, ground),
    )
    return filled.encode()


def download(
    package: Package, store: Store, asked: View | EventFilter, ground: Basemap
) -> Download:
    """Return `page` as a file to be taken away."""
    view = asked if isinstance(asked, View) else View(filter=asked)
    name = file_name(view.filter, f"page-{view.lang}", package.version, "html")
    return Download(page(package, store, view, ground), name, MIMETYPE)


def policy(code: Iterable[str], styles: Iterable[str]) -> str:
    """Return the Content-Security-Policy under which only these texts run and no request goes."""
    rules = {
        "default-src": ["'none'"],
        "script-src": [_hash(text) for text in code],
        "style-src": [_hash(text) for text in styles],
        "img-src": ["data:"],
        "font-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _read(path: Path | None) -> str:
    if path is None or not path.is_file():
        name = "Leaflet" if path is None else path.name
        raise TansiqError(f"The page cannot be made: {name} is missing from the installation.")
    return path.read_text("utf-8")


def _own(ending: str) -> Path:
    """Return the page's own template, script or style."""
    return scripts.asset(f"standalone.{ending}")


def _scripts() -> list[str]:
    """Return Leaflet, the layer and the page's own script, in the order in which they run."""
    layer = [scripts.asset(name) for name in scripts.SCRIPTS]
    texts = [_read(path) for path in (vendor.path("leaflet.js"), *layer, _own("js"))]
    # a script that ends itself early would spill into the page
    return [_SOURCE_MAP.sub("", text).replace("</script", r"<\/script") for text in texts]


def _styles() -> list[str]:
    layer = [scripts.asset(name) for name in scripts.STYLES]
    texts = [_read(path) for path in (vendor.path("leaflet.css"), *layer)]
    texts.append(palette.css() + _read(_own("css")))
    return [_IMAGE.sub("none", text) for text in texts]


# --- the island ---------------------------------------------------------------------------


def island(store: Store, taken: Extract, ground: Basemap) -> str:
    """Return everything that the page shows as JSON that cannot end its own element."""
    say, kept = i18n.words(taken.view.lang), boundaries.kept(taken.view.areas)
    content: dict[str, Any] = {
        "lang": say.lang,
        "words": i18n.catalogue(say.lang, "standalone"),
        "apart": say("sign.apart"),
        "sentence": taken.view.filter.sentence(say.lang),
        "summary": _summary(store, taken, say),
        "rows": _rows(taken, say),
        "sources": {row["source_id"]: _source(row, say) for row in plain(taken.sources)},
        "claims": {row["claim_id"]: _claim(row, say) for row in plain(taken.claims)},
        "centres": _centres(taken.package, taken, say),
        "centres_title": say("standalone.centres", day=taken.day),
        "sources_title": say("standalone.sources"),
        "about": _about(taken, kept, say),
        "call": _call(store, taken),
    }
    inline = {}
    if kept:
        content["call"] |= {"bounds": kept.about.key}
        content["areas"] = areas.table(kept, taken.found, say)
        inline = areas.inline(kept, taken.found)
    made = _map(store, taken, ground, _json(content))
    made["inline"] |= inline
    return _json(content | {"map": made})


def _json(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _map(store: Store, taken: Extract, ground: Basemap, text: str) -> dict[str, Any]:
    """Return what `tansiq.boot` needs; ``text`` holds every letter that the page shows."""
    view = taken.view
    sets = columns.sets(store.sets, view.lang)
    meta = columns.meta(taken.package, view.lang) | sets | {"n": len(taken.found)}
    packed = base64.b64encode(columns.pack(taken.found)).decode("ascii")
    shown = text + _json(meta)
    return {
        "version": meta["version"],
        "lang": view.lang,
        "view": None if view.z is None else [view.lat, view.lon, view.z],
        "inline": {
            "columns": packed,
            "meta": meta,
            "masks": {CLASH: _clashing(taken), **_apart(store, taken)},
            "basemap": _ground(ground),
            "fonts": webfont.addresses(shown + "٠١٢٣٤٥٦٧٨٩٫٬…"),
        },
    }


def _ground(ground: Basemap) -> dict[str, Any]:
    """Return the basemap's files by name, as the layer would fetch them."""
    files = ground.manifest.get("files", {})
    found: dict[str, Any] = {
        f"{name}.json": layer.to_geo_dict(drop_id=True) for name, layer in ground.layers.items()
    }
    if ground.relief:
        relief = base64.b64encode(ground.relief).decode("ascii")
        found[RELIEF] = f"data:image/webp;base64,{relief}"
    # what is missing is left out of the manifest too: the page tells nobody to reload
    kept = {name: entry for name, entry in files.items() if name in found}
    return {"manifest.json": {**ground.manifest, "files": kept}, **found}


def _call(store: Store, taken: Extract) -> dict[str, Any]:
    """Return the call to the layer; the rows are chosen already, so no mask is needed."""
    call = columns.call(store, taken.view)
    number = {row: place for place, row in enumerate(taken.found["row"])}
    chosen = [number[row] for row in _listed(call["selected"]) if row in number]
    return {**call, "seq": 1, "mask": "", "clash": CLASH, "known": -1, "selected": chosen}


def _apart(store: Store, taken: Extract) -> dict[str, str]:
    """Return the rows of each data set but the first, by the digests that the call names."""
    call = columns.call(store, taken.view)
    found = {}
    for number, name in enumerate(store.sets[1:], start=1):
        rows = np.flatnonzero(taken.found["dataset"] == name)
        packed = columns.mask(rows.tolist(), len(taken.found))
        found[str(call[f"set{number}"])] = base64.b64encode(packed).decode("ascii")
    return found


def _clashing(taken: Extract) -> str:
    """Return the rows that reports contradict each other about, as the layer's bitmask."""
    rows = np.flatnonzero(taken.found["conflict_groups"] != "")
    return base64.b64encode(columns.mask(rows.tolist(), len(taken.found))).decode("ascii")


def _listed(value: object) -> list[int]:
    return value if isinstance(value, list) else []


# --- words --------------------------------------------------------------------------------


def _summary(store: Store, taken: Extract, say: Words) -> str:
    """Return how many events there are, on the map and in all, and of which days."""
    events = say.count("unit.events", len(taken.events))
    told = say("standalone.summary", events=events, n=int(taken.events["lat"].notna().sum()))
    asked, (first, last) = taken.view.filter, store.span()
    days = i18n.span(asked.date_from or first, asked.date_to or last, say.lang)
    return say("sign.apart").join([told, days])


def _rows(taken: Extract, say: Words) -> list[dict[str, Any]]:
    """Return one entry an event, in the order of the columns."""
    claims = set(taken.claims["claim_id"])
    rows = []
    for number, event in enumerate(plain(taken.found)):
        told = [one for one in event["claim_ids"].split(";") if one in claims]
        rows.append(
            {
                **columns.detail(event, say.lang),
                "row": number,
                "source_ids": [one for one in event["source_ids"].split(";") if one],
                "claims": told,
                "claims_label": say.count("unit.claims", len(told)),
                "killed": killed(event, say),
            }
        )
    return rows


def killed(event: Mapping[str, Any], say: Words) -> str:
    """Return the number of people killed, with its range where sources differ; "" if not told."""
    low, best, high = (event[f"fatalities_{name}"] for name in ("low", "best", "high"))
    told = [value for value in (low, best, high) if value is not None]
    if not told:
        return ""
    if min(told) == max(told):
        return i18n.number(told[0], say.lang)
    limits = {"low": min(told), "high": max(told)}
    if best is None:
        return say("standalone.killed_span", **limits)
    return say("standalone.killed_range", best=best, **limits)


def _source(row: Mapping[str, Any], say: Words) -> dict[str, str]:
    published = i18n.edtf(row["date_published"], say.lang) if row["date_published"] else ""
    read = say("standalone.read", day=i18n.edtf(row["date_accessed"], say.lang))
    dates = say("filter.comma").join(part for part in (published, read) if part)
    return {name: row[name] for name in ("publisher", "title", "url", "language")} | {
        "dates": dates
    }


def _claim(row: Mapping[str, Any], say: Words) -> dict[str, str]:
    speaker, asserted = row["attributed_to"], row["asserted_on"]
    said = (
        say("standalone.said_by", speaker=speaker, day=i18n.edtf(asserted, say.lang))
        if asserted
        else say("standalone.said_undated", speaker=speaker)
    )
    return {"text": row["paraphrase_en"], "said": said, "source": row["source_id"]}


def _centres(package: Package, taken: Extract, say: Words) -> list[dict[str, Any]]:
    """Return the centres whose place is asked for; the network as a whole has none."""
    places = package.frames["places"].set_index("place_id")[f"name_{say.lang}"]
    here = provenance.standing_in(package, taken.view.filter)
    listed = [row for row in plain(taken.centres) if row["centre_id"] in here]
    placed = [row for row in listed if row["place_id"] in places.index]
    return [_centre(row, say) | {"place": str(places[row["place_id"]])} for row in placed]


def _centre(row: Mapping[str, Any], say: Words) -> dict[str, Any]:
    statuses = [say(f"status.{one}") for one in row["statuses"].split(";")]
    assessed = [say(f"status.{one}") for one in row["assessments"].split(";") if one]
    confirmed = row["last_confirmed"]
    day = i18n.edtf(confirmed, say.lang) if confirmed else say("standalone.never")
    return {
        "label": row[f"name_{say.lang}"],
        "status": say("filter.comma").join([*statuses, *assessed]),
        "contradicted": row["contradicted"] == "true" or bool(row["conflict_groups"]),
        "confirmed": day,
    }


def _about(taken: Extract, kept: Boundaries | None, say: Words) -> list[tuple[str, str]]:
    """Return names and texts of what the page is, in the reader's language."""
    about, terms = taken.about, [kept.about.terms] if kept else []
    facts = {
        "filter": taken.view.filter.sentence(say.lang),
        "version": about["data_version"],
        "address": about["address"].removeprefix("?") and about["address"],
        "licences": "; ".join([about["licences"], *terms]),
    }
    return [(say(f"standalone.{key}"), text) for key, text in facts.items() if text]
