"""How long made-up data take, and how much memory: python benchmarks/synth.py [ROWS...]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from timing import Runs, load

SIZES = (50_000, 200_000, 1_000_000)
FAULTS = 0.05


def timed(rows: int, *options: str) -> Runs:
    """One run of `asccld synth`, whole process, file on disk."""
    runs = Runs()
    with tempfile.TemporaryDirectory() as folder:
        runs.add([sys.executable, "-m", "asccld", "synth", str(Path(folder) / "out"), "--rows", str(rows), *options])
    return runs


def main(sizes: tuple[int, ...]) -> None:
    """Print seconds, peak memory and rows per second, clean and with faults."""
    print(f"load before: {load()}")
    print(f"{'rows':>10}  {'kind':<12} {'seconds':>8} {'peak MB':>8} {'rows/s':>10}")
    for rows in sizes:
        for kind, options in (("clean", ()), (f"faults {FAULTS}", ("--faults", str(FAULTS)))):
            runs = timed(rows, *options)
            print(f"{rows:>10,}  {kind:<12} {runs.median:8.1f} {runs.peak_mb:8.0f} {rows / runs.median:10,.0f}")


if __name__ == "__main__":
    main(tuple(int(text) for text in sys.argv[1:]) or SIZES)
