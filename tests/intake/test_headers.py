"""Header cells and the fields they mean."""

from __future__ import annotations

import pytest

from asccld.intake import match_headers

KNOWN = {
    "la_code": "LA Code",
    "event_start_date": "Event Start Date",
    "event_end_date": "Event End Date",
    "request_route_of_access": "Request: Route of Access",
    "adult_1_linked_person_id": "Adult 1 Linked Person_ID",
    "adult_2_linked_person_id": "Adult 2 Linked Person_ID",
    "cost_frequency_unit_type": "Cost Frequency (Unit Type)",
    "provider_cqc_location_id": "Provider CQC Location ID",
}
OTHER = {"provider_cqc_location_name": "Provider CQC Location Name", "la_code": "LA Code"}


def test_official_headers_match_exactly() -> None:
    match = match_headers(list(KNOWN.values()), KNOWN)
    assert match.columns == dict(enumerate(KNOWN))
    assert (match.assumed, match.unknown, match.duplicates, match.missing) == ({}, [], [], [])


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Event_Start_Date", "event_start_date"),
        ("EVENT_START_DATE", "event_start_date"),
        ("Request_Route_of_Access", "request_route_of_access"),
        ("Cost_Frequency_Unit_Type", "cost_frequency_unit_type"),
        ("adult_1_linked_person_id", "adult_1_linked_person_id"),
    ],
)
def test_the_database_s_spelling_matches(text: str, field: str) -> None:
    assert match_headers([text], KNOWN).columns == {0: field}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("event start date", "event_start_date"),
        (" Event Start Date", "event_start_date"),
        ("Event  Start\nDate", "event_start_date"),
        ("Request - Route of Access", "request_route_of_access"),
        ("Event Strat Date", "event_start_date"),
        ("Adult 2 Linkd Person ID", "adult_2_linked_person_id"),
    ],
)
def test_a_near_miss_is_assumed(text: str, field: str) -> None:
    match = match_headers([text], KNOWN)
    assert (match.columns, match.assumed) == ({}, {0: field})
    assert field not in match.missing


def test_what_is_unknown_is_suggested_or_placed_in_another_release() -> None:
    match = match_headers(["Shoe Size", "Provider CQC Location Name", "Event Start"], KNOWN, OTHER)
    assert match.assumed == {}
    assert match.unknown == [
        (0, "Shoe Size", None, False),
        (1, "Provider CQC Location Name", "Provider CQC Location ID", True),
        (2, "Event Start", "Event Start Date", False),
    ]


def test_digits_must_agree() -> None:
    match = match_headers(["Adult 3 Linked Person_ID"], KNOWN)
    assert match.assumed == {}
    assert [column.text for column in match.unknown] == ["Adult 3 Linked Person_ID"]


def test_duplicates_name_all_their_columns_and_the_exact_one_counts() -> None:
    match = match_headers(["la code", "LA Code", "LA_Code"], KNOWN)
    assert match.columns == {1: "la_code"}
    assert match.duplicates == [((0, 1, 2), "la_code")]


def test_a_typo_does_not_claim_a_field_that_is_there() -> None:
    match = match_headers(["Event Strat Date", "Event Start Date"], KNOWN)
    assert match.columns == {1: "event_start_date"}
    assert [(column.position, column.suggestion) for column in match.unknown] == [(0, "Event Start Date")]


def test_blank_cells_are_set_apart_and_missing_fields_listed_in_order() -> None:
    match = match_headers(["LA Code", "", "  "], KNOWN)
    assert match.blank == [1, 2]
    assert match.unknown == []
    assert match.missing == list(KNOWN)[1:]
