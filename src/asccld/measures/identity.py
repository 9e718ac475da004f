"""Who a row is about (rule PID): the traced NHS number, else the council's own identifier where that is unambiguous.

Method: NHS England, every SALT table (nhse-2024-03). The rule works on exactly the rows it is given, so call it after a
table's own filters. Known limitation: one person can be kept in one table and dropped in another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from ibis.expr.types import Table, Value

from asccld.processing.text import folded

NHS = "der_nhs_number_traced_pseudo"
LOCAL = "la_person_unique_identifier"
IDENTIFIED = ("id", "person", "local", "has_nhs")
"""What `identifiers` gives, and `sure_people` needs besides la_code."""


def identifiers(rows: Table) -> dict[str, Value]:
    """`id` as submitted, `person` by which people are compared, `local` likewise, and `has_nhs`."""
    submitted = rows[NHS].fill_null(rows[LOCAL])
    return {
        "id": submitted,
        "person": folded(submitted),
        "local": folded(rows[LOCAL]),
        "has_nhs": rows[NHS].notnull(),
    }


def sure_people(
    rows: Table, *, within_la: bool = False, shared: Callable[[Callable[[], Table]], Table] | None = None
) -> Table:
    """Rows that name somebody for sure.

    A council's identifier that also stands beside an NHS number is not used: in any council as the script does it, or,
    with `within_la`, in the same council only (X9). `shared` may keep those identifiers for when the same rows are
    asked again.
    """
    place = ["la_code"] if within_la else []
    ambiguous = shared(lambda: _ambiguous(rows, place)) if shared else _ambiguous(rows, place)
    asked = rows.mutate(lone=rows.has_nhs.ifelse(None, rows.person))
    matching = [asked.lone == ambiguous.local, *(asked[c] == ambiguous[c] for c in place)]
    sure = cast("Table", asked.anti_join(ambiguous, matching))
    return sure.filter(sure.person.notnull()).drop("lone", "local", "has_nhs")


def _ambiguous(rows: Table, place: list[str]) -> Table:
    """The councils' identifiers that stand alone in some row and beside an NHS number in another."""
    without = rows.filter(~rows.has_nhs)
    lone = without.select(*place, local=without.person).distinct()
    # Few rows lack a number: only their identifiers are looked for beside one.
    beside = cast("Table", rows.filter(rows.has_nhs).semi_join(lone, [*place, "local"]))
    return beside.select(*place, "local").distinct()


def with_person(rows: Table, *, within_la: bool = False) -> Table:
    """Adds `id` as submitted and `person`, by which people are compared; rows that name nobody for sure are dropped."""
    return sure_people(rows.mutate(**identifiers(rows)), within_la=within_la)
