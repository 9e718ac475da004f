"""Submitted cells arrive as submitted: texts unchanged, dates and numbers as the validator reads them."""

from datetime import date

import polars as pl
import pytest

from asccld.validation.prepare import read_dates
from submissions.collecting import collected, events

BLANKS = ['""', '" "', '"\t "', "NULL", '" NULL "', '"\u00a0"']
TEXTS = ['"Service user "', '"  Service user"', "SERVICE USER", "null", "NULL.", "N/A", "0", "Müller & \u2019Son"]
DATES = {
    "01/02/2026": date(2026, 2, 1),
    '" 01/02/2026 "': date(2026, 2, 1),
    "1/2/2026": date(2026, 2, 1),
    "2026-02-01": date(2026, 2, 1),
    "01-02-2026": date(2026, 2, 1),
    "01.02.2026": date(2026, 2, 1),
    "1 Feb 2026": date(2026, 2, 1),
    "01-Feb-2026": date(2026, 2, 1),
    "1 February 2026": date(2026, 2, 1),
    "2026/02/01": date(2026, 2, 1),
    "20260201": date(2026, 2, 1),
    "01/02/2026 00:00": date(2026, 2, 1),
    "2026-02-01T13:45:00Z": date(2026, 2, 1),
    "29/02/2024": date(2024, 2, 29),
    "29/02/2023": None,
    "13/13/2024": None,
    "01/01/24": None,
    "01/01/9999": None,
    "45323": None,
    "soon": None,
    "NULL": None,
}
DECIMALS = {
    "12.50": 12.5,
    "12": 12.0,
    "12.": 12.0,
    ".5": 0.5,
    "-3.25": -3.25,
    "0": 0.0,
    "141.3714": 141.3714,
    '" 7.1 "': 7.1,
    "£12.50": None,
    "1,200.00": None,
    "12.5e3": None,
    "about 12": None,
    "nan": None,
    "NULL": None,
}
WHOLE_NUMBERS = {"2": 2, "2.0": 2, '" 3 "': 3, "0": 0, "2.5": None, "two": None, "99999999999": None, "-1": -1}
DATE_COLUMNS = [
    "reporting_period_start_date",
    "reporting_period_end_date",
    "date_of_death",
    "event_start_date",
    "event_end_date",
]


def column(name: str, cells: list[str]) -> str:
    """A table of one column, and one that keeps blank cells from making blank rows."""
    return "\n".join([f"{name} | gp_practice_code", *(f"{cell} | Y90001" for cell in cells)])


@pytest.mark.parametrize("name", ["client_type", "event_outcome", "service_component", "event_reference"])
def test_texts_stay_as_they_were_submitted_and_blanks_are_null(name: str) -> None:
    plain = [cell.strip('"') for cell in TEXTS]
    assert collected(column(name, BLANKS + TEXTS), name) == [None] * len(BLANKS) + plain


@pytest.mark.parametrize("name", DATE_COLUMNS)
def test_dates_in_every_form_that_the_validator_accepts(name: str) -> None:
    assert collected(column(name, list(DATES)), name) == list(DATES.values())


def test_dates_are_those_of_the_validator() -> None:
    texts = [text.strip('" ') for text in DATES if text != "NULL"]
    assert read_dates(pl.Series(texts)).to_list() == [found for text, found in DATES.items() if text != "NULL"]


@pytest.mark.parametrize("name", ["unit_cost", "planned_units_per_week"])
def test_numbers_are_unrounded_and_null_where_they_are_none(name: str) -> None:
    assert collected(column(name, list(DECIMALS)), name) == list(DECIMALS.values())


def test_the_number_of_adults_is_whole() -> None:
    name = "no_of_adults_being_cared_for"
    assert collected(column(name, list(WHOLE_NUMBERS)), name) == list(WHOLE_NUMBERS.values())


def test_a_column_that_the_file_lacks_is_null() -> None:
    found = events("event_type\nService")
    assert found["event_type"].to_list() == ["Service"]
    submitted = [name for name in found.columns if found[name].null_count() == 0]
    assert submitted == [
        "la_code", "la_name", "importdate", "importfileid", "der_unique_record_id", "der_conversation",
        "der_conversation_1", "event_type",
    ]  # fmt: skip


def test_a_file_without_any_date_has_null_dates_of_the_right_type() -> None:
    assert events("event_type\nService").schema["event_start_date"] == pl.Date()
