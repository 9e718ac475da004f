"""The second half of the demo: a register of a year, and both main tables, as told."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from asccld.submissions import Register


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "out"


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    return run(folder)


def run(folder: Path) -> str:
    command = [sys.executable, "-m", "asccld", "demo", "--out", str(folder), "--people", "100"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_ends_with_both_main_tables_and_their_explanations(folder: Path, printed: str) -> None:
    made = printed.split("\nMade:\n")[1].split()
    assert all(Path(path).exists() for path in made)
    assert {"main-single.parquet", "main-joined.parquet"} <= {Path(path).name for path in made}
    single, joined = (pl.read_parquet(folder / f"main-{mode}.parquet") for mode in ("single", "joined"))
    assert single.width == 98
    assert joined.width == 94
    assert single["la_name"].n_unique() == joined["la_name"].n_unique() == 3
    for mode in ("single", "joined"):
        told = (folder / f"explanation-{mode}.txt").read_text(encoding="utf-8")
        assert "serves the period" in told


def test_the_register_tells_the_same_story_as_the_screen(folder: Path, printed: str) -> None:
    with Register.open(folder / "store") as register:
        states = [entry.state for entry in register.list()]
    assert states.count("rejected") == printed.count("REJECTED\n20") == 1
    assert states.count("withdrawn") == printed.count("is WITHDRAWN: ") == 1
    assert states.count("current") == 12
    assert "receipt 18, ACCEPTED" in printed


def test_the_withdrawn_file_serves_nothing(folder: Path, printed: str) -> None:
    assert printed
    single = pl.read_parquet(folder / "main-single.parquet")
    joined = pl.read_parquet(folder / "main-joined.parquet")
    with Register.open(folder / "store") as register:
        withdrawn = {moment for _, moment in register.withdrawn()}
    assert len(withdrawn) == 1
    assert not withdrawn & (set(single["importdate"]) | set(joined["importdate"]))


def test_it_can_be_run_again_in_the_same_folder(folder: Path, printed: str) -> None:
    assert printed
    before = pl.read_parquet(folder / "main-joined.parquet")
    again = run(folder)
    assert "stays withdrawn" in again
    assert pl.read_parquet(folder / "main-joined.parquet").height == before.height
    with Register.open(folder / "store") as register:
        assert len(register.list()) == 18


def test_its_key_is_not_in_its_store(folder: Path, printed: str) -> None:
    assert printed
    key = (folder / "demo.key").read_text(encoding="ascii").splitlines()[-1]
    stored = [path for path in (folder / "store").rglob("*") if path.is_file()]
    assert stored
    assert not [path for path in stored if key.encode() in path.read_bytes()]


def test_it_shows_the_scorecard_of_a_council_and_names_the_files(folder: Path, printed: str) -> None:
    scorecard = printed.split("ASCOF scorecard of ")[1].split("\nMade:\n", maxsplit=1)[0]
    assert "measure  what" in scorecard
    assert [line.split("  ")[0] for line in scorecard.splitlines() if line[:2] in {"2A", "2B", "2C", "2E", "3D"}] == [
        "2A", "2B", "2C", "2E LD", "2E", "2E", "3D", "3D", "3D", "3D"
    ]  # fmt: skip
    assert str(folder / "ascof") in printed.split("\nMade:\n")[1]
    code = scorecard.partition("(")[2].partition(")")[0]
    table = pl.read_csv(folder / "ascof" / "ascof_2b.csv", schema_overrides={"la_code": pl.String})
    row = table.row(by_predicate=pl.col("la_code") == code, named=True)
    shown = next(line for line in scorecard.splitlines() if line.startswith("2B"))
    assert f"{row['numerator']}  " in shown
    assert str(row["denominator"]) in shown


def test_it_ends_with_both_reports_of_a_council(folder: Path, printed: str) -> None:
    made = printed.split("\nMade:\n")[1].split()
    assert made[-2:] == [str(folder / "report" / "report.xlsx"), str(folder / "report" / "pages" / "index.html")]
    assert "Adult social care in Gateshead (106)" in (folder / "report" / "pages" / "index.html").read_text("utf-8")
    assert "$ asccld report --store" in printed
