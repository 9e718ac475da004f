"""Which rows are records of one and the same event.

Method: DHSC `GetDerivedFields` (dhsc-2026-06), keys by event type in `data/unique_event_keys.csv`. Columns in: person,
type, dates and submitted values. Columns out: `der_unique_event_ref`, the council's code and a number. Numbers change
from run to run; only equality matters. Known limitation (Q5): submitted values identify, so a service whose wording
moves from Release 1 to Release 2 becomes two.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import Table, Value

from asccld.processing.text import contains, folded, is_service, not_service

KEY_FIELDS = (
    ("request", "request_route_of_access"),
    ("assessment", "assessment_type"),
    ("service", "service_type"),
    ("service", "service_component"),
)
"""Which submitted value tells apart events whose type contains the word."""


def event_identity(rows: Table, *, wording: str = "official") -> list[Value]:
    """The values that make two rows the same event; missing equals missing, blank does not.

    `wording="documented"` (option q5) compares cleaned values, so that a service keeps its identity when the council
    moves to the wording of Release 2.
    """
    suffix = "_cleaned" if wording == "documented" else ""
    kinds = [
        contains(rows.event_type, word).ifelse(folded(rows[field + suffix]), None) for word, field in KEY_FIELDS
    ]
    return [
        rows.event_start_date,
        not_service(rows).ifelse(rows.der_event_end_date, None),
        folded(rows[f"client_type{suffix}"]),
        folded(rows.der_nhs_la_combined_person_id),
        folded(rows.event_type),
        *kinds,
    ]


def with_unique_event_ref(rows: Table, *, wording: str = "official") -> Table:
    """Adds `der_unique_event_ref`: dense rank of the identity within the council. Do this before cropping."""
    within = ibis.window(group_by=folded(rows.la_code), order_by=event_identity(rows, wording=wording))
    number = cast("Value", ibis.dense_rank().over(within) + 1)
    return rows.mutate(der_unique_event_ref=rows.la_code.fill_null("") + "_" + number.cast("string"))


def is_service_key(rows: Table, value: Value) -> Value:
    """The value where the row is a service, missing elsewhere."""
    return is_service(rows).ifelse(value, None)
