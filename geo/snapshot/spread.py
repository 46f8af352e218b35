"""Marks that would lie on one another step aside; pure geometry in points.

A picture cannot be zoomed: where marks crowd, each moves as little as it must, its
name with it, and a line leads back to its place. The same marks always end at the
same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.snapshot.labels import Box

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
_ROUNDS: Final = 240
_HOMING: Final = 140
# while a mark still moves, this share of its way home is given back each round
_HOMEWARD: Final = 0.05
# beyond it there is no room to step aside into: marks stay, the larger below
_FULL: Final = 0.5
# coincident marks part on this angle each, so that no two take the same way
_GOLDEN: Final = 2.399963


@dataclass(frozen=True, slots=True)
class Body:
    """What moves as one: a disc at its home, and the box of its name beside it.

    ``name`` is relative to the home; discs along it stand for it.
    """

    home: tuple[float, float]
    radius: float
    name: Box | None = None

    def discs(self) -> list[tuple[float, float, float]]:
        """Return (dx, dy, radius) of the discs that cover it."""
        found = [(0.0, 0.0, self.radius)]
        if self.name is not None:
            half = self.name.height / 2
            steps = max(2, int(np.ceil(self.name.width / (1.6 * half))))
            middle = (self.name.y0 + self.name.y1) / 2
            across = np.linspace(self.name.x0 + half, self.name.x1 - half, steps)
            found += [(float(dx), middle, half) for dx in across]
        return found


def apart(bodies: Sequence[Body], frame: Box, gap: float) -> Floats:
    """Return (n, 2) points, near the homes, at which no two bodies overlap.

    Where the frame is too full, the homes are returned as they are.
    """
    homes = np.array([body.home for body in bodies], dtype=float).reshape(-1, 2)
    discs = [(owner, *disc) for owner, body in enumerate(bodies) for disc in body.discs()]
    owner = np.array([disc[0] for disc in discs], dtype=np.intp)
    offset = np.array([disc[1:3] for disc in discs], dtype=float).reshape(-1, 2)
    radius = np.array([disc[3] for disc in discs], dtype=float)
    filled = float(np.sum(np.pi * (radius + gap / 2) ** 2))
    if len(bodies) < 2 or filled > _FULL * frame.width * frame.height:  # noqa: PLR2004
        return homes
    first, second = np.triu_indices(len(owner), 1)
    # only what could meet: bodies far from each other at home never do
    near = _near(homes, owner, first, second, frame)
    first, second = first[near], second[near]
    pairs = _Pairs(owner, offset, first, second, radius[first] + radius[second] + gap)
    low, high = _limits(bodies, frame)
    points = homes + 0.01 * _directions(len(homes))
    for turn in range(_ROUNDS):
        push = pairs.push(points)
        if turn < _HOMING:
            points += (homes - points) * _HOMEWARD
        elif not push.any():
            break
        points = np.clip(points + push, low, high)
    moved = np.hypot(*(points - homes).T) > gap / 2
    return np.where(moved[:, None], points, homes)


def _near(homes: Floats, owner: Ints, first: Ints, second: Ints, frame: Box) -> Any:
    apart_ = np.abs(homes[owner[first]] - homes[owner[second]])
    reach = 0.35 * min(frame.width, frame.height)
    return (owner[first] != owner[second]) & (apart_[:, 1] < reach) & (apart_[:, 0] < 2 * reach)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of discs of different bodies, and how near their middles may come."""

    owner: Ints
    offset: Floats
    first: Ints
    second: Ints
    reach: Floats

    def push(self, points: Floats) -> Floats:
        """Return how far each body must move: both of a pair by half of what overlaps."""
        discs = points[self.owner] + self.offset
        between = discs[self.first] - discs[self.second]
        far = np.hypot(between[:, 0], between[:, 1])
        lack = self.reach - far
        met = lack > 0
        way = between[met] * (0.5 * lack[met] / np.maximum(far[met], 1e-9))[:, None]
        push = np.zeros_like(points)
        np.add.at(push, self.owner[self.first[met]], way)
        np.subtract.at(push, self.owner[self.second[met]], way)
        # a body of many discs is pushed once for each of them: no leaps
        longest = np.hypot(push[:, 0], push[:, 1])
        most = float(self.reach.max(initial=1.0)) / 4
        return push * np.minimum(1.0, most / np.maximum(longest, most))[:, None]


def _directions(n: int) -> Floats:
    angles = np.arange(n) * _GOLDEN
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _limits(bodies: Sequence[Body], frame: Box) -> tuple[Floats, Floats]:
    """Return the lowest and highest point of each body that keeps all of it in the frame."""
    reaches = []
    for body in bodies:
        name = body.name or Box.around(0, 0, body.radius)
        r = body.radius
        reaches.append((min(-r, name.x0), min(-r, name.y0), max(r, name.x1), max(r, name.y1)))
    found = np.array(reaches)
    low = np.array([frame.x0, frame.y0]) - found[:, :2]
    high = np.array([frame.x1, frame.y1]) - found[:, 2:]
    return np.minimum(low, high), np.maximum(low, high)
