"""Hospital episodes: discharges of older people that may lead to reablement, and emergency admissions after them.

Method: DHSC ASCOF 2D (dhsc-2026-06), parts B and D. Counting unit: distinct spells. Columns in: those of the reference
table ASCOF2D_SUS, as text. People are joined by the pseudonym of their NHS number alone, whatever the council. A code
that is missing fails every test of it. `data/ascof_2d_code_filters.csv` says which codes count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Column, DateValue, IntegerValue, StringValue, Table, Value

from asccld.measures.registry import measure_table
from asccld.measures.settings import Settings
from asccld.processing.text import age_at, first_of_month, folded, folded_text

EARLIEST_ADMISSION = date(2023, 4, 1)
"""The first day of the collection: an earlier admission cannot be told apart from long-term support."""
COMMUNITY_SUPPORT, NO_LONG_TERM = "Those in LT community support", "Those not in any LTS"
IN_ENGLAND = "E"
"""With what the code of an English area begins."""


def hospital_rows(episodes: Table) -> Table:
    """The episodes with dates and numbers as such: person, admission, discharge, spell, area, age, gender, codes."""
    admitted, discharged = _day(episodes.admission_date), _day(episodes.discharge_date)
    born = first_of_month(_number(episodes.year_of_birth_sus), _number(episodes.month_of_birth_sus))
    codes = dict.fromkeys(r["column"] for r in measure_table("ascof_2d_code_filters"))
    return episodes.select(
        person=folded(episodes.der_dhsc_pseudo_nhs_number),
        spell=folded(episodes.apcs_ident),
        admission_date=admitted,
        discharge_date=discharged,
        age=age_at(born, discharged),
        gender=_gender(episodes.sex),
        area=folded(episodes.der_postcode_lsoa_2011_code),
        **{column: _code(episodes[column]) for column in codes},
    )


def _day(text: Value) -> DateValue:
    return cast("DateValue", cast("StringValue", text).substr(0, 10).nullif("").cast("date"))


def _number(text: Value) -> Column:
    return cast("Column", _code(text).nullif("").cast("int32"))


def _code(text: Value) -> StringValue:
    """A code as text; a file may have kept it as a number with decimals."""
    return folded(text).re_replace(r"\.0+$", "")


def _gender(sex: Value) -> StringValue:
    pairs = [(r["sex"], r["gender"]) for r in measure_table("ascof_2d_genders")]
    return cast("StringValue", _code(sex).cases(*pairs, else_=sex))


def has_codes_of(rows: Table, purpose: str) -> list[BooleanValue]:
    """The tests of codes that a discharge, or a readmission, must pass."""
    return [_test(rows, column, test, codes) for column, test, codes in _filters(purpose)]


def _filters(purpose: str) -> Iterator[tuple[str, str, list[str]]]:
    wanted = [r for r in measure_table("ascof_2d_code_filters") if r["of"] == purpose]
    for (column, test), rows in groupby(wanted, key=lambda r: (r["column"], r["test"])):
        yield column, test, [folded_text(r["code"]) for r in rows]


def _test(rows: Table, column: str, test: str, codes: list[str]) -> BooleanValue:
    code = cast("StringValue", rows[column])
    if test == "begins with none of":
        return cast("BooleanValue", ibis.and_(*(~code.startswith(beginning) for beginning in codes)))
    found = code.isin(codes)
    return cast("BooleanValue", found if test == "one of" else ~found)


def discharges(rows: Table, long_term: Table, areas: Table, settings: Settings) -> Table:
    """The discharges in the period that count, once for each spell, council of residence, age, gender and client type.

    `long_term` has person, first, last and is_community of all long-term support; `areas` is the lookup of small areas.
    """
    kept = rows.filter(
        rows.age >= _youngest(),
        rows.admission_date >= EARLIEST_ADMISSION,
        rows.admission_date < rows.discharge_date,
        rows.discharge_date.between(settings.start, settings.end),
        rows.person.notnull(),
        *has_codes_of(rows, "discharges"),
    )
    spells = kept.select("person", "spell", "admission_date", "discharge_date", "age", "gender", "area").distinct()
    elsewhere = long_term.filter(~long_term.is_community)
    own_home = cast("Table", spells.anti_join(_open_on_admission(spells, elsewhere), ["person", "admission_date"]))
    supported = _open_on_admission(spells, long_term.filter(long_term.is_community)).mutate(is_supported=True)
    told = own_home.left_join(supported, ["person", "admission_date"]).select(
        *(own_home[c] for c in own_home.columns), is_supported=supported.is_supported.fill_null(False)
    )
    return _in_england(told, areas)


def _youngest() -> int:
    return min(int(r["lower"]) for r in measure_table("ascof_2d_slices") if r["lower"])


def _open_on_admission(spells: Table, support: Table) -> Table:
    """Person and day of the admissions on which some support was open."""
    on_that_day = [
        spells.person == support.person,
        spells.admission_date >= support["first"],
        spells.admission_date <= support["last"],
    ]
    return spells.inner_join(support, on_that_day).select(spells.person, spells.admission_date).distinct()


def _in_england(spells: Table, areas: Table) -> Table:
    """With the council of residence; spells of people who live elsewhere, or nobody knows where, do not count."""
    lookup = areas.filter(folded(areas.utla_code_2023).startswith(IN_ENGLAND.lower())).select(
        area_key=folded(areas.lsoa_code_2011), utla_name=areas.utla_name_2023
    )
    joined = spells.inner_join(lookup, spells.area == lookup.area_key)
    return joined.select(
        *(spells[c] for c in ("person", "spell", "admission_date", "discharge_date", "gender")),
        utla_name=lookup.utla_name,
        der_age_grouped=_age_group(spells.age),
        client_type=spells.is_supported.ifelse(COMMUNITY_SUPPORT, NO_LONG_TERM),
    ).distinct()


def _age_group(age: IntegerValue) -> StringValue:
    bands = [r for r in measure_table("ascof_2d_slices") if r["lower"]]
    cases = [(age <= int(r["upper"]) if r["upper"] else age >= int(r["lower"]), r["slice"]) for r in bands]
    return cast("StringValue", ibis.cases(*cases))


def emergency_admissions(rows: Table, settings: Settings) -> Table:
    """Who was admitted as an emergency, or otherwise not as planned, and when: person, admission_date."""
    kept = rows.filter(
        rows.admission_date < rows.discharge_date,
        rows.admission_date >= settings.start,
        rows.person.notnull(),
        *has_codes_of(rows, "readmissions"),
    )
    return kept.select("person", readmission_date=kept.admission_date).distinct()
