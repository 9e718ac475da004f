"""Whole processes against each other: alternating rounds, medians, and how busy the machine was."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MEASURED = Path(__file__).with_name("measured.py")
_ACCEPTED = (0, 1)  # `asccld validate` says 1 when it rejects a file: that is a result


class CommandFailed(Exception):
    """A measured command ended in another way than with a result."""


@dataclass
class Runs:
    """What the rounds of one command took."""

    seconds: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    """Processor seconds, of all cores together: less disturbed by other work than the clock."""
    peaks: list[float] = field(default_factory=list[float])

    @property
    def median(self) -> float:
        """Median of the seconds."""
        return statistics.median(self.seconds)

    @property
    def peak_mb(self) -> float:
        """The highest peak of any round."""
        return max(self.peaks)

    def add(self, command: Sequence[str]) -> None:
        """Run the command once more."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "measured.json"
            subprocess.run([sys.executable, "-I", "-S", str(_MEASURED), str(out), *command], check=True)
            seen = json.loads(out.read_text())
        if seen["code"] not in _ACCEPTED:
            raise CommandFailed(f"{' '.join(command)[:300]}\nended with {seen['code']}:\n{seen['said']}")
        self.seconds.append(seen["seconds"])
        self.cpu.append(seen["cpu"])
        self.peaks.append(seen["peak_mb"])


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Runs]:
    """Every command once per round, in turn, so that a busy minute hits all of them; a first round is not counted."""
    for command in commands.values():
        if rounds > 1:
            Runs().add(command)  # the file and the programs are now in the page cache
    found = {name: Runs() for name in commands}
    order = list(commands)
    for _ in range(rounds):
        for name in order:
            found[name].add(commands[name])
        order.append(order.pop(0))  # nobody always comes after the one that leaves the disk busy
    return found


@dataclass(frozen=True)
class Ratio:
    """How many times as long one command takes as another: the rounds paired, their median and range."""

    median: float
    low: float
    high: float
    cpu: float
    """The same of processor time."""

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(over: Runs, under: Runs) -> Ratio:
    """`over` as a multiple of `under`."""
    each = [a / b for a, b in zip(over.seconds, under.seconds, strict=True)]
    cpu = statistics.median(a / b for a, b in zip(over.cpu, under.cpu, strict=True))
    return Ratio(statistics.median(each), min(each), max(each), cpu)


def load() -> str:
    """How busy the machine is: a benchmark beside other work says little."""
    one, five, _ = os.getloadavg()
    return f"load average {one:.1f} (1 minute), {five:.1f} (5 minutes) on {os.cpu_count()} cores"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, so that figures can go into the documentation as printed."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
