"""What costs, dimensions and data-quality values can be told, and what they refuse."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest

from asccld.engine import keeper
from asccld.measures import ImpossibleDates, MeasureReference, WrongInput, compute_from_main, settings_for
from asccld.measures.dhsc.costs import Window, cost_window, factors_per_week
from asccld.measures.dhsc.quality import MissingQuality
from measures.dhsc.pages import PERIOD, Rows, main_table

SERVICE: dict[str, str | None] = {"person": "A", "start": "2025-10-01", "end": "2025-10-07", "unit_cost": "70.00"}


def rows_of(con: ibis.BaseBackend, name: str, rows: Rows, suffix: str = "", **options: str) -> list[dict[str, Any]]:
    main = main_table(con, rows, "single")
    chosen = settings_for(*PERIOD, options)
    made = compute_from_main([name], main, chosen, reference=MeasureReference.read(), hold=keeper(con))
    return made[name][suffix].to_polars().to_dicts()


def test_costs_are_of_the_last_three_months_unless_others_are_asked_for(con: ibis.BaseBackend) -> None:
    weekly = {**SERVICE, "cost_frequency_unit_type": "Weekly"}
    assert rows_of(con, "costs", [weekly]) == []
    (row,) = rows_of(con, "costs", [weekly], cost_window="2025-10-01..2025-12-31")
    assert (row["weeks_of_service"], row["total_cost_period"]) == (1.0, 70.0)
    assert row["gross_commitment_per_week"] == 0


def test_the_window_follows_the_period() -> None:
    assert cost_window(settings_for(*PERIOD)) == Window(date(2026, 1, 1), date(2026, 3, 31))
    of_june = settings_for(date(2024, 7, 1), date(2025, 6, 30))
    assert cost_window(of_june) == Window(date(2025, 4, 1), date(2025, 6, 30))
    of_january = settings_for(date(2024, 2, 1), date(2025, 1, 31))
    assert cost_window(of_january) == Window(date(2024, 11, 1), date(2025, 1, 31))


@pytest.mark.parametrize(
    "window", ["2026-01-01", "..", "2026-01-01..2025-12-31", "first..last", "2026-13-01..2026-14-01"]
)
def test_a_window_that_is_none_is_refused(window: str) -> None:
    with pytest.raises(ImpossibleDates, match="window"):
        cost_window(settings_for(*PERIOD, {"cost_window": window}))


def test_the_factors_of_the_national_database() -> None:
    cut = dict(factors_per_week(exact=False))
    assert cut == {
        "Week": 1.0,
        "Fortnight": 0.5,
        "4-week": 0.25,
        "Month": 0.230769,
        "Quarter": 0.076923,
        "Annual": 0.01923,
    }
    assert dict(factors_per_week(exact=True))["Month"] == 12 / 52


def test_a_service_that_ends_before_it_starts_has_negative_weeks(con: ibis.BaseBackend) -> None:
    row = {**SERVICE, "start": "2026-03-15", "end": "2026-03-01", "cost_frequency_unit_type": "Weekly"}
    (cost,) = rows_of(con, "costs", [row])
    assert cost["weeks_of_service"] == -1.857142  # 13 days; the rest is cut off towards nought
    assert cost["total_cost_period"] == pytest.approx(-129.99994)


@pytest.mark.parametrize("price", ["0.00", "-0.00", "", None, "n/a"])
def test_no_price_no_cost(con: ibis.BaseBackend, price: str | None) -> None:
    row = {**SERVICE, "start": "2026-03-01", "unit_cost": price, "cost_frequency_unit_type": "One-off"}
    assert rows_of(con, "costs", [{**row, "end": None}]) == []


def test_the_refresh_date_is_missing_unless_told(con: ibis.BaseBackend) -> None:
    days = rows_of(con, "dimensions", [SERVICE], "_calendar")
    assert len(days) == 365
    assert {d["refresh_date"] for d in days} == {None}
    assert {d["calendar_date"] for d in days if d["last_day_of_week"] is None} == {
        *(date(2025, 4, n) for n in range(1, 7)), date(2026, 3, 30), date(2026, 3, 31)
    }  # fmt: skip


def test_the_first_period_has_no_waiting_times_of_its_first_months(con: ibis.BaseBackend) -> None:
    main = main_table(con, [SERVICE], "single")
    chosen = settings_for(date(2023, 4, 1), date(2024, 3, 31))
    made = compute_from_main(["dimensions"], main, chosen, reference=MeasureReference.read(), hold=keeper(con))
    labels = made["dimensions"]["_calendar"].to_polars()["waiting_times_period_covered"].unique().to_list()
    assert labels == ["Jul 23 - Mar 24"]


def test_data_quality_needs_the_collectors_codes(con: ibis.BaseBackend) -> None:
    with pytest.raises(MissingQuality, match="--dq"):
        rows_of(con, "dq_values", [SERVICE])


def test_each_measure_refuses_the_other_main_table(con: ibis.BaseBackend) -> None:
    with pytest.raises(WrongInput, match="waiting_times works on a joined main table"):
        rows_of(con, "waiting_times", [SERVICE])
