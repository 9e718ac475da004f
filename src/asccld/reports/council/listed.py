"""Values of defined lists as a report may show them: on the list, or `Not on the list`.

Whatever somebody typed into a field that has a list, be it a name, would otherwise stand as the label of a row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.measures.registry import measure_table
from asccld.standard import load_standard

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

NOT_LISTED: Final = "Not on the list"
OUTCOMES: Final = frozenset({"final_outcome", "final_outcome_mapped"})
"""Columns of submitted outcomes, perhaps behind a word that says how they were found."""
_TABLES: Final = (
    "accommodation",
    "presumed_accommodation",
    "employment",
    "primary_support_reasons",
    "ethnicities",
    "carer_support",
    "request_outcomes",
    "st_max_sequels",
    "ascof_2a_categories",
    "ascof_2a_final_outcomes",
    "unpaid_carer_values",
    "r2_to_r1",
)
"""Tables of the methods that have values in a wording of their own."""
_PREFIXES: Final = "^(no_chronology_|no service found_)"
_WORDS_OF_METHODS: Final = (
    "Invalid/NULL",
    "Invalid and not mapped",
    "Unable_To_Classify",
    "No services provided - other",
    "Total",
    "Those in LT community support",
    "Those not in any LTS",
    "",
)
"""What they write into columns of lists beside those tables: ASCOF 2D its groups of people in place of client types."""


@cache
def listed_fields() -> frozenset[str]:
    """The columns whose values are those of a list."""
    fields = (f for r in load_standard().releases.values() for f in r.fields)
    return frozenset(f.name for f in fields if f.defined_list) - {"la_code"} | OUTCOMES


@cache
def listed_values() -> frozenset[str]:
    """Every value of any list, and the words that the methods put in its place, in lower case."""
    lists = (found for r in load_standard().releases.values() for found in r.lists.values())
    texts = [text for found in lists for text in found.texts]
    own = [text for name in _TABLES for row in measure_table(name) for text in row.values()]
    return frozenset(text.strip().lower() for text in (*texts, *own, *_WORDS_OF_METHODS))


def only_listed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `Not on the list` in place of every other text in a column of a list."""
    names = [n for n, kind in rows.schema.items() if n in listed_fields() and kind == pl.String]
    return rows.with_columns(_only_listed(name) for name in names)


def _only_listed(name: str) -> pl.Expr:
    said = pl.col(name).str.strip_chars().str.to_lowercase().str.replace(_PREFIXES, "")
    return pl.when(said.is_in(list(listed_values()))).then(name).when(said.is_not_null()).then(pl.lit(NOT_LISTED))


def listed(rows: Table, name: str) -> Value:
    """A column of a table of the engine, with `Not on the list` in the same way."""
    import ibis

    if name not in listed_fields():
        return rows[name]
    text = rows[name].cast("string")
    is_other = text.notnull() & text.strip().lower().notin(sorted(listed_values()))
    return ibis.ifelse(is_other, ibis.literal(NOT_LISTED), text)
