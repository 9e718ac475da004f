"""The list of councils from which a file is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from asccld.processing.lookups import BadReference
from asccld.standard import load_standard

LOOKUP = "REF_ONS_Codes_LA_Region_Lookup"


def expected_councils(folder: Path | None, day: date) -> pl.DataFrame:
    """Councils (la_code, la_name): those of the folder's lookup if it has one, else the standard's of that day."""
    if folder is not None:
        for path in sorted(folder.glob(f"{LOOKUP}.*")):
            if path.suffix.lower() in {".csv", ".parquet"}:
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
    try:
        frame = pl.read_csv(path, infer_schema=False) if path.suffix.lower() == ".csv" else pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadReference(
            "The list of councils cannot be read", str(path), "Save it as UTF-8 CSV or as Parquet"
        ) from error
    frame = frame.rename({c: c.strip().lower() for c in frame.columns})
    if missing := {"la_code", "la_name"} - set(frame.columns):
        raise BadReference(
            f"The list of councils lacks {', '.join(sorted(missing))}", str(path), "Name its columns LA_Code, LA_Name"
        )
    return frame.select(pl.col("la_code", "la_name").cast(pl.String))
