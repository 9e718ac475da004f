"""Reading an extract for checking: one chunk ahead, several judged at once, and a look at its beginning."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import chain
from typing import TypeVar, cast

import polars as pl
import polars.selectors as cs

from asccld.errors import UnreadableFile
from asccld.intake.headers import plain_columns
from asccld.intake.model import Chunk, Extract
from asccld.standard import Release, Standard

CHUNK_ROWS = 250_000
FIRST_EVENTS = 10_000
"""From so many the release and the period are told before the others are read."""
_NAMED_ROWS = 5


_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def one_ahead(items: Iterator[_Item], aside: Executor) -> Iterator[_Item]:
    """The same items, the next being made while one is used."""
    done = object()
    coming = aside.submit(next, items, done)
    while (item := coming.result()) is not done:
        coming = aside.submit(next, items, done)
        yield cast("_Item", item)


def side_by_side(
    make: Callable[[_Item], _Made], items: Iterable[_Item], aside: Executor, at_once: int
) -> Iterator[_Made]:
    """What is made of each item, in the order of the items; so many are in the making at any time."""
    making: deque[Future[_Made]] = deque()
    for item in items:
        making.append(aside.submit(make, item))
        if len(making) > at_once:
            yield making.popleft().result()
    while making:
        yield making.popleft().result()


def reading_chunks(extract: Extract, standard: Standard) -> Iterator[Chunk]:
    """The chunks of an extract in the size that checking wants; texts of list columns repeat."""
    lists = {
        p
        for r in standard.releases.values()
        for p, n in plain_columns(extract.header, r.headers).items()
        if _list(r, n)
    }
    return extract.chunks(CHUNK_ROWS, repeating=lists)


def _list(release: Release, name: str) -> bool:
    found = release.list_of(name)
    return found is not None and bool(found.values)


def first_events(extract: Extract, chunks: Iterator[Chunk]) -> tuple[pl.DataFrame, Iterator[Chunk]]:
    """The first events of a file, and all its chunks; raises UnreadableFile when there is no event.

    So many whatever the size of the chunks: what they decide must not depend on it.
    """
    seen: list[Chunk] = []
    events = 0
    while events < FIRST_EVENTS and (chunk := next(chunks, None)) is not None:
        seen.append(chunk)
        events += chunk.frame.height
    if not events:
        refuse_bad_shape(extract, [c.shape for c in seen])
        raise no_events(extract)
    first = pl.concat(c.frame.head(FIRST_EVENTS).with_columns(_TEXTS) for c in seen if c.frame.height)
    return first.head(FIRST_EVENTS), chain(seen, chunks)


_TEXTS = cs.categorical().cast(pl.String)


def no_events(extract: Extract) -> UnreadableFile:
    """The error for a file without a single event."""
    return UnreadableFile(
        "The file has no event: nothing is below its first row",
        extract.place,
        "The first row must hold the headers of the specification, and each row below it an event. A council with no "
        "events has nothing to submit",
    )


def refuse_bad_shape(extract: Extract, shapes: list[pl.DataFrame]) -> None:
    """Raise UnreadableFile naming the first rows whose cells cannot be told into columns, if there are any."""
    shape = pl.concat(shapes) if shapes else pl.DataFrame()
    if shape.is_empty():
        return
    named = "row" if shape.height == 1 else "rows"
    rows = ", ".join(str(r) for r in shape["row"].head(_NAMED_ROWS).to_list())
    more = f" and {shape.height - _NAMED_ROWS:,} more" if shape.height > _NAMED_ROWS else ""
    have = "1 row has" if shape.height == 1 else f"{shape.height:,} rows have"
    raise UnreadableFile(
        f"{have} {' or '.join(shape['problem'].unique().sort().to_list())} ({named} {rows}{more})",
        extract.place,
        "Put quotes around cells that hold the delimiter or a line break, and write every cell of a row, blank or not",
    )


_REFUSED = {
    "repeated_header": ("The file has two header rows", "Delete the second header row"),
    "mixed_encoding": (
        "The file mixes UTF-8 with another encoding",
        "Export it again as CSV UTF-8, or read all of it as Windows-1252 with --encoding windows-1252",
    ),
}
"""Notes of intake about text that reading can survive but that nobody should submit."""


def refuse_noted(extract: Extract, header_rows: list[int]) -> None:
    """Raise UnreadableFile where there is a second header or a mixture of encodings."""
    if header_rows:
        what, remedy = _REFUSED["repeated_header"]
        raise UnreadableFile(what, f"{extract.place}, row {header_rows[0]}", remedy)
    for note in extract.notes:
        if note.kind in _REFUSED:
            what, remedy = _REFUSED[note.kind]
            raise UnreadableFile(what, f"{extract.place}, row {note.row}", remedy)
