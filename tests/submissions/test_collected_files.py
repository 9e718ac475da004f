"""Whole files: what the register writes on rows, which columns are read, and how much is in memory."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.intake import open_extract
from asccld.standard.tables import StandardError
from asccld.submissions.collected import COLLECTED, collected_events
from asccld.submissions.collected_columns import COLUMNS, ORIGINS, named, read_columns
from asccld.synthetic import make_councils
from asccld.validation import validate
from repository.files import ROOT
from submissions.collecting import HEADERS, IMPORT, KEY, STANDARD, collected, collected_file, events, written

SUPERSEDED = {
    "der_load_filename",
    "der_latest_import_flag",
    "der_file_record_id",
    "der_unique_event_flag",
    "der_duplicates_flag",
}
COMPANION = {"cond_<field>", "chk_<field>"}
"""Columns of the data-quality companion table."""


# ---- the columns


def national() -> dict[str, str]:
    with (ROOT / "tests" / "facts" / "input_columns.csv").open(encoding="utf-8", newline="") as file:
        return {row["Column"].lower(): row["Type"] for row in csv.DictReader(file)}


def test_the_columns_are_the_national_ones_in_their_order() -> None:
    assert list(COLLECTED) == [name for name in national() if name not in SUPERSEDED | COMPANION]


def test_the_types_are_the_national_ones() -> None:
    kinds = {"date": pl.Date, "datetime(3)": pl.Datetime, "int": pl.Int32, "numeric(18,2)": pl.Float64, "0/1": pl.Int32}
    for name, kind in national().items():
        if name in COLLECTED and kind in kinds:
            assert isinstance(COLLECTED[name], kinds[kind]), name


def test_every_column_says_where_it_comes_from() -> None:
    assert all(column.description and column.source and column.confidence for column in COLUMNS)
    assert {column.origin for column in COLUMNS} == set(ORIGINS)


def test_a_table_of_columns_that_contradicts_itself_stops_the_loading(tmp_path: Path) -> None:
    head = "name,type,origin,description,source,confidence\n"
    for row, what in (
        ("a,float,import,x,y,inferred\n", "unknown type or origin"),
        ("a,text,import,x,y,sure\n", "is not a confidence"),
        ("a,text,import,x,y,inferred\n" * 2, "listed twice"),
    ):
        (tmp_path / "columns.csv").write_text(head + row, encoding="utf-8")
        with pytest.raises(StandardError, match=what):
            read_columns(tmp_path / "columns.csv")


# ---- what the register writes on every row


def test_rows_say_which_file_they_come_from_and_are_numbered_through_the_register() -> None:
    found = events("event_type\nService\nReview\nRequest")
    assert dict(found.schema) == COLLECTED
    assert found.select("la_code", "la_name", "importfileid").unique().rows() == [("503", "Lincolnshire", 7)]
    assert found["importdate"].unique().to_list() == [datetime(2026, 4, 20, 9, 30, 15, 123456)]  # noqa: DTZ001 - UTC
    assert found["der_unique_record_id"].to_list() == [1001, 1002, 1003]
    assert found["event_type"].to_list() == ["Service", "Review", "Request"]


def test_the_council_is_the_one_that_sent_the_file() -> None:
    assert collected("la_code | event_type\n999 | Review", "la_code") == ["503"]


def test_an_import_time_with_a_zone_is_written_in_utc() -> None:
    summer = datetime(2026, 4, 20, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    found = collected("event_type\nReview", "importdate", imported=replace(IMPORT, import_date=summer))
    assert found == [datetime(2026, 4, 20, 9, 0, tzinfo=UTC).replace(tzinfo=None)]


def test_the_stated_period_is_that_of_each_row() -> None:
    found = events(
        """
        reporting_period_start_date | reporting_period_end_date
        01/04/2025                  | 31/03/2026
        01/01/2025                  | 31/12/2025
        """
    )
    assert found.select("reporting_period_start_date", "reporting_period_end_date").cast(pl.String).rows() == [
        ("2025-04-01", "2026-03-31"),
        ("2025-01-01", "2025-12-31"),
    ]


# ---- which columns are read


@pytest.mark.parametrize("header", ["Event Start Date", "Event_Start_Date", "event_start_date", "EVENT START DATE"])
def test_a_header_may_be_spelt_as_in_the_standard_or_in_the_national_database(header: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ["Event Type", header], [["Review", "01/02/2026"]])
    assert collected_file(path)["event_start_date"].cast(pl.String).to_list() == ["2026-02-01"]


def test_columns_of_another_release_are_kept_and_unknown_ones_are_not(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", ["Event Type", "GP Practice Name", "Shoe size"], [["Review", "The Practice", "Twelve"]]
    )
    found = collected_file(path)
    assert found["gp_practice_name"].to_list() == ["The Practice"]
    assert "Twelve" not in found.row(0)


@pytest.mark.parametrize("release", STANDARD.releases)
def test_files_of_every_release_are_collected_whole(release: str, tmp_path: Path) -> None:
    submission = next(iter(make_councils(people=200, release=release, seed=3)))
    path = tmp_path / "a.csv"
    submission.frame.write_csv(path)
    found = collected_file(path, replace(IMPORT, release=release))
    assert dict(found.schema) == COLLECTED
    assert found.height == submission.frame.height == validate(path, la=submission.la_code).file.rows
    headers = STANDARD.releases[release].headers
    for name in (n for n in named("submitted") if n in headers and COLLECTED[n] == pl.String()):
        assert found[name].equals(submission.frame[headers[name]].alias(name)), name
    for name in (n for n in named("submitted") if n in headers and COLLECTED[n] != pl.String()):
        assert found[name].null_count() == submission.frame[headers[name]].null_count(), name


def test_a_release_that_the_standard_does_not_have_is_refused() -> None:
    with pytest.raises(AsccldError, match="no release r9"):
        events("event_type\nReview", imported=replace(IMPORT, release="r9"))


def test_a_workbook_gives_what_the_same_csv_gives(tmp_path: Path) -> None:
    cells = [["Review", "01/02/2026", "12.50"], ["Service", "28/02/2026", "7"]]
    headers = ["Event Type", "Event Start Date", "Unit Cost"]
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, headers)
        for at, (kind, start, cost) in enumerate(cells, start=1):
            sheet.write_string(at, 0, kind)
            sheet.write_datetime(at, 1, datetime.strptime(start, "%d/%m/%Y").replace(tzinfo=None), day)  # noqa: DTZ007
            sheet.write_number(at, 2, float(cost))
    expected = collected_file(written(tmp_path / "a.csv", headers, cells))
    assert collected_file(tmp_path / "a.xlsx").equals(expected)


# ---- rows


def test_rows_that_hold_nothing_are_no_events(tmp_path: Path) -> None:
    headers = [HEADERS[name] for name in ("event_type", "event_reference")]
    rows = [["Review", "1"], ["", ""], [" ", "\t"], ["NULL", ""], ["Service", "2"], ["", ""]]
    path = written(tmp_path / "a.csv", headers, rows)
    found = collected_file(path)
    assert found["event_reference"].to_list() == ["1", None, "2"]
    assert found["der_unique_record_id"].to_list() == [1001, 1002, 1003]


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "a.csv"
    next(iter(make_councils(people=20, seed=9))).frame.write_csv(path)
    return path


@settings(max_examples=15, deadline=None)
@given(rows=st.integers(1, 60))
def test_the_size_of_a_chunk_does_not_matter(small_file: Path, rows: int) -> None:
    assert collected_file(small_file, rows=rows).equals(collected_file(small_file))


def test_a_file_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    """So that memory is bounded by a chunk, whatever the size of the file."""
    path = written(tmp_path / "a.csv", ["Event Type", "Event Reference"], [["Review", str(n)] for n in range(1000)])
    with open_extract(path) as extract:
        frames = collected_events(extract, IMPORT, KEY, rows=100)
        assert next(frames)["event_reference"].to_list() == [str(n) for n in range(100)]
        assert [frame.height for frame in frames] == [100] * 9
