"""Severity, policy and verdict."""

from pathlib import Path

import polars as pl
import pytest

from asccld.validation import PolicyError, checks_for, load_policy, load_rules
from asccld.validation.policy import DEFAULT_POLICY
from validation.spec import STANDARD, check, result_of, valid_row

IDS = [rule.id for rule in load_rules()]
NO_FAULT = "event_type\nRequest\nAssessment\nService\nReview"
ONE_ERROR = "gender\nRobot"
ONE_REJECTION = "la_code | reporting_period_start_date\n503 |"
ONE_WARNING = "postcode\nLN1"


def severities(table: str, policy: str) -> set[tuple[str, str]]:
    """(rule, severity) of the findings."""
    findings = result_of(table, policy=policy).findings
    return set(findings.select("rule", "severity").cast(pl.String).iter_rows()) - {
        ("few-events", "info"),
        ("event-type-missing", "warning"),
        ("period-derived", "warning"),
    }


# ------------------------------------------------------------------ verdict


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        (NO_FAULT, "ACCEPTED"),
        (ONE_WARNING, "ACCEPTED"),
        (ONE_ERROR, "ACCEPTED WITH ERRORS"),
        (ONE_REJECTION, "REJECTED"),
    ],
)
def test_the_worst_severity_makes_the_verdict(table: str, verdict: str) -> None:
    result = result_of(table)
    assert result.verdict == verdict
    assert bool(result.reasons) == (verdict == "REJECTED")


def test_every_reason_to_reject_is_given_at_once() -> None:
    table = """
        reporting_period_start_date | event_start_date | la_code
                                    | soon             | 503
        01/04/2025                  | later            | 508
    """
    assert result_of(table).reasons == (
        "Reporting period not stated (Reporting Period Start Date): once",
        "More than one council in the file (LA Code): once",
        "Not a date (Event Start Date): 2 times",
    )


def test_a_misspelt_header_is_named_as_found_and_as_meant() -> None:
    result = result_of([valid_row("r2", 0)], headers={"event_type": "Event Typ", "postcode": "Postcod"})
    assert result.reasons == (
        "Column header not spelt as in the standard: 'Postcod' for 'Postcode', 'Event Typ' for 'Event Type'",
    )


def test_what_a_misspelt_header_was_found_as_tells_no_name() -> None:
    header = {"reporting_period_end_date": "Reporting Period End Date Bee"}
    people = [{**valid_row("r2", n), "last_name": name} for n, name in enumerate(("Bee", "Quill"))]
    (reason,) = result_of(people, headers=header).reasons
    assert reason == "Column header not spelt as in the standard: '(hidden)' for 'Reporting Period End Date'"
    (reason,) = result_of(people[1:], headers=header).reasons
    assert "'Reporting Period End Date Bee' for" in reason


def test_a_row_counts_under_each_severity_that_it_has_and_the_limit_takes_the_larger() -> None:
    """As `docs/reference/outputs.md` and `policy.md` say: rows that only reject are no rows with errors."""
    rows = [valid_row("r2", n) for n in range(4)]
    for row in rows[:2]:
        row["event_start_date"] = "soon"  # rejects
    rows[1]["gender"] = rows[2]["gender"] = "nonsense"  # an error
    counted = {"reject": 2, "error": 2}
    result = result_of(rows)
    assert {severity: result.rows_with[severity] for severity in ("reject", "error")} == counted
    rows[2]["gender"] = "Male"
    shipped = DEFAULT_POLICY.read_text(encoding="utf-8")
    strict = result_of(rows, policy=shipped.replace("rows_with_errors = 1.0", "rows_with_errors = 0.4"))
    assert (strict.rows_with["reject"], strict.rows_with["error"]) == (2, 1)
    assert strict.reasons[-1] == "2 of 4 rows have errors; the policy allows 40%"


def test_too_many_rows_with_errors_reject_where_the_policy_says_so() -> None:
    policy = "[limits]\nrows_with_errors = 0.5"
    half = "gender\nRobot\nFemale"
    most = "gender\nRobot\nRobot\nFemale"
    assert result_of(half, policy=policy).verdict == "ACCEPTED WITH ERRORS"
    result = result_of(most, policy=policy)
    assert result.verdict == "REJECTED"
    assert result.reasons == ("2 of 3 rows have errors; the policy allows 50%",)


def test_rows_are_counted_once_however_many_errors_they_have() -> None:
    rows = [{**valid_row("r2", 0), "gender": "Robot", "ethnicity": "Plaid"}, {**valid_row("r2", 1), "gender": "Robot"}]
    result = result_of(rows)
    assert result.counts["error"] == 3
    assert result.rows_with["error"] == 2


# ------------------------------------------------------------------ policy


def test_the_shipped_policy_names_rules_that_exist() -> None:
    policy = load_policy(None, IDS)
    assert policy.reject <= set(IDS)
    assert policy.rows_with_errors == 1.0


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_policy_gives_a_rule_another_severity(severity: str) -> None:
    policy = f'[severity]\npostcode-format = "{severity}"'
    assert severities(ONE_WARNING, policy) == {("postcode-format", severity)}


def test_a_rule_that_a_policy_switches_off_is_not_checked_at_all() -> None:
    result = result_of(ONE_WARNING, policy='[severity]\npostcode-format = "off"')
    assert "postcode-format" not in result.rules["rule"]
    assert "postcode-format" not in result.findings["rule"].cast(pl.String)


def test_a_rule_cannot_be_both_off_and_rejecting() -> None:
    policy = 'reject = ["value-unknown"]\n[severity]\nvalue-unknown = "off"'
    with pytest.raises(PolicyError, match="value-unknown is to reject and is off"):
        result_of(ONE_ERROR, policy=policy)


def test_any_rule_can_be_made_to_reject() -> None:
    result = result_of(ONE_WARNING, policy='reject = ["postcode-format"]')
    assert result.verdict == "REJECTED"
    assert result.reasons == ("Not a UK postcode (Postcode): once",)


def test_without_a_reject_list_nothing_rejects() -> None:
    assert result_of(ONE_REJECTION, policy="").verdict == "ACCEPTED WITH ERRORS"


# ------------------------------------------------------------------ lists that nobody has confirmed

REJECT_EVERYTHING = f"reject = {IDS}".replace("'", '"')


def test_a_value_missing_from_an_unconfirmed_list_is_a_warning_even_under_a_strict_policy() -> None:
    table = """
        gender | dementia
        Robot  | Sometimes
    """
    result = result_of(table, policy='reject = ["value-unknown"]')
    found = dict(result.findings.filter(rule="value-unknown").select("field", "severity").cast(pl.String).iter_rows())
    assert found == {"gender": "reject", "dementia": "warning"}


@pytest.mark.parametrize("release", ["v5", "r1", "r2"])
def test_no_check_of_an_unconfirmed_list_is_ever_more_than_a_warning(release: str, tmp_path: Path) -> None:
    strict = tmp_path / "strict.toml"
    strict.write_text(REJECT_EVERYTHING, encoding="utf-8")
    the_release = STANDARD.releases[release]
    seen = 0
    for severe in (None, strict):
        for one in checks_for(the_release, load_policy(severe, IDS)):
            found = the_release.list_of(one.field.name) if one.field and one.rule.type == "list" else None
            if found and found.confidence != "confirmed":
                seen += 1
                assert one.severity in ("warning", "info"), (one.rule.id, one.field)
    assert seen


def test_a_finding_is_never_surer_than_its_list_and_its_condition() -> None:
    table = """
        event_type | dementia  | event_outcome
        Review     | Sometimes |
    """
    findings = result_of(table).findings
    found = dict(findings.drop_nulls("field").select("field", "confidence").cast(pl.String).iter_rows())
    assert found["dementia"] == "inferred"  # the list
    assert found["event_outcome"] == "inferred"  # Release 2's conditions are carried forward from Release 1
    assert check(table, release="r1") >= {("required-blank", 2, "event_outcome")}


# ------------------------------------------------------------------ policies that cannot be meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('reject = ["postcode-fromat"]', ["Unknown rule in 'reject': 'postcode-fromat'", "postcode-format"]),
        ('[severity]\nvalue-unknwn = "info"', ["Unknown rule in [severity]: 'value-unknwn'", "value-unknown"]),
        ('[severity]\nvalue-unknown = "fatal"', ["Unknown severity of value-unknown: 'fatal'", "warning"]),
        ('[severity]\nvalue-unknown = "reject"', ["Unknown severity of value-unknown: 'reject'"]),
        ('rejects = ["value-unknown"]', ["Unknown key: 'rejects'", "reject"]),
        ('reject = "value-unknown"', ["'reject' must be a list"]),
        ("reject = [1]", ["'reject' must be a list of rule ids"]),
        ('reject = [["value-unknown"]]', ["reject"]),
        ("severity = []", ["severity"]),
        ('severity = "off"', ["severity"]),
        ("[severity]\nvalue-unknown = {}", ["severity of value-unknown"]),
        ("limits = 3", ["limits"]),
        ("[limits]\nrows = 0.5", ["Unknown limit: 'rows'", "rows_with_errors"]),
        ("[limits]\nrows_with_errors = 50", ["from 0 to 1"]),
        ("[limits]\nrows_with_errors = nan", ["from 0 to 1"]),
        ("[limits]\nrows_with_errors = true", ["from 0 to 1"]),
        ("reject = [", ["cannot be read"]),
        ("\x00", ["cannot be read"]),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_with_near_names(text: str, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "strict.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        load_policy(path, IDS)
    for word in [*words, "strict.toml"]:
        assert word in str(refusal.value)


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "none.toml", IDS)


def test_a_policy_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "utf16.toml"
    path.write_text('name = "x"', encoding="utf-16")
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(path, IDS)


def test_two_policies_with_the_same_text_have_the_same_fingerprint(tmp_path: Path) -> None:
    unix, windows = tmp_path / "unix.toml", tmp_path / "windows.toml"
    unix.write_bytes(b'name = "x"\nreject = []\n')
    windows.write_bytes(b'name = "x"\r\nreject = []\r\n')
    assert load_policy(unix, IDS).fingerprint == load_policy(windows, IDS).fingerprint
