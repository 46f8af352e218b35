"""Every other engine answers each question of the store as the embedded one does, exactly."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.filters import EventFilter
from geo.store import Store, StoreError
from tests import contract
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
EVENTS = contract.events()
ALL = EventFilter()
# how many filters each question is asked with; a question costs Spark a quarter of a second
EXAMPLES = {"sqlite": 30, "chdb": 30, "spark": 4}
WHY = "the extra {} is not installed (pip install tansiq[{}])"


@pytest.fixture(scope="module")
def embedded() -> Iterator[Store]:
    """Give the embedded engine, by which the others are judged."""
    with Store.of(EVENTS, "duckdb:///:memory:") as opened:
        yield opened


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """Start a Spark cluster for the module."""
    pytest.importorskip("pyspark", reason=WHY.format("pyspark", "spark"))
    from tests import cluster as spark  # noqa: PLC0415

    if spark.MISSING:
        pytest.skip(spark.MISSING)
    started = spark.Cluster()
    yield started
    from pyspark.sql import SparkSession  # noqa: PLC0415

    if (session := SparkSession.getActiveSession()) is not None:
        session.stop()
    started.close()


@pytest.fixture(scope="module", params=list(EXAMPLES))
def held(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Store]:
    """Give a filled store on each engine."""
    folder = tmp_path_factory.mktemp("store")
    if request.param == "spark":
        url = request.getfixturevalue("cluster").url()
    elif request.param == "chdb":
        pytest.importorskip("chdb", reason=WHY.format("chdb", "chdb"))
        url = f"chdb:///{folder / 'events'}"
    else:
        url = f"sqlite:///{folder / 'events.db'}"
    with Store.of(EVENTS, url) as opened:
        yield opened


@pytest.mark.parametrize("name", contract.QUESTIONS)
def test_answers_each_question_alike(held: Store, embedded: Store, name: str) -> None:
    """Values, types and order are those of the embedded engine, for any filter."""
    contract.check(name, held, embedded, EXAMPLES[held._engine.dialect.name])


@pytest.mark.parametrize("name", contract.ALONE)
def test_finds_events_alike(held: Store, embedded: Store, name: str) -> None:
    """So are single events, and all of them."""
    ask = contract.ALONE[name]
    contract.assert_same(ask(held), ask(embedded))


def test_is_found_filled(held: Store) -> None:
    """A second opening finds what the first has filled, and nothing for other events."""
    url = held._engine.url
    taken: list[int] = []
    with Store.of(EVENTS, url.render_as_string(), progress=lambda _, n: taken.append(n)) as again:
        assert (again.count(ALL), taken) == (len(EVENTS), [])
    with Store.of(EVENTS.iloc[:7], url.render_as_string()) as few:
        assert few.count(ALL) == 7
    assert held.count(ALL) == len(EVENTS)
    with Store.of(EVENTS.iloc[:0], url.render_as_string()) as none:
        assert (none.count(ALL), len(none.events(ALL)), len(none.by_month(ALL))) == (0, 0, 0)


def test_no_value_becomes_a_part_of_a_statement(held: Store, embedded: Store) -> None:
    """What a reader types is compared, whatever it looks like."""
    typed = ["' or 1=1 --", '"; drop table x', "%(x)s", "{x:String}", ":x", "\\", "100%", "a\\' b"]
    for text in typed:
        contract.assert_same(held.row_numbers(EventFilter(q=text)),
                             embedded.row_numbers(EventFilter(q=text)))
        assert held.get(text) is None


def test_what_the_engine_refuses_is_a_sentence(held: Store) -> None:
    """A statement that cannot be answered is no traceback, and the next one is answered."""
    with pytest.raises(StoreError, match=r"^The store of the events did not answer\.$"):
        held._ask(sa.select(sa.column("nothing")).select_from(sa.table("nowhere")))
    assert held.count(ALL) == len(EVENTS)


def test_a_question_that_takes_too_long(held: Store, monkeypatch) -> None:
    """It is stopped, told in words, and the next one is answered."""
    url = held._engine.url
    if url.get_backend_name() == "chdb":
        pytest.skip("its limit is set when it is opened, which is once a process: see below")
    monkeypatch.setenv("TANSIQ_TIME_LIMIT", "2")
    a, b, c, d = (held.events_table.alias() for _ in range(4))
    long = sa.select(sa.func.count().label("n")).where(
        a.c.row * b.c.row % 7 < c.c.row * d.c.row % 5, a.c.lat * b.c.lon * c.c.lat > 0)
    with pytest.raises(StoreError) as stopped:
        held._ask(long)
    assert stopped.value.reason == "slow"
    monkeypatch.delenv("TANSIQ_TIME_LIMIT")
    assert held.count(ALL) == len(EVENTS)


ALONE = """
import sys
import sqlalchemy as sa
from geo.filters import EventFilter
from geo.store import Store, StoreError
from tests import contract

held = Store.of(contract.events(), sys.argv[1])
if "long" in sys.argv:
    a, b, c, d = (held.events_table.alias() for _ in range(4))
    try:
        held._ask(sa.select(sa.func.count().label("n")).where(
            a.c.row * b.c.row % 7 < c.c.row * d.c.row % 5, a.c.lat * b.c.lon * c.c.lat > 0))
    except StoreError as error:
        print(error.reason)
with Store.of(contract.events(), "duckdb://") as embedded:
    for name, ask in contract.ALONE.items():
        contract.assert_same(ask(held), ask(embedded))
    for name in contract.QUESTIONS:
        contract.check(name, held, embedded, 2)
print("alike", held.count(EventFilter()))
"""


def alone(url: str, *args: str, **settings: str) -> list[str]:
    """Run the contract in a process of its own; returns what it printed last."""
    done = subprocess.run([sys.executable, "-c", ALONE, url, *args], cwd=ROOT, timeout=600,
                          capture_output=True, text=True, check=False,
                          env=os.environ | settings)  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()


def test_chdb_stops_what_takes_too_long(tmp_path: Path) -> None:
    """The engine keeps the limit by itself."""
    pytest.importorskip("chdb", reason=WHY.format("chdb", "chdb"))
    said = alone(f"chdb:///{tmp_path / 'events'}", "long", TANSIQ_TIME_LIMIT="2")
    assert said == ["slow", "alike", str(len(EVENTS))]


def test_spark_connect_answers_alike(cluster) -> None:
    """So does the cluster behind a Connect server."""
    pytest.importorskip("grpc", reason=WHY.format("pyspark[connect]", "spark"))
    # what each question costs is Spark's to say: here it has to be right
    assert alone(cluster.connect(), TANSIQ_TIME_LIMIT="0") == ["alike", str(len(EVENTS))]
