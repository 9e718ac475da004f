"""From extracts to a submission: look-ups into memory, then events in pieces, several at a time, written in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from asccld.intake.mapping.councils import LA_CODE, counted_councils
from asccld.intake.mapping.deriving import (
    DECIDING,
    END,
    REFERENCE,
    START,
    TYPE,
    Given,
    add_constant,
    given_by,
    left_out,
    out_of_period,
)
from asccld.intake.mapping.extracts import Bound, open_extracts
from asccld.intake.mapping.joining import LookUp, key_of, look_up
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.reading import Read, frames
from asccld.intake.mapping.report import Report, reported
from asccld.intake.mapping.showing import names_in
from asccld.intake.mapping.tallying import Tally, counted_values
from asccld.intake.mapping.writing import Written, header_line, lines, written

Progress = Callable[[int], None]
_WORKERS = min(8, os.cpu_count() or 1)


def map_extracts(
    plan: Plan, out: Path | None, files: Mapping[str, Path] | None = None, progress: Progress | None = None
) -> Report:
    """Write the submission that a mapping makes of its extracts, and say what became of every row.

    Without `out` nothing is written: that is the check. `files` are paths by name of extract that go before those of
    the mapping. Raises MappingError for what is wrong with the mapping or missing in the extracts.
    """
    with ExitStack() as closing, ThreadPoolExecutor(_WORKERS) as pool, written(out) as target:
        bound = open_extracts(plan, files or {}, closing)
        coming = {e.name: pool.submit(look_up, bound[e.name], plan) for e in plan.lookups}
        events = [(Tally(bound[e.name]), Read()) for e in plan.events]
        target.add(header_line(plan.release))
        total = 0
        for tally, piece in _in_order(_pieces(events, plan, coming, pool, write=out is not None)):
            _take(piece, tally, target)
            total += piece.rows
            if progress is not None:
                progress(total)
        lookups = {name: look.result() for name, look in coming.items()}
        return reported(plan, events, lookups, target.sha256 if out is not None else None)


@dataclass(frozen=True)
class _Piece:
    """What became of a frame of events."""

    text: bytes
    rows: int
    reasons: tuple[pl.Series, ...]
    places: Sequence[tuple[LookUp, pl.Series]]
    """Of the rows that are written, in each extract that is looked up."""
    numbers: pl.Series
    """Of these rows in the extract."""
    values: list[pl.DataFrame]
    names: list[pl.Series]
    councils: pl.DataFrame
    untyped: pl.Series
    """Of the rows that are written without an event type, though something happened, in the extract."""


_Coming = Mapping[str, Future[LookUp]]


def _pieces(
    events: Sequence[tuple[Tally, Read]], plan: Plan, coming: _Coming, pool: ThreadPoolExecutor, *, write: bool
) -> Iterator[tuple[Tally, Future[_Piece]]]:
    """The pieces of all extracts of events, each begun as soon as its rows are read."""
    for tally, read in events:
        for frame in frames(tally.bound, read):
            yield tally, pool.submit(_piece, tally.bound, frame, plan, coming, write=write)


def _in_order(pieces: Iterator[tuple[Tally, Future[_Piece]]]) -> Iterator[tuple[Tally, _Piece]]:
    """The pieces in order, while a few more are being made."""
    under_way: deque[tuple[Tally, Future[_Piece]]] = deque()
    for piece in pieces:
        under_way.append(piece)
        if len(under_way) > _WORKERS:
            tally, made = under_way.popleft()
            yield tally, made.result()
    for tally, made in under_way:
        yield tally, made.result()


def _take(piece: _Piece, tally: Tally, target: Written) -> None:
    target.add(piece.text)
    tally.written += piece.rows
    tally.values += piece.values
    tally.names += piece.names
    tally.councils.append(piece.councils)
    tally.add_untyped(piece.untyped)
    for reasons in piece.reasons:
        tally.add_reasons(reasons)
    for look, places in piece.places:
        look.used.append(places.drop_nulls().unique())
        tally.add_without(look.name, piece.numbers.filter(places.is_null()))


def _piece(bound: Bound, frame: pl.DataFrame, plan: Plan, coming: _Coming, *, write: bool) -> _Piece:
    """One frame of events from its cells to the lines of the file, if that is to be written."""
    lookups = {name: coming[name].result() for name in bound.plan.spec.join}
    frame, places = _joined(bound, frame, lookups)
    said = left_out(bound, frame)
    frame, places = _kept(frame, places, said)
    deciding = _with_joined(given_by(bound, frame, plan, DECIDING), places, lookups, plan, frame.height)
    outside = out_of_period(plan, bound.plan.spec.select, deciding, frame.height)
    frame, places = _kept(frame, places, outside)
    given = given_by(bound, frame, plan)
    text = b""
    if write:
        everything = _with_joined(given, places, lookups, plan, frame.height)
        text = lines(everything.fields, frame.height, plan.release)
    found = [(lookups[name], at) for name, at in places.items()]
    values, names = counted_values(given.judgements), list(names_in(given.fields, plan.release))
    asked = (LA_CODE, START, END, TYPE, REFERENCE)
    council, *event = [_one_field(n, given, places, lookups, plan, frame.height) for n in asked]
    councils = counted_councils(council, frame["row"])
    untyped = frame["row"].filter(_lacks_type(*event))
    return _Piece(text, frame.height, (said, outside), found, frame["row"], values, names, councils, untyped)


def _lacks_type(start: pl.Series, end: pl.Series, kind: pl.Series, reference: pl.Series) -> pl.Series:
    """Whether each row is an event of which nothing says the type; a carer known by association is none."""
    return kind.is_null() & (start.is_not_null() | end.is_not_null() | reference.is_not_null())


def _one_field(
    name: str, own: Given, places: Mapping[str, pl.Series], lookups: Mapping[str, LookUp], plan: Plan, height: int
) -> pl.Series:
    """A field of each event, where `_with_joined` finds it."""
    if name in own.fields:
        return own.fields[name]
    given = ((lookups[target].given.fields, at) for target, at in places.items())
    joined = next((fields[name].gather(at) for fields, at in given if name in fields), None)
    constant = plan.constants.get(name) or None
    return joined if joined is not None else pl.repeat(constant, height, dtype=pl.String, eager=True)


def _joined(
    bound: Bound, frame: pl.DataFrame, lookups: Mapping[str, LookUp]
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The place of each event's row in what is looked up, and the columns of those that the mapping names."""
    places: dict[str, pl.Series] = {}
    for name, columns in bound.plan.spec.join.items():
        look = lookups[name]
        key = key_of(frame, [bound.names[c] for c in columns], bound.plan.blanks)
        places[name] = look.places(key)
        raw = [look.frame[c].gather(places[name]).alias(f"{name}.{c}") for c in look.bound.raw]
        frame = frame.with_columns(raw)
    return frame, places


def _kept(
    frame: pl.DataFrame, places: dict[str, pl.Series], reasons: pl.Series
) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The rows that there is no reason against."""
    if reasons.null_count() == reasons.len():
        return frame, places
    kept = reasons.is_null()
    return frame.filter(kept), {name: found.filter(kept) for name, found in places.items()}


def _with_joined(
    own: Given, places: Mapping[str, pl.Series], lookups: Mapping[str, LookUp], plan: Plan, height: int
) -> Given:
    """What the event gives itself, else what is looked up, else the constants of the file."""
    found = Given(dict(own.fields), dict(own.days), own.judgements)
    for name, at in places.items():
        given = lookups[name].given
        for field, column in given.fields.items():
            if field not in found.fields:
                found.fields[field] = column.gather(at)
                if field in given.days:
                    found.days[field] = given.days[field].gather(at)
    for field, value in plan.constants.items():
        if field not in found.fields:
            add_constant(found, field, value, height)
    return found
