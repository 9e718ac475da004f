"""Who a row is about, as the Department knows people.

Method: DHSC `GetDerivedFields` (dhsc-2026-06): the traced NHS number, else the submitted one, else the council's own
identifier; rows with none of them are dropped (since 7 May 2026). A person is always (council, person).
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from asccld.processing.columns import PERSON_SOURCES


def with_person_id(rows: Table) -> Table:
    """Adds `der_nhs_la_combined_person_id`; rows that name nobody are dropped."""
    traced, submitted, local = (rows[c].cast("string") for c in PERSON_SOURCES)
    own = rows.la_code.fill_null("") + "_" + local
    return rows.mutate(der_nhs_la_combined_person_id=ibis.coalesce(traced, submitted, own)).filter(
        ibis.coalesce(traced, submitted, local).notnull()
    )
