"""What became of every row and of every local value: the tables that `asccld map` and `map check` show and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from asccld.counting import counted
from asccld.intake.mapping.joining import LookUp
from asccld.intake.mapping.plan import ExtractPlan, Plan
from asccld.intake.mapping.reading import Read
from asccld.intake.mapping.tallying import Tally, values_table

FORMAT: Final = "asccld-map-1"

EXTRACT_COLUMNS: Final = {
    "extract": pl.String,
    "source": pl.String,
    "use": pl.String,  # events | looked up
    "rows_in": pl.UInt32,
    "rows_out": pl.UInt32,  # events written; of an extract that is looked up the rows that any of them asked for
    "rows_left_out": pl.UInt32,
}
LEFT_OUT_COLUMNS: Final = {"extract": pl.String, "reason": pl.String, "rows": pl.UInt32}
FINDING_COLUMNS: Final = {
    "kind": pl.String,  # unmapped | unreadable | not joined | misshapen | no events
    "extract": pl.String,
    "field": pl.String,
    "column": pl.String,
    "local": pl.String,
    "rows": pl.UInt32,
    "message": pl.String,
    "fix": pl.String,
}


@dataclass(frozen=True)
class Report:
    """The outcome of one mapping. In every extract, `rows_in` is `rows_out` and `rows_left_out` together."""

    plan: Plan
    extracts: pl.DataFrame
    """See EXTRACT_COLUMNS."""
    left_out: pl.DataFrame
    """See LEFT_OUT_COLUMNS."""
    values: pl.DataFrame
    """See `tallying.VALUE_COLUMNS`."""
    findings: pl.DataFrame
    """See FINDING_COLUMNS: what somebody has to look at."""
    empty_fields: tuple[str, ...]
    """Headers of the fields that nothing gives."""
    notes: tuple[str, ...]
    """What was noticed about the files."""
    rows: int
    """Rows of the submission."""
    sha256: str
    """Of the submission."""

    @property
    def fingerprint(self) -> str:
        """Of the mapping file and all that it names."""
        return self.plan.file.fingerprint

    @property
    def content(self) -> dict[str, Any]:
        """The document that is kept beside the submission."""
        plan = self.plan
        return {
            "format": FORMAT,
            "submission": {"rows": self.rows, "sha256": self.sha256},
            "mapping": {
                "file": plan.file.path.name,
                "fingerprint": self.fingerprint,
                "title": plan.file.mapping.mapping.title,
            },
            "release": plan.release.id,
            "period": {"start": plan.start.isoformat(), "end": plan.end.isoformat()},
            "extracts": self.extracts.to_dicts(),
            "left_out": self.left_out.to_dicts(),
            "findings": self.findings.to_dicts(),
            "empty_fields": list(self.empty_fields),
            "notes": list(self.notes),
            "values": self.values.to_dicts(),
        }


def reported(plan: Plan, tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp], sha256: str) -> Report:
    """The report of a mapping that is done."""
    known = [Tally(look.bound, values=_used_values(look)) for look in lookups.values()]
    values = values_table([*(t for t, _ in tallies), *known], plan)
    rows = sum(t.written for t, _ in tallies)
    lines = [*_event_lines(tallies), *_lookup_lines(lookups)]
    left = [line for _, lines_left in lines for line in lines_left if line[2]]
    findings = [*_value_findings(values, plan), *_join_findings(tallies, plan), *_shape_findings(tallies, lookups)]
    if rows == 0:
        what, fix = "No event is in the submission", "Compare the period and the reasons why rows were left out"
        findings.append(("no events", None, None, None, None, 0, what, fix))
    given = plan.given
    return Report(
        plan,
        pl.DataFrame([line for line, _ in lines], schema=EXTRACT_COLUMNS, orient="row"),
        pl.DataFrame(left, schema=LEFT_OUT_COLUMNS, orient="row"),
        values,
        pl.DataFrame(findings, schema=FINDING_COLUMNS, orient="row"),
        tuple(header for name, header in plan.release.headers.items() if name not in given),
        tuple(_notes(tallies, lookups)),
        rows,
        sha256,
    )


Line = tuple[str, str, str, int, int, int]
Left = tuple[str, str, int]
Finding = tuple[str, str | None, str | None, str | None, str | None, int, str, str]


def _event_lines(tallies: Sequence[tuple[Tally, Read]]) -> Iterator[tuple[Line, list[Left]]]:
    for tally, read in tallies:
        name, left = tally.bound.name, dict(tally.left_out)
        if read.blank:
            left["blank row"] = left.get("blank row", 0) + read.blank
        gone = [(name, reason, rows) for reason, rows in sorted(left.items(), key=lambda r: (-r[1], r[0]))]
        total = read.rows + read.blank
        yield (name, tally.bound.extract.place, "events", total, tally.written, sum(left.values())), gone


def _lookup_lines(lookups: Mapping[str, LookUp]) -> Iterator[tuple[Line, list[Left]]]:
    for name, look in lookups.items():
        used = int(look.was_used().sum())
        unasked = look.frame.height - used
        gone = [
            (name, "of no event in the submission", unasked),
            (name, "without a key", look.without_key),
            (name, "blank row", look.read.blank),
        ]
        total = look.read.rows + look.read.blank
        yield (name, look.bound.extract.place, "looked up", total, used, total - used), gone


def _used_values(look: LookUp) -> list[pl.DataFrame]:
    from asccld.intake.mapping.tallying import counted_values

    used = look.was_used()
    return counted_values([j.kept(used) for j in look.given.judgements])


def _value_findings(values: pl.DataFrame, plan: Plan) -> Iterator[Finding]:
    for row in values.filter(pl.col("how").is_in(["unmapped", "unreadable"])).iter_rows(named=True):
        extract = plan.extracts[row["extract"]]
        lost = row["how"] == "unmapped"
        local, header = row["local"], row["header"]
        what = f"No national value for '{local}' in {header}" if lost else f"'{local}' cannot be read as {header}"
        fix = _where_to_map(extract, row["field"]) if lost else "Say how it is written: dates or decimal in formats"
        yield row["how"], extract.name, row["field"], row["column"], local, row["rows"], what, fix


def _where_to_map(extract: ExtractPlan, name: str) -> str:
    for codes in extract.codes:
        if name in codes.fields:
            return f"Add a row to [codes.{codes.name}]"
    words = next((s.words for s in extract.sources if s.field.name == name), None)
    return f"Add it to [values.{words.name if words else name}.map]"


def _join_findings(tallies: Sequence[tuple[Tally, Read]], plan: Plan) -> Iterator[Finding]:
    for tally, _ in tallies:
        spec = tally.bound.plan.spec
        for target, rows in tally.without.items():
            if rows and not plan.extracts[target].spec.optional:
                columns = " / ".join(spec.join[target])
                what = f"{counted(rows, 'event')} of '{tally.bound.name}' found no row in '{target}'"
                fix = f"Compare {columns} with {' / '.join(plan.extracts[target].spec.key)}: noughts in front, old ids"
                yield "not joined", tally.bound.name, None, columns, None, rows, what, fix


def _shape_findings(tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp]) -> Iterator[Finding]:
    reads = [(t.bound.name, read) for t, read in tallies] + [(n, look.read) for n, look in lookups.items()]
    for name, read in reads:
        if read.misshapen:
            rows = counted(read.misshapen, "row")
            what = f"{rows} with too many or too few cells, the first is row {read.first_misshapen}"
            fix = "Put texts that hold the delimiter into quotation marks when exporting"
            yield "misshapen", name, None, None, None, read.misshapen, what, fix


def _notes(tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp]) -> Iterator[str]:
    reads = [(t.bound.name, read) for t, read in tallies] + [(n, look.read) for n, look in lookups.items()]
    for name, read in reads:
        yield from (f"{name}: {note}" for note in read.notes)
