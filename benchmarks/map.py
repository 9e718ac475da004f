"""Speed and memory of `asccld map` against validating what it wrote, as a ratio: `python benchmarks/map.py --help`.

Made-up extracts of a case management system (people, requests, assessments, services, reviews, costs and three small
ones) become one submission. Exit code 1 when a limit is not kept.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

from timing import Runs, alternate, load, table

from asccld.synthetic import make_councils
from asccld.synthetic.local_extracts import MAPPING_FILE, write_extracts

ROWS = 500_000
SYSTEM = "mosaic"
LIMIT = 3.0
MEMORY_LIMIT_MB = 2048


def main() -> None:
    """Make the extracts if they are not there, and measure."""
    asked = _arguments()
    folder = asked.folder / f"{asked.system}-{asked.rows}"
    _extracts(folder, asked.system, asked.rows)
    out = folder / "submission.csv"
    asccld = [sys.executable, "-m", "asccld"]
    jobs = {
        "map": [*asccld, "map", "--mapping", str(folder / MAPPING_FILE), "--out", str(out)],
        "check": [*asccld, "map", "check", "--mapping", str(folder / MAPPING_FILE)],
        "validate": [*asccld, "validate", str(out), "--release", "r2"],
    }
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}. {asked.rows:,} events of {asked.system}. Before: {load()}\n", flush=True)
    Runs().add(jobs["map"])  # what validate reads in the first round
    found = alternate(jobs, asked.rounds)
    text, kept = _result(found)
    print(f"{text}\n\nAfter: {load()}. {'Kept.' if kept else 'NOT KEPT.'}")
    raise SystemExit(0 if kept else 1)


def _result(found: dict[str, Runs]) -> tuple[str, bool]:
    pairs = list(zip(found["map"].seconds, found["validate"].seconds, strict=True))
    ratio = statistics.median((m + v) / v for m, v in pairs)
    cpu = statistics.median((m + v) / v for m, v in zip(found["map"].cpu, found["validate"].cpu, strict=True))
    peak = max(found[name].peak_mb for name in ("map", "validate"))
    rows = [
        (name, f"{runs.median / found['validate'].median:.2f}", f"{runs.peak_mb:.0f}") for name, runs in found.items()
    ]
    note = (
        f"Mapped, written and validated in {ratio:.2f} times the time of validating (processor time {cpu:.2f}), limit "
        f"{LIMIT}; peak {peak:.0f} MB, limit {MEMORY_LIMIT_MB} MB."
    )
    heads = ("`asccld`", "time / time of validating", "peak MB")
    return f"{table(heads, rows)}\n\n{note}", ratio <= LIMIT and peak <= MEMORY_LIMIT_MB


def _extracts(folder: Path, system: str, rows: int) -> None:
    if (folder / MAPPING_FILE).exists():
        return
    made = next(iter(make_councils(councils=1, people=max(5, rows // 3), rows=rows, release="r2")))
    write_extracts(folder, system, made)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of asccld map, as a ratio to validating the result.")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"events (default: {ROWS:,})")
    parser.add_argument("--system", default=SYSTEM, help=f"whose layout (default: {SYSTEM})")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default: 5)")
    folder = Path("build/bench/map")
    parser.add_argument("--folder", type=Path, default=folder, help=f"where the files are kept (default: {folder})")
    return parser.parse_args()


if __name__ == "__main__":
    main()
