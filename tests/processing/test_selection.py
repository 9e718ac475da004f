"""Section 3 of the method reference: which file of a council serves which period."""

from datetime import date, datetime
from typing import Any

import ibis
import polars as pl
import pytest

from asccld.errors import AsccldError
from asccld.processing import joined_submissions, selected_submissions, submissions_by_quarter
from asccld.processing.explain import councils_without_file, files_explained
from asccld.processing.periods import PERIOD_COLUMNS
from asccld.processing.submissions import ImpossiblePeriod, reference_periods, refuse_impossible_period
from processing.examples import day, rows_of

COUNCIL = """
file | imported        | from     | to
S1   | 20 Oct 25 00:00 | 1 Oct 24 | 30 Sep 25
S2   | 18 Dec 25 00:00 | 1 Oct 24 | 30 Sep 25
S3   | 15 Jan 26 00:00 | 1 Jan 25 | 31 Dec 25
"""
AS_OF = date(2026, 2, 10)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d %b %y %H:%M")  # noqa: DTZ007 - as the collector's clock showed it


def periods(picture: str, la_name: str = "Alderton") -> ibis.Table:
    rows: list[dict[str, Any]] = [
        {
            "la_code": "201",
            "la_name": r.get("council", la_name),
            "importdate": moment(r["imported"]),
            "der_reporting_period_start_date": day(r["from"]),
            "der_reporting_period_end_date": day(r["to"]),
            "reporting_period_start_date": day(r.get("stated from", "-")),
            "reporting_period_end_date": day(r.get("stated to", "-")),
        }
        for r in rows_of(picture)
    ]
    kinds = {c: pl.Date() for c in PERIOD_COLUMNS if c.endswith("date") and c != "importdate"}
    kinds |= {"la_code": pl.String(), "la_name": pl.String(), "importdate": pl.Datetime("us")}
    kinds |= {c: pl.Int64() for c in PERIOD_COLUMNS if c not in kinds}
    return ibis.memtable(pl.DataFrame(rows, schema={c: kinds[c] for c in PERIOD_COLUMNS}))


def chosen(table: ibis.Table, picture: str = COUNCIL) -> list[tuple[str, date, date]]:
    names = {moment(r["imported"]): r["file"] for r in rows_of(picture)}
    found = table.to_polars().sort("ref_period_start_date")
    return [
        (names[imported], first, last)
        for imported, first, last in found.select("importdate", "ref_period_start_date", "ref_period_end_date").rows()
    ]


def test_joined_october_2024_to_december_2025() -> None:
    """The last quarter of 2024 from S2, the four of 2025 from S3; S1 serves nothing."""
    quarters = submissions_by_quarter(periods(COUNCIL), date(2024, 10, 1), date(2025, 12, 31), as_of=AS_OF)
    assert [file for file, *_ in chosen(quarters)] == ["S2", "S3", "S3", "S3", "S3"]
    assert chosen(joined_submissions(quarters)) == [
        ("S2", date(2024, 10, 1), date(2024, 12, 31)),
        ("S3", date(2025, 1, 1), date(2025, 12, 31)),
    ]


def test_single_january_to_december_2025_uses_the_last_file_only() -> None:
    single = selected_submissions(periods(COUNCIL), date(2025, 1, 1), date(2025, 12, 31), as_of=AS_OF)
    assert chosen(single) == [("S3", date(2025, 1, 1), date(2025, 12, 31))]


def test_why_the_other_files_do_not_serve() -> None:
    told = files_explained(periods(COUNCIL), [(date(2024, 10, 1), date(2024, 12, 31))], as_of=AS_OF).to_polars()
    assert dict(told.sort("importdate").select("importdate", "reason").rows()) == {
        moment("20 Oct 25 00:00"): "a later file of the council serves the period",
        moment("18 Dec 25 00:00"): "serves the period",
        moment("15 Jan 26 00:00"): "its reporting period starts after the period does",
    }


@pytest.mark.parametrize(
    ("imported", "to", "reason"),
    [
        ("31 Dec 25 09:00", "31 Dec 25", "serves the period"),  # the last day counts as after the period (Q2)
        ("31 Dec 25 00:00", "31 Dec 25", "imported before the period was over"),
        ("10 Feb 26 23:59", "31 Dec 25", "serves the period"),
        ("11 Feb 26 00:00", "31 Dec 25", "imported after the as-of date"),
        ("15 Jan 26 00:00", "30 Nov 25", "its reporting period ends before the period does"),
        ("15 Jan 26 00:00", "-", "its derived reporting period is not known"),
    ],
)
def test_when_a_file_can_serve(imported: str, to: str, reason: str) -> None:
    table = periods(f"file|imported|from|to\nS|{imported}|1 Jan 25|{to}")
    told = files_explained(table, [(date(2025, 1, 1), date(2025, 12, 31))], as_of=AS_OF).to_polars()
    assert told["reason"].to_list() == [reason]
    served = selected_submissions(table, date(2025, 1, 1), date(2025, 12, 31), as_of=AS_OF).count().to_pyarrow().as_py()
    assert served == (reason == "serves the period")


@pytest.mark.parametrize("left_out", [moment("15 Jan 26 00:00"), ("ALDERTON", moment("15 Jan 26 00:00"))])
def test_a_file_that_is_left_out_gives_way_to_the_one_before(left_out: object) -> None:
    picture = COUNCIL.replace("1 Oct 24", "1 Jan 25").replace("30 Sep 25", "31 Dec 25").replace("Oct 25", "Jan 26")
    picture = picture.replace("18 Dec 25", "31 Dec 25").replace("20 Jan 26 00:00", "14 Jan 26 00:00")
    single = selected_submissions(
        periods(picture),
        date(2025, 1, 1),
        date(2025, 12, 31),
        as_of=AS_OF,
        excluded=[left_out],  # type: ignore[list-item]
    )
    assert [file for file, *_ in chosen(single, picture)] == ["S1"]


def test_a_file_that_the_national_code_leaves_out_never_serves() -> None:
    table = periods("file|imported|from|to\nS|23 Apr 26 13:28|1 Jan 25|31 Dec 25")
    faulty = table.mutate(importdate=ibis.timestamp("2026-04-23 13:28:24.253"))
    single = selected_submissions(faulty, date(2025, 1, 1), date(2025, 12, 31), as_of=date(2026, 5, 5))
    assert single.to_polars().is_empty()


def test_stated_dates_can_be_the_basis() -> None:
    table = periods("file|imported|from|to|stated from|stated to\nS|15 Jan 26 00:00|-|-|1 Jan 25|31 Dec 25")
    year = date(2025, 1, 1), date(2025, 12, 31)
    assert selected_submissions(table, *year, as_of=AS_OF, basis="Stated").to_polars().height == 1
    assert selected_submissions(table, *year, as_of=AS_OF).to_polars().is_empty()
    with pytest.raises(AsccldError, match="not a basis"):
        selected_submissions(table, *year, as_of=AS_OF, basis="Guessed")  # type: ignore[arg-type]


def test_a_file_chosen_for_quarters_apart_covers_the_gap_too() -> None:
    """Q3: a late file for the third quarter sits inside the span of the twelve-month file."""
    picture = "file|imported|from|to\nS1|15 Jan 26 00:00|1 Jan 25|31 Dec 25\nS2|1 Feb 26 00:00|1 Jul 25|30 Sep 25"
    quarters = submissions_by_quarter(periods(picture), date(2025, 1, 1), date(2025, 12, 31), as_of=AS_OF)
    assert [file for file, *_ in chosen(quarters, picture)] == ["S1", "S1", "S2", "S1"]
    assert chosen(joined_submissions(quarters), picture) == [
        ("S1", date(2025, 1, 1), date(2025, 12, 31)),
        ("S2", date(2025, 7, 1), date(2025, 9, 30)),
    ]


def test_an_incomplete_last_quarter_is_not_processed() -> None:
    assert reference_periods(date(2025, 1, 1), date(2025, 8, 31)) == (
        (date(2025, 1, 1), date(2025, 3, 31)),
        (date(2025, 4, 1), date(2025, 6, 30)),
    )
    with pytest.raises(ImpossiblePeriod, match="no whole quarter"):
        submissions_by_quarter(periods(COUNCIL), date(2025, 1, 1), date(2025, 2, 28), as_of=AS_OF)


def test_councils_without_a_file_are_listed() -> None:
    councils = ibis.memtable(pl.DataFrame({"la_code": ["201", "999"], "la_name": ["alderton", "Missing Borough"]}))
    quarters = reference_periods(date(2024, 10, 1), date(2025, 12, 31))
    served = submissions_by_quarter(periods(COUNCIL), date(2024, 10, 1), date(2025, 12, 31), as_of=AS_OF)
    told = councils_without_file(councils, served, quarters).to_polars()
    assert told.select("la_name", "periods_without_file", "of_periods").rows() == [("Missing Borough", 5, 5)]


@pytest.mark.parametrize(
    ("start", "end", "as_of", "said"),
    [
        (date(2025, 12, 31), date(2025, 1, 1), AS_OF, "ends .* before it starts"),
        (date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 30), "was not over"),
    ],
)
def test_a_period_that_nothing_can_serve_is_refused(start: date, end: date, as_of: date, said: str) -> None:
    with pytest.raises(ImpossiblePeriod, match=said):
        refuse_impossible_period(start, end, as_of)
