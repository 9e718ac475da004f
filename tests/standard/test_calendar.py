"""Which file is due when, and the calendar file that says so."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.standard.calendar import (
    COVERS,
    Covers,
    month_end,
    months_later,
    quarter_name,
    release_in_force,
    submission_due,
    submissions_due,
)
from asccld.standard.icalendar import to_icalendar

STANDARD = load_standard()
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
days = st.dates(date(2021, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "covers", "quarter", "start", "end", "deadline", "release"),
    [
        ("2023-07-31", "rolling", "Q1 2023-24", "2022-07-01", "2023-06-30", "2023-07-31", "r1"),
        ("2026-07-31", "rolling", "Q1 2026-27", "2025-07-01", "2026-06-30", "2026-07-31", "r2"),
        ("2026-08-01", "rolling", "Q2 2026-27", "2025-10-01", "2026-09-30", "2026-10-31", "r2"),
        ("2025-07-15", "rolling", "Q1 2025-26", "2024-07-01", "2025-06-30", "2025-07-31", "r1"),
        ("2025-10-01", "rolling", "Q2 2025-26", "2024-10-01", "2025-09-30", "2025-10-31", "r2"),
        ("2026-01-10", "quarter", "Q3 2025-26", "2025-10-01", "2025-12-31", "2026-01-31", "r2"),
        ("2026-01-10", "year-to-date", "Q3 2025-26", "2025-04-01", "2025-12-31", "2026-01-31", "r2"),
        ("2026-04-10", "year-to-date", "Q4 2025-26", "2025-04-01", "2026-03-31", "2026-04-30", "r2"),
        ("2026-04-10", "previous-year", "Q4 2025-26", "2024-04-01", "2025-03-31", "2026-04-30", "r1"),
        ("2024-03-01", "month", "February 2024", "2024-02-01", "2024-02-29", "2024-03-31", "r1"),
        # Before the first return: the first return is what is due next.
        ("2021-01-01", "rolling", "Q1 2023-24", "2022-07-01", "2023-06-30", "2023-07-31", "r1"),
    ],
)
def test_what_is_due(day: str, covers: Covers, quarter: str, start: str, end: str, deadline: str, release: str) -> None:
    due = submission_due(STANDARD, date.fromisoformat(day), covers)
    assert (due.quarter, due.release) == (quarter, release)
    assert [str(d) for d in (due.period_start, due.period_end, due.deadline)] == [start, end, deadline]


def test_any_period_has_no_dates() -> None:
    due = submission_due(STANDARD, date(2026, 7, 1), "any")
    assert (due.period_start, due.period_end, due.deadline) == (None, None, date(2026, 7, 31))


@given(days, st.sampled_from(COVERS))
def test_deadlines_lie_ahead_and_follow_each_other(day: date, covers: Covers) -> None:
    due = submissions_due(STANDARD, day, covers, 6)
    deadlines = [d.deadline for d in due]
    assert day <= deadlines[0]
    assert deadlines == sorted(set(deadlines))
    assert all(d == month_end(d) for d in deadlines)
    if deadlines[0] > date(2023, 7, 31):  # no file was due before the first
        assert deadlines[0] - day < timedelta(days=93)


@given(days)
def test_a_rolling_file_covers_twelve_whole_months(day: date) -> None:
    due = submission_due(STANDARD, day)
    assert due.period_start is not None
    assert due.period_end is not None
    assert due.period_start.day == 1
    assert months_later(due.period_start, 12) == due.period_end + timedelta(days=1)


@given(days, st.integers(-50, 50))
def test_months_later_keeps_the_day_or_takes_the_last(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later == month_end(later) and later.day < day.day)


def test_quarters_are_named_by_the_financial_year() -> None:
    assert [quarter_name(date(2026, m, 1)) for m in (1, 4, 9, 12)] == [
        "Q4 2025-26", "Q1 2026-27", "Q2 2026-27", "Q3 2026-27",
    ]  # fmt: skip
    assert quarter_name(date(1999, 4, 1)) == "Q1 1999-00"


def test_releases_follow_each_other() -> None:
    assert [release_in_force(STANDARD, d).id for d in (date(2023, 3, 31), date(2023, 4, 1))] == ["v5", "r1"]
    assert [release_in_force(STANDARD, d).id for d in (date(2025, 9, 29), date(2025, 9, 30))] == ["r1", "r2"]
    with pytest.raises(AsccldError, match="No release of the standard is in force on 2000-01-01"):
        release_in_force(STANDARD, date(2000, 1, 1))


@given(days, st.sampled_from(COVERS), st.integers(1, 8))
def test_the_calendar_file_is_what_calendars_read(day: date, covers: Covers, count: int) -> None:
    due = submissions_due(STANDARD, day, covers, count)
    text = to_icalendar(due, STAMP)
    assert text == to_icalendar(due, STAMP)
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert all("\n" not in line and "\r" not in line and len(line.encode()) <= 75 for line in lines)
    events = Calendar.from_ical(text).walk("VEVENT")
    assert [e.decoded("DTSTART") for e in events] == [d.deadline for d in due]
    assert [e.decoded("DTEND") - e.decoded("DTSTART") for e in events] == [timedelta(days=1)] * count
    assert {e.decoded("DTSTAMP") for e in events} == {STAMP}
    assert len({str(e["UID"]) for e in events}) == count
    assert [d.quarter in str(e["SUMMARY"]) for e, d in zip(events, due, strict=True)] == [True] * count
    assert all("asccld validate FILE" in str(e["DESCRIPTION"]) for e in events)


def test_a_line_is_folded_between_characters_never_within_one() -> None:
    from asccld.standard.icalendar import _folded

    line = "SUMMARY:" + "é" * 100
    pieces = list(_folded(line))
    assert all(len(p.encode()) <= 75 for p in pieces)
    assert pieces[0] + "".join(p[1:] for p in pieces[1:]) == line


def test_the_end_of_all_dates_is_told() -> None:
    with pytest.raises(AsccldError, match="The calendar ends soon after"):
        submissions_due(STANDARD, date(9999, 12, 31), "rolling", 40)
    assert len(submissions_due(STANDARD, date(9949, 12, 31), "rolling", 40)) == 40
