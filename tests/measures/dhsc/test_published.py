"""The run plan, what is published of it, and the official checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import MeasureReference, Settings, compute_from_main, settings_for
from asccld.measures.dhsc.checks import CHECKS, checks_of, failures
from asccld.measures.dhsc.run_plan import LATEST, PREVIOUS, Run, run_plan, year_up_to
from measures.dhsc.golden import expected, main, period, reference, same_rows, settings
from processing.golden import CASES

TABLES = {
    "": "LA_PBI_ASCOF",
    "_excluded": "LA_PBI_ASCOF_Excl",
    "_bcf_2c": "LA_PBI_ASCOF_2C_BCF",
    "_bcf_2d_part1": "LA_PBI_ASCOF_2D_P1_BCF",
    "_bcf_2d_part2": "LA_PBI_ASCOF_2D_P2_BCF",
}


def published(con: BaseBackend, case: str, lookups: MeasureReference | None = None) -> Mapping[str, Table]:
    chosen = settings(case, "ascof_latest")
    given = lookups or reference(case)
    run = compute_from_main(["ascof_published"], main(con, case), chosen, reference=given, hold=keeper(con))
    return run["ascof_published"]


@pytest.mark.parametrize("case", CASES)
def test_published_tables(con: BaseBackend, case: str) -> None:
    found = published(con, case)
    for suffix, name in TABLES.items():
        table = found[suffix].to_polars()
        same_rows(table, expected(case, name))
        assert failures(con.create_table(ibis.util.gen_name("checked"), table.to_arrow())).count().execute() == 0


def test_spark_makes_the_published_tables(spark: BaseBackend) -> None:
    found = published(spark, "pathways")
    for suffix, name in TABLES.items():
        same_rows(found[suffix], expected("pathways", name))


def test_what_was_published_before_stays_but_for_the_two_periods(con: BaseBackend) -> None:
    columns = [c.lower() for c in expected("small", "LA_PBI_ASCOF").columns]
    labels = ["1 Apr 24 - 31 Mar 25", "1 Jan 25 - 31 Dec 25", "1 Apr 25 - 31 Mar 26", "1 Apr 23 - 31 Mar 24"]
    before = [[label, "201", "Alderton", "ASCOF 2C", "old", "65 and above", "3", "1000", "300.0"] for label in labels]
    given = reference("small")
    tables = dict(given.tables) | {"LA_PBI_ASCOF": ibis.memtable(pl.DataFrame(before, schema=columns, orient="row"))}
    found = published(con, "small", MeasureReference(tables))
    old = found[""].to_polars().filter(description="old")
    assert sorted(old["reporting_period"]) == ["1 Apr 23 - 31 Mar 24", "1 Apr 24 - 31 Mar 25"]
    assert old.select("numerator", "denominator", "outcome").rows() == [(3, 1000, 300.0)] * 2
    copied = found["_bcf_2c"].to_polars().filter(description="old")
    shown = copied.select("reporting_period", "numerator_supressed", "denominator_supressed", "region").rows()
    assert shown == [("1 Apr 24 - 31 Mar 25", 0, 1000, "North")]


def test_without_hospital_episodes_the_rest_is_published(con: BaseBackend) -> None:
    given = reference("small")
    tables = {name: table for name, table in given.tables.items() if name != "ASCOF2D_SUS"}
    chosen = settings("small", "ascof_latest")
    run = compute_from_main(
        ["ascof_published"], main(con, "small"), chosen, reference=MeasureReference(tables), hold=keeper(con)
    )
    found = run["ascof_published"]
    same_rows(found[""], expected("small", "LA_PBI_ASCOF"))
    assert found["_bcf_2d_part1"].count().execute() == 0
    assert run.source.notes == ["ascof_2d is left out: there is no ASCOF2D_SUS"]


# ---------------------------------------------------------------- periods


def runs(chosen: Settings, measure: str) -> dict[str, tuple[date, date]]:
    return {run.period: (run.start, run.end) for run in run_plan(chosen) if run.measure == measure}


@pytest.mark.parametrize("case", CASES)
def test_the_periods_are_those_of_the_department(case: str) -> None:
    chosen = settings(case, "ascof_latest")
    assert runs(chosen, "ascof_2a") == {p: period(case, f"ascof_{p}") for p in (LATEST, PREVIOUS)}
    assert runs(chosen, "ascof_2d") == {p: period(case, f"ascof_2d_{p}") for p in (LATEST, PREVIOUS)}


def test_the_previous_period_ends_with_its_month() -> None:
    chosen = settings_for(date(2025, 7, 1), date(2026, 6, 30))
    assert runs(chosen, "ascof_3d")[PREVIOUS] == (date(2025, 4, 1), date(2026, 3, 31))


@pytest.mark.parametrize(("reading", "last"), [("official", date(2026, 3, 30)), ("documented", date(2026, 3, 31))])
def test_the_previous_period_of_2d_can_lose_its_last_day_q8(reading: str, last: date) -> None:
    chosen = settings_for(date(2025, 10, 1), date(2026, 9, 30), {"q8": reading})
    assert runs(chosen, "ascof_2d") == {
        LATEST: (date(2025, 7, 1), date(2026, 6, 30)),
        PREVIOUS: (date(2025, 4, 1), last),
    }


def test_a_year_up_to_a_day() -> None:
    assert year_up_to(date(2026, 3, 31)) == date(2025, 4, 1)
    assert year_up_to(date(2024, 2, 29)) == date(2023, 3, 1)
    assert isinstance(run_plan(settings_for(date(2025, 4, 1), date(2026, 3, 31)))[0], Run)


# ---------------------------------------------------------------- checks

FINE = {"measure": "ASCOF 2A", "group": "Total", "numerator": 3, "denominator": 4, "outcome": 75.0}


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, []),
        ({"numerator": 5}, ["numerator above denominator"]),
        ({"outcome": 100.1}, ["outcome above 100 %"]),
        ({"outcome": 100.1, "measure": "ASCOF 2C"}, []),
        ({"group": "Unknown"}, ["unknown group"]),
        ({"group": "total"}, []),
        ({"measure": "2A"}, ["measure that is not of ASCOF"]),
        ({"numerator": 5, "denominator": None}, []),
    ],
    ids=str,
)
def test_checks_of_figures(con: BaseBackend, changes: dict[str, object], failed: list[str]) -> None:
    assert failed_by(con, FINE | changes) == failed


@pytest.mark.parametrize(
    ("row", "failed"),
    [
        ({"discharges": 3, "reablement_count": 4}, ["more reablement than discharges"]),
        ({"discharges": 4, "reablement_count": 4}, []),
        ({"discharges": None, "reablement_count": 4}, []),
        ({"client_type": "Total", "outcome_percent": 100.01}, ["outcome above 100 %"]),
        ({"client_type": "Total", "outcome_percent": 100.0}, []),
    ],
    ids=str,
)
def test_checks_of_2d(con: BaseBackend, row: dict[str, object], failed: list[str]) -> None:
    assert failed_by(con, row) == failed


def failed_by(con: BaseBackend, row: Mapping[str, object]) -> list[str]:
    numbers = {"numerator", "denominator", "discharges", "reablement_count"}
    kinds = {c: pl.Int64 if c in numbers else pl.Float64 if c.startswith("outcome") else pl.String for c in row}
    frame = pl.DataFrame([row], schema=kinds)
    table = con.create_table(ibis.util.gen_name("checked"), frame.to_arrow(), temp=True)
    return failures(table).to_polars()["check"].to_list()


def test_a_table_of_people_is_not_checked(con: BaseBackend) -> None:
    table = ibis.memtable({"la_code": ["901"], "final_outcome": ["NFA: Other"]})
    assert checks_of(table) == ()
    assert len({(check.name, check.columns) for check in CHECKS}) == len(CHECKS)
