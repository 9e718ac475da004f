"""Recognising the values of a defined list: what a wrong text is taken for, and what the finding advises."""

import polars as pl
import pytest

from validation.spec import Row, check, result_of, valid_row


def judged(field: str, texts: list[str], release: str = "r2") -> dict[str, tuple[str, str | None] | None]:
    """Text -> (rule, what to write instead) of the finding in a list column; None where there is none."""
    rows: list[Row] = [{**valid_row(release, n), field: text} for n, text in enumerate(texts)]
    found = result_of(rows, release=release).findings.filter(field=field)
    rule = pl.col("rule").cast(pl.String)
    lists = found.filter(rule.str.starts_with("value-")).select("row", rule, "fix")
    by_row = {row: (rule, _meant(fix)) for row, rule, fix in lists.iter_rows()}
    return {text: by_row.get(n) for n, text in enumerate(texts, start=2)}


def _meant(fix: str) -> str | None:
    return fix.split("'")[1] if fix.startswith(("Write '", "Use '")) else None


@pytest.mark.parametrize(
    ("field", "release", "expected"),
    [
        (
            "ethnicity",
            "r2",
            {
                "White: Irish": None,
                "white: irish": ("value-case", "White: Irish"),
                "White - Irish": ("value-earlier-release", "White: Irish"),
                "White: Irsh": ("value-misspelt", "White: Irish"),
                "White:Irish": ("value-misspelt", "White: Irish"),
                "White": ("value-unknown", None),
                "Martian": ("value-unknown", None),
            },
        ),
        (
            "event_outcome",
            "r1",
            {
                "NFA- Other": None,
                "NFA - Other": ("value-misspelt", "NFA- Other"),  # a known slip
                "nfa- other": ("value-case", "NFA- Other"),
                "NFA: Other": ("value-later-release", "NFA- Other"),
                "Provision of servise": ("value-misspelt", "Provision of service"),
            },
        ),
        (
            "event_outcome",
            "r2",
            {
                "Provision of service": ("value-earlier-release", "Continuation of support or services"),
                "Progress to End of Life Care": ("value-earlier-release-dropped", None),
                "NFA: Referral to other service within the local authority": None,  # new in Release 2
            },
        ),
        (
            "delivery_mechanism",
            "r1",
            {"Community: Direct Payment": ("value-earlier-release", "Direct Payment"), "Direct Payment": None},
        ),
        ("total_hrs_caring_per_week", "r2", {"20-49": None, "lots": None}),  # nobody has the list: nothing is wrong
    ],
)
def test_what_a_text_is_taken_for(field: str, release: str, expected: dict[str, tuple[str, str | None] | None]) -> None:
    assert judged(field, list(expected), release) == expected


def test_the_message_names_the_value_and_what_was_meant() -> None:
    finding = result_of("ethnicity\nWhite - Irish").findings.filter(field="ethnicity").row(0, named=True)
    assert finding["value"] == "White - Irish"
    assert finding["fix"] == "Use 'White: Irish'"
    finding = result_of("gender\nmale").findings.filter(field="gender").row(0, named=True)
    assert finding["message"] == "The value differs from the list of 'Gender' only in capital letters"
    assert finding["fix"] == "Write 'Male'"


def test_blanks_around_a_value_are_no_other_value() -> None:
    assert check('gender\n" Male "') == {("text-trimmed", 2, "gender")}
    assert check('gender\n" male "') == {("text-trimmed", 2, "gender"), ("value-case", 2, "gender")}


def test_among_very_many_unknown_texts_the_others_are_still_known() -> None:
    unknown: list[Row] = [{**valid_row("r2", 0), "ethnicity": f"Robot {n}", "unit_cost": str(n)} for n in range(600)]
    known = ["NULL", "  ", "White: Irish ", "white: irish", "White - Irish"]
    rows = [*unknown, *({**valid_row("r2", n), "ethnicity": text} for n, text in enumerate(known, start=1))]
    rows += [valid_row("r2", 9)] * 700  # where most texts are unknown, none is shown
    result = result_of(rows)
    found = result.findings.filter(result.findings["row"] > 601, field="ethnicity").select("row", "rule")
    assert sorted(found.cast({"rule": pl.String}).rows()) == [
        (602, "literal-null"),
        (602, "required-blank"),
        (603, "required-blank"),
        (603, "text-trimmed"),
        (604, "text-trimmed"),
        (605, "value-case"),
        (606, "value-earlier-release"),
    ]
    values = result.findings.filter(rule="value-unknown")["value"].to_list()
    assert values[499] == "Robot 499"
    assert values[500] == "(more than 500 different values)"


def test_more_different_slips_than_a_code_can_hold_are_all_counted() -> None:
    value = "Settled mainstream housing with family or friends"
    rows: list[Row] = [{"la_code": "503", "accommodation_status": f"{value} {n}"} for n in range(66_000)]
    result = result_of(rows, columns=["la_code", "accommodation_status", "event_type"])
    failed = result.rules.filter(field="accommodation_status").select("rule", "failed").rows()
    assert sum(count for rule, count in failed if rule.startswith("value-")) == 66_000
