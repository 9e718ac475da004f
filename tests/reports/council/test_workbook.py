"""The workbook: every number of the report, links that lead somewhere, tables that Excel takes, nothing that runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from asccld.reports import ReportError
from asccld.reports.council.model import PERSONAL_BANNER, SHAREABLE_BANNER, Block, Column, Report
from asccld.reports.council.workbook import write_workbook
from asccld.reports.council.workbook_charts import HIGHEST, most_bars
from asccld.reports.council.workbook_names import free_name, headings, table_name
from asccld.reports.rounding import MONEY, SHARE, rounded_value
from reports.council.made_council import Made
from reports.council.made_reports import EVERY, one_council
from reports.council.reading_workbook import Workbook

Cells = Sequence[Sequence[object]]


def sheets_of(path: Path) -> Mapping[str, Cells]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def written(report: Report, folder: Path) -> Path:
    write_workbook(report, folder / "report.xlsx")
    return folder / "report.xlsx"


def plain(value: object) -> object:
    """A value as it is compared: days as days, numbers as numbers, nothing as a blank."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool) or value is None or value == "":
        return ""
    return round(float(value), 9) if isinstance(value, int | float) else value


def all_below(cells: Cells, headed: list[str]) -> list[list[list[object]]]:
    """For each place with these headings the rows below it, as wide as these are."""
    wide = len(headed)
    places = [at for at, row in enumerate(cells) if [str(c) for c in row[:wide]] == headed]
    return [[[plain(c) for c in row[:wide]] for row in cells[at + 1 :]] for at in places]


def shown_rows(block: Block) -> list[list[object]]:
    return [[plain(c) for c in row] for row in block.cells()]


@pytest.mark.parametrize("name", EVERY)
def test_every_cell_of_every_block_stands_in_the_workbook(name: str, tmp_path: Path) -> None:
    report = EVERY[name]()
    sheets = sheets_of(written(report, tmp_path))
    texts = {tuple(map(str, row)) for cells in sheets.values() for row in ([plain(c) for c in r] for r in cells)}
    for chapter in report.chapters:
        for block in chapter.blocks:
            for row in shown_rows(block)[:40]:
                start = tuple(map(str, row))
                assert any(found[: len(start)] == start for found in texts) or any(len(str(c)) > 300 for c in row)


def test_the_numbers_of_a_real_report_are_those_of_its_blocks(made: Made) -> None:
    sheets = sheets_of(made.out / "report.xlsx")
    seen = 0
    for chapter in made.report.chapters:
        for block in chapter.blocks:
            if block.is_empty:
                continue
            headed = headings(c.heading for c in block.columns)
            found = [rows for cells in sheets.values() for rows in all_below(cells, headed)]
            assert any(rows[: block.rows.height] == shown_rows(block) for rows in found), (chapter.slug, block.slug)
            seen += block.rows.height
    assert seen > 1_000


def test_every_sheet_is_linked_and_leads_back_to_the_contents(made: Made) -> None:
    book = Workbook(made.out / "report.xlsx")
    assert book.links() == set(book.sheets)
    assert book.sheets[0] == "Contents"
    assert book.sheets_without("Contents!A1") == {"Contents"}


def test_tables_have_names_of_their_own_and_no_heading_twice(made: Made) -> None:
    tables = list(Workbook(made.out / "report.xlsx").tables())
    names = [name for name, _ in tables]
    assert len(set(names)) == len(names) > 60
    assert all(len({h.lower() for h in heads}) == len(heads) for _, heads in tables)


def test_charts_stand_on_sheets_of_the_workbook(made: Made) -> None:
    book = Workbook(made.out / "report.xlsx")
    assert len(book.charts()) > 40
    assert book.chart_sheets() <= set(book.sheets)


def test_people_are_on_sheets_of_their_own_with_a_banner_and_a_name_for_pivots(made: Made) -> None:
    sheets = sheets_of(made.out / "report.xlsx")
    people = {name: cells for name, cells in sheets.items() if name.startswith("Behind")}
    assert len(people) > 25
    assert all(cells[1][0] == PERSONAL_BANNER for cells in people.values())
    defined = Workbook(made.out / "report.xlsx").defined
    assert "t_people_lts001a_people" in defined
    assert any("Council's person ID" in row for row in people["Behind LTS001a"])


def test_a_report_without_people_has_no_sheet_of_them(made: Made, tmp_path: Path) -> None:
    few = replace(
        made.report, chapters=tuple(c for c in made.report.chapters if c.group not in {"people", "derivation"})
    )
    sheets = sheets_of(written(few, tmp_path))
    assert not [name for name in sheets if name.startswith(("Behind", "Person"))]
    assert not any(PERSONAL_BANNER in map(str, row) for cells in sheets.values() for row in cells)


def test_a_report_to_be_shared_says_so_on_every_sheet(tmp_path: Path) -> None:
    sheets = sheets_of(written(replace(one_council(), shareable=True), tmp_path))
    without = [name for name, cells in sheets.items() if not any(SHAREABLE_BANNER in map(str, row) for row in cells)]
    assert set(without) <= {"Chart data", *(n for n in sheets if n.startswith("Behind"))}


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@x", '=HYPERLINK("http://x")', "\t=1"])
def test_a_text_like_a_formula_stays_a_text(text: str, tmp_path: Path) -> None:
    report = one_council()
    chapter = report.chapters[0]
    rows = pl.DataFrame({"name": [text]})
    block = Block("names", text, text, (Column("name", text),), rows)
    book = Workbook(
        written(replace(report, council_name=text, chapters=(replace(chapter, blocks=(block,)),)), tmp_path)
    )
    assert book.formulas() == 0
    assert 'Target="http' not in "".join(t for n, t in book.parts.items() if n.endswith(".rels"))


def test_a_missing_number_is_a_blank_cell_and_a_mark_a_text(tmp_path: Path) -> None:
    rows = pl.DataFrame({"a": [1.5, None, float("nan"), 0.0]})
    marks = {"a": pl.Series([None, "[c]", None, None], dtype=pl.String)}
    block = Block("x", "X", "", (Column("a", "Numbers", "number"),), rows, marks=marks)
    report = one_council()
    made = replace(report, chapters=(replace(report.chapters[0], headlines=(), blocks=(block,)),))
    _, cells = sheets_of(written(made, tmp_path)).values()
    (found,) = all_below(cells, ["Numbers"])
    assert [row[0] for row in found[:4]] == [1.5, "[c]", "", 0.0]


def test_names_of_sheets_are_short_and_once_only() -> None:
    taken: set[str] = set()
    long = "What became of people after reablement in the year"
    names = [free_name(text, taken) for text in (long, long, "a/b:c", "'", "2A")]
    assert all(len(n) <= 31 for n in names)
    assert len({n.lower() for n in names}) == len(names)
    assert names[2] == "a b c"


def test_names_of_tables_are_no_cells_and_headings_differ() -> None:
    assert table_name("ascof-2a", "by-age") == "t_ascof_2a_by_age"
    assert headings(["Total", "total", "", "Total"]) == ["Total", "total (2)", "Column", "Total (3)"]


def test_bars_fit_on_a_printed_page() -> None:
    assert most_bars(1) * 20 <= HIGHEST
    assert most_bars(6) >= 5


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="does not exist"):
        write_workbook(one_council(), tmp_path / "no" / "report.xlsx")
    assert not list(tmp_path.iterdir())


def test_days_are_days(made: Made) -> None:
    cells = sheets_of(made.out / "report.xlsx")["Waiting for a first response"]
    days = [c for row in cells for c in row if isinstance(c, date)]
    assert len(days) > 4


def test_what_the_report_makes_itself_has_the_decimals_that_are_shown(made: Made) -> None:
    decimals = {"percent": SHARE, "money": MONEY}
    seen = 0
    for block in (b for c in made.report.chapters for b in c.blocks if b.derived or b.source is None):
        for column in (c for c in block.columns if c.kind in decimals):
            values = block.rows[column.name].drop_nulls()
            assert values.to_list() == [rounded_value(v, decimals[column.kind]) for v in values], block.slug
            seen += len(values)
    assert seen > 100
    costs = pl.read_csv(made.tables / "costs_by_component.csv")["total_cost"]
    assert costs.to_list() == [rounded_value(v, MONEY) for v in costs]
