"""Made-up extracts as files: CSV of any delimiter, Parquet, and the sheets of a workbook."""

# XlsxWriter has no type information: a test reads the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from asccld.errors import AsccldError

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
    """Write extracts into a folder, all of them or none; their paths, a workbook's once."""
    paths = [out / name for name in dict.fromkeys(f.name for f in files)]
    parts = {path: path.with_name(path.name + ".part") for path in paths}
    try:
        for path, part in parts.items():
            _write(path, part, [f for f in files if f.name == path.name])
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return paths


def _write(path: Path, part: Path, extracts: Sequence[LocalFile]) -> None:
    if path.suffix == ".xlsx":
        _workbook(path, part, extracts)
    elif path.suffix == ".parquet":
        extracts[0].table.write_parquet(part)
    else:
        extracts[0].table.write_csv(part, separator=extracts[0].delimiter, line_terminator="\n")


def _workbook(path: Path, part: Path, sheets: Sequence[LocalFile]) -> None:
    import xlsxwriter

    if any(sheet.table.height > _MOST_SHEET_ROWS for sheet in sheets):
        raise AsccldError("The extracts have more rows than a worksheet", str(path), "Ask for fewer people")
    with xlsxwriter.Workbook(str(part), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE})
        for sheet in sheets:
            sheet.table.write_excel(book, sheet.sheet, dtype_formats={pl.Date: "dd/mm/yyyy"})
