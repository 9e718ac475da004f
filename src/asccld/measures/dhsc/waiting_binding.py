"""What each request led to, and how long that took: steps 3 and 4 of the method.

Method: DHSC waiting times 1.1 (dhsc-2026-06). Counting unit: requests. Columns in: those of `chronology`. Columns out:
short names here, the official ones by `official_names`. Known limitation: what a request is bound to may lie beyond
later requests.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, Table, Value

from asccld.measures.codes import text_of
from asccld.measures.dhsc.waiting_rules import (
    ASSESSMENT,
    ASSESSMENTS,
    KINDS,
    REQUEST,
    SERVICE,
    SERVICES,
    WaitingRules,
    as_number,
)
from asccld.measures.main_table import PERSON
from asccld.measures.source import RECORD
from asccld.processing.text import days_from

PARTS = ("order", "kind", "type", "start", "band", "record")
"""What is known of a request and of the event that it is bound to."""

PROGRESS = ("progress", "block_progress")
"""What is known of an assessment besides: whether it, or any of its block, says that services follow."""


def bound_requests(events: Table, rules: WaitingRules) -> Table:
    """One row per request with its next assessment (`a_`), next service (`s_`), response (`r_`) and service (`f_`)."""
    requests = events.filter(events.kind == REQUEST)
    linked = _with_next(_with_next(_requests(requests), events, "a", ASSESSMENT), events, "s", SERVICE)
    return _without_overlap(_with_service(_with_response(linked, rules)))


def _requests(requests: Table) -> Table:
    return requests.select(
        *PERSON,
        q_order=requests.event_order,
        q_start=requests.event_start_date,
        q_band=requests.band,
        q_record=requests[RECORD],
        q_progress=as_number(requests.request_progress),
        q_to_service=as_number(requests.request_to_service),
        q_conversation=requests.der_conversation,
        a_wanted=requests.next_assessment,
        s_wanted=requests.next_service,
    )


def _with_next(requests: Table, events: Table, prefix: str, kind: int) -> Table:
    """Adds the event whose number is wanted."""
    of_kind = events.filter(events.kind == kind)
    told: dict[str, Value] = {
        "order": of_kind.event_order,
        "kind": of_kind.kind,
        "type": of_kind.assessment if kind == ASSESSMENT else of_kind.service,
        "start": of_kind.event_start_date,
        "band": of_kind.band,
        "record": of_kind[RECORD],
    }
    if kind == ASSESSMENT:
        told |= {"progress": as_number(of_kind.assessment_to_service), "block_progress": of_kind.block_to_service}
    keys = {f"{prefix}_{key}": of_kind[key] for key in PERSON}
    found = of_kind.select(**keys, **{f"{prefix}_{part}": value for part, value in told.items()})
    same_person = [requests[key] == found[f"{prefix}_{key}"] for key in PERSON]
    joined = requests.left_join(found, [*same_person, requests[f"{prefix}_wanted"] == found[f"{prefix}_order"]])
    return joined.drop(*keys, f"{prefix}_wanted")


def _with_response(rows: Table, rules: WaitingRules) -> Table:
    """The first response: the request itself where it was a conversation, else an assessment or an earlier service."""
    before = (rows.q_start < rows.a_start) | rows.a_start.isnull()
    conversation = (rows.q_conversation == 1) & (rows.q_progress == 1)
    told = rows.mutate(
        conversation=as_number((before & conversation).fill_null(False)),
        spec=(rows.q_start < rules.conversation_until).ifelse(ibis.literal("R1"), ibis.literal("R2")),
    )
    itself = cast("BooleanValue", (told.conversation == 1) & (told.spec == "R1"))
    of_request = {"kind": ibis.literal(REQUEST, "int8")} | {
        p: told[f"q_{p}"] for p in ("order", "start", "band", "record")
    }
    first = told.mutate(
        **{
            f"t_{part}": itself.ifelse(of_request.get(part, ibis.null()), told[f"a_{part}"])
            for part in PARTS + PROGRESS
        }
    )
    sooner = (first.t_order > first.s_order) | (first.t_order.isnull() & first.s_order.notnull())
    by_service = cast("BooleanValue", sooner.fill_null(False))
    dated = cast("BooleanValue", (first.t_start > first.s_start).fill_null(False))
    of_service = {p: first[f"s_{p}"] for p in PARTS if p != "type"}
    response = {
        f"r_{part}": by_service.ifelse(of_service.get(part, ibis.null()), first[f"t_{part}"])
        for part in PARTS + PROGRESS
    }
    return first.mutate(service_first=as_number(by_service), service_first_by_date=as_number(dated), **response)


def _with_service(rows: Table) -> Table:
    """The service that the request led to: none where the response is an assessment after which no service follows."""
    stopped = cast("BooleanValue", ((rows.r_kind == ASSESSMENT) & (rows.r_block_progress == 0)).fill_null(False))
    return rows.mutate(**{f"f_{part}": stopped.ifelse(None, rows[f"s_{part}"]) for part in PARTS})


def _without_overlap(rows: Table) -> Table:
    """Adds `excluded`: 1 where the request was made while an earlier one was still being followed up."""
    of_person = {"group_by": list(PERSON), "order_by": rows.q_order}
    earlier = ibis.window(**of_person, preceding=(None, 1))
    furthest = ibis.greatest(rows.r_order.fill_null(0), rows.f_order.fill_null(0))
    told = rows.mutate(
        last_response=rows.r_order.max().over(earlier).fill_null(0),
        last_service=rows.f_order.max().over(earlier).fill_null(0),
        previous=furthest.lag(1).over(**of_person),
    )
    still_followed = (told.previous > told.q_order).fill_null(False)
    same_response = (told.r_order <= told.last_response).fill_null(False)
    same_service = (told.f_order <= told.last_service).fill_null(False)
    return told.mutate(excluded=as_number(still_followed | same_response | same_service))


def with_waits(rows: Table) -> Table:
    """Adds the waits in days, and the quarter of request, response and service, for requests that are not excluded."""
    counts = cast("BooleanValue", rows.excluded == 0)
    starts = {"request": rows.q_start, "part1": rows.r_start, "part2": rows.f_start}
    first_days = {f"{name}_quarter": counts.ifelse(start.truncate("Q"), None) for name, start in starts.items()}
    waits = {
        f"{name}_wait": counts.ifelse(days_from(cast("DateValue", rows.q_start), cast("DateValue", start)), None)
        for name, start in starts.items()
        if name != "request"
    }
    dated = rows.mutate(**first_days, **waits)
    return dated.mutate(**{f"{name}_quarter_end": quarter_end(dated[f"{name}_quarter"]) for name in starts})


def quarter_end(first_day: Value) -> Value:
    """The last day of a quarter, as text, as the national table has it."""
    last = cast("DateValue", first_day) + ibis.interval(months=3) - ibis.interval(days=1)
    return cast("DateValue", last).strftime("%Y-%m-%d")


def named(code: Value) -> Value:
    """The event type of a kind."""
    return ibis.cases(*((code == place, name) for place, name in enumerate(KINDS, 1)))


def official_names(rows: Table) -> dict[str, Value]:
    """The national columns of the person-level table, in their order."""
    return (
        _of_request(rows)
        | _of_event(rows, "a", "next_assessment", "modified_working_age_band")
        | _of_event(rows, "s", "next_service", "modified_working_age_band")
        | _of_rules(rows)
        | _of_event(rows, "r", "modified_next_assessment", "mod_working_age_band")
        | _of_event(rows, "f", "modified_next_service", "mod_working_age_band")
        | _of_waits(rows)
    )


def _of_request(rows: Table) -> dict[str, Value]:
    return {
        "request_der_unique_record_id": rows.q_record,
        "request_start_date": rows.q_start,
        "request_modified_working_age_band": rows.q_band,
        "request_event_order": rows.q_order,
        "request_indicates_progress": rows.q_progress,
        "request_indicates_progress_to_service": rows.q_to_service,
        "request_der_conversation": rows.q_conversation,
    }


def _of_event(rows: Table, prefix: str, name: str, band: str) -> dict[str, Value]:
    """An assessment or service; in modified columns the record id stands before the progress flags."""
    types = ASSESSMENTS if prefix in {"a", "r"} else SERVICES
    columns: dict[str, Value] = {
        f"{name}_order": rows[f"{prefix}_order"],
        f"{name}_event_type": named(rows[f"{prefix}_kind"]),
        f"{name}_type": text_of(rows[f"{prefix}_type"], ibis.null("string"), types),
        f"{name}_start_date": rows[f"{prefix}_start"],
        f"{name}_{band}": rows[f"{prefix}_band"],
    }
    record = {f"{name}_der_unique_record_id": rows[f"{prefix}_record"]}
    if prefix in {"s", "f"}:
        return columns | record
    flags = {
        f"{name}_indicates_progress_to_service": rows[f"{prefix}_progress"],
        f"{name}_block_indicates_progress_to_service": rows[f"{prefix}_block_progress"],
    }
    return columns | flags | record if prefix == "a" else columns | record | flags


def _of_rules(rows: Table) -> dict[str, Value]:
    return {
        "c1_request_override": rows.conversation,
        "request_spec": rows.spec,
        "temp_next_assessment_indicates_progress_to_service": rows.t_progress,
        "temp_next_assessment_block_indicates_progress_to_service": rows.t_block_progress,
        "next_assessment_service_override": rows.service_first,
        "next_assessment_service_date_override": rows.service_first_by_date,
    }


def _of_waits(rows: Table) -> dict[str, Value]:
    return {
        "max_modified_next_assessment_order_prev": rows.last_response,
        "max_modified_next_service_order_prev": rows.last_service,
        "request_starts_before_previous_request_follow_up_ends": rows.excluded,
        **{f"stat_reporting_period_start_{n}": rows[f"{n}_quarter"] for n in ("request", "part1", "part2")},
        **{f"stat_reporting_period_end_{n}": rows[f"{n}_quarter_end"] for n in ("request", "part1", "part2")},
        "part1_wait_time": rows.part1_wait,
        "part2_wait_time": rows.part2_wait,
    }
