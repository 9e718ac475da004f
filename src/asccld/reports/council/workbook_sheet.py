"""The sheet of a chapter: what it is, the figure, its tables with their charts, and how it is made."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import textwrap
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from asccld.reports.council.model import PERSONAL, PERSONAL_BANNER, SHAREABLE_BANNER
from asccld.reports.council.workbook_charts import Range, drawn
from asccld.reports.council.workbook_looks import added_sheet, look_of, write_cell
from asccld.reports.council.workbook_names import headings, table_name
from asccld.reports.council.wording import headline_value, is_number
from asccld.reports.display import period
from asccld.reports.excel_writing import LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Block, Chapter, Column, Headline, Report, Value
    from asccld.reports.council.workbook_charts import ChartData
    from asccld.reports.council.workbook_looks import Looks

FIRST_WIDTHS: Final = (30, 58)
"""The narrowest and the widest that the first column may be, in characters."""
TEXT_WIDTHS: Final = (12, 44)
NUMBER_WIDTH: Final = 13
LONGEST_LINE: Final = 118
"""Characters of a sentence that runs over the columns."""
MOST_LINES: Final = 8
_FIGURE_HEADINGS: Final = ("Figure", "Value", "Counted", "Of", "Previous period", "Change", "England")


def chapter_sheet(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, name: str, charts: ChartData
) -> Worksheet:
    """Write a chapter on a sheet of that name."""
    sheet = added_sheet(book, name)
    widths = _widths(chapter)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    row = _head(sheet, looks, report, chapter)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if chapter.headlines:
        row = _figures(sheet, looks, row, chapter.headlines)
    if chapter.missing:
        row = _sentence(sheet, looks.bold, row, chapter.missing) + 1
    for block in chapter.blocks:
        row = _block(sheet, looks, row, chapter, block, widths, charts, name)
    _method(sheet, looks, row, chapter)
    return sheet


def _head(sheet: Worksheet, looks: Looks, report: Report, chapter: Chapter) -> int:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, chapter.title, looks.title)
    row = _sentence(sheet, looks.definition, 1, chapter.definition)
    who = f"{report.council_name}{f' ({report.council_code})' if report.council_code else ''}, {period(report.period)}"
    sheet.write_string(row, 0, who, looks.note)
    sheet.write_url(row + 1, 0, "internal:'Contents'!A1", looks.link, "Back to the contents")
    row += 2
    return banner(sheet, looks, row, report, is_personal=chapter.group in PERSONAL) + 1


def banner(sheet: Worksheet, looks: Looks, row: int, report: Report, *, is_personal: bool) -> int:
    """What must be known before anything is read, over the first columns; returns the row after it."""
    for there, text, look in (
        (is_personal, PERSONAL_BANNER, looks.caution),
        (report.shareable, SHAREABLE_BANNER, looks.share),
    ):
        if there:
            sheet.set_row(row, 22)
            sheet.merge_range(row, 0, row, 6, text, look)
            row += 1
    return row


def _sentence(sheet: Worksheet, look: Any, row: int, text: str) -> int:  # noqa: ANN401 - a format, which has no types
    """A text over the first columns, as many lines high as it needs; returns the row after it."""
    if not text:
        return row
    lines = len(textwrap.wrap(text, LONGEST_LINE)) or 1
    sheet.merge_range(row, 0, row, 6, text, look)
    sheet.set_row(row, LINE * lines + 2)
    return row + 1


def _figures(sheet: Worksheet, looks: Looks, row: int, found: Sequence[Headline]) -> int:
    """The figures of the chapter; columns in which nothing stands are left out."""
    rows = [figure_cells(h) for h in found]
    used = [p for p in range(len(_FIGURE_HEADINGS)) if p < 2 or any(r[p][0] is not None for r in rows)]
    for place, wanted in enumerate(used):
        sheet.write_string(row, place, _FIGURE_HEADINGS[wanted], looks.figure_head if place else looks.head)
    sheet.set_row(row, LINE * 2)
    for number, cells in enumerate(rows, start=row + 1):
        sheet.set_row(number, LINE * _lines(str(cells[0][0]), FIRST_WIDTHS[0]))
        for place, wanted in enumerate(used):
            value, look = cells[wanted]
            write_cell(sheet, looks, (number, place), value, look, is_total=False)
    return row + len(rows) + 2


def figure_cells(headline: Headline) -> list[tuple[Value, str]]:
    """The cells of one figure, each with its look; the value as a number, with its unit in the name."""
    unit = "" if headline.unit in {"%", ""} else f" ({headline.unit})"
    value: Value = headline.mark or headline.value
    change = None if headline.mark or headline.change is None else round(headline.change, 1)
    kind = "number" if headline.kind == "percent" else headline.kind
    return [
        (f"{headline.label}{unit}", "text"),
        (value if value is not None else headline_value(headline), headline.kind),
        (headline.numerator, "count"),
        (headline.denominator, "count"),
        (headline.previous, headline.kind),
        (change, kind),
        (headline.england, headline.kind),
    ]


def _block(
    sheet: Worksheet, looks: Looks, row: int, chapter: Chapter, block: Block, widths: Sequence[int], charts: ChartData,
    name: str,
) -> int:  # fmt: skip
    """Title, note, table and chart of a block; returns the row for what follows."""
    sheet.set_row(row, 20)
    sheet.write_string(row, 0, block.title, looks.block_title)
    row = _sentence(sheet, looks.note, row + 1, block.note)
    if block.is_empty:
        sheet.write_string(row, 0, "There is nothing to show.", looks.text)
        return row + 3
    first = _table(sheet, looks, row, chapter, block, widths)
    height = block.rows.height
    last = first + height - 1 - (1 if block.totals and height > 1 else 0)
    after = first + height + 1
    return after + drawn(sheet, after, block, Range(name, first, last, 0, ()), charts) + 1


def _table(sheet: Worksheet, looks: Looks, row: int, chapter: Chapter, block: Block, widths: Sequence[int]) -> int:
    """The cells of a block as a named table, the total below it; returns the first row of cells."""
    titles = headings(c.heading for c in block.columns)
    sheet.set_row(row, LINE * max(2, *(_lines(t, w - 4) for t, w in zip(titles, widths, strict=False))) if len(titles) > 1 else LINE * 2)
    kinds = [look_of(c) for c in block.columns]
    rows = list(block.cells())
    body = len(rows) - (1 if block.totals and len(rows) > 1 else 0)
    sheet.add_table(row, 0, row + body, len(titles) - 1, {
        "name": table_name(chapter.slug, block.slug), "style": None, "autofilter": True, "banded_rows": False,
        "columns": [{"header": t, "header_format": _head_look(looks, c)} for t, c in zip(titles, block.columns, strict=True)],
    })  # fmt: skip
    for number, cells in enumerate(rows, start=1):
        sheet.set_row(row + number, _row_height(cells, widths))
        for place, (value, look) in enumerate(zip(cells, kinds, strict=True)):
            write_cell(sheet, looks, (row + number, place), value, look, is_total=number > body)
    return row + 1


def _head_look(looks: Looks, column: Column) -> Any:  # noqa: ANN401 - a format, which has no types
    return looks.figure_head if is_number(column.kind) or column.kind == "date" else looks.head


def _method(sheet: Worksheet, looks: Looks, row: int, chapter: Chapter) -> None:
    note = chapter.method
    if note is None:
        return
    sheet.write_string(row, 0, "How it is made", looks.block_title)
    row += 1
    for term, text in (
        ("What is counted", note.name), ("Method", note.version), ("Source", note.source), ("Documentation", note.page),
        *(("To know", limit) for limit in note.limits),
    ):  # fmt: skip
        sheet.write_string(row, 0, term, looks.term)
        sheet.merge_range(row, 1, row, 7, text, looks.text)
        sheet.set_row(row, LINE * (len(textwrap.wrap(text, 90)) or 1))
        row += 1


def _widths(chapter: Chapter) -> list[int]:
    """The width of each column of the sheet: what the widest of its tables needs there."""
    most = max((len(b.columns) for b in chapter.blocks), default=1)
    widths = [NUMBER_WIDTH] * max(most, len(_FIGURE_HEADINGS))
    widths[0] = FIRST_WIDTHS[0]
    if chapter.headlines:
        widths[0] = max(widths[0], min(max(len(h.label) + 6 for h in chapter.headlines), 46))
    for block in chapter.blocks:
        for place, column in enumerate(block.columns):
            low, high = FIRST_WIDTHS if place == 0 else TEXT_WIDTHS if column.kind == "text" else (NUMBER_WIDTH, NUMBER_WIDTH)
            widths[place] = max(widths[place], min(max(low, _longest(block, column)), high))
    return widths


def _longest(block: Block, column: Column) -> int:
    if column.kind != "text":
        return NUMBER_WIDTH
    lengths = block.rows[column.name].cast(str).str.len_chars().max()
    return (lengths if isinstance(lengths, int) else 0) + 2


def _row_height(cells: Sequence[Value], widths: Sequence[int]) -> int:
    """Points that a row needs: no program but Excel makes room for broken lines."""
    lines = [_lines(c, w) for c, w in zip(cells, widths, strict=False) if isinstance(c, str)]
    return LINE * min(max(lines, default=1), MOST_LINES)


def _lines(text: object, width: int) -> int:
    if isinstance(text, date) or not text:
        return 1
    return len(textwrap.wrap(str(text), max(int(width * 1.05), 4), break_long_words=True)) or 1
