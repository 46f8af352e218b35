"""How many independent reports stand behind claims: publications that share an origin are one.

An agency's text that three papers print is one report; two speakers in one article are one as
well, since one publication brings both. So there are never more reports than publications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def independent(claims: Iterable[Mapping[str, Any]]) -> int:
    """Count the groups of publications that no common origin connects.

    Claims are rows of the table with ``source_id`` and ``origin``.
    """
    groups: list[set[str]] = []
    for one in claims:
        # the two kinds of names must not meet
        pair = {f"source {one['source_id']}", f"origin {one['origin']}"}
        apart = [group for group in groups if not group & pair]
        groups = [*apart, pair.union(*(group for group in groups if group & pair))]
    return len(groups)
