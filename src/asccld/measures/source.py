"""What a measure works on: the events in Release 1 wording, the settings, and a place for steps that several share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table, Value

from asccld.measures.settings import Settings
from asccld.processing.run import Hold
from asccld.processing.text import age_at, first_of_month, folded, same

RECORD = "der_unique_record_id"


@dataclass
class Source:
    """The events of a run. `shared` computes a step once, however many measures ask for it."""

    events: Table
    """In Release 1 wording; a council's code in capitals, without trailing spaces."""
    settings: Settings
    keep: Hold
    _shared: dict[str, Table] = field(default_factory=dict[str, Table], repr=False)

    def shared(self, name: str, make: Callable[[], Table]) -> Table:
        """The table of that name, made and kept in the engine the first time that it is asked for."""
        if name not in self._shared:
            self._shared[name] = self.keep(make())
        return self._shared[name]


def in_list(value: Value, *texts: str) -> BooleanValue:
    """`value in (...)` of the national database; missing where the value is missing."""
    return cast("BooleanValue", folded(value).isin([text.rstrip(" ").lower() for text in texts]))


def is_client(rows: Table) -> BooleanValue:
    """Whether a row is about somebody who is or may be supported, and not about a carer."""
    return same(rows.client_type, "Service User")


def alive(rows: Table, day: object) -> BooleanValue:
    """No death before the day: who dies on it counts."""
    return cast("BooleanValue", rows.date_of_death.isnull() | (rows.date_of_death >= day))


def touches(rows: Table, first: object, last: object) -> BooleanValue:
    """Whether an event overlaps the days from first to last, both included; an open one does not end."""
    open_or_later = rows.event_end_date.isnull() | (rows.event_end_date >= first)
    return cast("BooleanValue", (rows.event_start_date <= last) & open_or_later)


def has_birth(rows: Table) -> BooleanValue:
    """Whether year and month of birth are there."""
    return cast("BooleanValue", rows.der_birth_year.notnull() & rows.der_birth_month.notnull())


def age_on(rows: Table, day: object) -> IntegerValue:
    """Whole years on a day, from the first of the month of birth; missing where that is unknown."""
    import ibis

    return age_at(first_of_month(rows.der_birth_year, rows.der_birth_month), cast("DateValue", ibis.literal(day)))


def age_born(rows: Table, day: object) -> IntegerValue:
    """The same for rows whose `born` is known already."""
    import ibis

    return age_at(cast("DateValue", rows.born), cast("DateValue", ibis.literal(day)))


def record_list(rows: Table, *, once: bool = False) -> Value:
    """For an aggregation: the records that a row comes from. Finish with `with_record_ids`.

    `once` promises that no record is in a group twice, which is faster.
    """
    return rows[RECORD].cast("string").collect(distinct=not once)


def with_record_ids(table: Table, column: str = "record_ids") -> Table:
    """The collected records as one text: sorted, parted by commas, the same in every engine."""
    listed = cast("StringValue", table[column].sort().join(","))  # pyright: ignore[reportAttributeAccessIssue]
    return table.mutate(**{column: listed})
