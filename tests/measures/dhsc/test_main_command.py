"""Measures of a main table as a user runs them: what is written, and what is said of the wrong input."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from asccld.measures.references import COUNCILS, POPULATION, reference_tables
from commonly import Run
from measures.dhsc.golden import FOLDER, expected, same_rows

SMALL = FOLDER / "small"
JOINED = SMALL / "expected" / "dhsc_joined_4_main_CLD_230401_260331_JoinedSubmissions.csv"
SINGLE = SMALL / "expected" / "dhsc_single_4_main_CLD_250401_260331_SingleSubmissions.csv"
EVENTS, REFERENCE = SMALL / "input" / "CLD_Raw.parquet", SMALL / "input" / "reference"
YEAR = ("--start", "2025-04-01", "--end", "2026-03-31")


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def folder_with(tmp_path: Path, **texts: str) -> Path:
    """A folder of reference tables; COUNCILS, POPULATION_24 and so on are their short names."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name.replace('COUNCILS', COUNCILS).replace('POPULATION', POPULATION)}.csv").write_text(
            text, encoding="utf-8"
        )
    return folder


def test_a_main_table_that_is_given_makes_the_official_tables(run: Run, tmp_path: Path) -> None:
    code, printed, said = run(
        "measure", "ascof_2b", "ascof_2e", "ascof_3d", "--main", JOINED, *YEAR, "--reference", REFERENCE, "--out",
        tmp_path,
    )  # fmt: skip
    assert (code, printed) == (0, "")
    assert "From the joined main table: ascof_2b, ascof_2e, ascof_3d" in said
    assert "ascof_2b_admissions: 3 admissions of 1 council" in said
    same_rows(read(tmp_path / "ascof_2e.csv"), expected("small", "ASCOF_2E_All_Latest"))
    same_rows(read(tmp_path / "ascof_3d_unknown.csv"), expected("small", "ASCOF_3D_Unk_Latest"))


def test_a_joined_table_that_holds_a_part_of_the_period_is_told_of(run: Run, tmp_path: Path) -> None:
    for first, last, told in (
        ("2023-01-01", "2023-12-31", "starts on 2023-04-01: figures for the days from 2023-01-01 are incomplete"),
        ("2025-07-01", "2026-06-30", "ends on 2026-03-31: figures for the days until 2026-06-30 are incomplete"),
    ):
        days = ("--start", first, "--end", last)
        code, _, said = run("measure", "ascof_2e", "--main", JOINED, *days, "--out", tmp_path / first)
        assert code == 0
        assert told in said


def test_waiting_times_say_that_the_period_changes_nothing(run: Run, tmp_path: Path) -> None:
    code, _, said = run("measure", "waiting_times", "--main", JOINED, *YEAR, "--out", tmp_path)
    assert code == 0
    assert "every quarter of the main table counts" in said


def test_events_are_made_a_main_table_first(run: Run, tmp_path: Path) -> None:
    given = ("--events", EVENTS, *YEAR, "--as-of", "2026-05-05", "--reference", REFERENCE)
    code, _, said = run("measure", "ascof_3d", *given, "--out", tmp_path)
    assert code == 0
    assert "Built the joined main table, 2023-04-01 to 2026-03-31 as of 2026-05-05: 3 councils" in said
    same_rows(read(tmp_path / "ascof_3d.csv"), expected("small", "ASCOF_3D_Latest"))


def test_without_populations_the_numerators_are_written_and_what_lacks_is_said(run: Run, tmp_path: Path) -> None:
    tables = folder_with(tmp_path, COUNCILS=(REFERENCE / "REF_ONS_Codes_LA_Region_Lookup.csv").read_text("utf-8"))
    out = tmp_path / "out"
    code, _, said = run("measure", "ascof_2c", "--main", JOINED, *YEAR, "--reference", tables, "--out", out)
    assert code == 0
    assert "numerators only, because no population is given" in said
    figures = read(out / "ascof_2c.csv").filter(pl.col("la_code") == "208")
    assert figures.select("numerator", "denominator", "outcome").rows() == [("2", None, None)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("measure", "costs", "--main", JOINED, *YEAR), "costs works on a single main table"),
        (("measure", "lts001a", "--main", JOINED, *YEAR), "lts001a works on collected events"),
        (("measure", "ascof_2e", "--main", EVENTS, *YEAR), "This is no main table: it lacks ref_period_end_date"),
        (("measure", "ascof_2e", "--events", EVENTS, *YEAR), "Give --as-of"),
        (("measure", "ascof_2e", "--main", JOINED, "--events", EVENTS, *YEAR), "There are two inputs"),
        (("measure", "ascof_2e", "--main", JOINED, *YEAR, "--rounded"), "--rounded is for the tables of SALT"),
        (("measure", "ascof_2e", "--main", JOINED, *YEAR, "--option", "q5=documented"), "Give it to asccld process"),
        (("measure", "ascof_2e", "--main", JOINED, *YEAR, "--option", "q10=documented"), "q10 changes nothing"),
        (
            ("measure", "ascof_2e", "--main", JOINED, "--start", "2030-04-01", "--end", "2031-03-31"),
            "holds the days from 2023-04-01 to 2026-03-31",
        ),
        (
            ("measure", "ascof_2e", "--main", JOINED, "--start", "2015-04-01", "--end", "2016-03-31"),
            "holds the days from 2023-04-01 to 2026-03-31",
        ),
        (
            ("measure", "services", "costs", "--main", SINGLE, "--start", "2024-04-01", "--end", "2025-03-31"),
            "holds the days from 2025-04-01 to 2026-03-31",
        ),
        (
            ("measure", "services", "--main", SINGLE, "--start", "2025-03-01", "--end", "2025-12-31"),
            "the period is 2025-03-01 to 2025-12-31",
        ),
        (("measure", "lts001a", "--events", EVENTS, *YEAR, "--reference", REFERENCE), "--reference changes nothing"),
    ],
)
def test_the_wrong_input_is_refused_with_what_to_do(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], told: str
) -> None:
    code, _, said = run(*arguments, "--out", tmp_path / "out")
    assert code == 2
    assert told in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Code,Geography,Gender,Age_Band\nE1,Local Authority,All,18 to 64\n", "lacks population"),
        (
            "Code,Geography,Gender,Age_Band,Population\nE1,Local Authority,All,all,1\ne1 ,Local Authority,All,all,2\n",
            "stands more than once",
        ),
        ('Code,Geography,Gender,Age_Band,Population\nE1,Local Authority,All,18 to 64,"1,000"\n', "as a number"),
    ],
)
def test_a_reference_table_that_cannot_be_meant_is_refused(run: Run, tmp_path: Path, text: str, told: str) -> None:
    tables = folder_with(tmp_path, POPULATION_24=text)
    code, _, said = run("measure", "ascof_2b", "--main", JOINED, *YEAR, "--reference", tables, "--out", tmp_path / "o")
    assert code == 2
    assert told in said


def test_two_populations_are_refused(run: Run, tmp_path: Path) -> None:
    tables = folder_with(tmp_path, POPULATION_23="Code\n", POPULATION_24="Code\n")
    code, _, said = run("measure", "ascof_2b", "--main", JOINED, *YEAR, "--reference", tables, "--out", tmp_path / "o")
    assert code == 2
    assert "2 files are the reference table" in said


@pytest.mark.parametrize("name", [t.name for t in reference_tables()])
def test_every_reference_table_has_a_template_with_its_columns(run: Run, name: str) -> None:
    code, printed, _ = run("measures", "template", name.lower())
    table = next(t for t in reference_tables() if t.name == name)
    assert code == 0
    assert printed.splitlines()[0].split(",") == list(table.columns)
    assert len(printed.splitlines()) > 1


def test_the_templates_are_listed_and_a_slip_is_told(run: Run) -> None:
    code, printed, _ = run("measures", "template")
    assert code == 0
    assert all(t.name in printed for t in reference_tables())
    code, _, said = run("measures", "template", "REF_ONS_Pop_Gender_Pub_Age_Band")
    assert code == 2
    assert "REF_ONS_Pop_Gender_Pub_Age_Bands".lower() in said.lower()


def test_a_council_that_the_list_lacks_is_named(run: Run, tmp_path: Path) -> None:
    code, _, said = run("measure", "ascof_2e", "--main", JOINED, *YEAR, "--out", tmp_path)
    assert code == 0
    assert "not in the list of councils" in said
    assert "201" in said


def test_a_figure_is_explained_from_a_main_table(run: Run, tmp_path: Path) -> None:
    assert run("measure", "ascof_2b", "--main", JOINED, *YEAR, "--out", tmp_path)[0] == 0
    for how in (("--from", tmp_path), YEAR):
        code, printed, said = run(
            "explain", "ascof_2b", "--cell", "la_code=208,age_band=18 to 64", "--main", JOINED, *how
        )
        assert code == 0
        assert "1 person" in said
        assert "The records behind them" in printed
        assert "2579" in printed


def test_a_persons_details_are_explained(run: Run) -> None:
    code, printed, _ = run("explain", "person_details", "--person", "N00000008X355", "--main", JOINED, *YEAR)
    assert code == 0
    assert "The records behind them" in printed
