"""Carers supported during the year and the kind of support: the rows that LTS003 and the carers of ASCOF 3D begin with.

Method: NHS England, LTS003 and ASCOF 3D (nhse-2024-03), from the latest submission of each council. Known limitation:
services are often outsourced, so records of single carers may be missing.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table, Value

from asccld.measures.codes import MISSING, OTHER, code_of
from asccld.measures.identity import IDENTIFIED, identifiers, sure_people
from asccld.measures.picking import best_rows
from asccld.measures.registry import measure_table
from asccld.measures.selection import of_latest_files
from asccld.measures.source import RECORD, Source, alive, in_list, touches
from asccld.processing.text import age_at, first_of_month, same

Component = Literal["ignored", "needed", "may be missing"]
"""What a service component does: nothing (LTS003), a missing one drops the row (3D), or it is no payment (X15)."""

UNKNOWN_BIRTH = date(1800, 1, 1)
"""Stands for an unknown birth date: the age of about 223 is told apart later."""

MECHANISMS = ("Direct Payment", "CASSR Managed Personal Budget", "CASSR Commissioned Support")
KINDS = ("Request", "Assessment", "Service", "Review")
REQUEST, ASSESSMENT, _, REVIEW = range(1, 5)
SERVICES = ("Carer Support: Direct to Carer", "Carer Support: Support involving the person cared-for")
DIRECT, INVOLVING = 1, 2
ADVISED = 1
"""Codes of the events, services and outcomes that the rules ask for."""
SIGNPOSTED = "NFA - Information & Advice / Signposting only"
PAYMENT, BUDGET, COMMISSIONED, DIRECT_UNKNOWN, ADVICE, NONE = (
    row["support_provided"] for row in sorted(measure_table("carer_support"), key=lambda row: int(row["rank"]))
)


READINGS: tuple[Component, ...] = ("ignored", "needed", "may be missing")


def carer_rows(source: Source) -> Table:
    """Rows of carers in the year: record, council, person, id, `age` and `is_carer`, and a rank for each reading.

    An unknown age is the years since 1800. See `rank_column`.
    """
    return source.shared("carer_rows", lambda: _rows(source))


def rank_column(component: Component) -> str:
    """The column with the rank of a row's kind of support in a reading; missing where it is of no kind."""
    return f"rank_{READINGS.index(component)}"


def _rows(source: Source) -> Table:
    settings, rows = source.settings, of_latest_files(source)
    is_carer = in_list(rows.client_type, "Carer", "Carer known by association")
    in_year = touches(rows, settings.start, settings.end)
    kept = rows.filter(is_carer, in_year, alive(rows, settings.start))
    # Kept before anything is asked of the codes, or each question would work them out again.
    asked = source.keep(
        kept.select(
            RECORD, "la_code", **identifiers(kept), **_codes(kept), age=_age(kept, settings.end),
            is_carer=same(kept.client_type, "Carer"),
        )
    )  # fmt: skip
    own = asked.filter(asked.kind.between(REQUEST, REVIEW), _in_cohort(asked))
    ranked = own.select(
        RECORD, "la_code", *IDENTIFIED, "age", "is_carer", **{rank_column(c): _rank(own, c) for c in READINGS}
    )
    return sure_people(ranked, within_la=settings.documented("x9"))


def _codes(rows: Table) -> dict[str, Value]:
    return {
        "kind": code_of(rows.event_type, KINDS),
        "service": code_of(rows.service_type, SERVICES),
        "mechanism": code_of(rows.delivery_mechanism, MECHANISMS),
        "component": code_of(rows.service_component, MECHANISMS[:1]),
        "outcome": code_of(rows.event_outcome, [SIGNPOSTED]),
    }


def _in_cohort(rows: Table) -> BooleanValue:
    no_service = rows.service == MISSING
    advised = no_service & (rows.outcome == ADVISED)
    looked_at = no_service & rows.kind.isin([ASSESSMENT, REVIEW])
    return cast("BooleanValue", advised | rows.service.isin([DIRECT, INVOLVING]) | looked_at)


def _age(rows: Table, day: date) -> IntegerValue:
    born = first_of_month(rows.der_birth_year, rows.der_birth_month).fill_null(ibis.literal(UNKNOWN_BIRTH))
    return age_at(cast("DateValue", born), cast("DateValue", ibis.literal(day)))


def best_supported(rows: Table, component: Component) -> Table:
    """Rows of the best kind of support of each carer at each council, with `support_provided`."""
    ranked = rows.mutate(merit=rows[rank_column(component)])
    best = best_rows(ranked.filter(ranked.merit.notnull()), ["la_code", "person"])
    names = [(int(r["rank"]), r["support_provided"]) for r in measure_table("carer_support")]
    return best.mutate(support_provided=best.merit.cases(*names))


def _rank(rows: Table, component: Component) -> IntegerValue:
    kinds = [(int(r["rank"]), r["support_provided"]) for r in measure_table("carer_support")]
    ranks = {text: ibis.literal(rank, "int8") for rank, text in kinds}
    return cast("IntegerValue", ibis.cases(*((test, ranks[kind]) for test, kind in _kinds(rows, component))))


def _kinds(rows: Table, component: Component) -> list[tuple[BooleanValue, str]]:
    """Tests in their order, each with the kind of support that it shows: the first that holds counts."""
    direct, by_payment, by_budget, commissioned = rows.service == DIRECT, *(rows.mechanism == m for m in (1, 2, 3))
    paid, unpaid = _component_tests(rows, component)
    looked_at = rows.kind.isin([ASSESSMENT, REVIEW])
    advised = rows.outcome == ADVISED
    tests = [
        (direct & (by_payment | paid), PAYMENT),
        (direct & by_budget & unpaid, BUDGET),
        (direct & commissioned & unpaid, COMMISSIONED),
        (direct & rows.mechanism.isin([MISSING, OTHER]) & unpaid, DIRECT_UNKNOWN),
        (rows.service == INVOLVING, NONE),
        (looked_at & ~advised, NONE),
        (looked_at & advised, ADVICE),
        (rows.kind == REQUEST, ADVICE),
    ]
    return cast("list[tuple[BooleanValue, str]]", tests)


def _component_tests(rows: Table, component: Component) -> tuple[BooleanValue, BooleanValue]:
    """Whether the component says direct payment, and whether it says that it is none."""
    if component == "ignored":
        return ibis.literal(False), ibis.literal(True)
    unpaid = [OTHER] if component == "needed" else [MISSING, OTHER]
    return cast("BooleanValue", rows.component == 1), cast("BooleanValue", rows.component.isin(unpaid))
