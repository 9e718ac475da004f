"""Made-up extracts as files: CSV of any delimiter, Parquet, and the sheets of a workbook."""

# XlsxWriter has no type information: a test reads the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from collections.abc import Generator

_MADE: Final = datetime(2026, 4, 20, tzinfo=UTC)
"""Stands in every workbook: the same extracts are the same bytes."""
_MOST_SHEET_ROWS: Final = (1 << 20) - 1
"""Below the header."""


@dataclass(frozen=True)
class LocalFile:
    """One extract: a file, or a sheet of one."""

    name: str
    sheet: str | None
    delimiter: str
    table: pl.DataFrame
    """Local headers; text, and dates where the kind of file has them."""


def write_local_files(out: Path, files: Sequence[LocalFile]) -> list[Path]:
    """Write extracts into a folder, each whole or not at all; the paths, a workbook's once."""
    names = dict.fromkeys(f.name for f in files)
    return [_written(out / name, [f for f in files if f.name == name]) for name in names]


def _written(path: Path, parts: Sequence[LocalFile]) -> Path:
    with _unfinished(path) as part:
        if path.suffix == ".xlsx":
            _workbook(path, part, parts)
        elif path.suffix == ".parquet":
            parts[0].table.write_parquet(part)
        else:
            parts[0].table.write_csv(part, separator=parts[0].delimiter, line_terminator="\n")
    return path


@contextmanager
def _unfinished(path: Path) -> Generator[Path]:
    """Whoever looks sees the whole file or none."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _workbook(path: Path, part: Path, sheets: Sequence[LocalFile]) -> None:
    import xlsxwriter

    if any(sheet.table.height > _MOST_SHEET_ROWS for sheet in sheets):
        raise AsccldError("The extracts have more rows than a worksheet", str(path), "Ask for fewer people")
    with xlsxwriter.Workbook(str(part), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        for sheet in sheets:
            sheet.table.write_excel(book, sheet.sheet, dtype_formats={pl.Date: "dd/mm/yyyy"})
