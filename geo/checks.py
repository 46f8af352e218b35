"""The checks of a data package; each fault is named by the check that found it."""

from __future__ import annotations

from typing import Final

from geo import manifest
from geo.draft import Draft
from geo.errors import Fault

# rules after which a table's cells cannot be told for certain
UNREADABLE: Final = frozenset({"encoding", "csv_syntax", "header", "cell_count", "missing_file"})


def faults(draft: Draft) -> list[Fault]:
    """Return every fault of a data package."""
    return list(manifest.faults(draft))
