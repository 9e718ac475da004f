"""What can be written as SQL, and in which dialects; nothing slow is imported here."""

from __future__ import annotations

from typing import Literal

Dialect = Literal["duckdb", "postgres", "spark", "tsql"]
Name = Literal["main-single", "main-joined", "reference"]

DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgres", "spark", "tsql")
NAMES: tuple[Name, ...] = ("main-single", "main-joined", "reference")
EVENTS = "collected_events"
"""The table of collected events, unless it is called otherwise."""
