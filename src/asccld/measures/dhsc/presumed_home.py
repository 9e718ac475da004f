"""Where somebody of unknown accommodation is presumed to live, from their latest services.

Method: DHSC `Create_person_details_table` (dhsc-2026-06), accommodation from services. The latest end decides, then the
stronger service type, then a component that tells where somebody lives, then the latest start; of rows that are tied,
two such components cancel each other. `data/presumed_accommodation.csv` holds the rules in their order.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table, Value

from asccld.measures.dhsc.latest_known import DAYS, day_number, end_number, of_most_merit
from asccld.measures.lookups import looked_up
from asccld.measures.main_table import PERSON
from asccld.measures.registry import measure_table
from asccld.measures.source import in_list
from asccld.processing.text import folded_text, same

UNKNOWN = "Unknown"
NOT_RANKED = 99
_ANY = "*"


def telling_components() -> tuple[str, ...]:
    """The components that tell where somebody lives."""
    rows = measure_table("presumed_accommodation")
    return tuple(r["component"] for r in rows if r["component"] not in {"", _ANY})


def presumed_accommodation(rows: Table, unknown: Table) -> Table:
    """la_code, person and accommodation_status of those people of `unknown` who have a service."""
    theirs = cast("Table", rows.filter(same(rows.event_type, "Service")).semi_join(unknown, list(PERSON)))
    latest = of_most_merit(theirs.select(*PERSON, merit=_merit(theirs), **_said(theirs)))
    found = latest.group_by(*PERSON).agg(
        service=latest.service.min(),
        component=latest.component.min(),
        services=latest.service.nunique(),
        components=latest.component.nunique(),
    )
    only = found.mutate(
        service=(found.services == 1).ifelse(found.service, None),
        component=(found.components == 1).ifelse(found.component, None),
    )
    return only.select(*PERSON, accommodation_status=_by_rules(only))


def settled_group(status: Value) -> IntegerValue:
    """1 settled, 0 not, missing for a status that is not on the list (`data/accommodation_groups.csv`)."""
    groups: dict[str, Value | str] = {
        folded_text(r["accommodation_status"]): ibis.literal(int(r["settled"]), "int32")
        for r in measure_table("accommodation_groups")
    }
    return cast("IntegerValue", looked_up(status, groups, ibis.null("int32")))


def service_rank(service: Value) -> IntegerValue:
    """The rank of a service type, 1 strongest; 99 for any other and for none."""
    ranks: dict[str, Value | str] = {
        folded_text(r["service_type"]): ibis.literal(int(r["rank"]), "int64")
        for r in measure_table("dhsc_service_ranks")
    }
    return cast("IntegerValue", looked_up(service, ranks, ibis.literal(NOT_RANKED, "int64")))


def _said(rows: Table) -> dict[str, Value]:
    """Service type and component as lower-case texts, missing where they tell nothing."""
    known = [folded_text(r["service_type"]) for r in measure_table("dhsc_service_ranks")]
    telling = [folded_text(c) for c in telling_components()]
    nothing = ibis.null("string")
    return {
        "service": looked_up(rows.service_type_cleaned, dict(zip(known, known, strict=True)), nothing),
        "component": looked_up(rows.service_component_cleaned, dict(zip(telling, telling, strict=True)), nothing),
    }


def _merit(rows: Table) -> IntegerValue:
    """Latest end, strongest service, a component that tells something, latest start: the more, the larger."""
    strength = NOT_RANKED - service_rank(rows.service_type_cleaned)
    tells = in_list(rows.service_component_cleaned, *telling_components()).fill_null(False).ifelse(1, 0)
    ranked = (end_number(rows) * 128 + strength) * 2 + tells
    return cast("IntegerValue", ranked * DAYS + day_number(rows.event_start_date))


def _by_rules(found: Table) -> StringValue:
    rules = measure_table("presumed_accommodation")
    cases = [(_fits(found, r["service_type"], r["component"]), r["accommodation_status"]) for r in rules]
    return cast("StringValue", ibis.cases(*cases, else_=UNKNOWN))


def _fits(found: Table, service: str, component: str) -> BooleanValue:
    tests: list[BooleanValue] = []
    if service != _ANY:
        tests.append(cast("BooleanValue", found.service == folded_text(service)))
    if component == "":
        tests.append(cast("BooleanValue", found.component.isnull()))
    elif component != _ANY:
        tests.append(cast("BooleanValue", found.component == folded_text(component)))
    return cast("BooleanValue", ibis.and_(*tests))
