"""Parquet: typed columns as the text of the same table in CSV."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from asccld.errors import UnreadableFile
from asccld.intake import open_extract

if TYPE_CHECKING:
    from pathlib import Path

TABLE = {
    "text": ["a", "", None],
    "whole": [1, None, None],
    "number": [9434765919.0, 12.5, None],
    "cost": [Decimal("12.50"), None, None],
    "date": [dt.date(2025, 4, 1), None, None],
    "moment": [dt.datetime.fromisoformat("2025-04-01"), dt.datetime.fromisoformat("2025-04-01T09:30:00"), None],
    "flag": [True, False, None],
    "nothing": [None, None, None],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a[1].parquet"
    pl.DataFrame(TABLE).write_parquet(file)
    return file


def test_typed_columns_as_text(path: Path) -> None:
    with open_extract(path) as extract:
        assert (extract.kind, extract.header) == ("parquet", tuple(TABLE))
        (chunk,) = extract.chunks()
        assert chunk.frame.rows() == [
            (2, "a", "1", "9434765919", "12.50", "01/04/2025", "01/04/2025", "TRUE", None),
            (3, None, None, "12.5", None, None, "01/04/2025 09:30:00", "FALSE", None),
        ]
        assert extract.blank_rows == 1
        assert [note.kind for note in extract.notes] == ["typed_columns"]


def test_row_numbers_go_on_from_chunk_to_chunk(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": [str(n) for n in range(10)]}).write_parquet(file)
    with open_extract(file) as extract:
        assert [chunk.frame["row"].to_list() for chunk in extract.chunks(rows=4)] == [
            [2, 3, 4, 5],
            [6, 7, 8, 9],
            [10, 11],
        ]


def test_inside_a_zip(tmp_path: Path, path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, "a.parquet")
    with open_extract(packed) as extract:
        assert sum(chunk.frame.height for chunk in extract.chunks()) == 2


def test_nested_columns_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": [[1, 2]]}).write_parquet(file)
    with pytest.raises(UnreadableFile, match="Column 'A'"):
        open_extract(file)


@pytest.mark.parametrize("at", [0.1, 0.9])
def test_damaged_pages_are_refused_without_a_stack_trace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], at: float
) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": [str(n * 7919) for n in range(1000)]}).write_parquet(file)
    content = file.read_bytes()
    start = int(at * (len(content) - 1000))
    file.write_bytes(content[:start] + bytes([255]) * 40 + content[start + 40 :])
    with pytest.raises(UnreadableFile, match="Parquet file is damaged"):
        open_extract(file)
    assert capfd.readouterr().err == ""


def test_damage_that_ends_the_reader_s_process_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": ["503"]}).write_parquet(file)
    program = "import os; print('ready', flush=True); os.abort()"
    monkeypatch.setattr("asccld.intake.soundness._PROGRAM", program)
    with pytest.raises(UnreadableFile, match="Parquet file is damaged"):
        open_extract(file)


def test_without_a_child_process_the_file_is_read_unchecked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": ["503"]}).write_parquet(file)
    monkeypatch.setattr("sys.executable", "")
    with open_extract(file) as extract:
        assert [chunk.frame.rows() for chunk in extract.chunks()] == [[(2, "503")]]


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"A": ["503"]}).write_parquet(file)
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UnreadableFile, match="Parquet file is damaged"):
        open_extract(file)
