"""Promises of labels: each stands free, and at its own mark."""

from __future__ import annotations

import pytest

from geo.snapshot.labels import Board, Box, Wish


def test_a_name_never_stands_nearer_to_another_mark() -> None:
    """Where the only room is beside a foreign mark, the name is left out."""
    frame = Box(0, 0, 200, 100)
    board = Board(frame, [Box(0, 0, 95, 100), Box(105, 55, 200, 100)], [(100, 50, 4), (150, 20, 4)])
    wish = Wish(40, 10, ((100, 50),), 4, 9, 10)
    placed = board.place(wish)
    assert placed is None or placed.nearest(100, 50)[0] - 100 < 20


@pytest.mark.parametrize(("must", "placed"), [(False, False), (True, True)])
def test_only_a_name_that_must_be_written_crosses_a_line(must: bool, placed: bool) -> None:
    board = Board(Box(0, 0, 100, 100), lines=[Box(0, 0, 100, 100)])
    wish = Wish(20, 8, ((50, 50),), 4, 3, 8)
    assert (board.place(wish, must=must) is not None) == placed


def test_names_take_their_places_in_turn() -> None:
    """The first has the best side, the next another, and one without room is left out."""
    board = Board(Box(0, 0, 60, 12))
    first, second, third = (board.place(Wish(20, 8, ((30, 6),), 4, 1, 8)) for _ in range(3))
    assert first is not None
    assert second is not None
    assert first.x0 > 30 > second.x1
    assert third is None
