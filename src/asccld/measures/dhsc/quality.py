"""The dashboard's data-quality values: how often each field is valid, blank or invalid, and with what.

Method: DHSC dashboard script 8 and `GetDQValues` (dhsc-2026-06): see `asccld.processing.dqvalues`. Counting unit:
records of the single main table. Columns in: the record ids, and the collector's table of codes, given with `--dq`.
Columns out: those of the national table. Known limitation: the rules behind the codes are the collector's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ibis.expr.types import Table

from asccld.errors import AsccldError
from asccld.measures.main_table import MainSource
from asccld.measures.settings import Settings
from asccld.processing import dq_values as counted_values
from asccld.processing.run import Tables

Given = TypeVar("Given")


class MissingQuality(AsccldError):
    """The measure of data quality without the collector's codes."""


def dq_values(source: MainSource, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - the main table decides
    """Records by field, status, validity and value, per council and for England; raises MissingQuality."""
    items = refuse_without_quality(source.quality)
    return Tables({"": lambda: counted_values(source.rows, items)})


def refuse_without_quality(given: Given | None) -> Given:
    """The collector's table, or where it is; raises MissingQuality where there is none."""
    if given is None:
        what = "dq_values needs the collector's data-quality table, and none was given"
        remedy = "Give it with --dq; docs/reference/measures/dq_values.md lists its columns"
        raise MissingQuality(what, "--dq", remedy)
    return given
