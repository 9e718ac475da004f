"""The identifiers by which a council itself knows a person: all of them, and the latest.

Method: DHSC `Create_person_details_table` (dhsc-2026-06). The latest follows the common rule, with a fifth key: how
many of the person's rows carry the identifier.
"""

from __future__ import annotations

from typing import cast

from ibis.expr.types import IntegerValue, Table

from asccld.measures.dhsc.latest_known import INVALID, recency
from asccld.measures.main_table import PERSON
from asccld.measures.source import in_list
from asccld.processing.text import folded

LOCAL = "la_person_unique_identifier"
UNKNOWN = "Unknown"


def all_identifiers(rows: Table) -> Table:
    """One row per person and identifier, missing included: `local` as it is compared, `text`, `rows` and `latest`."""
    timed = rows.select(*PERSON, LOCAL, local=folded(rows[LOCAL]), recency=recency(rows))
    return timed.group_by(*PERSON, "local").agg(text=timed[LOCAL].min(), rows=timed.count(), latest=timed.recency.max())


def latest_identifiers(ids: Table) -> Table:
    """Per person la_person_unique_identifier_latest and _concat, the list of all in alphabetical order."""
    said = in_list(ids.text, UNKNOWN, INVALID).fill_null(True)
    named = ids.mutate(known=cast("IntegerValue", said.ifelse(0, 1)), shown=said.ifelse(UNKNOWN, ids.text))
    # The two placeholders and a missing identifier are one value, and are counted together.
    alike = named.group_by(*PERSON, "known", key=folded(named.shown)).agg(
        shown=named.shown.min(), rows=named["rows"].sum(), latest=named.latest.max()
    )
    best = _best_of(_best_of(_best_of(alike, "known"), "latest"), "rows")
    chosen = best.group_by(*PERSON).agg(shown=best.shown.min(), several=best.count())
    given = ids.filter(ids.local.notnull())
    listed = given.group_by(*PERSON).agg(texts=given.text.collect())
    joined = chosen.left_join(listed, list(PERSON)).drop(*(f"{c}_right" for c in PERSON))
    return joined.select(
        *PERSON,
        la_person_unique_identifier_latest=(joined.several > 1).ifelse(UNKNOWN, joined.shown),
        la_person_unique_identifier_concat=joined.texts.sort().join(", "),
    )


def _best_of(rows: Table, column: str) -> Table:
    """The rows of each person with the largest value of a column."""
    best = rows.group_by(*PERSON).agg(best=rows[column].max())
    joined = rows.inner_join(best, list(PERSON))
    return joined.filter(joined[column] == joined.best).drop("best")
