"""The command that fills a store, for a dashboard whose account may only read."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

from geo import datasets, tables
from geo.cli.progress import Bar
from geo.errors import TansiqError
from geo.filters import CURATED
from geo.formats import Stamp
from geo.server.holdings import Holdings
from geo.store import Store

Given = argparse.Namespace
DONE, AT_FAULT = 0, 1
Names = tuple[str, ...]
# what is asked for without --dataset says nothing of combinations, for there are too many
_NO_STORE: Final = (
    "no store is named; give --store or TANSIQ_STORE, as postgresql+psycopg://account@host/database"
)


def load(given: Given) -> int:
    """Fill the store with the chosen events, each choice as a whole."""
    if not given.store:
        raise TansiqError(_NO_STORE)
    package = tables.load(given.data)
    found, faults = datasets.listed()
    known = (CURATED, *(one.name for one in found))
    told = [_filled(package, names, given.store) for names in _choices(given.dataset, known)]
    if given.json:
        sys.stdout.write(f"{json.dumps({'loaded': told, 'faults': faults})}\n")
    for one in () if given.json else told:
        sys.stdout.write(f"{_as_words(one)}\n")
    for fault in faults:
        sys.stderr.write(f"tansiq: {fault}\n")
    return AT_FAULT if faults else DONE


def _choices(asked: Sequence[str], known: Names) -> list[Names]:
    """Return what the address's `dataset` can be, as tuples of names, each once.

    Raises
    ------
    TansiqError
        When a data set is not there.
    """
    choices = [tuple(dict.fromkeys(one.split(","))) for one in asked] or [(one,) for one in known]
    for name in (name for choice in choices for name in choice):
        if name not in known:
            raise TansiqError(f"There is no data set {name!r}; there are {', '.join(known)}.")
    return list(dict.fromkeys(choices))


def _filled(package: tables.Package, names: Names, url: str) -> dict[str, Any]:
    """Fill the store with one choice of data sets, if it lacks it."""
    begun, new = time.monotonic(), 0
    with closing(Bar()) as bar:

        def progress(done: int, total: int) -> None:
            nonlocal new
            new = total
            bar(Stamp(done, total), done)

        holdings = Holdings(lambda: package, lambda: Store.open(package, url, progress=progress),
                            url, progress)  # fmt: skip
        with holdings.store(names) as opened:
            size = opened.size
    return {"datasets": names, "events": size, "filled": new > 0,
            "seconds": round(time.monotonic() - begun, 1)}  # fmt: skip


def _as_words(one: dict[str, Any]) -> str:
    how = f"filled in {one['seconds']} s" if one["filled"] else "there already"
    return f"{','.join(one['datasets'])}: {one['events']:,} events, {how}"
