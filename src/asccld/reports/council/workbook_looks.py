"""Looks of cells, and writing one cell of a kind: a number as a number, a mark or a text as text, never a formula."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from asccld.reports.council.wording import decimals_of, short_day
from asccld.reports.display import visible
from asccld.reports.excel_writing import LONGEST_TEXT, new_sheet
from asccld.reports.tables import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Column, Kind, Value

FONT: Final = {"valign": "top", "font_name": "Calibri", "font_size": 11}
INK, QUIET, BLUE, LINE_COLOUR, HEAD_COLOUR = "#0B0C0C", "#47545F", "#12436D", "#B8C4CE", "#E3E9EE"
DAY: Final = "d mmm yyyy"
MONTH: Final = "mmm yyyy"
FIRST_YEAR: Final = 1900
"""Excel knows no day before."""
TITLE_SIZE: Final = 18
BLOCK_SIZE: Final = 13


class Looks:
    """The looks of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}
        self.title = self._look(bold=True, font_size=TITLE_SIZE, font_color=INK, text_wrap=True)
        self.title_line = self._look(bold=True, font_size=TITLE_SIZE, font_color=INK)
        self.definition = self._look(font_color=INK, text_wrap=True)
        self.block_title = self._look(bold=True, font_size=BLOCK_SIZE, font_color=INK, text_wrap=True)
        self.block_line = self._look(bold=True, font_size=BLOCK_SIZE, font_color=INK)
        self.note = self._look(font_color=QUIET, italic=True, text_wrap=True)
        self.term = self._look(font_color=QUIET, text_wrap=True)
        self.text = self._look(text_wrap=True)
        self.bold = self._look(bold=True, text_wrap=True)
        self.note_line = self._look(font_color=QUIET, italic=True)
        self.wrapped_link = self._look(font_color="#1D4F91", underline=1, text_wrap=True)
        self.link = self._look(font_color="#1D4F91", underline=1)
        self.caution = self._look(bold=True, font_color="#FFFFFF", bg_color="#8F1D14", valign="vcenter", indent=1)
        self.share = self._look(bold=True, font_color="#FFFFFF", bg_color="#0B6135", valign="vcenter", indent=1)
        head: dict[str, Any] = {
            "bold": True,
            "text_wrap": True,
            "bottom": 2,
            "bg_color": HEAD_COLOUR,
            "valign": "bottom",
        }
        self.head = self._look(**head)
        self.figure_head = self._look(**head, align="right")
        self.value = self._look(bold=True, align="right", bottom=4, bottom_color=LINE_COLOUR)

    def _look(self, **properties: Any) -> Format:  # noqa: ANN401 - a format's properties have many types
        return self._book.add_format({**FONT, **properties})

    def of(self, kind: str, *, is_total: bool = False) -> Format:
        """The look of a cell: a kind with its decimals, `month`, `mark`, `quoted`, or `plain`, a text on one line."""
        key = (kind, is_total)
        if key not in self._made:
            edge: dict[str, Any] = {"bold": True, "top": 1} if is_total else {"bottom": 4, "bottom_color": LINE_COLOUR}
            self._made[key] = self._look(**edge, **self._kind(kind))
        return self._made[key]

    @staticmethod
    def _kind(kind: str) -> dict[str, Any]:
        if kind == "mark":
            return {"align": "right", "italic": True, "font_color": QUIET}
        if kind == "quoted":
            return {"text_wrap": True, "quote_prefix": True}
        if kind == "text":
            return {"text_wrap": True}
        if kind == "plain":
            return {}
        if kind in {"month", "date"}:
            return {"num_format": MONTH if kind == "month" else DAY, "align": "left"}
        return {"num_format": _number_format(*kind.split(".")), "align": "right"}


def _number_format(kind: str, decimals: str) -> str:
    """A percentage is 66.7 in the cell, as in the measure's table: the sign is only shown."""
    digits = f"#,##0.{'0' * int(decimals)}".rstrip(".")
    return f"£{digits}" if kind == "money" else f'{digits}"%"' if kind == "percent" else digits


def look_of(column: Column, values: Iterable[object]) -> str:
    """The look of a column's cells: figures with decimals that agree, months without their first day."""
    if column.kind == "date" and column.name == "month":
        return "month"
    return look_with(column.kind, decimals_of(values, column.kind))


def look_with(kind: Kind, decimals: int | None) -> str:
    """The look of a kind with so many decimals; None where it has none."""
    return kind if decimals is None else f"{kind}.{decimals}"


def write_cell(
    sheet: Worksheet, looks: Looks, place: tuple[int, int], value: Value, look: str, *, is_total: bool = False
) -> None:
    """One cell; nothing, and no number that is none, leaves it blank but for its line."""
    row, column = place
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(row, column, None, looks.of("text", is_total=is_total))
    elif isinstance(value, str):
        sheet.write_string(
            row, column, visible(value, LONGEST_TEXT), looks.of(_look_of_text(value, look), is_total=is_total)
        )
    elif isinstance(value, date) and value.year < FIRST_YEAR:
        sheet.write_string(row, column, short_day(value), looks.of("text", is_total=is_total))
    elif isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        sheet.write_datetime(
            row,
            column,
            moment.replace(tzinfo=None),
            looks.of("date" if look in {"text", "plain"} else look, is_total=is_total),
        )
    elif look in {"text", "plain"}:
        sheet.write_string(row, column, str(value), looks.of(look, is_total=is_total))
    else:
        sheet.write_number(row, column, float(value), looks.of(look, is_total=is_total))


def _look_of_text(value: str, look: str) -> str:
    if look not in {"text", "plain"}:
        return "mark"
    return "quoted" if value.startswith(TRIGGERS) else look


def added_sheet(book: Workbook, name: str, *, constant_memory: bool = False) -> Worksheet:
    """A sheet to print on A4, as wide as it is; in constant memory it is written row after row and holds no table."""
    book.constant_memory = constant_memory
    sheet = new_sheet(book, name)
    book.constant_memory = False
    if not constant_memory:
        sheet.row_data_fh = io.StringIO()  # pyright: ignore[reportAttributeAccessIssue] - closed with those of the others
    return sheet
