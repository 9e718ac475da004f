"""Building the shipped lookup tables from the standard, and reading those of a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.processing.columns import method_table
from asccld.processing.reference import COUNCILS, HIERARCHY, OF_MEASURES, reference_columns
from asccld.processing.text import folded_text
from asccld.standard import Standard, load_standard
from asccld.standard.names import did_you_mean
from asccld.standard.tables import Row

INVALID = "Invalid and not mapped"
SHIPPED_HIERARCHY = "dhsc-r2"
RELEASE_1_ONLY = "Release 1 specification only: Not mapped"
_SUFFIXES = (".csv", ".parquet")


class BadReference(AsccldError):
    """A reference table that cannot be used: unreadable, without a column, or with a raw value twice."""


class Lookup(NamedTuple):
    """One line of a shipped lookup: what a submitted value means, and how sure we are."""

    raw: str
    cleaned: str
    confidence: str
    source: str


def reference_frames(folder: Path | None = None) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Every reference table, and where it came from; columns in lower case, values as text."""
    frames: dict[str, pl.DataFrame] = {}
    sources: dict[str, str] = {}
    theirs = reference_files(folder) if folder else {}
    standard = load_standard()
    for row in method_table("mapped_fields"):
        name = row["table"]
        path = theirs.get(name.lower())
        frames[name] = _read(path, name) if path else _shipped(row, standard)
        sources[name] = path.name if path else "shipped"
    path = theirs.get(HIERARCHY.lower())
    frames[HIERARCHY] = _ranks(path, standard)
    sources[HIERARCHY] = path.name if path else "shipped"
    if path := theirs.get(COUNCILS.lower()):
        sources[COUNCILS] = path.name
    return frames, sources


def shipped_lookup(field: str, standard: Standard | None = None) -> tuple[Lookup, ...]:
    """Our own lookup of a mapped field: no two lines compare as the same raw value."""
    row = next(r for r in method_table("mapped_fields") if r["field"] == field)
    lines: dict[str, Lookup] = {}
    for line in _lines(row["defined_list"], field, standard or load_standard()):
        lines.setdefault(folded_text(line.raw), line)
    return tuple(lines.values())


def _lines(defined_list: str, field: str, standard: Standard) -> Iterator[Lookup]:
    """Lines in order of precedence: what Release 2 says of a text wins over what Release 1 said of it."""
    r1, r2 = standard.releases["r1"], standard.releases["r2"]
    for value in r2.lists[defined_list].values:
        yield Lookup(value.value, value.value, value.confidence, value.source)
    became: dict[str, str] = {}
    for mapping in r2.mappings:
        if mapping.defined_list == defined_list and mapping.from_value is not None:
            became[mapping.from_value] = mapping.to_value or RELEASE_1_ONLY
            yield Lookup(mapping.from_value, became[mapping.from_value], mapping.confidence, mapping.source)
    for fix in r1.fixes:
        if fix.defined_list == defined_list:
            yield Lookup(fix.raw, became.get(fix.value, fix.value), fix.confidence, fix.source)
    for fix in method_table("known_misspellings"):
        if fix["field"] == field:
            yield Lookup(fix["raw"], fix["cleaned"], fix["confidence"], fix["source"])
    yield Lookup(INVALID, INVALID, "confirmed", "value that the national tables give to what cannot be mapped")


def _shipped(row: Row, standard: Standard) -> pl.DataFrame:
    lines = shipped_lookup(row["field"], standard)
    data = {
        row["raw_column"].lower(): [x.raw for x in lines],
        row["cleaned_column"].lower(): [x.cleaned for x in lines],
    }
    if row["grouped_column"]:
        groups = _groups(row, standard)
        data[row["grouped_column"].lower()] = [groups.get(x.cleaned, "") for x in lines]
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String()))


def _groups(row: Row, standard: Standard) -> dict[str, str]:
    """Cleaned value -> group: those of the list, and those of the values that only processing knows."""
    groups = {v.value: v.group for v in standard.releases["r2"].lists[row["defined_list"]].values}
    return groups | {r["cleaned"]: r["grouped"] for r in method_table("further_groups") if r["field"] == row["field"]}


def _ranks(path: Path | None, standard: Standard) -> pl.DataFrame:
    if path:
        frame = _read(path, HIERARCHY)
    else:
        ranks = [h for h in standard.hierarchies if h.hierarchy == SHIPPED_HIERARCHY]
        columns = {"event_outcome_spec": [h.value for h in ranks], "event_outcome_hierarchy": [h.rank for h in ranks]}
        frame = pl.DataFrame(columns)
    rank = pl.col("event_outcome_hierarchy").cast(pl.Int32, strict=False)
    if frame.filter(rank.is_null()).height:
        raise BadReference("A rank of the outcome hierarchy is no whole number", HIERARCHY, "Write 1, 2, 3 and so on")
    return frame.with_columns(rank)


def reference_files(folder: Path) -> dict[str, Path]:
    """Name in small letters -> file of each reference table in a folder.

    Raises BadReference where there is none, where two files mean one table, and for a table that nobody knows.
    """
    if not folder.is_dir():
        raise BadReference("There is no such folder", str(folder), "Give the folder that holds REF_*.csv")
    files = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in _SUFFIXES]
    known = {name.lower(): name for name in (*reference_columns(), COUNCILS)}
    others = tuple(name.lower() for name in OF_MEASURES)
    strange = [p for p in files if p.stem.lower().startswith("ref_") and not p.stem.lower().startswith(others)]
    _refuse_unknown([p for p in strange if p.stem.lower() not in known], known)
    tables: dict[str, Path] = {}
    for path in (p for p in files if p.stem.lower() in known):
        other = tables.setdefault(path.stem.lower(), path)
        if other != path:
            remedy = "Capitals and the kind of file do not tell tables apart: keep one"
            raise BadReference("Two files are the same reference table", f"{other}, {path.name}", remedy)
    if not tables and not any(p.stem.lower().startswith(others) for p in files):
        remedy = f"Name them as in the national database, for example {HIERARCHY}.csv; docs/reference/main-tables.md"
        near = next(filter(None, (did_you_mean(p.stem, (*known.values(), *OF_MEASURES)) for p in files)), "")
        raise BadReference("The folder holds no reference table", str(folder), near or remedy)
    return tables


def _refuse_unknown(files: list[Path], known: Mapping[str, str]) -> None:
    if not files:
        return
    names = dict(known) | {name.lower(): name for name in OF_MEASURES}
    near = get_close_matches(files[0].stem.lower(), names, n=1, cutoff=0.5)
    remedy = f"Did you mean {names[near[0]]}?" if near else "docs/reference/main-tables.md lists them"
    others = f" and {len(files) - 1} more" if len(files) > 1 else ""
    raise BadReference("There is no reference table of this name", f"{files[0]}{others}", remedy)


def read_table(path: Path, what: str) -> pl.DataFrame:
    """All columns of a Parquet file as they are, or of a CSV as text; `what` names it when it cannot be read."""
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        with path.open("rb") as file:
            if file.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
                raise BadReference(f"{what} is in UTF-16", str(path), "Save it as UTF-8")
        # An empty field is missing; quotation marks with nothing between them are a blank value.
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadReference(f"{what} cannot be read", str(path), "Save it as UTF-8 CSV or as Parquet") from error


def _read(path: Path, name: str) -> pl.DataFrame:
    """A table of the folder: the columns that we need, as text; raises BadReference naming what is wrong with it."""
    frame = read_table(path, "The reference table")
    wanted = [c.lower() for c in reference_columns()[name]]
    frame = frame.rename({c: c.strip().lower() for c in frame.columns})
    if missing := [c for c in wanted if c not in frame.columns]:
        raise BadReference(
            f"The reference table lacks {', '.join(missing)}",
            str(path),
            f"It has: {', '.join(frame.columns)}. Name its columns {', '.join(reference_columns()[name])}",
        )
    frame = frame.select(pl.col(c).cast(pl.String) for c in wanted).filter(pl.col(wanted[0]).is_not_null())
    _refuse_repeated(frame, wanted[0], path)
    return frame


def _refuse_repeated(frame: pl.DataFrame, key: str, path: Path) -> None:
    folded = frame.select(pl.col(key), pl.col(key).str.strip_chars_end(" ").str.to_lowercase().alias("_key"))
    repeated = folded.filter(pl.col("_key").is_duplicated())["_key"].unique(maintain_order=True).to_list()
    if repeated:
        raise BadReference(
            f"Found more than once, so that rows would multiply: {counted(len(repeated), 'raw value')}: "
            + ", ".join(f"'{v}'" for v in repeated[:20]),
            str(path),
            "Upper and lower case and trailing spaces do not tell values apart: keep one line of each",
        )
