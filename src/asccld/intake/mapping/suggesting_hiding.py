"""Words of extracts that are never written into a draft, because they could point at a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.masking import shown
from asccld.intake.mapping.folding import folded
from asccld.intake.mapping.showing import NAMES, is_names_column, names_told
from asccld.intake.mapping.suggesting_extracts import ExtractDraft
from asccld.standard import Release

_TELLING: Final = r"(?i)\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b"


def names_of(drafts: Sequence[ExtractDraft]) -> list[pl.Series]:
    """The texts of the columns that seem to hold first and last names, surely or not."""
    guesses = [(d.profile, g) for d in drafts for g in d.fields if g.field in NAMES]
    return [profile.column(guess.header).texts["text"] for profile, guess in guesses]


def telling(texts: Collection[str], names: Sequence[pl.Series], release: Release) -> frozenset[str]:
    """Those of the texts of a column that could point at a person, as a check of the mapping would hide them."""
    told = {t for t in texts if shown(t) == HIDDEN or re.search(_TELLING, t)}
    told.update(names_told(texts, names, release))
    known = {folded(n) for column in names for n in column}
    alone = {t for t in texts if folded(t) in known}
    return frozenset(told | alone if is_names_column(len(alone), len(texts)) else told)
