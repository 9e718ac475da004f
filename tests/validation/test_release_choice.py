"""Which release a file is checked against, and the reason that is given."""

import pytest

from asccld.errors import AsccldError
from asccld.validation.result import ReleaseChoice
from validation.spec import result_of

R1_VALUES = {
    "ethnicity": "White - Irish",
    "client_type": "Service User",
    "event_outcome": "Provision of service",
    "primary_support_reason": "Mental Health Support",
}
R2_VALUES = {
    "ethnicity": "White: Irish",
    "client_type": "Service user",
    "event_outcome": "Continuation of support or services",
    "primary_support_reason": "Mental health support",
}


def chosen(end: str, values: dict[str, str]) -> ReleaseChoice:
    """The release of a file of one row that states this end of the reporting period and has these values."""
    given = {"reporting_period_end_date": end, **values}
    table = "\n".join([" | ".join(given), " | ".join(given.values())])
    return result_of(table, columns=["la_code", *given], checked_as="auto").release


@pytest.mark.parametrize(
    ("end", "release"),
    [
        ("31/03/2026", "r2"),
        ("30/09/2025", "r2"),
        ("29/09/2025", "r1"),
        ("31/03/2024", "r1"),
        ("2025-09-30", "r2"),
        ("2025-09-29", "r1"),
        (" 30/09/2025", "r2"),
    ],
)
@pytest.mark.parametrize("values", [R1_VALUES, R2_VALUES], ids=["r1 values", "r2 values"])
def test_the_end_of_the_reporting_period_decides_whatever_the_values(
    end: str, release: str, values: dict[str, str]
) -> None:
    choice = chosen(f'"{end}"', values)
    assert choice.id == release
    assert "the reporting period ends on" in choice.reason
    assert not choice.given


def test_the_end_that_most_rows_state_decides() -> None:
    table = "reporting_period_end_date\n31/03/2025\n31/03/2026\n31/03/2025"
    assert result_of(table, checked_as="auto").release.id == "r1"


@pytest.mark.parametrize("end", ["", "March", "31/31/2026"])
def test_without_a_period_the_values_that_only_one_release_has_decide(end: str) -> None:
    assert chosen(end, R1_VALUES).id == "r1"
    assert chosen(end, R2_VALUES).id == "r2"
    assert "most values" in chosen(end, R1_VALUES).reason


def test_the_majority_of_such_values_decides() -> None:
    mixed = {**R1_VALUES, "primary_support_reason": "Mental health support", "event_outcome": "NFA: Other"}
    table = "\n".join(
        [
            " | ".join(["reporting_period_end_date", *mixed]),
            " | ".join(["", *mixed.values()]),
            " | ".join(["", *R1_VALUES.values()]),
        ]
    )
    columns = ["la_code", "reporting_period_end_date", *mixed]
    assert result_of(table, columns=columns, checked_as="auto").release.id == "r1"


def test_a_file_that_tells_nothing_is_checked_against_the_newest_release() -> None:
    choice = result_of(
        [{"la_code": "503", "gender": "Male", "event_reference": "E1"}],
        columns=["la_code", "gender", "event_reference"],
        checked_as="auto",
    ).release
    assert choice.id == "r2"
    assert "nothing in the file" in choice.reason


def test_v5_is_known_by_its_headers_even_against_the_period() -> None:
    choice = result_of("reporting_period_end_date\n31/03/2026", release="v5", checked_as="auto").release
    assert choice.id == "v5"
    assert "Full Cost Client" in choice.reason


def test_a_release_1_file_is_not_taken_for_v5() -> None:
    assert result_of("event_type\nService", release="r1", checked_as="auto").release.id == "r1"


def test_the_user_has_the_last_word() -> None:
    choice = result_of("event_type\nService", release="r1", checked_as="r2").release
    assert (choice.id, choice.given, choice.reason) == ("r2", True, "it was asked for")


def test_an_unknown_release_is_refused_with_the_known_ones() -> None:
    with pytest.raises(AsccldError) as refusal:
        result_of("event_type\nService", checked_as="r9")
    assert "'r9'" in str(refusal.value)
    assert "auto" in str(refusal.value)
    assert "v5, r1, r2" in str(refusal.value)
