"""Confidence intervals of a share and of a rate, as extra columns.

Method: Wilson's score interval for proportions (E. B. Wilson, JASA 22, 1927, 209-212) and Byar's approximation to the
exact Poisson limits for rates (N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research II, 1987, 69), as
English public health uses them. Closed formulas, because no package that we depend on has them. Known limitation: they
tell chance from one year to the next, not faults in the data, and a council's year is no sample.
"""

from __future__ import annotations

from typing import cast

import ibis
from ibis.expr.types import NumericValue, Table, Value

DEVIATES = {"95": 1.959963984540054, "99.8": 3.090232306167813}
"""Confidence in percent -> the standard normal deviate."""

PLACES = 2
COLUMNS = ("outcome_lower", "outcome_upper")

Limits = tuple[NumericValue, NumericValue]


def wilson(numerator: Value, denominator: Value, deviate: float) -> Limits:
    """Limits of a proportion, from 0 to 1; missing where there is no denominator, or less of it than numerator."""
    x, n = (cast("NumericValue", v).cast("float64") for v in (numerator, denominator))
    z2 = deviate * deviate
    possible = (n > 0) & (x >= 0) & (x <= n)
    size = cast("NumericValue", possible.ifelse(n, None))
    middle = 2 * x + z2
    spread = (z2 + 4 * x * (size - x) / size).sqrt() * deviate
    twice = 2 * (size + z2)
    lower, upper = ibis.greatest((middle - spread) / twice, 0.0), ibis.least((middle + spread) / twice, 1.0)
    none = size.isnull()  # the greatest and the least of the database pass over what is missing
    return cast("Limits", (none.ifelse(None, lower), none.ifelse(None, upper)))


def byar(count: Value, population: Value, deviate: float) -> Limits:
    """Limits of a count per head of the population; missing where there is no population."""
    o, n = (cast("NumericValue", v).cast("float64") for v in (count, population))
    size = cast("NumericValue", (n > 0).ifelse(n, None))
    seen = cast("NumericValue", o.nullif(0.0))
    lower = seen * (1 - 1 / (9 * seen) - deviate / (3 * seen.sqrt())).pow(3)
    more = cast("NumericValue", o + 1)
    upper = more * (1 - 1 / (9 * more) + deviate / (3 * more.sqrt())).pow(3)
    least = cast("NumericValue", o.notnull().ifelse(ibis.greatest(lower.fill_null(0.0), 0.0), None))
    return cast("Limits", (least / size, upper / size))


def with_intervals(
    table: Table, numerator: str, denominator: str, *, confidence: str, times: int, is_rate: bool
) -> Table:
    """Adds `outcome_lower` and `outcome_upper`, as large as the outcome is: per 100 or per 100,000."""
    limits = (byar if is_rate else wilson)(table[numerator], table[denominator], DEVIATES[confidence])
    return table.mutate(**{c: (limit * times).round(PLACES) for c, limit in zip(COLUMNS, limits, strict=True)})
