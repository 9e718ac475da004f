"""The sheet of a chapter: what it is, the figure, its tables with their charts, and how it is made."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from asccld.counting import counted
from asccld.reports.council.model import PERSONAL, PERSONAL_BANNER, SHAREABLE_BANNER
from asccld.reports.council.wording import NO_FIGURE, cautions, headline_decimals, is_number
from asccld.reports.council.workbook_charts import Range, drawn
from asccld.reports.council.workbook_looks import BLOCK_SIZE, TITLE_SIZE, added_sheet, look_of, look_with, write_cell
from asccld.reports.council.workbook_names import RESERVED, Sheets, free_name, headings, table_name
from asccld.reports.council.workbook_page import ACROSS, Page, lines_of
from asccld.reports.council.workbook_widths import widths_of
from asccld.reports.display import period
from asccld.reports.excel_writing import LINE
from asccld.reports.rounding import MONEY, SHARE, rounded_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook

    from asccld.reports.council.model import Block, Chapter, Column, Headline, Report, Value
    from asccld.reports.council.workbook_charts import ChartData
    from asccld.reports.council.workbook_looks import Looks

BUTTON: Final = 3
"""Characters that the button of a filter covers."""
HIGHEST_BESIDE_OTHERS: Final = 480
"""Points of the rows of a table that stands on a sheet with others: what fits on any page below its headings."""
BOLD: Final = 0.92
"""Of the characters of a column, those that fit in bold."""
FEWEST_FILTERED: Final = 5
"""Rows from which on a table has filters."""
MOST_LINES: Final = 12
FIGURE_HEADINGS: Final = ("Figure", "Value", "Counted", "Of", "Previous", "Change", "England")


def chapter_sheets(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, names: dict[str, str], charts: ChartData
) -> Sheets:
    """Write a chapter on the sheet of its name, and each table that is long on one of its own, linked from there.

    On paper only one table of a sheet can have its headings on every page. `names` learns of the further sheets.
    """
    alone = len(chapter.blocks) == 1 and chapter.method is None
    widths = widths_of(chapter, len(FIGURE_HEADINGS))
    long = [] if alone else [b for b in chapter.blocks if _is_long(b, widths)]
    taken = {name.lower() for name in names.values()} | set(RESERVED)
    for block in long:
        names[f"{chapter.slug}/{block.slug}"] = free_name(f"{names[chapter.slug]} {block.title}", taken)
    _chapter_sheet(book, looks, report, chapter, names, charts)
    for block in long:
        only = replace(chapter, headlines=(), missing="", method=None, blocks=(block,))
        _chapter_sheet(book, looks, report, only, {chapter.slug: names[f"{chapter.slug}/{block.slug}"]}, charts)
    return [(names[chapter.slug], chapter.title), *((names[f"{chapter.slug}/{b.slug}"], b.title) for b in long)]


def _chapter_sheet(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, names: Mapping[str, str], charts: ChartData
) -> None:
    name = names[chapter.slug]
    placed = {b.slug: names[f"{chapter.slug}/{b.slug}"] for b in chapter.blocks if f"{chapter.slug}/{b.slug}" in names}
    here = replace(chapter, blocks=tuple(b for b in chapter.blocks if b.slug not in placed))
    page = Page(added_sheet(book, name), looks, widths_of(here, len(FIGURE_HEADINGS)))
    page.prepare()
    _head(page, report, chapter)
    if chapter.headlines:
        _figures(page, chapter)
    if chapter.missing:
        page.sentence(chapter.missing, looks.bold)
        page.row += 1
    for block in chapter.blocks:
        if block.slug in placed:
            _elsewhere(page, block, placed[block.slug])
        else:
            _block(page, chapter, block, charts, name)
    _method(page, chapter)
    page.finish()


def _is_long(block: Block, widths: Sequence[int]) -> bool:
    rows = block.rows.height * LINE
    return rows > HIGHEST_BESIDE_OTHERS or sum(_row_height(c, widths) for c in block.cells()) > HIGHEST_BESIDE_OTHERS


def _elsewhere(page: Page, block: Block, name: str) -> None:
    """A link to the sheet on which a block stands by itself."""
    begins = page.row
    page.sentence(block.title, page.looks.block_title, size=BLOCK_SIZE)
    text = f"{counted(block.rows.height, 'row')}, on a sheet of its own"
    page.link(name, text)
    page.keep(begins, page.row + 1)
    page.row += 2


def derivation_sheets(
    book: Workbook, looks: Looks, report: Report, chapter: Chapter, names: dict[str, str], charts: ChartData
) -> Sheets:
    """A sheet for each block: rows, steps and figures have too different columns to stand below each other."""
    taken = {name.lower() for name in names.values()} | set(RESERVED)
    placed: Sheets = []
    for block in chapter.blocks:
        name = free_name(f"{chapter.title} {block.slug}", taken)
        names[f"{chapter.slug}/{block.slug}"] = name
        _chapter_sheet(book, looks, report, replace(chapter, blocks=(block,)), {chapter.slug: name}, charts)
        placed.append((name, block.title))
    return placed


def _head(page: Page, report: Report, chapter: Chapter) -> None:
    looks = page.looks
    page.sentence(chapter.title, looks.title, size=TITLE_SIZE)
    page.sentence(chapter.definition, looks.definition)
    code = f" ({report.council_code})" if report.council_code else ""
    page.sentence(f"{report.council_name}{code}, {period(report.period)}", looks.note)
    for said in cautions(chapter, report.period[1]):
        page.sentence(said, looks.bold)
    page.link("Contents", "Back to the contents")
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


def _figures(page: Page, chapter: Chapter) -> None:
    """The figures of the chapter; columns in which nothing stands are left out."""
    rows, looks = [figure_cells(h) for h in chapter.headlines], page.looks
    told = chapter.heads or ("Value", "Previous")
    heads: dict[str, str] = {"Value": told[0], "Previous": told[1]}
    used = used_cells(rows)
    for place, wanted in enumerate(used):
        heading = heads.get(FIGURE_HEADINGS[wanted], FIGURE_HEADINGS[wanted])
        page.sheet.write_string(page.row, place, heading, looks.figure_head if place else looks.head)
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
    places = MONEY if headline.kind == "money" else SHARE
    change = None if headline.mark or headline.change is None else rounded_value(headline.change, places)
    kind = "number" if headline.kind == "percent" else headline.kind
    return [
        (f"{headline.label}{unit}", "text"),
        (value if value is not None else NO_FIGURE, _look(headline.value, headline)),
        (headline.numerator, look_with("count", 0)),
        (headline.denominator, look_with("count", 0)),
        (headline.previous, _look(headline.previous, headline)),
        (change, look_with(kind, headline_decimals(change, headline))),
        (headline.england, _look(headline.england, headline)),
    ]


def _look(value: float | None, headline: Headline) -> str:
    return look_with(headline.kind, headline_decimals(value, headline))


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
    page.table(first - 1, first + rows)
    page.keep(begins, first + rows)
    page.row = first + rows + 1
    taken = drawn(page.sheet, page.row, block, Range(name, first, last, 0, ()), charts)
    if taken:
        page.keep(page.row, page.row + taken, follows=True)
    page.row += taken + 1


def _table(page: Page, chapter: Chapter, block: Block) -> int:
    """The cells of a block as a named table, the total below it; returns the first row of cells."""
    titles, row, sheet = headings(c.heading for c in block.columns), page.row, page.sheet
    page.height(
        row, LINE * max(2, *(lines_of(t, (w - BUTTON) * BOLD) for t, w in zip(titles, page.widths, strict=False)), 1)
    )
    kinds = [look_of(c, block.rows[c.name]) for c in block.columns]
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
    page.keep(begins, page.row, follows=True)


def _row_height(cells: Sequence[Value], widths: Sequence[int]) -> int:
    """Points that a row needs: no program but Excel makes room for broken lines."""
    lines = [lines_of(c, w) for c, w in zip(cells, widths, strict=False) if isinstance(c, str)]
    return LINE * min(max(lines, default=1), MOST_LINES)
