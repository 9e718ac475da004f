"""dataframely: one schema with a rule for each of the subset; its failure object gives the rows."""
# pyright: reportMissingImports=false

from __future__ import annotations

import dataframely as dy
import polars as pl
from given import FIRST_ROW, Job, job
from polars_rules import holds, read


def schema(job: Job, frame: pl.DataFrame) -> type[dy.Schema]:
    """Every column as it is, and the rules as `dy.rule`."""
    columns = {n: _column(t) for n, t in frame.schema.items()}
    rules = {_attribute(i): dy.rule()(lambda _, r=rule: holds(r)) for i, rule in enumerate(job.rules)}
    return type("Subset", (dy.Schema,), {**columns, **rules})


def _column(kind: pl.DataType) -> dy.Column:
    if kind == pl.Date:
        return dy.Date(nullable=True)
    return dy.Float64(nullable=True) if kind == pl.Float64 else dy.String(nullable=True)


def _attribute(at: int) -> str:
    return f"rule_{at}"


def main() -> None:
    """Check the extract and write what failed."""
    given = job()
    frame = read(given).with_row_index("row", FIRST_ROW).with_columns(pl.col("row").cast(pl.String))
    _, failure = schema(given, frame).filter(frame)
    details = failure.details()
    names = {_attribute(i): rule["id"] for i, rule in enumerate(given.rules)}
    parts = [details.filter(pl.col(a) == "invalid").select(pl.lit(i).alias("rule"), "row") for a, i in names.items()]
    pl.concat(parts).write_csv(given.out)


if __name__ == "__main__":
    main()
