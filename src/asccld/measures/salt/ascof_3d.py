"""ASCOF 3D: self-directed support (part 1) and direct payments (part 2), NHS England's version.

Method: NHS England, ASCOF 3D (nhse-2024-03), from the latest submission of each council: clients on the last day,
carers in the year. Counting unit: people, by council. Columns in: see `asccld measures show`. Columns out: those of the
script's final table. Known limitation: a council with carers only is missing, and so are carers whose row has neither a
service component nor a direct payment.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import ibis
from ibis.expr.types import BooleanValue, NumericValue, Table, Value

from asccld.measures.lists import listed_where
from asccld.measures.salt.carers import best_supported, carer_rows
from asccld.measures.salt.long_term import supported_in_year, supported_on_day
from asccld.measures.setting import COMMUNITY, mechanism_of, ranks_of, service_of
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_born, in_list, record_list, with_record_ids
from asccld.processing.run import Tables
from asccld.processing.text import folded, same

PAYMENT, BUDGET = "Direct Payment", "CASSR Managed Personal Budget"
PAYMENT_RANK = 3
"""Community support by direct payment, whichever column says so."""

BANDS = {"total": "Total", "1864": "1864", "65over": "65Over"}
"""Part of a column's name, and how a person's band is shown."""

WORKING_AGE = (18, 64)
OLDEST_CARER = 200
"""The upper limit keeps carers of unknown age, shown as some 223 years, out of the band."""

CLIENT = ("service_type", "service_component", "delivery_mechanism")


def nhse_ascof_3d(source: Source, settings: Settings) -> Mapping[str, Table]:
    """The shares of clients and carers with self-directed support and with direct payments."""
    clients, carers = partial(_clients, source, settings), partial(_carers, source, settings)
    return Tables(
        {
            "": lambda: _figures(clients(), carers(), settings),
            "_clients": lambda: _shown_clients(clients(), total=True).drop("band"),
            "_clients_by_age": lambda: _shown_clients(clients(), total=False),
            "_carers": lambda: carers().select("la_code", "id", "support_provided", "der_age_enddate", "record_ids"),
        }
    )


def _clients(source: Source, settings: Settings) -> Table:
    """Who has which support in the strongest setting, for all ages and within each band."""
    return source.shared("ascof_3d clients", lambda: _strongest(_ranked(source, settings), settings))


def _ranked(source: Source, settings: Settings) -> Table:
    """Rows of clients with their rank, once for all ages and once for their band."""
    rows = supported_in_year(source) if settings.documented("d25") else supported_on_day(source)
    paid = same(rows.service_component, PAYMENT).fill_null(False)
    by_payment = rows.setting_rank.isin(ranks_of(COMMUNITY)) & paid
    age = age_born(rows, settings.end)
    band = ibis.cases((age.between(*WORKING_AGE), BANDS["1864"]), (age > WORKING_AGE[1], BANDS["65over"]))
    ranked = rows.select(
        RECORD, "la_code", "person", "id", "setting_rank", "odd_mechanism", "service_component", paid=paid, band=band,
        support_rank=by_payment.ifelse(ibis.literal(PAYMENT_RANK, "int8"), rows.setting_rank),
    )  # fmt: skip
    return ibis.union(ranked.filter(ranked.band.notnull()), ranked.mutate(band=ibis.literal(BANDS["total"])))


def _strongest(rows: Table, settings: Settings) -> Table:
    """Rows of the strongest rank: that of the person at any council, as the script joins them, or at its own (X8)."""
    best = rows.group_by("band", "la_code", "person").agg(support_rank=rows.support_rank.min())
    keys = ["band", "person", "support_rank", *(["la_code"] if settings.documented("x8") else [])]
    kept = cast("Table", rows.semi_join(best, keys))
    spelling = settings.documented("x22")
    apart = {"component": folded(kept.service_component)}
    apart |= {} if spelling else {"mechanism": folded(kept.odd_mechanism)}
    people = kept.group_by("band", "la_code", "person", "setting_rank", "paid", **apart).agg(
        id=kept.id.min(),
        service_component=kept.service_component.min(),
        odd_mechanism=kept.odd_mechanism.min(),
        record_ids=record_list(kept, once=True),
    )
    odd = ibis.null("string") if spelling else people.odd_mechanism
    rank = people.setting_rank
    named = people.mutate(service_type=service_of(rank), delivery_mechanism=mechanism_of(rank, odd))
    return with_record_ids(named.drop(*apart))


def _shown_clients(people: Table, *, total: bool) -> Table:
    is_total = people.band == BANDS["total"]
    kept = people.filter(is_total if total else ~is_total)
    return kept.select("la_code", "id", *CLIENT, "band", "record_ids")


def _carers(source: Source, settings: Settings) -> Table:
    return source.shared("ascof_3d carers", lambda: _best_support(source, settings))


def _best_support(source: Source, settings: Settings) -> Table:
    """The best kind of support of each carer, once for each age that the rows give."""
    best = best_supported(carer_rows(source), "may be missing" if settings.documented("x15") else "needed")
    people = best.group_by("la_code", "person", "support_provided", der_age_enddate=best.age).agg(
        id=best.id.min(), record_ids=record_list(best, once=True)
    )
    return with_record_ids(people)


def _figures(clients: Table, carers: Table, settings: Settings) -> Table:
    zero = settings.documented("x21")
    of_clients = _shares(_client_counts(clients), "client", "a", zero=zero)
    of_clients = of_clients.filter(of_clients.total_client_denom.notnull())
    of_carers = _shares(_carer_counts(carers), "carer", "b", zero=zero).rename(carers_of="la_code")
    columns = ["la_code", *_columns("client", "a"), *_columns("carer", "b")]
    return of_clients.left_join(of_carers, of_clients.la_code == of_carers.carers_of).select(*columns)


def _client_counts(people: Table) -> Table:
    community = people.setting_rank.isin(ranks_of(COMMUNITY))
    paid = people.paid | same(people.delivery_mechanism, PAYMENT)
    directed = paid | same(people.delivery_mechanism, BUDGET)
    bands = {name: cast("BooleanValue", (people.band == band) & community) for name, band in BANDS.items()}
    return _counted(people, bands, {"1": directed, "2": paid})


def _carer_counts(people: Table) -> Table:
    age = people.der_age_enddate
    counted, directed, paid = (
        in_list(people.support_provided, *listed_where("carer_support", column, "yes"))
        for column in ("in_3d_denominator", "in_3d1b", "in_3d2b")
    )
    ages = {
        "total": age >= WORKING_AGE[0],
        "1864": age.between(*WORKING_AGE),
        "65over": age.between(WORKING_AGE[1] + 1, OLDEST_CARER),
    }
    return _counted(
        people, {name: cast("BooleanValue", of & counted) for name, of in ages.items()}, {"1": directed, "2": paid}
    )


def _counted(people: Table, bands: Mapping[str, BooleanValue], parts: Mapping[str, BooleanValue]) -> Table:
    """How many people are in each band, and in each part of it; first by person, who may have several rows."""
    flags: dict[str, Any] = {f"{band}_denom": of.any() for band, of in bands.items()}
    for part, condition in parts.items():
        flags |= {f"{part}_{band}_num": (of & condition).any() for band, of in bands.items()}
    single = people.group_by("la_code", "person").agg(**flags)
    return single.group_by("la_code").agg(**{name: single[name].sum().fill_null(0) for name in flags})


def _shares(counts: Table, whom: str, letter: str, *, zero: bool) -> Table:
    """The columns of clients or carers: blank where nobody is counted, or zero beside a denominator (X21)."""
    made: dict[str, Value] = {}
    for band in BANDS:
        denominator = cast("NumericValue", counts[f"{band}_denom"])
        made[f"{band}_{whom}_denom"] = denominator.nullif(0)
        for part in ("1", "2"):
            number = cast("NumericValue", counts[f"{part}_{band}_num"])
            shown = cast("NumericValue", (denominator > 0).ifelse(number, None) if zero else number.nullif(0))
            name = f"3d{part}{letter}_{band}"
            made[f"{name}_num"] = shown
            # One decimal, halves up, as the database rounds decimals.
            made[f"{name}_outcome"] = (shown * 1000 / denominator.nullif(0) + 0.5).floor() / 10
    return counts.select("la_code", **made)


def _columns(whom: str, letter: str) -> list[str]:
    names: list[str] = []
    for band in BANDS:
        names.append(f"{band}_{whom}_denom")
        for part in ("1", "2"):
            names += [f"3d{part}{letter}_{band}_num", f"3d{part}{letter}_{band}_outcome"]
    return names
