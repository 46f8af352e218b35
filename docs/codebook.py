"""Write `docs/codebook.md` from the descriptor: every table, column, constraint and rule.

`python -m docs.codebook` writes it; a test holds the file to what this module would write.
"""  # noqa: INP001 # documents are no package

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo import tables
from geo.files import write_atomic
from geo.tables import rules, schema

HERE: Final = Path(__file__).with_name("codebook.md")
HEAD: Final = """# Codebook

Every table and column of `data/`, written by `make codebook` from `data/datapackage.json`: change
that file, not this one. Dates are EDTF level 0 (`2021`, `2021-05`, `2021-05-23`); positions are
decimal degrees (EPSG:4326); an empty cell means that the value is not known or does not apply.
"""


def text(folder: Path | None = None) -> str:
    """Return the codebook as Markdown."""
    descriptor = schema.read_descriptor(folder or tables.default_folder())
    parts = ["\n".join(_table(raw)) for raw in descriptor.raw["resources"]]
    return "\n".join([HEAD, *parts])


def _table(raw: dict[str, Any]) -> Iterator[str]:
    yield f"## {raw['name']}\n"
    keys = ", ".join(f"`{key}`" for key in raw["schema"]["primaryKey"])
    yield f"{raw['description']} Key: {keys}.\n"
    yield "| column | type | what it holds | must be |"
    yield "|---|---|---|---|"
    references = {key["fields"]: key["reference"] for key in raw["schema"].get("foreignKeys", ())}
    for field in raw["schema"]["fields"]:
        cells = [
            f"`{field['name']}`",
            _kind(field),
            field["description"],
            "; ".join(_constraints(field, references, raw["name"])),
        ]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""
    for rule in raw.get("tansiq:rules", ()):
        yield f"- {_rule(rule)}"
    if raw.get("tansiq:rules"):
        yield ""


def _kind(field: dict[str, Any]) -> str:
    if field.get("tansiq:type") == "edtf":
        return "date"
    if "tansiq:list" in field:
        return f"list, parted by `{field['tansiq:list']['separator']}`"
    language = {"en": "English", "ar": "Arabic", "ckb": "Sorani"}.get(
        field.get("tansiq:language", "")
    )
    return f"text ({language})" if language else field["type"]


def _constraints(field: dict[str, Any], references: dict[str, Any], table: str) -> Iterator[str]:
    told = field.get("constraints", {})
    if told.get("required"):
        yield "filled"
    if told.get("unique"):
        yield "unique"
    if "enum" in told:
        yield "one of " + ", ".join(f"`{one}`" for one in told["enum"])
    if "pattern" in told:
        yield f"of the form `{told['pattern']}`"
    for name, word in (("minimum", "at least"), ("maximum", "at most")):
        if name in told:
            yield f"{word} {told[name]}"
    if field["name"] in references:
        to = references[field["name"]]
        yield f"a `{to['fields']}` of {to['resource'] or table}"
    if target := field.get("tansiq:list", {}).get("reference"):
        yield f"each a `{target['field']}` of {target['resource']}"
    if targets := field.get("tansiq:reference", {}).get("anyOf"):
        yield "an id of " + " or ".join(one["resource"] for one in targets)


def _rule(rule: dict[str, Any]) -> str:
    """Return a rule in the words of its own docstring, with what it is about."""
    said = (rules.RULES[rule["rule"]].__doc__ or "").strip().split("\n")[0]
    about = {key: value for key, value in rule.items() if key != "rule"}
    tail = f" ({json.dumps(about)[1:-1]})" if about else ""
    return f"`{rule['rule']}`: {said}{tail}".replace('"', "")


if __name__ == "__main__":
    write_atomic(HERE, text().encode())
