"""Who a row is about (rule PID): the traced NHS number, else the council's own identifier where that is unambiguous.

Method: NHS England, every SALT table (nhse-2024-03). The rule works on exactly the rows it is given, so call it after a
table's own filters. Known limitation: one person can be kept in one table and dropped in another.
"""

from __future__ import annotations

from ibis.expr.types import Table

from asccld.processing.text import folded

NHS = "der_nhs_number_traced_pseudo"
LOCAL = "la_person_unique_identifier"


def with_person(rows: Table, *, within_la: bool = False) -> Table:
    """Adds `id` as submitted and `person`, by which people are compared; rows that name nobody for sure are dropped.

    A council's identifier that also stands beside an NHS number is not used: in any council as the script does it, or,
    with `within_la`, in the same council only (X9).
    """
    local = folded(rows[LOCAL])
    known = rows.mutate(lone=rows[NHS].isnull().ifelse(local, None))
    beside = rows.filter(rows[NHS].notnull(), rows[LOCAL].notnull())
    ambiguous = beside.select(*(["la_code"] if within_la else []), local=folded(beside[LOCAL])).distinct()
    matching = [known.lone == ambiguous.local]
    if within_la:
        matching.append(known.la_code == ambiguous.la_code)
    sure = known.anti_join(ambiguous, matching)
    identified = sure.mutate(id=sure[NHS].fill_null(sure[LOCAL]))
    named = identified.filter(identified.id.notnull()).drop("lone")
    return named.mutate(person=folded(named.id))
