"""What can be written as SQL, and in which dialects; nothing slow is imported here."""

from __future__ import annotations

import re
from typing import Literal

Dialect = Literal["duckdb", "postgres", "spark", "tsql"]
Name = Literal["main-single", "main-joined", "reference"]

DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgres", "spark", "tsql")
NAMES: tuple[Name, ...] = ("main-single", "main-joined", "reference")
EVENTS = "collected_events"
"""The table of collected events, unless it is called otherwise."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_plain(name: str) -> bool:
    """Whether a name needs no quotes in any dialect."""
    return _PLAIN.fullmatch(name) is not None
