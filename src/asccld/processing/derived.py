"""Review type, latest age and age bands.

Method: DHSC `GetDerivedFields` (dhsc-2026-06). Counting unit: rows. Columns in: event_type, review_reason_cleaned;
der_birth_year, der_birth_month, der_event_end_date, ref_period_end_date. Columns out: review_type; der_latest_age,
der_age_band, der_working_age_band. Known limitation: ages count from the 1st of the month of birth.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table

from asccld.processing.columns import method_table
from asccld.processing.text import age_at, contains, first_of_month, folded, is_service, not_service, same, starts

UNKNOWN_AGE = "Unknown"
_UNKNOWN_REVIEW = "Review Type Unknown"


def with_review_type(rows: Table) -> Table:
    """Adds `review_type`: the first rule that holds, in the order of the national procedure."""
    reason, of_review = rows.review_reason_cleaned, same(rows.event_type, "Review")
    nothing = ibis.null("string")
    kind = ibis.cases(
        (starts(reason, "Unplanned") & of_review, "Unplanned"),
        (starts(reason, "Planned") & of_review, "Planned review of long term support"),
        (same(reason, "Review of short term support") & of_review, "Review of short term support"),
        (same(reason, "Invalid and not mapped") & of_review, _UNKNOWN_REVIEW),
        ((reason.isnull() | (folded(reason) == "")) & of_review, nothing),
        (~contains(rows.event_type, "review"), nothing),
        else_=_UNKNOWN_REVIEW,
    )
    return rows.mutate(review_type=kind)


def with_ages(rows: Table) -> Table:
    """Adds the age at the end of the event, for open services at the end of the reference period, and its bands.

    A planned end in the future gives the age at that future day.
    """
    open_until = ibis.cases(
        (not_service(rows), rows.der_event_end_date),
        (is_service(rows), rows.der_event_end_date.coalesce(rows.ref_period_end_date)),
    )
    born = first_of_month(rows.der_birth_year, rows.der_birth_month)
    aged = rows.mutate(der_latest_age=age_at(born, open_until))
    return aged.mutate(
        der_age_band=age_band(aged.der_latest_age, "der_age_band"),
        der_working_age_band=age_band(aged.der_latest_age, "der_working_age_band"),
    )


def age_band(age: IntegerValue, band_set: str) -> StringValue:
    """The label of the band (`data/age_bands.csv`) in which an age falls; `Unknown` for a missing age."""
    bands = [r for r in method_table("age_bands") if r["band_set"] == band_set]
    cases = [(age <= int(r["upper"]) if r["upper"] else age >= int(r["lower"]), r["label"]) for r in bands]
    return cast("StringValue", ibis.cases(*cases, else_=UNKNOWN_AGE))
