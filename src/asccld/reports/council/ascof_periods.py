"""The figures of one chapter of ASCOF in every period of the report: as they are, and as they may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.council.judging import Counted
from asccld.reports.council.protecting import Shown, shares_alike
from asccld.reports.rounding import SHARE, rounded_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.reports.council.material import Material, Period, Tables
    from asccld.standard.tables import Row

CELL: Final = ("la_code", "measure", "description")
GROUPS: Final = (*CELL, "group")
LIMITS: Final = ("outcome_lower", "outcome_upper")
_At = tuple["Period", str]
"""The period, and the headline of several councils added up; blank for the table itself."""


@dataclass(frozen=True)
class Figure:
    """The figure of a headline in one period."""

    numerator: int | None
    denominator: int | None
    outcome: float | None
    mark: str
    true: Counted

    @property
    def value(self) -> float | None:
        """The outcome; none where nobody is in the denominator, for which the official table has 0."""
        return self.outcome if self.true[1] else None


@dataclass(frozen=True)
class Periods:
    """Every period's figures of one measure, all of true counts or all of rounded ones."""

    several: bool
    true: dict[_At, pl.DataFrame]
    shown: dict[_At, Shown]

    def table(self, period: Period | None) -> Shown | None:
        """The table of a period as it may be shown."""
        return self.shown.get((period, "")) if period else None

    def counted(self, period: Period, row: Row) -> pl.DataFrame:
        """The table of a period with its figures as they are, not rounded, in the column `true`."""
        above, below = pl.col("numerator"), pl.col("denominator")
        exact = (int(row["per"]) * above / pl.when(below > 0).then(below)).alias("true")
        return self.true[period, ""].select(*GROUPS, exact)

    def figure(self, period: Period | None, row: Row) -> Figure | None:
        """The figure of a headline; of all councils together where the report is of several."""
        at = (period, row["label"] if self.several else "") if period else None
        if at is None or at not in self.shown:
            return None
        shown, none = self.shown[at], pl.lit(None, pl.String)
        marks = shown.marks.get("outcome")
        frame = shown.rows.with_columns(
            mark=none if marks is None else marks,
            above=self.true[at]["numerator"],
            below=self.true[at]["denominator"],
        )
        rows = frame if self.several else _of(row, frame)
        return _figure(rows.row(0, named=True)) if rows.height else None


def periods_of(material: Material, rows: list[Row]) -> Periods:
    """The figures of the measure that these headlines are of, in the period and those before it."""
    name, per = rows[0]["table"], int(rows[0]["per"])
    known = {**dict(material.history), material.period: material.tables}
    true = {(p, ""): tables[name] for p, tables in known.items() if name in tables}
    if material.several:
        true |= {(p, label): summed for p in known for label, summed in _sums(rows, known[p])}
    if not material.shareable:
        return Periods(material.several, true, {at: Shown(table) for at, table in true.items()})
    kept = {at: table.drop(LIMITS, strict=False) for at, table in true.items()}
    shown = shares_alike(kept, CELL, whole=rows[0]["kind"] == "percent", times=per)
    return Periods(material.several, true, shown)


def _of(row: Row, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("description").str.starts_with(row["begins"]), pl.col("group") == row["group"])


def _sums(rows: list[Row], tables: Tables) -> Iterator[tuple[str, pl.DataFrame]]:
    """Numerator, denominator and outcome of all councils together, by headline."""
    for row in rows:
        if row["table"] in tables:
            yield row["label"], _summed(row, _of(row, tables[row["table"]]))


def _summed(row: Row, rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.filter(pl.col("denominator") > 0) if row["kind"] == "percent" else rows
    known = rows["denominator"].null_count() == 0
    above, total = rows.select(pl.col("numerator").sum(), pl.col("denominator").sum()).row(0)
    below = total if known else None
    outcome = rounded_value(int(row["per"]) * above / below, SHARE) if below else None
    keys = {"la_code": "all", "measure": "", "description": "", "group": "Total"}
    return pl.DataFrame(
        [{**keys, "numerator": above, "denominator": below, "outcome": outcome}],
        schema_overrides={"numerator": pl.Int64, "denominator": pl.Int64, "outcome": pl.Float64},
    )


def _figure(found: dict[str, Any]) -> Figure:
    mark = found["mark"] or ""
    outcome = None if mark else found["outcome"]
    return Figure(found["numerator"], found["denominator"], outcome, mark, (found["above"], found["below"]))
