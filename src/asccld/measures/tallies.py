"""Counting people by the categories they are in."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.expr.types import Table

from asccld.processing.text import folded


def people_by(rows: Table, *columns: str, name: str = "count") -> Table:
    """How many different people there are by the columns, texts compared as the national database does."""
    keys = {f"_{c}": folded(rows[c]) if rows[c].type().is_string() else rows[c] for c in columns}
    shown = {c: rows[c].min() for c in columns}
    counted = rows.group_by(**keys).agg(**shown, **{name: rows.person.nunique()})
    return counted.select(*columns, name)


def people_in_all(rows: Table, labels: Sequence[str], column: str = "table") -> Table:
    """How many different people there are under each label, 0 where there is nobody: columns `count` and the label."""
    totals = {label: rows.person.nunique(where=rows[column] == label) for label in labels}
    return labelled_totals(rows, totals, column)


def labelled_totals(rows: Table, totals: dict[str, object], column: str) -> Table:
    """One row for each label with its total."""
    import ibis

    wide = rows.aggregate(**totals)
    return ibis.union(*(wide.select(count=wide[label], **{column: ibis.literal(label)}) for label in totals))
