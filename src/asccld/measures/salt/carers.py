"""Carers supported during the year and the kind of support: the rows that LTS003 and the carers of ASCOF 3D begin with.

Method: NHS England, LTS003 and ASCOF 3D (nhse-2024-03), from the latest submission of each council. Known limitation:
services are often outsourced, so records of single carers may be missing.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table

from asccld.measures.identity import identifiers, sure_people
from asccld.measures.picking import best_rows
from asccld.measures.registry import measure_table
from asccld.measures.selection import of_latest_files
from asccld.measures.source import RECORD, Source, alive, in_list, touches
from asccld.processing.text import age_at, first_of_month, folded, folded_text, same

Component = Literal["ignored", "needed", "may be missing"]
"""What a service component does: nothing (LTS003), a missing one drops the row (3D), or it is no payment (X15)."""

UNKNOWN_BIRTH = date(1800, 1, 1)
"""Stands for an unknown birth date: the age of about 223 is told apart later."""

MECHANISMS = ("Direct Payment", "CASSR Managed Personal Budget", "CASSR Commissioned Support")
DIRECT = "Carer Support: Direct to Carer"
INVOLVING = "Carer Support: Support involving the person cared-for"
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
    own_type = in_list(rows.event_type, "Request", "Assessment", "Service", "Review")
    in_year = touches(rows, settings.start, settings.end)
    kept = rows.filter(is_carer, own_type, in_year, alive(rows, settings.start), _in_cohort(rows))
    ranks = {rank_column(c): _rank(kept, c) for c in READINGS}
    narrow = kept.select(
        RECORD, "la_code", **identifiers(kept), age=_age(kept, settings.end), is_carer=same(kept.client_type, "Carer"),
        **ranks,
    )  # fmt: skip
    return sure_people(narrow, within_la=settings.documented("x9"))


def _in_cohort(rows: Table) -> BooleanValue:
    no_service = rows.service_type.isnull()
    advised = no_service & same(rows.event_outcome, SIGNPOSTED)
    looked_at = no_service & in_list(rows.event_type, "Assessment", "Review")
    return cast("BooleanValue", advised | in_list(rows.service_type, DIRECT, INVOLVING) | looked_at)


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
    direct, mechanism = same(rows.service_type, DIRECT), folded(rows.delivery_mechanism)
    paid, unpaid = _component_tests(rows, component)
    looked_at = in_list(rows.event_type, "Assessment", "Review")
    advised = same(rows.event_outcome, SIGNPOSTED)
    known = [folded_text(text) for text in MECHANISMS]
    tests = [
        (direct & ((mechanism == known[0]) | paid), PAYMENT),
        (direct & (mechanism == known[1]) & unpaid, BUDGET),
        (direct & (mechanism == known[2]) & unpaid, COMMISSIONED),
        (direct & (mechanism.notin(known) | mechanism.isnull()) & unpaid, DIRECT_UNKNOWN),
        (same(rows.service_type, INVOLVING), NONE),
        (looked_at & ~advised, NONE),
        (looked_at & rows.event_outcome.isnull(), NONE),
        (looked_at & advised, ADVICE),
        (same(rows.event_type, "Request"), ADVICE),
    ]
    return cast("list[tuple[BooleanValue, str]]", tests)


def _component_tests(rows: Table, component: Component) -> tuple[BooleanValue, BooleanValue]:
    """Whether the component says direct payment, and whether it says that it is none."""
    if component == "ignored":
        return ibis.literal(False), ibis.literal(True)
    paid = same(rows.service_component, MECHANISMS[0])
    unpaid = cast("BooleanValue", ~paid)
    return (paid, unpaid) if component == "needed" else (paid, cast("BooleanValue", unpaid | paid.isnull()))
