"""The two main tables on which every national figure stands: one row per event, with the national columns.

Method: DHSC `create_main_table_for_12mo_period` (single) and `create_main_table_for_period` (joined), dhsc-2026-06.
Columns in: collected events (`asccld.submissions.collected`). Columns out: `main_columns(mode)`. Which records make the
table is decided on few columns; the other columns are touched once, for the records kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ibis.expr.types import Table

from asccld.processing.columns import DECIDING, IDENTITY_SOURCES, RECORD_ID, Mode, main_columns
from asccld.processing.cropping import cropped
from asccld.processing.derived import with_ages, with_review_type
from asccld.processing.identity import (
    IDENTITY,
    event_reference,
    with_event_number,
    with_identity,
    with_unique_event_ref,
)
from asccld.processing.inperiod import events_in_period
from asccld.processing.mapping import mapped_fields, with_cleaned, with_outcome_hierarchy, with_raw_names
from asccld.processing.options import chosen_options
from asccld.processing.people import with_person_id
from asccld.processing.periods import reporting_periods
from asccld.processing.reference import Reference
from asccld.processing.submissions import (
    Basis,
    Exclusion,
    chosen_submissions,
    submissions_by_period,
    submitted,
)
from asccld.processing.text import on_duckdb, two_decimals
from asccld.processing.unique import COST_IDENTITY, unique_events, with_cost_identity

_RANKING = {
    RECORD_ID, "la_name", "ref_period_start_date", "ref_period_end_date", "der_event_end_date",
    "event_outcome_hierarchy", "der_conversation",
}  # fmt: skip
_DECIDED = ("ref_period_start_date", "ref_period_end_date", "der_event_end_date", "event_number")


def main_single(
    events: Table,
    start: date,
    end: date,
    as_of: date,
    reference: Reference | None = None,
    *,
    options: Mapping[str, str] | None = None,
    excluded: Sequence[Exclusion] = (),
    basis: Basis = "Derived",
) -> Table:
    """The single-submission main table: the latest file of each council that covers the whole period."""
    return _main("single", events, (start, end, as_of), reference, options, excluded, basis)


def main_joined(
    events: Table,
    start: date,
    end: date,
    as_of: date,
    reference: Reference | None = None,
    *,
    options: Mapping[str, str] | None = None,
    excluded: Sequence[Exclusion] = (),
    basis: Basis = "Derived",
) -> Table:
    """The joined main table: for each quarter the latest file of each council that covers it."""
    return _main("joined", events, (start, end, as_of), reference, options, excluded, basis)


def _main(
    mode: Mode,
    events: Table,
    days: tuple[date, date, date],
    reference: Reference | None,
    options: Mapping[str, str] | None,
    excluded: Sequence[Exclusion],
    basis: Basis,
) -> Table:
    chosen, (start, end, as_of) = chosen_options(options), days
    periods = reporting_periods(events, small_files=chosen["q1"])
    files = submissions_by_period(periods, mode, start, end, as_of=as_of, basis=basis, excluded=excluded)
    return main_table(events, chosen_submissions(files, mode), mode, reference, options=chosen)


def main_table(
    events: Table,
    submissions: Table,
    mode: Mode,
    reference: Reference | None = None,
    *,
    options: Mapping[str, str] | None = None,
) -> Table:
    """The main table of files that are already chosen."""
    lookups, chosen = reference or Reference.shipped(), chosen_options(options)
    kept = kept_records(events, submissions, mode, lookups, chosen)
    return carried(events, kept, mode, lookups)


def decided(events: Table, submissions: Table, mode: Mode, reference: Reference, options: Mapping[str, str]) -> Table:
    """Every row of the chosen files that falls in its period, with all that decides which records are kept."""
    rows = submitted(events.select(*DECIDING), submissions)
    rows = with_person_id(events_in_period(rows, death_on_first_day=options["q4"]))
    rows = with_outcome_hierarchy(with_cleaned(rows, reference, _needed_to_decide(mode, options)), reference)
    hashed = on_duckdb(events)
    rows = with_identity(rows, wording=options["q5"], hashed=hashed)
    if mode == "single":
        rows = with_cost_identity(rows, hashed=hashed)
    # From here on rows are only numbered and ranked: the fewer and shorter their columns, the faster.
    narrow = [c for c in rows.columns if c in _RANKING or c.startswith((IDENTITY, COST_IDENTITY))]
    rows = with_event_number(rows.select(*narrow))
    # In a single table every council has one reference period, so nothing can vanish.
    return cropped(rows, prior=options["late_quarter"]) if mode == "joined" else rows


def _needed_to_decide(mode: Mode, options: Mapping[str, str]) -> list[str]:
    fields = ["event_outcome"]
    if mode == "single":
        fields += ["delivery_mechanism", "cost_frequency_unit_type"]
    return [*fields, *IDENTITY_SOURCES] if options["q5"] == "documented" else fields


def kept_records(
    events: Table, submissions: Table, mode: Mode, reference: Reference, options: Mapping[str, str]
) -> Table:
    """The records that make the main table: record id, reference period, end and event reference."""
    kept = unique_events(decided(events, submissions, mode, reference, options), mode)
    return kept.select(RECORD_ID, *_DECIDED).view()


def carried(events: Table, kept: Table, mode: Mode, reference: Reference) -> Table:
    """The kept records with all their columns, cleaned and derived."""
    rows = events.inner_join(kept, events[RECORD_ID] == kept[RECORD_ID]).select(
        *(events[c] for c in events.columns), *(kept[c] for c in _DECIDED)
    )
    rows = with_person_id(rows.rename(event_end_date_raw="event_end_date"))
    rows = described(rows.mutate(der_unique_event_ref=event_reference(rows)), reference)
    if mode == "single":
        costs = ("unit_cost", "planned_units_per_week")
        rows = rows.mutate(**{cost: two_decimals(rows[cost]) for cost in costs})
    return rows.select(*main_columns(mode))


def described(rows: Table, reference: Reference) -> Table:
    """Rows with every cleaned and derived field that does not decide which record is kept."""
    fields = mapped_fields()
    rows = with_outcome_hierarchy(with_cleaned(rows, reference, fields), reference)
    return with_raw_names(with_ages(with_review_type(rows)), fields)


def derived_fields(
    events: Table, submissions: Table, mode: Mode, reference: Reference, options: Mapping[str, str]
) -> Table:
    """All columns of all rows in period, before one record of each event is kept: step 3 of the national scripts."""
    rows = with_person_id(events_in_period(submitted(events, submissions), death_on_first_day=options["q4"]))
    cleaned = [f for f in _needed_to_decide(mode, options) if f in IDENTITY_SOURCES]
    identified = with_unique_event_ref(with_cleaned(rows, reference, cleaned), wording=options["q5"])
    rows = cropped(
        identified.select(*rows.columns, "event_number", "der_unique_event_ref"), prior=options["late_quarter"]
    )
    # The national procedure forgets to drop this one column when it names it anew.
    made = described(rows, reference)
    return made.mutate(hearing_impairment=made.hearing_impairment_raw)
