"""Formats, and writing tables cell by cell into a workbook in constant memory."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from asccld.reports.tables import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "count", "rate"]
Cell = str | int | float | None

LONGEST_TEXT = 1_000
"""Characters of a text in a cell. Excel takes 32,767, but nobody reads that; the findings file has the whole text."""

LINE = 15
"""Height of a line in points."""

MOST_LINES = 8
"""Lines that a cell shows."""

SEVERITY_COLOURS = {
    "reject": ("#FFFFFF", "#8F1D14"),
    "error": ("#74110A", "#F8D9D5"),
    "warning": ("#5A3B00", "#FBEABB"),
    "info": ("#123C60", "#DAE7F2"),
}


@dataclass(frozen=True)
class Column:
    """A column of a sheet."""

    heading: str
    width: int
    kind: Kind = "text"
    printed: bool = True
    """Whether it is on paper too; columns that are not come last."""


class Formats:
    """The looks of cells."""

    def __init__(self, book: Workbook) -> None:
        def look(**properties: Any) -> Format:  # noqa: ANN401 (a format's properties have many types)
            return book.add_format({"valign": "top", "font_name": "Calibri", "font_size": 11, **properties})

        self.title = look(bold=True, font_size=18)
        self.note = look(font_color="#47545F", italic=True)
        self.term = look(font_color="#47545F")
        self.head = look(bold=True, text_wrap=True, bottom=2, bg_color="#E3E9EE")
        self.text = look(text_wrap=True, indent=1)
        self.quoted = look(text_wrap=True, indent=1, quote_prefix=True)
        self.count = look(num_format="#,##0")
        self.rate = look(num_format="0.0%")
        self.severities = {
            name: look(bold=True, font_color=ink, bg_color=paper) for name, (ink, paper) in SEVERITY_COLOURS.items()
        }
        self.verdicts = {
            "ACCEPTED": look(bold=True, font_size=16, font_color="#FFFFFF", bg_color="#0B6135"),
            "ACCEPTED WITH ERRORS": look(bold=True, font_size=16, font_color="#FFFFFF", bg_color="#9A5200"),
            "REJECTED": look(bold=True, font_size=16, font_color="#FFFFFF", bg_color="#8F1D14"),
        }

    def of(self, kind: Kind, value: Cell) -> Format:
        """The look of a cell: severities in their colour, texts like formulas with the quote prefix."""
        if kind != "text":
            return self.count if kind == "count" else self.rate
        text = str(value)
        return self.severities.get(text) or (self.quoted if text.startswith(TRIGGERS) else self.text)


def new_sheet(book: Workbook, name: str, *, landscape: bool = True) -> Worksheet:
    """A sheet that prints on as many A4 pages as it is long, and one wide."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.hide_gridlines(2)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes are text and stay text
    if landscape:
        sheet.set_landscape()
    return sheet


def write_table(
    sheet: Worksheet, formats: Formats, top: int, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], count: int
) -> None:
    """Headings in row `top` (counted from 0) and rows below; frozen, filtered and repeated on every printed page."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.set_row(top, 2 * LINE)
    for place, column in enumerate(columns):
        sheet.write_string(top, place, column.heading, formats.head)
    kinds: list[Kind] = [column.kind for column in columns]
    widths = [column.width for column in columns]
    for number, row in enumerate(rows, start=top + 1):
        sheet.set_row(number, height_of(row, widths))
        for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            _write_cell(sheet, formats, number, place, kind, value)
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, top + max(count, 1), len(columns) - 1)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, top + max(count, 1), sum(column.printed for column in columns) - 1)


def height_of(row: Sequence[Cell], widths: Sequence[int]) -> int:
    """Points that the row needs: only Excel works that out by itself, and only some of its versions."""
    lines = max(
        (-(-len(cell) // width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)), default=1
    )
    return LINE * min(max(lines, 1), MOST_LINES)


def _write_cell(sheet: Worksheet, formats: Formats, row: int, place: int, kind: Kind, value: Cell) -> None:
    if value is None:
        return
    if kind == "text":
        text = str(value)
        sheet.write_string(row, place, text, formats.of(kind, text))
    else:
        sheet.write_number(row, place, float(value), formats.of(kind, value))
