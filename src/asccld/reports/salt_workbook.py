"""SALT as it looked: each table of the old return as rows by columns with totals, in one Excel workbook."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asccld.reports.excel_file import new_workbook
from asccld.reports.excel_writing import LINE, Formats, height_of, new_sheet
from asccld.reports.salt_figures import NOT_IN_CLD, SUPPRESSED, Cell, Grid, Tables
from asccld.reports.salt_tables import SaltTable, councils_of, salt_tables
from asccld.version import __version__

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

TITLE = "Short and Long Term Support, from Client Level Data"
LABEL_WIDTH, CELL_WIDTH = 58, 13
ROOM_OF_HEADINGS, ROOM_OF_LABELS = 12, 66
"""Characters that fit on a line of a heading and of a label: Excel breaks lines, but makes no room for them."""
_PUBLISHED = (
    f"Rounded for publication: counts of 1 to 4, and those that would give them away, are {SUPPRESSED}; "
    "others are rounded to the nearest 5, so that parts need not add up"
)
_OWN = "As counted: for the council's own use, not for publication"


def write_salt_workbook(
    path: Path,
    tables: Tables,
    *,
    facts: Mapping[str, str],
    council: str | None = None,
    published: bool = False,
) -> None:
    """Write the tables of one council, or of all together, that can be made of these measures.

    `tables` are the outputs of measures by name and suffix; a table whose measure is not among them is left out.
    `facts` are what the first sheet says of the run. Raises ReportError when the file cannot be written.
    """
    together = council is None or len(councils_of(tables)) == 1
    placed = [t for t in salt_tables(tables, published=published) if t.by_council or together]
    comments = f"asccld {__version__}. {_PUBLISHED if published else _OWN}."
    with new_workbook(path, title=TITLE, comments=comments) as book:
        looks = _Looks(book)
        told = {**facts, "Figures": _PUBLISHED if published else _OWN, "Made by": f"asccld {__version__}"}
        _contents(book, looks, told, placed)
        for name in dict.fromkeys(table.sheet for table in placed):
            _sheet(book, looks, name, [(t, t.grid(council)) for t in placed if t.sheet == name])


class _Looks(Formats):
    """The looks of cells in these tables."""

    def __init__(self, book: Workbook) -> None:
        super().__init__(book)

        def look(**properties: Any) -> Format:  # noqa: ANN401 (a format's properties have many types)
            return book.add_format({"valign": "top", "font_name": "Calibri", "font_size": 11, **properties})

        self.table_title = look(bold=True, font_size=13)
        self.figure_head = look(bold=True, text_wrap=True, bottom=2, bg_color="#E3E9EE", align="right", valign="bottom")
        self.label_head = look(bold=True, text_wrap=True, bottom=2, bg_color="#E3E9EE", valign="bottom")
        self.label = look(text_wrap=True, bottom=4, bottom_color="#B8C4CE")
        self.label_total = look(text_wrap=True, bold=True, top=1)
        self.link = look(font_color="#123C60", underline=1)
        self._figures = {
            (kind, is_total): look(**self._kind(kind), **self._place(is_total=is_total))
            for kind in ("count", "rate", "words")
            for is_total in (False, True)
        }

    @staticmethod
    def _kind(kind: str) -> dict[str, Any]:
        if kind == "words":
            return {"align": "right", "italic": True, "font_color": "#47545F"}
        return {"num_format": "#,##0" if kind == "count" else "0.0"}

    @staticmethod
    def _place(*, is_total: bool) -> dict[str, Any]:
        return {"bold": True, "top": 1} if is_total else {"bottom": 4, "bottom_color": "#B8C4CE"}

    def figure(self, cell: Cell, *, is_total: bool) -> Format:
        """The look of one figure."""
        kind = "words" if isinstance(cell, str) else "rate" if isinstance(cell, float) else "count"
        return self._figures[kind, is_total]


def _contents(book: Workbook, looks: _Looks, facts: Mapping[str, str], placed: Sequence[SaltTable]) -> None:
    sheet = new_sheet(book, "Contents", landscape=False)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, TITLE, looks.title)
    row = 2
    for term, fact in (*facts.items(), (NOT_IN_CLD, "The data set cannot fill the cell")):
        sheet.set_row(row, height_of([fact], [100]))
        sheet.write_string(row, 0, term, looks.term)
        sheet.write_string(row, 1, fact, looks.text)
        row += 1
    row += 1
    sheet.write_string(row, 0, "Sheet", looks.label_head)
    sheet.write_string(row, 1, "Table", looks.label_head)
    for row, table in enumerate(placed, start=row + 1):  # noqa: B020 - counted on
        sheet.set_row(row, height_of([table.title], [100]))
        sheet.write_url(row, 0, f"internal:'{table.sheet}'!A1", looks.link, table.sheet)
        sheet.write_string(row, 1, table.title, looks.text)


def _sheet(book: Workbook, looks: _Looks, name: str, placed: Sequence[tuple[SaltTable, Grid]]) -> None:
    sheet = new_sheet(book, name)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, max(len(grid.columns) for _, grid in placed), CELL_WIDTH)
    sheet.freeze_panes(0, 1)
    row = 0
    for table, grid in placed:
        row = _table(sheet, looks, row, table, grid) + 2


def _table(sheet: Worksheet, looks: _Looks, row: int, table: SaltTable, grid: Grid) -> int:
    """Write one table from a row on, and return the row after it."""
    sheet.set_row(row, 20)
    sheet.write_string(row, 0, table.title, looks.table_title)
    if table.note:
        row += 1
        sheet.write_string(row, 0, table.note, looks.note)
    row += 1
    sheet.set_row(row, LINE * max(2, *(_lines(column, ROOM_OF_HEADINGS) for column in grid.columns)))
    sheet.write_string(row, 0, table.heading, looks.label_head)
    for place, column in enumerate(grid.columns, start=1):
        sheet.write_string(row, place, column, looks.figure_head)
    for number, (label, cells) in enumerate(grid.rows, start=1):
        row += 1
        _row(sheet, looks, row, label, cells, is_total=grid.totals[0] and number == len(grid.rows))
    return row + 1


def _lines(text: str, room: int) -> int:
    """Lines that a text takes when it is broken between words."""
    return len(textwrap.wrap(text, room, break_long_words=False))


def _row(sheet: Worksheet, looks: _Looks, row: int, label: str, cells: Sequence[Cell], *, is_total: bool) -> None:
    sheet.set_row(row, LINE * _lines(label, ROOM_OF_LABELS))
    sheet.write_string(row, 0, label, looks.label_total if is_total else looks.label)
    for place, cell in enumerate(cells, start=1):
        look = looks.figure(cell, is_total=is_total)
        if isinstance(cell, str):
            sheet.write_string(row, place, cell, look)
        else:
            sheet.write_number(row, place, cell, look)
