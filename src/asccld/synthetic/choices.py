"""Weighted choices: what is drawn lies in `data/*.csv`, in the wording of the newest release."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from asccld.synthetic.chance import share

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=4)
def settings(name: str) -> Mapping[str, Mapping[str, Any]]:
    """A TOML data file: `numbers` (how many, how often) or `words` (values that pathways turn on)."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def number(section: str, name: str) -> float:
    """One number of `numbers.toml`."""
    return float(settings("numbers")[section][name])


def days(name: str) -> tuple[int, int]:
    """Fewest and most days of a step, from `numbers.toml`."""
    fewest, most = settings("numbers")["days"][name]
    return int(fewest), int(most)


def word(field: str, name: str) -> str:
    """The value of a field that the code knows by `name`, from `words.toml`."""
    return str(settings("words")[field][name])


@dataclass(frozen=True)
class Weighted:
    """Groups of weighted rows. A draw is a search in one running total: group g covers the numbers from g to g + 1."""

    group_numbers: Mapping[str, int]
    totals: pl.Series

    @classmethod
    def of(cls, groups: Sequence[str], weights: Sequence[float]) -> Weighted:
        """From one group name and weight per row; rows of a group stand together."""
        numbers = {name: at for at, name in enumerate(dict.fromkeys(groups))}
        whole = {name: sum(w for g, w in zip(groups, weights, strict=True) if g == name) for name in numbers}
        running, totals = dict.fromkeys(numbers, 0.0), list[float]()
        for at, (name, weight) in enumerate(zip(groups, weights, strict=True)):
            running[name] += weight
            last = at + 1 == len(groups) or groups[at + 1] != name
            totals.append(numbers[name] + (1.0 if last else running[name] / whole[name]))
        return cls(numbers, pl.Series(totals))

    def row(self, key: pl.Expr, name: str, given: pl.Expr | None = None) -> pl.Expr:
        """The number of the row drawn; `given` names the group, and an unknown group is an error."""
        group = pl.lit(0.0)
        if given is not None:
            group = given.replace_strict(dict(self.group_numbers), return_dtype=pl.Float64)
        return pl.lit(self.totals).search_sorted(group + share(key, name), side="right")


@lru_cache(maxsize=1)
def _choices() -> Mapping[str, tuple[Weighted, pl.Series]]:
    table: dict[str, list[dict[str, str]]] = {}
    for row in rows("choices"):
        table.setdefault(row["choice"], []).append(row)
    return {
        name: (
            Weighted.of([r["given"] for r in found], [float(r["weight"]) for r in found]),
            pl.Series([r["value"] or None for r in found], dtype=pl.String),
        )
        for name, found in table.items()
    }


def pick(choice: str, key: pl.Expr, given: pl.Expr | None = None) -> pl.Expr:
    """A value drawn from the choice of this name in `choices.csv`."""
    weighted, values = _choices()[choice]
    return pl.lit(values).gather(weighted.row(key, choice, given)).alias(choice)
