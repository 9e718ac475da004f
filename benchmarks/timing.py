"""Whole processes against each other: alternating rounds, medians, and how busy the machine was."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
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
    peaks: list[float] = field(default_factory=list[float])

    @property
    def median(self) -> float:
        """Median of the seconds."""
        return statistics.median(self.seconds)

    @property
    def peak_mb(self) -> float:
        """The highest peak of any round."""
        return max(self.peaks)


def run_once(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one run of a command."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "measured.json"
        subprocess.run([sys.executable, "-I", "-S", str(_MEASURED), str(out), *command], check=True)
        seen = json.loads(out.read_text())
    if seen["code"] not in _ACCEPTED:
        raise CommandFailed(f"{' '.join(command)[:300]}\nended with {seen['code']}:\n{seen['said']}")
    return seen["seconds"], seen["peak_mb"]


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Runs]:
    """Every command once per round, in turn, so that a busy minute hits all of them."""
    found = {name: Runs() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds, peak = run_once(command)
            found[name].seconds.append(seconds)
            found[name].peaks.append(peak)
    return found


def ratios(over: Runs, under: Runs) -> tuple[float, float, float]:
    """Median, lowest and highest of the ratio, round by round."""
    each = [a / b for a, b in zip(over.seconds, under.seconds, strict=True)]
    return statistics.median(each), min(each), max(each)


def load() -> str:
    """How busy the machine is: a benchmark beside other work says little."""
    one, five, _ = os.getloadavg()
    return f"load average {one:.2f} (1 minute), {five:.2f} (5 minutes) on {os.cpu_count()} cores"
