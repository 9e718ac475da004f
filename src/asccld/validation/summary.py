"""Verdict, counts and the rules table of a finished run."""

from __future__ import annotations

import polars as pl

from asccld.validation.findings import Findings, hide
from asccld.validation.policy import Policy
from asccld.validation.result import RULE_COLUMNS, SEVERITIES, Severity, Verdict
from asccld.validation.rules import Check

_NAMED_COLUMNS = 8


def counts_by_severity(findings: Findings) -> dict[Severity, int]:
    """Findings by severity, listed or not."""
    counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
    for check, tally in zip(findings.checks, findings.tallies, strict=True):
        counts[check.severity] += tally.failed
    return counts


def verdict_of(
    findings: Findings, rows_with: dict[Severity, int], events: int, policy: Policy
) -> tuple[Verdict, tuple[str, ...]]:
    """The verdict, and one sentence for each reason to reject."""
    reasons = [
        _reason(c, t.failed, findings)
        for c, t in zip(findings.checks, findings.tallies, strict=True)
        if c.severity == "reject" and t.failed
    ]
    wrong = max(rows_with["error"], rows_with["reject"])
    if events and wrong / events > policy.rows_with_errors:
        reasons.append(f"{wrong:,} of {events:,} rows have errors; the policy allows {policy.rows_with_errors:.0%}")
    if reasons:
        return "REJECTED", tuple(reasons)
    errors = any(t.failed for c, t in zip(findings.checks, findings.tallies, strict=True) if c.severity == "error")
    return ("ACCEPTED WITH ERRORS" if errors else "ACCEPTED"), ()


def _reason(check: Check, failed: int, findings: Findings) -> str:
    if check.rule.type == "header":
        return f"{check.rule.title}: {_named(findings.places(check))}"
    place = f" ({check.field.header})" if check.field else ""
    times = "once" if failed == 1 else f"{failed:,} times"
    return f"{check.rule.title}{place}: {times}"


def _named(columns: list[str]) -> str:
    more = len(columns) - _NAMED_COLUMNS
    return ", ".join(columns[:_NAMED_COLUMNS]) + (f" and {more} more" if more > 0 else "")


def _header(check: Check, findings: Findings) -> str | None:
    """The field's header; of a rule about the header row, the columns it found fault with."""
    if check.rule.type == "header":
        return _named(findings.places(check)) or None
    return check.field.header if check.field else None


def rule_table(findings: Findings, rows: pl.Series, hidden_positions: pl.Series) -> pl.DataFrame:
    """One row for each check (RULE_COLUMNS), in the order of the findings."""
    summary = findings.summary()
    checks = findings.checks
    texts = pl.DataFrame(
        {
            "rule": [c.rule.id for c in checks],
            "field": [c.field.name if c.field else None for c in checks],
            "header": [_header(c, findings) for c in checks],
            "severity": [c.severity for c in checks],
            "confidence": [c.confidence for c in checks],
            "title": [c.rule.title for c in checks],
            "message": [_general(c.message, c) for c in checks],
            "fix": [_general(c.fix, c) for c in checks],
            "source": [c.rule.source for c in checks],
            "check": range(len(checks)),
        },
        schema_overrides={"check": pl.UInt32, "field": pl.String, "header": pl.String},
    )
    shown = pl.Series([d.value for d in findings.details], dtype=pl.String)
    table = texts.join(summary, on="check", how="left", maintain_order="left").with_columns(
        outcome=pl.when(pl.col("failed") > 0)
        .then(pl.lit("failed"))
        .when(pl.col("checked") > 0)
        .then(pl.lit("passed"))
        .otherwise(pl.lit("not applicable")),
        example_row=rows.gather(summary["position"]),
        example_value=hide(pl.coalesce(shown.gather(summary["detail"]), "value"), hidden_positions),
    )
    order = pl.col("severity").replace_strict({s: i for i, s in enumerate(SEVERITIES)}, return_dtype=pl.UInt8)
    return table.sort(order, "check", maintain_order=True).select(pl.col(c).cast(t) for c, t in RULE_COLUMNS.items())


def _general(text: str, check: Check) -> str:
    """A message without the particulars of one finding."""
    return (
        text.replace("'{meant}'", "the value meant")
        .replace("{meant}", "…")
        .replace("'{value}'", "")
        .replace("{value}", "…")
        .replace("  ", " ")
        .replace("{field}", check.field.header if check.field else "the column")
    )
