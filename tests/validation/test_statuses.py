"""FieldStatus and FieldValidity: the national condition and check model.

Source: dq_release1_applicability_rules_2024.csv (the conditions that the Department itself used in early 2024) and
dq_status_codes.csv. The status says whether a cell has to be filled, the validity whether it passed.
"""

from collections import Counter
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from validation.reference import RowModel, table
from validation.spec import SLOW_IS_FINE, STANDARD, Row, result_of, rows_of, valid_row

Counts = Counter[tuple[str, str, str, str]]

MANDATORY, OPTIONAL, NOT_APPLICABLE, UNDETERMINED = (
    "Mandatory",
    "Applicable but not mandatory",
    "Not applicable",
    "Undetermined",
)
VALID, BLANK, MISSING, INVALID, RELEASE_1 = (
    "Passed: Valid",
    "Passed: Blank (Not Mandatory)",
    "Failed: Blank (Mandatory)",
    "Failed: Invalid",
    "Failed: Release 1",
)


def status_of(row: str, field: str, release: str = "r2") -> tuple[str, str]:
    """Status and validity of a field in a file of one row."""
    counts = result_of(row, release=release).fields.filter(field=field)
    assert counts["count"].to_list() == [1]
    return counts["field_status"].item(), counts["field_validity"].item()


# ------------------------------------------------------------------ by hand


def test_a_review_needs_its_outcome_but_not_its_description() -> None:
    review = """
        event_type | event_outcome
        Review     |
    """
    assert status_of(review, "event_outcome") == (MANDATORY, MISSING)
    assert status_of(review, "event_description") == (OPTIONAL, BLANK)
    assert status_of(review, "assessment_type") == (NOT_APPLICABLE, BLANK)


def test_a_value_where_none_applies_is_still_judged() -> None:
    row = """
        event_type | assessment_type
        Review     | Long term assessment
    """
    assert status_of(row, "assessment_type") == (NOT_APPLICABLE, VALID)


@pytest.mark.parametrize("event_type", ["", "Revue de presse"])
def test_without_an_event_type_nobody_knows_what_applies(event_type: str) -> None:
    row = f"""
        event_type   | method_of_review
        {event_type} |
    """
    assert status_of(row, "method_of_review") == (UNDETERMINED, BLANK)
    assert status_of(row, "event_reference") == (OPTIONAL, VALID)


def test_a_misspelt_event_type_still_says_what_applies() -> None:
    row = """
        event_type | method_of_review
        REVIEW     |
    """
    assert status_of(row, "method_of_review") == (MANDATORY, MISSING)
    assert status_of(row, "event_type") == (MANDATORY, INVALID)


def test_a_carer_known_by_association_has_no_event_and_so_nothing_is_undetermined() -> None:
    row = """
        client_type
        Unpaid carer known by association
    """
    for field in ("event_type", "event_start_date", "event_outcome", "unit_cost"):
        assert status_of(row, field) == (NOT_APPLICABLE, BLANK)


def test_a_release_1_value_in_a_release_2_file_has_its_own_validity() -> None:
    assert status_of("ethnicity\nWhite - Irish", "ethnicity") == (MANDATORY, RELEASE_1)
    assert status_of("ethnicity\nPlaid", "ethnicity") == (MANDATORY, INVALID)


def test_an_older_value_in_a_release_1_file_is_merely_invalid() -> None:
    row = """
        delivery_mechanism
        Community: Direct Payment
    """
    assert status_of(row, "delivery_mechanism", "r1") == (OPTIONAL, INVALID)


@pytest.mark.parametrize(
    ("born", "status"),
    [
        ("31/03/2008", MANDATORY),  # 18 on the last day of the period
        ("01/04/2008", OPTIONAL),  # 18 the day after
        ("01/04/1961", MANDATORY),  # 64
        ("31/03/1961", OPTIONAL),  # 65
        ("29/02/1960", OPTIONAL),
        ("", UNDETERMINED),
        ("some day", UNDETERMINED),
    ],
)
def test_employment_is_asked_of_people_with_a_learning_disability_from_18_to_64(born: str, status: str) -> None:
    row = f"""
        date_of_birth | primary_support_reason
        {born}        | Learning disability support
    """
    assert status_of(row, "employment_status")[0] == status


def test_costs_are_due_for_long_term_support_unless_the_council_commissions_it() -> None:
    for mechanism, status in (
        ("CASSR managed personal budget", MANDATORY),
        ("CASSR commissioned support", OPTIONAL),
        ("", MANDATORY),  # a blank that is in order is an empty text, which does not name the council
        ("by pigeon", UNDETERMINED),
    ):
        row = f"""
            delivery_mechanism | service_type
            {mechanism}        | Long term support: Community
        """
        assert status_of(row, "unit_cost")[0] == status


# ------------------------------------------------------------------ the published conditions, all combinations

GIBBERISH = "qqqq"
CLIENTS = {
    "r1": ("Service User", "Carer", "Carer known by association", "", GIBBERISH, "SERVICE USER"),
    "r2": ("Service user", "Unpaid carer", "Unpaid carer known by association", "", GIBBERISH, "Carer", "NULL"),
}
EVENTS = ("Request", "Assessment", "Service", "Review", "", GIBBERISH, "REVIEW")
COMBINATIONS = {
    "assessments": {
        "assessment_type": ("", GIBBERISH, "Financial Assessment", "Long Term Assessment", "Long term assessment"),
        "date_of_death": ("", "20/02/2026"),
    },
    "costs": {
        "delivery_mechanism": (
            "",
            GIBBERISH,
            "CASSR Commissioned Support",
            "CASSR commissioned support",
            "Direct payment",
        ),
        "service_type": (
            "",
            GIBBERISH,
            "Long Term Support: Community",
            "Long term support: Community",
            "Carer Support: Direct to Carer",
            "Unpaid carer support: Direct to unpaid carer",
            "Short term support: ST-Max",
        ),
        "service_component": ("", GIBBERISH, "Carer Respite", "Short term nursing care", "Meals"),
    },
    "employment": {
        "primary_support_reason": ("", GIBBERISH, "Learning Disability Support", "Mental health support"),
        "date_of_birth": ("", "no", "01/04/1990", "31/03/2008", "01/04/2008", "31/03/1961", "01/04/1960"),
        "employment_status": ("", "Unknown"),
    },
    "reviews": {"review_reason": ("", GIBBERISH, "Planned", "Review of short term support")},
}


def counted(rows: list[Row], release: str) -> Counts:
    """What the engine says of a file."""
    found = result_of(rows, release=release).fields
    columns = ("field", "event_type", "field_status", "field_validity")
    return Counter({key: count for *key_, count in found.select(*columns, "count").iter_rows() if (key := tuple(key_))})


def expected(rows: list[Row], release: str) -> Counts:
    """What the plain model says of it."""
    the_release = STANDARD.releases[release]
    counts: Counts = Counter()
    for row in rows:
        model = RowModel({name: row.get(name, "") for name in the_release.by_name}, the_release)
        kind = model._meaning("event_type", model.row["event_type"]) if model.row["event_type"] else "(blank)"
        kind = kind or "(not recognised)"
        counts.update((name, kind, model.status(name), model.validity(name)) for name in the_release.by_name)
    return counts


def differences(rows: list[Row], release: str) -> dict[str, Counts]:
    """What only one of the two says."""
    engine, plain = counted(rows, release), expected(rows, release)
    both = {"engine": engine - plain, "plain model": plain - engine}
    return {name: counts for name, counts in both.items() if counts}


@pytest.mark.parametrize("release", ["r1", "r2"])
@pytest.mark.parametrize("about", COMBINATIONS)
def test_the_published_conditions_hold_on_every_combination(about: str, release: str) -> None:
    deciding = {"client_type": CLIENTS[release], "event_type": EVENTS, **COMBINATIONS[about]}
    rows: list[Row] = [
        {**valid_row(release, 0), **dict(zip(deciding, values, strict=True))} for values in product(*deciding.values())
    ]
    assert differences(rows, release) == {}


@pytest.mark.parametrize("release", ["r1", "r2"])
def test_the_published_table_names_the_fields_of_the_release(release: str) -> None:
    published = {row["Field"].lower() for row in table("dq_release1_applicability_rules_2024.csv")}
    ours = set(STANDARD.releases[release].by_name)
    assert ours - published == {"first_name", "last_name"}
    assert published - ours == ({"gp_practice_name", "provider_cqc_location_name"} if release == "r2" else set())


# ------------------------------------------------------------------ and on anything

OTHER_TEXTS = ["", "", "NULL", "  ", GIBBERISH, " Service ", "Financial Assessment", "Direct Payment", "White - Irish"]
DATES = ["", "01/04/1990", "31/03/1961", "no date", "31/02/2026", "20/02/2026"]
NUMBERS = ["", "1.50", "0", "-1", "£2", "7"]
IDENTIFIERS = ["", "9434765919", "9434765918", "943 476 5919"]


def cells_of(release: str, name: str) -> st.SearchStrategy[str]:
    field, found = STANDARD.releases[release].by_name[name], STANDARD.releases[release].list_of(name)
    if field.type == "date":
        return st.sampled_from(DATES)
    if field.type in ("decimal", "integer"):
        return st.sampled_from(NUMBERS)
    if name == "nhs_number":
        return st.sampled_from(IDENTIFIERS)
    if found and found.values:
        texts = [*found.texts, *OTHER_TEXTS, found.texts[0].upper(), f" {found.texts[-1]}"]
        return st.sampled_from(texts)
    return st.just("")


def any_rows(release: str) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries({name: cells_of(release, name) for name in STANDARD.releases[release].by_name})
    # one cell that is surely filled: a row without any value is no row
    return st.lists(row.map(lambda cells: {**cells, "last_name": "Doe"}), min_size=1, max_size=12)


@pytest.mark.parametrize("release", ["r1", "r2"])
@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=SLOW_IS_FINE)
@given(data=st.data())
def test_engine_and_plain_model_agree_on_any_rows(release: str, data: st.DataObject) -> None:
    rows = data.draw(any_rows(release))
    assert differences(rows, release) == {}


def test_the_table_helper_of_these_tests_fills_rows_up() -> None:
    (row,) = rows_of("gender\nMale", "r2")
    assert row["gender"] == "Male"
    assert row["event_type"] == "Service"
