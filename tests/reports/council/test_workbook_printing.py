"""The workbook on paper: upright where it can be read so, headings on every page, nothing without content."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline, MethodNote, Report
from asccld.reports.council.workbook import write_workbook
from asccld.reports.council.workbook_looks import look_of, look_with
from asccld.reports.council.workbook_widths import widths_of
from reports.council.excel_limits import area_of
from reports.council.made_council import Made
from reports.council.made_reports import METHOD, many_councils, report, shares
from reports.council.reading_workbook import MAIN, Workbook

PAST = MethodNote("SALT", "nhse-2024-03", "NHS England", "docs/reference/measures/sts001.md")


def written(made: Report, folder: Path) -> Workbook:
    write_workbook(made, folder / "report.xlsx")
    return Workbook(folder / "report.xlsx")


def chapter(columns: int, rows: int, *, method: MethodNote | None = None) -> Chapter:
    names = [f"c{n}" for n in range(columns)]
    frame = pl.DataFrame({name: pl.Series(range(rows)) for name in names})
    block = Block("x", "Numbers", "", tuple(Column(n, f"Column {n}", "count") for n in names), frame)
    return Chapter("one", "salt", "One", "What it is.", blocks=(block,), method=method)


def setup(book: Workbook, name: str) -> dict[str, str]:
    found = book.sheet(name).find(f"{MAIN}pageSetup")
    assert found is not None
    return dict(found.attrib)


@pytest.mark.parametrize(
    ("columns", "orientation", "paper"), [(5, "portrait", "9"), (16, "landscape", "9"), (40, "landscape", "8")]
)
def test_a_page_lies_on_its_side_only_where_the_sheet_is_wide(
    columns: int, orientation: str, paper: str, tmp_path: Path
) -> None:
    book = written(report(chapter(columns, 4)), tmp_path)
    assert setup(book, "One")["orientation"] == orientation
    assert setup(book, "One")["paperSize"] == paper
    assert setup(book, "One")["fitToHeight"] == "0"


def test_the_headings_of_a_table_that_is_longer_than_a_page_are_on_every_page(tmp_path: Path) -> None:
    book = written(report(chapter(5, 300)), tmp_path)
    (area,) = book.areas()
    assert book.repeated()["One"] == int(area.partition(":")[0].removeprefix("A"))
    assert written(report(chapter(5, 10)), tmp_path).repeated()["One"] == 1


def test_a_long_table_among_others_has_a_sheet_of_its_own(tmp_path: Path) -> None:
    book = written(many_councils(), tmp_path)
    assert "2A By council" in book.sheets
    assert book.links() == set(book.sheets)
    assert book.repeated()["2A By council"] > 1


def test_each_table_beside_others_fits_on_a_page(made: Made) -> None:
    book, seen = Workbook(made.out / "report.xlsx"), 0
    for name in book.sheets:
        heights = {int(str(r.get("r"))): float(r.get("ht", "15")) for r in book.sheet(name).iter(f"{MAIN}row")}
        breaks = {int(str(b.get("id"))) for b in book.sheet(name).iter(f"{MAIN}brk")}
        tables = [area_of(ref) for ref in book.areas(name)]
        for top, _, bottom, _ in tables if len(tables) > 1 else []:
            assert sum(heights.get(row, 15.0) for row in range(top, bottom + 1)) < 570, name
            assert not breaks & set(range(top, bottom)), name
            seen += 1
    assert seen > 50


def test_no_page_is_broken_after_the_last_row(made: Made) -> None:
    book = Workbook(made.out / "report.xlsx")
    for name in book.sheets:
        breaks = [int(str(b.get("id"))) for b in book.sheet(name).iter(f"{MAIN}brk")]
        assert breaks == sorted(set(breaks)), name
        assert not breaks or max(breaks) < book.printed()[name], name


def test_a_salt_sheet_says_under_its_title_until_when_its_method_was_in_force(tmp_path: Path) -> None:
    told = "SALT method in force until 31 March 2024"
    book = written(report(chapter(3, 3, method=PAST)), tmp_path)
    assert book.sheets_with_text(told) == {"Contents", "One"}
    assert not written(report(chapter(3, 3, method=METHOD)), tmp_path).sheets_with_text(told)


def test_whole_per_cents_and_whole_days_have_no_decimals() -> None:
    share, days = Column("a", "A", "percent"), Column("a", "A", "days")
    assert look_of(share, pl.Series([60, 5])) == look_with("percent", 0)
    assert look_of(share, pl.Series([60.0, 5.5])) == look_with("percent", 1)
    assert look_of(days, pl.Series([32.0, 9.0])) == look_with("days", 0)
    assert look_of(days, pl.Series([32.0, 9.5])) == look_with("days", 1)


def test_a_column_has_room_for_its_largest_number() -> None:
    frame = pl.DataFrame({"name": ["a"], "cost": [-123_456_789.12]})
    block = Block("x", "X", "", (Column("name", "Name"), Column("cost", "Cost", "money")), frame)
    figure = Headline("Cost", 987_654_321.0, None, None, "£", "money")
    widths = widths_of(Chapter("x", "costs", "X", "", (figure,), (block,)), 7)
    assert widths[1] > len("-£123,456,789.12")
    assert len(widths) == 7


def test_the_numbers_behind_charts_are_headed_by_what_they_are_and_counts_are_whole(tmp_path: Path) -> None:
    marked = pl.Series(["[c]", None, None, None], dtype=pl.String)
    chart = Chart("bars", "group", "numerator", None, "A very long title of a chart " * 4, "Bars.")
    block = replace(shares(), marks={"numerator": marked}, chart=chart)
    book = written(report(Chapter("one", "ascof", "One", "", blocks=(block,))), tmp_path)
    texts, numbers = book.cells_of("Chart data")
    assert "Numerator" in texts
    assert {look for _, look in numbers} == {"#,##0"}


def test_every_bar_has_its_name_and_room_for_the_lines_of_it(tmp_path: Path) -> None:
    short = shares()
    long = pl.concat_str(pl.col("group"), pl.lit(" of those with an unpaid carer in another household"))
    ends: list[int] = []
    for block in (short, replace(short, rows=short.rows.with_columns(long.alias("group")))):
        parts = written(report(Chapter("one", "ascof", "One", "", blocks=(block,))), tmp_path).parts
        names = parts["xl/charts/chart1.xml"].partition("<c:catAx>")[2].partition("</c:catAx>")[0]
        assert 'rot="0"' in names
        assert '<c:tickLblSkip val="1"/>' in names
        anchor = parts["xl/drawings/drawing1.xml"]
        ends.append(int(anchor.partition("<xdr:to>")[2].partition("<xdr:row>")[2].partition("<")[0]))
    assert ends[1] > ends[0]


@pytest.mark.parametrize("rows", range(14, 38, 4))
def test_a_chart_is_printed_on_the_page_of_its_table(rows: int, tmp_path: Path) -> None:
    before = chapter(5, rows).blocks
    book = written(report(replace(chapter(5, 1), blocks=(*before, shares()), method=METHOD)), tmp_path)
    breaks = {int(str(b.get("id"))) for b in book.sheet("One").iter(f"{MAIN}brk")}
    table = max(area_of(ref)[0] for ref in book.areas("One"))
    anchor = book.parts["xl/drawings/drawing1.xml"].partition("<xdr:to>")[2].partition("<xdr:row>")[2]
    assert not breaks & set(range(table, int(anchor.partition("<")[0])))
