"""ASCOF 3D: self-directed support (part 1) and direct payments (part 2), of clients (a) and of carers (b).

Method: DHSC ASCOF 3D (dhsc-2026-06), from the joined main table and the latest person details: clients on the last day
of the period, carers in the whole of it. Counting unit: people, each by the strongest setting or support. Columns in:
see `asccld measures show`. Columns out: the common table; `_unknown`, how many have no known delivery mechanism;
`_clients` and `_carers`, who is counted. Known limitations: clients are told by their service type whatever the event
(Q9); somebody in a care home is not counted at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, DateValue, StringValue, Table, Value

from asccld.measures.dhsc.carer_support import supported_carers
from asccld.measures.dhsc.figures import OLDER, TOTAL, UNKNOWN, WORKING, by_groups, excluded, figures, label
from asccld.measures.dhsc.people import latest_of
from asccld.measures.lists import listed_where
from asccld.measures.main_table import PERSON, PERSON_ID, MainSource
from asccld.measures.registry import measure_table
from asccld.measures.setting import trimmed
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, in_list, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import age_at, folded, folded_text, same

COMMUNITY = "Long term support: Community"
PAYMENT, BUDGET = "Direct payment", "CASSR managed personal budget"
PAYMENT_RANK = 3
"""Community support whose component is a direct payment, whatever the mechanism."""
UNDER_18 = "Under 18"
PARTS = {"clients": ("1a", "2a"), "carers": ("1b", "2b")}


def ascof_3d(source: MainSource, settings: Settings) -> Mapping[str, Table]:
    """The shares of clients and carers with self-directed support and with direct payments."""
    clients, carers = partial(_clients, source, settings), partial(_carers, source, settings)
    return Tables(
        {
            "": lambda: _figures(source, clients(), carers()),
            "_unknown": lambda: _unknown(source, clients(), carers()),
            "_clients": lambda: clients().drop("person"),
            "_carers": lambda: carers().drop("person"),
        }
    )


def band_at(born: Value, settings: Settings) -> StringValue:
    """The band on the last day of the period; a child under one is under 18 too."""
    age = age_at(cast("DateValue", born), cast("DateValue", ibis.literal(settings.end)))
    banded = ibis.cases((age < 18, UNDER_18), (age <= 64, WORKING), (age >= 65, OLDER), else_=UNKNOWN)
    return cast("StringValue", banded)


def _with_band(source: MainSource, rows: Table, settings: Settings, alive_from: object) -> Table:
    """Rows of people who are no children and did not die before a day, with their band."""
    people = latest_of(source, "der_birth_date", "date_of_death")
    alive = people.filter(people.date_of_death.isnull() | (people.date_of_death >= alive_from))
    banded = alive.select(*PERSON, der_age_band_reporting_end=band_at(alive.der_birth_date, settings))
    adults = banded.filter(banded.der_age_band_reporting_end != UNDER_18)
    return rows.inner_join(adults, list(PERSON))


def _clients(source: MainSource, settings: Settings) -> Table:
    return source.shared("ascof_3d clients", lambda: _strongest(source, _on_last_day(source, settings), settings))


def _on_last_day(source: MainSource, settings: Settings) -> Table:
    """Rows of long-term support that are open on the last day, with mechanism and rank."""
    rows = source.rows
    kept = rows.filter(
        in_list(rows.service_type_cleaned, *(r["service_type"] for r in _settings())),
        same(rows.client_type_cleaned, "Service user"),
        rows.event_start_date <= settings.end,
        rows.der_event_end_date.isnull()
        | ((rows.der_event_end_date >= rows.event_start_date) & (rows.der_event_end_date >= settings.end)),
    )
    by_payment = same(kept.service_component_cleaned, PAYMENT).fill_null(False)
    mechanism = by_payment.ifelse(folded_text(PAYMENT), trimmed(kept.delivery_mechanism_cleaned))
    service = trimmed(kept.service_type_cleaned)
    in_community = service == folded_text(COMMUNITY)
    ranks = [((service == s) & (mechanism == m), rank) for s, m, rank in _ranked() if m]
    plain = [(service == s, rank) for s, m, rank in _ranked() if not m]
    return kept.select(
        RECORD, *PERSON, PERSON_ID, "la_name", "service_component_cleaned", by_payment=by_payment, service=service,
        mechanism=ibis.cases(*(((service == s) & (mechanism == m), m) for s, m, _ in _ranked() if m), else_=""),
        rank=ibis.cases((in_community & by_payment, PAYMENT_RANK), *ranks, *plain),
    )  # fmt: skip


def _settings() -> tuple[dict[str, str], ...]:
    return measure_table("ascof_3d_settings")


def _ranked() -> list[tuple[str, str, int]]:
    return [(folded_text(r["service_type"]), folded_text(r["delivery_mechanism"]), int(r["rank"])) for r in _settings()]


def _strongest(source: MainSource, rows: Table, settings: Settings) -> Table:
    """Each client's rows of the strongest rank, once for each component and mechanism."""
    best = rows.group_by(*PERSON).agg(rank=rows["rank"].min())
    kept = cast("Table", rows.semi_join(best, [*PERSON, "rank"]))
    alike = kept.group_by(
        *PERSON, "service", "mechanism", "by_payment", component=folded(kept.service_component_cleaned)
    ).agg(
        **{PERSON_ID: kept[PERSON_ID].min()},
        la_name=kept.la_name.min(),
        service_component=kept.service_component_cleaned.min(),
        record_ids=record_list(kept, once=True),
    )
    people = _with_band(source, alike, settings, settings.end)
    spelt = {folded_text(r["service_type"]): r["service_type"] for r in _settings()}
    ways = {folded_text(r["delivery_mechanism"]): r["delivery_mechanism"] for r in _settings()}
    counted = people.service == folded_text(COMMUNITY)
    paid = people.by_payment | (people.mechanism == folded_text(PAYMENT))
    directed = paid | (people.mechanism == folded_text(BUDGET))
    return with_record_ids(
        people.select(
            "la_code",
            "la_name",
            PERSON_ID,
            "der_age_band_reporting_end",
            service_type=people.service.cases(*spelt.items()),
            service_component=people.service_component,
            delivery_mechanism=people.mechanism.cases(*ways.items()),
            in_denominator=counted.ifelse(1, 0),
            in_1a=(counted & directed).ifelse(1, 0),
            in_2a=(counted & paid).ifelse(1, 0),
            record_ids=people.record_ids,
            person=people.person,
        )
    )


def _carers(source: MainSource, settings: Settings) -> Table:
    return source.shared("ascof_3d carers", lambda: _best_supported(source, settings))


def _best_supported(source: MainSource, settings: Settings) -> Table:
    people = _with_band(source, supported_carers(source, settings), settings, settings.start)
    columns = {"in_denominator": "counted", "in_1b": "directed", "in_2b": "paid"}
    counts = {name: _is_kind(people, column) for name, column in columns.items()}
    return with_record_ids(
        people.select(
            "la_code",
            "la_name",
            PERSON_ID,
            "der_age_band_reporting_end",
            "support_provided",
            **{name: is_in.ifelse(1, 0) for name, is_in in counts.items()},
            record_ids=people.record_ids,
            person=people.person,
        )
    )


def _is_kind(people: Table, column: str) -> BooleanValue:
    return in_list(people.support_provided, *listed_where("ascof_3d_carer_support", column, "yes"))


def _figures(source: MainSource, clients: Table, carers: Table) -> Table:
    parts = [_counts(people, part) for people, who in ((clients, "clients"), (carers, "carers")) for part in PARTS[who]]
    counts = ibis.union(*parts)
    labels = tuple(label(f"ascof_3d {part}") for part in ("1a", "1b", "2a", "2b"))
    return figures(source, labels, counts, present=("description", "group"))


def _counts(people: Table, part: str) -> Table:
    counted = people.filter(people.in_denominator == 1)
    bands = {b: counted.der_age_band_reporting_end == b for b in (WORKING, OLDER)}
    grouped = by_groups(counted, {**bands, TOTAL: None})
    return grouped.group_by("la_code", "group", description=ibis.literal(label(f"ascof_3d {part}").description)).agg(
        numerator=grouped.person.nunique(where=cast("BooleanValue", grouped[f"in_{part}"] == 1)),
        denominator=grouped.person.nunique(),
    )


def _unknown(source: MainSource, clients: Table, carers: Table) -> Table:
    of_clients = clients.filter((clients.in_denominator == 1) & (clients.delivery_mechanism == ""))
    of_carers = carers.filter(
        in_list(carers.support_provided, *listed_where("ascof_3d_carer_support", "unknown", "yes"))
    )
    labels = [label(f"ascof_3d {who} unknown") for who in PARTS]
    counts = [
        rows.group_by("la_code", measure=ibis.literal(named.measure)).agg(count=rows.person.nunique())
        for rows, named in zip((of_clients, of_carers), labels, strict=True)
    ]
    return excluded(source, labels, ibis.union(*counts))
