"""The computing behind `asccld report`: each measure once for the period, ASCOF also for earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from asccld.cli.measure_inputs import Asked, computed, refuse_repeated
from asccld.cli.measure_main import computed_from_main
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from collections.abc import Generator

    import polars as pl
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.cli.report_source import Input
    from asccld.measures import ComputedFromMain, Output
    from asccld.measures.dhsc.run_plan import Run
    from asccld.reports.council.material import Period, Served, Unit

EVENTS = "asccld_report_events"
"""The name under which the engine knows the events of the report."""
ASCOF = ("ascof_2a", "ascof_2b", "ascof_2c", "ascof_2d", "ascof_2e_ld", "ascof_2e", "ascof_3d")
WAITING = "waiting_times"
SINGLE = ("services", "requests", "assessments", "reviews", "costs")
OF_ACTIVITY = frozenset(
    {
        "la_code", "der_nhs_la_combined_person_id", "record_ids", "event_start_date", "event_end_date", "event_count",
        "cost_per_week", "weeks_of_service", "total_cost_period", "gross_commitment_per_week",
    }
)  # fmt: skip
"""What is told of each row of activity or costs, beside that by which the report counts it."""
SALT_METHOD = "nhse-2024-03"
MOST_PERIODS = 4
"""Earlier periods, three months apart, of which ASCOF is computed for the trend."""


@dataclass
class Computed:
    """What was computed, as it comes."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict[str, Any])
    history: list[tuple[Period, dict[str, pl.DataFrame]]] = field(default_factory=list[Any])
    units: list[Unit] = field(default_factory=list[Any])
    absent: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    served: list[Served] = field(default_factory=list[Any])
    wording: str = ""
    lost: list[tuple[str, int, int]] = field(default_factory=list[Any])
    errors: list[AsccldError] = field(default_factory=list[AsccldError])
    cautions: dict[str, str] = field(default_factory=dict[str, str])
    """By measure, what its figures do not hold."""


@dataclass(frozen=True)
class Wanted:
    """What is to be computed, and where its tables go."""

    told: Asked
    councils: tuple[str, ...]
    """The councils that the report is about."""
    people: bool
    keep_table: Callable[[str, pl.DataFrame], None]
    """Takes each table by its name, to write it."""
    look: Callable[[Mapping[str, Mapping[str, Table]]], None] | None = None
    """Takes a look at the tables of each run while the engine has them."""


@contextmanager
def events_in(con: BaseBackend, given: Input) -> Generator[Table]:
    """The events of the report's councils, known to the engine as EVENTS; withdrawn files are left out."""
    import ibis

    from asccld.engine import named, table
    from asccld.processing.inputs import ALIASES
    from asccld.processing.text import folded, folded_text

    with named(con, "the events"):
        rows = table(con, given.events, aliases=ALIASES)
        for column in ("la_code", "event_type"):
            if column not in rows.columns:
                remedy = "Collected events are what asccld submissions stores; docs/reference/collected-events.md"
                raise AsccldError(f"The events have no column {column}", str(given.place), remedy)
        if given.council is not None:
            if given.kind == "events":
                refuse_unknown_council(rows, given.council)
            rows = rows.filter(folded(rows.la_code) == folded_text(given.council))
        gone = [(folded(rows.la_name) == folded_text(n)) & (rows.importdate == at) for n, at in given.withdrawn]
        if gone:
            rows = rows.filter(~ibis.or_(*gone).fill_null(False))
        con.create_view(EVENTS, rows, overwrite=True)  # pyright: ignore[reportAttributeAccessIssue]
        events = con.table(EVENTS)
        refuse_repeated(events, str(given.place))
        yield events


def refuse_unknown_council(rows: Table, typed: str) -> None:
    """Raise AsccldError for a council of which the events have nothing."""
    from asccld.cli.report_source import council_among

    codes = rows.select("la_code").distinct().to_pyarrow()["la_code"].to_pylist()
    _ = council_among(sorted({str(c).strip().upper() for c in codes if c}), typed, "The events have")


def councils_in(events: Table, asked_for: str | None) -> dict[str, str]:
    """Code and name of each council of the events; raises AsccldError where there is none."""
    found = events.select("la_code", "la_name" if "la_name" in events.columns else "la_code").distinct()
    rows = found.to_pyarrow().to_pylist()
    named = {str(r["la_code"]).strip().upper(): str(r.get("la_name") or r["la_code"]) for r in rows if r["la_code"]}
    if not named:
        raise AsccldError("There are no events", f"--la {asked_for}" if asked_for else None, "Check the file")
    return dict(sorted(named.items()))


def run(con: BaseBackend, wanted: Wanted) -> Computed:
    """Compute everything; what cannot be computed is absent for a reason."""
    from asccld.engine import kept_for_now
    from asccld.measures import measures

    made = Computed()
    salt = [m.name for m in measures() if m.method == SALT_METHOD]
    with kept_for_now(con):
        _attempt(made, salt, lambda: _salt(con, wanted, salt, made))
    main = [*_possible_ascof(wanted, made), WAITING]
    with kept_for_now(con):
        _attempt(made, [*main, *SINGLE], lambda: _main(con, wanted, main, made))
    return made


def _attempt(made: Computed, names: Sequence[str], act: Callable[[], None]) -> None:
    try:
        act()
    except AsccldError as error:
        made.errors.append(error)
        made.absent |= {name: str(error) for name in names if name not in made.absent}


def _possible_ascof(wanted: Wanted, made: Computed) -> list[str]:
    """The measures without 2D, where nobody gave the hospital episodes that it needs."""
    from asccld.measures import MeasureReference
    from asccld.measures.references import AREAS, HOSPITAL, how_to_give

    lookups = MeasureReference.read(wanted.told.reference)
    lacking = [name for name in (HOSPITAL, AREAS) if lookups.found(name) is None]
    if not lacking:
        return list(ASCOF)
    made.absent["ascof_2d"] = f"There is no {' and no '.join(lacking)}. {how_to_give(lacking[0])}"
    return [name for name in ASCOF if name != "ascof_2d"]


def _salt(con: BaseBackend, wanted: Wanted, names: Sequence[str], made: Computed) -> None:
    from asccld.cli.measure_views import lost_values, wording
    from asccld.cli.report_salt import serving

    with computed(con, names, wanted.told) as found:
        made.wording, made.lost = wording(found), lost_values(found)
        served_by = serving(found)
        made.absent |= served_by.absent
        made.cautions |= served_by.cautions
        made.notes += served_by.notes
        kept = {name: found[name] for name in names if name not in served_by.absent}
        for name, tables in kept.items():
            _collect(wanted, made, name, tables)
        if wanted.look:
            wanted.look(kept)


def _main(con: BaseBackend, wanted: Wanted, joined: Sequence[str], made: Computed) -> None:
    with computed_from_main(con, [*joined, *SINGLE], wanted.told) as runs:
        for found in runs:
            for name in found:
                _attempt(made, [name], lambda n=name, f=found: _collect(wanted, made, n, _tables(f, n)))
            if found.source.mode == "joined":
                made.served = served(found)
                _earlier(wanted, found, [n for n in joined if n != WAITING], made)
                _before_follow_up(wanted, found, joined, made)
            else:
                _count(con, wanted, found, made)
            if wanted.look:
                wanted.look(found)
        made.notes += [note for found in runs for note in found.source.notes]


def _tables(found: ComputedFromMain, name: str) -> Mapping[str, Table]:
    """The tables of a measure; of one that needs follow-up those of the period for which the run plan has it."""
    from asccld.measures.dhsc.run_plan import LATEST, WITH_FOLLOW_UP

    return _planned(found, name, _run_of(found, name, LATEST)) if name in WITH_FOLLOW_UP else found[name]


def _run_of(found: ComputedFromMain, name: str, period: str) -> Run:
    from asccld.measures.dhsc.run_plan import run_plan

    return next(r for r in run_plan(found.settings) if (r.measure, r.period) == (name, period))


def _planned(found: ComputedFromMain, name: str, planned: Run) -> Mapping[str, Table]:
    from asccld.measures import measure_named
    from asccld.measures.dhsc.run_plan import PREVIOUS, for_run
    from asccld.measures.run_main import tables_of

    notes = [] if planned.period == PREVIOUS else found.source.notes
    source = replace(found.source, settings=for_run(found.settings, planned), notes=notes, _shared={})
    return tables_of(measure_named(name), source)


def _before_follow_up(wanted: Wanted, found: ComputedFromMain, names: Sequence[str], made: Computed) -> None:
    """Of a measure that needs follow-up the figures of the run plan's previous period, where the files cover it."""
    from asccld.measures import measure_named
    from asccld.measures.dhsc.run_plan import PREVIOUS, WITH_FOLLOW_UP

    first = min((s.first for s in made.served), default=wanted.told.end)
    for name in (n for n in names if n in WITH_FOLLOW_UP and n not in made.absent):
        planned = _run_of(found, name, PREVIOUS)
        if planned.start < first:
            continue
        for suffix, table in _planned(found, name, planned).items():
            if measure_named(name).output(suffix).id_column is None:
                frame = made.tables[f"{name}{suffix}_previous"] = _of_councils(table, wanted.councils)
                wanted.keep_table(f"{name}{suffix}_previous", frame)


def _collect(wanted: Wanted, made: Computed, name: str, tables: Mapping[str, Table]) -> None:
    """Compute the tables of a measure, and those of single persons where they are wanted."""
    from asccld.measures import measure_named

    for output in measure_named(name).outputs:
        if output.suffix not in tables:
            continue
        if output.id_column is None:
            frame = _of_councils(tables[output.suffix], wanted.councils)
            made.tables[f"{name}{output.suffix}"] = frame
            wanted.keep_table(f"{name}{output.suffix}", frame)
        elif wanted.people:
            _collect_unit(wanted, made, name, output, tables[output.suffix])
        elif _is_laid_out(name, output.suffix):
            made.tables[f"{name}{output.suffix}"] = _without_people(tables[output.suffix], output)


def _is_laid_out(name: str, suffix: str) -> bool:
    """Whether a SALT table is laid out from those who are counted."""
    from asccld.reports.salt_tables import suffixes_needed

    return suffix in suffixes_needed(name)


def _without_people(table: Table, output: Output) -> pl.DataFrame:
    """The columns that a SALT table is laid out from."""
    from asccld.reports.council.listed import only_listed

    told = {output.id_column, "event_reference"}
    kept = table.select(*(c for c in table.columns if c not in told and not c.endswith("record_ids")))
    return only_listed(kept.to_polars())


def _collect_unit(wanted: Wanted, made: Computed, name: str, output: Output, table: Table) -> None:
    from asccld.reports.council.material import Unit

    frame = table.order_by([c for c in table.columns if not c.endswith("record_ids")]).to_polars()
    wanted.keep_table(f"{name}{output.suffix}", frame)
    if name in SINGLE:
        frame = frame.select(_told_of_activity(name, frame.columns))
    made.units.append(Unit(name, output.suffix, output.title, output.unit, output.id_column or "", frame))
    if _is_laid_out(name, output.suffix):
        made.tables[f"{name}{output.suffix}"] = frame


def _told_of_activity(name: str, columns: Sequence[str]) -> list[str]:
    """The columns of activity or costs by which the report counts, with who, when and how much: all are in the file."""
    from asccld.reports.council.layout import MONTH, tallies

    by = {c.removeprefix(MONTH) for t in tallies() if t.measure == name for c in t.by}
    return [c for c in columns if c in by or c in OF_ACTIVITY]


def _of_councils(table: Table, councils: Sequence[str]) -> pl.DataFrame:
    """The rows of the report's councils, always in the same order: the lookup of the method has all of England."""
    import polars as pl

    from asccld.reports.council.listed import only_listed

    frame = only_listed(table.order_by(table.columns).to_polars())
    if "la_code" in frame.columns:
        frame = frame.filter(pl.col("la_code").cast(pl.String).str.strip_chars().str.to_uppercase().is_in(councils))
    return frame


def served(found: ComputedFromMain) -> list[Served]:
    """Which file serves which reference period of the main table."""
    from asccld.reports.council.material import Served

    rows: Any = found.source.rows
    counted = rows.group_by("la_code", "ref_period_end_date", "importdate").agg(rows=rows.count())
    told = counted.order_by("la_code", "ref_period_end_date").to_pyarrow().to_pylist()
    return [
        Served(
            _first_of_quarter(r["ref_period_end_date"]),
            r["ref_period_end_date"],
            r["importdate"],
            r["la_code"],
            r["rows"],
        )
        for r in told
    ]


def _first_of_quarter(last: date) -> date:
    from asccld.standard.calendar import months_later

    return months_later(date.fromordinal(last.toordinal() + 1), -3)


def _earlier(wanted: Wanted, found: ComputedFromMain, names: Sequence[str], made: Computed) -> None:
    """ASCOF of earlier periods that the files cover as a whole, from the same main table."""
    from asccld.measures import measure_named
    from asccld.measures.dhsc.run_plan import WITH_FOLLOW_UP
    from asccld.measures.run_main import tables_of

    first = min((s.first for s in made.served), default=wanted.told.end)
    for period in earlier_periods(wanted.told.start, wanted.told.end, first):
        settings = replace(found.settings, start=period[0], end=period[1])
        source = replace(found.source, settings=settings, notes=[], _shared={})
        tables: dict[str, pl.DataFrame] = {}
        for name in names:
            if name in made.absent or name in WITH_FOLLOW_UP:
                continue
            for suffix, table in tables_of(measure_named(name), source).items():
                if suffix == "" and measure_named(name).output(suffix).id_column is None:
                    tables[name] = _of_councils(table, wanted.councils)
        made.history.append((period, tables))
    made.history.reverse()


def earlier_periods(start: date, end: date, first: date) -> Iterator[Period]:
    """Periods of the same length that end 3, 6, ... months before, and do not begin before a first day."""
    from asccld.standard.calendar import months_later

    after = date.fromordinal(end.toordinal() + 1)
    for back in range(3, 3 * (MOST_PERIODS + 1), 3):
        begin, stop = months_later(start, -back), months_later(after, -back)
        if begin < first:
            return
        yield begin, date.fromordinal(stop.toordinal() - 1)


def _count(con: BaseBackend, wanted: Wanted, found: ComputedFromMain, made: Computed) -> None:
    """The tables of counts that are made of rows of activity and costs."""
    from asccld.engine import keeper
    from asccld.reports.council.counting import tallied, to_the_penny
    from asccld.reports.council.layout import tallies

    kept = {name: keeper(con)(found[name][""]) for name in found if name not in made.absent}
    for tally in tallies():
        if tally.measure in kept and (len(wanted.councils) > 1 or "la_name" not in tally.by):
            counts = tallied(kept[tally.measure], tally, (wanted.told.start, wanted.told.end)).to_polars()
            frame = to_the_penny(counts)
            made.tables[tally.table] = frame
            wanted.keep_table(tally.table, frame)
