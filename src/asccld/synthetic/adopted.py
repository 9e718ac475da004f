"""The wording of an overlay: what a council adopted from the official workbooks takes the place of what we ship.

Rows come in the shipped wording of their release. A value that the overlay respells follows it. A value that it does
not have at all becomes one that it has, the same for all rows of a person, so that people agree with themselves. What
it adds to a list is used too, where neither a pathway nor a condition or a rule turns on the column.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from asccld.standard import DefinedList, Release, load_standard
from asccld.standard.conditions import columns_of, parse
from asccld.standard.overlay import Renames, renames_between
from asccld.synthetic.chance import share, whole
from asccld.synthetic.choices import settings
from asccld.validation import load_rules

_PERSON = pl.col("key")
_NEW_SHARE = 0.05
"""Of the values of a list to which the overlay adds some: so many become one of these."""


def in_adopted_words(frame: pl.DataFrame, release: Release) -> pl.DataFrame:
    """The columns with a list that the release has otherwise than we ship it, in its wording."""
    shipped = load_standard().releases[release.id]
    if shipped.lists == release.lists:
        return frame
    return frame.with_columns(_changed(frame, shipped, release))


def _changed(frame: pl.DataFrame, shipped: Release, release: Release) -> Iterator[pl.Expr]:
    renames = renames_between(shipped, release)
    decisive = _decisive(release)
    for field in release.fields:
        found, before = release.list_of(field.name), shipped.list_of(field.name)
        if found and before and found.values and found != before and field.name in frame.columns:
            yield _adopted(field.name, before, found, renames, grows=field.name not in decisive)


def _adopted(name: str, before: DefinedList, found: DefinedList, renames: Renames, *, grows: bool) -> pl.Expr:
    respelt = {old: new for (of, old), new in renames.items() if of == before.name and new is not None}
    value = pl.col(name).replace(respelt)
    new = [text for text in found.texts if text not in before.texts and text not in respelt.values()]
    choices = new or list(found.texts)
    drawn = pl.lit(pl.Series(choices)).gather(whole(_PERSON, f"adopted {name}", 0, len(choices) - 1))
    replaced = ~value.is_in(found.texts)
    if grows and new:
        replaced |= share(_PERSON, f"new {name}") < _NEW_SHARE
    return pl.when(value.is_not_null() & replaced).then(drawn).otherwise(value).alias(name)


def _decisive(release: Release) -> frozenset[str]:
    """Columns on which pathways, conditions or rules turn: another value there would make another row wrong."""
    conditions = [c for f in release.fields for c in (f.applicable_when, f.mandatory_when)]
    conditions += [rule.when for rule in load_rules()]
    return frozenset(settings("words")).union(*(columns_of(parse(c)) for c in conditions))
