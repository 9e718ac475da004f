"""Extracts in delimited text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asccld.errors import UnreadableFile
from asccld.intake import limits
from asccld.intake.batches import Cutter, RowTooLongError, read_ahead
from asccld.intake.containers import read_fully, reading
from asccld.intake.dialects import (
    NAMES,
    blank_columns,
    check_forced_delimiter,
    check_header,
    delimiter_of,
    header_below_in,
    named_delimiter,
    newline_of,
    opening_of,
    repeats_header,
)
from asccld.intake.encodings import (
    DISPLAY,
    Readable,
    Utf8Reader,
    bom_of,
    detected_encoding,
    named_encoding,
    stray_bytes_as_windows_1252,
)
from asccld.intake.model import Chunk, Extract, Note
from asccld.intake.parsing import Parser
from asccld.intake.records import Dialect
from asccld.intake.runs import Run, nul_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.intake.containers import Source


class DelimitedExtract(Extract):
    """An extract in CSV or another delimited text, read in batches straight from the file."""

    kind = "csv"

    def __init__(
        self, source: Source, *, size_bytes: int, delimiter: str | None, encoding: str | None, header_row: int = 1
    ) -> None:
        super().__init__(source.path, member=source.member, size_bytes=size_bytes)
        self._source = source
        raw = source.head(limits.SAMPLE_BYTES)
        if not raw:
            raise UnreadableFile("The file is empty", self.place, "Export the extract again.")
        self._codec = self._choose_encoding(raw, encoding)
        self.encoding = self._codec
        self._bom = len(bom_of(raw)) if self._codec == "utf-8" else 0
        text, whole = self._sample()
        newline = newline_of(text)
        forced = named_delimiter(delimiter) if delimiter is not None else None
        self._dialect = Dialect(forced or delimiter_of(text, newline, header_row), newline)
        self.delimiter = self._dialect.delimiter.decode()
        self._read_header(text, whole=whole, header_row=header_row)
        if forced:
            check_forced_delimiter(self.header, text, self._dialect, self.place)
        self._note_dialect()

    # ------------------------------------------------------------ opening

    def _choose_encoding(self, raw: bytes, asked: str | None) -> str:
        if asked is None:
            return detected_encoding(raw, self.place)
        codec = named_encoding(asked)
        if codec.startswith("utf-16") and b"\0" not in raw and not bom_of(raw):
            raise UnreadableFile("The file is not UTF-16", self.place, "Leave the encoding out to have it recognised.")
        if codec == "utf-16":
            return "utf-16-be" if raw.startswith(b"\xfe\xff") else "utf-16-le"
        return codec

    def _sample(self) -> tuple[bytes, bool]:
        """The first bytes as UTF-8, without a byte order mark, and whether they are the whole text."""
        reader, skip = self._open()
        try:
            with reading(self.place):
                text = read_fully(reader, skip + limits.SAMPLE_BYTES)
                whole = not reader.read(1)
        finally:
            reader.close()
        text = text[skip:]
        if self._codec != "utf-8" and not self._codec.startswith("utf-16"):
            text = text.decode(self._codec, "replace").encode()
        if b"\0" in text:
            raise nul_bytes(self.place, 1 + text.count(newline_of(text), 0, text.index(b"\0")))
        return text, whole

    def _open(self) -> tuple[Readable, int]:
        """The file as 8-bit text, and how many bytes of byte order mark come first."""
        reader = self._source.open(text=True)
        if not self._codec.startswith("utf-16"):
            return reader, self._bom
        return Utf8Reader(reader, self._codec, self.place), 3 if self._has_utf16_mark() else 0

    def _has_utf16_mark(self) -> bool:
        return self._source.head(2) in {b"\xff\xfe", b"\xfe\xff"}

    def _read_header(self, text: bytes, *, whole: bool, header_row: int) -> None:
        if not text:
            raise UnreadableFile("The file is empty", self.place, "Export the extract again.")
        repaired = stray_bytes_as_windows_1252(text) if self._codec == "utf-8" else None
        start = repaired[0] if repaired else text
        opening = opening_of(start, self._dialect, self.place, whole=whole, header_row=header_row)
        self.header, self.header_row = opening.header, opening.header_row
        self._record_bytes = opening.record_bytes
        check_header(self.header, self.place, self.header_row)
        if repeats_header(self.header, opening.second):
            row = self.header_row + 1
            self._opening_notes.append(
                Note("repeated_header", f"row {row} repeats the header: remove it from the extract", row)
            )

    def _note_dialect(self) -> None:
        notes = self._opening_notes
        if self._codec != "utf-8":
            notes.append(Note("encoding", f"decoded as {DISPLAY.get(self._codec, self._codec)}"))
        if self.delimiter not in {None, ","}:
            notes.append(Note("delimiter", f"the delimiter is {NAMES.get(self.delimiter or '', repr(self.delimiter))}"))
        if self.header_row > 1:
            notes.append(Note("header_row", f"the header is in row {self.header_row}", self.header_row))
        notes.extend(blank_columns(self.header))

    def header_below(self) -> int | None:
        """The row that seems to be the header, where what was taken for it is a title."""
        row = header_below_in(self._sample()[0], self._dialect.newline)
        return row if row is not None and row > self.header_row else None

    # ------------------------------------------------------------ reading

    def _read(self, rows: int) -> Iterator[Chunk]:
        share = max(limits.SHARED_BATCH_BYTES, self.size_bytes // limits.SHARES)
        size = max(limits.MIN_BATCH_BYTES, min(limits.BATCH_BYTES, share, rows * self._record_bytes))
        reader, skip = self._open()
        parser = Parser(self._dialect, len(self.header), self._repeating)
        run = Run(parser, self._codec, self.header_row, self.place)
        try:
            with reading(self.place):
                for batch, parsing in read_ahead(Cutter(reader, skip, self._dialect, size, run.guide), run.fast):
                    yield from run.chunks(batch, rows, parsing)
                    self._reading_notes = run.notes()
                    self.blank_rows = run.blank_rows
        except RowTooLongError as error:
            raise run.too_long(run.row, None) from error
        finally:
            reader.close()
