"""The sheet of a chapter: what it is, the figure, its tables with their charts, and how it is made."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from asccld.reports.council.model import PERSONAL, PERSONAL_BANNER, SHAREABLE_BANNER
from asccld.reports.council.wording import NO_FIGURE, is_number
from asccld.reports.council.workbook_charts import Range, drawn
from asccld.reports.council.workbook_looks import BLOCK_SIZE, TITLE_SIZE, added_sheet, look_of, write_cell
from asccld.reports.council.workbook_names import RESERVED, free_name, headings, table_name
from asccld.reports.council.workbook_page import ACROSS, Page, lines_of
from asccld.reports.display import period
from asccld.reports.excel_writing import LINE
from asccld.reports.rounding import SHARE, rounded_value

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
MANY_COLUMNS: Final = 14
"""Columns from which on none but the first is wide."""
NARROW: Final = 20
NUMBER_WIDTH: Final = 13
BUTTON: Final = 3
"""Characters that the button of a filter covers."""
FEWEST_FILTERED: Final = 5
"""Rows from which on a table has filters."""
MOST_LINES: Final = 12
FIGURE_HEADINGS: Final = ("Figure", "Value", "Counted", "Of", "Previous", "Change", "England")


def chapter_sheet(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, name: str, charts: ChartData
) -> Worksheet:
    """Write a chapter on a sheet of that name."""
    page = Page(added_sheet(book, name), looks, _widths(chapter))
    page.prepare()
    _head(page, report, chapter)
    if chapter.headlines:
        _figures(page, chapter.headlines)
    if chapter.missing:
        page.sentence(chapter.missing, looks.bold)
        page.row += 1
    for block in chapter.blocks:
        _block(page, chapter, block, charts, name)
    _method(page, chapter)
    page.finish()
    return page.sheet


def derivation_sheets(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, names: dict[str, str], charts: ChartData
) -> dict[str, str]:
    """A sheet for each block: rows, steps and figures have too different columns to stand below each other."""
    taken = {name.lower() for name in names.values()} | set(RESERVED)
    placed: dict[str, str] = {}
    for block in chapter.blocks:
        name = free_name(f"{chapter.title} {block.slug}", taken)
        names[f"{chapter.slug}/{block.slug}"] = name
        chapter_sheet(book, looks, report, replace(chapter, blocks=(block,)), name, charts)
        placed.setdefault(chapter.slug, name)
    return placed


def _head(page: Page, report: Report, chapter: Chapter) -> None:
    looks = page.looks
    page.sentence(chapter.title, looks.title, size=TITLE_SIZE)
    page.sentence(chapter.definition, looks.definition)
    code = f" ({report.council_code})" if report.council_code else ""
    page.line(f"{report.council_name}{code}, {period(report.period)}", looks.note_line)
    page.sheet.write_url(page.row, 0, "internal:'Contents'!A1", looks.link, "Back to the contents")
    page.row += 1
    banner(page, report, is_personal=chapter.group in PERSONAL)
    page.row += 1


def banner(page: Page, report: Report, *, is_personal: bool) -> None:
    """What must be known before anything is read, over the first columns."""
    for there, text, look in (
        (is_personal, PERSONAL_BANNER, page.looks.caution),
        (report.shareable, SHAREABLE_BANNER, page.looks.share),
    ):
        if there:
            page.sheet.merge_range(page.row, 0, page.row, ACROSS, text, look)
            page.height(page.row, 22)
            page.row += 1


def _figures(page: Page, found: Sequence[Headline]) -> None:
    """The figures of the chapter; columns in which nothing stands are left out."""
    rows, looks = [figure_cells(h) for h in found], page.looks
    used = used_cells(rows)
    for place, wanted in enumerate(used):
        page.sheet.write_string(page.row, place, FIGURE_HEADINGS[wanted], looks.figure_head if place else looks.head)
    page.height(page.row, LINE * 2)
    for number, cells in enumerate(rows, start=page.row + 1):
        page.height(number, LINE * lines_of(str(cells[0][0]), page.widths[0]))
        for place, wanted in enumerate(used):
            value, look = cells[wanted]
            write_cell(page.sheet, looks, (number, place), value, look)
    page.row += len(rows) + 2


def figure_cells(headline: Headline) -> list[tuple[Value, str]]:
    """The cells of one figure, each with its look; the value as a number, with its unit in the name."""
    unit = (
        "" if headline.unit in {"%", ""} or headline.unit.lower() in headline.label.lower() else f" ({headline.unit})"
    )
    value: Value = headline.mark or headline.value
    change = None if headline.mark or headline.change is None else rounded_value(headline.change, SHARE)
    kind = "number" if headline.kind == "percent" else headline.kind
    return [
        (f"{headline.label}{unit}", "text"),
        (value if value is not None else NO_FIGURE, headline.kind),
        (headline.numerator, "count"),
        (headline.denominator, "count"),
        (headline.previous, headline.kind),
        (change, kind),
        (headline.england, headline.kind),
    ]


def used_cells(rows: Sequence[Sequence[tuple[Value, str]]]) -> list[int]:
    """The places of the cells in which anything stands, name and value among them."""
    return [p for p in range(len(FIGURE_HEADINGS)) if p < 2 or any(row[p][0] is not None for row in rows)]


def _block(page: Page, chapter: Chapter, block: Block, charts: ChartData, name: str) -> None:
    """Title, note, table and chart of a block."""
    begins = page.row
    page.sentence(block.title, page.looks.block_title, size=BLOCK_SIZE)
    page.sentence(block.note, page.looks.note)
    if block.is_empty:
        page.line("There is nothing to show.", page.looks.text)
        page.row += 2
        return
    first = _table(page, chapter, block)
    rows = block.rows.height
    last = first + rows - 1 - (1 if block.totals and rows > 1 else 0)
    page.keep(begins, first + rows)
    page.row = first + rows + 1
    taken = drawn(page.sheet, page.row, block, Range(name, first, last, 0, ()), charts)
    if taken:
        page.keep(page.row, page.row + taken)
    page.row += taken + 1


def _table(page: Page, chapter: Chapter, block: Block) -> int:
    """The cells of a block as a named table, the total below it; returns the first row of cells."""
    titles, row, sheet = headings(c.heading for c in block.columns), page.row, page.sheet
    page.height(row, LINE * max(2, *(lines_of(t, w - BUTTON) for t, w in zip(titles, page.widths, strict=False)), 1))
    kinds = [look_of(c) for c in block.columns]
    rows = list(block.cells())
    body = len(rows) - (1 if block.totals and len(rows) > 1 else 0)
    heads = [
        {"header": t, "header_format": _head_look(page.looks, c)} for t, c in zip(titles, block.columns, strict=True)
    ]
    sheet.add_table(
        row,
        0,
        row + body,
        len(titles) - 1,
        {
            "name": table_name(chapter.slug, block.slug),
            "style": None,
            "autofilter": body > FEWEST_FILTERED,
            "columns": heads,
        },
    )
    for number, cells in enumerate(rows, start=1):
        page.height(row + number, _row_height(cells, page.widths))
        for place, (value, look) in enumerate(zip(cells, kinds, strict=True)):
            write_cell(sheet, page.looks, (row + number, place), value, look, is_total=number > body)
    return row + 1


def _head_look(looks: Looks, column: Column) -> Any:  # noqa: ANN401 - a format, which has no types
    return looks.figure_head if is_number(column.kind) else looks.head


def _method(page: Page, chapter: Chapter) -> None:
    note, begins = chapter.method, page.row
    if note is None:
        return
    page.sentence("How it is made", page.looks.block_title, size=BLOCK_SIZE)
    for term, text in (
        ("What is counted", note.name),
        ("Method", note.version),
        ("Source", note.source),
        ("Documentation", note.page),
        *(("To know", limit) for limit in note.limits),
    ):
        page.pair(term, text)
    page.keep(begins, page.row)


def _widths(chapter: Chapter) -> list[int]:
    """The width of each column of the sheet: what the widest of its tables needs there."""
    most = max((len(b.columns) for b in chapter.blocks), default=1)
    widths = [NUMBER_WIDTH] * max(most, len(FIGURE_HEADINGS))
    widths[0] = FIRST_WIDTHS[0]
    if chapter.headlines:
        widths[0] = max(widths[0], min(max(len(h.label) + 6 for h in chapter.headlines), 46))
    for block in chapter.blocks:
        for place, column in enumerate(block.columns):
            low, high = _limits(place, column, len(block.columns))
            widths[place] = max(widths[place], min(max(low, _longest(block, column)), high))
    return widths


def _limits(place: int, column: Column, columns: int) -> tuple[int, int]:
    if column.kind != "text":
        return (FIRST_WIDTHS[0], FIRST_WIDTHS[0]) if place == 0 else (NUMBER_WIDTH, NUMBER_WIDTH)
    if place == 0:
        return FIRST_WIDTHS
    return (TEXT_WIDTHS[0], NARROW) if columns >= MANY_COLUMNS else TEXT_WIDTHS


def _longest(block: Block, column: Column) -> int:
    if column.kind != "text":
        return NUMBER_WIDTH
    lengths = block.rows[column.name].cast(str).str.len_chars().max()
    return int((lengths if isinstance(lengths, int) else 0) * 1.15) + 2


def _row_height(cells: Sequence[Value], widths: Sequence[int]) -> int:
    """Points that a row needs: no program but Excel makes room for broken lines."""
    lines = [lines_of(c, w) for c, w in zip(cells, widths, strict=False) if isinstance(c, str)]
    return LINE * min(max(lines, default=1), MOST_LINES)
