"""The golden cases: what the Department's published scripts made of the same rows, column by column, on DuckDB."""

from __future__ import annotations

import ibis
import pytest
from ibis.expr.types import Table

from asccld.processing import (
    chosen_options,
    derived_fields,
    dq_values,
    events_in_period,
    joined_submissions,
    main_joined,
    main_single,
    reporting_periods,
    selected_submissions,
    submissions_by_quarter,
    submitted,
)
from processing.golden import FOLDER, events, expected, period, reference, same

FILE = ("la_name", "importdate")


@pytest.fixture(scope="module")
def collected(con: ibis.BaseBackend, case: str) -> Table:
    return events(con, case)


@pytest.fixture(scope="module")
def chosen(collected: Table, case: str) -> dict[str, Table]:
    periods = reporting_periods(collected)
    start, end, as_of = period(case, "single")
    single = selected_submissions(periods, start, end, as_of=as_of)
    start, end, as_of = period(case, "joined")
    quarters = submissions_by_quarter(periods, start, end, as_of=as_of)
    return {"single": single, "quarters": quarters, "joined": joined_submissions(quarters)}


def test_reporting_periods(collected: Table, case: str) -> None:
    same(reporting_periods(collected), expected(case, "REF_Submission_Reporting_Periods"), key=FILE)


def test_files_selected_for_a_single_table(chosen: dict[str, Table], case: str) -> None:
    same(chosen["single"], expected(case, "single_Submissions"), key=FILE)


def test_files_selected_for_each_quarter_of_a_joined_table(chosen: dict[str, Table], case: str) -> None:
    same(chosen["quarters"], expected(case, "joined_Submissions"), key=(*FILE, "ref_period_start_date"))


@pytest.mark.parametrize("mode", ["single", "joined"])
@pytest.mark.parametrize("case", ["small"], indirect=True)
def test_rows_of_the_selected_files(chosen: dict[str, Table], collected: Table, case: str, mode: str) -> None:
    same(submitted(collected, chosen[mode]), expected(case, f"{mode}_1_RawSubmissions_ids"))


@pytest.mark.parametrize("mode", ["single", "joined"])
def test_events_in_period(chosen: dict[str, Table], collected: Table, case: str, mode: str) -> None:
    rows = events_in_period(submitted(collected, chosen[mode]))
    same(rows, expected(case, f"{mode}_2_EventsInPeriod"))


@pytest.mark.parametrize("mode", ["single", "joined"])
@pytest.mark.parametrize("case", ["small"], indirect=True)
def test_derived_fields(chosen: dict[str, Table], collected: Table, case: str, mode: str) -> None:
    rows = derived_fields(collected, chosen[mode], mode, reference(case), chosen_options())  # type: ignore[arg-type]
    same(rows, expected(case, f"{mode}_3_DerivedFields"))


def test_the_single_main_table(collected: Table, case: str) -> None:
    table = main_single(collected, *period(case, "single"), reference(case))
    wanted = expected(case, "single_4_main")
    assert list(table.columns) == wanted.columns
    same(table, wanted, blanks=case == "small")


def test_the_joined_main_table(collected: Table, case: str) -> None:
    table = main_joined(collected, *period(case, "joined"), reference(case))
    wanted = expected(case, "joined_4_main")
    assert list(table.columns) == wanted.columns
    same(table, wanted, blanks=case == "small")


def test_the_data_quality_values_table(con: ibis.BaseBackend, collected: Table, case: str) -> None:
    items = con.read_parquet(FOLDER / case / "input" / "CLD_DQ_Items.parquet").rename(str.lower)
    records = main_single(collected, *period(case, "single"), reference(case))
    wanted = expected(case, "LA_PBI_DQ_Values_Aggregated")
    same(dq_values(records, items), wanted, key=wanted.columns, blanks=case == "small")
