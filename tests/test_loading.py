"""`tansiq load`: the events stand in a store, whole, before a dashboard asks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo import cli, datasets, server, tables
from geo.store import StoreError
from tests import foreign

KIRKUK = {"latitude": "35.47", "longitude": "44.39"}


@pytest.fixture
def load(tmp_path: Path, monkeypatch, capsys):
    """Give what loads into a file of its own, beside one imported data set."""
    monkeypatch.setenv("TANSIQ_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TANSIQ_STORE", raising=False)
    file = foreign.written(tmp_path, foreign.ged(KIRKUK, KIRKUK), "ged.csv")
    datasets.import_file(tables.load(), datasets.Order(file, name="ged"))

    def call(*argv: str) -> tuple[int, list[dict[str, object]]]:
        capsys.readouterr()
        code = cli.main(["load", "--store", url(tmp_path), "--json", *argv])
        return code, json.loads(capsys.readouterr().out)["loaded"]

    return call


def url(folder: Path) -> str:
    return f"duckdb:///{folder / 'named.duckdb'}"


def counts(loaded: list[dict[str, object]]) -> dict[str, tuple[object, object]]:
    return {",".join(one["datasets"]): (one["events"], one["filled"]) for one in loaded}


def test_without_a_choice_each_data_set_is_loaded(load) -> None:
    """The curated events and each imported set by itself; what is there is left as it is."""
    size = len(tables.load().frames["events"])
    code, loaded = load()
    assert (code, counts(loaded)) == (0, {"curated": (size, True), "ged": (2, True)})
    assert counts(load()[1]) == {"curated": (size, False), "ged": (2, False)}
    assert counts(load("--dataset", "ged,curated")[1]) == {"ged,curated": (size + 2, True)}


def test_a_dashboard_that_may_only_read_serves_what_was_loaded(load, tmp_path, monkeypatch) -> None:
    """Every loaded choice is there; for another one the reader is told what lacks."""
    load()
    monkeypatch.setattr("geo.store.engine._load", refuse)
    state = server.AppState(url=url(tmp_path))
    assert state.store.size == len(tables.load().frames["events"])
    assert state.holdings.store(("ged",)).size == 2
    with pytest.raises(StoreError, match="tansiq load"):
        state.holdings.store(("curated", "ged"))


def refuse(*_: object) -> None:
    raise StoreError("unfilled")


def test_says_in_words_what_it_did(load, tmp_path, capsys) -> None:
    """One line a choice."""
    capsys.readouterr()
    assert cli.main(["load", "--store", url(tmp_path), "--dataset", "ged"]) == 0
    assert capsys.readouterr().out.startswith("ged: 2 events, filled in ")
    assert cli.main(["load", "--store", url(tmp_path), "--dataset", "ged"]) == 0
    assert capsys.readouterr().out == "ged: 2 events, there already\n"


def test_a_damaged_data_set_is_named(load, tmp_path, capsys) -> None:
    """The others are loaded all the same, and the code says that something is at fault."""
    (tmp_path / "home/datasets/ged.json").write_text("{", "utf-8")
    code, loaded = load()
    assert (code, list(counts(loaded))) == (1, ["curated"])
