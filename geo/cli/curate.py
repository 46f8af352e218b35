"""The curators' commands: add, record, review."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from geo import curation, tables
from geo.cli import asking
from geo.errors import TansiqError

Given = argparse.Namespace


def add(given: Given) -> int:
    """Add a row: ask for what is not given, refuse what breaks a rule."""
    folder, kind = _folder(given), curation.KINDS[given.kind]
    cells, claim = asking.pairs(given.field), asking.pairs(given.claim)
    if sys.stdin.isatty() and not given.json:
        asked = asking.Dialogue(folder, given.kind, cells, claim)
        key = asked.run(_named(given), given.reason.strip(), _today())
    else:
        who, why = _curator(given), _reason(given)
        key = curation.add(
            folder, given.kind, cells, curator=who, reason=why, day=_today(), claim=claim
        )
    _tell(
        given,
        {"added": given.kind, "key": key, "folder": str(folder)},
        f"{folder / kind.table}.csv: {key} added",
    )
    return 0


def record(given: Given) -> int:
    """Answer for what was edited by hand."""
    folder = _folder(given)
    done = curation.record(
        folder,
        curator=_curator(given),
        reason=_reason(given),
        day=_today(),
        correct=given.correct,
    )
    lines = [f"{folder / name}.csv: {key} {act}" for name, key, act in done]
    _tell(
        given,
        {"recorded": [list(one) for one in done], "folder": str(folder)},
        "\n".join(lines) or f"{folder}: nothing had changed",
    )
    return 0


def review(given: Given) -> int:
    """List what is left to do."""
    package = tables.load(given.data)
    found = curation.review(package, given.on or datetime.now(UTC).date())
    lines = []
    for name, findings in found.items():
        lines.append(f"{name.replace('_', ' ')}: {len(findings)}")
        lines += [f"  {key}  {what}" for key, what in findings]
    _tell(given, {"data_version": package.version, **found}, "\n".join(lines))
    return 0


def _tell(given: Given, told: object, words: str) -> None:
    text = json.dumps(told, ensure_ascii=False) if given.json else words
    sys.stdout.write(f"{text}\n")


def _folder(given: Given) -> Path:
    folder = Path(given.data) if given.data else tables.default_folder()
    if not folder.is_dir():
        raise TansiqError(f"{folder}: expected the folder of a data package, found none")
    return folder


def _curator(given: Given) -> str:
    if not (found := _named(given)):
        raise TansiqError("--curator: expected who answers for it (or set TANSIQ_CURATOR)")
    return found


def _named(given: Given) -> str:
    """Return who answers for it, "" when nobody is named."""
    return str(given.curator or os.environ.get("TANSIQ_CURATOR", "")).strip()


def _reason(given: Given) -> str:
    if not given.reason.strip():
        raise TansiqError("--reason: expected why, in a few words")
    return str(given.reason.strip())


def _today() -> str:
    return date.isoformat(datetime.now(UTC).date())
