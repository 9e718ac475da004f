"""Time and memory as files grow."""

from __future__ import annotations

from pathlib import Path

from against_reading import validating
from samples import sample
from timing import Runs, alternate, table

SIZES = (50_000, 200_000, 500_000)
LONG_SIZES = (1_000_000, 2_000_000)
LIMIT = 1.5
"""The most that a row of the largest file may cost, as a multiple of a row of the smallest."""
_FEW = 10
"""Rows of the file whose time counts as start-up."""


def measure(folder: Path, rounds: int, *, long: bool) -> tuple[str, bool]:
    """The section as text, and whether time grows with the rows and no faster."""
    sizes = (*SIZES, *(LONG_SIZES if long else ()))
    outputs = ("--report", str(folder / "report.html"), "--findings", str(folder / "findings.parquet"))
    commands = {str(size): validating(sample("full", size, folder), *outputs) for size in (_FEW, *sizes)}
    found = alternate(commands, rounds)
    started = found[str(_FEW)].median
    costs = {size: _cost(found[str(size)], size, started) for size in sizes}
    rows = [(f"{s:,}", f"{costs[s] / costs[sizes[0]]:.2f}", f"{found[str(s)].peak_mb:.0f}") for s in sizes]
    growth = costs[sizes[-1]] / costs[sizes[0]]
    share = started / found[str(sizes[0])].median
    note = f"Start-up (a file of {_FEW} rows) is subtracted; it is {share:.0%} of the time for {sizes[0]:,} rows."
    heads = ("rows", f"time per row / that of {sizes[0]:,} rows", "peak MB")
    return f"{table(heads, rows)}\n\n{note} Limit {LIMIT}: {growth:.2f}.", growth <= LIMIT


def _cost(runs: Runs, rows: int, started: float) -> float:
    return (runs.median - started) / rows
