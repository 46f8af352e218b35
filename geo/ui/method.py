"""What the data is, how it counts, its licences, and the list of publications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from geo.i18n import Words
from geo.tables import Package
from geo.tables.evidence import Cover
from geo.ui.details import english


def about(
    package: Package, covered: Sequence[Cover], say: Words
) -> Markup:
    """Return what the data is, its limits, how it counts, its licences, how to cite it."""
    limits = ("public", "status", "place", "sources", "sorani", "boundaries")
    method = ("dates", "governorates", "status")
    licences = [
        say("page_about.licence_code"),
        say("page_about.licence_data"),
        *(english(_licence(one), say) for one in package.licences),
        say("map.credit_borders"),
        say("page_about.licence_rivers"),
        say("map.credit_relief"),
        say("map.credit_caption"),
    ]
    return Markup('<div class="ts-panel">{}</div>').format(
        Markup("").join(
            [
                Markup("<h2>{}</h2><p>{}</p>").format(
                    say("page_about.what"), say("page_about.what_text")
                ),
                _list(say("page_about.limits"), [say(f"page_about.limit_{one}") for one in limits]),
                _list(
                    say("page_about.method"), [say(f"page_about.method_{one}") for one in method]
                ),
                _list(
                    say("page_about.coverage"),
                    [
                        say("page_about.covered_text"),
                        *(
                            say(
                                "page_about.covered",
                                field=say(f"conflict.field_{one.field}"),
                                carried=one.carried,
                                filled=one.filled,
                            )
                            for one in covered
                        ),
                    ],
                ),
                _list(say("page_about.licences"), licences),
                _list(
                    say("page_about.cite"),
                    [
                        say("page_about.cite_text", version=package.version),
                        say("page_about.faults"),
                    ],
                ),
            ]
        )
    )


def _licence(licence: Mapping[str, str]) -> str:
    return " ".join(licence[key] for key in ("title", "name") if licence.get(key))


def _list(title: str, items: Iterable[str | Markup]) -> Markup:
    return Markup("<h3>{}</h3><ul>{}</ul>").format(
        title, Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    )


def source_table(sources: pd.DataFrame, say: Words) -> pd.DataFrame:
    """Return the publications as a table under headings of the language."""
    names = {
        "source_id": "id",
        "publisher": "publisher",
        "title": "source_title",
        "language": "language",
        "date_published": "published",
        "date_accessed": "accessed",
        "url": "link",
    }
    return sources[list(names)].rename(
        columns={column: say(f"page_about.{name}") for column, name in names.items()}
    )
