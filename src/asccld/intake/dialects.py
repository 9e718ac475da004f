"""Recognising delimiter, line ends and the header of delimited text from its first bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asccld.errors import UnreadableFile
from asccld.intake import limits
from asccld.intake.model import Note
from asccld.intake.records import Dialect, UnclosedQuoteError

CANDIDATES: Final = (b",", b";", b"\t", b"|")
NAMES: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
_RECORDS_LOOKED_AT: Final = 50
_TITLE_CELLS: Final = 2
"""More than these are no title, such as `Run on` and a day."""
_TITLE_ROWS: Final = 15
_QUOTED: Final = re.compile(rb'"[^"]*+"')
_NUMBER_OR_DATE: Final = re.compile(r"[+-]?[\d.,]+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T][\d:.]+)?")


@dataclass(frozen=True)
class Opening:
    """The header, its row, the row below it, and the average length of a row."""

    header: tuple[str, ...]
    header_row: int
    second: tuple[str, ...] | None
    record_bytes: int


def header_below(rows: Sequence[Sequence[str]]) -> int | None:
    """The row that seems to be the header, where the first that is not blank is a title; rows count from 1."""
    filled = [[text.strip() for text in row if text.strip()] for row in rows[:_TITLE_ROWS]]
    first = next((at for at, texts in enumerate(filled) if texts), None)
    if first is None or len(filled[first]) > _TITLE_CELLS:
        return None
    wide = max(_TITLE_CELLS + 1, 2 * len(filled[first]))
    below = next((at for at in range(first + 1, len(filled)) if len(filled[at]) >= wide), None)
    if below is None or len(set(filled[below])) < len(filled[below]):
        return None
    return None if any(_NUMBER_OR_DATE.fullmatch(text) for text in filled[below]) else below + 1


def header_below_in(text: bytes, newline: bytes) -> int | None:
    """`header_below` of delimited text, with the delimiter that gives that header the most cells.

    A first row that another delimiter cuts into as many cells is the header itself: texts below it hold the wrong one.
    """
    found: list[tuple[int, int]] = []
    widest = 0
    for candidate in CANDIDATES:
        dialect = Dialect(candidate, newline)
        rows = [_texts(dialect.cells(r)) for r in _first_records(text, dialect)[:_TITLE_ROWS]]
        widest = max(widest, next((len(row) for row in rows if any(row)), 0))
        if (row := header_below(rows)) is not None:
            found.append((len(rows[row - 1]), row))
    cells, row = max(found, default=(0, 0))
    return row if cells > widest else None


def newline_of(sample: bytes) -> bytes:
    """The byte that ends rows: a carriage return only where no line feed stands outside quotes."""
    bare = _QUOTED.sub(b"", sample)
    return b"\r" if b"\r" in bare and b"\n" not in bare else b"\n"


def delimiter_of(sample: bytes, newline: bytes, header_row: int = 1) -> bytes:
    """The delimiter that gives the first rows the most equal and the largest number of cells; a comma if none does.

    Rows above `header_row` are titles, and say nothing.
    """
    best, best_score = b",", (0.0, 0)
    for candidate in CANDIDATES:
        if candidate not in sample:
            continue
        dialect = Dialect(candidate, newline)
        records = _first_records(sample, dialect)[header_row - 1 :]
        widths = [len(dialect.cells(r)) for r in records if r.strip()]
        if not widths or widths[0] < 2:
            continue
        share = sum(width == widths[0] for width in widths) / len(widths)
        score = (round(share, 1), widths[0])
        if score > best_score:
            best, best_score = candidate, score
    return best


def named_delimiter(name: str) -> bytes:
    r"""The delimiter that a user asked for: one ASCII character, `\t` or `tab`."""
    character = {"\\t": "\t", "tab": "\t"}.get(name.lower(), name)
    if len(character) != 1 or not character.isascii() or character in '"\r\n\0' or character.isalnum():
        raise UnreadableFile(
            "The delimiter must be one character such as , ; | or tab", None, "Leave it out to have it recognised."
        )
    return character.encode()


def _first_records(sample: bytes, dialect: Dialect) -> list[bytes]:
    records: list[bytes] = []
    position = 0
    while len(records) < _RECORDS_LOOKED_AT and position < len(sample):
        found = dialect.record.match(sample, position)
        if found is None or (found.end() == len(sample) and records):
            break
        records.append(sample[position : found.end()].rstrip(b"\r\n"))
        position = found.end()
    return records


def opening_of(text: bytes, dialect: Dialect, place: str, *, whole: bool, header_row: int = 1) -> Opening:
    """Find the header in the first bytes of the text: the first row from `header_row` on that is not blank.

    `whole` says that `text` is all there is.
    """
    try:
        records, _ = dialect.split(text, final=whole)
    except UnclosedQuoteError as error:
        records, _ = _before_open_quote(text, dialect, error, place)
    below = enumerate(records[header_row - 1 :], start=header_row - 1)
    filled = (at for at, record in below if any(cell.strip() for cell in dialect.cells(record)))
    at = next(filled, None)
    if at is None and header_row > 1 and records:
        raise no_row(place, header_row)
    if at is None:
        raise _no_header(text, place, whole=whole)
    header = _texts(dialect.cells(records[at]))
    second = _texts(dialect.cells(records[at + 1])) if at + 1 < len(records) else None
    return Opening(header, at + 1, second, len(text) // len(records) + 1)


def _before_open_quote(text: bytes, dialect: Dialect, error: UnclosedQuoteError, place: str) -> tuple[list[bytes], int]:
    """The rows before a quote that never closes; reading will come to it and say so, unless it is in the header."""
    records, used = dialect.split(text, final=False)
    if not any(record.strip() for record in records):
        raise unclosed_quote(place, error.record + 1, error.column)
    return records, used


def no_row(place: str, row: int) -> UnreadableFile:
    """The error for a header that is said to be below the end."""
    return UnreadableFile(
        f"There is no header in row {row} or below", place, "Give the row in which the headers stand."
    )


def _no_header(text: bytes, place: str, *, whole: bool) -> UnreadableFile:
    if whole and not text.strip():
        return UnreadableFile("The file has no content, only blank lines", place, "Export the extract again.")
    if b'"' in text:
        return unclosed_quote(place, 1, None)
    return UnreadableFile(
        f"The first row is longer than {limits.SAMPLE_BYTES:,} bytes: this is no table of text",
        place,
        "Save the extract as CSV UTF-8 with one event per row.",
    )


def unclosed_quote(place: str, row: int, column: int | None) -> UnreadableFile:
    """The error for a quoted cell that never ends."""
    where = f"{place}, row {row}" if column is None else f"{place}, row {row}, column {column + 1}"
    return UnreadableFile(
        'A cell opens with a double quote (") that is never closed',
        where,
        "Close the quote, or remove it, in the source system or a text editor, and export again.",
    )


def _texts(cells: list[bytes]) -> tuple[str, ...]:
    return tuple(cell.decode("utf-8", "replace") for cell in cells)


def check_header(header: tuple[str, ...], place: str, row: int) -> None:
    """Refuse a first row that is no header: too wide, or nothing but numbers and dates."""
    if len(header) > limits.MAX_COLUMNS:
        raise UnreadableFile(
            f"The header has {len(header):,} columns, more than {limits.MAX_COLUMNS:,}",
            f"{place}, row {row}",
            "Check the delimiter, and that the rows were not turned into columns.",
        )
    texts = [text.strip() for text in header if text.strip()]
    if texts and all(_NUMBER_OR_DATE.fullmatch(text) for text in texts):
        raise UnreadableFile(
            "The first row holds only numbers or dates: the file has no header",
            f"{place}, row {row}",
            "Add a first row with the names of the columns.",
        )


def check_forced_delimiter(header: tuple[str, ...], text: bytes, dialect: Dialect, place: str) -> None:
    """Refuse a delimiter given by the user that leaves one column where another gives several."""
    if len(header) != 1:
        return
    likely = delimiter_of(text, dialect.newline)
    if likely != dialect.delimiter and likely.decode() in "".join(header):
        given, better = dialect.delimiter.decode(), likely.decode()
        raise UnreadableFile(
            f"With {NAMES.get(given, repr(given))} as delimiter the header is one single column",
            place,
            f"The delimiter seems to be {NAMES.get(better, repr(better))}: give that, or leave the delimiter out.",
        )


def repeats_header(header: tuple[str, ...], second: tuple[str, ...] | None) -> bool:
    """Whether the row below the header repeats most of its texts."""
    if second is None:
        return False
    expected = Counter(text.strip().casefold() for text in header if text.strip())
    shared = expected & Counter(text.strip().casefold() for text in second if text.strip())
    return shared.total() > 0 and 2 * shared.total() > expected.total()


def trailing_blanks(header: tuple[str, ...]) -> int:
    """How many header cells at the end are blank."""
    count = 0
    for text in reversed(header):
        if text.strip():
            break
        count += 1
    return count


def blank_columns(header: tuple[str, ...]) -> list[Note]:
    """A note about header cells at the end that are blank, if there are any."""
    blanks = trailing_blanks(header)
    if not blanks:
        return []
    which = "column of the header is" if blanks == 1 else f"{blanks:,} columns of the header are"
    return [Note("blank_trailing_columns", f"the last {which} blank")]
