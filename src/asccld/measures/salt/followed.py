"""What the sequel tables share once it is known what followed: record types, categories of services, records behind.

Method: NHS England, STS001 and STS002a (nhse-2024-03). Columns in: subjects with what `sequels.what_followed` adds to
them, `outcome_key` (the own outcome as it is compared) and `candidates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Table, Value

from asccld.measures.salt.short_term import CLUSTER, days_allowed
from asccld.measures.sequels import Followed, Search, left
from asccld.measures.settings import Settings
from asccld.measures.source import record_list, with_record_ids

_FOUND = ("anything_later", "in_scope", "service_rank", "useful_rows", "useful_outcome", "candidates")


def search_for(settings: Settings, measure: str, *, useful_only: bool) -> Search:
    """How what followed is searched for a measure, with the accidents that the settings repeat."""
    window = settings.documented("d3")
    return Search(
        window=days_allowed(measure, "window to the first later event"),
        gap=days_allowed(measure, "gap between later events"),
        useful_only=useful_only,
        window_after_own_rows=window or settings.documented("x2"),
        window_on_open=window or settings.documented("x3"),
        breaks_within_day=not settings.documented("x4"),
        ends_at_own_kind=settings.documented("d9"),
        only_conflicts=settings.documented("d7"),
    )


def with_found(rows: Table, followed: Followed) -> Table:
    """Rows of subjects with what followed each."""
    return left(rows, followed.subjects, [*CLUSTER], *_FOUND)


class RecordTypes(NamedTuple):
    """Rows by what followed them; types 1 and 5 can hold a row that is also of another (X13)."""

    nothing_later: Table
    service: Table
    useful_outcome: Table
    nothing_useful: Table
    out_of_scope: Table

    @classmethod
    def of(cls, told: Table, settings: Settings) -> RecordTypes:
        """The rows of each type, from 1 to 5."""
        # The script compares the own outcome to take a row out of a group, and missing never equals missing (X13).
        lost = ibis.literal(value=False) if settings.documented("x13") else told.outcome_key.isnull()
        in_scope = told.filter(told.in_scope)
        no_service = in_scope.filter(in_scope.service_rank.isnull())
        return cls(
            told.filter(~told.anything_later | lost),
            in_scope.filter(in_scope.service_rank.notnull()),
            no_service.filter(no_service.useful_rows.notnull()),
            no_service.filter(no_service.useful_rows.isnull()),
            told.filter(told.anything_later, ~told.in_scope | lost),
        )


def named_by_rank(rank: IntegerValue, services: Sequence[tuple[str, int]], names: Mapping[str, str]) -> Value:
    """What a service of each rank is called."""
    return ibis.cases(*((rank == place, names[service]) for service, place in services))


def several_compete(rows: Table, settings: Settings) -> BooleanValue:
    """Whether more than one row competes to be what followed; ties of the own outcome compete too (D7)."""
    competing = rows.useful_rows if settings.documented("d7") else rows.useful_rows * rows.candidates
    return cast("BooleanValue", competing > 1)


def with_records(rows: Table, own: Table, followed: Followed) -> Table:
    """Adds `record_ids`, of the subject's own rows, and `sequel_record_ids`, of those that decided (types 2 and 3)."""
    records = with_record_ids(own.group_by(*CLUSTER).agg(record_ids=record_list(own)))
    later = followed.deciding_rows
    sequels = with_record_ids(later.group_by(*CLUSTER).agg(sequel_record_ids=record_list(later)), "sequel_record_ids")
    told = left(left(rows, records, [*CLUSTER], "record_ids"), sequels, [*CLUSTER], "sequel_record_ids")
    decided = told.record_type.isin([2, 3])
    return told.mutate(sequel_record_ids=decided.ifelse(told.sequel_record_ids, None))
