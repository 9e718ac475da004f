"""For random histories the engine gives what a plain, slow reference gives, row for row, in every reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import ibis
import polars as pl
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from asccld.measures import compute, measure_options, settings_for
from asccld.measures.episodes import episodes, with_open_ends
from asccld.measures.identity import with_person
from measures import reference, reference_tables
from measures.histories import Row, as_frame, for_reference, histories

OURS = ("sts001", "sts002a", "sts002b", "nhse_ascof_2a")
OPTIONS = tuple(
    option.id for option in measure_options() if set(option.applies_to) & set(OURS) and "documented" in option.values
)
TODAYS = (reference.FAR, date(2024, 6, 1), date(2023, 6, 10))
PATIENT = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


class Engine:
    """Runs the measures and forgets what it kept: hundreds of histories share one connection."""

    def __init__(self, con: ibis.BaseBackend) -> None:
        self._con, self._kept = con, list[str]()

    def hold(self, table: Table) -> Table:
        self._kept.append(ibis.util.gen_name("kept"))
        return self._con.create_table(self._kept[-1], table, temp=True)

    def events(self, rows: Sequence[Row], *measures: str) -> Table:
        return self.hold(ibis.memtable(as_frame(rows, *measures)))

    def forget(self) -> None:
        while self._kept:
            self._con.drop_table(self._kept.pop())


def counted(table: Table, *columns: str) -> Counter[tuple[object, ...]]:
    """The rows, texts as the national database compares them."""
    frame = table.select(*columns).to_polars()
    folded = frame.with_columns(pl.col(pl.String).str.strip_chars_end(" ").str.to_lowercase())
    return Counter(folded.rows())


def agree(con: ibis.BaseBackend, rows: list[Row], run: reference.Run) -> None:
    engine = Engine(con)
    chosen = dict.fromkeys(run.documented, "documented")
    dates = {"sts_import_by": run.import_by, "today": run.today}
    given_rows = for_reference(rows)
    try:
        made = compute(
            OURS,
            engine.events(rows, *OURS),
            settings_for(run.start, run.end, {**dates, **chosen}),
            hold=engine.hold,
            wording="r1",
        )
        said = ("final_outcome", "final_outcome_mapped", "record_type")
        requests = counted(made["sts001"]["_requests"], "la_code", "id", "age", "route_of_access", *said)
        assert requests == Counter(reference_tables.sts001(given_rows, run)[0])
        followed = counted(made["sts002a"]["_episodes"], "la_code", "id", *said)
        assert followed == Counter(reference_tables.sts002a(given_rows, run))
        dated = ("cluster_start_date", "cluster_end_date", "event_outcome", "st_max_count")
        existing = [(*row[:3], None if row[3] == run.open_end else row[3], *row[4:])
                    for row in reference_tables.sts002b(given_rows, run)]  # fmt: skip
        assert counted(made["sts002b"]["_episodes"], "la_code", "id", *dated) == Counter(existing)
        figures = {la: (d, n) for la, d, n in made["nhse_ascof_2a"][""].to_polars().rows() if d}
        assert figures == reference_tables.counted_2a(given_rows, run)
    finally:
        engine.forget()


@hypothesis_settings(PATIENT, max_examples=12)
@given(rows=histories(people=30, rows=9, least=15), today=st.sampled_from(TODAYS))
def test_as_the_script_does_it(con: ibis.BaseBackend, rows: list[Row], today: date) -> None:
    agree(con, rows, reference.Run(today=today))


@hypothesis_settings(PATIENT, max_examples=8)
@given(rows=histories(people=30, rows=9, least=15), today=st.sampled_from(TODAYS))
def test_as_it_is_documented(con: ibis.BaseBackend, rows: list[Row], today: date) -> None:
    agree(con, rows, reference.Run(today=today, documented=frozenset(OPTIONS)))


@hypothesis_settings(PATIENT, max_examples=8)
@given(rows=histories(people=30, rows=9, least=15), documented=st.frozensets(st.sampled_from(OPTIONS)))
def test_in_any_mixture_of_readings(con: ibis.BaseBackend, rows: list[Row], documented: frozenset[str]) -> None:
    agree(con, rows, reference.Run(today=TODAYS[1], documented=documented))


@hypothesis_settings(PATIENT, max_examples=25)
@given(rows=histories(people=40, rows=4), within_la=st.booleans())
def test_who_a_row_is_about(con: ibis.BaseBackend, rows: list[Row], within_la: bool) -> None:
    engine = Engine(con)
    try:
        found = with_person(engine.events(rows, *OURS), within_la=within_la)
        ours = counted(found, "der_unique_record_id", "id")
    finally:
        engine.forget()
    known = reference.with_person(for_reference(rows), within_la=within_la)
    assert ours == Counter((row["der_unique_record_id"], reference.fold(row["id"])) for row in known)


@hypothesis_settings(PATIENT, max_examples=25)
@given(
    rows=histories(people=15, rows=12),
    gap=st.integers(0, 5),
    running=st.booleans(),
    alone=st.booleans(),
)
def test_which_rows_are_one(
    con: ibis.BaseBackend,
    rows: list[Row],
    gap: int,
    running: bool,
    alone: bool,
) -> None:
    """Clusters by council and person: alone, or with the numbers of other councils (X8)."""
    engine = Engine(con)
    today = TODAYS[1]
    options = frozenset(name for name, chosen in (("x1", running), ("x8", alone)) if chosen)
    try:
        people = with_open_ends(with_person(engine.events(rows, *OURS)), today)
        spans = episodes(
            people,
            ["la_code", "person"],
            gap,
            running_latest_end=running,
            shared_by=() if alone else ("la_code",),
        )
        columns = ("la_code", "person", "event_start_date", "event_end_date", "episode", "episode_start")
        ours = {tuple(row) for row in spans.select(*columns).to_polars().rows()}
    finally:
        engine.forget()
    known = reference.with_person(for_reference(rows))
    numbered = reference.clustered(known, gap, reference.Run(today=today, documented=options))
    theirs = {
        (*reference.person(r), r["event_start_date"], r["end"], r["number"], r["cluster_start"]) for r in numbered
    }
    assert ours == theirs
