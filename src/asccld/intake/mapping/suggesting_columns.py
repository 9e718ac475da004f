"""What the columns of an extract seem to hold: counted texts, dates and their formats, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from asccld.errors import UnreadableFile
from asccld.intake import open_extract
from asccld.intake.mapping.formats import as_amount
from asccld.intake.mapping.suggesting_dates import Dates, Written, are_serials, dates_of, written
from asccld.intake.model import Extract

MOST_WORDS: Final = 400
"""More different texts than these are no list of values."""
_SUFFIXES: Final = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".gz", ".zip"}
"""What is taken for an extract in a folder; a file that is named is always tried."""
_ALMOST_ALL: Final = 0.95
_LOOKED_AT: Final = 5_000
"""Different texts of a column at which the kind is judged: the most frequent."""
_NHS_NUMBER: Final = r"^\d{3}[ -]?\d{3}[ -]?\d{4}$"
_POSTCODE: Final = r"(?i)^[A-Z]{1,2}\d[A-Z\d]? *\d[A-Z]{2}$"


@dataclass(frozen=True)
class Column:
    """One column: its different texts, the most frequent first, columns `text` and `rows`."""

    header: str
    texts: pl.DataFrame
    is_typed: bool = False
    """Whether cells were real dates: they are given with the day first."""

    @cached_property
    def filled(self) -> int:
        """Rows with a text."""
        return int(self.texts["rows"].sum())

    @property
    def is_unique(self) -> bool:
        """Whether each text is there once."""
        return 0 < self.texts.height == self.filled

    @cached_property
    def is_list(self) -> bool:
        """Whether the column seems to hold words of a list rather than names, notes, numbers or identifiers."""
        few = self.texts.height <= MOST_WORDS and not self.is_ids
        return self.texts.height > 0 and few and (self.texts.height * 3 <= self.filled or self.texts.height <= 12)

    @cached_property
    def is_ids(self) -> bool:
        """Whether nearly every row has a text of its own, with digits: identifiers, however few they are."""
        return self.texts.height >= _ALMOST_ALL * self.filled and self.has_digits

    @cached_property
    def is_amount(self) -> bool:
        """Whether texts have pounds or decimals: what tells rows apart has none."""
        amounts = pl.col("text").str.contains(r"^£?[ \d,]*\.\d+$|£")
        return bool(self.texts.head(_LOOKED_AT).select(amounts.any()).item())

    @cached_property
    def has_digits(self) -> bool:
        """Whether nearly every text has a digit: names and words have none."""
        return self._share(pl.col("text").str.contains(r"\d"))

    @cached_property
    def dates(self) -> Written | None:
        """How the texts write dates; None where they are none."""
        found = written(self.texts.head(_LOOKED_AT))
        return replace(found, is_day_first=True) if found and self.is_typed else found

    @cached_property
    def is_serials(self) -> bool:
        """Whether the texts may be days as spreadsheets number them: a header has to say that they are days."""
        return are_serials(self.texts.head(_LOOKED_AT))

    @cached_property
    def kind(self) -> str:
        """`date`, `nhs`, `postcode`, `number`, `text`, or `empty`."""
        if self.texts.is_empty():
            return "empty"
        for kind, pattern in (("nhs", _NHS_NUMBER), ("postcode", _POSTCODE)):
            if self._share(pl.col("text").str.contains(pattern)):
                return kind
        if self.dates is not None:
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
    is_typed: bool = False
    """Whether cells may be real dates."""
    header_row: int = 1
    """Above this row are titles."""
    blank: int = 0
    """Rows without any content, which `rows` does not count."""
    unnamed: tuple[str, ...] = ()
    """Headers that no mapping can name: those that stand there twice, and columns without one."""
    header: tuple[str, ...] = ()
    """The first row, blanks and all."""

    def column(self, header: str) -> Column:
        """The column with a header."""
        return next(c for c in self.columns if c.header == header)

    @cached_property
    def dates(self) -> Dates:
        """How the columns write dates."""
        found = {c.header: w for c in self.columns if (w := c.dates) is not None}
        return dates_of(found, is_typed=self.is_typed)


@dataclass(frozen=True)
class Met:
    """The extracts of files and folders; `unread` says of the files and sheets that cannot be read why not."""

    profiles: list[Profile]
    unread: dict[str, str]


def met(paths: Iterable[Path]) -> Met:
    """Every extract of files and folders, each sheet of a workbook as one; named apart.

    A file that is named has to be readable; of a folder, those that are not are told.
    """
    found: list[Profile] = []
    unread: dict[str, str] = {}
    for path, is_named in _files(paths):
        try:
            for extract, several in _opened(path, unread):
                name = extract.sheet if several and extract.sheet else path.name.split(".")[0]
                found.append(_below_titles(extract, _free_name(name, found), path))
        except UnreadableFile as error:
            if is_named:
                raise
            unread[path.name] = error.what
    names = {p.name for p in found}
    return Met([_without_points(p, names) for p in found], unread)


def _below_titles(extract: Extract, name: str, path: Path) -> Profile:
    """The profile of an extract, also where titles stand above its header."""
    with extract:
        row = extract.header_below()
        if row is None:
            return _profile(extract, name, path)
    with open_extract(path, sheet=extract.sheet, header_row=row) as below:
        return replace(_profile(below, name, path), header_row=row)


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file, and whether somebody named it."""
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~")))
            yield from ((p, False) for p in inside if p.suffix.lower() in _SUFFIXES)
        else:
            yield path, True


def _opened(path: Path, unread: dict[str, str]) -> Iterator[tuple[Extract, bool]]:
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
        except UnreadableFile as error:
            unread[f"{path.name}, sheet '{sheet}'"] = error.what
            continue
        yield extract, True


def _without_points(profile: Profile, names: set[str]) -> Profile:
    """A profile without columns called `other.COLUMN`: a mapping file would ask the other extract for them."""
    usable = [c for c in profile.columns if c.header.partition(".")[0] not in names or "." not in c.header]
    lost = tuple(c.header for c in profile.columns if c not in usable)
    return replace(profile, columns=usable, unnamed=(*profile.unnamed, *lost)) if lost else profile


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
    rows, blank = 0, 0
    for chunk in extract.chunks():
        filled = pl.any_horizontal(pl.exclude("row").cast(pl.String).str.strip_chars() != "").fill_null(value=False)
        with_content = int(chunk.frame.select(filled.sum()).item())
        rows, blank = rows + with_content, blank + chunk.frame.height - with_content
        for at, parts in counts.items():
            text = pl.col(at).cast(pl.String).str.strip_chars().alias("text")
            counted = chunk.frame.select(text).filter(pl.col("text") != "").group_by("text").agg(rows=pl.len())
            parts.append(counted)
    days = {r.column for r in extract.repairs if r.kind == "excel_date"}
    is_typed = extract.kind != "csv"
    columns = [
        Column(header, _together(counts[str(at)]), is_typed and (extract.kind == "parquet" or at in days))
        for at, header in enumerate(extract.header)
    ]
    plain = [" ".join(c.header.split()).casefold() for c in columns]
    once = [c for c, text in zip(columns, plain, strict=True) if text and plain.count(text) == 1]
    unnamed = tuple(dict.fromkeys(c.header for c in columns if c not in once))
    return Profile(
        name,
        path,
        extract.sheet,
        rows,
        once,
        is_typed,
        blank=blank + extract.blank_rows,
        unnamed=unnamed,
        header=extract.header,
    )


def _together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema={"text": pl.String, "rows": pl.UInt32})
    return pl.concat(parts).group_by("text").agg(pl.col("rows").sum()).sort("rows", "text", descending=[True, False])
