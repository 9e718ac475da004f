"""How much of renamed extracts a draft finds, with a floor; and that what it is sure of is right.

The words are invented, so the shares say nothing of anybody's own system: they must not fall, that is all.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from asccld.intake.mapping.first_rows import first_row_is
from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.running import map_extracts
from asccld.intake.mapping.suggesting import Draft, suggest
from asccld.intake.mapping.suggesting_columns import met
from asccld.intake.mapping.suggesting_text import draft_text
from asccld.standard import load_standard
from asccld.synthetic import SYSTEMS
from intake.mapping.renaming import Found, Renamed, columns_found, renamed, uses_found, words_found

STANDARD = load_standard()
COLUMNS, WORDS, EXTRACTS = 0.8, 0.5, 0.9
"""Shares of columns, words and extracts that are found surely and rightly."""


def as_csv(folder: Path, several: Sequence[Renamed], mark: str = "", separator: str = ",") -> list[Path]:
    paths = [folder / f"{each.file.sheet or each.file.name.split('.')[0]}.csv" for each in several]
    for path, each in zip(paths, several, strict=True):
        path.write_text(mark + each.file.table.write_csv(separator=separator), encoding="utf-8")
    return paths


def as_workbook(folder: Path, several: Sequence[Renamed]) -> list[Path]:
    path = folder / "all.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for each in several:
            name = each.file.sheet or each.file.name.split(".")[0]
            each.file.table.write_excel(book, name, dtype_formats={pl.Date: "dd/mm/yyyy"})
    return [path]


def drafted(folder: Path, paths: Sequence[Path]) -> Draft:
    """The draft, after it has been run: it must have the form of a mapping, whatever it is of."""
    draft = suggest(paths, STANDARD, STANDARD.latest, la="503")
    (folder / "draft.toml").write_text(draft_text(draft, folder), encoding="utf-8")
    result = map_extracts(prove(read_mapping(folder / "draft.toml"), STANDARD), None)
    assert result.extracts.height == sum(e.is_used for e in draft.extracts)
    return draft


@pytest.mark.parametrize("system", SYSTEMS)
def test_renamed_columns_are_found_and_none_is_surely_wrong(system: str, tmp_path: Path) -> None:
    columns, words, uses = Found(), Found(), Found()
    for seed, write in enumerate((as_csv, as_workbook, lambda f, s: as_csv(f, s, "\ufeff", ";"))):
        folder = tmp_path / str(seed)
        folder.mkdir()
        several = list(renamed(system, seed))
        draft = drafted(folder, write(folder, several))
        columns_found(draft, several, columns)
        words_found(draft, system, words)
        uses_found(draft, several, uses)
    assert (columns.wrong, words.wrong, uses.wrong) == ([], [], [])
    assert columns.right >= COLUMNS * columns.asked, columns.missed
    assert words.right >= WORDS * words.asked
    assert uses.right >= EXTRACTS * uses.asked, uses.missed


@pytest.mark.parametrize("system", SYSTEMS)
def test_of_a_single_row_little_is_sure_and_nothing_wrong(system: str, tmp_path: Path) -> None:
    several = [replace(r, file=replace(r.file, table=r.file.table.head(1))) for r in renamed(system, 3)]
    draft = drafted(tmp_path, as_csv(tmp_path, several))
    columns, words = Found(), Found()
    columns_found(draft, several, columns)
    words_found(draft, system, words)
    assert (columns.wrong, words.wrong) == ([], [])


HEADERS = st.one_of(
    st.sampled_from([f.header for f in STANDARD.latest.fields]),
    st.sampled_from(
        ["id", "Person ID", "Start", "End", "Service", "SERVICE", "Status", "a.x", "b.Start", "", " ", "{x"]
    ),
    st.text(max_size=8),
)
WORDS_OF_CELLS = """\
1|2|45000|P1|P2|01/02/2025|13/02/2025|02/13/2025|1-Apr-25|2025-04-01|Male|M|Service|Request|Cancelled|N/A|*|?|Home care
home  care|£1.50|50+|Y|é|"|503|"""
CELLS = st.sampled_from(WORDS_OF_CELLS.replace("\n", "|").split("|"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_draft_has_the_form_of_a_mapping_whatever_the_extracts_are(data: st.DataObject, tmp_path: Path) -> None:
    folder = Path(mkdtemp(dir=tmp_path))
    for name in data.draw(
        st.lists(st.sampled_from(["a", "b", "services", "people", "costs"]), min_size=1, unique=True)
    ):
        headers = data.draw(st.lists(HEADERS.filter(str.isprintable), min_size=2, max_size=6))
        rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)), max_size=5))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([headers, *rows])
    headed = (p for p in met([folder]).profiles if p.columns)
    assume(any(not first_row_is(p.header, STANDARD.latest.fields) for p in headed))
    drafted(folder, [folder])
