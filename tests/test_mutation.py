"""Nothing that is taken out or changed goes unnoticed, and what content alone can notice.

Two hundred mutations, each with the manifest rebuilt: a claim taken out, or one value of an event
or of a status replaced by one that another row has. The validator finds all of them, since the
audit vouches for each row. With the audit set aside it finds those that other rows contradict;
what it then cannot find is named in `SILENT`, column by column:

- titles, notes, reviews, the basis of a date: words of ours that no claim carries; only the audit
  can tell that they changed.
- type, role, place, actors: assigned by the curators; no claim has a field for them, and one
  must not be made up to have something to compare with. The same holds for a rule of a toll that
  would give the same toll.
- the day of an event without a claim of a date: that it was not reported before it began is
  checked, more is not known. A precision that fits the date's length can change only with it.
- "partial" or "true": how much of an event the seed tells is a judgement; "false" is checked.
- a claim listed besides those that carry the status or the event: its absence contradicts nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from geo import tables
from geo.tables import checks, draft

MUTATIONS = 200
CHANGED = ("events", "centre_status")
SILENT = {
    "events": {
        *("title_en", "title_ar", "title_ckb", "note_en", "date_basis", "ckb_review"),
        *("event_type", "place_id", "place_role", "actors", "fatalities_rule", "claim_ids"),
        *("date_start", "date_end", "in_seed"),
    },
    "centre_status": {"note_en", "claim_ids", "centre_id"},
}


@pytest.fixture(scope="module")
def whole():
    return draft.read(tables.default_folder())


def mutations(whole):
    """Yield what is done, the column, and the draft with it done; the manifest vouches for it."""
    dice = random.Random(20210523)  # noqa: S311 - to be repeated, not to be secret
    for number in range(MUTATIONS):
        name = "claims" if number % 2 else dice.choice(CHANGED)
        table = whole.tables[name]
        rows = list(table.rows)
        at = dice.randrange(len(rows))
        if name == "claims":
            column, done = "", f"without {rows.pop(at).cells[0]}"
        else:
            column = dice.choice(table.header)
            place, row = table.header.index(column), rows[at]
            others = sorted({one.cells[place] for one in rows} - {row.cells[place]})
            value = dice.choice(others) if others else f"{row.cells[place]}x"
            cells = (*row.cells[:place], value, *row.cells[place + 1 :])
            rows[at] = replace(row, cells=cells)
            done = f"{row.cells[0]} {column}: {row.cells[place]!r} -> {value!r}"
        changed = replace(table, rows=tuple(rows))
        yield (
            name,
            column,
            done,
            draft.Draft(whole.folder, whole.descriptor, {**whole.tables, name: changed}),
        )


@pytest.fixture(scope="module")
def outcomes(whole):
    """Give each mutation with the rules that found it, checked as `tansiq validate` does."""
    return [
        (name, column, done, {fault.rule for fault in checks.faults(found)})
        for name, column, done, found in mutations(whole)
    ]


def test_every_mutation_is_found(outcomes):
    """Each of two hundred, by the checks as they run in `tansiq validate`."""
    assert len(outcomes) == MUTATIONS
    assert [done for _, _, done, rules in outcomes if not rules] == []


def test_content_finds_all_but_what_is_argued(outcomes):
    """Without the audit: each missing claim, and each value that claims or rows contradict."""
    counted = Counter()
    for name, column, done, rules in outcomes:
        noticed = bool(rules - {"audited"})
        counted[name, noticed] += 1
        assert noticed or column in SILENT.get(name, set()), done
    assert counted["claims", True] == MUTATIONS // 2
    assert sum(n for (_, noticed), n in counted.items() if noticed) >= MUTATIONS * 0.7


def test_a_sound_draft_has_no_fault(whole):
    """The mutations are found, not the draft that they are made from."""
    assert checks.faults(whole) == []
