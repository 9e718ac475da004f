"""Speed and memory of `asccld validate`, as ratios: `make bench`, or `python benchmarks/validate.py --help`.

Prints Markdown tables; exit code 1 when a limit is not kept. Ratios and not seconds, because seconds are a machine's.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import against_reading
import linear
import side_by_side
from timing import load

_SECTIONS = ("reading", "linear", "peers")
_TITLES = {
    "reading": f"Against reading the file ({against_reading.ROWS:,} rows, 48 columns, 5 % of the cells faulty)",
    "linear": "Growing files",
    "peers": "Peers, on one subset of the rules",
}


def main() -> None:
    """Measure the sections asked for."""
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    machine = (
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, Polars {version('polars')}"
    )
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {machine}")
    kept = [_section(name, asked) for name in asked.only or _SECTIONS]
    raise SystemExit(0 if all(kept) else 1)


def _section(name: str, asked: argparse.Namespace) -> bool:
    measures: dict[str, Callable[[], tuple[str, bool]]] = {
        "reading": lambda: against_reading.measure(asked.folder, asked.rounds or 5),
        "linear": lambda: linear.measure(asked.folder, asked.rounds or 3, long=asked.long),
        "peers": lambda: side_by_side.measure(asked.folder, asked.rounds or 3, long=asked.long, only=asked.peer),
    }
    print(f"\n## {_TITLES[name]}\n\nBefore: {load()}\n", flush=True)
    text, kept = measures[name]()
    print(f"{text}\n\nAfter: {load()}. {'Kept.' if kept else 'NOT KEPT.'}", flush=True)
    return kept


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Speed and memory of asccld validate, as ratios.")
    parser.add_argument(
        "--only", action="append", default=[], choices=_SECTIONS, help="only this section; may be repeated"
    )
    parser.add_argument("--long", action="store_true", help="also 1 and 2 million rows, and slow peers on larger files")
    parser.add_argument("--rounds", type=int, help="rounds (default: 5 against reading, else 3)")
    names = [p.name for p in side_by_side.PEERS]
    parser.add_argument("--peer", action="append", default=[], choices=names, help="only this peer; may be repeated")
    folder = Path("build/bench")
    parser.add_argument("--folder", type=Path, default=folder, help=f"where the files are kept (default: {folder})")
    return parser.parse_args()


if __name__ == "__main__":
    main()
