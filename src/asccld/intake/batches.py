"""Cutting a stream of text into batches that end where a row ends, one batch ahead of who consumes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asccld.intake import limits
from asccld.intake.containers import read_fully
from asccld.intake.records import QUOTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asccld.intake.encodings import Readable

_LINES_TRIED: Final = 100


@dataclass(frozen=True)
class Batch:
    """Whole rows of text, unless quotes are out of place: `quotes` and `returns` count those bytes."""

    body: bytes
    quotes: int
    returns: int
    final: bool

    @classmethod
    def of(cls, body: bytes, *, final: bool) -> Batch:
        """A batch with its bytes counted."""
        return cls(body, body.count(QUOTE), _returns(body), final)


def _returns(body: bytes) -> int:
    return body.count(b"\r") if b"\r" in body else 0


class RowTooLongError(Exception):
    """Text without any line end for longer than a row may be."""


class Cutter:
    """Reads a stream and cuts it after the last line end that lies outside quotes."""

    def __init__(self, reader: Readable, skip: int, newline: bytes, size: int) -> None:
        self._reader = reader
        self._newline = newline
        self._size = size
        self._carry = b""
        self._skip = skip

    def next(self) -> Batch:
        """The next batch; the last one is `final`, and may be empty."""
        data = self._carry + self._block()
        while True:
            final = len(data) < len(self._carry) + self._size
            self._carry = b""
            if final:
                body = data if not data or data.endswith(self._newline) else data + self._newline
                return Batch.of(body, final=True)
            end = data.rfind(self._newline) + 1
            if end:
                return self._cut(data, end)
            if len(data) > limits.MAX_RECORD_BYTES:
                raise RowTooLongError
            self._carry = data
            data += self._block()

    def _block(self) -> bytes:
        if self._skip:
            skip, self._skip = self._skip, 0
            return read_fully(self._reader, skip + self._size)[skip:]
        return read_fully(self._reader, self._size)

    def _cut(self, data: bytes, end: int) -> Batch:
        """Cut at `end`, or a few lines earlier if `end` seems to lie inside quotes."""
        quotes = data.count(QUOTE, 0, end)
        earlier, left = end, quotes
        for _ in range(_LINES_TRIED):
            if left % 2 == 0:
                end, quotes = earlier, left
                break
            start = data.rfind(self._newline, 0, earlier - 1) + 1
            if start == 0:
                break
            left -= data.count(QUOTE, start, earlier)
            earlier = start
        self._carry = data[end:]
        body = data[:end]
        return Batch(body, quotes, _returns(body), final=False)


def read_ahead(cutter: Cutter) -> Iterator[Batch]:
    """The batches of a cutter, reading the next one while the caller works on the last."""
    batch = cutter.next()
    if batch.final:
        yield batch
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="asccld-intake") as pool:
        while not batch.final:
            ahead = pool.submit(cutter.next)
            yield batch
            batch = ahead.result()
        yield batch
