"""For any mapping and any extract: rows out are rows in minus the rows that the report explains."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from asccld.intake.mapping import reading
from asccld.intake.mapping.faults import MappingError
from asccld.intake.mapping.report import Report
from intake.mapping.workbench import Workbench

TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "NULL", "n/a", "a", "A", "b ", "B", "x/y", "Male", "female", "Request", "Service", "Review", "1"]
    ),
    st.sampled_from(["01/04/2025", "1/5/2025", "31/03/2026", "01/01/2020", "2025-06-01", "31/02/2025", "soon"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=6),
)
COLUMNS = ("ID", "TYPE", "START", "END", "STATUS", "CODE", "MORE", "LA")
BLANK = st.sampled_from([("",) * len(COLUMNS), (" ",) * len(COLUMNS)])
MISSHAPEN = st.one_of(st.tuples(*[TEXTS] * (len(COLUMNS) - 1)), st.tuples(*[TEXTS] * (len(COLUMNS) + 1)))
USUAL = st.tuples(*[TEXTS] * len(COLUMNS))
EVENT_ROWS = st.lists(st.one_of(USUAL, USUAL, USUAL, BLANK, MISSHAPEN), max_size=15).flatmap(
    lambda rows: st.builds(lambda again: rows + rows[:again], st.integers(0, len(rows)))  # the same event twice
)
KEYS = st.sampled_from(["", "a", "b", "c", "d", " a ", "1", "01/04/2025"])
LOOKED_UP = ("people", "cases", "costs")
EVENTS = ("one", "two", "three")


def keyed(*more: st.SearchStrategy[str], parts: int = 1) -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Rows with a key; in one of five draws a key may stand twice, which is refused."""
    row = st.tuples(*[KEYS] * parts, *more)
    once: Callable[[tuple[str, ...]], object] = lambda r: tuple(t.strip() for t in r[:parts])  # noqa: E731
    whole = st.lists(row, max_size=6, unique_by=lambda r: once(r) if all(t.strip() for t in r[:parts]) else object())
    return st.one_of(*[whole] * 4, st.lists(row, max_size=6))


MAPS = st.dictionaries(st.sampled_from(["a", "b", "1"]), st.sampled_from(["Male", "Female", ""]), max_size=3)
CODE_ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", "*"]), st.sampled_from(["1", "", "b"]), st.sampled_from(["Request", ""])),
    max_size=4,
    unique_by=lambda row: row[:2],
)
HEADS = """
[formats]
blanks = ["n/a"]
[extract.people]
file = "people.csv"
key = "ID"
fields = { gender = "SEX", date_of_birth = "DOB" }
[extract.cases]
file = "cases.csv"
key = "CASE"
fields = { event_outcome = "RESULT" }
[extract.costs]
file = "costs.csv"
key = ["ID", "KIND"]
optional = true
fields = { unit_cost = "RATE" }
"""
JOINS = ("people = 'ID'", "people = 'MORE'", "cases = 'MORE', people = 'cases.PERSON'", "costs = ['ID', 'CODE']", "")


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A mapping of three extracts of events and three that are looked up, with any choice of its keys."""
    lines = [HEADS]
    for name in EVENTS:
        lines.append(f'[extract.{name}]\nfile = "{name}.csv"')
        join = draw(st.sampled_from(JOINS))
        lines.append(f"join = {{ {join} }}")
        lines += draw(st.sampled_from([[], ['select = "all"'], ['select = "completed"'], ['select = "active"']]))
        fields = ['event_start_date = "START"', 'event_end_date = "END"', 'la_code = "LA"']
        fields += [] if "cases" in join else ['event_outcome = { first_of = ["STATUS", "MORE"] }']
        coded = draw(st.booleans())
        given = draw(st.lists(st.sampled_from(fields), unique=True)) + ([] if coded else ['event_type = "TYPE"'])
        lines += ['codes = ["kinds"]'] if coded else []
        lines.append("fields = { " + ", ".join(['event_reference = "NUMBER"', *given]) + " }")
        joined = ["people.SEX"] if "people" in join else []
        for column in draw(st.lists(st.sampled_from(["STATUS", "CODE", *joined]), unique=True)):
            test = draw(st.sampled_from(['is = ["A", ""]', 'is_not = "b"']))
            lines.append(f'[[extract.{name}.leave_out]]\ncolumn = "{column}"\n{test}\nwhy = "no {column}"')
    words = draw(MAPS)
    lines.append("[values.gender]\n" + draw(st.sampled_from(["", 'default = "Unknown"', 'blank = "Unknown"'])))
    lines.append("[values.gender.map]\n" + "\n".join(f"{word!r} = {value!r}" for word, value in words.items()))
    if any(line == 'codes = ["kinds"]' for line in lines):
        rows = ", ".join(str(list(row)) for row in draw(CODE_ROWS))
        lines.append(f'[codes.kinds]\ncolumns = ["TYPE", "CODE"]\nfields = ["event_type"]\nrows = [{rows}]')
    return "\n".join(lines)


def text_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    return target.getvalue().encode()


def numbered(name: str, rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of events by a number of their own; a blank row has none."""
    return [(f"{name} {at}" if any(t.strip() for t in row) else "", *row) for at, row in enumerate(rows)]


def mapped(folder: Path, mapping: str, files: dict[str, bytes], at_once: int) -> tuple[Report, list[str]] | None:
    """The report, and the references that were written; None where the mapping was refused and nothing written."""
    bench = Workbench(folder)
    done: Report | MappingError
    with patch.object(reading, "ROWS_AT_ONCE", at_once):
        try:
            done = bench.report(mapping, files)
        except MappingError as error:
            done = error
    if isinstance(done, MappingError):
        assert "would multiply events" in str(done)
        assert not (folder / "out.csv").exists()
        return None
    with (folder / "out.csv").open(newline="", encoding="utf-8") as handle:
        return done, [row["Event Reference"] for row in csv.DictReader(handle)]


@settings(max_examples=80, deadline=None)
@given(
    mappings(),
    st.tuples(*[EVENT_ROWS] * len(EVENTS)),
    st.tuples(keyed(TEXTS, TEXTS), keyed(KEYS, TEXTS), keyed(TEXTS, parts=2)),
    st.sampled_from([2, 5, 60_000]),
)
def test_rows_out_are_rows_in_minus_rows_explained(
    mapping: str,
    events: tuple[list[tuple[str, ...]], ...],
    looked_up: tuple[list[tuple[str, ...]], ...],
    at_once: int,
) -> None:
    """In however many pieces an extract is read, with whatever is joined, left out, blank, doubled or misshapen."""
    rows = {name: numbered(name, found) for name, found in zip(EVENTS, events, strict=True)}
    rows |= dict(zip(LOOKED_UP, looked_up, strict=True))
    headers = dict.fromkeys(EVENTS, ("NUMBER", *COLUMNS))
    headers |= {"people": ("ID", "SEX", "DOB"), "cases": ("CASE", "PERSON", "RESULT"), "costs": ("ID", "KIND", "RATE")}
    files = {f"{name}.csv": text_of(headers[name], rows[name]) for name in headers}
    with tempfile.TemporaryDirectory() as folder:
        done = mapped(Path(folder), mapping, files, at_once)
    if done is None:
        return
    report, written = done
    extracts = {row["extract"]: row for row in report.extracts.rows(named=True)}
    assert {name: row["rows_in"] for name, row in extracts.items()} == {name: len(rows[name]) for name in headers}
    explained = dict(report.left_out.group_by("extract").agg(pl.col("rows").sum()).iter_rows())
    for name, row in extracts.items():
        assert row["rows_out"] == row["rows_in"] - explained.get(name, 0)
        assert row["rows_left_out"] == explained.get(name, 0)
    for name in EVENTS:  # each event at most once, in the order of its extract, none of another's
        own = [reference for reference in written if reference.startswith(name)]
        assert len(own) == extracts[name]["rows_out"]
        places = [int(reference.split()[1]) for reference in own]
        assert places == sorted(set(places))
    assert len(written) == report.rows == sum(extracts[name]["rows_out"] for name in EVENTS)
    judged = report.values.filter(pl.col("field").is_in(["event_type", "event_outcome"]), pl.col("extract") != "cases")
    for extract, _, count in judged.group_by("extract", "field").agg(pl.col("rows").sum()).iter_rows():
        assert count == extracts[extract]["rows_out"]  # every local value is told, none twice
    misshapen = report.findings.filter(pl.col("kind") == "misshapen").select("extract", "rows")
    wide = len(COLUMNS)
    assert dict(misshapen.iter_rows()) == {
        name: found for name, given_rows in zip(EVENTS, events, strict=True)
        if (found := sum(len(row) != wide and any(t.strip() for t in row) for row in given_rows))
    }  # fmt: skip
