"""Made-up local words for national values: which word a case management system has for a value, in `data/local`.

The words are invented. They are of the kind that systems have: short codes, labels, several words for one value.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import polars as pl

from asccld.synthetic.chance import mixed
from asccld.synthetic.choices import DATA

SYSTEMS: Final = ("mosaic", "liquidlogic", "eclipse")
"""The case management systems that there are invented words for."""
LOCAL: Final = DATA / "local"
SERVICE: Final = "service"
"""The list whose national value is a service type and a service component, joined by `BETWEEN`."""
BETWEEN: Final = " > "
_OR: Final = " | "


@lru_cache(maxsize=4)
def words_of(system: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """List -> national value -> the local words for it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _rows("words"):
        found.setdefault(row["list"], {})[row["national"]] = tuple(row[system].split(_OR))
    services = {BETWEEN.join((r["service_type"], r["service_component"])): r[system] for r in _rows("services")}
    return found | {SERVICE: {national: tuple(words.split(_OR)) for national, words in services.items()}}


def _rows(name: str) -> list[dict[str, str]]:
    with (LOCAL / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_local_words(column: pl.Series, key: pl.Series, system: str, name: str) -> pl.Series:
    """A column of national values in local words; where there are several, `key` decides for each row."""
    words = words_of(system)[name]
    unknown = set(column.drop_nulls().unique()) - set(words)
    if unknown:
        message = f"{system} has no word for a value of {name}: {min(unknown)}"
        raise KeyError(message)
    table = pl.DataFrame(
        {"national": list(words), "local": list(words.values())},
        schema={"national": pl.String, "local": pl.List(pl.String)},
    )
    drawn = pl.DataFrame({"national": column, "key": key}).join(table, on="national", how="left", maintain_order="left")
    place = (mixed(pl.col("key"), name) % pl.col("local").list.len().cast(pl.UInt64)).cast(pl.Int64)
    return drawn.select(pl.col("local").list.get(place).alias(column.name)).to_series()
