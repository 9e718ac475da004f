"""The golden cases of the tables that count people: what NHS England's published scripts made of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import polars as pl
import pytest
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import compute, measures
from measures.golden import CASES, events, expected, same_rows, settings

OURS = ("lts001a", "lts001b", "lts001c", "lts003", "lts004", "nhse_ascof_2b", "nhse_ascof_2c", "nhse_ascof_2e",
        "nhse_ascof_3d")  # fmt: skip


def one(name: str, case: str) -> pl.DataFrame:
    return expected(case, name)


def labelled(case: str, column: str = "table", **names: str) -> pl.DataFrame:
    """Tables under each other, each with its label."""
    return pl.concat(expected(case, name, **{column: label[1:]}) for label, name in names.items())


@pytest.fixture(scope="module")
def con() -> Iterator[ibis.BaseBackend]:
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def made(con: ibis.BaseBackend, case: str) -> Mapping[str, Mapping[str, Table]]:
    return compute(OURS, events(con, case), settings(case), hold=keeper(con))


def test_lts001a(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["lts001a"]
    same_rows(tables[""], labelled(case, _1a="LTS001a_rs00", _1b="LTS001a_rs01"))
    same_rows(tables["_people"], labelled(case, _1a="LTS001a_T1a_Final", _1b="LTS001a_T1b_Final"))


def test_lts001b(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["lts001b"]
    same_rows(tables[""], labelled(case, _1a="LTS001b_rs00", _1b="LTS001b_rs02"))
    same_rows(tables["_totals"], labelled(case, _1a="LTS001b_rs01", _1b="LTS001b_rs03"))
    same_rows(tables["_national"], labelled(case, _1a="LTS001b_rs04", _1b="LTS001b_rs05"))
    same_rows(tables["_2"], one("LTS001b_rs06", case))
    same_rows(tables["_3"], labelled(case, _3a="LTS001b_rs07", _3b="LTS001b_rs08"))
    same_rows(tables["_3c"], one("LTS001b_rs09", case))
    same_rows(tables["_people"], labelled(case, _1a="LTS001b_T1a_Final", _1b="LTS001b_T1b_Final"))
    same_rows(tables["_2_people"], one("LTS001b_T2_Final", case))
    same_rows(tables["_3_people"], labelled(case, _3a="LTS001b_T3a_Final", _3b="LTS001b_T3b_Final"))


def test_lts001c(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["lts001c"]
    same_rows(tables[""], labelled(case, _1a="LTS001c_rs00", _1b="LTS001c_rs01"))
    same_rows(tables["_national"], labelled(case, _1a="LTS001c_rs02", _1b="LTS001c_rs03"))
    same_rows(tables["_people"], labelled(case, _1a="LTS001c_T1a_Final", _1b="LTS001c_T1b_Final"))
