"""The fields that rows of one extract give, and which of its rows are events of the period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final

import polars as pl

from asccld.intake.mapping.extracts import Bound
from asccld.intake.mapping.folding import folded, folded_text
from asccld.intake.mapping.formats import WRITTEN, without_blanks
from asccld.intake.mapping.model import LeaveOut
from asccld.intake.mapping.plan import FieldSource, Plan
from asccld.intake.mapping.templates import columns_of, parts_of
from asccld.intake.mapping.values import cleaned, indexed, judged, judged_codes

START, END, TYPE, REFERENCE = "event_start_date", "event_end_date", "event_type", "event_reference"
DECIDING: Final = frozenset({START, END, TYPE})
"""The fields by which the period is asked."""
BLANK_ROW: Final = "blank row"


@dataclass(frozen=True)
class Judgement:
    """What was judged of one or more columns: the table of distinct texts, and which of them each row has."""

    fields: tuple[str, ...]
    columns: tuple[str, ...]
    index: pl.Series
    rows: pl.Series
    """Of the extract, as its user numbers them."""
    table: pl.DataFrame
    origin: str | None = None
    """`values.NAME` or `codes.NAME`; None where any date or number will do and only what cannot be read is told."""

    def kept(self, rows: pl.Series | None) -> Judgement:
        """Of some rows only."""
        return self if rows is None else replace(self, index=self.index.filter(rows), rows=self.rows.filter(rows))


@dataclass
class Given:
    """Fields by name as they are written, dates also as such, and what was judged on the way."""

    fields: dict[str, pl.Series] = field(default_factory=dict[str, pl.Series])
    days: dict[str, pl.Series] = field(default_factory=dict[str, pl.Series])
    judgements: list[Judgement] = field(default_factory=list[Judgement])


def is_judged(source: FieldSource) -> bool:
    """Whether the distinct texts of a field are few and worth judging once each, rather than names and numbers."""
    return source.words is not None or source.field.type in {"date", "decimal", "integer"}


def given_by(bound: Bound, frame: pl.DataFrame, plan: Plan, only: Collection[str] | None = None) -> Given:
    """The fields that an extract gives to the rows of a frame; `only` some of them, if that is said."""
    found = Given()
    extract = bound.plan
    for source in extract.sources:
        name = source.field.name
        if only is not None and name not in only:
            continue
        if is_judged(source):
            index, texts = indexed([_raw_text(frame, source, bound)])
            table = judged(texts["0"], source, extract, plan, typed=bound.is_typed)
            columns = tuple(columns_of(source.source))
            _add(
                found,
                Judgement((name,), columns, index, frame["row"], table, _origin(source)),
            )
        else:
            found.fields[name] = frame.select(_text(source, bound).alias(name)).to_series()
    for codes in extract.codes:
        if only is None or set(only) & set(codes.fields):
            index, texts = indexed([frame[bound.names[c]] for c in codes.columns])
            table = judged_codes(texts, codes, extract, plan)
            _add(found, Judgement(codes.fields, codes.columns, index, frame["row"], table, f"codes.{codes.name}"))
    for name, value in extract.constants.items():
        if only is None or name in only:
            add_constant(found, name, value, frame.height)
    return found


def _origin(source: FieldSource) -> str | None:
    return f"values.{source.words.name}" if source.words is not None else None


def add_constant(found: Given, name: str, value: str, height: int) -> None:
    """Give every row the same text; of a date by which events are selected, also the day."""
    found.fields[name] = pl.repeat(value or None, height, dtype=pl.String, eager=True).alias(name)
    if name in DECIDING and name != TYPE:
        found.days[name] = found.fields[name].str.to_date(WRITTEN, strict=False)


def _add(found: Given, judgement: Judgement) -> None:
    for name in judgement.fields:
        found.fields[name] = judgement.table[name].gather(judgement.index).alias(name)
        if "day" in judgement.table.columns and name in DECIDING:
            found.days[name] = judgement.table["day"].gather(judgement.index).alias(name)
    found.judgements.append(judgement)


def _raw_text(frame: pl.DataFrame, source: FieldSource, bound: Bound) -> pl.Series:
    """A column as the extract has it, or the text that is put together from several."""
    if source.source.column is not None:
        return frame[bound.names[source.source.column]]
    return frame.select(_text(source, bound).alias("raw")).to_series()


def _text(source: FieldSource, bound: Bound) -> pl.Expr:
    """The text of a field that is not judged."""
    said, blanks = source.source, bound.plan.blanks

    def cell(column: str) -> pl.Expr:
        return cleaned(pl.col(bound.names[column]).cast(pl.String), blanks)

    if said.column is not None:
        text = cell(said.column)
    elif said.first_of is not None:
        text = pl.coalesce([cell(c) for c in said.first_of])
    else:
        parts = [cell(part) if is_column else pl.lit(part) for is_column, part in parts_of(said.text or "")]
        text = pl.concat_str(parts or [pl.lit("")])
    return without_blanks(text) if source.field.format == "nhs-number" else text


# ---------------------------------------------------------------- selection


def left_out(bound: Bound, frame: pl.DataFrame) -> pl.Series:
    """Why each row is no event, by what the mapping says: the first reason that holds, null where none does."""
    rules = bound.plan.spec.leave_out
    said = [_said(rule, bound, frame).alias(str(at)) for at, rule in enumerate(rules)]
    asked = pl.DataFrame([blank_rows(frame).alias(BLANK_ROW), *said])
    return _first_reason(
        asked, [(pl.col(BLANK_ROW), BLANK_ROW), *((pl.col(str(n)), r.why) for n, r in enumerate(rules))]
    )


def _first_reason(frame: pl.DataFrame, rules: Sequence[tuple[pl.Expr, str]]) -> pl.Series:
    none = pl.lit(None, dtype=pl.String)
    reason = reduce(lambda rest, r: pl.when(r[0]).then(pl.lit(r[1])).otherwise(rest), reversed(rules), none)
    return frame.select(reason.alias("reason")).to_series()


def blank_rows(frame: pl.DataFrame) -> pl.Series:
    """Whether the needed cells of each row hold nothing but blanks; most rows are cleared by the first column."""
    nothing = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    first, *rest = [pl.col(c) for c in frame.columns if c != "row"] or [pl.lit("value")]
    at = frame.select(_is_blank(first).alias("blank")).to_series().arg_true()
    if at.is_empty():
        return nothing
    blank = frame[at].select(pl.all_horizontal([_is_blank(c) for c in (first, *rest)]).alias("blank")).to_series()
    return nothing.scatter(at.filter(blank), True)


def _is_blank(cell: pl.Expr) -> pl.Expr:
    return cell.cast(pl.String).str.strip_chars().fill_null("") == ""


def _said(rule: LeaveOut, bound: Bound, frame: pl.DataFrame) -> pl.Series:
    """Whether a rule leaves each row out: asked of each distinct text once."""
    wanted = [folded(w) for w in (rule.is_ if rule.is_ is not None else rule.is_not or ())]
    index, texts = indexed([frame[bound.names[rule.column]]])
    words = folded_text(cleaned(pl.col("0"), bound.plan.blanks)).fill_null("")
    fits = texts.select(words.is_in(wanted).alias("fits")).to_series()
    return (fits if rule.is_ is not None else ~fits).gather(index)


def out_of_period(plan: Plan, asked: str | None, given: Given, height: int) -> pl.Series:
    """Why each event does not belong in the period, null where it does. What cannot be decided belongs."""
    days = [given.days.get(n, pl.repeat(None, height, dtype=pl.Date, eager=True)).alias(n) for n in (START, END)]
    texts = [
        given.fields.get(n, pl.repeat(None, height, dtype=pl.String, eager=True)).alias(f"text.{n}")
        for n in (START, END, TYPE)
    ]
    frame = pl.DataFrame([*days, *texts])
    kind = pl.col(f"text.{TYPE}")
    service = kind.str.starts_with("Service").fill_null(value=False)
    completed = kind.str.contains("^(?:Request|Assessment|Review)").fill_null(value=False)
    if asked is not None:
        service, completed = pl.lit(asked == "active"), pl.lit(asked == "completed")
    start, end = pl.col(START), pl.col(END)
    return _first_reason(
        frame,
        [
            (completed & pl.col(f"text.{END}").is_null(), "not completed"),
            (completed & (end < plan.start), "completed before the period"),
            (completed & (end > plan.end), "completed after the period"),
            (service & (start > plan.end), "started after the period"),
            (service & (end < plan.start), "ended before the period"),
        ],
    )
