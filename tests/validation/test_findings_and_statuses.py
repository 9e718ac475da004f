"""Every cell that the national model fails has a finding that says so, and no other cell has one.

The statuses feed the charts and the national table, the findings are what a council works through: the two must never
tell different stories.
"""

from collections import Counter

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from asccld.validation import ValidationResult, load_rules
from validation.spec import SLOW_IS_FINE, STANDARD, Row, result_of, valid_row
from validation.test_statuses import any_rows

REQUIRED = {rule.id for rule in load_rules() if rule.type == "required"}
RELEASE_1 = {"value-earlier-release", "value-earlier-release-dropped"}
INVALID = {
    "value-unknown",
    "value-case",
    "value-misspelt",
    "value-later-release",
    "date-unreadable",
    "number-unreadable",
    "number-negative",
    "nhs-number-format",
    "nhs-number-check-digit",
    "postcode-format",
    "gp-practice-code-format",
    "cqc-location-format",
}


def failed(result: ValidationResult, validity: str) -> Counter[str]:
    """Field -> cells with a validity."""
    found = result.fields.filter(field_validity=validity).group_by("field").agg(pl.col("count").sum())
    return Counter(dict(found.iter_rows()))


def reported(result: ValidationResult, rules: set[str]) -> Counter[str]:
    """Field -> findings of some rules."""
    found = result.rules.filter(pl.col("rule").is_in(rules)).group_by("field").agg(pl.col("failed").sum())
    return Counter({field: count for field, count in found.iter_rows() if count})


NOT_APPLICABLE = {"not-applicable", "not-applicable-guidance", "association-event-details"}


def out_of_place(result: ValidationResult) -> Counter[str]:
    """Field -> cells that are filled although the item does not apply."""
    filled = ["Passed: Valid", "Failed: Invalid", "Failed: Release 1"]
    found = result.fields.filter(pl.col("field_validity").is_in(filled), field_status="Not applicable")
    return Counter(dict(found.group_by("field").agg(pl.col("count").sum()).iter_rows()))


def agree(rows: list[Row], release: str) -> None:
    result = result_of(rows, release=release)
    # in Release 1 an older value is merely invalid, though the finding says where it comes from
    older = RELEASE_1 if release == "r2" else set[str]()
    assert reported(result, REQUIRED) == failed(result, "Failed: Blank (Mandatory)")
    assert reported(result, older) == failed(result, "Failed: Release 1")
    assert reported(result, INVALID | (RELEASE_1 - older)) == failed(result, "Failed: Invalid")
    assert reported(result, NOT_APPLICABLE) == out_of_place(result)


@pytest.mark.parametrize("release", ["r1", "r2"])
@settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=SLOW_IS_FINE)
@given(data=st.data())
def test_on_any_rows(release: str, data: st.DataObject) -> None:
    agree(data.draw(any_rows(release)), release)


@pytest.mark.parametrize("unit", ["", "Hourly", "Weekly", "per moon", "HOURLY", "One-off"])
def test_blank_planned_units_have_one_finding_whatever_the_unit(unit: str) -> None:
    agree([{**valid_row("r2", 0), "cost_frequency_unit_type": unit, "planned_units_per_week": ""}], "r2")


@pytest.mark.parametrize("event_type", ["", "Request", "Service", "Séance", "NULL"])
@pytest.mark.parametrize("died", ["", "20/02/2026"])
def test_a_blank_end_has_one_finding_whatever_the_event(event_type: str, died: str) -> None:
    row = {**valid_row("r2", 0), "event_type": event_type, "event_end_date": "", "date_of_death": died}
    agree([row], "r2")


@pytest.mark.parametrize("missing", list(STANDARD.releases["r2"].by_name))
def test_without_any_one_column_the_rest_is_checked(missing: str) -> None:
    rows = [
        {**valid_row("r2", n, kind), "gender": "Robot", "has_unpaid_carer": "Maybe"}
        for n, kind in enumerate(("Request", "Assessment", "Service", "Review"))
    ]
    result = result_of(rows, without=[missing], dq_values=True, la="503")
    found = result.findings.filter(pl.col("rule") == "value-unknown")
    assert found.height == 8 - 4 * (missing in ("gender", "has_unpaid_carer"))
    wrong = result.findings.filter(pl.col("severity").is_in(["error", "reject"]), pl.col("rule") != "value-unknown")
    assert set(wrong["rule"].cast(pl.String)) <= {"column-missing"}
    assert missing not in result.fields["field"]


def test_three_columns_are_enough_to_be_checked() -> None:
    result = result_of("gender\nRobot", columns=["la_code", "gender", "postcode"])
    assert result.findings.filter(rule="value-unknown").height == 1
    assert result.verdict == "REJECTED"
