"""ASCOF 2A agrees with a plain reading of the method on thousands of made-up histories, drawn to meet at the limits."""

from __future__ import annotations

import random
from datetime import date, timedelta

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.processing.columns import main_columns
from measures.dhsc.plain_ascof_2a import HOMES, OPEN, RANKS, SERVICES, ST_MAX, Event, classified
from measures.dhsc.stories import COUNCIL, TYPES, YEAR, main_type, measured

FIRST = date(2025, 3, 1)
PERIOD = (FIRST + timedelta(days=20), YEAR[1])
PEOPLE = 1500


def history(draw: random.Random, person: str, record: int) -> list[Event]:
    """A few events within some weeks: their days often lie exactly at a window's edge."""
    died = FIRST + timedelta(days=draw.randrange(120)) if draw.random() < 0.2 else None
    outcomes = [None, "no such outcome", "Invalid and not mapped", *RANKS]
    found: list[Event] = []
    for number in range(draw.randrange(1, 7)):
        kind = draw.choice(["Service"] * 6 + ["Review", "Assessment", "Request"])
        service = draw.choice([ST_MAX] * 5 + [*SERVICES, "Unpaid carer support: Direct to unpaid carer", None])
        start = FIRST + timedelta(days=draw.choice([0, 1, 7, 8, 14, 20, 21, 27, 28, 29, 35, 91, 92, 100]))
        end = OPEN if draw.random() < 0.15 else start + timedelta(days=draw.choice([-1, 0, 1, 6, 7, 8, 13, 14, 15, 30]))
        found.append(
            Event(
                record=record + number,
                person=person,
                kind=kind,
                service=service if kind == "Service" or draw.random() < 0.1 else None,
                component=draw.choice([None, "Reablement", "Equipment", *HOMES]),
                outcome=draw.choice(outcomes),
                start=start,
                end=end,
                died=died,
            )
        )
    return found


def as_main(events: list[Event]) -> pl.DataFrame:
    columns = {name: TYPES[main_type(name)] for name in main_columns("joined")}
    rows = [
        {
            **COUNCIL,
            "client_type_cleaned": "Service user",
            "der_nhs_la_combined_person_id": e.person,
            "der_unique_record_id": e.record,
            "event_type": e.kind,
            "service_type_cleaned": e.service,
            "service_component_cleaned": e.component,
            "event_outcome_cleaned": e.outcome,
            "event_start_date": e.start,
            "der_event_end_date": None if e.end == OPEN else e.end,
            "date_of_death": e.died,
            "ref_period_end_date": YEAR[1],
        }
        for e in events
    ]
    return pl.DataFrame(rows, schema=columns)


@pytest.mark.parametrize("seed", range(3))
def test_made_up_histories(con: BaseBackend, seed: int) -> None:
    draw = random.Random(seed)
    events = [e for n in range(PEOPLE) for e in history(draw, f"p{n}", n * 10)]
    table = con.create_table(ibis.util.gen_name("histories"), as_main(events).to_arrow(), temp=True)
    found = measured(con, ["ascof_2a"], table, period=PERIOD)["ascof_2a"]["_episodes"].to_polars()
    columns = ("st_max_cluster_start", "st_max_cluster_end", "sequel_type", "final_outcome")
    ours = set(found.select("der_nhs_la_combined_person_id", *columns).rows())
    wanted = classified(events, *PERIOD)
    assert len(wanted) > 300
    assert {step for *_, step, _ in wanted} >= {"1", "2", "3", "4a", "4b", "4c", "5", "6"}
    assert (sorted(ours - wanted), sorted(wanted - ours)) == ([], [])
