"""A question to the store that takes too long: what a reader is told, and who is not stopped."""

from __future__ import annotations

import json
import threading

import pytest

from geo import server
from geo.i18n import LANGS, direction
from geo.store import Store, StoreError
from geo.store.patience import Watch
from geo.ui import reports
from tests.served import Served

SLOW = StoreError("slow", seconds=20)


def refused(*_: object) -> None:
    raise SLOW


@pytest.mark.parametrize("lang", LANGS)
def test_a_route_says_it_in_words(monkeypatch, lang: str) -> None:
    """The answer is 503 with a sentence in the language of the request."""
    monkeypatch.setattr(Store, "at", refused)
    served = Served(server.routes(server.AppState(url="duckdb://")))
    answer = served.get(f"/tansiq/event/3.json?lang={lang}")
    served.stop()
    assert (answer.status, json.loads(answer.body)) == (503, {"error": SLOW.sentence(lang)})


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_says_it_in_words(monkeypatch, lang: str) -> None:
    """The page shows the sentence as a notice, also before it has widgets: no traceback."""
    told: list[str] = []
    monkeypatch.setattr(reports, "html", told.append)
    for state, query in (({"lang": lang}, {}), ({}, {"lang": lang})):
        monkeypatch.setattr(reports.st, "session_state", state)
        monkeypatch.setattr(reports.st, "query_params", query)
        assert reports.on_script_error(SLOW)
    assert all(SLOW.sentence(lang) in one and f'dir="{direction(lang)}"' in one for one in told)
    assert len(told) == 2


def test_only_the_question_that_is_asked_is_stopped() -> None:
    """What ends in time is not stopped afterwards; what does not end is stopped once."""
    stopped, over = [], threading.Event()
    with Watch(60, lambda: stopped.append("early")) as early:
        pass
    early._fire()  # the timer may be on its way when the block ends
    with Watch(0.01, lambda: (stopped.append("late"), over.set())) as late:
        assert over.wait(30)
    assert (stopped, early.fired, late.fired) == (["late"], False, True)
