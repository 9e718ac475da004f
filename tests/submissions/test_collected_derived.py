"""Every column that the collector derives, beside the cells that it is derived from."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.submissions.collected_derived import full_years
from submissions.collecting import collected, events

# ---- ages and birth

AGES = """
date_of_birth | event_start_date | reporting_period_end_date | at start | at period end
10/06/1950    | 09/06/2025       | 31/03/2026                | 74       | 75
10/06/1950    | 10/06/2025       | 31/03/2026                | 75       | 75
10/06/1950    | 11/06/2025       | 10/06/2026                | 75       | 76
29/02/1960    | 28/02/2025       | 01/03/2025                | 64       | 65
29/02/1960    | 28/02/2024       | 29/02/2024                | 63       | 64
31/12/2025    | 01/01/2026       | 30/12/2026                | 0        | 0
01/04/2026    | 01/04/2026       | 31/03/2026                | 0        |
10/06/1900    | 10/06/2025       | 31/03/2026                | 125      | 125
              | 10/06/2025       | 31/03/2026                |          |
10/06/1950    |                  | 31/03/2026                |          | 75
10/06/1950    | 10/06/2025       | soon                      | 75       |
June 1950     | 10/06/2025       | 31/03/2026                |          |
"""


def part(table: str, *names: str) -> str:
    """Some columns of a table."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    places = [lines[0].index(name) for name in names]
    return "\n".join(" | ".join(line[at] for at in places) for line in lines)


def expected(table: str, name: str) -> list[int | None]:
    return [int(cell) if cell else None for cell in part(table, name).split("\n")[1:]]


def test_true_ages_are_counted_in_full_years_from_the_whole_birth_date() -> None:
    source = part(AGES, "date_of_birth", "event_start_date", "reporting_period_end_date")
    assert collected(source, "der_age_event_start_date") == expected(AGES, "at start")
    assert collected(source, "der_age_reporting_period_end_date") == expected(AGES, "at period end")


@given(born=st.dates(date(1890, 1, 1), date(2026, 1, 1)), on=st.dates(date(1890, 1, 1), date(2030, 1, 1)))
def test_an_age_is_the_number_of_birthdays_that_have_come(born: date, on: date) -> None:
    found = pl.DataFrame({"born": [born], "on": [on]}).select(full_years(pl.col("born"), pl.col("on"))).item()
    birthdays = sum(
        (year, born.month, born.day) <= (on.year, on.month, on.day) for year in range(born.year, on.year + 1)
    )
    assert found == (birthdays - 1 if on >= born else None)


def test_of_the_birth_date_year_and_month_remain() -> None:
    source = """
    date_of_birth
    10/06/1950
    1950-06-10
    1 Jun 1950
    31/11/1950
    """
    assert collected(source, "der_birth_year") == [1950, 1950, 1950, None]
    assert collected(source, "der_birth_month") == [6, 6, 6, None]


# ---- conversations

DESCRIPTIONS = """
event_description                | conversation | conversation 1
Conversation 1: what matters     | 1            | 1
CONVERSATION ONE                 | 1            | 1
conversation-1                   | 1            | 1
Three conversations, number 2    | 1            | 0
Conversation 2                   | 1            | 0
Conversation 12                  | 1            | 0
Telephone call                   | 0            | 0
Converse                         | 0            | 0
NULL                             | 0            | 0
                                 | 0            | 0
"""


def test_conversations_are_told_by_the_description() -> None:
    described = part(DESCRIPTIONS, "event_description").split("\n")
    source = "\n".join([f"{described[0]} | event_type", *(f"{text} | Review" for text in described[1:])])
    assert collected(source, "der_conversation") == expected(DESCRIPTIONS, "conversation")
    assert collected(source, "der_conversation_1") == expected(DESCRIPTIONS, "conversation 1")


def test_the_pattern_is_an_option() -> None:
    source = """
    event_description
    Strengths-based chat
    Conversation
    """
    found = events(source, conversation_pattern="strengths.based", conversation_1_pattern="chat$")
    assert found["der_conversation"].to_list() == [1, 0]
    assert found["der_conversation_1"].to_list() == [1, 0]


@pytest.mark.parametrize("pattern", ["(", "", ".*", "x?"])
def test_a_pattern_that_finds_nothing_or_everything_is_refused(pattern: str) -> None:
    with pytest.raises(AsccldError, match="pattern"):
        events("event_type\nReview", conversation_pattern=pattern)
    with pytest.raises(AsccldError, match="pattern of conversation 1"):
        events("event_type\nReview", conversation_1_pattern=pattern)


def test_the_description_itself_is_not_kept() -> None:
    assert collected("event_description | event_type\nMrs Quennell fell | Review", "event_description") == [None]


def test_without_a_description_column_there_is_no_conversation() -> None:
    assert collected("event_type\nReview", "der_conversation") == [0]


# ---- placeholders


def test_what_tracing_finds_has_its_place() -> None:
    found = events("nhs_number\n9990000018")
    assert found["der_nhs_number_traced_pseudo"].to_list() == [None]
    assert found["der_dbs_check_status"].to_list() == [None]
