"""The setting of long-term support (rule SET): service type and a delivery mechanism that it allows, ranked.

Method: NHS England, LTS001 and ASCOF 3D (nhse-2024-03); `data/settings.csv`. Rank 1 is strongest.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import ibis
from ibis.expr.types import BooleanValue, Column, IntegerValue, StringValue, Table, Value

from asccld.measures.codes import code_of
from asccld.measures.lookups import looked_up
from asccld.measures.registry import measure_table
from asccld.measures.source import in_list
from asccld.processing.text import folded, folded_text

LONG_TERM = (
    "Long Term Support: Nursing Care",
    "Long Term Support: Residential Care",
    "Long Term Support: Community",
    "Long Term Support: Prison",
)
NURSING, RESIDENTIAL, COMMUNITY, PRISON = LONG_TERM


@cache
def settings_allowed() -> tuple[tuple[int, str, str], ...]:
    """Rank, service type and delivery mechanism of every setting."""
    return tuple((int(r["rank"]), r["service_type"], r["delivery_mechanism"]) for r in measure_table("settings"))


def is_long_term(rows: Table, *settings: str) -> BooleanValue:
    """Whether a row is of one of the four long-term service types, or of those given."""
    return in_list(rows.service_type, *(settings or LONG_TERM))


def ranks_of(*services: str) -> list[int]:
    """The ranks of these service types."""
    return [rank for rank, service, _ in settings_allowed() if service in services]


def setting_codes(rows: Table) -> dict[str, Value]:
    """What tells a row's setting, as codes: `setting_service`, and where there are mechanisms `setting_mechanism`.

    `blank_mechanism` is a mechanism that begins with a blank, as submitted. See `with_setting`.
    """
    codes: dict[str, Value] = {"setting_service": code_of(rows.service_type, LONG_TERM)}
    if "delivery_mechanism" not in rows.columns:
        return codes
    mechanism = cast("StringValue", rows.delivery_mechanism)
    blank = mechanism.startswith(" ").ifelse(mechanism, None)
    return codes | {"setting_mechanism": _mechanism_code(mechanism), "blank_mechanism": blank}


def with_setting(coded: Table) -> Table:
    """The rank of a setting in place of its codes; a mechanism that the setting does not allow counts as none.

    Adds `setting_rank` and, where there are mechanisms, `odd_mechanism`: one that the setting allows, but for a blank
    before it, as submitted.
    """
    service = coded.setting_service
    plain = [(service == _place(s), ibis.literal(rank, "int8")) for rank, s, m in settings_allowed() if not m]
    if "setting_mechanism" not in coded.columns:
        return coded.mutate(setting_rank=ibis.cases(*plain)).drop("setting_service")
    exact = [
        ((service == _place(s)) & (coded.setting_mechanism == _mechanisms().index(m) + 1), ibis.literal(rank, "int8"))
        for rank, s, m in settings_allowed()
        if m
    ]
    rank = cast("IntegerValue", ibis.cases(*exact, *plain))
    allows = rank.isin([rank for rank, _, m in settings_allowed() if m])
    ranked = coded.mutate(setting_rank=rank, odd_mechanism=allows.ifelse(coded.blank_mechanism, None))
    return ranked.drop("setting_service", "setting_mechanism", "blank_mechanism")


def _place(service: str) -> int:
    return LONG_TERM.index(service) + 1


@cache
def _mechanisms() -> tuple[str, ...]:
    return tuple(sorted({m for _, _, m in settings_allowed() if m}))


def _mechanism_code(value: Value) -> IntegerValue:
    """Which mechanism it is, spaces before it or not; missing where it is none."""
    places = {folded_text(m): ibis.literal(place, "int8") for place, m in enumerate(_mechanisms(), 1)}
    loosely = trimmed(value).cases(*places.items(), else_=ibis.null("int8"))
    return cast("IntegerValue", looked_up(value, places, loosely))


def service_of(rank: Column) -> StringValue:
    """The list's spelling of the service type of a rank."""
    return cast("StringValue", rank.cases(*((r, s) for r, s, _ in settings_allowed())))


def mechanism_of(rank: Column, odd: Value) -> StringValue:
    """The delivery mechanism of a rank: as the list spells it, or with the blank before it as submitted (X22).

    Blank where the setting allows no mechanism, or not the one submitted.
    """
    listed = rank.cases(*((r, m) for r, _, m in settings_allowed()))
    return cast("StringValue", (listed == "").ifelse("", ibis.coalesce(odd, listed)))


def trimmed(value: Value) -> StringValue:
    """As the script trims: spaces at both ends, and no regard to case."""
    return cast("StringValue", _without_leading_spaces(folded(value)))


@ibis.udf.scalar.builtin(name="ltrim")
def _without_leading_spaces(text: str) -> str: ...  # pyright: ignore[reportReturnType]
