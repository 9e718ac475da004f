"""Section 5 of the method reference: person, cleaned values, review type, ages and cropping."""

from typing import Any

import ibis
import polars as pl
import pytest

from asccld.processing import (
    Reference,
    cropped,
    with_ages,
    with_cleaned,
    with_outcome_hierarchy,
    with_person_id,
    with_review_type,
    with_unique_event_ref,
)
from asccld.processing.inperiod import with_event_end
from asccld.processing.lookups import RELEASE_1_ONLY
from asccld.processing.run import step_names
from asccld.processing.unmapped import rows_with_unmapped, unmapped_values
from processing.examples import collected, column, day


def test_a_person_is_known_by_the_traced_number_then_the_submitted_then_the_councils_own() -> None:
    people = """
    der_nhs_number_traced_pseudo | der_nhs_number_pseudo | la_person_unique_identifier
    T1                           | N1                    | P1
    -                            | N2                    | P2
    -                            | -                     | P3
    -                            | -                     | -
    """
    assert column(with_person_id(collected(people, la_code="201")), "der_nhs_la_combined_person_id") == [
        "T1", "N2", "201_P3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "cleaned", "grouped"),
    [
        ("NFA - Deceased", "NFA: Deceased", "NFA"),  # Release 1 goes forward to Release 2
        ("nfa: deceased  ", "NFA: Deceased", "NFA"),  # case and trailing spaces do not count
        ("Progress to End of Life Care", RELEASE_1_ONLY, RELEASE_1_ONLY),
        ("Invalid and not mapped", "Invalid and not mapped", "Invalid and not mapped"),
        ("Never heard of it", None, None),
        ("", None, None),
        (None, None, None),
    ],
)  # fmt: skip
def test_a_submitted_value_is_looked_up(raw: str | None, cleaned: str | None, grouped: str | None) -> None:
    rows = ibis.memtable(pl.DataFrame({"event_outcome": [raw]}, schema={"event_outcome": pl.String}))
    row = with_cleaned(rows, Reference.shipped(), ["event_outcome"]).to_polars().row(0, named=True)
    assert (row["event_outcome_cleaned"], row["event_outcome_grouped"]) == (cleaned, grouped)


def test_outcomes_are_ranked_by_the_hierarchy_of_release_2() -> None:
    outcomes = ["Progress to reablement/ST-Max", "NFA: Other", "Invalid and not mapped", None]
    rows = ibis.memtable(pl.DataFrame({"event_outcome_cleaned": outcomes, "place": [1, 2, 3, 4]}))
    ranked = with_outcome_hierarchy(rows, Reference.shipped()).order_by("place").to_polars()
    assert ranked["event_outcome_hierarchy"].to_list() == [1, 17, None, None]


def test_unmapped_values_are_counted_ready_for_a_table() -> None:
    rows = collected("gender\nMale\nAlien\nAlien\n-\n")
    lost = unmapped_values(rows_with_unmapped(rows, Reference.shipped())).to_polars()
    assert lost.rows() == [("gender", "Alien", 2, "REF_Gender_Mapping")]


@pytest.mark.parametrize(
    ("event_type", "reason", "review_type"),
    [
        ("Review", "Unplanned: Other reason", "Unplanned"),
        ("review", "UNPLANNED: Provider failure", "Unplanned"),
        ("Review", "Planned", "Planned review of long term support"),
        ("Review", "Review of short term support", "Review of short term support"),
        ("Review", "Invalid and not mapped", "Review Type Unknown"),
        ("Review", "Something else", "Review Type Unknown"),
        ("Review", "", None),
        ("Review", None, None),
        ("Service", "Planned", None),
        ("Reviews", "Planned", "Review Type Unknown"),
    ],
)
def test_review_type(event_type: str, reason: str | None, review_type: str | None) -> None:
    kinds = {"event_type": pl.String, "review_reason_cleaned": pl.String}
    rows = ibis.memtable(pl.DataFrame({"event_type": [event_type], "review_reason_cleaned": [reason]}, schema=kinds))
    assert with_review_type(rows).to_polars()["review_type"].to_list() == [review_type]


def aged(picture: str) -> list[tuple[Any, ...]]:
    rows = collected(picture, ref_period_start_date=day("1 Jan 25"), ref_period_end_date=day("31 Dec 25"))
    made = with_ages(with_event_end(rows)).order_by("der_unique_record_id").to_polars()
    return made.select("der_latest_age", "der_age_band", "der_working_age_band").rows()


def test_age_is_that_at_the_end_of_the_event_and_of_open_services_at_the_end_of_the_period() -> None:
    assert aged("""
    event_type | event_start_date | event_end_date | der_birth_year | der_birth_month
    Review     | 1 Mar 25         | 1 Mar 25       | 1960           | 4
    Service    | 1 Mar 25         | -              | 1960           | 4
    Service    | 1 Mar 25         | 1 May 30       | 1960           | 4
    Service    | 1 Mar 25         | -              | 2010           | 1
    Service    | 1 Mar 25         | -              | -              | 4
    Service    | 1 Mar 25         | -              | 1960           | -
    Service    | 1 Mar 25         | -              | 1960           | 13
    """) == [
        (64, "45 to 64", "18 to 64"),
        (65, "65 to 74", "65 and above"),
        (70, "65 to 74", "65 and above"),  # a planned end in the future gives the age at that day
        (15, "Under 18", "Under 18"),
        (None, "Unknown", "Unknown"),
        (None, "Unknown", "Unknown"),
        (None, "Unknown", "Unknown"),
    ]  # fmt: skip


def test_age_divides_days_by_365_and_a_quarter() -> None:
    """One year after the 1st of the month of birth are 365 days: not yet a year."""
    assert aged("""
    event_type | event_start_date | event_end_date | der_birth_year | der_birth_month
    Review     | 1 Mar 25         | 1 Mar 25       | 2024           | 3
    Review     | 1 Mar 25         | 2 Mar 25       | 2024           | 3
    """) == [(0, "Under 18", "Under 18"), (1, "Under 18", "Under 18")]


TWO_FILES = """
ref_period_start_date | ref_period_end_date | event_type | event_start_date | event_end_date | service_component
1 Oct 24              | 31 Dec 24           | Service    | 1 May 24         | -              | Home Support
1 Jan 25              | 31 Dec 25           | Service    | 1 May 24         | 31 Aug 25      | Home Support
1 Oct 24              | 31 Dec 24           | Service    | 1 Jun 24         | -              | Day support
1 Oct 24              | 31 Dec 24           | Service    | 1 Nov 24         | 28 Feb 25      | Equipment
1 Jan 25              | 31 Dec 25           | Service    | 1 Nov 25         | -              | Equipment
"""


def closed(picture: str, prior: str = "official") -> list[tuple[object, bool]]:
    rows = collected(picture, la_code="201", la_name="Alderton", la_person_unique_identifier="P1", client_type="Carer")
    rows = cropped(with_unique_event_ref(with_person_id(with_event_end(rows))), prior=prior)
    made = rows.order_by("der_unique_record_id").to_polars()
    return made.select("der_event_end_date", "cropped").rows()


def test_services_that_vanish_end_with_their_reference_period() -> None:
    assert closed(TWO_FILES) == [
        (None, False),  # goes on in the next file
        (day("31 Aug 25"), False),
        (day("31 Dec 24"), True),  # gone
        (day("31 Dec 24"), True),  # its end lay ahead, and it is gone
        (None, False),  # the latest reference period is never cropped
    ]


def test_only_the_very_next_reference_period_counts() -> None:
    """A council that misses a quarter has all open services of the earlier file closed."""
    apart = TWO_FILES.replace("1 Jan 25              | 31 Dec 25", "1 Apr 25              | 31 Dec 25")
    assert closed(apart)[0] == (day("31 Dec 24"), True)


LATE_QUARTER = """
ref_period_start_date | ref_period_end_date | event_type | event_start_date | event_end_date | service_component
1 Jan 25              | 31 Dec 25           | Service    | 1 May 24         | -              | Home Support
1 Jan 25              | 31 Dec 25           | Service    | 1 Jun 24         | 1 Feb 26       | Day support
1 Jul 25              | 30 Sep 25           | Service    | 1 May 24         | -              | Home Support
"""


def test_a_late_file_for_one_quarter_closes_what_the_longer_file_left_open() -> None:
    """The official reading: the longer file's period is prior, because the quarter starts later."""
    assert closed(LATE_QUARTER) == [(day("31 Dec 25"), True), (day("31 Dec 25"), True), (None, False)]


def test_read_robustly_a_late_file_for_one_quarter_closes_nothing() -> None:
    assert closed(LATE_QUARTER, prior="robust") == [(None, False), (day("1 Feb 26"), False), (None, False)]


def test_read_robustly_services_that_vanish_still_end() -> None:
    assert closed(TWO_FILES, prior="robust") == closed(TWO_FILES)


def test_the_steps_have_names() -> None:
    assert step_names() == ("reporting_periods", "submissions", "events_in_period", "derived_fields", "main")
