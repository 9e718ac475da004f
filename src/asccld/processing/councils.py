"""The list of councils from which a file is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from asccld.processing.lookups import BadReference, read_table, reference_files
from asccld.processing.reference import COUNCILS
from asccld.standard import load_standard


def expected_councils(folder: Path | None, day: date) -> pl.DataFrame:
    """Councils (la_code, la_name): those of the folder's lookup if it has one, else the standard's of that day."""
    if folder is not None:
        path = reference_files(folder).get(COUNCILS.lower())
        if path:
            return _read(path)
    known = [
        c
        for c in load_standard().councils
        if c.status == "current"
        and (c.from_date is None or c.from_date <= day)
        and (c.to_date is None or c.to_date > day)
    ]
    return pl.DataFrame({"la_code": [c.la_code for c in known], "la_name": [c.name for c in known]})


def _read(path: Path) -> pl.DataFrame:
    frame = read_table(path, "The list of councils")
    frame = frame.rename({c: c.strip().lower() for c in frame.columns})
    if missing := {"la_code", "la_name"} - set(frame.columns):
        raise BadReference(
            f"The list of councils lacks {', '.join(sorted(missing))}", str(path), "Name its columns LA_Code, LA_Name"
        )
    named = pl.col("la_name").cast(pl.String).str.strip_chars(" ") != ""
    return frame.filter(named).select(pl.col("la_code", "la_name").cast(pl.String))
