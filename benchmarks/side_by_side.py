"""Peers and us on one subset of the rules, on the same files, finding the same cells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from against_reading import validating
from environments import python_of, version_of
from samples import sample
from subset import write_subset
from timing import Runs, alternate, ratio, table

_HERE = Path(__file__).parent
FAST_SIZES = (10_000, 50_000, 100_000)
SLOW_SIZES = (10_000,)
LONG_SLOW_SIZES = (10_000, 50_000, 100_000)


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


def measure(folder: Path, rounds: int, *, long: bool, only: Sequence[str]) -> tuple[str, bool]:
    """The section as text, and whether we are faster than every peer on every size. Raises when cells differ."""
    chosen = [p for p in PEERS if not only or p.name in only]
    rules, policy = folder / "subset.json", folder / "subset.toml"
    count = len(write_subset(rules, policy))
    lines: list[tuple[str, ...]] = []
    for size in FAST_SIZES:
        slow_too = size in (LONG_SLOW_SIZES if long else SLOW_SIZES)
        lines += _at(size, [p for p in chosen if slow_too or not p.slow], folder, rounds, count)
    heads = (
        "rows",
        "peer",
        "rules",
        "failing cells, identical",
        "peer's time / ours",
        "peer's processor time / ours",
        "peer's peak MB / ours",
    )
    return table(heads, lines), all(float(line[4].split()[0]) > 1 for line in lines)


def _at(size: int, peers: Sequence[Peer], folder: Path, rounds: int, count: int) -> list[tuple[str, ...]]:
    path = sample("plain", size, folder)
    found = folder / "subset-findings.parquet"
    ours = validating(path, "--policy", str(folder / "subset.toml"), "--findings", str(found))
    theirs = {p.name: _command(p, path, folder) for p in peers}
    runs = alternate({"ours": ours, **theirs}, rounds)
    cells = {p.name: _agreed(p, found, folder) for p in peers}
    return [_line(size, p, runs, count, cells[p.name]) for p in peers]


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


def _line(size: int, peer: Peer, runs: Mapping[str, Runs], count: int, cells: int) -> tuple[str, ...]:
    theirs, ours = runs[peer.name], runs["ours"]
    times = ratio(theirs, ours)
    rules = str(count - len(peer.left_out))
    return (
        f"{size:,}",
        version_of(peer.name),
        rules,
        f"{cells:,}",
        str(times),
        f"{times.cpu:.2f}",
        f"{theirs.peak_mb / ours.peak_mb:.1f}",
    )
