"""What every peer script is given and gives back; standard library only, since each runs in its own environment.

Usage of a peer script: `python peer_NAME.py SUBSET.json EXTRACT.csv OUT.csv`. OUT holds `rule,row` of every failing
cell, rows numbered as in the file (the header is row 1).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST_ROW = 2
DAY = "%d/%m/%Y"
WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
"""Weights of an NHS number's ten digits; the weighted sum is a multiple of 11."""

Rule = dict[str, Any]
Tree = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """Rules, input and output of one run."""

    columns: list[dict[str, str]]
    rules: list[Rule]
    extract: Path
    out: Path

    @property
    def names(self) -> dict[str, str]:
        """Header -> short name."""
        return {c["header"]: c["name"] for c in self.columns}

    def of_type(self, kind: str) -> list[str]:
        """Columns of a type."""
        return [c["name"] for c in self.columns if c["type"] == kind]


def job() -> Job:
    """The job on the command line."""
    rules, extract, out = (Path(a) for a in sys.argv[1:4])
    table = json.loads(rules.read_text(encoding="utf-8"))
    return Job(table["columns"], table["rules"], extract, out)
