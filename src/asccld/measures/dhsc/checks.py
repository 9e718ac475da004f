"""The official checks of consistency: no table of ASCOF figures may have a row that fails one.

Method: DHSC ASCOF main script (dhsc-2026-06), "QA checks". A check looks at every table that has its columns; a
missing figure fails nothing. Known limitation: part 2 of ASCOF 2D counts reablement by the council that gave it and
discharges by that of residence, so that a small council can fail its check although nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Table

from asccld.measures.dhsc.figures import OLDER, TOTAL, WORKING, label
from asccld.measures.source import in_list
from asccld.processing.text import starts

GROUPS = ("Male", "Female", WORKING, OLDER, TOTAL)
HIGHEST = 100
"""No percentage is larger."""


@dataclass(frozen=True)
class Check:
    """One thing that no row of a table may be."""

    name: str
    columns: tuple[str, ...]
    """A table that has these columns is checked."""
    fails: Callable[[Table], BooleanValue]


def _rates() -> tuple[str, ...]:
    return tuple(label(name).measure for name in ("ascof_2b", "ascof_2c"))


def _above_100(rows: Table) -> BooleanValue:
    is_rate = in_list(rows.measure, *_rates())
    return cast("BooleanValue", (rows.outcome > HIGHEST) & ~is_rate)


CHECKS = (
    Check(
        "numerator above denominator",
        ("numerator", "denominator"),
        lambda t: cast("BooleanValue", t.numerator > t.denominator),
    ),
    Check("outcome above 100 %", ("measure", "outcome"), _above_100),
    Check("unknown group", ("measure", "group"), lambda t: cast("BooleanValue", ~in_list(t.group, *GROUPS))),
    Check("measure that is not of ASCOF", ("measure", "group"), lambda t: ~starts(t.measure, "ASCOF")),
    Check(
        "more reablement than discharges",
        ("discharges", "reablement_count"),
        lambda t: cast("BooleanValue", t.reablement_count > t.discharges),
    ),
    Check(
        "outcome above 100 %",
        ("client_type", "outcome_percent"),
        lambda t: cast("BooleanValue", t.outcome_percent > HIGHEST),
    ),
)
"""Every check of the main script."""


def checks_of(table: Table) -> tuple[Check, ...]:
    """The checks that look at a table of these columns."""
    return tuple(check for check in CHECKS if set(check.columns) <= set(table.columns))


def failures(table: Table) -> Table:
    """How many rows of a table fail its checks: columns check and rows, one row for each check that is failed."""
    counted = [
        table.aggregate(rows=table.count(where=check.fails(table))).mutate(check=ibis.literal(check.name))
        for check in checks_of(table)
    ]
    if not counted:
        return ibis.memtable({"check": [], "rows": []}, schema={"check": "string", "rows": "int64"})
    found = ibis.union(*counted)
    return found.filter(found["rows"] > 0).select("check", "rows")
