"""Cutting a stream of text into batches that end where a row ends, one batch ahead of who consumes them."""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING, Final, TypeVar

from asccld.intake import limits
from asccld.intake.containers import read_behind, read_fully
from asccld.intake.records import QUOTE, Dialect, count_quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asccld.intake.encodings import Readable

_LINES_TRIED: Final = 100
_READING_THREADS: Final = 3
"""One reads, one parses the batch in hand, one that which was read ahead."""
_BUFFERS: Final = 3
"""One is read into, one is parsed, one is in the caller's hands; used in turn, for fresh memory takes time."""
_STRAY_RETURN: Final = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class Batch:
    """Rows of text below a guide row: whole rows, unless quotes are out of place.

    `text` starts with the `guide` bytes of a first row of our own, so that the parser need not copy the text to put
    it there. `quotes` counts the quotes, `returns` the carriage returns before line feeds. `in_place` says that every
    quote and every carriage return is where it should be.
    """

    text: bytes
    guide: int
    quotes: int
    returns: int
    in_place: bool
    final: bool

    @classmethod
    def of(cls, text: bytes, dialect: Dialect, guide: int, *, quotes: int | None = None, final: bool) -> Batch:
        """A batch with its bytes counted; `text` includes the guide row."""
        count = count_quotes(text) if quotes is None else quotes
        in_place = count == 0 or (count % 2 == 0 and dialect.has_quotes_in_place(text))
        if dialect.newline != b"\n" or b"\r" not in text:
            return cls(text, guide, count, 0, in_place, final)
        in_place = in_place and _STRAY_RETURN.search(text) is None
        return cls(text, guide, count, text.count(b"\r"), in_place, final)

    @property
    def body(self) -> bytes:
        """The text without the guide row."""
        return self.text[self.guide :]


class RowTooLongError(Exception):
    """Text without any line end for longer than a row may be."""


class Cutter:
    """Reads a stream and cuts it after the last line end that lies outside quotes."""

    def __init__(self, reader: Readable, skip: int, dialect: Dialect, size: int, guide: bytes) -> None:
        self._reader = reader
        self._dialect = dialect
        self._newline = dialect.newline
        self._size = size
        self._guide = guide
        self._carry = b""
        self._buffers = cycle([BytesIO() for _ in range(_BUFFERS)])
        self._skip = skip
        self._first = True

    def next(self) -> Batch:
        """The next batch; the last one is `final`, and may be empty."""
        while True:
            buffer, start, final = self._filled()
            if final:
                text = buffer.getvalue()
                return self._batch(text if text.endswith(self._newline) else text + self._newline, None, final=True)
            end, quotes = self._end(buffer.getvalue(), start)
            self._carry = buffer.getvalue()[end:]
            if end > len(self._guide):
                buffer.truncate(end)
                return self._batch(buffer.getvalue(), quotes, final=False)
            if len(self._carry) > limits.MAX_RECORD_BYTES:
                raise RowTooLongError

    def _filled(self) -> tuple[BytesIO, int, bool]:
        """The guide row, what was left over and what is read next; where the latter starts; whether it is the last."""
        size, self._first = min(self._size, limits.FIRST_BATCH_BYTES) if self._first else self._size, False
        if self._skip:
            self._skip -= len(read_fully(self._reader, self._skip))
        known = self._guide + self._carry
        buffer = next(self._buffers)
        final = read_behind(known, self._reader, size, buffer)
        return buffer, len(known), final

    def _end(self, text: bytes, start: int) -> tuple[int, int]:
        """Where to cut, and the quotes before: after the last line end, or a few lines earlier if that seems quoted.

        The guide's end where there is no line end in what was read last.
        """
        end = text.rfind(self._newline, start) + 1
        if end == 0:
            return len(self._guide), 0
        quotes = count_quotes(text, end)
        earlier, left = end, quotes
        for _ in range(_LINES_TRIED):
            if left % 2 == 0:
                return earlier, left
            line = text.rfind(self._newline, start, earlier - 1) + 1
            if line == 0:
                break
            left -= text.count(QUOTE, line, earlier)
            earlier = line
        return end, quotes

    def _batch(self, text: bytes, quotes: int | None, *, final: bool) -> Batch:
        return Batch.of(text, self._dialect, len(self._guide), quotes=quotes, final=final)


_Made = TypeVar("_Made")


def read_ahead(cutter: Cutter, parse: Callable[[Batch], _Made]) -> Iterator[tuple[Batch, Future[_Made]]]:
    """The batches of a cutter and what `parse` makes of each; the next is read and parsed while the caller works."""
    with ThreadPoolExecutor(max_workers=_READING_THREADS, thread_name_prefix="asccld-intake") as pool:

        def read() -> tuple[Batch, Future[_Made]]:
            batch = cutter.next()
            return batch, pool.submit(parse, batch)

        coming = pool.submit(read)
        while True:
            batch, parsing = coming.result()
            if not batch.final:
                coming = pool.submit(read)
            yield batch, parsing
            if batch.final:
                return
