"""Words of extracts that are never written into a draft, because they could point at a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from asccld.identifying.masking import IDENTIFIERS
from asccld.intake.mapping.folding import folded
from asccld.intake.mapping.showing import HEADED, NAMES, is_names_column, telling
from asccld.intake.mapping.suggesting_extracts import ExtractDraft
from asccld.intake.mapping.suggesting_headers import is_of_names, without_numbers
from asccld.standard import Release


def names_of(drafts: Sequence[ExtractDraft]) -> list[pl.Series]:
    """The texts of the columns that seem to hold names and identifiers of people, surely or not."""
    guesses = [(d.profile, g) for d in drafts for g in d.fields if g.field in (*NAMES, *IDENTIFIERS)]
    found = [profile.column(g.header).texts["text"].alias(g.field) for profile, g in guesses]
    headed = [c.texts["text"] for d in drafts for c in d.profile.columns if is_of_names(c.header)]
    return found + [without_numbers(texts).alias(HEADED) for texts in headed]


def told_in(rows: Mapping[str, int], names: Sequence[pl.Series], release: Release) -> frozenset[str]:
    """Those of the texts of a column that could point at a person, as a check of the mapping would hide them."""
    known = {folded(n) for column in names for n in column}
    alone = frozenset(t for t in rows if folded(t) in known)
    told = telling(rows, names, release)
    return told | alone if is_names_column(len(alone), len(rows)) else told
