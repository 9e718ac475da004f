"""pandera on Polars: a schema with a named check for each rule, validated lazily so that all failures are collected."""
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Callable

import pandera.polars as pa
import polars as pl
from given import FIRST_ROW, Job, Rule, job
from pandera.errors import SchemaErrors
from polars_rules import holds, read


def schema(job: Job, frame: pl.DataFrame) -> pa.DataFrameSchema:
    """Rules on one column are checks of the column, the others checks of the frame."""
    single = [r for r in job.rules if _one_column(r)]
    columns = {
        name: pa.Column(kind, nullable=True, checks=[_check(r) for r in single if _column_of(r) == name])
        for name, kind in frame.schema.items()
    }
    return pa.DataFrameSchema(columns, checks=[_check(r) for r in job.rules if not _one_column(r)])


def _one_column(rule: Rule) -> bool:
    return rule["kind"] in ("in_set", "matches", "not_matches", "minimum", "maximum", "check_digit")


def _column_of(rule: Rule) -> str:
    return f"number.{rule['field']}" if rule["kind"] in ("minimum", "maximum") else rule["field"]


def _check(rule: Rule) -> pa.Check:
    kept = holds(rule).fill_null(value=True)
    judge: Callable[[pa.PolarsData], pl.LazyFrame] = lambda data: data.lazyframe.select(kept)  # noqa: E731
    return pa.Check(judge, name=rule["id"], ignore_na=False)


def main() -> None:
    """Check the extract and write what failed."""
    given = job()
    frame = read(given)
    try:
        schema(given, frame).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        found = cases.select(rule="check", row=pl.col("index").cast(pl.Int64) + FIRST_ROW)
    else:
        found = pl.DataFrame(schema={"rule": pl.String, "row": pl.Int64})
    found.write_csv(given.out)


if __name__ == "__main__":
    main()
