"""Workbooks as the official ones are laid out, made by the tests: title rows, merged cells, gaps and all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from asccld.standard import Standard

Cell = str | int | float | None


@dataclass
class Sheet:
    """A sheet as rows of cells; `merged` are (first row, first column, last row, last column, text)."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int, str]] = field(default_factory=tuple)


def workbook(path: Path, *sheets: Sheet) -> Path:
    book = xlsxwriter.Workbook(path)
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for i, row in enumerate(sheet.rows):
            for j, cell in enumerate(row):
                if cell is not None:
                    page.write(i, j, cell)
        for merge in sheet.merged:
            page.merge_range(*merge)
    book.close()
    return path


def map_rows(standard: Standard, names: Iterable[str] = ()) -> list[list[Cell]]:
    """Our Release 1 to 2 map as rows: variable, before, after, comparison; the variable on its first row only."""
    chosen = set(names) or standard.releases["r2"].lists.keys()
    rows: list[list[Cell]] = []
    last = ""
    for m in sorted(standard.releases["r2"].mappings, key=lambda m: m.defined_list):
        if m.defined_list in chosen:
            first = m.defined_list if m.defined_list != last else None
            rows.append([first, m.from_value, m.to_value, m.change])
            last = m.defined_list
    return rows


HEADER: list[Cell] = ["Variable", "Release 1 value", "Release 2 value", "Comparison"]
