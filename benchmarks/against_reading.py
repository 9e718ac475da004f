"""Our whole job against reading the same file: the whole process against a whole process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from samples import sample
from timing import Runs, alternate, ratio, table

ROWS = 500_000
AIM, LIMIT = 2.5, 4.0
MEMORY_LIMIT_MB = 2048
_READ = "import sys, polars as pl; pl.read_csv(sys.argv[1], infer_schema=False)"


def reading(path: Path) -> Sequence[str]:
    """The command that only reads the file into text columns."""
    return [sys.executable, "-c", _READ, str(path)]


def validating(path: Path, *more: str) -> Sequence[str]:
    """The command of our job."""
    return [str(Path(sys.executable).with_name("asccld")), "validate", str(path), "--release", "r2", *more]


def measure(folder: Path, rounds: int) -> tuple[str, bool]:
    """The section as text, and whether the limits are kept."""
    path = sample("full", ROWS, folder)
    report, parquet, text = (str(folder / name) for name in ("report.html", "findings.parquet", "findings.csv"))
    jobs = {
        "verdict only": validating(path),
        "HTML report and findings as Parquet": validating(path, "--report", report, "--findings", parquet),
        "HTML report and findings as CSV": validating(path, "--report", report, "--findings", text),
    }
    found = alternate({"reading": reading(path), **jobs}, rounds)
    under = found["reading"]
    rows = [(name, *_line(found[name], under)) for name in jobs]
    kept = ratio(found["HTML report and findings as Parquet"], under)
    largest = max(found[name].peak_mb for name in jobs)
    memory = f"Memory limit {MEMORY_LIMIT_MB} MB: peak {largest:.0f} MB (reading alone: {under.peak_mb:.0f} MB)."
    note = f"Aim {AIM}, limit {LIMIT}: ratio {kept.median:.2f}. {memory}"
    heads = ("`asccld validate`, all checks", "time / reading time", "processor time / reading's", "peak MB")
    return f"{table(heads, rows)}\n\n{note}", kept.median <= LIMIT and largest <= MEMORY_LIMIT_MB


def _line(runs: Runs, under: Runs) -> tuple[str, str, str]:
    found = ratio(runs, under)
    return str(found), f"{found.cpu:.2f}", f"{runs.peak_mb:.0f}"
