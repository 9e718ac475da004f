"""For any mapping and any extract: rows out are rows in minus the rows that the report explains."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.mapping.workbench import Workbench

TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "NULL", "a", "A", "b ", "B", "x/y", "Male", "female", "Request", "Service", "Review", "1"]
    ),
    st.sampled_from(["01/04/2025", "1/5/2025", "31/03/2026", "01/01/2020", "2025-06-01", "31/02/2025", "soon"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=6),
)
COLUMNS = ("ID", "TYPE", "START", "END", "STATUS", "CODE", "MORE")
EVENT_ROWS = st.lists(st.tuples(*[TEXTS] * len(COLUMNS)), max_size=12)
KEYS = st.sampled_from(["", "a", "b", "c", "d", " a ", "01/04/2025"])
PEOPLE_ROWS = st.lists(st.tuples(KEYS, TEXTS, TEXTS), max_size=6, unique_by=lambda row: row[0].strip() or object())
MAPS = st.dictionaries(st.sampled_from(["a", "b", "1"]), st.sampled_from(["Male", "Female", ""]), max_size=3)
CODE_ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", "*"]), st.sampled_from(["1", "", "b"]), st.sampled_from(["Request", ""])),
    max_size=4,
    unique_by=lambda row: row[:2],
)


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A mapping of two extracts of events and one that is looked up, with any choice of its keys."""
    lines = ['[extract.people]\nfile = "people.csv"\nkey = "ID"\nfields = { gender = "SEX", date_of_birth = "DOB" }']
    for name in ("one", "two"):
        lines.append(f'[extract.{name}]\nfile = "{name}.csv"')
        lines += draw(st.sampled_from([['join = { people = "ID" }'], ["join = { people = 'MORE' }"], []]))
        lines += draw(st.sampled_from([[], ['select = "all"'], ['select = "completed"'], ['select = "active"']]))
        fields = ['event_start_date = "START"', 'event_end_date = "END"', 'event_outcome = "STATUS"']
        coded = draw(st.booleans())
        fields += ['codes = ["kinds"]'] if coded else ['event_type = "TYPE"']
        given = draw(st.lists(st.sampled_from(fields[:3]), unique=True)) + ([] if coded else [fields[3]])
        lines += [fields[3]] if coded else []
        lines.append("fields = { " + ", ".join(['event_reference = "ID"', *given]) + " }")
        for column in draw(st.lists(st.sampled_from(["STATUS", "CODE"]), unique=True)):
            test = draw(st.sampled_from(['is = ["A", ""]', 'is_not = "b"']))
            lines.append(f'[[extract.{name}.leave_out]]\ncolumn = "{column}"\n{test}\nwhy = "no {column}"')
    words = draw(MAPS)
    lines.append("[values.gender.map]\n" + "\n".join(f"{word!r} = {value!r}" for word, value in words.items()))
    if any(line == 'codes = ["kinds"]' for line in lines):
        rows = ", ".join(str(list(row)) for row in draw(CODE_ROWS))
        lines.append(f'[codes.kinds]\ncolumns = ["TYPE", "CODE"]\nfields = ["event_type"]\nrows = [{rows}]')
    return "\n".join(lines)


def text_of(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    return target.getvalue()


@settings(max_examples=60, deadline=None)
@given(mappings(), EVENT_ROWS, EVENT_ROWS, PEOPLE_ROWS)
def test_rows_out_are_rows_in_minus_rows_explained(
    mapping: str, one: list[tuple[str, ...]], two: list[tuple[str, ...]], people: list[tuple[str, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        files = {
            "one.csv": text_of(COLUMNS, one),
            "two.csv": text_of(COLUMNS, two),
            "people.csv": text_of(("ID", "SEX", "DOB"), people),
        }
        (bench.folder / "mapping.toml").write_text("")
        report = bench.report(mapping, {name: content.encode() for name, content in files.items()})
        with (bench.folder / "out.csv").open(newline="", encoding="utf-8") as handle:
            written = len(list(csv.reader(handle))) - 1
    extracts = {row["extract"]: row for row in report.extracts.rows(named=True)}
    assert {name: row["rows_in"] for name, row in extracts.items()} == {
        "one": len(one), "two": len(two), "people": len(people)
    }  # fmt: skip
    explained = dict(report.left_out.group_by("extract").agg(pl.col("rows").sum()).iter_rows())
    for name, row in extracts.items():
        assert row["rows_out"] == row["rows_in"] - explained.get(name, 0)
        assert row["rows_left_out"] == explained.get(name, 0)
    assert written == report.rows == extracts["one"]["rows_out"] + extracts["two"]["rows_out"]
    judged = report.values.filter(pl.col("field").is_in(["gender", "event_type", "event_outcome"]))
    for extract, _, rows in judged.group_by("extract", "field").agg(pl.col("rows").sum()).iter_rows():
        assert rows == extracts[extract]["rows_out"]  # every local value is told, none twice
