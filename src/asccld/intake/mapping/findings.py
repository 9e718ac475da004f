"""What somebody has to look at after a mapping: each finding with its count and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from asccld.counting import counted
from asccld.identifying import HIDDEN
from asccld.identifying.pointing import look_at
from asccld.intake.mapping.councils import LA_CODE, complaints
from asccld.intake.mapping.deriving import TYPE
from asccld.intake.mapping.joining import LookUp
from asccld.intake.mapping.plan import ExtractPlan, Plan
from asccld.intake.mapping.reading import Read
from asccld.intake.mapping.showing import LOST
from asccld.intake.mapping.showing_unreadable import FURTHER, remedy
from asccld.intake.mapping.tallying import Tally

FINDING_COLUMNS: Final = {
    "kind": pl.String,  # unmapped | unreadable | no type | not joined | misshapen | council | no events
    "extract": pl.String,
    "field": pl.String,  # several are joined by " / "
    "column": pl.String,
    "local": pl.String,
    "rows": pl.UInt32,
    "first_row": pl.UInt32,  # of the extract, as its user numbers them
    "message": pl.String,
    "fix": pl.String,
}
_BETWEEN: Final = " / "
_GUESSED: Final = 100
"""For so many findings the nearest national value is looked for."""
Finding = tuple[str, str | None, str | None, str | None, str | None, int, int | None, str, str]


def findings_of(
    values: pl.DataFrame, tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp], plan: Plan
) -> pl.DataFrame:
    """FINDING_COLUMNS: local values without a place first, as the values table has them."""
    found = [*_of_councils(tallies, plan), *_of_values(values, plan)]
    found += [*_of_types(tallies, plan), *_of_joins(tallies, plan), *_of_shapes(tallies, lookups)]
    if not sum(t.written for t, _ in tallies):
        what, fix = "No event is in the submission", "Compare the period and the reasons why rows were left out"
        found.append(("no events", None, None, None, None, 0, None, what, fix))
    return pl.DataFrame(found, schema=FINDING_COLUMNS, orient="row")


def _of_councils(tallies: Sequence[tuple[Tally, Read]], plan: Plan) -> Iterator[Finding]:
    parts = [part for tally, _ in tallies for part in tally.councils]
    for c in complaints(parts, plan):
        yield "council", None, LA_CODE, None, None, c.rows, c.first_row, c.message, c.fix


def _of_values(values: pl.DataFrame, plan: Plan) -> Iterator[Finding]:
    """One finding for each local text of a column, however many fields it was to give."""
    lost = values.filter(pl.col("how").is_in(LOST))
    grouped = lost.group_by("how", "extract", "column", "local", maintain_order=True).agg(
        "field", "header", pl.col("rows").max(), pl.col("first_row").min()
    )
    for at, row in enumerate(grouped.iter_rows(named=True)):
        local, headers, extract = row["local"], _BETWEEN.join(row["header"]), plan.extracts[row["extract"]]
        if row["how"] == "unmapped":
            what = f"No national value for '{local}' in {headers}"
            fix = _where_to_map(plan, extract, row["field"], local if at < _GUESSED and local != HIDDEN else "")
        else:
            text = local.strip("()") if local.endswith(FURTHER) else f"'{local}'"
            kind = plan.release.by_name[row["field"][0]].type
            what, fix = f"{text} cannot be read as {headers}", remedy(local, kind, plan, extract.name)
        if local == HIDDEN:
            fix = look_at(f"row {row['first_row']} in the extract", fix if row["how"] == "unmapped" else "")
        place = (extract.name, _BETWEEN.join(row["field"]), row["column"], local)
        yield row["how"], *place, row["rows"], row["first_row"], what, fix


def _where_to_map(plan: Plan, extract: ExtractPlan, fields: Sequence[str], local: str) -> str:
    """Where to write what the text means, and perhaps what that is."""
    coded = {name: codes.name for codes in extract.codes for name in codes.fields}
    parts = dict.fromkeys(f"Add a row to [codes.{coded[name]}]" for name in fields if name in coded)
    for source in extract.sources:
        if source.field.name in fields and source.words is not None:
            near = plan.lists.of(source.field.name).likely(local, 1)
            perhaps = f", perhaps as '{near[0].value}'" if near else ""
            parts[f"Add it to [values.{source.words.name}.map]{perhaps}"] = None
    return "; ".join(parts)


def _of_types(tallies: Sequence[tuple[Tally, Read]], plan: Plan) -> Iterator[Finding]:
    """Events of which nothing says what they are, so that the period was not asked of them either."""
    for tally, _ in tallies:
        if tally.untyped:
            extract = tally.bound.plan
            what = f"{counted(tally.untyped, 'event')} of '{extract.name}' without an event type, whatever the period"
            fix = "Fill it in the system, or leave these rows out"
            if not any(TYPE in plan.extracts[n].given for n in (extract.name, *extract.spec.join)):
                fix = f'Say constants = {{ event_type = "Request" }} in [extract.{extract.name}], or what they are'
            yield "no type", extract.name, TYPE, None, None, tally.untyped, tally.first_untyped, what, fix


def _of_joins(tallies: Sequence[tuple[Tally, Read]], plan: Plan) -> Iterator[Finding]:
    for tally, _ in tallies:
        spec = tally.bound.plan.spec
        for target, rows in tally.without.items():
            other = plan.extracts[target].spec
            if rows and not other.optional:
                columns = _BETWEEN.join(spec.join[target])
                what = f"{counted(rows, 'event')} of '{tally.bound.name}' found no row in '{target}'"
                fix = (
                    f"Compare {columns} with its {_BETWEEN.join(other.key)}: noughts in front, old ids, half an export"
                )
                first = tally.first_without.get(target)
                yield "not joined", tally.bound.name, None, columns, None, rows, first, what, fix


def _of_shapes(tallies: Sequence[tuple[Tally, Read]], lookups: Mapping[str, LookUp]) -> Iterator[Finding]:
    reads = [(t.bound.name, read) for t, read in tallies] + [(n, look.read) for n, look in lookups.items()]
    for name, read in reads:
        if read.misshapen:
            what = f"{counted(read.misshapen, 'row')} with too many or too few cells"
            fix = "Put texts that hold the delimiter into quotation marks when exporting"
            yield "misshapen", name, None, None, None, read.misshapen, read.first_misshapen, what, fix
