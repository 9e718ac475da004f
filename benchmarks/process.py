"""Speed and memory of `asccld process`, against DuckDB alone sorting the same rows: `make bench`, or `--help`.

DuckDB reads the Parquet files, sorts all columns by council and person, and writes them back: the least that a job can
take which must bring together what belongs together. Whole processes, alternating; exit code 1 when a limit is not
kept. Below `LIMITED_FROM` rows the time is that of starting up, and its ratio is shown but not held to the limit.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from nation import nation
from timing import Runs, alternate, load, ratio, table

SIZES = (500_000, 2_000_000)
LONG_SIZES = (5_000_000, 15_000_000)
COUNCILS = 153
JOINED = (30_000_000, 40, 8)
"""Rows, councils and quarterly files of the joined case; `--joined` takes another number of rows."""
SHORT_JOINED = 1_000_000
LIMIT, AIM = 2.0, 1.0
LIMITED_FROM = 2_000_000
GROWTH = 1.25
MEMORY_LIMIT_MB = 8192
THREADS = 4
_YEAR = ("--start", "2025-04-01", "--end", "2026-03-31")
_TWO_YEARS = ("--start", "2024-07-01", "--end", "2026-03-31")
_SORT = """
import sys, tempfile, duckdb
source, out, threads, memory = sys.argv[1:]
with tempfile.TemporaryDirectory() as spilled, duckdb.connect() as con:
    con.execute(f"SET threads = {threads}")
    con.execute(f"SET temp_directory = '{spilled}'")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute(
        f"COPY (SELECT * FROM read_parquet('{source}/*.parquet') ORDER BY la_code, la_person_unique_identifier) "
        f"TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    )
"""


def sorting(source: Path, out: Path, memory: str) -> Sequence[str]:
    """DuckDB alone: read, sort, write."""
    return [sys.executable, "-c", _SORT, str(source), str(out), str(THREADS), memory]


def processing(mode: str, source: Path, out: Path, memory: str) -> Sequence[str]:
    """The command as a user types it."""
    program = Path(sys.executable).with_name("asccld")
    days = (*(_YEAR if mode == "single" else _TWO_YEARS), "--as-of", "2026-06-30")
    engine = ("--engine", f"duckdb://?threads={THREADS}&memory_limit={memory}")
    return [
        str(program),
        "process",
        "--mode",
        mode,
        *days,
        "--events",
        f"{source}/*.parquet",
        *engine,
        "--out",
        str(out),
    ]


def measured(mode: str, source: Path, asked: argparse.Namespace) -> dict[str, Runs]:
    """Our command and DuckDB's sort, in turn."""
    main, ordered = asked.folder / "main.parquet", asked.folder / "ordered.parquet"
    ours, sort = processing(mode, source, main, asked.memory), sorting(source, ordered, asked.memory)
    found = alternate({"ours": ours, "sort": sort}, asked.rounds)
    for written in (main, ordered):
        written.unlink(missing_ok=True)
    return found


def line(mode: str, rows: int, found: dict[str, Runs], per_row: str) -> tuple[str, ...]:
    """One row of the table; `per_row` is that of the table's column."""
    ours, sort = found["ours"], found["sort"]
    seconds = f"{ours.median:.1f}", f"{sort.median:.1f}"
    over = ratio(ours, sort)
    return (mode, f"{rows:,}", *seconds, str(over), f"{over.cpu:.2f}", per_row, f"{ours.peak_mb:.0f}")


def main() -> None:
    """Measure the sizes asked for."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, DuckDB {version('duckdb')}")
    print(f"\n## Main tables from generated national data\n\nBefore: {load()}\n", flush=True)
    lines, kept = _lines(asked)
    heads = (
        "table",
        "rows in",
        "seconds",
        "DuckDB's sort",
        "ratio",
        "of processor time",
        "time of a further row / of one after the smallest",
        "peak MB",
    )
    print(table(heads, lines))
    limits = f"Limits: ratio {LIMIT} (aim {AIM}), time per row {GROWTH}, memory {MEMORY_LIMIT_MB} MB"
    print(f"\n{limits}. After: {load()}. {'Kept.' if kept else 'NOT KEPT.'}", flush=True)
    raise SystemExit(0 if kept else 1)


def _lines(asked: argparse.Namespace) -> tuple[list[tuple[str, ...]], bool]:
    lines: list[tuple[str, ...]] = []
    kept = True
    points: list[tuple[int, float]] = []
    for rows in asked.rows:
        found = measured("single", nation(rows, COUNCILS, 1, asked.folder), asked)
        points.append((rows, found["ours"].median))
        lines.append(line("single", rows, found, "".join(f"{g:.2f}" for g in _growth(points)[-1:])))
        kept = kept and _within(found, rows)
        print(f"single, {rows:,} rows: done", file=sys.stderr)
    if asked.joined:
        found = measured("joined", nation(asked.joined, *JOINED[1:], asked.folder), asked)
        lines.append(line("joined", asked.joined, found, ""))
        kept = kept and _within(found, asked.joined)
    return lines, kept and max(_growth(points), default=1.0) <= GROWTH


def _growth(points: Sequence[tuple[int, float]]) -> list[float]:
    """What a further row takes from each size to the next, as a multiple of what it takes from the first."""
    slopes = [(to[1] - at[1]) / (to[0] - at[0]) for at, to in pairwise(points)]
    return [slope / slopes[0] for slope in slopes]


def _within(found: dict[str, Runs], rows: int) -> bool:
    quick = rows < LIMITED_FROM or ratio(found["ours"], found["sort"]).median <= LIMIT
    return quick and found["ours"].peak_mb <= MEMORY_LIMIT_MB


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of asccld process against DuckDB's sort.")
    parser.add_argument("--rows", type=int, action="append", help=f"rows of a single case; default {SIZES}")
    parser.add_argument("--joined", type=int, default=None, help=f"rows of the joined case; default {SHORT_JOINED:,}")
    parser.add_argument("--long", action="store_true", help=f"also {LONG_SIZES} rows, and {JOINED[0]:,} joined ones")
    parser.add_argument("--rounds", type=int, default=1, help="rounds (default 1)")
    parser.add_argument("--memory", default="5GiB", help="memory limit of DuckDB, for both (default 5GiB)")
    folder = Path("build/bench")
    parser.add_argument("--folder", type=Path, default=folder, help=f"where the files are kept (default: {folder})")
    asked = parser.parse_args()
    if asked.rows is None:
        asked.rows = [*SIZES, *(LONG_SIZES if asked.long else ())]
    if asked.joined is None:
        asked.joined = JOINED[0] if asked.long else SHORT_JOINED
    return asked


if __name__ == "__main__":
    main()
