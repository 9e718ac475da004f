"""The sheets of a workbook, or a CSV file, as grids of text whose cells know where they stand."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from asccld.errors import UnreadableFile

_LARGEST = 200_000_000  # bytes unpacked: the official workbooks have well under a million


@dataclass(frozen=True)
class Grid:
    """One sheet; rows and columns are counted from 0 inside and from 1 (A) in `place`."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str:
        """The text of a cell, blank beyond the edge."""
        return self.rows[row][column] if column < len(self.rows[row]) else ""

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell is, in the words of a spreadsheet: `sheet 'Map', row 5, column C`."""
        letters = f", column {_letters(column)}" if column is not None else ""
        return f"sheet '{self.name}', row {row + 1}{letters}"


def read_grids(path: Path) -> tuple[Grid, ...]:
    """Every sheet of a workbook, or the one table of a CSV file; raises UnreadableFile."""
    if path.suffix.lower() == ".csv":
        return (read_csv_grid(path),)
    _refuse_bomb(path)
    return _workbook(path)


def read_csv_grid(path: Path) -> Grid:
    """A CSV file as a grid named after the file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = tuple(tuple(_text(c) for c in row) for row in csv.reader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            what="The file cannot be read as CSV", where=path.name, remedy="Save it as UTF-8 CSV with commas"
        ) from error
    return Grid(path.name, rows)


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        return  # an old .xls, or no workbook at all: the reader will say
    if size > _LARGEST:
        raise UnreadableFile(
            what="The workbook unpacks to more than 200 MB, which no specification does",
            where=path.name,
            remedy="Check that this is the specification or mapping workbook",
        )


def _workbook(path: Path) -> tuple[Grid, ...]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

    try:
        with path.open("rb") as handle, CalamineWorkbook.from_filelike(handle) as book:
            names = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
            sheets = [(n, book.get_sheet_by_name(n)) for n in names]
            return tuple(
                Grid(n, _filled(s.to_python(skip_empty_area=False), s.merged_cell_ranges or ())) for n, s in sheets
            )
    except PasswordError as error:
        raise UnreadableFile(
            what="The workbook is protected by a password", where=path.name, remedy="Save a copy without a password"
        ) from error
    except (CalamineError, OSError) as error:
        raise UnreadableFile(
            what="This is not a workbook that can be read",
            where=path.name,
            remedy="Give the .xlsx file as it was published, or a folder with values.csv and map.csv",
        ) from error


def _filled(
    rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> tuple[tuple[str, ...], ...]:
    """The cells as text. A cell merged downwards holds its value in each of its rows; sideways only in its first."""
    text = [[_text(c) for c in row] for row in rows]
    for (top, left), (bottom, _) in merged:
        for row in range(top + 1, min(bottom + 1, len(text))):
            if left < len(text[top]) and left < len(text[row]):
                text[row][left] = text[top][left]
    return tuple(tuple(row) for row in text)


def _text(cell: object) -> str:
    """The cell as text: whole numbers without `.0`, dates as ISO, spaces single, line breaks kept."""
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            lines = (" ".join(line.split()) for line in str(cell).splitlines())
            return "\n".join(line for line in lines if line)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
