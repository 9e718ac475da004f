"""Section 6 of the method reference: what one event is, and which of its records is kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import ibis
import polars as pl
import pytest

from asccld.processing import Reference, chosen_options, main_table
from asccld.processing.explain import rows_merged
from asccld.processing.main import decided
from processing.examples import collected, day, rows_of

JOINED = """
row | file | service_type                 | service_component                | event_start_date | event_end_date
r1  | S2   | Long term support: Community | Home Support                     | 1 May 24         | -
r2  | S3   | Long term support: Community | Home Support                     | 1 May 24         | 31 Aug 25
r3  | S2   | Long term support: Community | Day support                      | 1 Jun 24         | -
r4  | S2   | Long term support: Community | Home Support                     | 1 Jul 24         | -
r5  | S3   | Long term support: Community | Home support or domiciliary care | 1 Jul 24         | -
r6  | S2   | Long term support: Community | Equipment                        | 1 Nov 24         | 28 Feb 25
"""
SPANS = {"S2": ("1 Oct 24", "31 Dec 24"), "S3": ("1 Jan 25", "31 Dec 25")}
IMPORTS = {"S2": "18 Dec 25", "S3": "15 Jan 26"}


@pytest.fixture(scope="module", params=["values", "hashes"])
def con(request: pytest.FixtureRequest) -> Iterator[ibis.BaseBackend | None]:
    """Events compared by their values, as on every engine, and by hash, as in DuckDB."""
    if request.param == "values":
        yield None
        return
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


def midnight(text: str) -> datetime:
    return datetime.strptime(text, "%d %b %y")  # noqa: DTZ007 - as the collector's clock showed it


def submissions() -> ibis.Table:
    rows = [
        {
            "la_name": "Alderton",
            "importdate": midnight(IMPORTS[file]),
            "ref_period_start_date": day(first),
            "ref_period_end_date": day(last),
        }
        for file, (first, last) in SPANS.items()
    ]
    return ibis.memtable(pl.DataFrame(rows))


PERSON = {
    "la_code": "201",
    "la_name": "Alderton",
    "la_person_unique_identifier": "P1",
    "client_type": "Service user",
}


def joined_events(con: ibis.BaseBackend | None) -> ibis.Table:
    rows = [list(row.values()) for row in rows_of(JOINED)]
    header = ["importdate", "event_type", *list(rows_of(JOINED)[0])[2:]]
    lines = [header, *([IMPORTS[file], "Service", *rest] for _, file, *rest in rows)]
    return collected("\n".join(" | ".join(line) for line in lines), con, **PERSON)


def by_row(table: ibis.Table) -> dict[str, Any]:
    made = table.order_by("der_unique_record_id").to_polars()
    return {f"r{n}": end for n, end in made.select("der_unique_record_id", "der_event_end_date").rows()}


def test_the_joined_example(con: ibis.BaseBackend | None) -> None:
    """r1 is the same event as r2; r3 and r6 are cropped; r4 is cropped and r5 stands beside it (Q5)."""
    table = main_table(joined_events(con), submissions(), "joined")
    assert by_row(table) == {
        "r2": day("31 Aug 25"),
        "r3": day("31 Dec 24"),
        "r4": day("31 Dec 24"),
        "r5": None,
        "r6": day("31 Dec 24"),
    }


def test_read_as_documented_a_new_wording_does_not_split_a_service(con: ibis.BaseBackend | None) -> None:
    """Q5 the other way: r4 and r5 are one event."""
    table = main_table(joined_events(con), submissions(), "joined", options={"q5": "documented"})
    assert by_row(table) == {"r2": day("31 Aug 25"), "r3": day("31 Dec 24"), "r5": None, "r6": day("31 Dec 24")}


def test_the_explanation_counts_what_was_cropped_kept_and_merged(con: ibis.BaseBackend | None) -> None:
    rows = decided(joined_events(con), submissions(), "joined", Reference.shipped(), chosen_options())
    told = rows_merged(rows, "joined").to_polars()
    counts = told.group_by("outcome", "reason").agg(pl.col("rows").sum()).rows()
    assert {(outcome, rows): reason for outcome, reason, rows in counts} == {
        ("cropped", 3): "open at the end of its reference period and not in the next: ends with the period",
        ("kept", 5): "best record of its event",
        ("merged", 1): "a later reference period holds the event too",
    }


def single(con: ibis.BaseBackend | None, picture: str, **everywhere: object) -> pl.DataFrame:
    more = {"importdate": midnight(IMPORTS["S3"]), "event_start_date": day("1 Feb 25"), **PERSON, **everywhere}
    files = submissions().filter(ibis.deferred.ref_period_start_date == day("1 Jan 25"))
    return main_table(collected(picture, con, **more), files, "single").order_by("der_unique_record_id").to_polars()


def test_the_single_example(con: ibis.BaseBackend | None) -> None:
    """Three identical home-care rows with unit cost 12.5, 12.50 and 20: two rows."""
    table = single(con, "unit_cost\n12.5\n12.50\n20", event_type="Service")
    assert table.select("der_unique_record_id", "unit_cost").rows() == [(2, "12.50"), (3, "20.00")]
    assert table["der_unique_event_ref"].n_unique() == 1


def test_costs_are_compared_in_services_only(con: ibis.BaseBackend | None) -> None:
    table = single(con, "unit_cost\n12.5\n20", event_type="Review", event_end_date=day("1 Mar 25"))
    assert table["der_unique_record_id"].to_list() == [2]


@pytest.mark.parametrize(
    ("records", "kept"),
    [
        ("event_end_date\n1 Mar 25\n-\n2 Mar 25", 2),  # an open end is the latest
        ("event_outcome | event_end_date\nNFA: Other | -\nAdmitted to hospital | -\nNonsense | -", 2),
        ("der_conversation | event_end_date\n1 | -\n0 | -\n- | -", 1),
        ("der_conversation | event_end_date\n- | -\n- | -", 2),  # else the record that was loaded last
        ("der_conversation | event_end_date\n- | -\n0 | -\n- | -", 2),
    ],
)
def test_which_record_of_a_service_is_kept(con: ibis.BaseBackend | None, records: str, kept: int) -> None:
    assert single(con, records, event_type="Service")["der_unique_record_id"].to_list() == [kept]


@pytest.mark.parametrize(
    ("records", "events"),
    [
        ("event_type | event_end_date\nReview | 1 Mar 25\nreview | 1 Mar 25", 1),  # letter case
        ("event_type | event_end_date\nReview | 1 Mar 25\nReview | 2 Mar 25", 2),  # another end
        ("event_type | event_end_date\nService | 1 Mar 25\nService | 2 Mar 25", 1),  # ends do not tell services apart
        (
            "event_type|event_end_date|request_route_of_access\nRequest | 1 Mar 25 | -\nRequest | 1 Mar 25 | Prison",
            2,
        ),
        ("event_type | event_end_date | request_route_of_access\nReview | 1 Mar 25 | -\nReview | 1 Mar 25 | Prison", 1),
        ("event_type | event_end_date | assessment_type\nAssessment | 1 Mar 25 | A\nAssessment | 1 Mar 25 | a ", 1),
        ("event_type | event_end_date | client_type\nReview | 1 Mar 25 | Service user\nReview | 1 Mar 25 | Carer", 2),
    ],
)
def test_what_tells_events_apart(con: ibis.BaseBackend | None, records: str, events: int) -> None:
    assert single(con, records).height == events


def test_blank_and_missing_are_different_events(con: ibis.BaseBackend | None) -> None:
    table = single(con, "event_type | service_type\nService | -\nService | \nService | -")
    assert table["der_unique_record_id"].to_list() == [2, 3]


def test_two_councils_may_know_the_same_person(con: ibis.BaseBackend | None) -> None:
    picture = "la_code | event_type\n201 | Service\n202 | Service"
    table = single(con, picture, der_nhs_number_traced_pseudo="N1")
    assert table["der_unique_event_ref"].to_list() == ["201_1", "202_2"]
