"""Splitting delimited text exactly as spreadsheet programs do: slow, and only for text that the fast parser doubts.

A quote opens a quoted cell only as the first character of the cell; inside, two quotes stand for one; text after the
closing quote belongs to the cell. A quote anywhere else is an ordinary character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

QUOTE = b'"'
_STEP_CELLS = 2_000
_STEP_BYTES = 1 << 20


def count_quotes(text: bytes, end: int | None = None) -> int:
    """How many quotes there are up to `end`, counted in steps: other threads want to run as well."""
    stop = len(text) if end is None else end
    return sum(text.count(QUOTE, at, min(at + _STEP_BYTES, stop)) for at in range(0, stop, _STEP_BYTES))


class UnclosedQuoteError(Exception):
    """A quoted cell that the data end in: `record` and `column` count from 0."""

    def __init__(self, record: int, column: int) -> None:
        self.record = record
        self.column = column
        super().__init__(record, column)


@dataclass(frozen=True)
class Dialect:
    """One byte that separates cells and one that ends rows (a carriage return before a line feed is dropped)."""

    delimiter: bytes
    newline: bytes

    @cached_property
    def _stop(self) -> bytes:
        return re.escape(self.delimiter) + re.escape(self.newline)

    @cached_property
    def cell(self) -> re.Pattern[bytes]:
        """One cell: group 1 is the inside of the quotes, group 2 what follows them, group 3 an unquoted cell."""
        stop = self._stop
        return re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"([^%b]*+)|([^"%b][^%b]*+|(?!"))' % (stop, stop, stop))

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """One row with its line end; does not match where a quoted cell never ends."""
        stop = self._stop
        cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"[^%b]*+|[^"%b][^%b]*+)?+' % (stop, stop, stop)
        return re.compile(rb"%b(?:%b%b)*+(?:%b|\Z)" % (cell, re.escape(self.delimiter), cell, re.escape(self.newline)))

    def has_quotes_in_place(self, text: bytes) -> bool:
        """Whether, below a first row without quotes, quotes open and close whole cells and are else doubled."""
        # in steps: one match of a long text would keep every other thread waiting
        position, match = 0, self._some_quotes_in_place.match
        while (found := match(text, position)) is not None and found.end() > position:
            position = found.end()
        return position == len(text)

    @cached_property
    def _some_quotes_in_place(self) -> re.Pattern[bytes]:
        closed = rb"(?=%b|\r?%b)" % (re.escape(self.delimiter), re.escape(self.newline))
        quoted = rb'(?<=[%b])"[^"]*+(?:""[^"]*+)*+"%b' % (self._stop, closed)
        return re.compile(rb'[^"]*+(?:%b[^"]*+){0,%d}+' % (quoted, _STEP_CELLS))

    def well_formed(self, width: int) -> re.Pattern[bytes]:
        """A row of exactly `width` cells with no quote out of place."""
        return _well_formed(self.delimiter, self._stop, width)

    def split(self, data: bytes, *, final: bool) -> tuple[list[bytes], int]:
        """The rows in `data` without their line ends, and how many bytes they took.

        Unless `final`, a last row without a line end is left for later.
        """
        rows: list[bytes] = []
        position, size, match = 0, len(data), self.record.match
        while position < size:
            found = match(data, position)
            if found is None:
                if final:
                    raise UnclosedQuoteError(len(rows), self._open_column(data, position))
                break
            end = found.end()
            ended = data[end - 1 : end] == self.newline and end > position
            if not ended and not final:
                break
            rows.append(data[position : end - 1] if ended else data[position:end])
            position = end
        return rows, position

    def _open_column(self, data: bytes, position: int) -> int:
        column = 0
        while (found := self.cell.match(data, position)) is not None and found.end() < len(data):
            column += 1
            position = found.end() + 1
        return column

    def cells(self, record: bytes) -> list[bytes]:
        """The cells of one row, unquoted."""
        if self.newline == b"\n":
            record = record.removesuffix(b"\r")
        if QUOTE not in record:
            return record.split(self.delimiter)
        found: list[bytes] = []
        position = 0
        while position <= len(record):
            match = self.cell.match(record, position)
            if match is None:  # the quote never closes: the rest is one cell
                found.append(record[position + 1 :])
                break
            inside, after, plain = match.groups()
            found.append(plain if inside is None else inside.replace(b'""', QUOTE) + after)
            position = match.end() + 1
        return found

    def join(self, cells: list[bytes]) -> bytes:
        """A well-formed row: every cell that is not empty is quoted."""
        return self.delimiter.join(QUOTE + cell.replace(QUOTE, b'""') + QUOTE if cell else b"" for cell in cells)


@lru_cache(maxsize=8)
def _well_formed(delimiter: bytes, stop: bytes, width: int) -> re.Pattern[bytes]:
    cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"%b][^"%b]*+)?+' % (stop, stop)
    return re.compile(rb"%b(?:%b%b){%d}\r?" % (cell, re.escape(delimiter), cell, width - 1))


def lines_in_place(body: bytes, dialect: Dialect) -> list[bytes]:
    """The rows of text in which every quote is in its place: much faster than `Dialect.split`."""
    lines = body.split(dialect.newline)
    if lines[-1] == b"":
        lines.pop()
    if not any(line.count(QUOTE) % 2 for line in lines):
        return lines
    rows: list[bytes] = []
    opened: list[bytes] = []
    for line in lines:
        closes = line.count(QUOTE) % 2 == 1
        if not opened and not closes:
            rows.append(line)
            continue
        complete = bool(opened) and closes
        opened.append(line)
        if complete:
            rows.append(dialect.newline.join(opened))
            opened = []
    return rows


def normalised(
    records: list[bytes], dialect: Dialect, width: int, *, in_place: bool
) -> tuple[list[bytes], list[tuple[int, int]]]:
    """The rows rewritten where needed so that each has exactly `width` cells that the fast parser reads rightly.

    Also returns (index, number of cells found) for each row that had too many or too few; blank rows are not among
    them and come out empty. `in_place` says that every quote and every carriage return is known to be in its place.
    """
    delimiter, separators = dialect.delimiter, width - 1
    well_formed = dialect.well_formed(width).fullmatch
    returns = dialect.newline == b"\n" and not in_place
    rows: list[bytes] = []
    wrong: list[tuple[int, int]] = []
    for index, record in enumerate(records):
        if returns and record.find(b"\r") not in {-1, len(record) - 1}:
            good = False
        elif QUOTE not in record:
            good = record.count(delimiter) == separators
        elif in_place:
            good = sum(part.count(delimiter) for part in record.split(QUOTE)[::2]) == separators
        else:
            good = well_formed(record) is not None
        if good:
            rows.append(record)
            continue
        row, cells = _rewritten(record, dialect, width)
        rows.append(row)
        if cells != width:
            wrong.append((index, cells))
    return rows, wrong


def _rewritten(record: bytes, dialect: Dialect, width: int) -> tuple[bytes, int]:
    """A row with exactly `width` cells, and the number of cells that it had; a blank row passes for complete."""
    cells = dialect.cells(record)
    if not any(cells[1:]) and not cells[0].decode().strip():
        return b"", width
    kept = cells[:width] + [b""] * (width - len(cells))
    plain = QUOTE not in record and b"\r" not in record[:-1]
    return (dialect.delimiter if plain else dialect).join(kept), len(cells)
