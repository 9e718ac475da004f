"""SALT as it looked: what stands in each cell, of a council, of all together, and for publication."""

from collections.abc import Mapping
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from asccld.reports import ReportError
from asccld.reports.salt_figures import NOT_IN_CLD, SUPPRESSED, Cell, Grid
from asccld.reports.salt_layout import BETWEEN, axis, blocks, rates
from asccld.reports.salt_publication import PUBLISHED_COLUMNS, as_text, published_tables
from asccld.reports.salt_tables import councils_of, salt_tables, suffixes_needed
from asccld.reports.salt_workbook import TITLE, write_salt_workbook

Made = dict[str, dict[str, pl.DataFrame]]
COMMUNITY, NURSING = "Long Term Support: Community", "Long Term Support: Nursing Care"
REASON = "Mental Health Support"


def people(*rows: tuple[str, str, str, str, int, str]) -> pl.DataFrame:
    columns = ["la_code", "primary_support_reason", "service_type", "delivery_mechanism", "count", "table"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture
def made() -> Made:
    lts001a = people(
        ("201", REASON, COMMUNITY, "Direct Payment", 120, "1a"),
        ("201", REASON, COMMUNITY, " Direct Payment", 3, "1a"),
        ("201", "Invalid/NULL", NURSING, "", 40, "1a"),
        ("208", "unknown", COMMUNITY.upper(), "", 7, "1a"),
        ("208", REASON, NURSING, "", 9, "1b"),
    )
    requests = pl.DataFrame(
        {
            "la_code": ["201"] * 5,
            "age": [17, 30, 30, 64, 65],
            "route_of_access": ["Prison", "Prison", None, "Elsewhere", "Discharge from Hospital"],
            "final_outcome_mapped": [
                "End of Life",
                "No_Chronology_End of Life",
                "No Service Found_End of Life",
                None,
                "Short Term Support: ST-Max",
            ],
        }
    )
    return {"lts001a": {"": lts001a}, "sts001": {"_requests": requests}}


def grid(made: Made, title: str, council: str | None = None, *, published: bool = False) -> Grid:
    found = salt_tables(made, published=published)
    return next(t for t in found if title in t.title).grid(council)


def cells(shown: Grid, label: str) -> Mapping[str, Cell]:
    return dict(zip(shown.columns, next(row for name, row in shown.rows if name == label), strict=True))


def test_counts_stand_under_the_wording_of_the_method(made: Made) -> None:
    shown = grid(made, "Table 1a: people aged 18 to 64 with long term support during", "201")
    assert cells(shown, REASON)["Community: Direct Payment"] == 123
    assert cells(shown, "Invalid/NULL")["Nursing"] == 40
    assert cells(shown, "Total") == {**dict.fromkeys(shown.columns, 0), **cells(shown, "Total")}
    assert cells(shown, "Total")["Total"] == 163
    assert [label for label, _ in shown.rows][-2:] == ["Invalid/NULL", "Total"]


def test_capitals_and_blanks_make_no_other_row_and_all_councils_add_up(made: Made) -> None:
    shown = grid(made, "Table 1a: people aged 18 to 64 with long term support during")
    assert cells(shown, "Unknown")["Community"] == 7
    assert cells(shown, "Total")["Total"] == 170


def test_requests_are_by_age_route_and_what_followed_without_its_prefix(made: Made) -> None:
    younger, older = (grid(made, f"Requests for support from new clients aged {age}") for age in ("18", "65"))
    assert cells(younger, "End of Life")["Prison"] == 1
    assert cells(younger, "End of Life")["Not stated, or not on the list"] == 1
    assert cells(younger, "Could not be classified")["Not stated, or not on the list"] == 1
    assert cells(younger, "Total")["Total"] == 3
    assert cells(older, "Short Term Support to Maximise Independence")["Discharge from Hospital"] == 1


def test_a_table_that_the_data_set_does_not_have_says_so(made: Made) -> None:
    shown = grid(made, "91 days after")
    assert {cell for _, row in shown.rows for cell in row} == {NOT_IN_CLD}
    episodes = {"sts002b": {"": pl.DataFrame({"la_code": ["201", "208"], "count": [4, 5]})}}
    total = cells(grid(episodes, "existing clients"), "Total")
    assert total["Total"] == 9
    assert {cell for name, cell in total.items() if name != "Total"} == {NOT_IN_CLD}
    columns = ["la_code", "final_outcome_mapped", "count"]
    sequels = pl.DataFrame([("201", "Short Term Support (other)", 2)], schema=columns, orient="row")
    shown = grid({"sts002a": {"": sequels}}, "by what followed")
    early = cells(shown, "Early Cessation of Service (leading to long term support)")
    assert early == {"Total": NOT_IN_CLD}


def test_outcomes_are_made_of_numerators_and_denominators() -> None:
    wide = {"la_code": ["201", "208"], "total_num": [51, 2], "male_num": [21, 2], "female_num": [30, 0]}
    wide |= {"total_denom": [102, 9], "male_denom": [52, 9], "female_denom": [50, 0]}
    made: Made = {"nhse_ascof_2e": {"": pl.DataFrame(wide)}}
    label = "Total (men and women)"
    assert cells(grid(made, "live at home", "201"), label) == {
        "Numerator": 51, "Denominator": 102, "Outcome (%)": 50.0
    }  # fmt: skip
    assert cells(grid(made, "live at home"), label)["Numerator"] == 53
    assert cells(grid(made, "live at home", "208"), "Female")["Outcome (%)"] == "-"
    shown = cells(grid(made, "live at home", "208", published=True), "Male")
    assert (shown["Numerator"], shown["Outcome (%)"]) == (SUPPRESSED, SUPPRESSED)
    assert cells(grid(made, "live at home", "201", published=True), label)["Outcome (%)"] == 50.0


def published_rate(numerator: int, denominator: int) -> tuple[Cell, ...]:
    wide = {"la_code": "201", "total_num": numerator, "male_num": numerator, "female_num": 0}
    wide |= {"total_denom": denominator, "male_denom": denominator, "female_denom": 0}
    made: Made = {"nhse_ascof_2e": {"": pl.DataFrame([wide])}}
    shown = cells(grid(made, "live at home", "201", published=True), "Total (men and women)")
    written = published_tables(made)["nhse_ascof_2e"].filter(la_code="201", row="Total (men and women)")
    numbers = [None if isinstance(cell, str) else float(cell) for cell in shown.values()]
    assert written["count"].to_list() == numbers
    return tuple(shown.values())


def test_a_published_outcome_is_that_of_the_true_figures_in_whole_per_cent() -> None:
    assert published_rate(27, 33) == (25, 35, 82)  # 25/35 would be 71
    assert published_rate(25, 40) == (25, 40, 63)  # 62.5
    assert published_rate(0, 40) == (0, 40, 0)
    assert published_rate(40, 40) == (40, 40, 100)


@pytest.mark.parametrize("figures", [(28, 32), (39, 40), (3, 40), (2, 4), (40, 44)])
def test_no_published_outcome_tells_of_one_to_four_people(figures: tuple[int, int]) -> None:
    """Neither in the numerator nor among those who are in the denominator alone."""
    assert published_rate(*figures)[-1] == SUPPRESSED


def test_a_rate_without_population_is_not_in_the_data() -> None:
    made: Made = {"nhse_ascof_2b": {"": pl.DataFrame({"la_code": ["201"], "total": [12]})}}
    assert cells(grid(made, "New admissions"), "2B: aged 18 to 64") == {
        "Numerator": 12, "Denominator": NOT_IN_CLD, "Outcome (per 100,000)": NOT_IN_CLD
    }  # fmt: skip
    made = {"nhse_ascof_2b": {"": pl.DataFrame({"la_code": ["201"], "total": [3]})}}
    shown = cells(grid(made, "New admissions", published=True), "2B: aged 18 to 64")
    assert tuple(shown.values()) == (SUPPRESSED, NOT_IN_CLD, NOT_IN_CLD)


def test_for_publication_small_counts_and_what_gives_them_away_are_suppressed(made: Made) -> None:
    shown = grid(made, "Table 1b: people aged 65 and over with long term support during", published=True)
    assert cells(shown, REASON)["Nursing"] == 10
    requests = grid(made, "Requests for support from new clients aged 65", published=True)
    assert cells(requests, "Total")["Total"] == SUPPRESSED
    assert cells(requests, "Total")["Prison"] == 0


def test_published_rows_hold_every_cell_of_every_council_and_of_all(made: Made) -> None:
    table = published_tables(made)["lts001a"]
    assert tuple(table.columns) == PUBLISHED_COLUMNS
    titles = table["table"].n_unique()
    shown = grid(made, "Table 1a: people aged 18 to 64 with long term support during")
    assert table.height == 3 * titles * len(shown.rows) * len(shown.columns)
    assert table["la_code"].unique().sort().to_list() == [None, "201", "208"]
    assert {"170", "0"} <= set(as_text(table)["count"])
    assert as_text(pl.DataFrame({"count": [5.0, 66.7, None]}))["count"].to_list() == ["5", "66.7", None]
    hidden = table.filter(pl.col("count").is_null())
    assert set(hidden["note"]) <= {SUPPRESSED}
    assert table.filter(pl.col("count").is_not_null())["note"].null_count() == table.height - hidden.height


def test_a_table_without_councils_is_of_all_together_and_not_for_publication() -> None:
    columns = ["ageband_of_carer", "support_provided", "count"]
    ages = pl.DataFrame([("Carer aged 18-25", "Direct Payment only", 6)], schema=columns, orient="row")
    councils = pl.DataFrame([("201", "Direct Payment only", 6)], schema=["la_code", *columns[1:]], orient="row")
    made: Made = {"lts003": {"_ages": ages, "_councils": councils}}
    assert cells(grid(made, "by age and kind", "201"), "Direct Payment only")["Carer aged 18-25"] == 6
    assert not [t for t in salt_tables(made, published=True) if "by age and kind" in t.title]


def test_the_workbook_is_read_back_as_it_was_made(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "salt.xlsx"
    write_salt_workbook(path, made, facts={"Council": "=HYPERLINK(1)"}, council="201")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Contents", "STS001", "STS004", "LTS001a"]
    contents = book.get_sheet_by_name("Contents").to_python()
    assert contents[0][0] == TITLE
    assert ["Council", "=HYPERLINK(1)"] in contents
    sheet = book.get_sheet_by_name("LTS001a").to_python()
    shown = grid(made, "Table 1a: people aged 18 to 64 with long term support during", "201")
    head = next(number for number, row in enumerate(sheet) if row[0] == "Primary support reason")
    assert tuple(sheet[head][1:]) == shown.columns
    for offset, (label, row) in enumerate(shown.rows, start=1):
        assert sheet[head + offset] == [label, *row]


def test_a_published_workbook_says_so(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "salt.xlsx"
    write_salt_workbook(path, made, facts={}, published=True)
    text = str(CalamineWorkbook.from_path(path).get_sheet_by_name("Contents").to_python())
    assert "Rounded for publication" in text
    write_salt_workbook(path, made, facts={})
    text = str(CalamineWorkbook.from_path(path).get_sheet_by_name("Contents").to_python())
    assert "not for publication" in text


def test_each_printed_page_says_what_it_is_of(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "salt.xlsx"
    told = {"Council": "Bath & North East Somerset (206)", "Period": "01/04/2023 to 31/03/2024"}
    write_salt_workbook(path, made, facts=told, council="201", published=True)
    with ZipFile(path) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    for sheet in sheets:
        text = unescape(sheet)
        assert "&LBath && North East Somerset (206)&R01/04/2023 to 31/03/2024" in text
        assert "Rounded for publication" in text


def test_a_table_that_does_not_fit_on_the_page_begins_on_another(tmp_path: Path) -> None:
    columns = ["la_code", "ethnicity", "service_type", "delivery_mechanism", "count", "table"]
    rows = [("201", "White - Irish", NURSING, "", 7, table) for table in ("3a", "3b")]
    path = tmp_path / "salt.xlsx"
    tables = {"lts001b": {"_3": pl.DataFrame(rows, schema=columns, orient="row")}}
    write_salt_workbook(path, tables, facts={})
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("LTS001b").to_python()
    second = next(number for number, row in enumerate(sheet) if str(row[0]).startswith("Table 3b"))
    with ZipFile(path) as parts:
        texts = [parts.read(n).decode() for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
    assert sum(f'<rowBreaks count="1" manualBreakCount="1"><brk id="{second}"' in text for text in texts) == 1


def test_the_headings_of_the_only_table_of_a_sheet_are_repeated_and_each_sheet_leads_back(
    made: Made, tmp_path: Path
) -> None:
    path = tmp_path / "salt.xlsx"
    write_salt_workbook(path, made, facts={})
    placed = salt_tables(made)
    sheets = list(dict.fromkeys(t.sheet for t in placed))
    with ZipFile(path) as parts:
        book = parts.read("xl/workbook.xml").decode()
        texts = [parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(2, len(sheets) + 2)]
    alone = [t for t in placed if [o.sheet for o in placed].count(t.sheet) == 1]
    assert alone
    assert book.count('name="_xlnm.Print_Titles"') == len(alone)
    assert all("Contents!A1" in text.replace("'", "") for text in texts)


def test_a_folder_that_is_not_there_is_told(made: Made, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="does not exist"):
        write_salt_workbook(tmp_path / "no" / "salt.xlsx", made, facts={})


def test_the_layout_names_lists_and_measures_that_exist() -> None:
    from asccld.measures import measure_named

    for block in blocks():
        assert block.rows, block.title
        assert block.columns, block.title
        if block.measure:
            outputs = {o.suffix for o in measure_named(block.measure).outputs}
            assert block.suffix in outputs
    for rate in rates():
        known = measure_named(rate.measure).output("").columns
        assert {rate.numerator, rate.denominator} - {""} <= set(known)
        assert "" in suffixes_needed(rate.measure)
    assert [e.values for e in axis("setting")][2] == (f"long term support: community{BETWEEN}direct payment",)
    assert councils_of({}) == []
