"""A result in which every text that comes from the file is an attack."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from asccld.validation.result import ValidationResult

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
TURNED = "abc\u202egnp.exe \u05d0\u05d1\u05d2"
LONG = "x" * 10_000
VALUES = [
    SCRIPT, FORMULA, TURNED, LONG, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1",
    '"><img src=x onerror=alert(1)>', "a\u0000b", "{{7*7}}", "%s%n", "White\u00a0British",
    "http://example.invalid/", "\ufffe", "'", "",
]  # fmt: skip


def hostile(result: ValidationResult) -> ValidationResult:
    """The result with values, references, headers and names replaced."""
    wicked = pl.Series(VALUES)
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    value = pl.lit(wicked).gather(number % len(wicked))
    header = pl.when(number % 7 == 0).then(value).otherwise(pl.col("header"))
    return replace(
        result,
        file=replace(result.file, path=Path("=1<b>\u202egpj.csv"), notes=(SCRIPT, FORMULA)),
        la_code=FORMULA,
        la_name=SCRIPT,
        reasons=(SCRIPT, TURNED, LONG),
        findings=result.findings.with_columns(value=value, event_reference=value, message=value, fix=value),
        rules=result.rules.with_columns(
            example_value=pl.when(pl.col("failed") > 0).then(value),
            message=value,
            fix=value,
            title=value,
            header=header,
        ),
        fields=result.fields.with_columns(header=pl.lit(SCRIPT)),
    )
