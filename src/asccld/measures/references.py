"""Reference tables of the measures: councils, populations, hospital episodes and the like, given by the user.

`data/reference_tables.csv` says which there are and which columns they have; `data/templates` holds an example of each.
Names are those of the national database. A table whose name may bear a date or a year matches by its beginning, and
then exactly one file must. What nobody gave and we do not ship is missing: the measure says so, and what does not need
it is counted all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis.expr.types import Table

from asccld.errors import AsccldError
from asccld.measures.reference_checks import refuse_unreadable
from asccld.measures.registry import DATA, measure_table
from asccld.processing.lookups import BadReference, read_table
from asccld.standard.tables import Row

if TYPE_CHECKING:
    import polars as pl

COUNCILS = "REF_ONS_Codes_LA_Region_Lookup"
COUNCILS_2024 = "REF_ONS_Codes_LA_Region_Lookup_April_2024"
POPULATION = "REF_ONS_Pop_Gender_Pub_Age_Bands"
NO_POPULATION = "numerators only, because no population is given"
"""What 2B and 2C say of a run without that table; reports say it once for both."""
AREAS = "REF_ONS_LSOA11_UTLA23_Lookup"
UNPAID_CARER = "REF_Has_Unpaid_Carer_Mapping"
OUTCOME_RANKS = "REF_Event_Outcome_Hierarchy_R2"
HOSPITAL = "ASCOF2D_SUS"

_SUFFIXES = (".csv", ".parquet")


class MissingReference(AsccldError):
    """A reference table without which a measure cannot be computed at all."""


@dataclass(frozen=True)
class ReferenceTable:
    """What a reference table must be."""

    name: str
    by_stem: bool
    """Whether something may follow the name, such as a date."""
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """The columns that hold each value, or each values together, once; none where none do."""
    what_it_is: str

    @property
    def template(self) -> Path:
        """An example of it, with made-up lines."""
        return DATA / "templates" / f"{self.name}.csv"


@cache
def reference_tables() -> tuple[ReferenceTable, ...]:
    """Every reference table of the measures."""
    return tuple(
        ReferenceTable(
            r["table"], r["stem"] == "yes", tuple(r["columns"].split()), tuple(r["key"].split()), r["what_it_is"]
        )
        for r in measure_table("reference_tables")
    )


def reference_table(name: str) -> ReferenceTable:
    """The reference table of that name."""
    return next(t for t in reference_tables() if t.name == name)


@dataclass(frozen=True)
class MeasureReference:
    """The reference tables of one run, by name; columns in lower case, values as text."""

    tables: Mapping[str, Table]
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where each table came from: `shipped`, or the name of a file."""

    @staticmethod
    def read(folder: Path | None = None) -> MeasureReference:
        """The tables of a folder, and those that are shipped where it has none. Raises BadReference."""
        given = {t.name: path for t in reference_tables() if folder and (path := file_of(t, folder))}
        frames = {name: _read(path, reference_table(name)) for name, path in given.items()}
        shipped = {name: frame for name, frame in _shipped(given).items() if name not in frames}
        sources = {name: path.name for name, path in given.items()} | dict.fromkeys(shipped, "shipped")
        return MeasureReference({n: ibis.memtable(f) for n, f in (frames | shipped).items()}, sources)

    def held(self, hold: Callable[[Table], Table]) -> MeasureReference:
        """The same tables kept in the engine."""
        return MeasureReference({name: hold(table) for name, table in self.tables.items()}, self.sources)

    def found(self, name: str) -> Table | None:
        """A table, or None where nobody gave it and we do not ship it."""
        return self.tables.get(name)

    def needed(self, name: str, measure: str) -> Table:
        """A table; raises MissingReference."""
        if name not in self.tables:
            raise MissingReference(f"{measure} needs the reference table {name}", None, how_to_give(name))
        return self.tables[name]


def how_to_give(name: str) -> str:
    """How a table that is missing can be given."""
    return (
        f"Put {name}.csv into a folder and give it with --reference; asccld measures template {name} prints its columns"
    )


def file_of(table: ReferenceTable, folder: Path) -> Path | None:
    """The file of a reference table in a folder, or None; raises BadReference where several match."""
    if not folder.is_dir():
        raise BadReference("There is no such folder", str(folder), "Give the folder that holds the reference tables")
    wanted = table.name.lower()
    names = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in _SUFFIXES]
    fits = [p for p in names if p.stem.lower() == wanted or (table.by_stem and p.stem.lower().startswith(wanted))]
    if len(fits) > 1:
        raise BadReference(
            f"{len(fits)} files are the reference table {table.name}", ", ".join(p.name for p in fits), "Keep one"
        )
    return fits[0] if fits else None


def _read(path: Path, table: ReferenceTable) -> pl.DataFrame:
    """The columns of a reference table, as text."""
    import polars as pl

    frame = read_table(path, "The reference table")
    frame = frame.rename({c: c.strip().lower() for c in frame.columns})
    wanted = [c.lower() for c in table.columns]
    if missing := [c for c in wanted if c not in frame.columns]:
        remedy = f"Its columns are {', '.join(table.columns)}: asccld measures template {table.name} prints an example"
        raise BadReference(f"The reference table lacks {', '.join(missing)}", str(path), remedy)
    frame = frame.select(pl.col(c).cast(pl.String) for c in wanted)
    refuse_unreadable(frame, path)
    if table.key:
        frame = frame.filter(pl.col(table.key[0].lower()).is_not_null())
        _refuse_repeated(frame, table.key, path)
    return frame


def _refuse_repeated(frame: pl.DataFrame, key: Sequence[str], path: Path) -> None:
    import polars as pl

    folded = frame.select(pl.col(c.lower()).fill_null("").str.strip_chars_end(" ").str.to_lowercase() for c in key)
    repeated = folded.filter(folded.is_duplicated()).unique(maintain_order=True)
    if repeated.height:
        listed = ", ".join(f"'{' '.join(row)}'" for row in repeated.head(20).rows())
        what = f"{' '.join(key)} stands more than once, so that rows would multiply: {listed}"
        raise BadReference(what, str(path), "Capitals and trailing spaces do not tell values apart: keep one line each")


def _shipped(given: Mapping[str, Path]) -> dict[str, pl.DataFrame]:
    """Tables that follow from the standard: councils, the ranks of outcomes, and what an unpaid carer's field means."""
    import polars as pl

    from asccld.standard import load_standard

    standard = load_standard()
    carer = standard.releases["r2"].lists["Has Unpaid Carer"].values
    texts: dict[str, Row] = {v.value: {} for v in carer}
    ranks = [h for h in standard.hierarchies if h.hierarchy == "dhsc-r2"]
    frames = {
        UNPAID_CARER: {"has_unpaid_carer_raw": list(texts), "has_unpaid_carer_cleaned": list(texts)},
        OUTCOME_RANKS: {
            "event_outcome_spec": [h.value for h in ranks],
            "event_outcome_hierarchy": [str(h.rank) for h in ranks],
        },
    }
    councils = [c for c in standard.councils if c.status == "current" and c.la_code]
    if COUNCILS not in given:
        frames[COUNCILS] = {
            "la_code": [c.la_code for c in councils],
            "la_name": [c.name for c in councils],
            "region": [c.region for c in councils],
            "la_area_code": [c.ons_code for c in councils],
        }
        frames[COUNCILS_2024] = {name: frames[COUNCILS][name] for name in ("la_code", "la_name")}
    return {name: pl.DataFrame(data, schema=dict.fromkeys(data, pl.String())) for name, data in frames.items()}
