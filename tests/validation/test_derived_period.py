"""The reporting period that the events themselves show: version 1 of the national derivation.

Source: DHSC create_REF_Submission_Reporting_Periods (min_events = 100, min_percent = 2).
"""

from datetime import date

import polars as pl
import pytest

from asccld.validation.period import derived_period
from validation.spec import Row, result_of, valid_row

FOUR = ["Request", "Assessment", "Service", "Review"]
Months = dict[tuple[int, int], tuple[int, int]]
"""(year, month) -> (events that end in it, event types among them)."""


def derived(months: Months, received: date) -> tuple[date, date] | None:
    """The derived period of a file with as many events and types in each month."""
    rows = [
        {"event_type": FOUR[n % types], "month": date(year, month, 1), "events": 1}
        for (year, month), (events, types) in months.items()
        for n in range(events)
    ]
    table = pl.DataFrame(rows, schema={"event_type": pl.String, "month": pl.Date, "events": pl.UInt32})
    return derived_period(table.group_by("event_type", "month").agg(pl.col("events").sum()), received)


def test_the_example_of_the_method() -> None:
    months = {(2024, 10): (30, 2), (2024, 11): (400, 4), (2024, 12): (380, 3), (2025, 1): (20, 4), (2025, 2): (60, 4)}
    # October has two types of four, February is the month of submission
    assert derived(months, date(2025, 2, 10)) == (date(2024, 11, 1), date(2025, 1, 31))


def test_in_a_file_of_fewer_than_100_events_every_month_counts() -> None:
    assert derived({(2019, 5): (1, 1), (2024, 12): (40, 4)}, date(2025, 2, 10)) == (
        date(2019, 5, 1),
        date(2024, 12, 31),
    )


@pytest.mark.parametrize(("stray", "start"), [(1, date(2024, 12, 1)), (2, date(2024, 12, 1)), (3, date(2019, 5, 1))])
def test_in_a_larger_file_a_month_needs_two_per_cent(stray: int, start: date) -> None:
    months = {(2019, 5): (stray, 1), (2024, 12): (100, 1)}
    assert derived(months, date(2025, 2, 10)) == (start, date(2024, 12, 31))


def test_two_per_cent_exactly_is_enough() -> None:
    months = {(2019, 5): (2, 1), (2024, 12): (98, 1)}
    assert derived(months, date(2025, 2, 10)) == (date(2019, 5, 1), date(2024, 12, 31))


def test_months_between_need_not_qualify() -> None:
    months = {(2024, 4): (100, 4), (2024, 6): (1, 1), (2024, 8): (100, 4)}
    assert derived(months, date(2025, 2, 10)) == (date(2024, 4, 1), date(2024, 8, 31))


def test_the_types_are_compared_with_the_fullest_month_not_with_the_file() -> None:
    # the file has four types, no month more than two: one type is enough
    rows = [("Request", 1, 60), ("Assessment", 1, 60), ("Service", 2, 60), ("Review", 2, 60), ("Review", 3, 60)]
    table = pl.DataFrame(
        [{"event_type": kind, "month": date(2025, month, 1), "events": count} for kind, month, count in rows]
    )
    assert derived_period(table, date(2025, 5, 1)) == (date(2025, 1, 1), date(2025, 3, 31))


def test_nothing_that_ends_in_or_after_the_month_of_submission_counts() -> None:
    assert derived({(2025, 2): (500, 4), (2025, 3): (500, 4)}, date(2025, 2, 28)) is None
    assert derived({}, date(2025, 2, 28)) is None


def test_the_period_of_a_file_comes_from_its_raw_end_dates() -> None:
    ends = ["10/04/2025", "20/05/2025", "31/03/2026", "01/05/2026", ""]
    rows: list[Row] = [{**valid_row("r2", n), "event_end_date": end} for n, end in enumerate(ends)]
    assert result_of(rows).derived_period == (date(2025, 4, 1), date(2026, 3, 31))


def test_a_blank_event_type_is_no_type() -> None:
    # January has two types, so March needs one; were the blank a third type, March would need two
    kinds = [("Request", 1), ("Assessment", 1), ("(blank)", 1), ("Review", 3)]
    table = pl.DataFrame([{"event_type": kind, "month": date(2026, month, 1), "events": 50} for kind, month in kinds])
    assert derived_period(table, date(2026, 5, 1)) == (date(2026, 1, 1), date(2026, 3, 31))
