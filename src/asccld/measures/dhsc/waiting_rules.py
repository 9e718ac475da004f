"""What officials fixed for waiting times, as data: ages, days, months and lists (`data/waiting_times_*.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Value

from asccld.measures.lists import listed
from asccld.measures.registry import measure_table

REQUEST, ASSESSMENT, SERVICE = 1, 2, 3
"""Kinds of event, in the order in which events of one day follow each other."""

KINDS = ("Request", "Assessment", "Service")
BANDS = ("25 to 64", "65 and above")
"""The bands of the published figures."""

FIRST_RESPONSE, FIRST_SERVICE = "Wait time to first response", "Wait time to first service"

SERVICES = listed("waiting_times_services")
ASSESSMENTS = listed("waiting_times_assessments")

FLAGS = ("assessment_to_service", "request_progress", "request_to_service")


@dataclass(frozen=True)
class WaitingRules:
    """The numbers of the method, version 1.1."""

    youngest: int
    """Age at the start of an event from which it counts."""
    first_request: date
    """Requests that start on this day or later count."""
    conversation_until: date
    """A conversation may be the response to a request that starts before this day."""
    first_published: date
    """First quarter of the dashboard's tables."""


@cache
def official_rules() -> WaitingRules:
    """The numbers that the Department uses."""
    said = {row["rule"]: row["value"] for row in measure_table("waiting_times_rules")}
    return WaitingRules(
        youngest=int(said["youngest"]),
        first_request=date.fromisoformat(said["first_request"]),
        conversation_until=date.fromisoformat(said["conversation_until"]),
        first_published=date.fromisoformat(said["first_published"]),
    )


@cache
def lookbacks() -> dict[int, tuple[str, ...]]:
    """Months before a request -> the services that, open within them, make somebody an existing client."""
    found: dict[int, tuple[str, ...]] = {}
    for row in measure_table("waiting_times_services"):
        if months := row["existing_client_months"]:
            found[int(months)] = (*found.get(int(months), ()), row["service_type"])
    return found


@cache
def outcomes_with(flag: str) -> tuple[str, ...]:
    """The outcomes that say progress in the sense of that column."""
    return tuple(r["event_outcome"] for r in measure_table("waiting_times_outcomes") if r[flag] == "1")


@cache
def diagnostic_columns(table: str) -> dict[str, str]:
    """Type -> the column in which responses of that type are counted."""
    return {next(iter(row.values())): row["diagnostic"] for row in measure_table(f"waiting_times_{table}")}


def as_number(test: Value) -> IntegerValue:
    """1 where it is true, 0 where it is not, missing where that is unknown; a cast says so on some engines only."""
    known = cast("BooleanValue", test)
    return cast(
        "IntegerValue", known.ifelse(ibis.literal(1, "int8"), known.isnull().ifelse(None, ibis.literal(0, "int8")))
    )
