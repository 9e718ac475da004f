"""The golden cases of waiting times and of the dashboard: what the Department's scripts made of the same rows."""

from __future__ import annotations

import ibis
import pytest

from asccld.measures import ComputedFromMain
from measures.dhsc.dashboard import agree, computed

WAITING = {
    "": "Waiting_Times_Metrics_LA_Level",
    "_person": "Waiting_Times_Metrics_Person_Level",
    "_diag_part1": "Waiting_Times_Diag_Part1",
    "_diag_part2": "Waiting_Times_Diag_Part2",
    "_dashboard": "LA_PBI_Waiting_Times.",
    "_dashboard_diag_part1": "LA_PBI_Waiting_Times_Diag_Part1",
    "_dashboard_diag_part2": "LA_PBI_Waiting_Times_Diag_Part2",
}
FACTS = ("services", "requests", "assessments", "reviews")
DIMENSIONS = {
    "_calendar": "Calendar", "_geography": "Geography", "_psr": "PSR", "_gender": "Gender", "_ethnicity": "Ethnicity",
    "_client_type": "Client_Type", "_age_bands": "Age_Bands",
}  # fmt: skip


@pytest.fixture(scope="module")
def joined(con: ibis.BaseBackend, case: str) -> ComputedFromMain:
    return computed(con, case, "joined", ["waiting_times"])


@pytest.fixture(scope="module")
def single(con: ibis.BaseBackend, case: str) -> ComputedFromMain:
    return computed(con, case, "single", [*FACTS, "costs", "dimensions", "dq_values"])


@pytest.mark.parametrize("suffix", WAITING)
def test_waiting_times(joined: ComputedFromMain, case: str, suffix: str) -> None:
    agree(joined["waiting_times"][suffix], case, WAITING[suffix])


@pytest.mark.parametrize("name", FACTS)
def test_facts(single: ComputedFromMain, case: str, name: str) -> None:
    agree(single[name][""], case, f"LA_PBI_{name.capitalize()}_Fact", blanks=case == "small")


def test_costs(single: ComputedFromMain, case: str) -> None:
    near = ("cost_per_week", "weeks_of_service", "total_cost_period")
    agree(single["costs"][""], case, "LA_PBI_Costs_Fact", near=near)


@pytest.mark.parametrize("suffix", DIMENSIONS)
def test_dimensions(single: ComputedFromMain, case: str, suffix: str) -> None:
    agree(single["dimensions"][suffix], case, f"LA_PBI_{DIMENSIONS[suffix]}_Dim")


def test_dq_values(single: ComputedFromMain, case: str) -> None:
    agree(single["dq_values"][""], case, "LA_PBI_DQ_Values_Aggregated", blanks=case == "small")
