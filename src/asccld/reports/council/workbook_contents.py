"""The first sheet: what the report is of, its figures at a glance, and links to every sheet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from asccld.reports.council.model import GROUPS
from asccld.reports.council.wording import cautions
from asccld.reports.council.workbook_charts import SHEET
from asccld.reports.council.workbook_looks import TITLE_SIZE, write_cell
from asccld.reports.council.workbook_page import Page, address_of
from asccld.reports.council.workbook_sheet import FIGURE_HEADINGS, banner, figure_cells, used_cells
from asccld.reports.display import day, period, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.worksheet import Worksheet

    from asccld.reports.council.model import Report
    from asccld.reports.council.workbook_looks import Looks
    from asccld.reports.council.workbook_names import Sheets

WIDTHS: Final = (62, 14, 14, 14, 14, 14, 14)
AT_A_GLANCE: Final = frozenset({"quality", "ascof", "waiting"})
"""Groups whose figures stand on the first sheet."""


def contents_sheet(
    sheet: Worksheet, looks: Looks, report: Report, placed: Mapping[str, Sheets], *, chart_data: bool
) -> None:
    """Write the first sheet; `placed` says which sheets have which chapter, `chart_data` whether there is that one."""
    page = Page(sheet, looks, list(WIDTHS))
    page.prepare()
    page.sentence(report.title, looks.title, size=TITLE_SIZE)
    banner(page, report, is_personal=report.personal)
    for term, text in _facts(report):
        page.pair(term, text)
    page.row += 1
    _glance(page, report, placed)
    _links(page, report, placed)
    _legend(page, chart_data=chart_data)
    page.finish()


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "Period", period(report.period)
    if report.previous:
        yield "Previous period", f"{period(report.previous)}, computed anew from the same files"
    yield "Made", f"{day(report.made_at)}, {report.made_at:%H:%M} UTC"
    for note in report.notes:
        yield "To know", note


def _glance(page: Page, report: Report, placed: Mapping[str, Sheets]) -> None:
    """The figures of quality, of ASCOF and of waiting times, each linked to its sheet."""
    found = [(c, h) for c in report.chapters if c.group in AT_A_GLANCE for h in c.headlines]
    if not found:
        return
    sheet, looks, begins = page.sheet, page.looks, page.row
    page.line("At a glance", looks.block_title, height=20)
    cells = [figure_cells(headline) for _, headline in found]
    used = used_cells(cells)
    for place, wanted in enumerate(used):
        sheet.write_string(page.row, place, FIGURE_HEADINGS[wanted], looks.figure_head if place else looks.head)
    for number, ((chapter, _), row) in enumerate(zip(found, cells, strict=True), start=page.row + 1):
        sheet.write_url(number, 0, address_of(placed[chapter.slug][0][0]), looks.link, visible(str(row[0][0])))
        for place, wanted in enumerate(used[1:], start=1):
            write_cell(sheet, looks, (number, place), *row[wanted])
    page.row += len(found) + 2
    page.keep(begins, page.row)


def _links(page: Page, report: Report, placed: Mapping[str, Sheets]) -> None:
    for group, title in GROUPS.items():
        chapters = [c for c in report.of_group(group) if placed[c.slug]]
        if not chapters:
            continue
        begins = page.row
        page.line(title, page.looks.block_title, height=22)
        for said in dict.fromkeys(s for c in chapters for s in cautions(c, report.period[1])):
            page.sentence(said, page.looks.bold)
        for chapter in chapters:
            text = f"No figure: {chapter.missing}" if chapter.missing and not chapter.blocks else chapter.definition
            (first, _), *others = placed[chapter.slug]
            page.link(first, chapter.title)
            page.beside(text)
            for name, what in others:
                page.link(name, what)
                page.beside("")
        page.keep(begins, page.row)
        page.row += 1


def _legend(page: Page, *, chart_data: bool) -> None:
    signs = (
        ("[c]", "Suppressed: the count is small, or would give a small one away."),
        ("not in CLD", "Client Level Data does not hold it."),
        ("–", "There is no figure; so is a blank cell."),
        ("Tables", "Every table has a name (Formulas, Name Manager), which a pivot table can use as its source."),
    )
    begins = page.row
    page.line("Signs", page.looks.block_title, height=22)
    for sign, meaning in signs:
        page.pair(sign, meaning)
    if chart_data:
        page.link(SHEET, SHEET)
        page.beside("The numbers of the charts that have several series or marks among their numbers.")
    page.keep(begins, page.row)
