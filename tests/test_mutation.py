"""Nothing that is taken out or changed goes unnoticed, and what content alone can notice.

Many mutations, each written to the file and the manifest rebuilt: a claim taken out, or
one value of an event or of a status replaced by one that another row has. The validator finds all
of them, since the audit vouches for each row. With the audit set aside it finds those that claims
or other rows contradict. What it then cannot find has to be argued: `SILENT` names the column, and
for all but words and judgements also the one case in which nothing contradicts the value.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from geo import tables
from geo.tables import draft, schema, toll
from tests.planting import copy_to

# two hundred in `make check`
MUTATIONS = 200 if settings().max_examples >= 300 else 80
CHANGED = ("events", "centre_status")
Cells = Mapping[str, str]


GENERIC = {"area", "city", "district", "governorate", "mount", "near", "town", "villages", "west"}


def words_of_places() -> dict[str, set[str]]:
    """Give the words that speak of a place: of its name, what it is in, and its governorates."""
    whole = draft.read(tables.default_folder()).tables
    governorates = {
        code: {one.casefold() for one in (name, *aliases.split(";")) if one}
        for _, (code, name, aliases) in whole["governorates"].records(
            "admin1", "name_en", "aliases"
        )
    }
    found: dict[str, set[str]] = {"": set()}
    parents = {}
    names = ("place_id", "name_en", "parent_id", "admin1", "admin1_alt")
    for _, (place, name, parent, *codes) in whole["places"].records(*names):
        found[place] = set(re.findall(r"\w[\w-]+", name.casefold())) - GENERIC
        found[place] |= set().union(*(governorates.get(code, set()) for code in codes))
        parents[place] = parent
    return {place: found[place] | found[parents[place]] for place in parents}


PLACES = words_of_places()


class Change(NamedTuple):
    """A value that was replaced: the row before and after it, and the claims about its subject."""

    old: Cells
    new: Cells
    claims: list[Cells]


class Outcome(NamedTuple):
    """What was done to which table, the rules that found it, and the change if no row is lost."""

    table: str
    column: str
    done: str
    rules: set[str]
    change: Change | None


def words(_: Change) -> bool:
    """Titles, notes, reviews: words of ours that no claim carries; only the audit knows them."""
    return True


def judged(_: Change) -> bool:
    """Role of the place, actors, how a date was known: judgements, compared with no claim."""
    return True


def unplaced(change: Change) -> bool:
    """The claims and the title name no place; or also the new one, or what it lies in."""
    told = " ".join(
        [
            change.new["title_en"],
            *(f"{one['value']} {one['paraphrase_en']}" for one in change.claims),
        ]
    ).casefold()
    named = {place for place, words in PLACES.items() if any(one in told for one in words)}
    return not named or change.new["place_id"] in {*named, "P-DISP"}


def dateless(change: Change) -> bool:
    """No claim about the event gives a day that counts; that it was told later is checked."""
    return not any(one["unit"] == "day" and not one["scope"] for one in change.claims)


def told_later(change: Change) -> bool:
    """No claim gives a day, or the event may have lasted until one of its reports."""
    return dateless(change) or change.new["date_end"] in {
        one["asserted_on"] for one in change.claims
    }


def same_toll(change: Change) -> bool:
    """The other rule gives the same toll."""
    told = toll.figures(change.claims)
    before, after = (toll.toll(told, row["fatalities_rule"]) for row in change[:2])
    return bool(told) and before == after


def partly(change: Change) -> bool:
    """How much of an event the seed tells is a judgement; that it tells none is checked."""
    return "false" not in {change.old["in_seed"], change.new["in_seed"]}


def assessed(change: Change) -> bool:
    """Which of the two assessments a claim's words amount to is a judgement."""
    return {change.old["status"], change.new["status"]} <= {"degraded", "contested"}


_JUDGED = ("actors", "place_role", "date_basis")
SILENT: Mapping[tuple[str, str], Callable[[Change], bool]] = {
    **dict.fromkeys([("events", f"title_{lang}") for lang in ("en", "ar", "ckb")], words),
    **dict.fromkeys([("events", "note_en"), ("events", "ckb_review")], words),
    ("centre_status", "note_en"): words,
    **dict.fromkeys([("events", name) for name in _JUDGED], judged),
    ("events", "place_id"): unplaced,
    ("events", "date_start"): dateless,
    ("events", "date_end"): told_later,
    ("events", "fatalities_rule"): same_toll,
    ("events", "in_seed"): partly,
    ("centre_status", "status"): assessed,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("mutated") / "data"
    made.mkdir()
    return copy_to(made)


def outcome(whole: draft.Draft, folder: Path, name: str, dice: random.Random) -> Outcome:
    """Mutate a table as a file, let the manifest vouch for it, validate, and put it back."""
    table = whole.tables[name]
    rows, column, change = [row.cells for row in table.rows], "", None
    at = dice.randrange(len(rows))
    if name == "claims":
        done = f"without {rows.pop(at)[0]}"
    else:
        column = dice.choice(table.header)
        place, old = table.header.index(column), rows[at]
        others = sorted({cells[place] for cells in rows} - {old[place]})
        value = dice.choice(others) if others else f"{old[place]}x"
        rows[at] = (*old[:place], value, *old[place + 1 :])
        done = f"{old[0]} {column}: {old[place]!r} -> {value!r}"
        told = [one for one in whole.claims.values() if one["subject_id"] == old[0]]
        before, after = (dict(zip(table.header, cells, strict=True)) for cells in (old, rows[at]))
        change = Change(before, after, told)
    path = folder / table.resource.path
    path.write_bytes(schema.render(table.header, rows))
    tables.write_manifest(folder)
    rules = {fault.rule for fault in tables.validate(folder)}
    path.write_bytes(table.raw)
    return Outcome(name, column, done, rules, change)


@pytest.fixture(scope="module")
def outcomes(folder) -> list[Outcome]:
    """Give each mutation with the rules that found it."""
    whole, dice = draft.read(folder), random.Random(20210523)  # noqa: S311 - to be repeated
    return [
        outcome(whole, folder, "claims" if number % 2 else dice.choice(CHANGED), dice)
        for number in range(MUTATIONS)
    ]


def by_content(one: Outcome) -> bool:
    """Whether claims or other rows contradict what was done."""
    return bool(one.rules - {"audited"})


def test_every_mutation_is_found(outcomes):
    """Each of them, by the checks as they run in `tansiq validate`."""
    assert len(outcomes) == MUTATIONS
    assert [one.done for one in outcomes if not one.rules] == []


def test_no_mutation_is_found_by_its_form(outcomes):
    """What is written is canonical and vouched for: neither quotes nor hashes give it away."""
    found = {rule for one in outcomes for rule in one.rules}
    assert not found & {"quoting", "row_count", "byte_count", "sha256"}


def test_content_finds_all_but_what_is_argued(outcomes):
    """Without the audit: each missing claim, and each value that claims or rows contradict."""
    missed = [one for one in outcomes if not by_content(one)]
    for one in missed:
        argued = SILENT.get((one.table, one.column), lambda _: False)
        assert one.change is not None, one.done
        assert argued(one.change), one.done
    counted = Counter((one.table == "claims", by_content(one)) for one in outcomes)
    assert counted[True, True] == MUTATIONS // 2
    assert counted[False, True] >= MUTATIONS // 2 * 0.65


def test_a_sound_draft_has_no_fault(folder, outcomes):
    """The mutations are found, not the data that they are made from, which are whole again."""
    tables.write_manifest(folder)
    assert tables.validate(folder) == []
