"""The setting of long-term support (rule SET): service type and a delivery mechanism that it allows, ranked.

Method: NHS England, LTS001 and ASCOF 3D (nhse-2024-03); `data/settings.csv`. Rank 1 is strongest.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from asccld.measures.registry import measure_table
from asccld.measures.source import in_list
from asccld.processing.text import folded

LONG_TERM = (
    "Long Term Support: Nursing Care",
    "Long Term Support: Residential Care",
    "Long Term Support: Community",
    "Long Term Support: Prison",
)
NURSING, RESIDENTIAL, COMMUNITY, PRISON = LONG_TERM


@cache
def allowed() -> tuple[tuple[str, str, int], ...]:
    """Service type, delivery mechanism and rank of every setting."""
    rows = measure_table("settings")
    return tuple((r["service_type"], r["delivery_mechanism"], int(r["rank"])) for r in rows)


def is_long_term(rows: Table, *settings: str) -> BooleanValue:
    """Whether a row is of one of the four long-term service types, or of those given."""
    return in_list(rows.service_type, *(settings or LONG_TERM))


def with_setting(rows: Table, *, own_spelling: bool = False) -> Table:
    """Long-term rows with `setting_rank`, the list's spelling of the service type, and a cleaned delivery mechanism.

    A mechanism that the setting does not allow is blank. One that it allows stays as submitted, a leading blank and all
    (X22); with `own_spelling` it is the list's.
    """
    service, mechanism = folded(rows.service_type), trimmed(rows.delivery_mechanism)
    ranks = [(((service == t.lower()) & (mechanism == m.lower())), t, m, rank) for t, m, rank in allowed() if m]
    plain = [((service == t.lower()), t, rank) for t, m, rank in allowed() if not m]
    kept: Value = ibis.literal("")
    for fits, _, spelt, _ in ranks:
        kept = cast("Value", fits.fill_null(False).ifelse(spelt if own_spelling else rows.delivery_mechanism, kept))
    rank = ibis.cases(*((fits, r) for fits, _, _, r in ranks), *((fits, r) for fits, _, r in plain))
    named = ibis.cases(*((fits, t) for fits, t, _ in plain))
    return rows.mutate(setting_rank=rank.cast("int8"), service_type=named, delivery_mechanism=kept)


def trimmed(value: Value) -> StringValue:
    """As the script trims: spaces at both ends, and no regard to case."""
    return cast("StringValue", _without_leading_spaces(folded(value)))


@ibis.udf.scalar.builtin(name="ltrim")
def _without_leading_spaces(text: str) -> str: ...  # pyright: ignore[reportReturnType]
