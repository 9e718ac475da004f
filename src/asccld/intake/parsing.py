"""From a batch of text to columns: the fast parser, a proof that it understood every row, and a slow path if not.

The proof has two parts. First, one regular expression over the text sees that quotes open and close whole cells, and
that carriage returns stand before line feeds: the fast parser reads text in which they do not in ways of its own.
Second, arithmetic. Let a batch of T bytes hold R rows of W cells. Each row then has W - 1 delimiters and a line end, so
the bytes that are neither in cells nor delimiters nor line ends, T - sum(cell bytes) - R x W, must be exactly the
quotes around cells and the carriage returns before line feeds. If a row lacks cells, the remainder is smaller than
that, so equality proves that no row is short. Too many cells raise an error in the parser itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from asccld.intake.batches import Batch
from asccld.intake.records import Dialect, lines_in_place, normalised


@dataclass(frozen=True)
class Parsed:
    """The rows of a batch. `wrong` holds (index, number of cells) of rows with too many or too few.

    `longest` is the length in bytes of the longest cell, `rest` the bytes of a last row that is not complete.
    """

    frame: pl.DataFrame
    longest: int
    wrong: list[tuple[int, int]]
    rest: bytes = b""


class Parser:
    """Parses batches of UTF-8 text in one dialect into `width` text columns, empty cells null.

    Columns at the positions `repeating`, but for the first, are Categorical.
    """

    def __init__(self, dialect: Dialect, width: int, repeating: Collection[int] = ()) -> None:
        self.dialect = dialect
        self.width = width
        self._repeating = [str(p) for p in sorted(repeating) if 0 < p < width]
        text: dict[str, pl.DataType] = {str(position): pl.String() for position in range(width)}
        self._schema = text | {n: pl.Categorical(pl.Categories.random()) for n in self._repeating}
        self.guide = dialect.delimiter.join([b"x"] * width) + dialect.newline
        """A first row of our own: it keeps the parser from treating a blank or short first row, or a stray byte order
        mark at the start of a batch, differently from those further down."""

    def fast(self, batch: Batch) -> Parsed | None:
        """The rows, or None if the fast parser may have misunderstood any of them."""
        if not batch.in_place:
            return None
        try:
            frame = self._read(batch.text)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None
        content, shortest, longest = self._measure(frame)
        remainder = len(batch.text) - content - frame.height * self.width
        outside = batch.quotes + batch.returns
        if remainder != outside and remainder != outside - self._inside(frame, batch):
            return None
        return self._parsed(frame, shortest, longest, [])

    def careful(self, batch: Batch) -> Parsed:
        """The rows, split as a spreadsheet program would; raises `UnclosedQuoteError`."""
        body = batch.body
        if batch.in_place:
            records, used = lines_in_place(body, self.dialect), len(body)
        else:
            records, used = self.dialect.split(body, final=batch.final)
        rows, wrong = normalised(records, self.dialect, self.width, in_place=batch.in_place)
        newline = self.dialect.newline
        frame = self._read(self.guide + b"".join(row + newline for row in rows))
        if frame.height != len(rows) + 1:
            message = f"expected {len(rows)} rows, found {frame.height - 1}"
            raise pl.exceptions.ComputeError(message)
        _, shortest, longest = self._measure(frame)
        return self._parsed(frame, shortest, longest, wrong, body[used:])

    def _parsed(
        self, frame: pl.DataFrame, shortest: int, longest: int, wrong: list[tuple[int, int]], rest: bytes = b""
    ) -> Parsed:
        if shortest == 0:  # the parser leaves a quoted empty cell as empty text
            sizes = zip(frame.columns, self._sizes, strict=True)
            frame = frame.with_columns(pl.when(size > 0).then(pl.col(name)).alias(name) for name, size in sizes)
        return Parsed(frame.slice(1), longest, wrong, rest)

    def _read(self, text: bytes) -> pl.DataFrame:
        return pl.read_csv(
            text,
            has_header=False,
            schema=self._schema,
            infer_schema=False,
            separator=self.dialect.delimiter.decode(),
            eol_char=self.dialect.newline.decode(),
            raise_if_empty=False,
        )

    @cached_property
    def _sizes(self) -> list[pl.Expr]:
        """The length of each cell in bytes."""
        repeating = frozenset(self._repeating)
        return [pl.col(n).cat.len_bytes() if n in repeating else pl.col(n).str.len_bytes() for n in self._schema]

    def _measure(self, frame: pl.DataFrame) -> tuple[int, int, int]:
        """The bytes of all cells, of the shortest cell that is not null, and of the longest."""
        size = pl.all()
        total, shortest, longest = (
            frame.select(self._sizes)
            .select(
                pl.sum_horizontal(size.sum().cast(pl.Int64)).alias("sum"),
                pl.min_horizontal(size.min()).alias("min"),
                pl.max_horizontal(size.max()).alias("max"),
            )
            .row(0)
        )
        return int(total), int(shortest), int(longest)

    def _inside(self, frame: pl.DataFrame, batch: Batch) -> int:
        """How many quotes and carriage returns are inside cells."""
        characters = ['"'] * (batch.quotes > 0) + ["\r"] * (batch.returns > 0)
        cell = pl.all().cast(pl.String)
        counts = [cell.str.count_matches(text, literal=True).sum().cast(pl.Int64) for text in characters]
        return sum(int(frame.select(pl.sum_horizontal(count)).item() or 0) for count in counts)
