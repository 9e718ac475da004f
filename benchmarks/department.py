"""The Department's measures on national main tables, for `benchmarks/measures.py`.

A main table is made once by `asccld process`, repeated under other identifiers until it has the rows asked for, and
kept: people of as many kinds, and more of them. DuckDB reads the columns that the measures need into a table of its
own, and does nothing else: whoever computes anything from them takes that time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
from nation import nation
from timing import Runs, alternate, ratio, table

from asccld.measures import measures
from asccld.measures.main_table import needed_main_columns

COUNCILS, FILES = 40, 8
"""Eight quarterly files of each council: what joins."""
EVENTS = 1_000_000
"""Of the nation whose main tables are repeated."""
SIZES = (2_000_000, 8_000_000)
LONG_SIZE = 30_000_000
IDENTIFIERS = (
    "der_unique_record_id",
    "der_unique_event_ref",
    "der_nhs_number_traced_pseudo",
    "der_nhs_number_pseudo",
    "la_person_unique_identifier",
    "der_nhs_la_combined_person_id",
)
PERIOD = ("--start", "2025-04-01", "--end", "2026-03-31")
DAYS = {"joined": ("--start", "2024-07-01", "--end", "2026-03-31"), "single": PERIOD}
LEFT_OUT = {"ascof_2d", "ascof_published", "dq_values"}
"""They need hospital episodes, and the collector's codes, which no generated nation has."""
LIMIT, GROWTH, MEMORY_LIMIT_MB, THREADS = 15.0, 1.25, 8192, 4
LIMITED_FROM = 2_000_000
_READ = """
import sys, duckdb
source, columns, threads, memory = sys.argv[1:]
with duckdb.connect() as con:
    con.execute(f"SET threads = {threads}")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute(f"CREATE TABLE main AS SELECT {columns} FROM read_parquet('{source}')")
"""


class Asked(NamedTuple):
    """What the harness was told."""

    folder: Path
    memory: str
    rounds: int
    rows: Sequence[int]


def names(mode: str) -> list[str]:
    """The measures that stand on that main table."""
    return [m.name for m in measures() if m.input == mode and m.name not in LEFT_OUT]


def main_table(rows: int, mode: str, asked: Asked) -> Path:
    """A main table of at least so many rows."""
    made = asked.folder / f"main-{mode}-of-{rows}.parquet"
    if not made.exists():
        making = made.with_suffix(".making.parquet")
        _repeat(_one_nation(mode, asked), rows, making)
        making.rename(made)
    return made


def _one_nation(mode: str, asked: Asked) -> Path:
    """The main table of one nation, as `asccld process` makes it."""
    made = asked.folder / f"main-{mode}-{EVENTS}.parquet"
    if not made.exists():
        making, events = made.with_suffix(".making.parquet"), nation(EVENTS, COUNCILS, FILES, asked.folder)
        given = ["--events", f"{events}/*.parquet", *DAYS[mode], "--as-of", "2026-06-30", *_engine(asked.memory)]
        subprocess.run([_program(), "process", "--mode", mode, *given, "--out", str(making)], check=True)
        making.rename(made)
    return made


def _repeat(source: Path, rows: int, target: Path) -> None:
    """The rows of a table as often as are wanted, every time of other people."""
    once = pl.scan_parquet(source)
    kinds = once.collect_schema()
    most = int(once.select(pl.col(IDENTIFIERS[0]).max()).collect().item()) + 1

    def again(time: int) -> pl.LazyFrame:
        texts = [pl.col(c) + f"-{time}" for c in IDENTIFIERS if kinds.get(c) == pl.String]
        numbers = [pl.col(c) + time * most for c in IDENTIFIERS if c in kinds and kinds[c] != pl.String]
        return once.with_columns(*texts, *numbers)

    pl.concat([again(time) for time in range(-(-rows // _rows(source)))]).sink_parquet(target)


def _program() -> str:
    return str(Path(sys.executable).with_name("asccld"))


def _engine(memory: str) -> tuple[str, str]:
    return "--engine", f"duckdb://?threads={THREADS}&memory_limit={memory}"


def measured(source: Path, mode: str, asked: Asked, only: Sequence[str] = ()) -> dict[str, Runs]:
    """All measures of a main table in one run, and reading alone, in turn."""
    out, wanted = asked.folder / "department", list(only or names(mode))
    given = ["--main", str(source), *PERIOD, *_engine(asked.memory), "--out", str(out)]
    columns = ", ".join(needed_main_columns(wanted))
    found = alternate(
        {
            "ours": [_program(), "measure", *wanted, *given],
            "reading": [sys.executable, "-c", _READ, str(source), columns, str(THREADS), asked.memory],
        },
        asked.rounds,
    )
    shutil.rmtree(out, ignore_errors=True)
    return found


def report(asked: Asked) -> bool:
    """Print the table of both main tables; whether the limits are kept."""
    print("\n## The Department's measures, of generated main tables\n", flush=True)
    lines: list[tuple[str, ...]] = []
    kept = True
    for mode in DAYS:
        first = 0.0
        for rows in asked.rows:
            source = main_table(rows, mode, asked)
            number = _rows(source)
            found = measured(source, mode, asked)
            ours, over = found["ours"], ratio(found["ours"], found["reading"])
            cost = ours.median / number
            first = first or cost
            seconds = f"{ours.median:.1f}", f"{found['reading'].median:.1f}"
            lines.append((mode, f"{number:,}", *seconds, str(over), f"{cost / first:.2f}", f"{ours.peak_mb:.0f}"))
            quick = number < LIMITED_FROM or over.median <= LIMIT
            kept = kept and quick and cost / first <= GROWTH and ours.peak_mb <= MEMORY_LIMIT_MB
    heads = ("main table", "rows", "seconds", "reading", "ratio", "time per row / smallest", "peak MB")
    print(table(heads, lines), flush=True)
    return kept


def _rows(path: Path) -> int:
    return pl.scan_parquet(path).select(pl.len()).collect().item()
