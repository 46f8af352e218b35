"""The words around a picture's map: headline, counts, sources, attribution, metadata."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geo import __version__, i18n
from geo.snapshot import typeface
from geo.snapshot.labels import Box
from geo.snapshot.pen import Pen
from geo.snapshot.plan import Drawn
from geo.snapshot.scene import Scene
from geo.snapshot.typeface import DISPLAY, SMALL, STORY, TINY, TITLE


def between(say: i18n.Words) -> str:
    """Return what stands between the parts of a line, and never begins one."""
    sign = say("sign.apart")
    return f"\u00a0{sign[1:]}" if sign.startswith(" ") else sign


def _listed(parts: Iterable[str], say: i18n.Words) -> str:
    """Return parts with the language's sign between them."""
    return between(say).join(parts)


def header(pen: Pen, scene: Scene, page: Box) -> float:
    """Write project and headline; return the y below them."""
    say = i18n.words(scene.lang)
    start, end = (page.x1, page.x0) if pen.rtl else (page.x0, page.x1)
    y = page.y1 - 0.85 * pen.em
    brand = pen.write(end, y, say("snapshot.brand"), SMALL, bold=True, align="end")
    room = page.width - brand.width - pen.em
    for line in pen.wrap(say("snapshot.kicker"), room, SMALL, bold=True, most=1):
        pen.write(start, y, line, SMALL, bold=True, colour=pen.palette.primary)
    y -= 0.75 * pen.em
    lines, size = _headline(pen, scene.sentence, page.width)
    for line in lines:
        y -= 1.22 * size * pen.em
        pen.write(start, y, line, size, bold=True)
    # a larger headline has longer descenders
    return y - (0.2 + 0.25 * size) * pen.em


def _headline(pen: Pen, sentence: str, width: float) -> tuple[list[str], float]:
    """Return the sentence in the largest letters that leave it few lines."""
    for size, most in ((DISPLAY, 1), (STORY, 2), (TITLE, 3)):
        lines = pen.wrap(sentence, width, size, bold=True)
        if len(lines) <= most:
            return lines, size
    return pen.wrap(sentence, width, TITLE, bold=True, most=4), TITLE


def standfirst(scene: Scene, drawn: Drawn | None = None) -> str:
    """Return dates and counts in words; what is not on the map is counted too."""
    say = i18n.words(scene.lang)
    parts = [] if not scene.dates or scene.dates in scene.sentence else [scene.dates]
    total, inside = len(scene.events), len(drawn.ids) if drawn else 0
    left = [say("app.left_out", n=scene.n_left_out)] if scene.n_left_out else []
    left += [say("box.left_out", n=scene.n_pointless)] if scene.n_pointless else []
    if not total:
        return _listed([*parts, say("snapshot.empty"), *left], say)
    parts.append(say.count("unit.events", total))
    outside = len(scene.located) - inside
    if outside or scene.n_unlocated:
        parts.append(say("snapshot.on_map", n=inside))
    if outside:
        parts.append(say("snapshot.outside", n=outside))
    if scene.n_unlocated:
        parts.append(say("snapshot.unlocated", n=scene.n_unlocated))
    return _listed([*parts, *left], say)


def standfirst_lines(pen: Pen, scene: Scene, width: float) -> int:
    """Return how many lines are kept for dates and counts before the map is known."""
    return len(pen.wrap(standfirst(scene), width, most=3))


def write_standfirst(pen: Pen, scene: Scene, page: Box, y: float, drawn: Drawn) -> None:
    """Write dates and counts below the headline."""
    start = page.x1 if pen.rtl else page.x0
    for line in pen.wrap(standfirst(scene, drawn), page.width, most=3):
        y -= 1.4 * pen.em
        pen.write(start, y, line, colour=pen.palette.muted)


def footer(pen: Pen, scene: Scene, page: Box) -> float:
    """Write sources, version, attribution and address; return the y above them."""
    say = i18n.words(scene.lang)
    start = page.x1 if pen.rtl else page.x0
    size = TINY
    lines: list[tuple[str, str]] = []
    for text, colour, most in (
        (_complaint(pen, scene), pen.palette.warning, 2),
        (_origin(scene), pen.palette.ink, 2),
        (_listed(scene.terms, say), pen.palette.ink, 4),
        (_attribution(scene), pen.palette.muted, 3),
        (say("snapshot.address", address=scene.address) if scene.address else "", "", 2),
    ):
        wrapped = pen.wrap(text, page.width, size, most=most) if text else []
        lines += [(line, colour or pen.palette.muted) for line in wrapped]
    y = page.y0 + 0.25 * size * pen.em
    for line, colour in reversed(lines):
        pen.write(start, y, line, size, colour=colour)
        y += 1.42 * size * pen.em
    return y


def _complaint(pen: Pen, scene: Scene) -> str:
    """Return what could not be drawn, as a sentence, or nothing."""
    say = i18n.words(scene.lang)
    lost = list(scene.basemap.missing)
    said = [say("snapshot.no_layers", names=", ".join(lost))] if lost else []
    if typeface.missing(pen.fonts):
        said.append(say("snapshot.no_font"))
    return " ".join(said)


def _origin(scene: Scene) -> str:
    say = i18n.words(scene.lang)
    parts = [say.count("unit.sources", scene.n_sources)]
    if scene.n_contradicted:
        parts.append(say("snapshot.contradicted", n=scene.n_contradicted))
    if scene.n_uncertain:
        parts.append(say("snapshot.uncertain", n=scene.n_uncertain))
    if scene.version and scene.version_day:
        parts.append(say("snapshot.version_day", version=scene.version, day=scene.version_day))
    elif scene.version:
        parts.append(say("snapshot.version", version=scene.version))
    return _listed(parts, say)


def _attribution(scene: Scene) -> str:
    """Return whom the picture owes its ground and its places to, in the map's own words."""
    say = i18n.words(scene.lang)
    layers = scene.basemap.layers
    owed = [("borders", "borders" in layers), ("rivers", "rivers" in layers)]
    owed.append(("relief", bool(scene.basemap.relief)))
    names = [say(f"map.credit_{name}") for name, drawn in owed if drawn]
    return _listed([*names, say("snapshot.places"), say("map.credit_caption")], say)


def metadata(scene: Scene, fmt: str, drawn: Drawn) -> dict[str, Any]:
    """Return what the file says of itself; no dates, so that bytes repeat."""
    say = i18n.words(scene.lang)
    owed = (_attribution(scene), *scene.licences, *scene.terms)
    told = [standfirst(scene, drawn), _origin(scene), *owed]
    title = typeface.clean(_listed([scene.sentence, say("snapshot.kicker")], say))
    about = typeface.clean(_listed([part for part in (*told, scene.address) if part], say))
    maker, words = f"Tansiq {__version__}", say("snapshot.keywords")
    if fmt == "png":
        source = typeface.clean(scene.address)
        return {"Title": title, "Description": about, "Source": source, "Software": maker}
    if fmt == "svg":
        said = {"Title": title, "Description": about, "Language": scene.lang, "Creator": maker}
        return {**said, "Keywords": words, "Date": None}
    said = {"Title": title, "Subject": about, "Keywords": words, "Creator": maker}
    return {**said, "Producer": maker, "CreationDate": None, "ModDate": None}
