"""Random event histories, made to hit on what the methods are touchy about: ties, copies, a day more or less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from asccld.measures import needed_columns

Row = dict[str, Any]

OUTCOMES = (
    "Progress to Reablement/ST-Max", "NFA- Other", "NFA - Deceased", "progress to assessment ", None,
    "NFA - 100% NHS funded care", "Service Ended As Planned", "NFA - Support ended: Other reason",
    "NFA - No services offered: Other reason", "rubbish", "NFA rubbish", "Progress to End of Life Care",
    "Admitted to hospital", "NFA - Support declined",
)  # fmt: skip
ST_MAX = "Short Term Support: ST-Max"
SERVICES = (
    ST_MAX, "short term support: st-max ", "Short Term Support: Ongoing Low Level", "Long Term Support: Community",
    "Short Term Support: Other Short Term", "Long Term Support: Nursing Care", None, "Carer Support: Direct to Carer",
)  # fmt: skip
TYPES = ("Request", "Service", "Assessment", "Service", "Review", "Request", "SERVICE", "Service")
ROUTES = ("Route A", "Route A", "route a ", "Route B", None)
STEPS = (1, 0, 2, 3, 4, 5, 0, 28, 29, 27, 6, -3)
"""Days from one start to the next."""
LENGTHS = (1, 0, 3, None, 10, 2, -4, 40, 0, -1)
"""Days from start to end; None is open, and less than 0 ends before it starts."""
IMPORTS = tuple(
    datetime.fromisoformat(f"{at}:00")
    for at in ("2024-01-20 10", "2023-10-20 09", "2024-02-01 00", "2024-02-01 09", "2024-03-01 08")
)
BEGINNINGS = (date(2023, 5, 1), date(2023, 3, 25), date(2023, 11, 25), date(2023, 12, 20))
DEATHS = (None, None, None, None, date(2023, 3, 1), date(2023, 6, 1))
COUNCILS = ("101", "202", "101", "303")

ROW_CHOICES = (len(TYPES), len(STEPS), len(LENGTHS), len(OUTCOMES), len(SERVICES), len(ROUTES), 4, 12)
PERSON_CHOICES = (len(COUNCILS), len(BEGINNINGS), 5, 6, 4)

KINDS: dict[str, Any] = {"text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "integer": pl.Int64}


_ANCHOR: Row = {
    "la_code": "101",
    "importdate": IMPORTS[1],
    "der_nhs_number_traced_pseudo": "carer",
    "la_person_unique_identifier": None,
    "der_birth_year": 1950,
    "der_birth_month": 6,
    "date_of_death": None,
    "client_type": "Carer",
    "event_type": "Review",
    "event_start_date": date(2023, 6, 1),
    "event_end_date": None,
    "event_outcome": None,
    "request_route_of_access": None,
    "service_type": None,
    "service_component": None,
    "delivery_mechanism": None,
}
"""Of nobody who counts: without it, a period that no event is in would rightly be refused."""


def histories(people: int, rows: int, *, least: int = 1) -> st.SearchStrategy[list[Row]]:
    """The events of some people; drawn as numbers, so that a failing case shrinks to plain rows."""
    row, person = (st.integers(0, _most(choices) - 1) for choices in (ROW_CHOICES, PERSON_CHOICES))
    one = st.tuples(person, st.lists(row, min_size=1, max_size=rows))
    return st.lists(one, min_size=least, max_size=people).map(_events)


def _most(choices: Sequence[int]) -> int:
    product = 1
    for choice in choices:
        product *= choice
    return product


def _parts(number: int, choices: Sequence[int]) -> list[int]:
    parts: list[int] = []
    for choice in choices:
        number, part = divmod(number, choice)
        parts.append(part)
    return parts


def _events(drawn: list[tuple[int, list[int]]]) -> list[Row]:
    events: list[Row] = []
    for who, (person, rows) in enumerate(drawn):
        events += _history(who, person, rows)
    return [row | {"der_unique_record_id": record} for record, row in enumerate([*events, _ANCHOR], 1)]


def _history(who: int, person: int, rows: list[int]) -> list[Row]:
    council, beginning, identity, death, elsewhere = _parts(person, PERSON_CHOICES)
    day = BEGINNINGS[beginning]
    events: list[Row] = []
    for number in rows:
        kind, step, length, outcome, service, route, copied, odd = _parts(number, ROW_CHOICES)
        day += timedelta(days=STEPS[step])
        days = LENGTHS[length]
        is_service = TYPES[kind].lower() == "service"
        row: Row = {
            "la_code": COUNCILS[council],
            "importdate": IMPORTS[0],
            "der_nhs_number_traced_pseudo": None if identity in {1, 2} else f"N{who}" if identity else f"n{who} ",
            "la_person_unique_identifier": f"L{who // 2}" if identity in {1, 3} else f"L{who}",
            "der_birth_year": None if odd == 1 else 1950,
            "der_birth_month": 6,
            "date_of_death": DEATHS[death],
            "client_type": "Carer" if odd == 2 else "Service User",
            "event_type": TYPES[kind],
            "event_start_date": day,
            "event_end_date": None if days is None else day + timedelta(days=days),
            "event_outcome": OUTCOMES[outcome],
            "request_route_of_access": ROUTES[route] if TYPES[kind] == "Request" else None,
            "service_type": SERVICES[service] if is_service or odd == 3 else None,
            "service_component": "Reablement" if odd == 4 else None,
            "delivery_mechanism": None,
        }
        events.append(row)
        if copied:
            other = {"importdate": IMPORTS[copied], "event_outcome": OUTCOMES[(outcome + odd) % len(OUTCOMES)]}
            events.append(row | (other if odd > 5 else {"event_outcome": other["event_outcome"]}))
        if elsewhere == 1 and odd % 2:
            events.append(row | {"la_code": "202" if COUNCILS[council] == "101" else "101"})
    return events


def as_frame(rows: Sequence[Row], *measures: str) -> pl.DataFrame:
    """The rows as events of these measures; what is not given is missing."""
    kinds = needed_columns(measures)
    known = [{name: row.get(name) for name in kinds} for row in rows]
    return pl.DataFrame(known, schema={name: KINDS[kind] for name, kind in kinds.items()})


def for_reference(rows: Sequence[Row]) -> list[Row]:
    """The rows as the plain reference knows them."""
    return [row | {"der_la_person_unique_identifier_pseudo": row["la_person_unique_identifier"]} for row in rows]
