"""The store on a real PostgreSQL: same answers, two accounts, a restart, a limit of time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa

from geo import cli
from geo.filters import EventFilter
from geo.store import Store, StoreError
from tests import contract

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (the extra postgresql)")
debian = pytest.importorskip("tests.debian")
pytestmark = pytest.mark.skipif(bool(debian.MISSING), reason=debian.MISSING)

EVENTS = contract.events()
ALL = EventFilter()
READER = ("CREATE ROLE reader LOGIN", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader")


@pytest.fixture(scope="module")
def server() -> Iterator[debian.Postgres]:
    """Start one server for the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TANSIQ_TIME_LIMIT", raising=False)
        started = debian.Postgres()
        started.do(*READER)
        yield started
        started.close()


@pytest.fixture(scope="module")
def embedded() -> Iterator[Store]:
    """Give the embedded engine, by which the others are judged."""
    with Store.of(EVENTS, "duckdb:///:memory:") as opened:
        yield opened


@pytest.fixture(scope="module")
def held(server: debian.Postgres) -> Iterator[Store]:
    """Give a filled store."""
    with Store.of(EVENTS, server.url()) as opened:
        yield opened


@pytest.mark.parametrize("name", contract.QUESTIONS)
def test_answers_each_question_alike(held: Store, embedded: Store, name: str) -> None:
    """Values, types and order are those of the embedded engine, for any filter."""
    contract.check(name, held, embedded, 8)


@pytest.mark.slow
@pytest.mark.parametrize("name", contract.QUESTIONS)
def test_answers_hundreds_of_filters_alike(held: Store, embedded: Store, name: str) -> None:
    """So they are for a few hundred filters."""
    contract.check(name, held, embedded, 50)


@pytest.mark.parametrize("name", contract.ALONE)
def test_finds_events_alike(held: Store, embedded: Store, name: str) -> None:
    """So are single events, and all of them."""
    ask = contract.ALONE[name]
    contract.assert_same(ask(held), ask(embedded))


def test_gives_back_the_events_as_they_came(held: Store) -> None:
    """COPY carries every cell: quotes, line ends, empty texts, missing numbers, all digits."""
    found = held.events(ALL)
    pd.testing.assert_frame_equal(found[list(EVENTS.columns)], EVENTS, check_exact=True)


def test_an_account_that_may_only_read(server: debian.Postgres) -> None:
    """It opens what another account filled, changes nothing, and cannot fill a store itself."""
    few, fewer = EVENTS.iloc[:90], EVENTS.iloc[:80]
    Store.of(few, server.url()).close()
    with Store.of(few, server.url(user="reader")) as opened:
        assert opened.count(ALL) == 90
    with pytest.raises(StoreError, match="takes none from this account") as refused:
        Store.of(fewer, server.url(user="reader"))
    assert "tansiq load" in refused.value.sentence("ckb")


def test_what_serves_changes_nothing(held: Store) -> None:
    """Even the owner's session is read-only once the store is filled."""
    refused = pytest.raises(sa.exc.InternalError, match="read-only")
    with held._engine.connect() as connection, refused:
        held.events_table.drop(connection)


def test_two_may_fill_it_at_once(server: debian.Postgres) -> None:
    """One fills, the other waits and finds it filled; both answer."""
    got: list[int] = []

    def work() -> None:
        with Store.of(EVENTS.iloc[:300], server.url()) as opened:
            got.append(opened.count(ALL))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [300] * 3


def test_a_filling_that_breaks_leaves_nothing(server: debian.Postgres) -> None:
    """What PostgreSQL cannot hold is refused as a whole, in a sentence."""
    cut = EVENTS.iloc[:70].assign(title_en=["a\0b", *["x"] * 69])
    with pytest.raises(StoreError):
        Store.of(cut, server.url())
    with Store.of(EVENTS.iloc[:70], server.url()) as opened, opened._engine.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if "events" in name]
        counts = [connection.execute(sa.select(sa.func.count()).select_from(sa.table(name)))
                  for name in names]  # fmt: skip
        assert 0 not in [count.scalar_one() for count in counts]


def test_an_index_serves_what_filters_ask(held: Store) -> None:
    """The table has its indexes from the start, and days are looked up in one."""
    with held._engine.connect() as connection:
        names = {one["name"] for one in sa.inspect(connection).get_indexes(held.events_table.name)}
    assert {name.rsplit("_", 1)[-1] for name in names} >= {"id", "days", "type", "admin1", "point"}


def test_the_pool_survives_a_restart(server: debian.Postgres, held: Store) -> None:
    """While the server is away there is a sentence; after it, every connection is a new one."""
    before = held.row_numbers(ALL).tolist()
    server.stop()
    try:
        with pytest.raises(StoreError, match=r"^The store of the events did not answer\.$"):
            held.row_numbers(ALL)
    finally:
        server.start()
    assert [held.row_numbers(ALL).tolist() for _ in range(3)] == [before] * 3
    server.stop()
    server.start()
    assert held.at(5) is not None


def test_a_question_that_takes_too_long(server: debian.Postgres, monkeypatch) -> None:
    """The server stops it, the reader is told in words, and the next question is answered."""
    monkeypatch.setenv("TANSIQ_TIME_LIMIT", "0.3")
    with Store.of(EVENTS, server.url()) as opened:
        table = opened.events_table
        long = sa.select(sa.func.pg_sleep(60).label("n"), table.c.row).limit(1)
        with pytest.raises(StoreError) as stopped:
            opened._ask(long)
        assert stopped.value.reason == "slow"
        assert "0.3" in stopped.value.sentence("en")
        assert opened.count(ALL) == len(EVENTS)


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:{port}/postgres",
                                 "postgresql+psycopg://owner@127.0.0.1:{port}/nothing",
                                 "postgresql+psycopg://owner:secret@127.0.0.1:1/postgres"])
def test_a_server_that_lets_nobody_in(server: debian.Postgres, url: str) -> None:
    """A wrong account, database or port is one sentence without the URL."""
    with pytest.raises(StoreError, match=r"^The store of the given URL cannot be opened\.$"):
        Store.of(EVENTS, url.format(port=server.port))


def test_load_with_one_account_and_serve_with_another(
    server: debian.Postgres, tmp_path, monkeypatch, capsys
) -> None:
    """The operator loads; an account that may only read takes the same file from the store."""
    monkeypatch.chdir(tmp_path)
    reader = server.url(user="reader")
    assert cli.main(["export", "--out", "x.csv", "--store", reader]) == 2
    assert "tansiq load" in capsys.readouterr().err
    assert cli.main(["load", "--store", server.url()]) == 0
    assert cli.main(["export", "--out", "x.csv", "--store", reader]) == 0
    assert cli.main(["export", "--out", "y.csv", "--store", "duckdb://"]) == 0
    assert (tmp_path / "x.csv").read_bytes() == (tmp_path / "y.csv").read_bytes()
