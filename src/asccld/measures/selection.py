"""The latest submission of each council (rule SUB): one file stands for everything that the council knows.

Method: NHS England, all LTS tables and ASCOF 2E and 3D (nhse-2024-03). Counting unit: files. Columns in: la_name,
la_code, importdate and the reporting period as stated. Known limitation: a partial file that is last wins.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import cast

from ibis.expr.types import Table

from asccld.measures.settings import Settings
from asccld.measures.source import Source
from asccld.processing.text import folded


def files_of(events: Table) -> Table:
    """Every file with the days that it is of, as its rows say: la_code, importdate, name_key, first and last."""
    named = events.filter(events.la_name.notnull())
    # By the texts as they are, and then as they are compared: few rows are left to fold.
    spelt = named.group_by("la_name", "la_code", "importdate").agg(
        first=named.reporting_period_start_date.min(), last=named.reporting_period_end_date.max()
    )
    return spelt.group_by("la_code", "importdate", name_key=folded(spelt.la_name)).agg(
        first=spelt["first"].min(), last=spelt["last"].max()
    )


def latest_files(events: Table, settings: Settings) -> Table:
    """Council and time of import of each file that counts: columns name_key, importdate."""
    files = files_of(events)
    able = files.filter(
        files["first"] <= settings.year_start,
        files["last"] >= settings.end,
        files.importdate > datetime.combine(settings.import_after, time()),
        files.importdate.cast("date") <= settings.import_by,
    )
    newest = able.group_by("name_key", "la_code").agg(importdate=able.importdate.max())
    # Two codes under one name share their files: the script joins by name and time alone.
    return newest.select("name_key", "importdate").distinct()


def of_latest_files(source: Source) -> Table:
    """All rows of the latest submissions."""
    files = source.shared("latest_files", lambda: latest_files(source.events, source.settings))
    events = source.events
    of_file = [folded(events.la_name) == files.name_key, events.importdate == files.importdate]
    return cast("Table", events.semi_join(files, of_file))
