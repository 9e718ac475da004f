"""What `asccld measure` refuses before it computes anything, and what it says where there was nothing to count."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from commonly import Run
from measures.dhsc.golden import FOLDER

SMALL = FOLDER / "small"
JOINED = SMALL / "expected" / "dhsc_joined_4_main_CLD_230401_260331_JoinedSubmissions.csv"
EVENTS = SMALL / "input" / "CLD_Raw.parquet"
YEAR = ("--start", "2025-04-01", "--end", "2026-03-31")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ascof_2e", "ascof_2d", "--main", JOINED), "ascof_2d needs the reference table ASCOF2D_SUS"),
        (("ascof_2e", "dq_values", "--events", EVENTS, "--as-of", "2026-05-05"), "Give it with --dq"),
        (
            ("ascof_2e", "costs", "--events", EVENTS, "--as-of", "2026-05-05", "--option", "cost_window=2026"),
            "'2026' is no window",
        ),
    ],
)
def test_what_one_measure_lacks_is_told_before_another_is_computed(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], told: str
) -> None:
    code, _, said = run("measure", *arguments, *YEAR, "--out", tmp_path / "new" / "out")
    assert (code, told in said.strip().splitlines()[-1], len(said.strip().splitlines())) == (2, True, 1)
    assert not list(tmp_path.iterdir())


def test_a_folder_without_a_reference_table_is_refused_with_the_name_that_is_near(run: Run, tmp_path: Path) -> None:
    (tmp_path / "REF_ONS_Pop_Gender_Pub_Age_Band.csv").write_text("Code\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for folder, told in (
        (tmp_path, "Did you mean REF_ONS_Pop_Gender_Pub_Age_Bands?"),
        (tmp_path / "empty", "holds no"),
    ):
        given = ("--main", JOINED, *YEAR, "--reference", folder)
        code, _, said = run("measure", "ascof_2b", *given, "--out", tmp_path / "out")
        assert (code, told in said) == (2, True)
    assert not (tmp_path / "out").exists()


def test_what_can_be_done_is_said_by_its_option(run: Run, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    both = ("measure", "lts001a", "nhse_ascof_2e", "--events", EVENTS, *YEAR, *out)
    _, _, said = run(*both, "--option", "import_by=2020-01-01", "--option", "import_after=2019-01-01")
    assert "Give a later day: --option import_by=2026-05-07" in said
    given = ("--events", EVENTS, "--as-of", "2026-05-05", *YEAR, *out, "--rounded")
    _, _, said = run("measure", "lts001a", "ascof_2e", *given)
    assert "Leave ascof_2e out, and run that by itself without --rounded" in said


def test_a_register_that_received_nothing_by_then_is_not_called_empty(run: Run, tmp_path: Path) -> None:
    store, made = tmp_path / "store", tmp_path / "made"
    assert run("synth", made, "--councils", 1, "--people", 60)[0] == 0
    file = max(made.rglob("*.csv"), key=lambda path: path.stat().st_size)
    assert run("submissions", "add", file, "--store", store, "--no-key", "--received", "2026-09-05")[0] == 0
    given = ("--store", store, "--as-of", "2020-05-05", *YEAR, "--out", tmp_path / "out")
    code, _, said = run("measure", "costs", *given)
    assert code == 2
    assert "no accepted submission that was received by 2020-05-05" in said
    assert "Choose a later --as-of" in said


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_events_without_a_row_give_tables_of_nothing_and_exit_code_1(run: Run, tmp_path: Path, suffix: str) -> None:
    empty = pl.read_parquet(EVENTS).clear()
    events = tmp_path / f"events{suffix}"
    empty.write_csv(events) if suffix == ".csv" else empty.write_parquet(events)
    out = tmp_path / "out"
    code, _, said = run("measure", "lts001a", "sts001", "--events", events, *YEAR, "--out", out)
    assert (code, "The table of events has no row" in said) == (1, True)
    assert len(pl.read_csv(out / "sts001_requests.csv")) == 0


def test_a_main_table_without_a_row_gives_exit_code_1(run: Run, tmp_path: Path) -> None:
    main = tmp_path / "main.csv"
    pl.read_csv(JOINED, infer_schema=False).clear().write_csv(main)
    code, _, said = run("measure", "ascof_2e", "--main", main, *YEAR, "--out", tmp_path / "out")
    assert (code, "The joined main table has no row" in said) == (1, True)
    assert (tmp_path / "out" / "ascof_2e.csv").exists()


def test_a_period_after_the_method_was_in_force_is_told_of(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "salt.xlsx"
    given = ("measure", "nhse_ascof_2e", "--events", EVENTS, "--out", tmp_path, "--workbook", book)
    late = "nhse-2024-03 is the method of periods that end by 31 March 2024"
    for days, is_late in ((YEAR, True), (("--start", "2023-04-01", "--end", "2024-03-31"), False)):
        _, _, said = run(*given, *days)
        contents = CalamineWorkbook.from_path(book).get_sheet_by_name("Contents").to_python()
        assert (late in said, late in str(contents)) == (is_late, is_late)
