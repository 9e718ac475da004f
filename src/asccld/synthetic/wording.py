"""The wording of an earlier release, found by going backwards through the release maps.

Rows come in the newest release's values. Where several earlier values became one, or none did, `wording.csv` says which
are plausible and how often; where a release asks for the same thing in another column, `substitutes.csv` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Field, Release, Standard, load_standard
from asccld.synthetic.adopted import in_adopted_words
from asccld.synthetic.choices import Weighted, rows


@dataclass(frozen=True)
class _Words:
    """Earlier wordings of one later value, in one context."""

    context: tuple[str, str] | None
    later: str
    values: tuple[str, ...]
    weights: tuple[float, ...]


def in_release(frame: pl.DataFrame, release: Release) -> pl.DataFrame:
    """The columns of the release, in order and in its wording; columns are still named as in the standard.

    Data files and release maps are taken as shipped; what an overlay changes in the release is laid over the result.
    """
    worded = _with_substitutes(frame, release)
    shipped = load_standard()
    for later, earlier in _steps(release, shipped):
        worded = worded.with_columns(_reworded(field.name, later, earlier) for field in _listed(earlier, worded))
    missing = [pl.lit(None, dtype=pl.String).alias(f.name) for f in release.fields if f.name not in worded.columns]
    return in_adopted_words(worded.with_columns(missing), release)


def _steps(release: Release, standard: Standard) -> Iterator[tuple[Release, Release]]:
    """Pairs (later, earlier) from the newest release down to this one."""
    later = standard.latest
    while later.id != release.id:
        if later.previous is None:
            raise AsccldError(
                what=f"There is no release {release.id}", remedy=f"Use one of: {', '.join(standard.releases)}"
            )
        earlier = standard.releases[later.previous]
        yield later, earlier
        later = earlier


def _listed(release: Release, frame: pl.DataFrame) -> list[Field]:
    return [f for f in release.fields if f.name in frame.columns and (d := release.list_of(f.name)) and d.values]


def _with_substitutes(frame: pl.DataFrame, release: Release) -> pl.DataFrame:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows("substitutes"):
        if row["release"] == release.id:
            found.setdefault((row["field"], row["from_field"]), {})[row["from_value"]] = row["value"]
    return frame.with_columns(
        pl.col(source).replace_strict(values, default=None, return_dtype=pl.String).alias(field)
        for (field, source), values in found.items()
    )


def _words(defined_list: str, later: Release, earlier: Release) -> list[_Words]:
    given = [r for r in rows("wording") if r["release"] == earlier.id and r["defined_list"] == defined_list]
    keys = dict.fromkeys((r["later_value"], r["context_field"], r["context_value"]) for r in given)
    chosen = [
        _Words(
            (field, context) if field else None,
            value,
            tuple(r["value"] for r in given if (r["later_value"], r["context_field"], r["context_value"]) == key),
            tuple(
                float(r["weight"]) for r in given if (r["later_value"], r["context_field"], r["context_value"]) == key
            ),
        )
        for key in keys
        for value, field, context in (key,)
    ]
    settled = {w.later for w in chosen if w.context is None}
    return chosen + [w for w in _mapped(defined_list, later) if w.later not in settled]


def _mapped(defined_list: str, later: Release) -> list[_Words]:
    backwards: dict[str, list[str]] = {}
    for m in later.mappings:
        if m.defined_list == defined_list and m.from_value is not None and m.to_value is not None:
            backwards.setdefault(m.to_value, []).append(m.from_value)
    return [_Words(None, value, (texts[0],), (1.0,)) for value, texts in backwards.items()]


def _reworded(field: str, later: Release, earlier: Release) -> pl.Expr:
    """The field's value in the earlier wording; a value without one becomes blank (a test proves there is none)."""
    words = _words(earlier.by_name[field].defined_list, later, earlier)
    value = pl.col(field)
    plain = {w.later: w.values[0] for w in words if w.context is None and len(w.values) == 1}
    result = value.replace_strict(plain, default=None, return_dtype=pl.String)
    several = [w for w in words if w.context is None and len(w.values) > 1]
    for w in several:
        result = pl.when(value == w.later).then(_drawn(w, field)).otherwise(result)
    for w in words:
        if w.context is not None:
            result = (
                pl.when((value == w.later) & (pl.col(w.context[0]) == w.context[1]))
                .then(_drawn(w, field))
                .otherwise(result)
            )
    return result.alias(field)


def _drawn(words: _Words, field: str) -> pl.Expr:
    row = Weighted.of([""] * len(words.values), words.weights).row(
        pl.col("event_key"), f"wording {field} {words.later}"
    )
    return pl.lit(pl.Series(words.values)).gather(row)
