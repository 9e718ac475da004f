"""The main tables as SQL text, for whoever wants to run them in a warehouse of their own."""

from __future__ import annotations

from asccld.sqltext.names import DIALECTS, NAMES, Dialect, Name
from asccld.sqltext.reference import reference_sql
from asccld.sqltext.text import SqlRequest, sql

__all__ = ["DIALECTS", "NAMES", "Dialect", "Name", "SqlRequest", "reference_sql", "sql"]
