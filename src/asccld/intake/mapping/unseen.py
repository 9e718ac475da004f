"""Entries of a mapping that no row needs: of yesterday's code list, or misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from asccld.intake.mapping.code_lists import ANY
from asccld.intake.mapping.folding import folded
from asccld.intake.mapping.plan import Codes, Plan, Words
from asccld.intake.mapping.positions import line_of
from asccld.intake.mapping.tallying import Tally
from asccld.intake.mapping.values import BETWEEN

UNSEEN_COLUMNS: Final = {
    "list": pl.String,  # values.NAME or codes.NAME
    "place": pl.String,  # the line of the mapping file, or the row of the code list's own file
    "local": pl.String,
}
Entry = tuple[str, str, str, str]
"""List, entry as the tallies have it, place, local text."""


def unseen_entries(tallies: Sequence[Tally], plan: Plan) -> pl.DataFrame:
    """UNSEEN_COLUMNS: the words and codes of the mapping that no row holds which is used."""
    schema = {"list": pl.String, "entry": pl.String, "place": pl.String, "local": pl.String}
    entries = pl.DataFrame([*_of_words(plan), *_of_codes(plan)], schema=schema, orient="row")
    parts = [frame.select(list="origin", entry="entry") for tally in tallies for frame in tally.values]
    if parts:
        entries = entries.join(pl.concat(parts).drop_nulls().unique(), on=["list", "entry"], how="anti")
    return entries.select(*UNSEEN_COLUMNS)


def _of_words(plan: Plan) -> Iterator[Entry]:
    used: dict[str, Words] = {s.words.name: s.words for e in plan.extracts.values() for s in e.sources if s.words}
    for name, words in used.items():
        for word in words.spec.map:
            line = line_of(plan.file.lines, ("values", name, "map", word))
            yield f"values.{name}", folded(word, ignore_case=words.spec.case == "ignore"), f"line {line}", word


def _of_codes(plan: Plan) -> Iterator[Entry]:
    used: dict[str, Codes] = {c.name: c for e in plan.extracts.values() for c in e.codes}
    for name, codes in used.items():
        for at, row in enumerate(codes.rows):
            yield f"codes.{name}", str(at), row.place, BETWEEN.join(ANY if t is None else t for t in row.texts)
