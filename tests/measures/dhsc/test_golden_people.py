"""The golden cases of person details, ASCOF 2B, 2C, 2E and 3D: what the Department's scripts made of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import polars as pl
import pytest
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import compute_from_main
from measures.dhsc.golden import CASES, RUNS, expected, main, reference, same_rows, settings

OURS = ("person_details", "ascof_2b", "ascof_2c", "ascof_2e", "ascof_2e_ld", "ascof_3d")


@pytest.fixture(scope="module")
def con() -> Iterator[ibis.BaseBackend]:
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return request.param


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
