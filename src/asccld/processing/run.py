"""One run: from collected events to a main table, with its steps and the reasons.

Nothing here connects, reads or writes. Every table of the result is an expression; `hold` may keep those that are used
more than once in the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType

from ibis.expr.types import Table

from asccld.processing.columns import DECIDING, RECORD_ID, Mode, method_table
from asccld.processing.explain import councils_without_file, files_explained, rows_dropped, rows_merged
from asccld.processing.inperiod import events_in_period
from asccld.processing.main import carried, decided, derived_fields, kept_records
from asccld.processing.mapping import mapped_fields
from asccld.processing.options import chosen_options
from asccld.processing.people import with_person_id
from asccld.processing.periods import reporting_periods
from asccld.processing.reference import Reference
from asccld.processing.submissions import (
    Basis,
    Exclusion,
    chosen_submissions,
    reference_periods,
    refuse_impossible_period,
    submissions_by_period,
    submitted,
)
from asccld.processing.unmapped import rows_with_unmapped, unmapped_values

Hold = Callable[[Table], Table]
"""Keeps a table that is used more than once, and returns what stands for it."""
Derive = Callable[[Table], Table]


class Tables(Mapping[str, Table]):
    """Tables by name, each expressed when it is asked for: a run that wants one does not wait for all."""

    def __init__(self, made_by: Mapping[str, Callable[[], Table]]) -> None:
        self._made_by = dict(made_by)

    def __getitem__(self, name: str) -> Table:
        return self._made_by[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._made_by)

    def __len__(self) -> int:
        return len(self._made_by)


@dataclass(frozen=True)
class Processed:
    """What a run makes; every table is computed when it is asked for."""

    name: str
    """Name of the main table as the Department would call it."""
    main: Table
    records: Table
    """The records that make the main table: record id, reference period, end and event number."""
    steps: Mapping[str, Table]
    """reporting_periods, submissions, events_in_period, derived_fields, main."""
    explanation: Mapping[str, Table]
    """files, councils_without_file (when councils are given), rows_in_period, rows_merged."""
    repeated: Callable[[], Table]
    """One row: how many rows the chosen files have, how many record ids, and how many rows lack one (`blank`).

    Where rows and ids are unequal, rows would multiply.
    """
    unmapped: Callable[[], Table]
    options: Mapping[str, str]
    reference: Reference


def process(  # noqa: PLR0913 - the parameters of the national scripts, and where tables are kept
    events: Table,
    *,
    mode: Mode,
    start: date,
    end: date,
    as_of: date,
    reference: Reference | None = None,
    options: Mapping[str, str] | None = None,
    excluded: Sequence[Exclusion] = (),
    basis: Basis = "Derived",
    councils: Table | None = None,
    derive: Derive | None = None,
    hold: Hold | None = None,
) -> Processed:
    """The single or joined main table of collected events, with its steps and explanation.

    `derive` finds the reporting periods in another way than `reporting_periods` does, the published version 1: from
    events to a table with its columns. Raises ImpossiblePeriod and UnknownOption before anything is computed.
    """
    refuse_impossible_period(start, end, as_of)
    chosen, keep = chosen_options(options), hold or as_it_is
    lookups = (reference or Reference.shipped()).held(keep)
    periods = keep(derive(events) if derive else reporting_periods(events, small_files=chosen["q1"]))
    quarters = reference_periods(start, end) if mode == "joined" else ((start, end),)
    by_period = submissions_by_period(periods, mode, start, end, as_of=as_of, basis=basis, excluded=excluded)
    files = keep(chosen_submissions(by_period, mode))
    kept = keep(kept_records(events, files, mode, lookups, chosen))
    main = carried(events, kept, mode, lookups)
    steps: dict[str, Callable[[], Table]] = {
        "reporting_periods": lambda: periods,
        "submissions": lambda: by_period,
        "events_in_period": lambda: events_in_period(submitted(events, files), death_on_first_day=chosen["q4"]),
        "derived_fields": lambda: derived_fields(events, files, mode, lookups, chosen),
        "main": lambda: main,
    }
    explanation: dict[str, Callable[[], Table]] = {
        "files": partial(files_explained, periods, quarters, as_of=as_of, basis=basis, excluded=excluded),
        "rows_in_period": lambda: rows_dropped(submitted(events.select(*DECIDING), files), chosen),
        "rows_merged": lambda: rows_merged(decided(events, files, mode, lookups, chosen), mode),
    }
    if councils is not None:
        explanation["councils_without_file"] = partial(councils_without_file, councils, by_period, quarters)
    return Processed(
        name=f"CLD_{start:%y%m%d}_{quarters[-1][1]:%y%m%d}_{mode.capitalize()}Submissions",
        main=main,
        records=kept,
        steps=Tables(steps),
        explanation=Tables(explanation),
        repeated=partial(_repeated, events, files),
        unmapped=partial(_unmapped, events, files, lookups, chosen, keep),
        options=MappingProxyType(chosen),
        reference=lookups,
    )


def as_it_is(table: Table) -> Table:
    """Keeps nothing: the engine computes the table wherever it is used."""
    return table


def _repeated(events: Table, files: Table) -> Table:
    rows = submitted(events.select(RECORD_ID, "la_name", "importdate"), files)
    return rows.aggregate(
        rows=rows.count(), records=rows[RECORD_ID].nunique(), blank=rows[RECORD_ID].isnull().sum().fill_null(0)
    )


def _unmapped(events: Table, files: Table, reference: Reference, options: Mapping[str, str], hold: Hold) -> Table:
    needed = [c for c in dict.fromkeys((*DECIDING, *mapped_fields())) if c in events.columns]
    rows = with_person_id(events_in_period(submitted(events.select(*needed), files), death_on_first_day=options["q4"]))
    return unmapped_values(hold(rows_with_unmapped(rows, reference)))


def step_names() -> tuple[str, ...]:
    """The steps that `asccld process --steps` writes, in the order in which they are made."""
    return tuple(row["name"] for row in method_table("steps"))
