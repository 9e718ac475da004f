"""Why the main table is as it is: which file serves what, and what became of every row of it.

Counting unit: files and rows. Nothing here changes a figure; it repeats each decision of the steps in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table

from asccld.processing.columns import PERSON_SOURCES, Mode
from asccld.processing.inperiod import with_event_end
from asccld.processing.submissions import (
    Basis,
    Exclusion,
    not_excluded,
    period_columns,
    selected_submissions,
)
from asccld.processing.text import folded, is_service, not_service
from asccld.processing.unique import ranked_events

SERVES = "serves the period"
FILE_COLUMNS = (
    "la_code", "la_name", "ref_period_start_date", "ref_period_end_date", "importdate", "covers_from", "covers_to",
    "serves", "reason",
)  # fmt: skip
ROW_COLUMNS = ("la_name", "ref_period_start_date", "ref_period_end_date", "step", "outcome", "reason", "rows")
_FILE = ROW_COLUMNS[:3]


def files_explained(
    periods: Table,
    reference_periods: Sequence[tuple[date, date]],
    *,
    as_of: date,
    basis: Basis = "Derived",
    excluded: Iterable[Exclusion] = (),
) -> Table:
    """For each reference period every file of every council: whether it serves, and if not, why."""
    left_out = tuple(excluded)
    told = [_files_of_period(periods, first, last, as_of, basis, left_out) for first, last in reference_periods]
    return told[0] if len(told) == 1 else ibis.union(*told)


def _files_of_period(
    periods: Table, first: date, last: date, as_of: date, basis: Basis, excluded: Sequence[Exclusion]
) -> Table:
    chosen = selected_submissions(periods, first, last, as_of=as_of, basis=basis, excluded=excluded)
    chosen = chosen.select(chosen_key=folded(chosen.la_name), chosen_import=chosen.importdate).view()
    joined = periods.left_join(chosen, folded(periods.la_name) == chosen.chosen_key)
    files = joined.select(*(periods[c] for c in periods.columns), chosen_import=chosen.chosen_import)
    files = files.mutate(reason=_reason(files, first, last, as_of, basis, excluded))
    from_column, to_column = period_columns(basis)
    return files.select(
        "la_code",
        "la_name",
        "importdate",
        "reason",
        ref_period_start_date=ibis.literal(first),
        ref_period_end_date=ibis.literal(last),
        covers_from=files[from_column],
        covers_to=files[to_column],
        serves=files.reason == SERVES,
    ).select(*FILE_COLUMNS)


def _reason(
    files: Table, first: date, last: date, as_of: date, basis: Basis, excluded: Sequence[Exclusion]
) -> StringValue:
    """The first reason, in the order in which a person would ask."""
    from_column, to_column = period_columns(basis)
    start, end = files[from_column], files[to_column]
    kept = ibis.and_(*not_excluded(files, excluded))
    return cast(
        "StringValue",
        ibis.cases(
            (files.importdate == files.chosen_import, SERVES),
            (~kept, "withdrawn, or excluded for known faults"),
            (start.isnull() | end.isnull(), f"its {basis.lower()} reporting period is not known"),
            (start > first, "its reporting period starts after the period does"),
            (end < last, "its reporting period ends before the period does"),
            (files.importdate <= datetime.combine(last, time()), "imported before the period was over"),
            (files.importdate.cast("date") > as_of, "imported after the as-of date"),
            else_="a later file of the council serves the period",
        ),
    )


def councils_without_file(councils: Table, submissions: Table, reference_periods: Sequence[tuple[date, date]]) -> Table:
    """Councils (la_code, la_name) that no file serves in some reference period; the national scripts list them too."""
    told = [_unserved(councils, submissions, first, last) for first, last in reference_periods]
    unserved = told[0] if len(told) == 1 else ibis.union(*told)
    return unserved.group_by("la_code", "la_name").agg(
        periods_without_file=unserved.count(),
        of_periods=ibis.literal(len(told)),
        first_without=unserved.ref_period_start_date.min(),
        last_without=unserved.ref_period_end_date.max(),
    )


def _unserved(councils: Table, submissions: Table, first: date, last: date) -> Table:
    of_period = submissions.filter(submissions.ref_period_start_date == first, submissions.ref_period_end_date == last)
    served = of_period.select(served_key=folded(of_period.la_name)).distinct().view()
    unserved = councils.anti_join(served, folded(councils.la_name) == served.served_key)
    return unserved.select(
        "la_code", "la_name", ref_period_start_date=ibis.literal(first), ref_period_end_date=ibis.literal(last)
    )


def rows_dropped(submitted_rows: Table, options: Mapping[str, str]) -> Table:
    """Rows of the chosen files by what became of them on the way into the period, per council and file."""
    dated = with_event_end(submitted_rows, death_on_first_day=options["q4"])
    told = dated.mutate(reason=_period_reason(dated))
    counts = told.group_by(*_FILE, "reason").agg(rows=told.count())
    in_period = counts.reason == "in period"
    return counts.mutate(step=ibis.literal("events in period"), outcome=in_period.ifelse("kept", "dropped")).select(
        *ROW_COLUMNS
    )


def _period_reason(rows: Table) -> StringValue:
    """The first reason why `events_in_period` or `with_person_id` drops a row."""
    first, last = rows.ref_period_start_date, rows.ref_period_end_date
    start, end, died = rows.event_start_date, rows.der_event_end_date, rows.date_of_death
    service, other = is_service(rows), not_service(rows)
    nobody = ibis.and_(*(rows[c].isnull() for c in PERSON_SOURCES))
    return cast(
        "StringValue",
        ibis.cases(
            (rows.event_type.isnull(), "no event type"),
            (start.isnull(), "no start date"),
            (start > last, "starts after the reference period"),
            (other & end.isnull(), "no end date, and not a service"),
            (other & (end < first), "ended before the reference period"),
            (other & (end > last), "ends after the reference period"),
            (service & (end < first), "service ended before the reference period"),
            (died < first, "died before the reference period"),
            (died < start, "died before the event started"),
            (nobody, "nobody is named: no NHS number and no local identifier"),
            else_="in period",
        ),
    )


def rows_merged(decided_rows: Table, mode: Mode) -> Table:
    """Rows in period that were cropped, kept, or gave way to a better record of the same event."""
    ranked = ranked_events(decided_rows, mode)
    told = ranked.mutate(
        outcome=(ranked.record_rank == 0).ifelse("kept", "merged"),
        reason=(ranked.record_rank == 0).ifelse("best record of its event", _lost_by(ranked, mode)),
    )
    merged = _counted(told, "unique events")
    if "cropped" not in decided_rows.columns:
        return merged
    closed = decided_rows.filter(decided_rows.cropped).mutate(
        outcome=ibis.literal("cropped"),
        reason=ibis.literal("open at the end of its reference period and not in the next: ends with the period"),
    )
    return ibis.union(_counted(closed, "cropping"), merged)


def _counted(told: Table, step: str) -> Table:
    counts = told.group_by(*_FILE, "outcome", "reason").agg(rows=told.count())
    return counts.mutate(step=ibis.literal(step)).select(*ROW_COLUMNS)


def _lost_by(ranked: Table, mode: Mode) -> StringValue:
    """What the better record had that this one lacks: the first order column in which they differ."""
    behind: list[tuple[BooleanValue, str]] = []
    if mode == "joined":
        behind.append((ranked.order_period < ranked.best_period, "a later reference period holds the event too"))
    behind += [
        (ranked.order_end < ranked.best_end, "another record is open or ends later"),
        (ranked.order_outcome > ranked.best_outcome, "another record has a stronger outcome"),
        (ranked.order_conversation < ranked.best_conversation, "another record is flagged as a conversation"),
    ]
    return cast("StringValue", ibis.cases(*behind, else_="another record was loaded later"))
