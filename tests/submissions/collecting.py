"""The language of the tests of collecting: a small table of cells in, a small table of collected columns out.

    collected('''
        date_of_birth | event_start_date
        10/06/1950    | 09/06/2025
    ''', "der_age_event_start_date") == [74]

A table names only the columns that matter, by their names in the standard; the file has those columns alone. A cell in
double quotes keeps its blanks.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from asccld.intake import open_extract
from asccld.privacy import PseudonymKey
from asccld.standard import load_standard
from asccld.submissions.collected import Import, collected_events

STANDARD = load_standard()
KEY = PseudonymKey.from_text("9c1f5a3be2d84076c8ab19f3d0e47b62855f0d9ec4a1372b6e90fd1843a7bc5e")
IMPORT = Import("503", "Lincolnshire", datetime(2026, 4, 20, 9, 30, 15, 123456), 7, 1001, "r2")  # noqa: DTZ001 - UTC

HEADERS: dict[str, str] = {}
for _release in STANDARD.releases.values():
    HEADERS |= _release.headers


def rows_of(table: str) -> tuple[list[str], list[list[str]]]:
    """Columns and cells of an ASCII table."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    columns, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    unquoted = [[c[1:-1] if len(c) > 1 and c[0] == c[-1] == '"' else c for c in row] for row in rows]
    return columns, unquoted


def written(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file with every cell in quotes, so that blank rows are rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def collected_file(
    path: Path, imported: Import = IMPORT, key: PseudonymKey | None = KEY, **options: Any
) -> pl.DataFrame:
    """Everything that is collected from a file."""
    with open_extract(path) as extract:
        return pl.concat(list(collected_events(extract, imported, key, **options)))


def events(table: str, imported: Import = IMPORT, key: PseudonymKey | None = KEY, **options: Any) -> pl.DataFrame:
    """Everything that is collected from a small table."""
    columns, rows = rows_of(table)
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "extract.csv", [HEADERS[name] for name in columns], rows)
        return collected_file(path, imported, key, **options)


def collected(table: str, column: str, **options: Any) -> list[Any]:
    """One collected column."""
    return events(table, **options)[column].to_list()
