"""Which months are shown."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from asccld.reports.months import MOST_MONTHS, events_by_month
from asccld.reports.page.months import months_section
from asccld.validation.result import ValidationResult

Period = tuple[date, date] | None


def with_months(result: ValidationResult, rows: list[tuple[str, date, int]], period: Period) -> ValidationResult:
    schema = {"event_type": pl.String, "month": pl.Date, "events": pl.UInt32}
    return replace(result, months=pl.DataFrame(rows, schema=schema, orient="row"), period=period, derived_period=None)


def test_every_month_of_the_period_has_a_figure(rejected: ValidationResult) -> None:
    rows = [("Request", date(2026, 1, 1), 3), ("Request", date(2020, 1, 1), 4), ("(blank)", date(2026, 2, 1), 1)]
    shown = events_by_month(with_months(rejected, [rows[2], *rows[:2]], (date(2025, 12, 1), date(2026, 2, 28))))
    assert shown.months == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert shown.counts == {"Request": (0, 3, 0), "(blank)": (0, 0, 1)}
    assert shown.outside == {"Request": 4, "(blank)": 0}


@pytest.mark.parametrize("period", [None, (date(1900, 1, 1), date(9999, 12, 31)), (date(2026, 9, 1), date(2025, 1, 1))])
def test_a_period_that_cannot_be_shown_gives_the_last_months_with_events(
    rejected: ValidationResult, period: Period
) -> None:
    rows = [("Service", date(2026, 3, 1), 5), ("Service", date(2001, 1, 1), 5)]
    shown = events_by_month(with_months(rejected, rows, period))
    assert shown.months[-1] == date(2026, 3, 1)
    assert len(shown.months) <= MOST_MONTHS
    assert shown.outside == {"Service": 5}


def test_the_first_year_of_all(rejected: ValidationResult) -> None:
    assert events_by_month(with_months(rejected, [("Service", date(1, 2, 1), 5)], None)).months[0] == date(1, 1, 1)


def test_no_events_no_months(rejected: ValidationResult) -> None:
    assert events_by_month(with_months(rejected, [], None)).months == ()


@pytest.mark.parametrize(("kind", "alarmed"), [("Request", True), ("(blank)", False), ("(not recognised)", False)])
def test_a_month_without_events_alarms_only_where_there_should_be_some(
    rejected: ValidationResult, kind: str, alarmed: bool
) -> None:
    rows = [(kind, date(2026, 1, 1), 3), ("Service", date(2026, 1, 1), 1), ("Service", date(2026, 2, 1), 1)]
    page = str(months_section(with_months(rejected, rows, (date(2026, 1, 1), date(2026, 2, 28)))))
    assert ("1 month without events" in page) is alarmed
    assert ('<td class="n alert">0</td>' in page) is alarmed
