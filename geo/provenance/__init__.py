"""From a shown value to its claims and their sources; what contradicts; what was known when.

`seats` tells which centres stand where, `status` a centre's status on a day, `traces` who said
what of a value, `knowledge` what could be known by a day.
"""

from geo.provenance.contradictions import fields
from geo.provenance.knowledge import NEVER, Hidden, as_known, events, hidden, known_days, retell
from geo.provenance.seats import standing_in
from geo.provenance.status import (
    Fact,
    Span,
    Status,
    claims_for,
    facts,
    sources_for,
    status_on,
    status_spans,
)
from geo.provenance.traces import (
    ALSO,
    Conflict,
    Corroboration,
    Said,
    Trace,
    beside,
    conflicts,
    reports,
    side_by_side,
    traces,
)

__all__ = [
    "ALSO",
    "NEVER",
    "Conflict",
    "Corroboration",
    "Fact",
    "Hidden",
    "Said",
    "Span",
    "Status",
    "Trace",
    "as_known",
    "beside",
    "claims_for",
    "conflicts",
    "events",
    "facts",
    "fields",
    "hidden",
    "known_days",
    "reports",
    "retell",
    "side_by_side",
    "sources_for",
    "standing_in",
    "status_on",
    "status_spans",
    "traces",
]
