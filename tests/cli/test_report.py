"""`asccld report`: what it refuses and how it says so, and a whole run from one submission."""

from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from asccld.cli import main
from asccld.cli.report_files import quality_of
from asccld.cli.report_source import opened
from asccld.submissions import Register
from asccld.synthetic import make_councils


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["report", *map(str, arguments)])
    return int(str(stop.value.code or 0))


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = next(iter(make_councils(people=60, seed=3)))
    path = tmp_path_factory.mktemp("file") / "submission.csv"
    made.frame.write_csv(path)
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store") / "store"
    with Register.open(folder, create=True) as register:
        for sent in make_councils(councils=2, people=30, seed=4):
            path = folder.parent / sent.file_name
            sent.frame.write_csv(path)
            register.add(path, la=sent.la_code, received=datetime.combine(sent.received, time(9)))
    return folder


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run(*arguments) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("asccld: ")
    return said


def test_no_store_and_an_empty_one_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no store here" in refused(capsys, "--store", tmp_path / "none", "--out", tmp_path / "out")
    Register.open(tmp_path / "empty", create=True).close()
    assert "The register is empty" in refused(capsys, "--store", tmp_path / "empty", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_day_before_the_first_file_is_told(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "--store", store, "--as-of", "2020-01-01", "--out", tmp_path / "out")
    assert "No file of the register was received by then (--as-of)" in said


def test_a_council_that_is_not_in_the_store_is_named_with_those_that_are(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "--store", store, "--la", "999", "--out", tmp_path / "out")
    assert "The register has no such council (--la 999)" in said
    assert "There are: " in said or "Did you mean" in said


def test_a_council_is_repeated_as_it_was_typed_with_the_nearest_that_there_is(
    store: Path, submission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Register.open(store) as register:
        found = register.list()[0].submission
        name = str(found.la_name)
        events = register.parquet_paths()[0]
    out = ("--out", tmp_path / "out")
    said = refused(capsys, "--store", store, "--la", name.lower(), *out)
    assert f"(--la {name.lower()}). Did you mean {found.la_code} ({name})?" in said
    said = refused(capsys, "--store", store, "--la", "xyz", *out)
    assert "(--la xyz). There are: " in said
    assert f"{found.la_code} ({name})" in said
    assert "has nothing of Lincolnshire (--la 503)" in refused(capsys, "--store", store, "--la", "503", *out)
    assert "The rows of the file are of council" in (said := refused(capsys, "--file", submission, "--la", "xyz", *out))
    assert "(--la xyz). Give --la " in said
    said = refused(capsys, "--events", events, "--la", "xyz", "--end", "2026-03-31", *out)
    assert "The events have no such council (--la xyz). There are: " in said


def test_a_folder_below_a_file_and_a_file_of_one_line_are_said_for_what_they_are(
    submission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("only a line\n", encoding="utf-8")
    said = refused(capsys, "--file", submission, "--out", tmp_path / "file" / "sub")
    assert "file is a file, and no folder" in said
    said = refused(capsys, "--file", tmp_path / "file", "--out", tmp_path / "out")
    assert "The file has no event: nothing is below its first row" in said
    assert "must hold the headers of the specification" in said


def test_a_first_submission_says_that_it_is_the_only_one(store: Path) -> None:
    with Register.open(store) as register:
        found = register.list()[0].submission
    with opened(store=store, catalogue=None, events=None, file=None, la=found.la_code, as_of=None, end=None) as given:
        why = quality_of(given, date(2026, 3, 31), several=False).why_none
    assert why.startswith(f"Submission {found.number}, received on {found.received_at:%d/%m/%Y}, is the only file")


def test_an_end_beyond_the_files_says_where_they_end(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Register.open(store) as register:
        la = register.list()[0].submission.la_code
    said = refused(capsys, "--store", store, "--la", la, "--end", "2090-03-31", "--out", tmp_path / "out")
    assert "The newest file ends on" in said
    assert "--end 2090-03-31" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is no input"),
        (("--store", "a", "--events", "b"), "There are 2 inputs"),
        (("--file", "nothing.csv"), "There is no such file"),
        (("--store", "a", "--shareable", "--people"), "What is made to be shared holds no personal data"),
        (("--store", "a", "--shareable", "--person", "P1"), "What is made to be shared holds no personal data"),
        (("--store", "a", "--published", "nothing.csv"), "There is no such file"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_read(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, *arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_report_goes_into_a_folder_of_its_own(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x", encoding="utf-8")
    assert "There is a file of this name" in refused(capsys, "--store", store, "--out", tmp_path / "file")
    assert "something else than a report" in refused(capsys, "--store", store, "--out", tmp_path / "full")
    assert "would be written into the input" in refused(capsys, "--store", store, "--out", store / "out")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["letter.txt"]
    assert "There is no folder for the report" in refused(capsys, "--store", store)


def test_a_person_who_is_not_there_is_not_repeated(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "--store", store, "--person", "P-SECRET-1", "--out", tmp_path / "out")
    assert "The person that was asked for (number 1) is in no file" in said
    assert "SECRET" not in said
    assert not (tmp_path / "out").exists()


def test_one_submission_is_enough_but_nothing_is_written_where_a_reference_file_bears_a_persons_number(
    submission: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way, but for its last step; a run that ends well is in the tests of reports and of the demo."""
    person = str(pl.read_csv(submission, infer_schema=False)["LA Person Unique Identifier"][0])
    reference = tmp_path / "reference"
    reference.mkdir()
    header = "Code,Geography,Gender,Age_Band,Population\n"
    name = f"REF_ONS_Pop_Gender_Pub_Age_Bands_{person}.csv"
    (reference / name).write_text(header, encoding="utf-8")
    out = tmp_path / "new" / "out"
    assert run("--file", submission, "--reference", reference, "--shareable", "--summary", "--out", out) == 1
    printed = capsys.readouterr()
    assert "of la_person_unique_identifier of the input would be in a report made to be shared" in printed.err
    assert person not in printed.err + printed.out
    assert not out.parent.exists()


def test_where_a_file_came_too_late_for_every_figure_the_rest_is_made_and_all_options_are_named(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Register.open(store) as register:
        found = register.list()[0].submission
    assert found.period_start is not None
    end = date(found.period_start.year, 9, 30)
    asked = ("--store", store, "--la", found.la_code, "--end", end)
    assert run(*asked, "--summary") == 0
    printed = capsys.readouterr().out
    assert f"Submission {found.number}" in printed
    assert "SALT tables" not in printed
    late = next(line for line in printed.splitlines() if "LTS001a" in line)
    assert "--option import_by=" in late
    assert "--option sts_import_by=" in late
    assert "There is no option 'nosuch'" in refused(capsys, *asked, "--option", "nosuch=1", "--summary")
