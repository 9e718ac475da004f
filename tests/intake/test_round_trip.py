"""Whatever table of text is written, in whatever dialect, the same table is read, under the right row numbers."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.intake import limits, open_extract
from asccld.intake.batches import Batch
from asccld.intake.parsing import Parser
from asccld.intake.records import Dialect, UnclosedQuoteError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Table = list[list[str]]
_SIMPLE = st.text("ab1 é\"',;\t|\n\r", max_size=6)
_ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
_WINDOWS = st.text("ab1 é“–€ÿ\"',;\n", max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round_trip")


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str]) -> Table:
    width = draw(st.integers(1, 5))
    return draw(
        st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12).map(lambda rows: [[""] * width, *rows])
    )


def expected(rows: Table, first: int) -> list[tuple[object, ...]]:
    """What intake promises: blank rows left out but counted, empty cells null."""
    return [
        (number, *(cell or None for cell in cells))
        for number, cells in enumerate(rows, start=first)
        if any(cells[1:]) or cells[0].strip(" \n\t\r")
    ]


def written(rows: Table, delimiter: str, newline: str, quoting: Literal[0, 1]) -> str:
    """The table as the csv module writes it; it quotes line ends only if they are the dialect's own."""
    other = "\r" if newline == "\n" else "\n" if newline == "\r" else ""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerows([[cell if quoting or not other else cell.replace(other, "") for cell in row] for row in rows])
    return buffer.getvalue()


def read(path: Path, batch: int, *, delimiter: str | None, encoding: str | None) -> list[tuple[object, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MIN_BATCH_BYTES", batch)
        with open_extract(path, delimiter=delimiter, encoding=encoding) as extract:
            chunks = list(extract.chunks(rows=1 if batch < 100 else 7))
    assert all(chunk.shape.is_empty() for chunk in chunks)
    return [row for chunk in chunks for row in chunk.frame.rows()]


@settings(max_examples=150, deadline=None)
@given(
    rows=tables(_SIMPLE | _ANY),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    batch=st.sampled_from([16, 50, 1 << 18]),
)
def test_any_table_survives(
    folder: Path, rows: Table, delimiter: str, newline: str, quoting: Literal[0, 1], encoding: str, batch: int
) -> None:
    rows[0] = [f"Field {chr(65 + position)}" for position in range(len(rows[0]))]
    text = written(rows, delimiter, newline, quoting)
    if quoting == csv.QUOTE_MINIMAL and newline != "\r\n":
        other = "\r" if newline == "\n" else "\n"
        rows = [[cell.replace(other, "") for cell in row] for row in rows]
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    assert read(path, batch, delimiter=delimiter, encoding=None) == expected(rows[1:], 2)


@settings(max_examples=80, deadline=None)
@given(rows=tables(_WINDOWS), delimiter=st.sampled_from([",", ";"]), batch=st.sampled_from([16, 1 << 18]))
def test_windows_1252_survives(folder: Path, rows: Table, delimiter: str, batch: int) -> None:
    rows[0] = [f"Field {chr(65 + position)}" for position in range(len(rows[0]))]
    path = folder / "table.csv"
    path.write_bytes(written(rows, delimiter, "\r\n", csv.QUOTE_MINIMAL).encode("cp1252"))
    assert read(path, batch, delimiter=delimiter, encoding="windows-1252") == expected(rows[1:], 2)


@settings(max_examples=400, deadline=None)
@given(
    text=st.text('ab,"\n\r é', max_size=60),
    width=st.integers(1, 4),
    newline=st.sampled_from([b"\n", b"\r"]),
)
def test_where_the_fast_parser_is_trusted_it_agrees_with_the_careful_one(text: str, width: int, newline: bytes) -> None:
    parser = Parser(Dialect(b",", newline), width)
    body = text.encode()
    body = body if body.endswith(newline) else body + newline
    fast = parser.fast(Batch.of(parser.guide + body, parser.dialect, len(parser.guide), final=True))
    if fast is None:
        return
    records, used = parser.dialect.split(body, final=True)
    assert used == len(body)
    cells = [parser.dialect.cells(record) for record in records]
    padded = [[cell.decode() or None for cell in row] + [None] * (width - len(row)) for row in cells]
    assert [list(row) for row in fast.frame.rows()] == padded


@pytest.mark.parametrize("newline", [b"\n", b"\r"])
@pytest.mark.parametrize("width", [1, 2])
def test_the_two_parsers_agree_on_every_short_text(newline: bytes, width: int) -> None:
    parser = Parser(Dialect(b",", newline), width)
    trusted = 0
    for letters in itertools.product(b'a,"\r\n', repeat=4):
        body = bytes(letters) + newline
        fast = parser.fast(Batch.of(parser.guide + body, parser.dialect, len(parser.guide), final=True))
        if fast is not None:
            trusted += 1
            cells = [parser.dialect.cells(record) for record in parser.dialect.split(body, final=True)[0]]
            padded = [tuple([c.decode() or None for c in row] + [None] * (width - len(row))) for row in cells]
            assert fast.frame.rows() == padded, body
    assert trusted > 20


@pytest.mark.parametrize("newline", [b"\n", b"\r"])
@pytest.mark.parametrize("width", [1, 2])
def test_the_careful_parser_says_what_its_cells_are(newline: bytes, width: int) -> None:
    parser = Parser(Dialect(b",", newline), width)
    for letters in itertools.product(b'a,"\r\n', repeat=4):
        batch = Batch.of(parser.guide + bytes(letters) + newline, parser.dialect, len(parser.guide), final=True)
        try:
            records, _ = parser.dialect.split(batch.body, final=True)
        except UnclosedQuoteError:
            continue
        cells = [[cell.decode() or None for cell in parser.dialect.cells(record)] for record in records]
        parsed = parser.careful(batch)
        kept = [tuple((row + [None] * width)[:width]) for row in cells]
        assert without_blanks(parsed.frame.rows()) == without_blanks(kept), batch.body
        filled = [any(row[1:]) or bool((row[0] or "").strip()) for row in cells]
        assert parsed.wrong == [
            (index, len(row)) for index, row in enumerate(cells) if len(row) != width and filled[index]
        ], batch.body


def without_blanks(rows: Sequence[Sequence[str | None]]) -> list[Sequence[str | None] | None]:
    return [row if any((cell or "").strip() for cell in row) else None for row in rows]


def test_quotes_and_newlines_across_the_parser_s_own_chunks(folder: Path) -> None:
    rows = [["Reference", "Notes"]]
    rows += [[str(n), f'said ""{n}""\nand "left", {n}' if n % 3 else "x" * (n % 50)] for n in range(60_000)]
    path = folder / "large.csv"
    path.write_text(written(rows, ",", "\n", csv.QUOTE_MINIMAL), newline="")
    assert read(path, 1 << 18, delimiter=None, encoding=None) == expected(rows[1:], 2)
