"""ASCOF 2D agrees with a plain reading of the method on made-up people, drawn to meet at the limits of its windows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend

from asccld.processing.columns import main_columns
from measures.dhsc.stories import COUNCIL, TYPES, main_type, measured, reference

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
START = date(2025, 5, 8)
OPEN = date(9999, 1, 1)
LONG = ("Nursing care", "Residential care", "Prison", "Community")
PEOPLE = 900
WEEKS_12 = timedelta(days=84)


@dataclass(frozen=True)
class Service:
    """One row of the joined main table: reablement, or a kind of long-term support."""

    kind: str
    start: date
    end: date


@dataclass(frozen=True)
class Spell:
    """A stay in hospital."""

    number: int
    admitted: date
    discharged: date
    sex: str
    management: str


@dataclass(frozen=True)
class Person:
    """All that is known of somebody."""

    name: str
    died: date | None
    services: tuple[Service, ...]
    spells: tuple[Spell, ...]


def drawn(draw: random.Random, number: int) -> Person:
    def day(*offsets: int) -> date:
        return START + timedelta(days=draw.choice(offsets))

    services: list[Service] = []
    for _ in range(draw.randrange(1, 4)):
        start = day(0, 1, 7, 8, 20, 27)
        services.append(Service("reablement", start, day(1, 9, 20, 30) if draw.random() < 0.9 else OPEN))
    services += [
        Service(draw.choice(LONG), day(-20, -8, -7, 0, 3, 60, 77, 87, 88), draw.choice([OPEN, day(90)]))
        for _ in range(draw.randrange(3))
    ]
    spells: list[Spell] = []
    for place in range(draw.randrange(1, 5)):
        admitted = day(-20, -8, -7, -1, 0, 1, 4, 30, 76, 77, 80, 87)
        left = admitted + timedelta(days=draw.choice([0, 1, 2, 7, 8, 11]))
        spells.append(Spell(number * 10 + place, admitted, left, draw.choice("12"), draw.choice(["EM", "NE", "EL"])))
    died = day(-5, -1, 3, 60, 77, 84, 87, 90) if draw.random() < 0.4 else None
    return Person(f"p{number}", died, tuple(services), tuple(spells))


# ---------------------------------------------------------------- the method, one person after the other


def expected_rows(person: Person) -> set[tuple[object, ...]]:
    """Person, start and end of each linked episode, day of discharge, client type, gender and outcomes."""
    services = [s for s in person.services if s.end >= s.start]
    long_term = [s for s in services if s.kind != "reablement"]
    found: set[tuple[object, ...]] = set()
    counted = [s for s in person.spells if s.admitted < s.discharged and not _open(long_term, s.admitted, LONG[:3])]
    for start, end in _episodes([s for s in services if s.kind == "reablement"]):
        near = [
            s.discharged
            for s in counted
            if start - timedelta(days=7) <= s.discharged <= start + timedelta(days=3) and s.admitted <= start
        ]
        for spell in counted if near else ():
            if spell.discharged == max(near):
                kind = (
                    "Those in LT community support"
                    if _open(long_term, spell.admitted, LONG[3:])
                    else "Those not in any LTS"
                )
                gender = {"1": "Male", "2": "Female"}[spell.sex]
                combination = _outcomes(person, long_term, start, spell.discharged)
                found.add((person.name, start, end, spell.discharged, kind, gender, combination))
    return found


def _open(services: list[Service], day: date, kinds: tuple[str, ...]) -> bool:
    return any(s.kind in kinds and s.start <= day <= s.end for s in services)


def _episodes(rows: list[Service]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for row in sorted(rows, key=lambda s: (s.start, s.end)):
        if found and (row.start - found[-1][1]).days <= 7:
            found[-1] = (found[-1][0], max(found[-1][1], row.end))
        else:
            found.append((row.start, row.end))
    return found


def _outcomes(person: Person, long_term: list[Service], start: date, discharged: date) -> str:
    last = discharged + WEEKS_12
    died = person.died is not None and discharged <= person.died <= last
    again = any(
        s.admitted < s.discharged
        and s.management != "EL"
        and s.admitted > max(start, discharged)
        and s.admitted <= last
        for s in person.spells
    )
    moved = any(s.kind in LONG[:2] and discharged <= s.start <= last for s in long_term)
    return "".join(str(int(flag)) for flag in (died, again, moved))


# ---------------------------------------------------------------- ours


def as_main(people: list[Person]) -> pl.DataFrame:
    rows = [
        {
            **COUNCIL,
            "client_type_cleaned": "Service user",
            "der_nhs_la_combined_person_id": person.name,
            "der_unique_record_id": number * 100 + place,
            "event_type": "Service",
            "service_type_cleaned": "Short term support: ST-Max"
            if service.kind == "reablement"
            else f"Long term support: {service.kind}",
            "service_component_cleaned": "Reablement",
            "event_start_date": service.start,
            "der_event_end_date": None if service.end == OPEN else service.end,
            "date_of_death": person.died,
            "ref_period_end_date": YEAR[1],
        }
        for number, person in enumerate(people)
        for place, service in enumerate(person.services)
    ]
    return pl.DataFrame(rows, schema={name: TYPES[main_type(name)] for name in main_columns("joined")})


def as_hospital(people: list[Person]) -> pl.DataFrame:
    same = {
        "apcs_last_ep_ind": "1", "month_of_birth_sus": "5", "year_of_birth_sus": "1950", "admission_method": "21",
        "der_postcode_lsoa_2011_code": "E01000001", "discharge_method": "1", "discharge_destination": "19",
        "treatment_function_code": "300",
    }  # fmt: skip
    return pl.DataFrame(
        [
            {
                "der_dhsc_pseudo_nhs_number": person.name,
                "apcs_ident": str(spell.number),
                "admission_date": str(spell.admitted),
                "discharge_date": str(spell.discharged),
                "sex": spell.sex,
                "der_management_type": spell.management,
                **same,
            }
            for person in people
            for spell in person.spells
        ]
    )


@pytest.mark.parametrize("seed", range(3))
def test_made_up_people(con: BaseBackend, seed: int) -> None:
    draw = random.Random(seed)
    people = [drawn(draw, number) for number in range(PEOPLE)]
    areas = pl.DataFrame(
        {"lsoa_code_2011": ["E01000001"], "utla_code_2023": ["E1"], "utla_name_2023": ["Exampleshire"]}
    )
    lookups = reference(ASCOF2D_SUS=as_hospital(people), REF_ONS_LSOA11_UTLA23_Lookup=areas)
    table = con.create_table(ibis.util.gen_name("people"), as_main(people).to_arrow(), temp=True)
    made = measured(con, ["ascof_2d"], table, lookups=lookups, period=YEAR)["ascof_2d"]
    found = made["_episodes"].to_polars()
    columns = ("st_max_cluster_start", "st_max_cluster_end", "discharge_date", "client_type", "gender", "outcome_combo")
    ours = set(found.select("der_nhs_la_combined_person_id", *columns).rows())
    wanted = set[tuple[object, ...]]().union(*(expected_rows(person) for person in people))
    assert len(wanted) > 200
    assert {row[-1] for row in wanted} >= {"000", "100", "010", "001", "110", "101", "011"}
    assert (sorted(map(str, ours - wanted)), sorted(map(str, wanted - ours))) == ([], [])
    total = made["_part1"].to_polars().filter(area="England", client_type="Total")
    assert total["denominator"].item() == len({row[:3] for row in wanted})
    assert total["numerator"].item() == len({row[:3] for row in wanted if row[-1] == "000"})
