"""Extracts in Parquet: typed columns rendered as the text that a council would submit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.errors import UnreadableFile
from asccld.intake.containers import reading
from asccld.intake.dialects import check_header
from asccld.intake.model import Chunk, Extract, Note, no_shape_problems
from asccld.intake.soundness import is_sound

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from asccld.intake.containers import Source

_DAMAGED: Final = "The Parquet file is damaged or incomplete"
_REMEDY: Final = "Write it again with plain columns of text, numbers and dates, or as CSV UTF-8."
_LARGEST_EXACT: Final = 1e15
_FAILURES: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, OverflowError)


class ParquetExtract(Extract):
    """An extract in Parquet. The first row of data is row 2, as in the same table saved as CSV."""

    kind = "parquet"

    def __init__(self, source: Source, *, size_bytes: int) -> None:
        super().__init__(source.path, member=source.member, size_bytes=size_bytes)
        self._file: Path | io.BytesIO = source.path if source.packing is None else source.in_memory()
        with reading(self.place):
            if not is_sound(self._file):
                raise UnreadableFile(_DAMAGED, self.place, _REMEDY)
            try:
                schema = self._scan().collect_schema()
                self._height = int(self._scan().select(pl.len()).collect().item())
            except _FAILURES as error:
                raise UnreadableFile(_DAMAGED, self.place, _REMEDY) from error
        self.header = tuple(schema.names())
        if not self.header:
            raise UnreadableFile("The file has no columns", self.place, "Export the extract again.")
        check_header(self.header, self.place, 1)
        self._texts = [column_as_text(name, kind, self.place) for name, kind in schema.items()]
        if typed := [name for name, kind in schema.items() if kind != pl.String]:
            self._opening_notes.append(Note("typed_columns", f"rendered as text: {', '.join(typed)}"))

    def _scan(self) -> pl.LazyFrame:
        if isinstance(self._file, Path):
            return pl.scan_parquet(self._file, glob=False, hive_partitioning=False)
        self._file.seek(0)
        return pl.scan_parquet(self._file)

    def _read(self, rows: int) -> Iterator[Chunk]:
        columns = [text.alias(str(position)) for position, text in enumerate(self._texts)]
        for start in range(0, self._height, rows):
            with reading(self.place):
                try:
                    frame = self._scan().slice(start, rows).select(columns).collect()
                except _FAILURES as error:
                    raise UnreadableFile(_DAMAGED, f"{self.place}, from row {start + 2}", _REMEDY) from error
            frame = frame.with_row_index("row", offset=start + 2)
            blank = pl.all_horizontal(pl.exclude("row").is_null())
            kept = frame.filter(~blank)
            self.blank_rows += frame.height - kept.height
            if kept.height:
                yield Chunk(kept, no_shape_problems())


def column_as_text(name: str, kind: pl.DataType, place: str) -> pl.Expr:
    """A typed column as the text that a council would submit, empty text as null."""
    column = pl.col(name)
    if kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum):
        text = column.cast(pl.String)
        return pl.when(text.str.len_bytes() > 0).then(text)
    if kind == pl.Boolean:
        return pl.when(column).then(pl.lit("TRUE")).when(~column).then(pl.lit("FALSE"))
    if kind.is_float():
        return _float_as_text(column)
    if kind == pl.Date:
        return column.dt.strftime("%d/%m/%Y")
    if isinstance(kind, pl.Datetime):
        midnight = column.dt.time() == pl.time(0, 0, 0)
        return pl.when(midnight).then(column.dt.strftime("%d/%m/%Y")).otherwise(column.dt.strftime("%d/%m/%Y %H:%M:%S"))
    if kind == pl.Time:
        return column.dt.strftime("%H:%M:%S")
    if kind.is_integer() or kind.is_decimal() or kind == pl.Null:
        return column.cast(pl.String)
    raise UnreadableFile(f"Column '{name}' is of type {kind}, which is not text, number or date", place, _REMEDY)


def _float_as_text(column: pl.Expr) -> pl.Expr:
    """Whole numbers without a decimal point, so that an identifier stored as a number stays itself."""
    whole = column.is_finite() & (column == column.floor()) & (column.abs() < _LARGEST_EXACT)
    integer = pl.when(whole).then(column).cast(pl.Int64).cast(pl.String)
    return pl.when(whole).then(integer).otherwise(column.cast(pl.String))
