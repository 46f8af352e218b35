"""The panel of an imported event: what its source says, in the source's words and codes.

No claim stands behind it, so nothing opens; licence and attribution stand below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from geo import boundaries, cells, marks
from geo.datasets import Manifest
from geo.i18n import LANGS, Words, number
from geo.ui import details


def event(found: Mapping[str, Any], manifests: Sequence[Manifest], say: Words) -> Markup:
    """Return the facts of an imported event; ``found`` holds canonical columns."""
    rows: list[tuple[str, str | Markup]] = [
        (say("panel.when"), _coded(details.dates(found, say.lang), found, "date")),
        (say("panel.where"), _where(found, say)),
        (say("panel.governorate"), _governorate(found, say)),
        (say("imported.computed"), _polygons(found, say)),
        (say("imported.type"), _coded(_own(found["type_source"]), found, "type")),
        (say("panel.killed"), details.killed(found, say)),
        (say("panel.actors"), _own(say("sign.apart").join(cells.split(found["actor_names"])))),
        (say("panel.note"), _own(found["note_en"])),
        (say("imported.flags"), _flags(found["import_flags"], say)),
        (say("panel.identifier"), _own(found["event_id"])),
        (say("imported.line"), number(int(found["source_line"]), say.lang)),
        *((say("imported.dataset"), _terms(one, say)) for one in manifests),
    ]
    facts = Markup("").join(
        Markup('<div class="ts-fact"><span>{}</span><span>{}</span></div>').format(label, shown)
        for label, shown in rows
        if shown
    )
    return Markup(
        '<div class="ts-panel" data-event="{}"><p class="ts-kind">{}</p><h2>{}</h2>'
        '<div class="ts-facts">{}</div></div>'
    ).format(found["event_id"], _over(found, say), _title(found, say), facts)


def _own(text: str) -> Markup | str:
    """Return a text of the source, which runs its own way."""
    return Markup('<bdi dir="auto">{}</bdi>').format(text) if text else ""


def _title(found: Mapping[str, Any], say: Words) -> Markup:
    """Return the title, marked with the language that the source has it in, where it is known."""
    langs = str(found["title_langs"]).split(";")
    lang = say.lang if say.lang in langs else next((one for one in langs if one in LANGS), "")
    # a language that nobody names is none: an empty `lang` says so
    return Markup('<bdi dir="auto" lang="{}">{}</bdi>').format(lang, found[f"title_{say.lang}"])


def _over(found: Mapping[str, Any], say: Words) -> Markup:
    family = next((one for one in marks.FAMILIES if one.id == found["family"]), None)
    kind = say.label("type", found["event_type"]) if found["event_type"] else ""
    return Markup("{} {}").format(details.shape(family) if family else "", kind)


def _coded(shown: str | Markup, found: Mapping[str, Any], what: str) -> Markup | str:
    """Return a value with the source's own code below it, and the name of its scale."""
    code = found["type_source" if what == "type" else f"{what}_code"]
    scale = found[f"{what}_scale"]
    if not shown or not scale:
        return shown
    told = scale if what == "type" else f"{scale} {code}"
    return Markup("{}<small>{}</small>").format(shown, _own(told))


def _where(found: Mapping[str, Any], say: Words) -> Markup:
    sub = [say(f"precision.{found['geo_precision']}")]
    if found["geo_scale"]:
        sub.append(f"{found['geo_scale']} {found['geo_code']}")
    place = _own(found[f"place_{say.lang}"])
    return Markup("{}<small>{}</small>").format(place, say("sign.apart").join(sub))


def _governorate(found: Mapping[str, Any], say: Words) -> Markup | str:
    shown, told = details.governorate(found, say), found["admin1_source"]
    return Markup("{}<small>{}</small>").format(shown, _own(told)) if told else shown


def _polygons(found: Mapping[str, Any], say: Words) -> Markup | str:
    """Return in which areas of the operator's boundaries the point lies; "" when not compared."""
    # beside curated events, and in a data set of before, not all columns are there
    check, code, polygon = (
        found.get(name, "") for name in ("admin1_check", "admin2_polygon", "admin1_polygon")
    )
    if check in {"", "no_point"}:
        return ""
    if not polygon and not code:
        return say("imported.no_polygon")
    lines = [_own(name) for name in (_district(code, say.lang),) if name]
    if polygon:
        lines.insert(0, say("imported.by_polygon", place=say.label("admin1", polygon)))
    if check == "differs":
        lines.append(say("imported.polygon_differs"))
    small = Markup("").join(Markup("<small>{}</small>").format(one) for one in lines[1:])
    return Markup("{}{}").format(lines[0], small)


def _district(code: str, lang: str) -> str:
    """Return a district's name and code; the code alone when other boundaries are kept now."""
    kept = boundaries.read("adm2") if code else None
    area = next((one for one in kept.areas if one.code == code), None) if kept else None
    return f"{area.names.get(lang) or area.name} ({code})" if area else code


def _flags(listed: str, say: Words) -> Markup | str:
    reasons = [say(f"import.reason.{one}") for one in listed.split(";") if one]
    return Markup("<br>").join(reasons)


def _terms(one: Manifest, say: Words) -> Markup:
    licence = one.licence or say("imported.no_licence")
    return Markup("{}<small>{}</small><small>{}</small>").format(
        _own(one.name), _own(licence), _own(one.attribution or one.source)
    )
