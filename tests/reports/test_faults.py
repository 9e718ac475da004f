"""Gathering what the rules found."""

from dataclasses import replace

import polars as pl

from asccld.identifying import HIDDEN
from asccld.reports.faults import COMMONEST, EXAMPLES, by_rule, checks_of, most_frequent, to_fix_first
from asccld.validation.result import SEVERITIES, ValidationResult


def test_a_check_is_a_row_of_the_table(rejected: ValidationResult) -> None:
    checks = checks_of(rejected)
    shown = [(c.rule, c.field, c.severity, c.outcome, c.failed, c.checked, c.listed) for c in checks]
    assert shown == rejected.rules.select("rule", "field", "severity", "outcome", "failed", "checked", "listed").rows()


def test_examples_and_values_are_those_of_the_findings(rejected: ValidationResult) -> None:
    for check in checks_of(rejected):
        own = rejected.findings.filter(pl.col("rule") == check.rule, pl.col("field").eq_missing(check.field))
        assert set(check.rows) <= {*own["row"].drop_nulls(), check.example_row}
        assert len(check.rows) <= EXAMPLES
        counts = own["value"].drop_nulls().value_counts(sort=True)
        counted = dict(counts.iter_rows())
        assert len(check.values) <= COMMONEST
        assert all(counted[wrong.value] >= wrong.count for wrong in check.values)
        assert HIDDEN not in {wrong.value for wrong in check.values}


def test_the_commonest_value_comes_first_with_its_remedy(rejected: ValidationResult) -> None:
    top = max((c for c in checks_of(rejected) if c.values), key=lambda c: c.failed)
    assert [v.count for v in top.values] == sorted((v.count for v in top.values), reverse=True)
    assert all(v.of == min(top.listed, 2_000) and v.fix for v in top.values)


def test_enumerated_columns_are_the_same_to_us(rejected: ValidationResult) -> None:
    """The engine hands out enumerations where the contract says text."""
    names = ["rule", "severity", "field", "header", "message", "fix", "confidence"]
    enums = [pl.col(name).cast(pl.Enum(rejected.findings[name].drop_nulls().unique().to_list())) for name in names]
    assert checks_of(replace(rejected, findings=rejected.findings.with_columns(enums))) == checks_of(rejected)


def test_what_to_fix_first_is_the_worst_and_then_the_most_frequent(rejected: ValidationResult) -> None:
    faults = to_fix_first(checks_of(rejected))
    assert [(SEVERITIES.index(f.severity), -f.failed) for f in faults] == sorted(
        (SEVERITIES.index(f.severity), -f.failed) for f in faults
    )
    assert {f.severity for f in faults} == {"reject", "error", "warning"}
    assert all(f.failed for f in faults)


def test_the_most_frequent_faults(rejected: ValidationResult) -> None:
    faults = most_frequent(checks_of(rejected, examples=False))
    order = [(SEVERITIES.index(f.severity), -f.failed) for f in faults]
    assert order == sorted(order)
    assert sum(f.failed for f in faults) == rejected.rules.filter(pl.col("severity") != "info")["failed"].sum()
    only_information = replace(rejected, rules=rejected.rules.filter(severity="info"))
    assert {f.severity for f in most_frequent(checks_of(only_information))} == {"info"}


def test_rules_gather_their_fields(rejected: ValidationResult) -> None:
    rules = by_rule(checks_of(rejected))
    assert {r.first.rule: r.failed for r in rules} == dict(
        rejected.rules.group_by("rule").agg(pl.col("failed").sum()).iter_rows()
    )
    assert {r.outcome for r in rules} == {"failed", "passed", "not applicable"}
    several = next(r for r in rules if r.first.rule == "value-unknown")
    assert several.first.place not in several.message
    assert "ITEM" in (several.fix or "")


def test_nothing_found(clean: ValidationResult, empty: ValidationResult) -> None:
    assert to_fix_first(checks_of(clean)) == most_frequent(checks_of(empty)) == ()
