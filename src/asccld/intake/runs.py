"""One reading of a delimited text from top to bottom: decoding, parsing, row numbers, blank rows, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from asccld.counting import counted
from asccld.errors import UnreadableFile
from asccld.intake import limits
from asccld.intake.batches import Batch
from asccld.intake.dialects import unclosed_quote
from asccld.intake.encodings import DISPLAY, stray_bytes_as_windows_1252
from asccld.intake.model import Chunk, Note, shape_problems
from asccld.intake.parsing import Parsed, Parser
from asccld.intake.records import UnclosedQuoteError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

_READ_AS_UTF8 = {"utf-8", "utf-16-le", "utf-16-be"}
_SAVE_UTF8 = "Export the extract again as CSV UTF-8."


def nul_bytes(place: str, row: int) -> UnreadableFile:
    """The error for text with NUL bytes."""
    return UnreadableFile("The text holds NUL bytes, so it is binary or damaged", f"{place}, row {row}", _SAVE_UTF8)


class Run:
    """What one reading knows so far. `row` is the row in the user's file at which the next batch starts."""

    def __init__(self, parser: Parser, codec: str, header_row: int, place: str) -> None:
        self.row = 1
        self.blank_rows = 0
        self._dialect = parser.dialect
        self._parser = parser
        self._codec = codec
        self._header_row = header_row
        self._place = place
        self._rest = b""
        self._stray_rows = 0
        self._first_stray = 0
        self._misshapen = 0

    @property
    def guide(self) -> bytes:
        """The row that every batch must start with."""
        return self._parser.guide

    def notes(self) -> list[Note]:
        """What this reading noticed."""
        if not self._stray_rows:
            return []
        rows = "1 row holds" if self._stray_rows == 1 else f"{self._stray_rows:,} rows hold"
        message = (
            f"{rows} characters that are not UTF-8 (first in row {self._first_stray}): "
            "these were read as Windows-1252; export the extract as CSV UTF-8"
        )
        return [Note("mixed_encoding", message, self._first_stray)]

    def fast(self, batch: Batch) -> Parsed | None:
        """What the fast parser makes of a batch; None where it cannot be sure, or where what came before may matter."""
        if self._codec not in _READ_AS_UTF8 or b"\0" in batch.text:
            return None
        return self._parser.fast(batch)

    def chunks(self, batch: Batch, rows: int, parsing: Future[Parsed | None]) -> Iterator[Chunk]:
        """The rows of one batch, at most `rows` at a time; `parsing` is what `fast` makes of it."""
        parsed = self._parsed(batch, parsing)
        self._check_cells(parsed)
        first, self.row = self.row, self.row + parsed.frame.height
        wrong = [(first + index, cells) for index, cells in parsed.wrong if first + index > self._header_row]
        frame = self._numbered(parsed.frame, first, [row for row, _ in wrong])
        self._check_rows(wrong)
        shape = shape_problems(wrong, self._parser.width)
        for part in frame.iter_slices(rows):
            if part.height == frame.height:
                yield Chunk(part, shape)
            elif part.height:
                low, high = part["row"][0], part["row"][-1]
                yield Chunk(part, shape.filter(pl.col("row").is_between(low, high)))

    def _numbered(self, frame: pl.DataFrame, first: int, kept: list[int]) -> pl.DataFrame:
        """The frame with row numbers, without the header and without rows that are blank from end to end.

        Rows in `kept` stay: their only content may be in surplus cells.
        """
        header = max(0, min(self._header_row + 1 - first, frame.height))
        frame = frame.with_row_index("row", offset=first).slice(header)
        # most rows have a first cell: only the others are looked at
        candidates = frame.filter(_blank(1))
        blank = candidates.filter(_blank(self._parser.width))["row"]
        blank = blank.filter(~blank.is_in(kept)) if kept else blank
        self.blank_rows += blank.len()
        return frame.filter(~pl.col("row").is_in(blank.implode())) if blank.len() else frame

    # ------------------------------------------------------------ decoding and parsing

    def _parsed(self, batch: Batch, parsing: Future[Parsed | None]) -> Parsed:
        alone = not self._rest and self._codec in _READ_AS_UTF8
        if alone and (parsed := parsing.result()) is not None:
            return parsed
        if not alone:
            batch = self.batch(self._decoded(self._rest + batch.body), final=batch.final)
            self._rest = b""
        if b"\0" in batch.text:
            raise nul_bytes(self._place, self._row_at(batch.body, batch.body.index(b"\0")))
        parsed = (None if alone else self._parser.fast(batch)) or self._parsed_again(batch)
        self._rest = parsed.rest if self._codec in _READ_AS_UTF8 else parsed.rest.decode().encode(self._codec)
        if len(self._rest) > limits.MAX_RECORD_BYTES:
            raise unclosed_quote(self._place, self.row + parsed.frame.height, None)
        return parsed

    def batch(self, body: bytes, *, final: bool) -> Batch:
        """A batch of rows as the parser wants it."""
        return Batch.of(self.guide + body, self._dialect, len(self.guide), final=final)

    def _parsed_again(self, batch: Batch) -> Parsed:
        body = self._utf8(batch.body)
        if body is not None:
            batch = self.batch(body, final=batch.final)
            if (parsed := self._parser.fast(batch)) is not None:
                return parsed
        try:
            return self._parser.careful(batch)
        except UnclosedQuoteError as error:
            raise unclosed_quote(self._place, self.row + error.record, error.column) from error
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise UnreadableFile(
                "The text cannot be split into rows and columns", f"{self._place}, from row {self.row}", _SAVE_UTF8
            ) from error

    def _decoded(self, body: bytes) -> bytes:
        if self._codec in _READ_AS_UTF8:
            return body
        try:
            return body.decode(self._codec).encode()
        except UnicodeDecodeError as error:
            raise self._undecodable(body, error.start, self._codec) from error

    def _utf8(self, body: bytes) -> bytes | None:
        """The text with its stray bytes of Windows-1252 replaced, and noted; None if it has none."""
        try:
            body.decode()
        except UnicodeDecodeError as error:
            repaired = stray_bytes_as_windows_1252(body)
            if repaired is None:
                raise self._undecodable(body, error.start, "utf-8") from error
            text, rows = repaired
            self._stray_rows += rows
            self._first_stray = self._first_stray or self._row_at(body, error.start)
            return text
        return None

    def _undecodable(self, body: bytes, position: int, codec: str) -> UnreadableFile:
        name = DISPLAY.get(codec, codec)
        also = " nor Windows-1252" if codec == "utf-8" else ""
        verb = "neither" if also else "not"
        row = self._row_at(body, position)
        return UnreadableFile(f"The text is {verb} {name}{also}", f"{self._place}, row {row}", _SAVE_UTF8)

    def _row_at(self, body: bytes, position: int) -> int:
        """The row that the byte at `position` belongs to."""
        return self.row + len(self._dialect.split(body[:position], final=False)[0])

    # ------------------------------------------------------------ limits

    def _check_rows(self, wrong: list[tuple[int, int]]) -> None:
        """Stop where rows are blank or misshapen without end: nothing that follows would change what is to be done."""
        self._misshapen += len(wrong)
        if self.blank_rows > limits.MAX_BLANK_ROWS:
            raise UnreadableFile(
                f"The file has more than {limits.MAX_BLANK_ROWS:,} rows without any content",
                f"{self._place}, before row {self.row}",
                "Delete the blank rows, or export the extract again.",
            )
        if self._misshapen > limits.MAX_MISSHAPEN_ROWS:
            row, cells = wrong[0]
            raise UnreadableFile(
                f"More than {limits.MAX_MISSHAPEN_ROWS:,} rows do not have the header's "
                f"{counted(self._parser.width, 'cell')}",
                f"{self._place}, for example row {row} with {counted(cells, 'cell')}",
                "Check the delimiter and the quotes, and export the extract again.",
            )

    def _check_cells(self, parsed: Parsed) -> None:
        if parsed.longest <= limits.MAX_CELL_BYTES:
            return
        too_long = pl.all().cast(pl.String).str.len_bytes() > limits.MAX_CELL_BYTES
        found = parsed.frame.select(too_long.arg_max()), parsed.frame.select(too_long.any())
        for column in range(self._parser.width):
            if found[1].item(0, column):
                raise self.too_long(self.row + int(found[0].item(0, column)), column)

    def too_long(self, row: int, column: int | None) -> UnreadableFile:
        """The error for a row, or one of its cells, that is longer than any real one."""
        what, limit = ("A row", limits.MAX_RECORD_BYTES) if column is None else ("A cell", limits.MAX_CELL_BYTES)
        where = f"{self._place}, row {row}" if column is None else f"{self._place}, row {row}, column {column + 1}"
        return UnreadableFile(
            f"{what} is longer than {limit:,} bytes",
            where,
            "Correct or shorten it in the source system and export again.",
        )


def _blank(width: int) -> pl.Expr:
    """Rows in which at most the first cell has anything, and that only blanks."""
    first = pl.col("0").is_null() | (pl.col("0").str.strip_chars() == "")
    if width == 1:
        return first
    return pl.all_horizontal([pl.col(str(position)).is_null() for position in range(1, width)]) & first
