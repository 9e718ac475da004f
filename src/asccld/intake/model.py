"""What intake hands on: chunks of text cells, notes about the file, and repairs made while reading."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self


Kind = Literal["csv", "xlsx", "parquet", "database"]
RepairKind = Literal["excel_date", "excel_number", "excel_boolean", "excel_error"]

SHAPE_SCHEMA: dict[str, type[pl.DataType]] = {"row": pl.UInt32, "cells": pl.UInt32, "problem": pl.String}


@dataclass(frozen=True)
class Note:
    """Something noticed about the file as a whole; `row` is set where the note is about one row."""

    kind: str
    message: str
    row: int | None = None


@dataclass(frozen=True)
class Repair:
    """Cells of one column that were not text in the file and were rendered as text.

    `column` is the position of the column, from 0; `first_row` the row in the user's file of the first such cell.
    """

    kind: RepairKind
    column: int
    count: int
    first_row: int


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of the extract.

    `frame` has `row` (UInt32, the row in the user's file) and then one String column per header cell, named by its
    position: "0", "1", ... (Categorical where it was said that texts repeat). An empty cell and a cell that a short row
    lacks are both null; `shape` tells them apart. Rows without any content are counted in the row numbers but are not
    in `frame`.

    `shape` lists rows with too many or too few cells: `row`, `cells` (the number found) and `problem`. Surplus cells
    are not in `frame`.
    """

    frame: pl.DataFrame
    shape: pl.DataFrame


def no_shape_problems() -> pl.DataFrame:
    """An empty `shape` table."""
    return pl.DataFrame(schema=SHAPE_SCHEMA)


def shape_problems(found: list[tuple[int, int]], width: int) -> pl.DataFrame:
    """The `shape` table for rows, given as (row, number of cells), whose number of cells differs from `width`."""
    if not found:
        return no_shape_problems()
    many = pl.col("cells") > width
    return pl.DataFrame(found, schema={"row": pl.UInt32, "cells": pl.UInt32}, orient="row").with_columns(
        pl.when(many).then(pl.lit("too many cells")).otherwise(pl.lit("too few cells")).alias("problem")
    )


class Extract(ABC):
    """One opened extract. Use it as a context manager, or call `close`.

    `header` holds the header cells exactly as the file has them (without a byte order mark), duplicates and blanks
    included. `notes`, `repairs` and `blank_rows` are complete once `chunks` has been read to the end: what can only be
    seen by reading every byte (such as a stray Windows-1252 character) is added as it is met.
    """

    kind: Kind

    def __init__(self, path: Path, *, member: str | None, size_bytes: int) -> None:
        self.path = path
        self.member = member
        self.size_bytes = size_bytes
        self.sheet: str | None = None
        self.encoding: str | None = None
        self.delimiter: str | None = None
        self.header: tuple[str, ...] = ()
        self.header_row = 1
        self.blank_rows = 0
        self._opening_notes: list[Note] = []
        self._reading_notes: list[Note] = []
        self._repairs: list[Repair] = []
        self._repeating: frozenset[int] = frozenset()

    @property
    def place(self) -> str:
        """The file, and the part of it, as messages name it."""
        name = self.path.name if self.member is None else f"{self.path.name}, {self.member}"
        return name if self.sheet is None else f"{name}, sheet '{self.sheet}'"

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed about the whole file so far."""
        return (*self._opening_notes, *self._reading_notes)

    @property
    def repairs(self) -> list[Repair]:
        """Typed cells that were rendered as text, by kind and column, in the latest reading."""
        return list(self._repairs)

    def chunks(self, rows: int = 100_000, *, repeating: Collection[int] = ()) -> Iterator[Chunk]:
        """Read the rows below the header, at most `rows` at a time (fewer where rows are long).

        Columns at the positions `repeating` hold few different texts: they come as Categorical where that is faster.
        May be called again: each call reads the file from its start.
        """
        if rows < 1:
            message = "rows must be at least 1"
            raise ValueError(message)
        self._reading_notes = []
        self._repairs = []
        self.blank_rows = 0
        self._repeating = frozenset(repeating)
        return self._read(rows)

    @abstractmethod
    def _read(self, rows: int) -> Iterator[Chunk]: ...

    def header_below(self) -> int | None:
        """The row that seems to be the header, where what was taken for it is a title."""
        return None

    def close(self) -> None:  # noqa: B027 - most kinds hold nothing between readings
        """Let go of what the extract holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
