"""Which file of each council serves a period: one for the whole (single), or one per quarter (joined).

Method: DHSC `GetSubmissions` and the two main-table scripts (dhsc-2026-06). Counting unit: files, known by council name
and import time. Columns in: those of `reporting_periods`. Columns out: la_name, importdate, ref_period_start_date,
ref_period_end_date. Known limitation (Q3): a file chosen for quarters that are not adjacent covers the gap too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.errors import AsccldError
from asccld.processing.columns import Mode, method_table, threshold
from asccld.processing.text import folded, folded_text
from asccld.standard.calendar import months_later

Basis = Literal["Derived", "Stated"]
Exclusion = datetime | tuple[str, datetime]
"""A file left out: its import time, or council and import time."""

MOST_QUARTERS = 100
"""Each quarter is a query of its own within that for the main table."""

SUBMISSION_COLUMNS = ("la_name", "importdate", "ref_period_start_date", "ref_period_end_date")


class ImpossiblePeriod(AsccldError):
    """A period that ends before it starts, or is asked about before it is over."""


def refuse_impossible_period(start: date, end: date, as_of: date) -> None:
    """Raise ImpossiblePeriod where no file could ever serve the period."""
    if end < start:
        remedy = "Swap --start and --end"
        raise ImpossiblePeriod(f"The period ends ({end}) before it starts ({start})", "--end", remedy)
    if end.year == date.max.year:
        raise ImpossiblePeriod(f"The calendar ends with the year of {end}", "--end", "Choose an earlier end")
    if as_of < end:
        raise ImpossiblePeriod(
            f"As of {as_of} the period was not over: it ends on {end}, and only files imported from that day on count",
            "--as-of",
            "Choose a later day, or an earlier end of the period",
        )


def excluded_imports() -> tuple[datetime, ...]:
    """Files with known faults that the national code leaves out by their import time."""
    return tuple(datetime.fromisoformat(row["import_date"]) for row in method_table("excluded_imports"))


def selected_submissions(
    periods: Table,
    period_start: date,
    period_end: date,
    *,
    as_of: date,
    basis: Basis = "Derived",
    excluded: Iterable[Exclusion] = (),
) -> Table:
    """The latest file of each council that covers the whole period and came after it, by `as_of`."""
    able = candidates(periods, period_start, period_end, as_of=as_of, basis=basis, excluded=excluded)
    able = able.mutate(name_key=folded(able.la_name))
    latest = able.importdate.max().over(ibis.window(group_by=able.name_key))
    newest = able.mutate(latest=latest)
    newest = newest.filter(newest.importdate == newest.latest)
    chosen = newest.group_by("name_key").agg(la_name=newest.la_name.min(), importdate=newest.importdate.max())
    return chosen.select(
        "la_name",
        "importdate",
        ref_period_start_date=ibis.literal(period_start),
        ref_period_end_date=ibis.literal(period_end),
    )


def candidates(
    periods: Table,
    period_start: date,
    period_end: date,
    *,
    as_of: date,
    basis: Basis = "Derived",
    excluded: Iterable[Exclusion] = (),
) -> Table:
    """Every file that could serve the period."""
    start, end = period_columns(basis)
    covers = (periods[start] <= period_start) & (periods[end] >= period_end)
    # The import time is compared with midnight at the start of the last day (Q2).
    after = periods.importdate > datetime.combine(period_end, time())
    return periods.filter(covers, after, periods.importdate.cast("date") <= as_of, *not_excluded(periods, excluded))


def period_columns(basis: str) -> tuple[str, str]:
    """The columns of start and end that a basis means."""
    if basis not in ("Derived", "Stated"):
        remedy = "Choose Derived (what the events show) or Stated (what the council wrote)"
        raise AsccldError(f"'{basis}' is not a basis for reporting periods", "--basis", remedy)
    prefix = "der_reporting_period_" if basis == "Derived" else "reporting_period_"
    return f"{prefix}start_date", f"{prefix}end_date"


def not_excluded(periods: Table, excluded: Iterable[Exclusion]) -> list[BooleanValue]:
    """Conditions that keep a file: it is not one that the national code, or the register, leaves out."""
    everywhere = [*excluded_imports(), *(e for e in excluded if isinstance(e, datetime))]
    kept = [periods.importdate.notin(everywhere)]
    for la_name, imported in (e for e in excluded if not isinstance(e, datetime)):
        kept.append(~((folded(periods.la_name) == folded_text(la_name)) & (periods.importdate == imported)))
    return cast("list[BooleanValue]", kept)


def reference_periods(start: date, end: date) -> tuple[tuple[date, date], ...]:
    """The period cut into quarters from its start; an incomplete last one is not processed."""
    months = int(threshold("joined_submissions", "months"))
    quarters: list[tuple[date, date]] = []
    while (last := months_later(start, months) - timedelta(days=1)) <= end:
        quarters.append((start, last))
        start = months_later(start, months)
    return tuple(quarters)


def submissions_by_quarter(
    periods: Table,
    period_start: date,
    period_end: date,
    *,
    as_of: date,
    basis: Basis = "Derived",
    excluded: Sequence[Exclusion] = (),
) -> Table:
    """The chosen file of each council for each quarter of the period, before it is grouped by file."""
    quarters = reference_periods(period_start, period_end)
    if not quarters:
        raise ImpossiblePeriod(
            f"{period_start} to {period_end} holds no whole quarter",
            "--end",
            "A joined table is made of three-month reference periods: choose a later end, or --mode single",
        )
    if len(quarters) > MOST_QUARTERS:
        what = (
            f"{period_start} to {period_end} holds {len(quarters):,} quarters, and at most {MOST_QUARTERS} are joined"
        )
        raise ImpossiblePeriod(what, "--start", "Choose a later start: the collection began in 2023")
    chosen = [selected_submissions(periods, *q, as_of=as_of, basis=basis, excluded=excluded) for q in quarters]
    return chosen[0] if len(chosen) == 1 else ibis.union(*chosen)


def submissions_by_period(
    periods: Table,
    mode: Mode,
    start: date,
    end: date,
    *,
    as_of: date,
    basis: Basis = "Derived",
    excluded: Sequence[Exclusion] = (),
) -> Table:
    """The chosen file of each council: for the whole period (single), or for each of its quarters (joined)."""
    find = submissions_by_quarter if mode == "joined" else selected_submissions
    return find(periods, start, end, as_of=as_of, basis=basis, excluded=excluded)


def chosen_submissions(by_period: Table, mode: Mode) -> Table:
    """Each chosen file once, with the time that it serves."""
    return joined_submissions(by_period) if mode == "joined" else by_period


def joined_submissions(by_quarter: Table) -> Table:
    """Each chosen file once, from its first to its last quarter: a gap between them is covered too (Q3)."""
    keyed = by_quarter.mutate(name_key=folded(by_quarter.la_name))
    files = keyed.group_by("name_key", "importdate").agg(
        la_name=keyed.la_name.min(),
        ref_period_start_date=keyed.ref_period_start_date.min(),
        ref_period_end_date=keyed.ref_period_end_date.max(),
    )
    return files.select(*SUBMISSION_COLUMNS)


def submitted(events: Table, submissions: Table) -> Table:
    """All rows of the chosen files, each with the reference period of its file."""
    of_file = [folded(events.la_name) == folded(submissions.la_name), events.importdate == submissions.importdate]
    return events.inner_join(submissions, of_file).select(
        *(events[c] for c in events.columns), submissions.ref_period_start_date, submissions.ref_period_end_date
    )
