"""Waiting times against a plain reading of the method, one person after another, on histories made up at random."""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta
from typing import Any

import ibis

from asccld.engine import keeper
from asccld.measures import MeasureReference, compute_from_main, settings_for
from measures.dhsc.pages import PERIOD, Rows, main_table

LONG = ("Long term support: Community", "Long term support: Nursing care", "Long term support: Prison")
SHORT = ("Short term support: ST-Max", "Short term support: Other short term")
SERVICES = (*LONG, *SHORT, "Short term support: Ongoing low level", "Unpaid carer support: Direct to unpaid carer")
OUTCOMES = (
    "Progress to reablement/ST-Max", "Progress to assessment, review or reassessment", "NFA: Other",
    "Progress to support planning or services", "Release 1 specification only: Not mapped", "Admitted to hospital",
    "Invalid and not mapped", None,
)  # fmt: skip
TO_SERVICE = {OUTCOMES[0], OUTCOMES[3]}
REQUEST_PROGRESS = {OUTCOMES[0], OUTCOMES[1], OUTCOMES[3], OUTCOMES[4]}
PLACE = {"Request": 1, "Assessment": 2, "Service": 3}
PEOPLE = 1500


def histories(seed: int) -> Rows:
    """Events of a few weeks around the day on which conversations end to count, so that they meet in every way."""
    dice = random.Random(seed)
    first = date(2025, 6, 1)
    rows: Rows = []
    for person in range(PEOPLE):
        for _ in range(dice.randint(1, 9)):
            kind = dice.choice(("Request", "Request", "Assessment", "Service", "Service"))
            start = first + timedelta(days=dice.randint(0, 50))
            if kind == "Service" and dice.random() < 0.4:
                start -= timedelta(days=dice.randint(0, 600))
            end = None if dice.random() < 0.3 else str(start + timedelta(days=dice.randint(0, 40)))
            rows.append(
                {
                    "person": f"P{person}",
                    "event_type": kind,
                    "start": str(start),
                    "end": end,
                    "event_outcome": dice.choice(OUTCOMES),
                    "assessment_type": dice.choice(
                        ("Short term assessment", "Long term assessment", "Carer's assessment")
                    ),
                    "service_type": dice.choice(SERVICES),
                    "age": dice.choice(("24", "25", "40", "70", "70")),
                    "der_conversation": dice.choice(("0", "1", None)),
                    "client_type": dice.choice(("Service user", "Service user", "Unpaid carer")),
                    "importdate": dice.choice(("2026-04-01", "2026-04-02")),
                }
            )
    return rows


def months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def existing(request: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    for e in events:
        if e["event_type"] != "Service" or e["day"] >= request["day"]:
            continue
        months = 12 if e["service_type"] in LONG else 3 if e["service_type"] in SHORT else None
        if months and (e["end"] is None or e["end"] >= str(months_before(request["day"], months))):
            return True
    return False


def counts(event: dict[str, Any], events: list[dict[str, Any]]) -> bool:
    if int(event["age"]) < 25:
        return False
    if event["event_type"] == "Assessment":
        return event["assessment_type"] != "Carer's assessment"
    if event["event_type"] == "Service":
        return not event["service_type"].startswith("Unpaid")
    outcome = event["event_outcome"]
    says = outcome is not None and not outcome.startswith("NFA") and outcome != "Admitted to hospital"
    return event["client_type"] == "Service user" and says and not existing(event, events)


def plain(events: list[dict[str, Any]]) -> dict[int, tuple[int, str | None, int | None, int | None]]:
    """Record of each request -> excluded, what responded, wait for it, wait for a service."""
    kept = [e for e in events if counts(e, events)]
    kept.sort(key=lambda e: e["record"], reverse=True)
    kept.sort(key=lambda e: e["importdate"], reverse=True)
    kept.sort(key=lambda e: (e["day"], PLACE[e["event_type"]]))
    found: dict[int, tuple[int, str | None, int | None, int | None]] = {}
    before: list[tuple[int | None, int | None]] = []
    for place, request in enumerate(kept):
        if request["event_type"] != "Request":
            continue
        response, service = bound(kept, place)
        excluded = bool(before) and max(*(n or 0 for n in before[-1])) > place + 1
        excluded |= response is not None and any(n is not None and response + 1 <= n for n, _ in before)
        excluded |= service is not None and any(n is not None and service + 1 <= n for _, n in before)
        before.append((None if response is None else response + 1, None if service is None else service + 1))
        waits = [None if n is None or excluded else (kept[n]["day"] - request["day"]).days for n in (response, service)]
        kind = None if response is None else kept[response]["event_type"]
        found[request["record"]] = (int(excluded), kind, waits[0], waits[1])
    return found


def bound(kept: list[dict[str, Any]], place: int) -> tuple[int | None, int | None]:
    """Place of the response, and of the service."""
    request = kept[place]
    later = range(place + 1, len(kept))
    assessment = next((n for n in later if kept[n]["event_type"] == "Assessment"), None)
    service = next((n for n in later if kept[n]["event_type"] == "Service"), None)
    response = assessment
    talked = request["der_conversation"] == "1" and request["event_outcome"] in REQUEST_PROGRESS
    in_time = assessment is None or request["day"] < kept[assessment]["day"]
    if talked and in_time and request["day"] < date(2025, 7, 1):
        response = place
    if service is not None and (response is None or service < response):
        response = service
    if response is not None and kept[response]["event_type"] == "Assessment" and not progresses(kept, response):
        service = None
    return response, service


def progresses(kept: list[dict[str, Any]], place: int) -> bool:
    first = last = place
    while first and kept[first - 1]["event_type"] == "Assessment":
        first -= 1
    while last + 1 < len(kept) and kept[last + 1]["event_type"] == "Assessment":
        last += 1
    return any(kept[n]["event_outcome"] in TO_SERVICE for n in range(first, last + 1))


def test_the_same_as_a_plain_reading_of_the_method() -> None:
    for seed in (1, 2, 3):
        rows = histories(seed)
        con = ibis.duckdb.connect()
        main, chosen = main_table(con, rows, "joined"), settings_for(*PERIOD)
        made = compute_from_main(["waiting_times"], main, chosen, reference=MeasureReference.read(), hold=keeper(con))
        ours = {
            r["request_der_unique_record_id"]: (
                r["request_starts_before_previous_request_follow_up_ends"],
                r["modified_next_assessment_event_type"],
                r["part1_wait_time"],
                r["part2_wait_time"],
            )
            for r in made["waiting_times"]["_person"].to_polars().to_dicts()
        }
        con.disconnect()
        people: dict[str, list[dict[str, Any]]] = {}
        for record, row in enumerate(rows, 1):
            told = {**row, "record": record, "day": date.fromisoformat(str(row["start"]))}
            people.setdefault(str(row["person"]), []).append(told)
        wanted = {record: found for events in people.values() for record, found in plain(events).items()}
        assert len(wanted) > 100
        assert {k: v for k, v in wanted.items() if ours.get(k) != v} == {}
        assert ours == wanted
        assert {excluded for excluded, *_ in wanted.values()} == {0, 1}
        assert {kind for _, kind, *_ in wanted.values()} == {"Request", "Assessment", "Service", None}
