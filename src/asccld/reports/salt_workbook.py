"""SALT as it looked: each table of the old return as rows by columns with totals, in one Excel workbook."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

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
TITLE_HEIGHT, GAP = 20, 2
"""Points of a table's title, and lines between two tables."""
ROOM_OF_HEADINGS, ROOM_OF_LABELS = 12, 66
"""Characters that fit on a line of a heading and of a label: Excel breaks lines, but makes no room for them."""
_PUBLISHED = (
    f"Rounded for publication: counts of 1 to 4, and those that would give them away, are {SUPPRESSED}; "
    "others are rounded to the nearest 5, so that parts need not add up"
)
_STATUS = {True: "Rounded for publication", False: "As counted: not for publication"}
_LONGEST_NAME = 100
_PAGE_WIDTH, _PAGE_HEIGHT = 980, 480
"""Room on A4 across without its margins: in units of Excel's columns (pixels), and in points."""
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
        on_paper = _OnPaper.of(facts, published=published)
        on_paper.mark(book.worksheets()[0])
        for name in dict.fromkeys(table.sheet for table in placed):
            on_paper.mark(_sheet(book, looks, name, [(t, t.grid(council)) for t in placed if t.sheet == name]))


class _OnPaper:
    """What is printed on every page, so that a page by itself says what it is of."""

    def __init__(self, council: str, period: str, status: str) -> None:
        self._header, self._footer = f"&L{council}&R{period}", f"&L&A&C{status}&RPage &P of &N"

    @classmethod
    def of(cls, facts: Mapping[str, str], *, published: bool) -> Self:
        """An ampersand of a name is doubled, for one is an instruction; Excel takes no more than 255 characters."""
        council, period = (facts.get(n, "")[:_LONGEST_NAME].replace("&", "&&") for n in ("Council", "Period"))
        return cls(council, period, _STATUS[published])

    def mark(self, sheet: Worksheet) -> None:
        """Set header and footer of a sheet."""
        sheet.set_header(self._header)
        sheet.set_footer(self._footer)


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


def _sheet(book: Workbook, looks: _Looks, name: str, placed: Sequence[tuple[SaltTable, Grid]]) -> Worksheet:
    sheet = new_sheet(book, name)
    widest = max(len(grid.columns) for _, grid in placed)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, widest, CELL_WIDTH)
    sheet.freeze_panes(0, 1)
    # The sheet is one page wide: this is about by how much it is made smaller for that.
    scale = min(100, 100 * _PAGE_WIDTH // _width(widest, [table for table, _ in placed]))
    row, used, breaks = 0, 0, list[int]()
    for table, grid in placed:
        height = _height(table, grid)
        if used and used + height > 100 * _PAGE_HEIGHT // scale:
            breaks.append(row)
            used = 0
        used += height + GAP * LINE
        row = _table(sheet, looks, row, table, grid) + GAP
    sheet.set_h_pagebreaks(breaks)
    sheet.write_url(row - 1, 0, "internal:'Contents'!A1", looks.link, "Back to the contents")
    if len(placed) == 1:  # among several each stands whole on a page; its headings are no other's
        sheet.repeat_rows(0, 1 + bool(placed[0][0].note))
    return sheet


def _width(columns: int, placed: Sequence[SaltTable]) -> int:
    """Pixels that a sheet takes: those of its columns, or of a title or a note that goes beyond them."""
    texts = [9 * len(table.title) for table in placed] + [7 * len(table.note) for table in placed]
    return max(_pixels(LABEL_WIDTH) + columns * _pixels(CELL_WIDTH), *texts)


def _pixels(width: int) -> int:
    """The width of a column on the screen, from that in characters."""
    return 7 * width + 5


def _height(table: SaltTable, grid: Grid) -> int:
    """Points that a table takes, so that none is broken over two pages."""
    rows = sum(LINE * _lines(label, ROOM_OF_LABELS) for label, _ in grid.rows)
    return TITLE_HEIGHT + LINE * bool(table.note) + _head_height(grid) + rows


def _head_height(grid: Grid) -> int:
    return LINE * max(2, *(_lines(column, ROOM_OF_HEADINGS) for column in grid.columns))


def _table(sheet: Worksheet, looks: _Looks, row: int, table: SaltTable, grid: Grid) -> int:
    """Write one table from a row on, and return the row after it."""
    sheet.set_row(row, TITLE_HEIGHT)
    sheet.write_string(row, 0, table.title, looks.table_title)
    if table.note:
        row += 1
        sheet.write_string(row, 0, table.note, looks.note)
    row += 1
    sheet.set_row(row, _head_height(grid))
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
