"""Extracts in Excel workbooks (.xlsx, .xlsm)."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError, UnreadableFile
from asccld.intake.cells import RepairCounts, as_text
from asccld.intake.containers import reading
from asccld.intake.dialects import blank_columns, check_header, header_below, no_row, repeats_header
from asccld.intake.model import Chunk, Extract, Note, no_shape_problems
from asccld.intake.sheets import SheetScan, SheetScans, column_letters

if TYPE_CHECKING:
    import io
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from python_calamine import CalamineSheet, CalamineWorkbook

    from asccld.intake.cells import Cell
    from asccld.intake.containers import Source

_ROWS_AT_ONCE: Final = 20_000
_ROWS_LOOKED_AT: Final = 20


@contextmanager
def _excel_reading(place: str) -> Generator[None]:
    """Turn whatever the workbook reader raises, a panic included, into an `UnreadableFile`."""
    from python_calamine import CalamineError, PasswordError

    damaged = UnreadableFile(
        "The workbook is damaged or incomplete", place, "Open it in Excel, save it again as .xlsx, or copy it again."
    )
    with reading(place):
        try:
            yield
        except AsccldError:
            raise
        except PasswordError as error:
            raise UnreadableFile(
                "The workbook is protected by a password", place, "Open it in Excel, remove the password and save it."
            ) from error
        except (CalamineError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise damaged from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise damaged from error


class WorkbookExtract(Extract):
    """One sheet of a workbook. Its header is the first row that is not empty; row numbers are those of the sheet."""

    kind = "xlsx"

    def __init__(self, source: Source, *, size_bytes: int, sheet: str | None, header_row: int = 1) -> None:
        super().__init__(source.path, member=source.member, size_bytes=size_bytes)
        file: Path | io.BytesIO = source.path if source.packing is None else source.in_memory()
        with _excel_reading(self.place):
            scans = SheetScans(file, self.place)
            try:
                self._workbook = _load(file)
                self.sheet, scan = self._choose(scans, sheet)
            finally:
                scans.close()
            if scan is not None:
                scan.check(self.place)
            self._errors = scan.errors if scan is not None else {}
            unstored = scan.unstored if scan is not None else {}
            self._sheet: CalamineSheet = self._workbook.get_sheet_by_name(self.sheet)
            self._first_column = (self._sheet.start or (0, 0))[1]
            self._read_header(header_row)
            self._opening_notes.extend(_formulas_without_value(unstored, self.header_row))

    def _choose(self, scans: SheetScans, asked: str | None) -> tuple[str, SheetScan | None]:
        names = self._sheets()
        listed = ", ".join(f"'{name}'" for name in names)
        if asked is not None:
            if asked not in names:
                raise UnreadableFile(f"There is no sheet '{asked}'", self.place, f"Choose one of: {listed}.")
            return asked, scans.scan(asked)
        found = {name: scans.scan(name) for name in names}
        filled = [name for name, scan in found.items() if scan is None or scan.values]
        if not filled:
            raise UnreadableFile("No sheet of the workbook has any content", self.place, "Export the extract again.")
        if len(filled) > 1:
            listed = ", ".join(f"'{name}'" for name in filled)
            raise UnreadableFile(
                f"The workbook has {len(filled)} sheets with content", self.place, f"Say which one to read: {listed}."
            )
        if len(names) > 1:
            self._opening_notes.append(Note("sheet", f"sheet '{filled[0]}' chosen out of {len(names)}"))
        return filled[0], found[filled[0]]

    def _sheets(self) -> list[str]:
        from python_calamine import SheetTypeEnum

        return [sheet.name for sheet in self._workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]

    def _rows(self) -> Iterator[list[Cell]]:
        """The rows of the sheet from its first, error cells with their text."""
        broken = {row for row, _ in self._errors}
        for index, cells in enumerate(self._sheet.iter_rows()):
            if index in broken:
                for position in range(len(cells)):
                    cells[position] = self._errors.get((index, self._first_column + position), cells[position])
            yield cells

    def header_below(self) -> int | None:
        """The row that seems to be the header, where what was taken for it is a title."""
        with _excel_reading(self.place):
            row = header_below([[as_text(cell) for cell in cells] for cells in islice(self._rows(), _ROWS_LOOKED_AT)])
        return row if row is not None and row > self.header_row else None

    def _read_header(self, header_row: int) -> None:
        rows = self._rows()
        filled = ((row, cells) for row, cells in enumerate(rows, start=1) if row >= header_row and _has_content(cells))
        found = next(filled, None)
        if found is None and header_row > 1:
            raise no_row(self.place, header_row)
        if found is None:
            raise UnreadableFile("The sheet is empty", self.place, "Choose another sheet, or export again.")
        self.header_row = found[0]
        self.header = tuple(as_text(cell) for cell in found[1])
        check_header(self.header, self.place, self.header_row)
        second = next(rows, None)
        if repeats_header(self.header, tuple(as_text(cell) for cell in second) if second else None):
            row = self.header_row + 1
            message = f"row {row} repeats the header: remove it from the extract"
            self._opening_notes.append(Note("repeated_header", message, row))
        if self.header_row > 1:
            message = f"the header is in row {self.header_row}"
            self._opening_notes.append(Note("header_row", message, self.header_row))
        self._opening_notes.extend(blank_columns(self.header))

    def _read(self, rows: int) -> Iterator[Chunk]:
        counts = RepairCounts()
        self._count_errors(counts)
        with _excel_reading(self.place):
            source = islice(self._rows(), self.header_row, None)
            first = self.header_row + 1
            while block := list(islice(source, min(rows, _ROWS_AT_ONCE))):
                frame = self._frame(block, first, counts)
                self.blank_rows += len(block) - frame.height
                first += len(block)
                self._repairs = counts.repairs()
                if frame.height:
                    yield Chunk(frame, no_shape_problems())

    def _frame(self, block: list[list[Cell]], first: int, counts: RepairCounts) -> pl.DataFrame:
        columns = [counts.column(values, column, first) for column, values in enumerate(zip(*block, strict=True))]
        frame = pl.DataFrame(columns).with_columns(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))
        frame = frame.with_row_index("row", offset=first)
        return frame.filter(~pl.all_horizontal(pl.exclude("row").is_null()))

    def _count_errors(self, counts: RepairCounts) -> None:
        for row, column in self._errors:
            if row >= self.header_row:
                counts.add("excel_error", column - self._first_column, 1, row + 1)

    def close(self) -> None:
        """Let go of the workbook; it cannot be read again."""
        self._workbook.close()


def _formulas_without_value(rows: Mapping[int, Sequence[int]], header_row: int) -> Iterator[Note]:
    """A note for each column in which formulas were never calculated; the column is named as the sheet names it."""
    for column, found in sorted(rows.items()):
        below = [row + 1 for row in found if row >= header_row]
        if below:
            message = (
                f"column {column_letters(column)} holds {counted(len(below), 'formula', 'formulas')} without a stored "
                f"result, read as blank, the first in row {min(below)}: open the workbook in Excel, save it, and check "
                "it again"
            )
            yield Note("formula_without_value", message, min(below))


def _has_content(cells: list[Cell]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _load(file: Path | io.BytesIO) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    if isinstance(file, Path):
        return CalamineWorkbook.from_path(file)  # pyright: ignore[reportUnknownMemberType] - its stub is incomplete
    file.seek(0)
    return CalamineWorkbook.from_filelike(file)
