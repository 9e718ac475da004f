"""From an accepted extract to collected events: the table on which all processing stands.

Source: the columns that the Department's published code reads (ASC-CLD-LA-Dashboard, Main_tables, 11 June 2026). It
does not show how the collector derives some of them; `collected_columns.csv` says which, and how we do it.

Nothing that names a person is in the output: names are dropped, NHS number and identifiers become pseudonyms, of the
date of birth year, month and ages remain, of the postcode the sector and areas, and of the description two flags.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from asccld.errors import AsccldError
from asccld.intake.headers import match_headers
from asccld.privacy import PseudonymKey, nhs_number_pseudonyms, person_pseudonyms
from asccld.standard import Standard, load_standard
from asccld.submissions.collected_columns import COLLECTED, named
from asccld.submissions.collected_derived import full_years, mentions, refuse_bad_pattern
from asccld.submissions.collected_postcodes import as_lookup, read_postcodes, with_geography
from asccld.submissions.collected_reading import decimal, named_cells, whole_number, with_dates

if TYPE_CHECKING:
    from asccld.intake.model import Extract

__all__ = ["COLLECTED", "Import", "collected_events", "read_postcodes"]

CHUNK_ROWS = 100_000
CONVERSATION = "conversation"
CONVERSATION_1 = r"conversation\W*(?:1|one)\b"

_IDENTIFYING = ("nhs_number", "date_of_birth", "postcode")
"""Read to derive from, and never kept. Names are not even read."""
_PERSONS = ("la_person_unique_identifier", *(f"adult_{n}_linked_person_id" for n in (1, 2, 3)))
_DATES = ("date_of_birth", *(n for n in named("submitted") if COLLECTED[n] == pl.Date))
_DECIMALS = tuple(n for n in named("submitted") if COLLECTED[n] == pl.Float64)
_WHOLE_NUMBERS = tuple(n for n in named("submitted") if COLLECTED[n] == pl.Int32)
_WANTED = (*named("submitted"), *_PERSONS, *_IDENTIFYING, "event_description")


@dataclass(frozen=True)
class Import:
    """What the register knows of a file and writes on each of its rows.

    `import_date` is in UTC without a time zone; with the council's name it names the file in every national table.
    `first_record_id` is the number of the file's first row in the whole register.
    """

    la_code: str
    la_name: str
    import_date: datetime
    import_file_id: int
    first_record_id: int
    release: str


def collected_events(
    extract: Extract,
    imported: Import,
    key: PseudonymKey | None,
    *,
    postcodes: pl.DataFrame | None = None,
    conversation_pattern: str = CONVERSATION,
    conversation_1_pattern: str = CONVERSATION_1,
    standard: Standard | None = None,
    rows: int = CHUNK_ROWS,
) -> Iterator[pl.DataFrame]:
    """The events of an extract, in file order, as frames with the columns `COLLECTED`; blank rows are left out.

    At most `rows` rows of the file are in memory at a time. Without a key every pseudonym is null, and processing will
    find nobody: good for counting events only. `postcodes` is what `read_postcodes` gives, or a table with the columns
    of the ONS Postcode Directory. The patterns are regular expressions, capitals or not. Raises AsccldError before
    anything is read where a pattern, the lookup or the release is not usable.
    """
    refuse_bad_pattern(conversation_pattern, "conversation pattern")
    refuse_bad_pattern(conversation_1_pattern, "pattern of conversation 1")
    columns = _columns(extract, imported, standard or load_standard())
    lookup = None if postcodes is None else as_lookup(postcodes)
    patterns = {"der_conversation": conversation_pattern, "der_conversation_1": conversation_1_pattern}
    return _frames(extract, imported, key, columns, lookup, patterns, rows)


def _frames(
    extract: Extract,
    imported: Import,
    key: PseudonymKey | None,
    columns: dict[int, str],
    lookup: pl.DataFrame | None,
    patterns: dict[str, str],
    rows: int,
) -> Iterator[pl.DataFrame]:
    done = 0
    for chunk in extract.chunks(rows):
        cells = named_cells(chunk.frame, columns, _WANTED)
        if cells.is_empty():
            continue
        # from here on no column holds an identifier under the name of its pseudonym: one forgotten is an error, no leak
        typed = _derived(with_geography(_typed(cells.drop(_PERSONS)), lookup), patterns)
        people = _nobody() if key is None else _pseudonyms(cells, imported, key)
        yield _stamped(typed.with_columns(people), imported, imported.first_record_id + done)
        done += cells.height


def _columns(extract: Extract, imported: Import, standard: Standard) -> dict[int, str]:
    """Position in the file -> field: of the file's release, else of any other, since a column too many does no harm."""
    if imported.release not in standard.releases:
        remedy = f"Use one of: {', '.join(standard.releases)}"
        raise AsccldError(f"There is no release {imported.release}", extract.place, remedy)
    known: dict[str, str] = {}
    for release in (*standard.releases.values(), standard.releases[imported.release]):
        known |= release.headers
    match = match_headers(extract.header, known)
    return match.columns | match.assumed


def _typed(cells: pl.DataFrame) -> pl.DataFrame:
    """Dates, numbers and texts; `date_of_birth`, `nhs_number`, `postcode` and the description are still there."""
    return with_dates(cells, _DATES).with_columns(
        *(decimal(pl.col(name)) for name in _DECIMALS), *(whole_number(pl.col(name)) for name in _WHOLE_NUMBERS)
    )


def _derived(rows: pl.DataFrame, patterns: dict[str, str]) -> pl.DataFrame:
    born = pl.col("date_of_birth")
    return rows.with_columns(
        der_birth_year=born.dt.year(),
        der_birth_month=born.dt.month(),
        der_age_event_start_date=full_years(born, pl.col("event_start_date")),
        der_age_reporting_period_end_date=full_years(born, pl.col("reporting_period_end_date")),
        **{name: mentions(pl.col("event_description"), pattern) for name, pattern in patterns.items()},
    )


def _nobody() -> list[pl.Expr]:
    return [pl.lit(None, pl.String).alias(name) for name in named("pseudonym")]


def _pseudonyms(cells: pl.DataFrame, imported: Import, key: PseudonymKey) -> list[pl.Series]:
    """Pseudonyms of the persons of each row; those of four columns at once, as linked persons are persons too."""
    stacked = person_pseudonyms(key, pl.concat([cells[name] for name in _PERSONS]), imported.la_code)
    parts = (stacked.slice(at * cells.height, cells.height).alias(name) for at, name in enumerate(_PERSONS))
    return [*parts, nhs_number_pseudonyms(key, cells["nhs_number"]).alias("der_nhs_number_pseudo")]


def _stamped(rows: pl.DataFrame, imported: Import, first: int) -> pl.DataFrame:
    """Exactly the collected columns: with those of the register, the placeholders, and nothing else."""
    moment = imported.import_date
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    written = {
        "la_code": pl.lit(imported.la_code),
        "la_name": pl.lit(imported.la_name),
        "importdate": pl.lit(naive),
        "importfileid": pl.lit(imported.import_file_id),
        "der_unique_record_id": first + pl.int_range(pl.len(), dtype=pl.Int64),
        **{name: pl.lit(None) for name in (*named("placeholder"), *named("withheld"))},
    }
    return rows.select(written.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in COLLECTED.items())
