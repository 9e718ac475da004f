"""Repeatable chance: every draw is a pure function of a key and the name of what is drawn.

A key is a UInt64 column: one per council, person, contact or event. Because no draw depends on the one before it, the
result is the same on any machine, in any order and with any number of threads. The mixing is splitmix64 in plain
integer arithmetic; Polars' own hash and sampling are not promised to be stable between versions.
"""

from __future__ import annotations

import hashlib

import polars as pl

_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_GOLDEN_RATIO = 0.6180339887498949
_BELOW_ONE = 1 - 2**-20
"""Keeps a share from rounding up to 1 when a group number is added to it."""


def number_of(text: str) -> int:
    """A 64-bit number for a name."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _u64(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def mixed(key: pl.Expr, name: str) -> pl.Expr:
    """A new key that depends on `key` and on the name of the draw."""
    z = key.cast(pl.UInt64) * _u64(_GOLDEN) + _u64(number_of(name))
    z = (z ^ (z // _u64(1 << 30))) * _u64(_FIRST)
    z = (z ^ (z // _u64(1 << 27))) * _u64(_SECOND)
    return z ^ (z // _u64(1 << 31))


def share(key: pl.Expr, name: str) -> pl.Expr:
    """A number from 0 to just below 1, all equally likely."""
    return (mixed(key, name) // _u64(1 << 11)).cast(pl.Float64) * (2.0**-53 * _BELOW_ONE)


def whole(key: pl.Expr, name: str, low: int | pl.Expr, high: int | pl.Expr) -> pl.Expr:
    """A whole number between `low` and `high`, both included."""
    first = pl.lit(low, dtype=pl.Int32) if isinstance(low, int) else low
    return first + (share(key, name) * (high - first + 1)).floor().cast(pl.Int32)


def spread(index: pl.Expr, turn: float = 0.0) -> pl.Expr:
    """A number from 0 to 1 for each index, evenly spread even for a few (golden ratio), so no month stays empty."""
    return (index.cast(pl.Float64) * _GOLDEN_RATIO + turn) % 1.0
