"""The golden cases of person details, ASCOF 2B, 2C, 2E and 3D: what the Department's scripts made of the same rows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import polars as pl
import pytest
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import compute_from_main, measures
from measures.dhsc.golden import RUNS, expected, main, reference, same_rows, settings, stamp

OURS = ("person_details", "ascof_2b", "ascof_2c", "ascof_2e", "ascof_2e_ld", "ascof_3d")


@pytest.fixture(scope="module", params=RUNS)
def run(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def made(con: ibis.BaseBackend, case: str, run: str) -> Mapping[str, Mapping[str, Table]]:
    return compute_from_main(
        OURS, main(con, case), settings(case, f"ascof_{run}"), reference=reference(case), hold=keeper(con)
    )


def identifiers_as_sets(frame: pl.DataFrame) -> pl.DataFrame:
    """The list of a person's identifiers is in no order."""
    listed = pl.col("la_person_unique_identifier_concat").str.to_lowercase().str.split(", ").list.sort().list.join(", ")
    return frame.with_columns(listed)


def test_person_details(made: Mapping[str, Mapping[str, Table]], case: str, run: str) -> None:
    if run == "previous":
        return  # the Department builds it for the latest period only (Q7)
    found = made["person_details"][""].to_polars()
    same_rows(identifiers_as_sets(found), identifiers_as_sets(expected(case, "Latest_Person_Data")))


def test_ascof_2b_and_2c(made: Mapping[str, Mapping[str, Table]], case: str, run: str) -> None:
    parts = [made[name] for name in ("ascof_2b", "ascof_2c")]
    same_rows(pl.concat(t[""].to_polars() for t in parts), expected(case, f"ASCOF_2BC_{run.capitalize()}"))
    admitted = stamp(case, f"ascof_{run}")
    people = pl.concat(t["_people"].to_polars() for t in parts)
    same_rows(people, expected(case, f"work_2BC_Deduplicated_{admitted}"), columns_first=False)
    admissions = pl.concat(t["_admissions"].to_polars() for t in parts)
    same_rows(admissions, expected(case, f"work_2BC_Admissions_{admitted}"))
    new = admissions.filter(person_status="New")
    same_rows(new, expected(case, f"work_2BC_New_Admissions_{admitted}"))


@pytest.mark.parametrize(("name", "cohort"), [("ascof_2e", "All"), ("ascof_2e_ld", "LD")])
def test_ascof_2e(made: Mapping[str, Mapping[str, Table]], case: str, run: str, name: str, cohort: str) -> None:
    tables = made[name]
    same_rows(tables["_people"], expected(case, f"work_2E_ASCOF_2E_Final_{stamp(case, f'ascof_{run}')}_{cohort}"))
    same_rows(tables[""], expected(case, f"ASCOF_2E_{cohort}_{run.capitalize()}"))
    same_rows(tables["_unknown"], expected(case, f"ASCOF_2E_{cohort}_Unk_{run.capitalize()}"))


def test_ascof_3d(made: Mapping[str, Mapping[str, Table]], case: str, run: str) -> None:
    tables, days = made["ascof_3d"], stamp(case, f"ascof_{run}")
    same_rows(tables["_clients"], expected(case, f"work_3D_ASCOF_3D_Clients_Final_{days}"))
    same_rows(tables["_carers"], expected(case, f"work_3D_ASCOF_3D_Carers_Final_{days}"))
    same_rows(tables[""], expected(case, f"ASCOF_3D_{run.capitalize()}"))
    same_rows(tables["_unknown"], expected(case, f"ASCOF_3D_Unk_{run.capitalize()}"))


def test_every_measure_of_people_is_compared() -> None:
    assert set(OURS) == {
        m.name
        for m in measures()
        if m.module in {f"dhsc.{x}" for x in ("people", "ascof_2b_2c", "ascof_2e", "ascof_3d")}
    }
