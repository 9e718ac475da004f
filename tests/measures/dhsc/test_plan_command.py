"""`asccld measure ascof --plan` as a user runs it: what it writes and leaves out, and what it says of bad input."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from commonly import Run
from measures.dhsc.golden import FOLDER, expected, same_rows

MAIN = next((FOLDER / "small" / "expected").glob("dhsc_joined_4_main_*"))
REFERENCE = FOLDER / "small" / "input" / "reference"
GIVEN = ("--main", MAIN, "--end", "2026-03-31")
OFFICIAL = {
    "ascof_2a_latest": "ASCOF_2A_Latest",
    "ascof_2a_disaggregated_previous": "ASCOF_2A_Disaggregated_Previous",
    "ascof_2d_part1_latest": "ASCOF2D_Part1_Latest",
    "ascof_2d_venn_previous": "ASCOF2D_Venn_Previous",
    "ascof_2e_latest": "ASCOF_2E_All_Latest",
    "ascof_3d_unknown_previous": "ASCOF_3D_Unk_Previous",
    "ascof_published": "LA_PBI_ASCOF",
    "ascof_published_bcf_2d_part2": "LA_PBI_ASCOF_2D_P2_BCF",
}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the reference tables that a test may change."""
    return Path(shutil.copytree(REFERENCE, tmp_path / "reference"))


def test_the_plan_writes_both_periods_and_what_is_published(run: Run, tmp_path: Path) -> None:
    code, _, said = run("measure", "ascof", "--plan", *GIVEN, "--reference", REFERENCE, "--out", tmp_path / "ascof")
    assert code == 0
    assert "bcf_2c has every numerator beside the suppressed one" in said
    assert "ascof_2d, previous period: 2024-10-01 to 2025-09-30" in said
    for name, official in OFFICIAL.items():
        same_rows(pl.read_csv(tmp_path / "ascof" / f"{name}.csv", infer_schema=False), expected("small", official))


def test_without_hospital_episodes_2d_is_left_out(run: Run, tmp_path: Path, tables: Path) -> None:
    (tables / "ASCOF2D_SUS_260602.csv").unlink()
    code, _, said = run("measure", "ascof", "--plan", *GIVEN, "--reference", tables, "--out", tmp_path / "ascof")
    assert code == 0
    assert "ascof_2d is left out: there is no ASCOF2D_SUS" in said
    assert not list((tmp_path / "ascof").glob("ascof_2d*"))
    year = ("--start", "2025-04-01", *GIVEN)
    code, _, said = run("measure", "ascof", *year, "--reference", tables, "--out", tmp_path / "year")
    assert (code, "ascof_2d is left out" in said) == (0, True)
    code, _, said = run("measure", "ascof_2d", *year, "--reference", tables, "--out", tmp_path / "named")
    assert (code, "needs the reference table ASCOF2D_SUS" in said) == (2, True)


def test_a_failed_check_is_an_error_and_the_tables_are_there(run: Run, tmp_path: Path, tables: Path) -> None:
    """More people are published to have had reablement than were discharged."""
    columns = list(expected("small", "ASCOF2D_Part2_Latest").columns)
    row = ["1 Apr 24 - 31 Mar 25", "Alderton", "Total", "3", "4", "133.33"]
    pl.DataFrame([row], schema=columns, orient="row").write_csv(tables / "ASCOF2D_Part2_Metrics.csv")
    code, _, said = run("measure", "ascof", "--plan", *GIVEN, "--reference", tables, "--out", tmp_path / "ascof")
    assert code == 1
    assert "ascof_published_bcf_2d_part2: 1 row with more reablement than discharges" in said
    assert "ascof_published_bcf_2d_part2: 1 row with outcome above 100 %" in said
    assert (tmp_path / "ascof" / "ascof_published_bcf_2d_part2.csv").exists()


@pytest.mark.parametrize("names", [("ascof_2a",), ("ascof", "ascof_2a"), ("salt",)])
def test_only_ascof_has_a_plan(run: Run, tmp_path: Path, names: tuple[str, ...]) -> None:
    code, _, said = run("measure", *names, "--plan", *GIVEN, "--out", tmp_path / "x")
    assert (code, "The run plan is that of all ASCOF measures (--plan)" in said) == (2, True)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("--end", "2026-03-30"), "Give the last day of a month, such as 2026-03-31"),
        (("--start", "2025-04-01", "--end", "2026-03-31"), "twelve months up to --end (--start). Leave it out"),
        ((), "needs the last day of its latest period (--end)"),
    ],
)
def test_the_plan_is_of_the_twelve_months_up_to_the_end_of_a_month(
    run: Run, tmp_path: Path, days: tuple[str, ...], told: str
) -> None:
    code, _, said = run("measure", "ascof", "--plan", "--main", MAIN, *days, "--out", tmp_path / "x")
    assert (code, told in said) == (2, True)
    assert not list(tmp_path.iterdir())


def test_days_of_hospital_episodes_must_be_days(run: Run, tmp_path: Path, tables: Path) -> None:
    path = tables / "ASCOF2D_SUS_260602.csv"
    episodes = pl.read_csv(path, infer_schema=False)
    wrong = episodes.with_columns(
        Discharge_Date=pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("31/03/2024")).otherwise("Discharge_Date"),
        Year_of_Birth_SUS=pl.lit("1950"),
    )
    wrong.write_csv(path)
    period = ("--start", "2025-01-01", "--end", "2025-12-31", "--main", MAIN, "--reference", tables)
    code, _, said = run("measure", "ascof_2d", *period, "--out", tmp_path / "x")
    assert code == 2
    assert "2 rows of discharge_date cannot be read as a day" in said
    assert "31/03/2024" not in said


def test_published_figures_are_explained_by_their_own_measures(run: Run) -> None:
    period = ("--start", "2025-04-01", *GIVEN)
    code, _, said = run("explain", "ascof_published", *period, "--cell", "la_code=201")
    assert (code, "such as ascof_2a" in said) == (2, True)
