"""Which rows are records of one and the same event.

Method: DHSC `GetDerivedFields` (dhsc-2026-06), keys by event type in `data/unique_event_keys.csv`. Columns in: person,
type, dates and submitted values. Columns out: `event_number` and `der_unique_event_ref`, the council's code and that
number. The national number is the rank of the identity among all of the run; here it is the smallest record id of the
event, which is the same on every engine. Only equality of references means anything. Known limitation (Q5): submitted
values identify, so a service whose wording moves from Release 1 to Release 2 becomes two.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import StringValue, Table, Value

from asccld.processing.columns import RECORD_ID
from asccld.processing.text import contains, fingerprint, folded, not_service, on_duckdb

IDENTITY = "identity_"

KEY_FIELDS = (
    ("request", "request_route_of_access"),
    ("assessment", "assessment_type"),
    ("service", "service_type"),
    ("service", "service_component"),
)
"""Which submitted value tells apart events whose type contains the word."""


def event_identity(rows: Table, *, wording: str = "official") -> list[Value]:
    """The values that, with the start date, make two rows the same event; missing equals missing, blank does not.

    `wording="documented"` (option q5) compares cleaned values, so that a service keeps its identity when the council
    moves to the wording of Release 2.
    """
    suffix = "_cleaned" if wording == "documented" else ""
    kinds = [contains(rows.event_type, word).ifelse(folded(rows[field + suffix]), None) for word, field in KEY_FIELDS]
    return [
        folded(rows.la_code),
        not_service(rows).ifelse(rows.der_event_end_date, None),
        folded(rows[f"client_type{suffix}"]),
        folded(rows.der_nhs_la_combined_person_id),
        folded(rows.event_type),
        *kinds,
    ]


def with_identity(rows: Table, *, wording: str = "official", hashed: bool | None = None) -> Table:
    """Adds the columns `identity_0`, ...: rows of one event agree in all of them.

    `hashed` compares hashes instead of values, which only DuckDB can do; None looks where the rows are.
    """
    by_hash = on_duckdb(rows) if hashed is None else hashed
    keys = [rows.event_start_date, *fingerprint(event_identity(rows, wording=wording), hashed=by_hash)]
    return rows.mutate(**{f"{IDENTITY}{place}": key for place, key in enumerate(keys)})


def with_event_number(rows: Table) -> Table:
    """Replaces the identity columns by `event_number`, the smallest record id of the event."""
    keys = [c for c in rows.columns if c.startswith(IDENTITY)]
    number = rows[RECORD_ID].min().over(ibis.window(group_by=[rows[key] for key in keys]))
    return rows.mutate(event_number=number).drop(*keys)


def with_unique_event_ref(rows: Table, *, wording: str = "official", hashed: bool | None = None) -> Table:
    """Adds `event_number` and `der_unique_event_ref`. Do this before cropping."""
    numbered = with_event_number(with_identity(rows, wording=wording, hashed=hashed))
    return numbered.mutate(der_unique_event_ref=event_reference(numbered))


def event_reference(rows: Table) -> StringValue:
    """The reference of an event that has its number."""
    return cast("StringValue", rows.la_code.fill_null("") + "_" + rows.event_number.cast("string"))
