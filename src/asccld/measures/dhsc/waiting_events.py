"""Which events count for waiting times, and in what order: steps 1 and 2 of the method.

Method: DHSC waiting times 1.1 (dhsc-2026-06), from the joined main table. Counting unit: events. Columns in:
`EVENT_COLUMNS`. Columns out: see `chronology`. A person is somebody at one council.
"""

from __future__ import annotations

from datetime import date
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table

from asccld.measures.codes import code_in, code_of
from asccld.measures.dhsc.waiting_rules import (
    ASSESSMENT,
    ASSESSMENTS,
    BANDS,
    FLAGS,
    REQUEST,
    SERVICE,
    SERVICES,
    WaitingRules,
    as_number,
    lookbacks,
    outcomes_with,
)
from asccld.measures.main_table import PERSON
from asccld.measures.source import RECORD, in_list
from asccld.processing.text import OPEN_END, contains, same

EVENT_COLUMNS = (
    RECORD, "la_code", "der_nhs_la_combined_person_id", "importdate", "event_type", "event_start_date",
    "der_event_end_date", "client_type_cleaned", "assessment_type_cleaned", "service_type_cleaned",
    "event_outcome_cleaned", "event_outcome_grouped", "der_age_event_start_date", "der_working_age_band",
    "der_conversation",
)  # fmt: skip
_OPEN = date.fromisoformat(OPEN_END)


def candidates(main: Table, rules: WaitingRules) -> Table:
    """Requests of clients old enough, assessments and services of the known types; existing clients not yet told."""
    rows = main.select(
        RECORD,
        "importdate",
        "event_start_date",
        "der_event_end_date",
        "der_conversation",
        *PERSON,
        kind=_kind(main),
        assessment=code_of(main.assessment_type_cleaned, ASSESSMENTS),
        service=code_of(main.service_type_cleaned, SERVICES),
        is_client=same(main.client_type_cleaned, "Service user"),
        old_enough=main.der_age_event_start_date >= rules.youngest,
        ends_here=in_list(main.event_outcome_grouped, "NFA", "Admitted to hospital"),
        band=_band(main),
        **{flag: in_list(main.event_outcome_cleaned, *outcomes_with(flag)).fill_null(False) for flag in FLAGS},
    )
    return rows.filter(
        ((rows.kind == REQUEST) & rows.is_client & rows.old_enough & (rows.event_start_date >= rules.first_request))
        | ((rows.kind == ASSESSMENT) & rows.old_enough & code_in(rows.assessment, ASSESSMENTS, ASSESSMENTS))
        | ((rows.kind == SERVICE) & code_in(rows.service, SERVICES, SERVICES))
    ).drop("is_client")


def _kind(main: Table) -> IntegerValue:
    """A type may be written in many ways: what it contains decides, a service first."""
    kinds = (("service", SERVICE), ("assessment", ASSESSMENT), ("request", REQUEST))
    return ibis.cases(*((contains(main.event_type, word), ibis.literal(kind, "int8")) for word, kind in kinds))


def _band(main: Table) -> StringValue:
    """The working-age band, which is of the event's end, under the name that it has here."""
    band = cast("StringValue", main.der_working_age_band)
    return cast("StringValue", same(band, "18 to 64").fill_null(False).ifelse(ibis.literal(BANDS[0]), band))


def new_requests(rows: Table) -> Table:
    """The requests that say progress, of people who had no support before; other events are not here any more."""
    requests = rows.filter(rows.kind == REQUEST)
    asking = cast("Table", rows.semi_join(requests.select(*PERSON).distinct(), list(PERSON)))
    told = _with_earlier_ends(asking.filter(asking.kind != ASSESSMENT))
    start = cast("DateValue", told.event_start_date)
    existing = [(told[_end(m)] >= start - ibis.interval(months=m)).fill_null(False) for m in lookbacks()]
    kept = told.filter(told.kind == REQUEST, ~ibis.or_(*existing), ~told.ends_here)
    return kept.select(*rows.columns)


def _with_earlier_ends(rows: Table) -> Table:
    """The latest end of each group of services that start before the row, however long ago.

    Requests come before services of their day, so what stands before a request began before it.
    """
    order = [ibis.asc(rows.event_start_date, nulls_first=True), rows.kind]
    earlier = ibis.window(group_by=list(PERSON), order_by=order, preceding=(None, 1))
    ends = {
        _end(months): _of_services(rows, services).ifelse(rows.der_event_end_date.fill_null(_OPEN), None)
        for months, services in lookbacks().items()
    }
    ended = rows.mutate(**ends)
    return ended.mutate(**{name: ended[name].max().over(earlier) for name in ends})


def _end(months: int) -> str:
    return f"latest_end_{months}"


def _of_services(rows: Table, services: tuple[str, ...]) -> BooleanValue:
    dated = (rows.kind == SERVICE) & rows.event_start_date.notnull()
    return cast("BooleanValue", dated & code_in(rows.service, SERVICES, services))


def counted_events(rows: Table, requests: Table) -> Table:
    """All events that count, also those of people who made no request: for the counts beside the figures."""
    others = rows.filter(rows.kind != REQUEST, rows.old_enough)
    return ibis.union(requests, others)


def chronology(events: Table, requests: Table) -> Table:
    """The events of people with a request, numbered from 1; assessments that follow each other are of one block.

    Adds `event_order`; `next_assessment` and `next_service`, the numbers of those that follow; and `block_to_service`,
    whether any assessment of the block says that services follow.
    """
    rows = cast("Table", events.semi_join(requests.select(*PERSON).distinct(), list(PERSON)))
    by_day = [ibis.asc(rows.event_start_date, nulls_first=True), rows.kind]
    order = [*by_day, ibis.desc(rows.importdate, nulls_first=False), rows[RECORD].desc()]
    numbered = rows.mutate(event_order=ibis.row_number().over(group_by=list(PERSON), order_by=order) + 1)
    so_far = ibis.window(group_by=list(PERSON), order_by=numbered.event_order, preceding=None, following=0)
    after = ibis.window(group_by=list(PERSON), order_by=numbered.event_order, following=(1, None))
    following = numbered.mutate(
        next_assessment=_order_of(numbered, ASSESSMENT).min().over(after),
        next_service=_order_of(numbered, SERVICE).min().over(after),
        block=as_number(numbered.kind != ASSESSMENT).sum().over(so_far),
    )
    in_block = ibis.window(group_by=[*PERSON, "block"])
    progress = (following.kind == ASSESSMENT).ifelse(as_number(following.assessment_to_service), None)
    return following.mutate(block_to_service=progress.max().over(in_block)).drop("block")


def _order_of(rows: Table, kind: int) -> IntegerValue:
    return cast("IntegerValue", (rows.kind == kind).ifelse(rows.event_order, None))
