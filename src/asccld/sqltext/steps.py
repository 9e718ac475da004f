"""The steps of a main table, each an expression over the tables of the steps before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis.formats.polars import PolarsType

from asccld.processing import Reference, joined_submissions, reporting_periods, unique_events
from asccld.processing.columns import Mode
from asccld.processing.main import carried, decided, kept_records
from asccld.processing.submissions import refuse_impossible_period, submissions_by_period
from asccld.submissions.collected import COLLECTED


@dataclass(frozen=True)
class Step:
    """A part of the query that has a name."""

    name: str
    purpose: str
    table: ibis.Table

    def named(self) -> ibis.Table:
        """The step as a table that later ones read."""
        return ibis.table(self.table.schema(), name=self.name)


def steps(mode: Mode, days: tuple[date, date, date], options: Mapping[str, str], events_name: str) -> Iterator[Step]:
    """The steps in the order in which they build on each other; the last one is the main table."""
    start, end, as_of = days
    refuse_impossible_period(start, end, as_of)
    events, reference = _events(events_name), Reference.unbound()
    periods = Step(
        "reporting_periods",
        "Reporting period of each file, as its events show it",
        reporting_periods(events, small_files=options["q1"]),
    )
    yield periods
    files: Step | None = None
    for files in _files(mode, periods.named(), start, end, as_of):
        yield files
    chosen = files.named() if files else periods.named()
    records = Step(
        "records_in_period",
        "Rows of the chosen files in their period, with all that decides which record of an event is kept",
        decided(events, chosen, mode, reference, options),
    )
    yield records
    columns = kept_records(events, chosen, mode, reference, options).columns
    kept = Step("kept_records", "The best record of each event", unique_events(records.named(), mode).select(*columns))
    yield kept
    yield Step(
        "main_table", "The kept records with every national column", carried(events, kept.named(), mode, reference)
    )


def _files(mode: Mode, periods: ibis.Table, start: date, end: date, as_of: date) -> Iterator[Step]:
    by_period = submissions_by_period(periods, mode, start, end, as_of=as_of)
    if mode == "single":
        yield Step("submissions", "The latest file of each council that covers the period", by_period)
        return
    quarters = Step("submissions_by_quarter", "For each quarter the latest file of each council", by_period)
    yield quarters
    purpose = "Each chosen file once, from its first to its last quarter"
    yield Step("submissions", purpose, joined_submissions(quarters.named()))


def _events(name: str) -> ibis.Table:
    types: dict[str, Any] = {column: PolarsType.to_ibis(kind) for column, kind in COLLECTED.items()}
    return ibis.table(types, name=name)
