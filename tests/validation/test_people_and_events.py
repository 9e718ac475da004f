"""Rules that look at more than one row: people, their links, events given twice."""

import pytest

from validation.spec import Row, association_row, check, nhs_number, valid_row

A, B = nhs_number(50), nhs_number(51)


def test_an_nhs_number_of_two_people_is_reported_on_every_row_that_has_it() -> None:
    rows = f"""
        nhs_number | la_person_unique_identifier | event_start_date
        {A}        | Ann                         | 05/01/2026
        {A}        | Ben                         | 05/01/2026
        {A}        | Ann                         | 06/01/2026
        {B}        | Cal                         | 05/01/2026
    """
    found = {finding for finding in check(rows) if finding[0] == "nhs-number-shared"}
    assert found == {("nhs-number-shared", row, "nhs_number") for row in (2, 3, 4)}


def test_a_row_without_an_identifier_takes_no_part() -> None:
    rows = f"""
        nhs_number | la_person_unique_identifier | event_start_date
        {A}        | Ann                         | 05/01/2026
        {A}        |                             | 06/01/2026
                   | Ann                         | 07/01/2026
    """
    assert {rule for rule, _, _ in check(rows)} == {"required-blank"}


def test_several_birth_dates_are_told_from_one_birth_date_written_in_two_ways() -> None:
    same = f"nhs_number | la_person_unique_identifier | event_start_date | date_of_birth\n{A} | Ann | 05/01/2026 |"
    one = f"{same} 01/06/1950\n{A} | Ann | 06/01/2026 | 1/6/1950"
    two = f"{same} 01/06/1950\n{A} | Ann | 06/01/2026 | 06/01/1950"
    assert check(one) == {("date-format", 3, "date_of_birth")}
    assert check(two) == {("person-births", 2, "date_of_birth"), ("person-births", 3, "date_of_birth")}


def test_people_without_an_identifier_are_not_one_person() -> None:
    rows = """
        nhs_number | la_person_unique_identifier | date_of_birth
                   |                             | 01/06/1950
                   |                             | 02/06/1950
    """
    assert "person-births" not in {rule for rule, _, _ in check(rows)}


# ------------------------------------------------------------------ linked people


def carer(n: int, **linked: str) -> Row:
    own: Row = {
        "client_type": "Unpaid carer",
        "primary_support_reason": "Social support: Support to unpaid carer",
        "client_funding_status": "",
    }
    return {**valid_row("r2", n, "Assessment"), **own, **linked}


def test_a_linked_person_may_come_before_or_after_the_carer() -> None:
    rows = [
        valid_row("r2", 0),
        carer(1, adult_1_linked_person_id="P0", adult_2_linked_person_id="P2"),
        valid_row("r2", 2),
    ]
    assert check(rows) == set()


@pytest.mark.parametrize("linked", ["P9", "P 0", "0", "Ann"])
def test_a_linked_person_must_be_in_the_file(linked: str) -> None:
    rows = [valid_row("r2", 0), carer(1, adult_3_linked_person_id=linked)]
    assert check(rows) == {("linked-person-not-in-file", 3, "adult_3_linked_person_id")}


@pytest.mark.parametrize(("linked", "beside"), [("p0", set[str]()), ("P0 ", {"text-trimmed"})])
def test_a_linked_person_is_known_in_whatever_capitals(linked: str, beside: set[str]) -> None:
    """As the national database compares text: neither capitals nor trailing blanks matter."""
    rows = [valid_row("r2", 0), carer(1, adult_3_linked_person_id=linked)]
    assert check(rows) == {(rule, 3, "adult_3_linked_person_id") for rule in beside}


def test_a_carer_known_by_association_makes_the_person_known_too() -> None:
    assert check([valid_row("r2", 0), association_row("r2", 1, "P0"), carer(2, adult_1_linked_person_id="P1")]) == set()


def test_nobody_cares_for_themselves_or_twice_for_one_person() -> None:
    rows = [
        valid_row("r2", 0),
        carer(1, adult_1_linked_person_id="P1", adult_2_linked_person_id="P0", adult_3_linked_person_id="P0"),
    ]
    assert check(rows) == {
        ("linked-person-self", 3, "adult_1_linked_person_id"),
        ("linked-person-repeated", 3, "adult_3_linked_person_id"),
    }


def test_nor_for_themselves_or_twice_for_one_in_other_capitals() -> None:
    rows = [
        valid_row("r2", 0),
        carer(1, adult_1_linked_person_id="p1", adult_2_linked_person_id="P0", adult_3_linked_person_id="p0"),
    ]
    assert check(rows) == {
        ("linked-person-self", 3, "adult_1_linked_person_id"),
        ("linked-person-repeated", 3, "adult_3_linked_person_id"),
    }


# ------------------------------------------------------------------ one person in two spellings


def test_a_person_in_other_capitals_is_the_same_person() -> None:
    born: Row = {"date_of_birth": "02/06/1950", "event_start_date": "06/01/2026"}
    rows = [valid_row("r2", 0), {**valid_row("r2", 0), "la_person_unique_identifier": "p0", **born}]
    assert check(rows) == {("person-births", 2, "date_of_birth"), ("person-births", 3, "date_of_birth")}


def test_one_nhs_number_under_one_identifier_in_two_spellings_is_not_shared() -> None:
    again: Row = {"la_person_unique_identifier": "p0", "event_start_date": "06/01/2026"}
    assert check([valid_row("r2", 0), {**valid_row("r2", 0), **again}]) == set()


def test_an_event_of_one_person_in_two_spellings_is_given_twice_but_its_row_is_not() -> None:
    unnumbered = {**valid_row("r2", 0), "nhs_number": ""}
    found = check([unnumbered, {**unnumbered, "la_person_unique_identifier": "p0"}])
    assert ("duplicate-event", 3, None) in found
    assert "duplicate-row" not in {rule for rule, _, _ in found}


# ------------------------------------------------------------------ the same twice


def test_only_the_second_and_later_copies_of_a_row_are_reported() -> None:
    rows = [valid_row("r2", 0), valid_row("r2", 1), valid_row("r2", 0), valid_row("r2", 0)]
    assert check(rows) == {("duplicate-row", 4, None), ("duplicate-row", 5, None)}


@pytest.mark.parametrize(
    ("event_type", "changed", "same"),
    [
        ("Service", {"event_end_date": "01/03/2026"}, True),  # a service is the same while it goes on
        ("Request", {"event_end_date": "01/03/2026"}, False),
        ("Service", {"event_reference": "other"}, True),  # the reference plays no part
        ("Service", {"gender": "Male"}, True),  # nor do a person's details
        ("Service", {"event_outcome": "NFA: Other"}, True),
        ("Service", {"event_start_date": "06/01/2026"}, False),
        ("Service", {"event_start_date": "5/1/2026"}, True),
        ("Service", {"service_component": "Meals"}, False),
        ("Service", {"delivery_mechanism": "Direct payment"}, False),
        ("Service", {"unit_cost": "22.00"}, False),
        ("Service", {"unit_cost": "21.5"}, True),  # the same number
        ("Service", {"service_component": "HOME SUPPORT or domiciliary care"}, True),  # the same value
        ("Service", {"cost_frequency_unit_type": "Daily"}, False),
        ("Request", {"request_route_of_access": "Prison"}, False),
        ("Request", {"request_route_of_access": "Community or other route "}, True),
        ("Assessment", {"assessment_type": "Short term assessment"}, False),
        ("Review", {"review_reason": "Unplanned: Hospital"}, True),
        ("Review", {"client_type": "Unpaid carer"}, False),
        ("Request", {"assessment_type": "NULL"}, True),  # nothing, written in two ways
        ("Request", {"nhs_number": nhs_number(9)}, False),
    ],
)
def test_what_makes_an_event_the_same(event_type: str, changed: Row, same: bool) -> None:
    rows = [valid_row("r2", 0, event_type), {**valid_row("r2", 0, event_type), **changed}]
    assert (("duplicate-event", 3, None) in check(rows)) == same


def test_a_repeated_row_is_not_reported_as_a_repeated_event_as_well() -> None:
    rows = [valid_row("r2", 0), valid_row("r2", 0), {**valid_row("r2", 0), "event_reference": "E7"}]
    assert check(rows) == {("duplicate-row", 3, None), ("duplicate-event", 4, None)}


def test_events_without_a_start_or_a_person_are_not_compared() -> None:
    undated = {**valid_row("r2", 0), "event_start_date": ""}
    nobody = {**valid_row("r2", 1), "nhs_number": "", "la_person_unique_identifier": ""}
    rows = [undated, {**undated, "event_reference": "E7"}, nobody, {**nobody, "event_reference": "E8"}]
    assert "duplicate-event" not in {rule for rule, _, _ in check(rows)}


def test_of_two_equally_frequent_councils_the_first_counts() -> None:
    assert check("la_code\n503\n508\n508\n503") == {
        ("la-code-several", 3, "la_code"),
        ("la-code-several", 4, "la_code"),
    }


def test_one_reporting_period_written_in_two_ways_is_one() -> None:
    rows = "reporting_period_start_date\n01/04/2025\n2025-04-01\n1/4/2025\n01/05/2025"
    assert check(rows) == {
        ("date-format", 3, "reporting_period_start_date"),
        ("date-format", 4, "reporting_period_start_date"),
        ("period-inconsistent", 5, "reporting_period_start_date"),
    }
