"""Rates from the counts of the national model."""

import polars as pl

from asccld.reports.quality import RATE_COLUMNS, by_field, by_field_and_event_type, by_module, overall
from asccld.validation.result import FIELD_COLUMNS, ValidationResult

CELLS = [
    # field, event type, status, validity, count
    ("a", "Request", "Mandatory", "Passed: Valid", 60),
    ("a", "Request", "Mandatory", "Failed: Blank (Mandatory)", 20),
    ("a", "Request", "Mandatory", "Failed: Invalid", 10),
    ("a", "Service", "Applicable but not mandatory", "Passed: Blank (Not Mandatory)", 5),
    ("a", "Service", "Applicable but not mandatory", "Failed: Release 1", 5),
    ("a", "Review", "Not applicable", "Passed: Blank (Not Mandatory)", 30),
    ("a", "Review", "Not applicable", "Failed: Invalid", 3),
    ("a", "(blank)", "Undetermined", "Passed: Valid", 7),
    ("b", "Review", "Not applicable", "Passed: Blank (Not Mandatory)", 140),
]


def table() -> pl.DataFrame:
    rows = [(field, field.upper(), "Module", *rest) for field, *rest in CELLS]
    return pl.DataFrame(rows, schema=FIELD_COLUMNS, orient="row")


def test_the_formulas() -> None:
    rates = by_field(table()).row(0, named=True)
    assert {name: rates[name] for name in RATE_COLUMNS} == {
        "applicable": 100, "mandatory": 90, "filled": 75, "passed": 65, "blank_mandatory": 20, "invalid": 10,
        "earlier_release": 5, "not_applicable": 33, "undetermined": 7,
        "completeness": 0.75, "validity": 0.65, "mandatory_failure_rate": 20 / 90,
    }  # fmt: skip


def test_an_item_that_never_applies_has_no_rate() -> None:
    rates = by_field(table()).row(1, named=True)
    assert (rates["completeness"], rates["validity"], rates["mandatory_failure_rate"]) == (None, None, None)


def test_parts_add_up(rejected: ValidationResult) -> None:
    counted = [name for name in RATE_COLUMNS if not name.endswith("rate") and name not in {"completeness", "validity"}]
    sums = [
        frame(rejected.fields).select(counted).sum().row(0)
        for frame in (by_field, by_field_and_event_type, by_module, overall)
    ]
    assert len(set(sums)) == 1


def test_order_is_that_of_the_file(rejected: ValidationResult) -> None:
    assert by_field(rejected.fields)["field"].to_list() == list(dict.fromkeys(rejected.fields["field"]))


def test_no_rows_no_rates(empty: ValidationResult) -> None:
    assert by_field(empty.fields).is_empty()
