"""Speed and memory of `asccld measure`, against reading the columns that it needs: `python benchmarks/measures.py`.

DuckDB reads these columns from Parquet into a table of its own, and does nothing else: whoever computes anything from
them takes that time. Whole processes, alternating. All measures at once for each number of rows, and each by itself for
the smallest and the largest, which tells whether its cost is linear. Exit code 1 when a limit is not kept; below
`LIMITED_FROM` rows the time is that of starting up, and its ratio is shown but not held to the limit. Then come the
Department's measures on main tables, by `department.py`.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from department import LONG_SIZE
from department import SIZES as MAIN_SIZES
from department import Asked as AskedOfDepartment
from department import report as report_department
from nation import nation
from timing import Runs, alternate, load, ratio, table

from asccld.cli.measure import EVERY, METHOD
from asccld.measures import measures, needed_columns

SIZES = (500_000, 2_000_000)
LONG_SIZES = (5_000_000, 15_000_000)
COUNCILS = 153
SMALLEST = (1_000, 1, 1)
"""A nation whose time counts as start-up."""
LIMIT, AIM = 15.0, 5.0
LIMITED_FROM = 5_000_000
GROWTH = 1.25
MEMORY_LIMIT_MB = 8192
THREADS = 4
NAMES = [m.name for m in measures() if m.method == METHOD]
_PERIOD = ("--start", "2025-04-01", "--end", "2026-03-31")
_IMPORTED = ("import_by=2026-06-30", "sts_import_by=2026-06-30")
_READ = """
import sys, duckdb
source, columns, threads, memory = sys.argv[1:]
with duckdb.connect() as con:
    con.execute(f"SET threads = {threads}")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute(f"CREATE TABLE events AS SELECT {columns} FROM read_parquet('{source}/*.parquet')")
"""


def reading(source: Path, memory: str) -> Sequence[str]:
    """DuckDB alone: read the columns that all measures together need."""
    columns = ", ".join(needed_columns(NAMES))
    return [sys.executable, "-c", _READ, str(source), columns, str(THREADS), memory]


def measuring(name: str, source: Path, out: Path, memory: str) -> Sequence[str]:
    """The command as a user types it."""
    program = str(Path(sys.executable).with_name("asccld"))
    engine = f"duckdb://?threads={THREADS}&memory_limit={memory}"
    parameters = _dates_of(name)
    options = [w for o in _IMPORTED if o.partition("=")[0] in parameters for w in ("--option", o)]
    given = ["--events", f"{source}/*.parquet", *_PERIOD, *options, "--engine", engine, "--out", str(out)]
    return [program, "measure", name, *given]


def _dates_of(name: str) -> set[str]:
    return {p for m in measures() if m.name == name or (name == EVERY and m.name in NAMES) for p in m.parameters}


def together(rows: int, source: Path, asked: argparse.Namespace) -> dict[str, Runs]:
    """All measures in one run, and reading alone, in turn."""
    out = asked.folder / "measured"
    commands = {"ours": measuring(EVERY, source, out, asked.memory), "reading": reading(source, asked.memory)}
    found = alternate(commands, asked.rounds)
    shutil.rmtree(out, ignore_errors=True)
    print(f"all measures, {rows:,} rows: done", file=sys.stderr)
    return found


def each(source: Path, asked: argparse.Namespace) -> dict[str, Runs]:
    """Every measure by itself."""
    out = asked.folder / "measured"
    found = alternate({name: measuring(name, source, out, asked.memory) for name in NAMES}, asked.rounds)
    shutil.rmtree(out, ignore_errors=True)
    return found


def main() -> None:
    """Measure the sizes asked for."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, DuckDB {version('duckdb')}")
    print(f"\n## Measures of generated national data\n\nBefore: {load()}\n", flush=True)
    nations = {rows: nation(rows, COUNCILS, 1, asked.folder) for rows in asked.rows}
    smallest = nation(*SMALLEST, asked.folder)
    kept = _all_at_once(nations, smallest, asked)
    if not asked.together:
        kept = _one_by_one(nations, smallest, asked) and kept
    main_rows = (*MAIN_SIZES, *((LONG_SIZE,) if asked.long else ()))
    kept = report_department(AskedOfDepartment(asked.folder, asked.memory, asked.rounds, main_rows)) and kept
    limits = f"Limits: ratio {LIMIT:.0f} (aim {AIM:.0f}), time per row {GROWTH}, memory {MEMORY_LIMIT_MB} MB"
    print(f"\n{limits}. After: {load()}. {'Kept.' if kept else 'NOT KEPT.'}", flush=True)
    raise SystemExit(0 if kept else 1)


def _all_at_once(nations: dict[int, Path], smallest: Path, asked: argparse.Namespace) -> bool:
    started = together(SMALLEST[0], smallest, asked)["ours"].median
    lines: list[tuple[str, ...]] = []
    kept, first = True, 0.0
    for rows, source in nations.items():
        found = together(rows, source, asked)
        ours, over = found["ours"], ratio(found["ours"], found["reading"])
        cost = (ours.median - started) / rows
        first = first or cost
        seconds = f"{ours.median:.1f}", f"{found['reading'].median:.1f}"
        lines.append(
            (f"{rows:,}", *seconds, str(over), f"{over.cpu:.1f}", f"{cost / first:.2f}", f"{ours.peak_mb:.0f}")
        )
        quick = rows < LIMITED_FROM or over.median <= LIMIT
        kept = kept and quick and ours.peak_mb <= MEMORY_LIMIT_MB and cost / first <= GROWTH
    heads = ("rows", "seconds", "reading", "ratio", "of processor time", "time per row / smallest", "peak MB")
    print(table(heads, lines), flush=True)
    return kept


def _one_by_one(nations: dict[int, Path], smallest: Path, asked: argparse.Namespace) -> bool:
    least, most = min(nations), max(nations)
    started = each(smallest, asked)
    small, large = each(nations[least], asked), each(nations[most], asked)
    lines: list[tuple[str, ...]] = []
    kept = True
    for name, begun in started.items():
        before, after = ((found[name].median - begun.median) / n for found, n in ((small, least), (large, most)))
        growth = after / before if before > 0 else 1.0
        kept = kept and growth <= GROWTH
        lines.append((name, f"{small[name].median:.1f}", f"{large[name].median:.1f}", f"{growth:.2f}"))
    heads = ("measure", f"seconds for {least:,} rows", f"for {most:,}", "time per row / smallest")
    print(f"\n{table(heads, lines)}", flush=True)
    return kept


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of asccld measure against reading its columns.")
    parser.add_argument("--rows", type=int, action="append", help=f"rows of the events; default {SIZES}")
    parser.add_argument("--long", action="store_true", help=f"also {LONG_SIZES} rows")
    parser.add_argument("--together", action="store_true", help="all measures at once only")
    parser.add_argument("--rounds", type=int, default=1, help="rounds (default 1)")
    parser.add_argument("--memory", default="5GiB", help="memory limit of DuckDB, for both (default 5GiB)")
    folder = Path("build/bench")
    parser.add_argument("--folder", type=Path, default=folder, help=f"where the files are kept (default: {folder})")
    asked = parser.parse_args()
    if asked.rows is None:
        asked.rows = [*SIZES, *(LONG_SIZES if asked.long else ())]
    return asked


if __name__ == "__main__":
    main()
