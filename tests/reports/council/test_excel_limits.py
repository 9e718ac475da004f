"""The workbooks hold nothing that Excel would refuse, or repair and ask about."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline, Report
from asccld.reports.council.workbook import write_workbook
from asccld.reports.salt_workbook import write_salt_workbook
from reports.council.excel_limits import refusals
from reports.council.made_council import Made
from reports.council.made_reports import EVERY, report

HOSTILE = (
    "a\u0007b\ud7ff",
    "line\r\nbreak\t",
    "\u202eright to left",
    "<&\"'>",
    "=1+1",
    "=X!$A$1",
    "x" * 40_000,
    "A1",
    "R1C1",
    "1",
)


@pytest.mark.parametrize("name", EVERY)
def test_excel_takes_every_workbook(name: str, tmp_path: Path) -> None:
    write_workbook(EVERY[name](), tmp_path / "report.xlsx")
    assert refusals(tmp_path / "report.xlsx") == []


def test_excel_takes_the_workbook_of_a_real_report(made: Made) -> None:
    assert refusals(made.out / "report.xlsx") == []


def test_excel_takes_texts_of_strangers_wherever_they_stand(tmp_path: Path) -> None:
    chapters = [hostile(text, place) for place, text in enumerate(HOSTILE)]
    write_workbook(report(*chapters, name=HOSTILE[0] * 300), tmp_path / "report.xlsx")
    assert refusals(tmp_path / "report.xlsx") == []


def test_excel_takes_a_list_of_people_whose_sheet_has_an_apostrophe_in_its_name(tmp_path: Path) -> None:
    block = Block("x", "Who", "", (Column("a", "Person"),), pl.DataFrame({"a": ["P1", None]}))
    chapter = Chapter("people-x", "people", "Bishop's Castle", "", blocks=(block, replace(block, slug="o'b")))
    write_workbook(report(chapter), tmp_path / "report.xlsx")
    assert refusals(tmp_path / "report.xlsx") == []


def hostile(text: str, place: int) -> Chapter:
    rows = pl.DataFrame({"a": [text, None, ""], "b": [text, "c", "c"], "n": [1.5, None, float("inf")]})
    columns = (Column("a", text), Column("b", text.upper()), Column("n", text, "number"))
    charts = [Chart("bars", "a", "n", colour, text, text) for colour in ("b", None)]
    blocks = [Block(f"block-{place}-{n}", text, text, columns, rows, chart) for n, chart in enumerate(charts)]
    figure = Headline(text, 1.5, None, None, text, "number")
    return Chapter(f"chapter-{place}", "ascof", text, text, (figure,), tuple(blocks), missing=text)


def test_excel_takes_the_salt_workbook(made: Made, tmp_path: Path) -> None:
    tables = {"sts002a": {"": made.material.tables["sts002a"]}, "lts003": {"": made.material.tables["lts003"]}}
    facts = {"Council": "A & B" * 90, "Period": "1 April 2025 to 31 March 2026"}
    write_salt_workbook(tmp_path / "salt.xlsx", tables, facts=facts)
    assert refusals(tmp_path / "salt.xlsx") == []


def _twice(book: xlsxwriter.Workbook) -> None:
    book.add_worksheet().add_table(0, 0, 2, 1, {"name": "A1x", "columns": [{"header": "a"}, {"header": "b"}]})
    book.worksheets()[0].write_string(0, 1, "A")


def _merged(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.add_table(0, 0, 2, 1)
    sheet.autofilter(2, 0, 4, 1)


def _high(book: xlsxwriter.Workbook) -> None:
    book.add_worksheet().set_row(1, 500)


def _lost(book: xlsxwriter.Workbook) -> None:
    book.add_worksheet().write_url(0, 0, "internal:'Nowhere'!A1")


@pytest.mark.parametrize("spoil", [_twice, _merged, _high, _lost])
def test_what_excel_refuses_is_found(spoil: Callable[[xlsxwriter.Workbook], None], tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "spoilt.xlsx") as book:
        spoil(book)
    assert refusals(tmp_path / "spoilt.xlsx")


def test_a_report_of_no_chapter_is_a_workbook_too(tmp_path: Path) -> None:
    empty: Report = report()
    write_workbook(empty, tmp_path / "report.xlsx")
    assert refusals(tmp_path / "report.xlsx") == []
