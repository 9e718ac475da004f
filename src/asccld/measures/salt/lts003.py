"""LTS003: carers supported during the year, by the best kind of support that they had.

Method: NHS England, LTS003 (nhse-2024-03), from the latest submission of each council. Counting unit: carers. Columns
in: see `asccld measures show`. Columns out: those of the script's count, nationally; by council and by age are ours, of
the same carers. Known limitation: outcomes that are not on the list understate two categories.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import ibis
from ibis.expr.types import StringValue, Table

from asccld.measures.salt.carers import best_supported, carer_rows
from asccld.measures.settings import Settings
from asccld.measures.source import Source, record_list, with_record_ids
from asccld.measures.tallies import people_by
from asccld.processing.run import Tables

OLDEST_POSSIBLE = 200
"""An age above it is that of a carer without a birth date."""

BANDS = ((17, "Carer aged under 18"), (25, "Carer aged 18-25"), (64, "Carer aged 26-64"), (84, "Carer aged 65-84"))


def lts003(source: Source, settings: Settings) -> Mapping[str, Table]:
    """Carers supported during the year, by kind of support."""
    rows = partial(_best, source, settings)
    return Tables(
        {
            "": lambda: people_by(rows(), "support_provided"),
            "_councils": lambda: people_by(rows(), "la_code", "support_provided"),
            "_ages": lambda: people_by(_banded(rows()), "ageband_of_carer", "support_provided"),
            "_people": lambda: _people(rows()),
        }
    )


def _best(source: Source, settings: Settings) -> Table:
    return source.shared("lts003", lambda: _best_of(carer_rows(source), settings))


def _best_of(rows: Table, settings: Settings) -> Table:
    carers = rows.filter(rows.is_carer) if settings.documented("d18") else rows
    return best_supported(carers, "may be missing" if settings.documented("d19") else "ignored")


def _people(rows: Table) -> Table:
    people = rows.group_by("la_code", "person", "support_provided").agg(
        id=rows.id.min(), record_ids=record_list(rows, once=True)
    )
    return with_record_ids(people.select("la_code", "id", "support_provided", "record_ids"))


def _banded(rows: Table) -> Table:
    bands = [(rows.age <= last, name) for last, name in BANDS]
    band: StringValue = ibis.cases((rows.age > OLDEST_POSSIBLE, "Unknown"), *bands, else_="Carer aged 85+")
    return rows.mutate(ageband_of_carer=band)
