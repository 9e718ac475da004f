"""Peers and us on one subset of the rules, on the same files, finding the same cells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from against_reading import validating
from environments import python_of, version_of
from samples import sample
from subset import count_of_checks, write_subset
from timing import Ratio, Runs, alternate, ratio, table

_HERE = Path(__file__).parent
FAST_SIZES = (10_000, 100_000, 500_000)
SLOW_SIZES = (10_000,)
LONG_SLOW_SIZES = (10_000, 100_000)


@dataclass(frozen=True)
class Peer:
    """One peer; `left_out` are rules that it cannot say."""

    name: str
    slow: bool = False
    left_out: tuple[str, ...] = field(default=())


PEERS = (
    Peer("dataframely"),
    Peer("pointblank"),
    Peer("pandera"),
    Peer("frictionless", slow=True),
    Peer("great_expectations", slow=True, left_out=("nhs-number-check-digit:nhs_number",)),
    Peer("dve", slow=True),
)


@dataclass(frozen=True)
class Line:
    """One command on one size, as a multiple of ours on the subset."""

    rows: int
    name: str
    rules: int
    cells: int | None
    """Failing cells that both found, for a peer."""
    times: Ratio
    memory: float

    def cells_of_table(self) -> tuple[str, ...]:
        """The line as texts."""
        found = "" if self.cells is None else f"{self.cells:,}"
        return (
            f"{self.rows:,}",
            self.name,
            str(self.rules),
            found,
            str(self.times),
            f"{self.times.cpu:.2f}",
            f"{self.memory:.1f}",
        )


_HEADS = (
    "rows",
    "engine",
    "rules",
    "failing cells, identical",
    "its time / ours",
    "its processor time / ours",
    "its peak MB / ours",
)


def measure(folder: Path, rounds: int, *, long: bool, only: Sequence[str]) -> tuple[str, bool]:
    """The section as text, and whether we are faster than every peer on its largest size. Raises when cells differ.

    On small files the time is that of starting up; the fast tools are held to the size of a large council's file.
    """
    chosen = [p for p in PEERS if not only or p.name in only]
    rules = len(write_subset(folder / "subset.json", folder / "subset.toml"))
    lines: list[Line] = []
    for size in FAST_SIZES:
        slow_too = size in (LONG_SLOW_SIZES if long else SLOW_SIZES)
        lines += _at(size, [p for p in chosen if slow_too or not p.slow], folder, rounds, rules)
    largest = {line.name: line for line in lines if line.cells is not None}  # sizes grow: the last one stays
    faster = all(line.times.median > 1 for line in largest.values())
    return table(_HEADS, [line.cells_of_table() for line in lines]), faster


def _at(size: int, peers: Sequence[Peer], folder: Path, rounds: int, rules: int) -> list[Line]:
    path = sample("plain", size, folder)
    found = folder / "subset-findings.parquet"
    # the others hide nothing of the people in the file
    ours = validating(path, "--policy", str(folder / "subset.toml"), "--findings", str(found), "--show-identifiers")
    every = validating(path, "--findings", str(folder / "all-findings.parquet"))
    theirs = {p.name: _command(p, path, folder) for p in peers}
    runs = alternate({"ours": ours, "every": every, **theirs}, rounds)
    lines = [_line(size, p, runs, rules - len(p.left_out), _agreed(p, found, folder)) for p in peers]
    own = f"asccld {version('asccld')}, every check"
    context = Line(size, own, count_of_checks(), None, ratio(runs["every"], runs["ours"]), _memory(runs, "every"))
    return [*lines, context]


def _line(size: int, peer: Peer, runs: Mapping[str, Runs], rules: int, cells: int) -> Line:
    times = ratio(runs[peer.name], runs["ours"])
    return Line(size, version_of(peer.name), rules, cells, times, _memory(runs, peer.name))


def _memory(runs: Mapping[str, Runs], name: str) -> float:
    return runs[name].peak_mb / runs["ours"].peak_mb


def _command(peer: Peer, path: Path, folder: Path) -> Sequence[str]:
    script = _HERE / "peers" / f"peer_{peer.name}.py"
    return [str(python_of(peer.name)), str(script), str(folder / "subset.json"), str(path), str(_out(peer, folder))]


def _out(peer: Peer, folder: Path) -> Path:
    return folder / f"found-by-{peer.name}.csv"


def _agreed(peer: Peer, ours: Path, folder: Path) -> int:
    """The number of failing cells, after a proof that both sides found the same."""
    command = [
        sys.executable,
        str(_HERE / "agreement.py"),
        str(folder / "subset.json"),
        str(ours),
        str(_out(peer, folder)),
        *peer.left_out,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{peer.name} and asccld disagree:\n{done.stdout}{done.stderr}")
    return int(json.loads(done.stdout)["cells"])
