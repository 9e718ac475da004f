"""The golden cases of the tables that count people: what NHS England's published scripts made of the same rows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import polars as pl
import pytest
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import compute, measures
from measures.golden import events, expected, same_rows, settings

OURS = ("lts001a", "lts001b", "lts001c", "lts003", "lts004", "nhse_ascof_2b", "nhse_ascof_2c", "nhse_ascof_2e",
        "nhse_ascof_3d")  # fmt: skip


def one(name: str, case: str) -> pl.DataFrame:
    return expected(case, name)


def labelled(case: str, column: str = "table", **names: str) -> pl.DataFrame:
    """Tables under each other, each with its label."""
    return pl.concat(expected(case, name, **{column: label[1:]}) for label, name in names.items())


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


def test_lts003(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["lts003"]
    same_rows(tables[""], one("LTS003_rs01", case))
    same_rows(tables["_people"], one("LTS003", case))
    same_rows(tables["_people"], one("LTS003_rs00", case))


def test_lts004(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["lts004"]
    same_rows(tables[""], labelled(case, _1="LTS004_rs00"))
    same_rows(tables["_2"], labelled(case, _2a="LTS004_rs02", _2b="LTS004_rs03"))
    invalid = tables["_invalid"].to_polars()
    same_rows(invalid.filter(table="1"), labelled(case, _1="LTS004_rs01"))
    same_rows(invalid.filter(table="2"), labelled(case, _2="LTS004_rs04"))
    same_rows(tables["_people"], labelled(case, _1="LTS004_T1_Final"))
    same_rows(tables["_2_people"], one("LTS004_T2_Final", case))
    placed = tables["_2_people"].to_polars().filter(pl.col("table").is_not_null())
    same_rows(placed, labelled(case, _2a="LTS004_T2a_Final", _2b="LTS004_T2b_Final"))


@pytest.mark.parametrize(("letter", "ages"), [("b", (18, 64)), ("c", (65, 999))])
def test_nhse_ascof_2b_and_2c(
    made: Mapping[str, Mapping[str, Table]], case: str, letter: str, ages: tuple[int, int]
) -> None:
    tables = made[f"nhse_ascof_2{letter}"]
    same_rows(tables[""], one(f"ASCOF2B2C_ASCOF_2{letter.upper()}_Numerator", case))
    people = one("ASCOF2B2C_RESNURS_Final", case)
    of_age = people.filter(pl.col("der_age_snapshot_date").cast(pl.Int64).is_between(*ages))
    same_rows(tables["_people"], of_age)


def test_nhse_ascof_2e(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["nhse_ascof_2e"]
    same_rows(tables[""], one("ASCOF2E_ASCOF_2E", case))
    same_rows(tables[""], one("ASCOF2E_rs01", case))
    same_rows(tables["_conflicts"], one("ASCOF2E_rs00", case))
    same_rows(tables["_people"], one("ASCOF2E_ASCOF_2E_Raw", case))


def test_nhse_ascof_3d(made: Mapping[str, Mapping[str, Table]], case: str) -> None:
    tables = made["nhse_ascof_3d"]
    same_rows(tables[""], one("ASCOF3D_ASCOF_3D", case))
    same_rows(tables[""], one("ASCOF3D_rs00", case))
    same_rows(tables["_clients"], one("ASCOF3D_ASCOF_3D_Clients_Total_Build", case))
    same_rows(tables["_carers"], one("ASCOF3D_ASCOF_3D_Carers_MinRank", case))


def test_every_measure_that_counts_people_is_compared() -> None:
    described = {"lts002a", "lts002b"}  # the publisher describes them and has no code
    known = {m.name for m in measures() if m.unit in {"people", "reviews"} and m.method == "nhse-2024-03"}
    assert set(OURS) | described == known
