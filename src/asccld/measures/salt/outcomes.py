"""The texts of the sequel tables: prefixes, categories, and counts by them."""

from __future__ import annotations

from typing import cast

from ibis.expr.types import StringValue, Table, Value

from asccld.measures.salt.short_term import joined_text
from asccld.measures.settings import Settings
from asccld.processing.text import folded

NO_CHRONOLOGY = "No_Chronology_"
NO_SERVICE = "No Service Found_"
SEVERAL = "NFA- Other"
"""Stands for outcomes that conflict."""
UNABLE = "Unable_To_Classify"


def category_shown(prefix: str, category: Value, settings: Settings) -> StringValue:
    """The category with the script's prefix, or alone as documented (D10)."""
    return cast("StringValue", category) if settings.documented("d10") else joined_text(prefix, category)


def counted_by(rows: Table, *columns: str) -> Table:
    """How many rows there are by the columns; texts that differ by case or trailing spaces are one."""
    keys = {f"key_{c}": folded(rows[c]) if rows[c].type().is_string() else rows[c] for c in columns}
    shown = {c: rows[c].min() for c in columns}
    return rows.group_by(**keys).agg(**shown, count=rows.count()).select(*columns, "count")
