"""Identifiers that look real and belong to nobody: NHS test numbers, postcodes of areas that do not exist."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from asccld.errors import AsccldError
from asccld.synthetic.chance import mixed, number_of, whole
from asccld.synthetic.choices import rows

_WEIGHTS = tuple(range(10, 1, -1))
_STEMS = 1_000_000
_STEP = 618_033
"""Coprime with the number of stems: walking the stems by this step visits each once, in an order that looks random."""
_PLACEHOLDER = "9999999999"
# Areas that Royal Mail has not assigned; every letter is one that the form of a postcode allows at its place.
_AREAS = tuple(f"{first}{second}" for first in "YZJ" for second in "ABDFGHKLMNPQRSTUVWXY")
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


def with_check_digit(stems: pl.DataFrame) -> pl.DataFrame:
    """`stem` (nine digits, as a whole number) -> those with a valid check digit, and `number` (ten digits, text)."""
    digits = [(pl.col("stem") // 10 ** (8 - at)) % 10 * weight for at, weight in enumerate(_WEIGHTS)]
    check = (11 - pl.sum_horizontal(digits) % 11) % 11
    return (
        stems.with_columns(check=check)
        .filter(pl.col("check") < 10)
        .select("stem", number=(pl.col("stem") * 10 + pl.col("check")).cast(pl.String).str.zfill(10))
    )


@lru_cache(maxsize=1)
def test_numbers() -> pl.Series:
    """Every valid number of the test range (they begin with 999), shuffled, without the placeholder."""
    stems = pl.DataFrame({"at": pl.int_range(_STEMS, dtype=pl.Int64, eager=True)})
    stems = stems.select(stem=999_000_000 + (pl.col("at") * _STEP + 271_828) % _STEMS)
    return with_check_digit(stems).filter(pl.col("number") != _PLACEHOLDER)["number"]


test_numbers.__dict__["__test__"] = False  # a name that pytest would otherwise try to collect


def nhs_numbers(person: pl.Expr, first: int, people: int) -> pl.Expr:
    """The test number of each person; `first` is the number of people in councils made before."""
    numbers = test_numbers()
    if people > len(numbers):
        raise AsccldError(
            what=f"At most {len(numbers):,} people fit in one council: there are no more NHS numbers for testing",
            remedy="Ask for fewer people, or spread them over several councils",
        )
    return pl.lit(numbers).gather((person.cast(pl.Int64) + first) % len(numbers))


def local_ids(person: pl.Expr) -> pl.Expr:
    """A local person number: unique, and in another order than the people."""
    return pl.lit("P") + ((person.cast(pl.Int64) * 7_368_787 + 1_234_567) % 99_999_989).cast(pl.String).str.zfill(8)


def postcodes(council: str, count: int) -> pl.Series:
    """A pool of postcodes of one council: the form is valid, the area does not exist."""
    area = _AREAS[number_of(council) % len(_AREAS)]
    pool = pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)})
    scrambled = mixed(pl.col("at"), f"postcode {council}")
    letters = pl.Series(list(_INWARD))
    first = pl.lit(letters).gather(pl.col("at") % len(_INWARD))
    second = pl.lit(letters).gather(pl.col("at") // len(_INWARD) % len(_INWARD))
    district = (pl.col("at") % 19 + 1).cast(pl.String)
    sector = (scrambled % 10).cast(pl.String)
    return pool.select(postcode=pl.concat_str(pl.lit(area), district, pl.lit(" "), sector, first, second))["postcode"]


def codes(council: str, kind: str, count: int, prefix: str, digits: int) -> pl.Series:
    """A pool of codes: a prefix and digits (GP practices: Y9 and four; CQC locations: 1-1 and nine)."""
    first = number_of(f"{kind} {council}") % (9 * 10 ** (digits - 1) - count)
    pool = pl.DataFrame({"at": pl.int_range(count, dtype=pl.Int64, eager=True)})
    return pool.select(code=pl.lit(prefix) + (10 ** (digits - 1) + first + pl.col("at")).cast(pl.String))["code"]


@lru_cache(maxsize=8)
def names(kind: str) -> pl.Series:
    """The pool of first names of a gender, or of last names (`last`)."""
    return pl.Series([r["name"] for r in rows("names") if r["kind"] == kind])


def drawn(pool: pl.Series, key: pl.Expr, name: str) -> pl.Expr:
    """One entry of a pool, all equally likely."""
    return pl.lit(pool).gather(whole(key, name, 0, len(pool) - 1))
