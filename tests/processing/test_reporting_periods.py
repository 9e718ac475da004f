"""Section 2 of the method reference: the reporting period that a file's events show."""

from datetime import date, datetime
from typing import Any

import ibis
import pytest

from asccld.processing import process, reporting_periods
from processing.examples import day, of_rows, rows_of

TYPES = ("Request", "Assessment", "Service", "Review")
MONTHS = {"Oct": "15 Oct 24", "Nov": "15 Nov 24", "Dec": "15 Dec 24", "Jan": "15 Jan 25", "Feb": "5 Feb 25"}
FEBRUARY_FILE = """
month | rows | types
Oct   | 30   | 2
Nov   | 400  | 4
Dec   | 380  | 3
Jan   | 20   | 4
Feb   | 60   | 4
"""


def file_of(months: list[tuple[str, int, int]], **more: object) -> ibis.Table:
    """A file with so many rows of so many types ending on each day."""
    ends = [(day(end), TYPES[row % types]) for end, rows, types in months for row in range(rows)]
    return of_rows(
        [
            {
                "la_code": "201",
                "la_name": "Alderton",
                "importdate": datetime(2025, 2, 10),  # noqa: DTZ001 - as the collector's clock showed it
                "der_unique_record_id": place,
                "event_type": kind,
                "event_end_date": end,
                **more,
            }
            for place, (end, kind) in enumerate(ends)
        ]
    )


def derived(events: ibis.Table, **options: Any) -> list[tuple[date | None, date | None]]:
    table = reporting_periods(events, **options).to_polars()
    return table.select("der_reporting_period_start_date", "der_reporting_period_end_date").rows()


def test_the_file_of_10_february() -> None:
    """October lacks event types, February is the month of import: 1 November to 31 January."""
    months = [(MONTHS[r["month"]], int(r["rows"]), int(r["types"])) for r in rows_of(FEBRUARY_FILE)]
    assert derived(file_of(months)) == [(day("1 Nov 24"), day("31 Jan 25"))]


def test_a_small_file_reaches_from_its_first_to_its_last_month() -> None:
    """41 rows, 1 ending in May 2019 and 40 in December 2024 (Q1)."""
    small = file_of([("20 May 19", 1, 1), ("20 Dec 24", 40, 4)])
    assert derived(small) == [(day("1 May 19"), day("31 Dec 24"))]


def test_the_stated_dates_of_a_small_file_can_be_asked_for() -> None:
    stated = {"reporting_period_start_date": day("1 Jan 24"), "reporting_period_end_date": day("31 Dec 24")}
    small = file_of([("20 May 19", 1, 1), ("20 Dec 24", 40, 4)], **stated)
    assert derived(small, small_files="documented") == [(day("1 Jan 24"), day("31 Dec 24"))]


@pytest.mark.parametrize(("rows", "start"), [(99, "1 May 19"), (100, "1 Dec 24")])
def test_months_are_tested_from_100_ended_events_on(rows: int, start: str) -> None:
    events = file_of([("20 May 19", 1, 1), ("20 Dec 24", rows - 1, 4)])
    assert derived(events)[0][0] == day(start)


def test_a_month_needs_two_percent_of_the_events() -> None:
    assert derived(file_of([("20 Nov 24", 2, 1), ("20 Dec 24", 98, 1)]))[0][0] == day("1 Nov 24")
    assert derived(file_of([("20 Nov 24", 1, 1), ("20 Dec 24", 98, 1), ("20 Jan 25", 1, 1)])) == [
        (day("1 Dec 24"), day("31 Dec 24"))
    ]


def test_months_between_need_not_qualify() -> None:
    events = file_of([("20 Oct 24", 200, 4), ("20 Dec 24", 200, 4)])
    assert derived(events) == [(day("1 Oct 24"), day("31 Dec 24"))]


def test_a_file_in_which_nothing_ended_has_no_derived_period() -> None:
    assert derived(file_of([("-", 3, 1), ("20 Feb 25", 5, 1)])) == [(None, None)]


def test_a_file_without_council_code_has_no_derived_period() -> None:
    assert derived(file_of([("20 Dec 24", 5, 1)], la_code=None)) == [(None, None)]


def test_letter_case_makes_no_further_council_and_no_further_type() -> None:
    first, second = file_of([("20 Dec 24", 60, 4)]), file_of([("20 Nov 24", 60, 4)], la_name="ALDERTON  ")
    table = reporting_periods(ibis.union(first, second)).to_polars()
    assert table.height == 1
    assert table["der_reporting_period_start_date"].to_list() == [day("1 Nov 24")]


def test_stated_periods_are_counted_and_measured_in_months() -> None:
    first = file_of(
        [("20 Dec 24", 1, 1)], reporting_period_start_date=day("1 Apr 24"), reporting_period_end_date=day("31 Dec 24")
    )
    second = file_of(
        [("20 Dec 24", 1, 1)], reporting_period_start_date=day("1 Jan 24"), reporting_period_end_date=day("31 Dec 24")
    )
    row = reporting_periods(ibis.union(first, second)).to_polars().row(0, named=True)
    assert (row["n_reporting_periods"], row["reporting_period_start_date"]) == (2, day("1 Jan 24"))
    assert (row["reporting_period_length"], row["der_reporting_period_length"]) == (12, 1)


def test_thresholds_are_parameters() -> None:
    events = file_of([("20 May 19", 1, 1), ("20 Dec 24", 40, 4)])
    assert derived(events, min_events=10, min_percent=5) == [(day("1 Dec 24"), day("31 Dec 24"))]


def test_another_derivation_can_take_its_place() -> None:
    events = file_of([("20 Dec 24", 5, 1)])
    told: dict[str, Any] = {"start": date(2024, 12, 1), "end": date(2024, 12, 31), "as_of": date(2025, 3, 1)}
    empty = process(events, mode="single", derive=lambda table: reporting_periods(table).limit(0), **told)
    assert empty.steps["submissions"].to_polars().is_empty()
    assert process(events, mode="single", **told).steps["submissions"].to_polars().height == 1
