"""Local words as they may be shown: the words of code lists, and nothing that could point at a person.

A column may be mapped by mistake that holds names or numbers of people. Five signs tell: the form of a text, more
words than any code list has, an identifier or a name in the same extracts that is no usual word, unless so many rows
have the text that it is a code, nothing but names, and a column half of whose words are names or identifiers there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, overload

import polars as pl

from asccld.identifying import HIDDEN
from asccld.identifying.masking import IDENTIFIERS, People, folded_words
from asccld.identifying.pointing import pointing_at_people
from asccld.identifying.shapes import NATIONAL_INSURANCE, STREET
from asccld.intake.mapping.folding import folded_text
from asccld.intake.mapping.showing_unreadable import spells_a_day, tells_of_somebody
from asccld.standard import Release

LOST: Final = ("unmapped", "unreadable")
"""What became of texts that are findings."""
MANY_TEXTS: Final = 200
"""More different texts that are not in the mapping, word for word, are no code list."""
MANY: Final = f"(more than {MANY_TEXTS} different texts)"
_FREE: Final = (*LOST, "as it is", "default", "pattern")
"""What became of texts that the mapping does not write out."""
HEADED: Final = "full_name"
"""Names of people that the header of a column tells, whether it is mapped or not."""
NAMES: Final = ("first_name", "last_name", HEADED)
_FEWEST_NAMES: Final = 3
_CLEARLY_AN_ID: Final = r"^.{5,}|^.*\p{L}.*[0-9]|^.*[0-9].*\p{L}"
_NO_NAMES: Final = ("event_description", "event_reference")
_LONGEST: Final = 80
_LIKE_AN_IDENTIFIER: Final = (
    r"[0-9](?:[ -]?[0-9]){5,}|@|(?i:\b[A-Z]{1,2}[0-9][A-Z0-9]? *[0-9][A-Z]{2}\b)"
    r"|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|{NATIONAL_INSURANCE}|{STREET}"
)


def shown_texts(texts: pl.Expr) -> pl.Expr:
    """Local words by their form: none that looks like a number, date, postcode or street of a person."""
    like = texts.str.contains(_LIKE_AN_IDENTIFIER)
    return pl.when(like).then(pl.lit(HIDDEN)).otherwise(texts.str.head(_LONGEST))


def shown(text: str) -> str:
    """One local word by its form."""
    return str(pl.select(shown_texts(pl.lit(text))).item())


def names_in(fields: Mapping[str, pl.Series], release: Release) -> Iterator[pl.Series]:
    """The distinct names and identifiers of people among some fields."""
    for name, texts in fields.items():
        known = release.by_name[name]
        if known.identifying and known.type == "text" and name not in _NO_NAMES:
            yield texts.drop_nulls().unique().alias(name)


def people_in(names: Iterable[pl.Series]) -> People:
    """Whom the series say that `names_in` and headers find; a short number as an identifier may be any code."""
    told = list(names)
    ids = (n for n in told if n.name in IDENTIFIERS)
    return People.named([n for n in told if n.name in NAMES], [n.filter(n.str.contains(_CLEARLY_AN_ID)) for n in ids])


def telling(rows: Mapping[str, int], names: Sequence[pl.Series], release: Release) -> frozenset[str]:
    """Those of some texts, with their rows, that could point at a person."""
    return pointing_at_people(rows, people_in(names), _usual_words(release))


def _usual_words(release: Release) -> frozenset[str]:
    """The words of the national lists."""
    return frozenset(w for values in release.lists.values() for t in values.texts for w in folded_words(t))


@overload
def is_names_column(names: int, texts: int) -> bool: ...
@overload
def is_names_column(names: pl.Expr, texts: pl.Expr) -> pl.Expr: ...
def is_names_column(names: int | pl.Expr, texts: int | pl.Expr) -> bool | pl.Expr:
    """Whether a column is one of names or identifiers: at least half of its different texts are some."""
    return (names >= _FEWEST_NAMES) & (names * 2 >= texts)


def shown_table(table: pl.DataFrame, names: Sequence[pl.Series], release: Release, end: date) -> pl.DataFrame:
    """The table of values with what may be shown of `local` and `value`; `end` is that of the period."""
    unreadable = pl.col("how") == "unreadable"
    dates = [f.name for f in release.fields if f.type == "date" and not f.identifying]
    day = unreadable & pl.col("field").is_in(dates) & spells_a_day(pl.col("local"), end)
    table = table.with_columns(is_day=day)
    free = pl.col("how").is_in(_FREE) & ~pl.col("is_day")
    place = ("extract", "field")
    table = table.with_columns(is_name=free & _among(table, names), many=free & (free.sum().over(place) > MANY_TEXTS))
    count = pl.col("is_name").sum().over(place)
    names_column = free & is_names_column(count, free.sum().over(place))
    personal = [f.name for f in release.fields if f.identifying]
    listed = table.filter(free & ~pl.col("many")).drop_nulls("local").group_by("local").agg(pl.col("rows").max())
    told = telling(dict(listed.iter_rows()), names, release)
    somebody = unreadable & free & tells_of_somebody(pl.col("local"), _usual_words(release))
    hides = names_column | pl.col("field").is_in(personal) | (free & pl.col("local").is_in(list(told))) | somebody
    text = (
        pl.when(pl.col("local").is_null())
        .then(None)
        .when("many")
        .then(pl.lit(MANY))
        .when(hides)
        .then(pl.lit(HIDDEN))
        .when("is_day")
        .then("local")
        .otherwise(shown_texts(pl.col("local")))
    )
    as_local = pl.col("how").is_in([*LOST, "as it is"])
    return table.with_columns(local=text, value=pl.when(as_local).then(text).otherwise("value")).drop(
        "is_name", "many", "is_day"
    )


def _among(table: pl.DataFrame, names: Sequence[pl.Series]) -> pl.Series:
    """Whether each local word is somebody's name or identifier."""
    words = table.select(folded_text(pl.col("local"))).to_series()
    if not names or words.null_count() == words.len():
        return pl.repeat(False, table.height, dtype=pl.Boolean, eager=True)
    known = pl.concat(names).unique().to_frame("name").select(folded_text(pl.col("name"))).to_series()
    return words.is_in(known.implode()).fill_null(value=False)
