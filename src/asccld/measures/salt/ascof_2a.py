"""ASCOF 2A, NHS England's version: people who needed nothing further, or less, after ST-Max.

Method: NHS England, ASCOF 2A (nhse-2024-03): the episodes of STS002a, counted by what followed. Counting unit:
episodes. Columns in: see `asccld measures show nhse_ascof_2a`. Known limitation: a category with a prefix, or with
another dash, is not counted (X12), which leaves most episodes without later events out.
"""

from __future__ import annotations

from collections.abc import Mapping

from ibis.expr.types import Table

from asccld.measures.registry import measure_table
from asccld.measures.salt.sts002a import counted_episodes, episodes_one_by_one, is_category, salt_category
from asccld.measures.settings import Settings
from asccld.measures.source import Source
from asccld.processing.run import Tables


def nhse_ascof_2a(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Denominator and numerator by council, and the episodes one by one."""
    return Tables(
        {
            "": lambda: _counted(counted_episodes(source), settings),
            "_episodes": lambda: _shown(episodes_one_by_one(source), settings),
        }
    )


def _counted(rows: Table, settings: Settings) -> Table:
    marked = _marked(rows, settings)
    counted = marked.filter(marked.in_denominator)
    return counted.group_by("la_code").agg(denominator=counted.count(), numerator=counted.in_numerator.sum())


def _shown(rows: Table, settings: Settings) -> Table:
    return _marked(rows, settings)


def _marked(rows: Table, settings: Settings) -> Table:
    """Adds `in_denominator` and `in_numerator`: by the exact text, or by the category behind it (X12, D22)."""
    by_category = settings.documented("x12") or settings.documented("d22")
    said = salt_category(rows.final_outcome_mapped) if by_category else rows.final_outcome_mapped
    return rows.mutate(
        in_denominator=is_category(said, _listed("denominator")).fill_null(False),
        in_numerator=is_category(said, _listed("numerator")).fill_null(False),
    )


def _listed(part: str) -> list[str]:
    return [r["category"] for r in measure_table("ascof_2a_categories") if r[part] == "yes"]
