"""Services: what is delivered, for how long, how, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from asccld.synthetic.chance import share, whole
from asccld.synthetic.choices import Weighted, pick, rows, settings, word

KEY = pl.col("key")
_OPEN_DAYS = 4000
"""A service that is open for good: longer than any history."""


@lru_cache(maxsize=1)
def _kinds() -> tuple[Weighted, Mapping[str, pl.Series]]:
    table = rows("services")
    groups = [f"{r['pathway']} {r['given']}".strip() for r in table]
    columns = {name: pl.Series([r[name] for r in table]) for name in table[0]}
    return Weighted.of(groups, [float(r["weight"]) for r in table]), columns


def with_service(frame: pl.DataFrame, pathway: pl.Expr) -> pl.DataFrame:
    """Adds type, component, mechanism and `lasts` (days) of a service on this pathway (as in `services.csv`)."""
    weighted, columns = _kinds()

    def column(name: str, dtype: type[pl.DataType] = pl.String) -> pl.Expr:
        return pl.lit(columns[name].cast(dtype)).gather(pl.col("kind"))

    fewest, most = column("fewest_days", pl.Int32), column("most_days", pl.Int32)
    length = fewest + (share(KEY, "length").pow(2) * (most - fewest)).floor().cast(pl.Int32)
    is_open = share(KEY, "open") < column("open_share", pl.Float64)
    return (
        frame.with_columns(kind=weighted.row(KEY, "service", pathway))
        .with_columns(
            event_type=pl.lit(word("event_type", "service")),
            service_type=column("service_type"),
            service_component=column("service_component"),
            lasts=pl.when(is_open).then(_OPEN_DAYS).otherwise(length),
        )
        .with_columns(delivery_mechanism())
        .drop("kind")
    )


def delivery_mechanism() -> pl.Expr:
    """How a service is delivered: a direct payment always as such, professional support always by the council."""
    kind, component = pl.col("service_type"), pl.col("service_component")
    given = (
        pl.when(component == word("service_component", "direct_payment"))
        .then(pl.lit("direct payment"))
        .when(component.str.starts_with("Professional"))
        .then(pl.lit("professional support"))
        .when(kind.str.starts_with("Short"))
        .then(pl.lit("short"))
        .otherwise(kind)
    )
    return pick("delivery_mechanism", KEY, given)


def cost_due() -> pl.Expr:
    """Where the standard asks for a planned cost: see `mandatory_when` of Unit Cost; a test holds the two together."""
    scope = settings("words")["cost_scope"]
    kind = pl.any_horizontal(pl.col("service_type").str.starts_with(start) for start in scope["service_types"])
    component = pl.col("service_component").is_in(scope["service_components"])
    return (pl.col("delivery_mechanism") != word("delivery_mechanism", "commissioned")) & (kind | component)


def with_costs(services: pl.DataFrame) -> pl.DataFrame:
    """Adds unit cost, unit and planned units (pence and hundredths, as whole numbers) where a cost is due."""
    table = rows("costs")
    weighted = Weighted.of([r["service_component"] for r in table], [float(r["weight"]) for r in table])

    def hundredths(name: str) -> pl.Expr:
        return pl.lit(pl.Series([round(float(r[name]) * 100) for r in table], dtype=pl.Int32)).gather(pl.col("cost"))

    cost = whole(KEY, "cost", hundredths("lowest_cost"), hundredths("highest_cost"))
    fewest, most = hundredths("fewest_units"), hundredths("most_units")
    units = fewest + whole(KEY, "units", 0, (most - fewest) // 50) * 50
    frequency = pl.lit(pl.Series([r["cost_frequency_unit_type"] for r in table])).gather(pl.col("cost"))
    return (
        services.with_columns(cost=weighted.row(KEY, "cost unit", pl.col("service_component")))
        .with_columns(
            pl.when(cost_due()).then(value).alias(name)
            for name, value in (
                ("unit_cost", cost),
                ("cost_frequency_unit_type", frequency),
                ("planned_units_per_week", units),
            )
        )
        .drop("cost")
    )
