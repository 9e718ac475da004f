"""Carers supported during the year and the kind of support: the rows that LTS003 and the carers of ASCOF 3D begin with.

Method: NHS England, LTS003 and ASCOF 3D (nhse-2024-03), from the latest submission of each council. Known limitation:
services are often outsourced, so records of single carers may be missing.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table

from asccld.measures.identity import with_person
from asccld.measures.registry import measure_table
from asccld.measures.selection import of_latest_files
from asccld.measures.source import Source, alive, in_list, touches
from asccld.processing.text import age_at, first_of_month, folded, folded_text, same

Component = Literal["ignored", "needed", "may be missing"]
"""What a service component does: nothing (LTS003), a missing one drops the row (3D), or it is no payment (X15)."""

UNKNOWN_BIRTH = date(1800, 1, 1)
"""Stands for an unknown birth date: the age of about 223 is told apart later."""

DIRECT = "Carer Support: Direct to Carer"
INVOLVING = "Carer Support: Support involving the person cared-for"
SIGNPOSTED = "NFA - Information & Advice / Signposting only"
PAYMENT, BUDGET, COMMISSIONED, DIRECT_UNKNOWN, ADVICE, NONE = (
    row["support_provided"] for row in sorted(measure_table("carer_support"), key=lambda row: int(row["rank"]))
)


def carer_rows(source: Source) -> Table:
    """Rows of carers in the year, with person and age; an unknown age is the years since 1800."""
    return source.shared("carer_rows", lambda: _rows(source))


def _rows(source: Source) -> Table:
    settings, rows = source.settings, of_latest_files(source)
    is_carer = in_list(rows.client_type, "Carer", "Carer known by association")
    own_type = in_list(rows.event_type, "Request", "Assessment", "Service", "Review")
    in_year = touches(rows, settings.start, settings.end)
    kept = rows.filter(is_carer, own_type, in_year, alive(rows, settings.start), _in_cohort(rows))
    people = with_person(kept, within_la=settings.documented("x9"))
    return people.mutate(age=_age(people, settings.end), is_carer=same(people.client_type, "Carer"))


def _in_cohort(rows: Table) -> BooleanValue:
    no_service = rows.service_type.isnull()
    advised = no_service & same(rows.event_outcome, SIGNPOSTED)
    looked_at = no_service & in_list(rows.event_type, "Assessment", "Review")
    return cast("BooleanValue", advised | in_list(rows.service_type, DIRECT, INVOLVING) | looked_at)


def _age(rows: Table, day: date) -> IntegerValue:
    born = first_of_month(rows.der_birth_year, rows.der_birth_month).fill_null(ibis.literal(UNKNOWN_BIRTH))
    return age_at(cast("DateValue", born), cast("DateValue", ibis.literal(day)))


def with_support(rows: Table, component: Component) -> Table:
    """Rows with `support_provided` and its `support_rank`; those of no category are dropped."""
    named = rows.mutate(support_provided=_support(rows, component))
    ranks = [(named.support_provided == r["support_provided"], int(r["rank"])) for r in measure_table("carer_support")]
    return named.filter(named.support_provided.notnull()).mutate(support_rank=ibis.cases(*ranks))


def _support(rows: Table, component: Component) -> StringValue:
    direct, mechanism = same(rows.service_type, DIRECT), folded(rows.delivery_mechanism)
    paid, unpaid = _component_tests(rows, component)
    looked_at = in_list(rows.event_type, "Assessment", "Review")
    advised = same(rows.event_outcome, SIGNPOSTED)
    known = [folded_text(text) for text in (PAYMENT_MECHANISM, BUDGET, COMMISSIONED_MECHANISM)]
    return cast(
        "StringValue",
        ibis.cases(
            (direct & ((mechanism == known[0]) | paid), PAYMENT),
            (direct & (mechanism == known[1]) & unpaid, BUDGET),
            (direct & (mechanism == known[2]) & unpaid, COMMISSIONED),
            (direct & (mechanism.notin(known) | mechanism.isnull()) & unpaid, DIRECT_UNKNOWN),
            (same(rows.service_type, INVOLVING), NONE),
            (looked_at & ~advised, NONE),
            (looked_at & rows.event_outcome.isnull(), NONE),
            (looked_at & advised, ADVICE),
            (same(rows.event_type, "Request"), ADVICE),
        ),
    )


PAYMENT_MECHANISM = "Direct Payment"
COMMISSIONED_MECHANISM = "CASSR Commissioned Support"


def _component_tests(rows: Table, component: Component) -> tuple[BooleanValue, BooleanValue]:
    """Whether the component says direct payment, and whether it says that it is none."""
    if component == "ignored":
        return ibis.literal(False), ibis.literal(True)
    paid = same(rows.service_component, PAYMENT_MECHANISM)
    unpaid = cast("BooleanValue", ~paid)
    return (paid, unpaid) if component == "needed" else (paid, cast("BooleanValue", unpaid | paid.isnull()))
