"""What became of every row and of every local value: the tables that `asccld map` and `map check` show and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from asccld.counting import counted
from asccld.intake.mapping.findings import findings_of
from asccld.intake.mapping.joining import LookUp
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.reading import Read
from asccld.intake.mapping.showing import names_in
from asccld.intake.mapping.tallying import Tally, counted_values, values_table
from asccld.intake.mapping.unseen import unseen_entries

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
    """See `findings.FINDING_COLUMNS`: what somebody has to look at."""
    unseen: pl.DataFrame
    """See `unseen.UNSEEN_COLUMNS`: entries of the mapping that no row needs."""
    empty_fields: tuple[str, ...]
    """Headers of the fields that nothing gives."""
    notes: tuple[str, ...]
    """What was noticed about the files."""
    rows: int
    """Rows of the submission."""
    sha256: str | None
    """Of the submission; None where none was written."""

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
            "unseen": self.unseen.to_dicts(),
            "empty_fields": list(self.empty_fields),
            "notes": list(self.notes),
            "values": self.values.to_dicts(),
        }


def reported(
    plan: Plan, tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp], sha256: str | None
) -> Report:
    """The report of a mapping that is done."""
    known = [_tally_of(look, plan) for look in lookups.values()]
    together = [*(t for t, _ in tallies), *known]
    reads = [*(read for _, read in tallies), *(look.read for look in lookups.values())]
    values = values_table(together, plan, [names for read in reads for names in read.names])
    rows = sum(t.written for t, _ in tallies)
    lines = [*_event_lines(tallies), *_lookup_lines(lookups)]
    left = [line for _, lines_left in lines for line in lines_left if line[2]]
    given = plan.given
    return Report(
        plan,
        pl.DataFrame([line for line, _ in lines], schema=EXTRACT_COLUMNS, orient="row"),
        pl.DataFrame(left, schema=LEFT_OUT_COLUMNS, orient="row"),
        values,
        findings_of(values, tallies, lookups, plan),
        unseen_entries(together, plan),
        tuple(header for name, header in plan.release.headers.items() if name not in given),
        (*_notes(tallies, lookups), *_unlisted(values, plan)),
        rows,
        sha256,
    )


Line = tuple[str, str, str, int, int, int]
Left = tuple[str, str, int]


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


def _tally_of(look: LookUp, plan: Plan) -> Tally:
    names = list(names_in(look.given.fields, plan.release))
    return Tally(look.bound, values=_used_values(look), names=names)


def _used_values(look: LookUp) -> list[pl.DataFrame]:
    used = look.was_used()
    return counted_values([j.kept(used) for j in look.given.judgements])


def _unlisted(values: pl.DataFrame, plan: Plan) -> Iterator[str]:
    """Fields whose national list nobody has published, and whose local words therefore went through."""
    open_lists = [f.name for f in plan.release.fields if (found := plan.release.list_of(f.name)) and not found.values]
    met = values.filter((pl.col("how") == "as it is") & pl.col("field").is_in(open_lists))
    for header, rows in met.group_by("header", maintain_order=True).agg(pl.col("rows").sum()).iter_rows():
        yield (
            f"{header}: the words of {counted(rows, 'row')} stay as they are, because no public source has its list; "
            "compare them with your specification workbook, or adopt that: asccld standard adopt"
        )


def _notes(tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp]) -> Iterator[str]:
    reads = [(t.bound.name, read) for t, read in tallies] + [(n, look.read) for n, look in lookups.items()]
    for name, read in reads:
        yield from (f"{name}: {note}" for note in read.notes)
