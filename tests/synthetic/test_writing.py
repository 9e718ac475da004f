"""Files on disk: the command, the folder, the examples."""

import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.synthetic import make_councils, write_submissions

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asccld", "synth", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_prints_the_files_it_made(tmp_path: Path) -> None:
    done = run(
        str(tmp_path), "--councils", "2", "--people", "60", "--quarters", "2", "--release", "r1", "--faults", "0.01"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert len(paths) == 5
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert [p.name for p in paths if "_" not in p.name] == ["faults.csv"]


def test_the_truth_names_file_row_field_and_rule(tmp_path: Path) -> None:
    *files, truth_file = write_submissions(tmp_path, people=60, quarters=2, faults=0.01)
    truth = pl.read_csv(truth_file)
    assert truth.columns == ["file", "row", "field", "rule"]
    assert set(truth["file"]) == {p.name for p in files}


def test_each_file_has_its_faults_in_the_release_in_force_at_its_end(tmp_path: Path) -> None:
    *files, truth_file = write_submissions(
        tmp_path, people=60, quarters=4, release="auto", faults=0.01, last_period_end=date(2026, 3, 31)
    )
    by_columns = {len(pl.read_csv(f, infer_schema=False).columns): f.name for f in files}
    assert len(by_columns) == 2
    assert set(by_columns.values()) <= set(pl.read_csv(truth_file)["file"])


def test_a_file_holds_what_the_library_gives(tmp_path: Path) -> None:
    (path,) = write_submissions(tmp_path, people=60, seed=9)
    submission = next(iter(make_councils(people=60, seed=9)))
    assert path.name == submission.file_name
    assert path.read_text(encoding="utf-8") == submission.frame.write_csv()
    assert b"\r" not in path.read_bytes()


def test_progress_tells_of_every_file(tmp_path: Path) -> None:
    seen: list[str] = []
    write_submissions(tmp_path, people=60, councils=2, progress=lambda s: seen.append(s.file_name))
    assert seen == sorted(p.name for p in tmp_path.iterdir())


def test_an_exact_number_of_rows_is_a_matter_of_one_option(tmp_path: Path) -> None:
    assert run(str(tmp_path), "--rows", "321", "--period-end", "2026-06-30").returncode == 0
    (path,) = tmp_path.iterdir()
    assert path.name.endswith("_20250701_20260630.csv")
    assert pl.read_csv(path, infer_schema=False).height == 321


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--release", "r9"), "There is no release r9"),
        (("--councils", "999"), "999 councils were asked for"),
        (("--faults", "0.5"), "between 0 and 0.1"),
        (("--people", "2000000"), "At most"),
    ],
)
def test_what_cannot_be_made_is_one_line_and_exit_code_2(tmp_path: Path, arguments: tuple[str, str], told: str) -> None:
    done = run(str(tmp_path / "out"), *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("out/*"))


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(AsccldError, match="folder cannot be written"):
        write_submissions(tmp_path / "out", people=20)


def test_the_examples_are_made_by_the_documented_command(tmp_path: Path) -> None:
    make = runpy.run_path(str(EXAMPLES / "make.py"))["make"]
    make(tmp_path)
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}  # for the others see examples/mappings
    assert made == {name: (EXAMPLES / name).read_bytes() for name in made}
    assert len(made) == 3
