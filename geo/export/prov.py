"""Where the shown values come from, as PROV-JSON (W3C): event or centre, claim, source, people.

An event or centre is derived from claims; a claim is quoted from its source and attributed to
whoever said it; a source is attributed to its publisher. Names are ``tansiq:`` and our own ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from geo.export.extract import Extract, plain

NAMESPACE: Final = "urn:tansiq:"
Document = dict[str, dict[str, Any]]


def to_json(taken: Extract) -> bytes:
    """Return the provenance of a view's events and centres, or of its selected one alone."""
    made: Document = {
        "prefix": {"tansiq": NAMESPACE},
        "entity": {},
        "agent": {},
        "wasDerivedFrom": {},
        "wasAttributedTo": {},
    }
    claims = {row["claim_id"]: row for row in plain(taken.package.frames["claims"])}
    sources = {row["source_id"]: row for row in plain(taken.package.frames["sources"])}
    data = _entity(
        made,
        "data",
        {
            "prov:label": taken.about["title"],
            "tansiq:version": taken.about["data_version"],
            "tansiq:address": taken.about["address"],
        },
    )
    for key, label, listed in _subjects(taken):
        subject = _entity(made, key, {"prov:label": label})
        _derived(made, subject, data, "tansiq:Part")
        for claim in listed:
            if claim in claims:
                _claim(made, claims[claim], sources[claims[claim]["source_id"]])
                _derived(made, subject, f"tansiq:{claim}", "prov:PrimarySource")
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()


def _subjects(taken: Extract) -> Iterable[tuple[str, str, list[str]]]:
    """Yield id, title and claims of the selected event or centre; of all when none is."""
    chosen = {one for one in (taken.view.event, taken.view.centre) if one}
    lang = taken.view.lang
    for name, key, title in (("events", "event_id", "title"), ("centres", "centre_id", "name")):
        shown = set(getattr(taken, name)[key])
        for row in plain(taken.package.frames[name]):
            if row[key] in (chosen or shown):
                yield row[key], row[f"{title}_{lang}"], row["claim_ids"].split(";")


def _claim(made: Document, claim: Mapping[str, Any], source: Mapping[str, Any]) -> None:
    told = _entity(
        made,
        claim["claim_id"],
        {
            "prov:value": claim["paraphrase_en"],
            "tansiq:field": claim["field"],
            "tansiq:claimed": claim["value"],
            "tansiq:position": claim["paragraph"],
            "tansiq:asserted_on": claim["asserted_on"],
        },
    )
    published = _entity(
        made,
        source["source_id"],
        {
            "prov:label": source["title"] or source["url"],
            "prov:location": source["url"],
            "tansiq:language": source["language"],
            "tansiq:published": source["date_published"],
        },
    )
    _derived(made, told, published, "prov:Quotation")
    _attributed(made, told, claim["attributed_to"])
    _attributed(made, published, source["publisher"])


def _entity(made: Document, key: str, told: Mapping[str, str]) -> str:
    """Add an entity once, without what is not known; returns its qualified name."""
    name = f"tansiq:{key}"
    made["entity"][name] = {key: value for key, value in told.items() if value}
    return name


def _derived(made: Document, entity: str, used: str, kind: str) -> None:
    made["wasDerivedFrom"][_relation("d", entity, used)] = {
        "prov:generatedEntity": entity,
        "prov:usedEntity": used,
        "prov:type": {"$": kind, "type": "prov:QUALIFIED_NAME"},
    }


def _attributed(made: Document, entity: str, who: str) -> None:
    """Attribute an entity to a speaker or publisher, an agent by the digest of its name."""
    agent = f"tansiq:agent-{hashlib.sha256(who.encode()).hexdigest()[:12]}"
    made["agent"][agent] = {"prov:label": who}
    made["wasAttributedTo"][_relation("a", entity, agent)] = {
        "prov:entity": entity,
        "prov:agent": agent,
    }


def _relation(kind: str, one: str, other: str) -> str:
    """Return a blank name that the same relation always has."""
    return f"_:{kind}{hashlib.sha256(f'{one} {other}'.encode()).hexdigest()[:16]}"
