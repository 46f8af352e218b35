"""The curators' tools: enter rows, answer for edits, and see what is left to do.

`entry` adds a row with everything that follows from it, in one atomic step; `review` lists what
the data still owes its readers.
"""

from geo.curation.entry import KINDS, Cells, Entered, Kind, add, record, refuse_columns
from geo.curation.review import LISTS, review

__all__ = [
    "KINDS",
    "LISTS",
    "Cells",
    "Entered",
    "Kind",
    "add",
    "record",
    "refuse_columns",
    "review",
]
