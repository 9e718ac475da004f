"""Section 4 of the method reference: which rows fall in the reference period, and where death sets their end."""

import pytest

from asccld.processing import events_in_period
from asccld.processing.explain import rows_dropped
from asccld.processing.options import chosen_options
from processing.examples import collected, column, day, rows_of

EXAMPLE = """
event_type | event_start_date | event_end_date | date_of_death
Request    | 20 Dec 24        | 5 Jan 25       | -
Assessment | 1 Nov 25         | 10 Jan 26      | -
Service    | 1 May 23         | -              | -
Service    | 1 Feb 25         | -              | 1 Feb 25
Service    | 1 Feb 25         | 30 Jun 25      | 10 Apr 25
Service    | 1 Mar 24         | -              | 31 Dec 24
Review     | 5 Mar 25         | 1 Mar 25       | -
-          | 5 Mar 25         | 6 Mar 25       | -
"""
YEAR = {"ref_period_start_date": day("1 Jan 25"), "ref_period_end_date": day("31 Dec 25"), "la_name": "Alderton"}


def test_the_example_of_2025() -> None:
    rows = events_in_period(collected(EXAMPLE, **YEAR))
    ends = dict(zip(column(rows, "der_unique_record_id"), column(rows, "der_event_end_date"), strict=True))
    assert ends == {1: day("5 Jan 25"), 3: None, 4: None, 5: day("10 Apr 25"), 7: day("1 Mar 25")}


def test_the_submitted_end_is_kept_beside_the_derived_one() -> None:
    rows = events_in_period(collected(EXAMPLE, **YEAR))
    assert "event_end_date" not in rows.columns
    assert column(rows, "event_end_date_raw") == [day("5 Jan 25"), None, None, day("30 Jun 25"), day("1 Mar 25")]


def test_death_on_the_first_day_can_end_an_open_service() -> None:
    """Q4 the other way: row 4 ends on the day of death."""
    rows = events_in_period(collected(EXAMPLE, **YEAR), death_on_first_day="documented")
    assert column(rows, "der_event_end_date")[2] == day("1 Feb 25")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("Service | 31 Dec 25 | - | -", "in period"),
        ("Service | 1 Jan 26 | - | -", "starts after the reference period"),
        ("Review | 31 Dec 25 | 31 Dec 25 | -", "in period"),
        ("Review | 1 Dec 24 | 1 Jan 25 | -", "in period"),
        ("Review | 1 Dec 24 | 31 Dec 24 | -", "ended before the reference period"),
        ("Assessment | 1 Nov 25 | 10 Jan 26 | -", "ends after the reference period"),
        ("Request | 1 Nov 25 | - | -", "no end date, and not a service"),
        ("services | 1 Jan 20 | 1 Jan 25 | -", "in period"),
        ("SERVICE | 1 Jan 20 | 31 Dec 24 | -", "service ended before the reference period"),
        ("Service | - | 5 Mar 25 | -", "no start date"),
        ("- | 5 Mar 25 | 6 Mar 25 | -", "no event type"),
        ("Service | 1 Mar 25 | 5 Mar 25 | 31 Dec 24", "died before the reference period"),
        ("Service | 1 Mar 25 | 5 Mar 25 | 28 Feb 25", "died before the event started"),
        ("Service | 1 Mar 25 | 5 Mar 25 | 1 Mar 26", "in period"),
    ],
)
def test_why_a_row_is_kept_or_dropped(event: str, reason: str) -> None:
    """The explanation gives the reason, and the step does the same."""
    picture = f"event_type | event_start_date | event_end_date | date_of_death\n{event}"
    rows = collected(picture, **YEAR, la_person_unique_identifier="P1")
    told = rows_dropped(rows, chosen_options()).to_polars()
    assert told["reason"].to_list() == [reason]
    assert events_in_period(rows).count().to_pyarrow().as_py() == (reason == "in period")
    assert len(rows_of(picture)) == told["rows"].sum()
