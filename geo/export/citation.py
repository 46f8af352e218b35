"""How to cite an event, a centre or a view: in words, as BibTeX, as CSL-JSON.

A citation names the data version and the address that shows the same again, and the
publications behind it by number; it never holds today's date, so equal views are cited alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo import cells, i18n, provenance
from geo.address import View
from geo.errors import TansiqError
from geo.tables import Package

AUTHOR: Final = "Tansiq"
_SPECIAL: Final = re.compile(r"([#$%&_])")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited.

    Attributes
    ----------
    key: a short id out of ``a-z 0-9 -``; title: of the event, the centre or the view in words.
    work: the data set's title; version: of the data; year, month, day: of that version.
    address: what shows the same again, "" where nobody knows.
    publications: how many stand behind it.
    """

    key: str
    title: str
    work: str
    version: str
    issued: tuple[int, ...]
    address: str
    publications: int
    lang: str


def cited(package: Package, view: View, origin: str = "") -> Cited:
    """Return what a view cites: its selected event or centre, else the view itself.

    ``origin`` stands before the address's question mark; without it there is no address, since a
    question mark alone leads nowhere. Raises `TansiqError` for an id that
    the data does not have.
    """
    asof = view.filter.asof
    known = package if asof is None else provenance.as_known(package, asof)
    lang = view.lang
    title, key, claims = view.filter.sentence(lang), view.filter.digest()[:8], ""
    for name, column, chosen, label in (
        ("events", "event_id", view.event, "title"),
        ("centres", "centre_id", view.centre, "name"),
    ):
        if chosen:
            frame = known.frames[name]
            rows = frame[frame[column] == chosen].to_dict("records")
            if not rows:
                raise TansiqError(f"There is no {chosen} in the data, as known on that day.")
            title, key, claims = (
                f"{rows[0][f'{label}_{lang}']} ({chosen})",
                chosen,
                rows[0]["claim_ids"],
            )
    listed = [one for one in claims.split(";") if one]
    day = package.version.partition("+")[0]
    return Cited(
        key=cells.file_name(f"tansiq-{key}-{day}", "x")[:-2].replace(".", "-"),
        title=title,
        work=i18n.words(lang)("app.strap"),
        version=package.version,
        issued=tuple(int(part) for part in day.split(".") if part.isdigit()),
        address=f"{origin}?{view.to_text()}".removesuffix("?") if origin else "",
        publications=provenance.reports(known, listed).publications,
        lang=lang,
    )


def text(one: Cited) -> str:
    """Return the citation as a sentence in its language."""
    say = i18n.words(one.lang)
    said = say("citation.text", title=one.title, work=one.work, version=one.version)
    if one.publications:
        said += " " + say("citation.rests", sources=say.count("unit.sources", one.publications))
    return f"{said} {one.address}".rstrip() + "\n"


def bibtex(one: Cited) -> str:
    """Return the citation as a BibTeX entry in UTF-8."""
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": _braced(one.title),
        "note": _braced(one.work),
        "version": one.version,
        "howpublished": rf"\url{{{one.address}}}" if one.address else "",
        "year": str(one.issued[0]) if one.issued else "",
        "langid": {"en": "english", "ar": "arabic", "ckb": "kurdish"}[one.lang],
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{one.key},\n{body}\n}}\n"


def _braced(words: str) -> str:
    """Return words that BibTeX takes as they are."""
    plain = words.replace("\\", "/").replace("{", "(").replace("}", ")")
    return _SPECIAL.sub(r"\\\1", plain)


def csl(one: Cited) -> str:
    """Return the citation as CSL-JSON, a list of one dataset."""
    item: dict[str, Any] = {
        "id": one.key,
        "type": "dataset",
        "title": one.title,
        "language": one.lang,
        "author": [{"literal": AUTHOR}],
        "container-title": one.work,
        "version": one.version,
        "URL": one.address,
        "issued": {"date-parts": [list(one.issued)]},
    }
    if not one.address:
        del item["URL"]
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


FORMATS: Final[Mapping[str, tuple[str, Callable[[Cited], str]]]] = {
    "text": ("text/plain; charset=utf-8", text),
    "bibtex": ("application/x-bibtex; charset=utf-8", bibtex),
    "csl": ("application/vnd.citationstyles.csl+json", csl),
}
