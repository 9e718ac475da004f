"""Local dates and amounts become those of the standard; what cannot be read stays as it is and is a finding."""

from datetime import date

import polars as pl
import pytest

from asccld.intake.mapping.faults import MappingError
from asccld.intake.mapping.formats import as_amount, as_date, last_year_of, pattern_of, two_decimals, whole_number
from intake.mapping.workbench import Workbench


def read(text: str, *formats: str, last_year: int = 2036) -> date | None:
    patterns = [p for p in map(pattern_of, formats) if p]
    assert len(patterns) == len(formats)
    return pl.select(as_date(pl.lit(text), patterns, last_year)).item()


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("01/04/2025", ["dd/mm/yyyy"], date(2025, 4, 1)),
        ("1/4/2025", ["dd/mm/yyyy"], date(2025, 4, 1)),
        ("01/04/2025 00:00:00", ["dd/mm/yyyy"], date(2025, 4, 1)),
        ("2025-04-01T09:30:00.000", ["dd/mm/yyyy", "yyyy-mm-dd"], date(2025, 4, 1)),
        ("20250401", ["yyyymmdd"], date(2025, 4, 1)),
        ("1 Apr 2025", ["d mon yyyy"], date(2025, 4, 1)),
        ("01-APR-25", ["dd-mon-yy"], date(2025, 4, 1)),
        ("2-Sept-25", ["d-mon-yy"], date(2025, 9, 2)),
        ("2 sept 2025", ["d mon yyyy"], date(2025, 9, 2)),
        ("1 April 2025", ["d month yyyy"], date(2025, 4, 1)),
        ("04/13/2025", ["mm/dd/yyyy"], date(2025, 4, 13)),
        ("45748", ["excel"], date(2025, 4, 1)),
        ("45748.5", ["excel"], date(2025, 4, 1)),
        ("31/02/2025", ["dd/mm/yyyy"], None),
        ("01/04/25", ["dd/mm/yyyy"], None),
        ("01/04/2025x", ["dd/mm/yyyy"], None),
        ("01/04/3025", ["dd/mm/yyyy"], None),
        ("soon", ["dd/mm/yyyy", "excel"], None),
    ],
)
def test_dates(text: str, formats: list[str], day: date | None) -> None:
    assert read(text, *formats) == day


def test_two_digits_are_the_latest_year_that_can_be_meant() -> None:
    end = date(2026, 3, 31)
    births, ends = last_year_of("date_of_birth", end), last_year_of("event_end_date", end)
    years = ["07", "09", "36", "37", "68", "69", "99"]
    found = [read(f"01/04/{y}", "dd/mm/yy", last_year=births) for y in years]
    assert [d.year for d in found if d] == [2007, 1909, 1936, 1937, 1968, 1969, 1999]
    found = [read(f"01/04/{y}", "dd/mm/yy", last_year=ends) for y in years]
    assert [d.year for d in found if d] == [2007, 2009, 2036, 1937, 1968, 1969, 1999]


@pytest.mark.parametrize("text", ["dd/mm", "dd-mm-yyyy hh", "%d/%m/%Y", "dd/dd/yyyy", "", "day/mm/yyyy"])
def test_what_does_not_say_day_month_and_year_is_no_format(text: str) -> None:
    assert pattern_of(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "amount", "whole"),
    [
        ("1234.5", ".", "1234.50", None),
        ("£1,234.50", ".", "1234.50", None),
        ("1,23", ".", None, None),
        ("1.234,56", ",", "1234.56", None),
        ("1234.5", ",", None, None),
        ("1,5", ",", "1.50", None),
        ("3.0", ".", "3.00", "3"),
        ("3", ".", "3.00", "3"),
        (".5", ".", "0.50", None),
        ("-12", ".", "-12.00", "-12"),
        ("-0.001", ".", "0.00", None),
        ("12.345", ".", "12.35", None),
        ("1.005", ".", "1.01", None),
        ("0.285", ".", "0.29", None),
        ("99999999.99", ".", "99999999.99", None),
        ("12 345", ".", "12345.00", "12345"),
        ("1e3", ".", None, None),
        ("lots", ".", None, None),
    ],
)
def test_amounts(text: str, decimal: str, amount: str | None, whole: str | None) -> None:
    number = as_amount(pl.lit(text), decimal)
    found = pl.select(amount=two_decimals(number), whole=whole_number(number)).row(0)
    assert found == (amount, whole)


def test_what_cannot_be_read_stays_as_it_is_and_is_counted(bench: Workbench) -> None:
    report = bench.report(
        """
        [extract.services]
        file = "services.csv"
        constants = { event_type = "Service" }
        [extract.services.fields]
        event_start_date = "START"
        date_of_birth = "DOB"
        unit_cost = "RATE"
        no_of_adults_being_cared_for = "ADULTS"
        """,
        {"services.csv": "START,DOB,RATE,ADULTS\nsoon,30/02/1950,lots,1.5\n1/4/2025,1/2/1950,£2,2.0\nsoon,,,\n"},
    )
    fields = ("event_start_date", "date_of_birth", "unit_cost", "no_of_adults_being_cared_for")
    assert bench.rows(*fields) == [
        ("soon", "30/02/1950", "lots", "1.5"),
        ("01/04/2025", "01/02/1950", "2.00", "2"),
        ("soon", None, None, None),
    ]
    found = report.findings.select("kind", "field", "local", "rows").rows()
    assert found == [
        ("unreadable", "date_of_birth", "(hidden)", 1),
        ("unreadable", "event_start_date", "soon", 2),
        ("unreadable", "no_of_adults_being_cared_for", "1.5", 1),
        ("unreadable", "unit_cost", "lots", 1),
    ]


def dates_from(bench: Workbench, name: str, formats: str) -> list[tuple[str | None, ...]]:
    bench.report(
        f'[extract.e]\nfile = "{name}"\nselect = "all"\nformats = {{ dates = {formats} }}\n'
        'fields = { date_of_birth = "DOB", event_reference = "ID" }\n'
    )
    return bench.rows("date_of_birth")


def test_real_dates_are_read_as_such_whatever_the_mapping_says_of_texts(bench: Workbench) -> None:
    days = pl.DataFrame({"ID": ["1", "2"], "DOB": [date(1950, 4, 3), None]})
    days.write_parquet(bench.folder / "e.parquet")
    days.write_excel(bench.folder / "e.xlsx")
    assert dates_from(bench, "e.parquet", '"yyyy-mm-dd"') == [("03/04/1950",), (None,)]
    assert dates_from(bench, "e.xlsx", '"yyyy-mm-dd"') == [("03/04/1950",), (None,)]
    with pytest.raises(MappingError, match=r"line 8, .*may hold real dates, which mm/dd/yyyy would turn round"):
        dates_from(bench, "e.xlsx", '["mm/dd/yyyy"]')
    days.with_columns(pl.col("DOB").dt.to_string("%m/%d/%Y")).write_csv(bench.folder / "e [1].csv")
    assert dates_from(bench, "e [1]*.csv", '"mm/dd/yyyy"') == [("03/04/1950",), (None,)]


def test_real_numbers_are_never_read_with_a_comma(bench: Workbench) -> None:
    pl.DataFrame({"ID": ["1"], "RATE": [1234.5]}).write_excel(bench.folder / "e.xlsx")
    mapping = '[extract.e]\nfile = "e.xlsx"\nselect = "all"\nfields = { unit_cost = "RATE" }\n'
    bench.report(mapping)
    assert bench.rows("unit_cost") == [("1234.50",)]
    with pytest.raises(MappingError, match='may hold real numbers, of which decimal = "," would make larger ones'):
        bench.report('[formats]\ndecimal = ","\n' + mapping)
