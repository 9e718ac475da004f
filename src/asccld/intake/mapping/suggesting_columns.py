"""What the columns of an extract seem to hold: counted texts, dates and their formats, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from asccld.errors import UnreadableFile
from asccld.intake import open_extract
from asccld.intake.mapping.formats import as_amount, as_date, pattern_of
from asccld.intake.model import Extract

DATE_FORMATS: Final = (
    "dd/mm/yyyy", "yyyy-mm-dd", "dd-mon-yyyy", "dd mon yyyy", "dd-mm-yyyy", "dd.mm.yyyy", "dd month yyyy", "yyyymmdd",
    "yyyy/mm/dd", "dd/mm/yy", "mm/dd/yyyy",
)  # fmt: skip
"""What is tried, in this order: in England the day comes first."""
MOST_WORDS: Final = 400
"""More different texts than these are no list of values."""
_SUFFIXES: Final = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".gz", ".zip"}
"""What is taken for an extract in a folder; a file that is named is always tried."""
_ALMOST_ALL: Final = 0.95
_LAST_YEAR: Final = 2050
_LOOKED_AT: Final = 5_000
"""Different texts of a column at which the kind is judged: the most frequent."""
_NHS_NUMBER: Final = r"^\d{3}[ -]?\d{3}[ -]?\d{4}$"
_POSTCODE: Final = r"(?i)^[A-Z]{1,2}\d[A-Z\d]? *\d[A-Z]{2}$"


@dataclass(frozen=True)
class Column:
    """One column: its different texts, the most frequent first, columns `text` and `rows`."""

    header: str
    texts: pl.DataFrame

    @cached_property
    def filled(self) -> int:
        """Rows with a text."""
        return int(self.texts["rows"].sum())

    @property
    def is_unique(self) -> bool:
        """Whether each text is there once."""
        return 0 < self.texts.height == self.filled

    @property
    def is_list(self) -> bool:
        """Whether the column seems to hold words of a list rather than names, notes or numbers."""
        few = self.texts.height <= MOST_WORDS
        return self.texts.height > 0 and few and (self.texts.height * 3 <= self.filled or self.texts.height <= 12)

    @cached_property
    def date_format(self) -> str | None:
        """The format that nearly all texts have; None where they are no dates."""
        for written in DATE_FORMATS:
            pattern = pattern_of(written)
            if pattern is not None and self._share(as_date(pl.col("text"), [pattern], _LAST_YEAR).is_not_null()):
                return written
        return None

    @cached_property
    def kind(self) -> str:
        """`date`, `nhs`, `postcode`, `number`, `text`, or `empty`."""
        if self.texts.is_empty():
            return "empty"
        for kind, pattern in (("nhs", _NHS_NUMBER), ("postcode", _POSTCODE)):
            if self._share(pl.col("text").str.contains(pattern)):
                return kind
        if self.date_format is not None:
            return "date"
        return "number" if self._share(as_amount(pl.col("text"), ".").is_not_null()) else "text"

    @cached_property
    def is_numeric(self) -> bool:
        """Whether the texts are digits only: numbers of one kind look like those of another."""
        return self._share(pl.col("text").str.contains(r"^\d+$"))

    def _share(self, holds: pl.Expr) -> bool:
        if self.texts.is_empty():
            return False
        return float(self.texts.head(_LOOKED_AT).select(holds.fill_null(value=False).mean()).item()) >= _ALMOST_ALL


@dataclass
class Profile:
    """One extract as it was met."""

    name: str
    path: Path
    sheet: str | None
    rows: int
    columns: list[Column]
    notes: list[str] = field(default_factory=list[str])

    def column(self, header: str) -> Column:
        """The column with a header."""
        return next(c for c in self.columns if c.header == header)


def profiles(paths: Iterable[Path]) -> list[Profile]:
    """Every extract of files and folders, each sheet of a workbook as one; named apart."""
    found: list[Profile] = []
    for path in _files(paths):
        for extract, several in _opened(path):
            with extract:
                name = extract.sheet if several and extract.sheet else path.name.split(".")[0]
                found.append(_profile(extract, _free_name(name, found), path))
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~")))
            yield from (p for p in inside if p.suffix.lower() in _SUFFIXES)
        else:
            yield path


def _opened(path: Path) -> Iterator[tuple[Extract, bool]]:
    """The extract in a file, or in each sheet of a workbook that has several."""
    try:
        extract = open_extract(path)
    except UnreadableFile:
        sheets = _sheets(path)
        if len(sheets) < 2:
            raise
    else:
        yield extract, False
        return
    for sheet in sheets:
        try:
            extract = open_extract(path, sheet=sheet)
        except UnreadableFile:
            continue  # an empty sheet
        yield extract, True


def _sheets(path: Path) -> list[str]:
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return []
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)  # pyright: ignore[reportUnknownMemberType] - its stub is incomplete
    except (CalamineError, OSError):
        return []
    try:
        return list(book.sheet_names)
    finally:
        book.close()


def _free_name(text: str, found: Sequence[Profile]) -> str:
    """A name for a part of the mapping file: letters, digits and lines."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") or "extract"
    taken = {p.name for p in found}
    return next(n for n in [plain, *(f"{plain}_{at}" for at in range(2, len(taken) + 3))] if n not in taken)


def _profile(extract: Extract, name: str, path: Path) -> Profile:
    counts: dict[str, list[pl.DataFrame]] = {str(at): [] for at in range(len(extract.header))}
    rows = 0
    for chunk in extract.chunks():
        rows += chunk.frame.height
        for at, parts in counts.items():
            text = pl.col(at).cast(pl.String).str.strip_chars().alias("text")
            counted = chunk.frame.select(text).filter(pl.col("text") != "").group_by("text").agg(rows=pl.len())
            parts.append(counted)
    columns = [Column(header, _together(counts[str(at)])) for at, header in enumerate(extract.header)]
    named = [c for c in columns if c.header.strip()]
    headers = [c.header.casefold() for c in named]
    once = [c for c in named if headers.count(c.header.casefold()) == 1]  # no mapping can say which of two it means
    return Profile(name, path, extract.sheet, rows, once)


def _together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema={"text": pl.String, "rows": pl.UInt32})
    return pl.concat(parts).group_by("text").agg(pl.col("rows").sum()).sort("rows", "text", descending=[True, False])
