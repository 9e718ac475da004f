"""A council's report as an Excel workbook: contents with links, a sheet for each chapter, charts of Excel's own."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.reports.council.model import PERSONAL_BANNER
from asccld.reports.council.workbook_charts import ChartData
from asccld.reports.council.workbook_contents import contents_sheet
from asccld.reports.council.workbook_looks import Looks, added_sheet
from asccld.reports.council.workbook_names import Sheets, sheet_names
from asccld.reports.council.workbook_people import people_sheets
from asccld.reports.council.workbook_sheet import chapter_sheets, derivation_sheets
from asccld.reports.display import period, visible
from asccld.reports.excel_file import new_workbook
from asccld.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from asccld.reports.council.model import Report


def write_workbook(report: Report, path: Path) -> None:
    """Write the workbook; raises ReportError when the file cannot be written."""
    comments = f"{period(report.period)}. asccld {__version__}."
    if report.personal:
        comments = f"{PERSONAL_BANNER} {comments}"
    with new_workbook(path, title=visible(report.title), comments=comments) as book:
        # Tables need all of a sheet in memory; lists of people are written in constant memory, see workbook_people.
        book.constant_memory = False
        looks, names = Looks(book), sheet_names(report)
        contents = added_sheet(book, "Contents")
        charts = ChartData(book, looks)
        placed: dict[str, Sheets] = {}
        for chapter in report.chapters:
            if chapter.group == "people":
                placed[chapter.slug] = people_sheets(book, looks, chapter, names)
            elif chapter.group == "derivation":
                placed[chapter.slug] = derivation_sheets(book, looks, report, chapter, names, charts)
            else:
                placed[chapter.slug] = chapter_sheets(book, looks, report, chapter, names, charts)
        charts.finish()
        contents_sheet(contents, looks, report, placed, chart_data=charts.is_used)
        contents.activate()
