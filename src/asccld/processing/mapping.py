"""Submitted values become cleaned ones, and cleaned ones groups, by lookup.

Method: DHSC `GetDerivedFields` (dhsc-2026-06). Each mapped field is looked up by its raw value; no match, a missing and
(unless the table lists it) a blank value give a missing cleaned value. Columns in: the mapped fields. Columns out:
`<field>_raw`, `<field>_cleaned`, for three fields `<field>_grouped`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ibis.expr.types import Table

from asccld.processing.columns import method_table
from asccld.processing.reference import Reference
from asccld.processing.text import folded


def mapped_fields(batch: str | None = None) -> tuple[str, ...]:
    """The 21 mapped fields, or those of one batch of the national procedure (`a` or `e`)."""
    return tuple(r["field"] for r in method_table("mapped_fields") if batch in (None, r["batch"]))


def with_cleaned(rows: Table, reference: Reference, fields: Iterable[str]) -> Table:
    """Adds `<field>_cleaned` (and `<field>_grouped`) for the fields given; the submitted columns stay as they are."""
    wanted = tuple(fields)
    lookups = {field: reference.lookup(field) for field in wanted}
    joined = rows
    for field, lookup in lookups.items():
        joined = joined.left_join(lookup, folded(rows[field]) == lookup[f"{field}_key"])
    added = [lookup[c] for field, lookup in lookups.items() for c in lookup.columns if c != f"{field}_key"]
    return joined.select(*(rows[c] for c in rows.columns), *added) if wanted else rows


def with_raw_names(rows: Table, fields: Iterable[str]) -> Table:
    """Renames submitted columns to `<field>_raw`, to tell them from the cleaned ones."""
    return rows.rename({f"{field}_raw": field for field in fields})


def with_outcome_hierarchy(rows: Table, reference: Reference) -> Table:
    """Adds `event_outcome_hierarchy`: 1 is the strongest outcome, missing what the hierarchy does not hold."""
    ranks = reference.hierarchy()
    joined = rows.left_join(ranks, folded(rows.event_outcome_cleaned) == ranks.outcome_key)
    return joined.select(*(rows[c] for c in rows.columns), ranks.event_outcome_hierarchy)
