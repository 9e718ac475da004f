"""Whatever the bytes are: an extract, or an error that explains itself. Never anything else."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.intake import open_extract

if TYPE_CHECKING:
    from pathlib import Path


def _workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Data")
        for row in range(20):
            sheet.write_row(row, 0, ["LA Code", row, row / 3, f"text {row}"])
    return buffer.getvalue()


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


_CSV = 'LA Code,Event Type,Notes\r\n503,Service,"a, ""b"""\r\n\r\n504,Café,"two\nlines"\r\n505,,\r\n'.encode() * 5
SEEDS = {
    "a.csv": _CSV,
    "b.csv": _CSV.decode().encode("utf-16"),
    "c.csv": _CSV.decode().encode("cp1252").replace(b",", b";"),
    "d.csv.gz": gzip.compress(_CSV),
    "e.zip": _zip(_CSV),
    "f.xlsx": _workbook(),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def read_or_refuse(path: Path) -> None:
    try:
        with open_extract(path) as extract:
            width = len(extract.header)
            for chunk in extract.chunks():
                assert chunk.frame.width == width + 1
                assert chunk.frame["row"].is_sorted()
                assert chunk.frame["row"].null_count() == 0
            assert extract.notes is not None
            assert extract.repairs is not None
    except AsccldError as refusal:
        error = refusal
    else:
        return
    assert "\n" not in str(error)
    assert error.remedy


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300) | st.text('a1,;"\n\r\t|\0é', max_size=80).map(str.encode))
def test_random_bytes(folder: Path, content: bytes) -> None:
    path = folder / "random.csv"
    path.write_bytes(content)
    read_or_refuse(path)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(SEEDS)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 6)), min_size=1, max_size=6),
    keep=st.floats(0.3, 1) | st.just(1.0),
)
def test_mutated_good_files(folder: Path, name: str, edits: list[tuple[float, bytes, int]], keep: float) -> None:
    content = SEEDS[name]
    for place, inserted, removed in edits:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    path = folder / name
    path.write_bytes(content[: int(keep * len(content))])
    read_or_refuse(path)
