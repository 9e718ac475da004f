"""The support that a carer has: the first rule that a row fits, and the strongest of a carer's rows.

Method: DHSC ASCOF 3D (dhsc-2026-06), carers. `data/ascof_3d_carer_support.csv` holds the kinds of support, strongest
first. Known limitation: a row of support direct to the carer without a component, and not by direct payment, fits no
rule and vanishes, unless Q12 is documented.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Table

from asccld.measures.lists import listed
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.settings import Settings
from asccld.measures.source import in_list, record_list
from asccld.processing.text import folded, folded_text, same

CARERS = ("Carer", "Unpaid carer", "Carer known by association", "Unpaid carer known by association")
DIRECT = "Unpaid carer support: Direct to unpaid carer"
CARED_FOR = "Unpaid carer support: Support involving the person cared-for"
ADVICE = "NFA: Information and advice or signposting"
PAYMENT, BUDGET, COMMISSIONED = "Direct payment", "CASSR managed personal budget", "CASSR commissioned support"
PAID, BUDGETED, BOUGHT, UNCLEAR, ADVISED, NONE = range(1, 7)
"""Places of the kinds of support on their list."""


def supported_carers(source: MainSource, settings: Settings) -> Table:
    """la_code, person, its id, la_name, support_provided and the records that show it: one row per carer."""
    rows = _of_carers(source.rows, settings)
    ranked = rows.mutate(rank=_support(rows, settings))
    known = ranked.filter(ranked["rank"].notnull())
    best = known.group_by(*PERSON).agg(rank=known["rank"].min())
    kept = cast("Table", known.semi_join(best, [*PERSON, "rank"]))
    people = kept.group_by(*PERSON, "rank").agg(
        **{PERSON_ID: kept[PERSON_ID].min()}, la_name=kept.la_name.min(), record_ids=record_list(kept, once=True)
    )
    kinds = listed("ascof_3d_carer_support")
    return people.mutate(support_provided=people["rank"].cases(*enumerate(kinds, 1))).drop("rank")


def _of_carers(rows: Table, settings: Settings) -> Table:
    """Rows of carers in the period that may say what support there was."""
    without_service = rows.service_type_cleaned.isnull()
    advised = without_service & same(rows.event_outcome_cleaned, ADVICE)
    assessed = without_service & in_list(rows.event_type, "Assessment", "Review")
    return rows.filter(
        in_list(rows.client_type_cleaned, *CARERS),
        rows.event_start_date <= settings.end,
        rows.der_event_end_date.isnull()
        | ((rows.der_event_end_date >= settings.start) & (rows.der_event_end_date >= rows.event_start_date)),
        advised | in_list(rows.service_type_cleaned, DIRECT, CARED_FOR) | assessed,
    )


def _support(rows: Table, settings: Settings) -> IntegerValue:
    """The place of the first rule's support; missing where no rule fits."""
    direct = same(rows.service_type_cleaned, DIRECT)
    component = folded(rows.service_component_cleaned)
    if settings.documented("q12"):
        component = component.fill_null("")
    other = component != folded_text(PAYMENT)
    mechanism = rows.delivery_mechanism_cleaned
    assessed = in_list(rows.event_type, "Assessment", "Review")
    advised = same(rows.event_outcome_cleaned, ADVICE).fill_null(False)
    rules: list[tuple[BooleanValue, int]] = [
        (cast("BooleanValue", direct & (same(mechanism, PAYMENT) | ~other)), PAID),
        (cast("BooleanValue", direct & same(mechanism, BUDGET) & other), BUDGETED),
        (cast("BooleanValue", direct & same(mechanism, COMMISSIONED) & other), BOUGHT),
        (cast("BooleanValue", direct & other), UNCLEAR),
        (same(rows.service_type_cleaned, CARED_FOR), NONE),
        (cast("BooleanValue", assessed & ~advised), NONE),
        (cast("BooleanValue", assessed & advised), ADVISED),
        (same(rows.event_type, "Request"), ADVISED),
    ]
    return cast("IntegerValue", ibis.cases(*rules))
