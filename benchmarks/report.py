"""Speed and memory of `asccld report`, against computing the same measures: `python benchmarks/report.py`.

A made-up council with so many rows in each of its quarterly files is put into a register. One command then computes
every measure that the report is made of, and writes its tables; the other makes the workbook and the pages as well,
with checks of the files and what changed between them. Whole processes, alternating. Exit code 1 when a limit is not
kept.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from timing import alternate, load, ratio, table

from asccld.measures import measures
from asccld.privacy import PseudonymKey
from asccld.submissions import Register
from asccld.synthetic import make_councils

ROWS = 500_000
ROWS_OF_A_PERSON = 2.79
"""Rows in twelve months for each made-up person."""
QUARTERS = 4
LIMIT, MEMORY_LIMIT_MB = 5.0, 2048
LEFT_OUT = {"ascof_2d", "ascof_published", "dq_values", "dimensions", "person_details"}
"""What the report does not compute without further tables."""
PERIOD = ("--start", "2025-04-01", "--end", "2026-03-31")


def store_of(rows: int, folder: Path) -> Path:
    """A register with a year of files of one council."""
    store = folder / f"store-{rows}"
    if store.exists():
        return store
    key, part = PseudonymKey.generate(), folder / f"store-{rows}.part"
    shutil.rmtree(part, ignore_errors=True)
    with Register.open(part, create=True) as register:
        for sent in make_councils(people=round(rows / ROWS_OF_A_PERSON), quarters=QUARTERS, seed=1):
            file = folder / sent.file_name
            sent.frame.write_csv(file)
            register.add(file, la=sent.la_code, received=datetime.combine(sent.received, time(9), UTC), key=key)
            file.unlink()
    return part.rename(store)


def measuring(store: Path, out: Path) -> Sequence[str]:
    """Every measure of the report, with its tables."""
    names = [m.name for m in measures() if m.name not in LEFT_OUT]
    as_of = f"{datetime.now(tz=UTC):%Y-%m-%d}"
    return [_program(), "measure", *names, "--store", str(store), *PERIOD, "--as-of", as_of, "--out", str(out)]


def reporting(store: Path, out: Path, *more: str) -> Sequence[str]:
    """The report."""
    return [_program(), "report", "--store", str(store), *PERIOD, *more, "--out", str(out)]


def _program() -> str:
    return str(Path(sys.executable).with_name("asccld"))


def main() -> None:
    """Measure, print, and say whether the limits are kept."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    store = store_of(asked.rows, asked.folder)
    kinds = {"report": (), "report --people": ("--people",), "report --shareable": ("--shareable",)}
    commands = {name: reporting(store, asked.folder / f"out {name}", *more) for name, more in kinds.items()}
    commands["measures"] = measuring(store, asked.folder / "out measures")
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {load()}\n")
    found = alternate(commands, asked.rounds)
    rows = [
        (name, str(ratio(found[name], found["measures"])), f"{found[name].peak_mb:,.0f} MB", _size(asked.folder, name))
        for name in kinds
    ]
    heads = ("", f"times the measures alone, {asked.rows:,} rows a file", "most memory", "workbook")
    print(table(heads, rows))
    slow = [n for n in kinds if ratio(found[n], found["measures"]).median > LIMIT]
    large = [n for n in kinds if found[n].peak_mb > MEMORY_LIMIT_MB]
    print(f"\nAfter: {load()}. {'NOT KEPT: ' + ', '.join([*slow, *large]) if slow or large else 'Kept.'}")
    raise SystemExit(1 if slow or large else 0)


def _size(folder: Path, name: str) -> str:
    return f"{(folder / f'out {name}' / 'report.xlsx').stat().st_size / 1e6:.1f} MB"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of asccld report, against its measures alone.")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/report"), help="where the data are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
