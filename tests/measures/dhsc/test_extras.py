"""Intervals, regions and England beside the official columns and rows."""

from __future__ import annotations

import ibis
import polars as pl
import pytest

from asccld.engine import keeper
from asccld.measures import compute_from_main, settings_for
from asccld.measures.dhsc.areas import with_areas
from asccld.measures.dhsc.intervals import with_intervals
from measures.dhsc.pages import PERIOD, main_table


def limits(
    numerator: int | None, denominator: int | None, *, is_rate: bool, confidence: str = "95"
) -> tuple[object, ...]:
    kinds = {"n": pl.Int64, "d": pl.Int64}
    table = ibis.memtable(pl.DataFrame({"n": [numerator], "d": [denominator]}, schema=kinds))
    made = with_intervals(table, "n", "d", confidence=confidence, times=100, is_rate=is_rate)
    return made.select("outcome_lower", "outcome_upper").to_polars().row(0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "wanted"),
    [
        (81, 263, (25.53, 36.62)),  # R. G. Newcombe, Statistics in Medicine 17, 1998, 861: Wilson without continuity
        (15, 148, (6.24, 16.05)),
        (0, 20, (0.0, 16.11)),
        (1, 29, (0.61, 17.18)),
        (20, 20, (83.89, 100.0)),
    ],
)
def test_wilson_as_published(numerator: int, denominator: int, wanted: tuple[float, float]) -> None:
    assert limits(numerator, denominator, is_rate=False) == wanted


@pytest.mark.parametrize(
    ("count", "wanted"),
    [(10, (4.79, 18.39)), (1, (0.01, 5.57)), (0, (0.0, 3.67)), (100, (81.36, 121.63))],
)
def test_byar_is_near_the_exact_limits_of_a_count(count: int, wanted: tuple[float, float]) -> None:
    assert limits(count, 100, is_rate=True) == pytest.approx(wanted, abs=0.011)


@pytest.mark.parametrize("is_rate", [True, False])
@pytest.mark.parametrize(("numerator", "denominator"), [(0, 0), (None, 5), (3, None), (None, None)])
def test_no_limits_without_a_figure(numerator: int | None, denominator: int | None, is_rate: bool) -> None:
    assert limits(numerator, denominator, is_rate=is_rate) == (None, None)


def test_a_proportion_above_one_has_no_limits() -> None:
    assert limits(6, 5, is_rate=False) == (None, None)


def test_more_confidence_is_wider() -> None:
    narrow, wide = (limits(30, 90, is_rate=False, confidence=c) for c in ("95", "99.8"))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]  # type: ignore[operator]


COUNCILS = ibis.memtable({"la_code": ["1", "2", "3"], "region": ["North", "North", "South"]})


def figures(*rows: tuple[str, int | None, int | None]) -> ibis.Table:
    kinds = dict.fromkeys(("la_code", "la_name"), pl.String) | {"numerator": pl.Int64, "denominator": pl.Int64}
    frame = pl.DataFrame([(c, f"Council {c}", n, d) for c, n, d in rows], schema=kinds, orient="row")
    labels = {"reporting_period": "1 Apr 25 - 31 Mar 26", "measure": "M", "description": "D", "group": "Total"}
    return ibis.memtable(frame.with_columns(outcome=0.0, **{k: pl.lit(v) for k, v in labels.items()}))


def areas(*rows: tuple[str, int | None, int | None], times: int = 100) -> dict[str, tuple[object, ...]]:
    made = with_areas(figures(*rows), COUNCILS, times=times).to_polars()
    return {r["la_name"]: (r["la_code"], r["numerator"], r["denominator"], r["outcome"]) for r in made.to_dicts()}


def test_an_area_is_the_sum_of_its_councils_and_councils_stay_as_they_are() -> None:
    made = areas(("1", 1, 4), ("2", 2, 4), ("3", 1, 2))
    assert made["North"] == (None, 3, 8, 37.5)
    assert made["South"] == (None, 1, 2, 50.0)
    assert made["England"] == ("99999", 4, 10, 40.0)
    assert made["Council 1"] == ("1", 1, 4, 0.0)


def test_an_area_has_no_rate_while_the_population_of_one_council_is_missing() -> None:
    made = areas(("1", 1, None), ("2", 2, 50_000), ("3", 1, 25_000), times=100_000)
    assert made["North"] == (None, 3, None, None)
    assert made["South"] == (None, 1, 25_000, 4.0)
    assert made["England"] == ("99999", 4, None, None)


def test_a_council_without_a_region_counts_in_england_only() -> None:
    made = areas(("1", 1, 4), ("9", 3, 4))
    assert made["North"] == (None, 1, 4, 25.0)
    assert made["England"] == ("99999", 4, 8, 50.0)


def test_what_is_published_has_councils_only_and_no_intervals() -> None:
    con = ibis.duckdb.connect()
    person = {"person": "A", "start": "2025-05-01", "service_type": "Long term support: Community", "gender": "Male"}
    main = main_table(con, [{**person, "der_birth_year": "1990", "der_birth_month": "1"}], "joined")
    chosen = settings_for(*PERIOD, {"areas": "regions", "intervals": "95"})
    made = compute_from_main(["ascof_published", "ascof_2e"], main, chosen, hold=keeper(con))
    published = made["ascof_published"][""].to_polars()
    assert published["la_code"].null_count() == 0
    assert "99999" not in published["la_code"]
    assert published.columns[-1] == "outcome"
    assert {"England", "South West"} <= set(made["ascof_2e"][""].to_polars()["la_name"])
    con.disconnect()
