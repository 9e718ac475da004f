"""Release 2 wording: the same events in either wording give the same figures, and what is lost is said."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import polars as pl
from ibis.expr.types import Table

from asccld.engine import keeper
from asccld.measures import compute
from asccld.measures.registry import measure_table
from asccld.measures.wording import COLUMNS, in_release_1
from measures.golden import events, same_rows, settings

NAMES = ["lts001a", "lts001b", "lts003", "lts004", "nhse_ascof_2e", "nhse_ascof_3d"]


def in_release_2(frame: pl.DataFrame) -> pl.DataFrame:
    """The events as councils would have written them in Release 2."""
    for name, column in COLUMNS.items():
        rows = [
            r for r in measure_table("r2_to_r1") if r["defined_list"] == name and r["ours"] == "no" and r["r1_value"]
        ]
        turned = {r["r1_value"].lower(): r["r2_value"] for r in rows}
        value = pl.col(column)
        frame = frame.with_columns(value.str.to_lowercase().replace_strict(turned, default=value).alias(column))
    return frame


def loaded(con: ibis.BaseBackend, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Table:
    frame = change(events(con, "pathways").to_polars())
    return con.create_table(ibis.util.gen_name("events"), frame.to_arrow(), temp=True)


def test_release_2_events_give_the_figures_of_release_1(con: ibis.BaseBackend) -> None:
    first = compute(NAMES, events(con, "pathways"), settings("pathways"), hold=keeper(con))
    second = compute(NAMES, loaded(con, in_release_2), settings("pathways"), hold=keeper(con))
    assert (first.wording.used, second.wording.used) == ("r1", "r2")
    for name in NAMES:
        for suffix in first[name]:
            same_rows(second[name][suffix], first[name][suffix].to_polars())


def test_each_file_has_its_own_wording(con: ibis.BaseBackend) -> None:
    def one_council(frame: pl.DataFrame) -> pl.DataFrame:
        codes = sorted(frame["la_code"].unique())
        is_first = pl.col("la_code") == codes[0]
        return pl.concat([in_release_2(frame.filter(is_first)), frame.filter(~is_first)])

    first = compute(["lts001b"], events(con, "pathways"), settings("pathways"), hold=keeper(con))
    mixed = compute(["lts001b"], loaded(con, one_council), settings("pathways"), hold=keeper(con))
    assert mixed.wording.used == "r1 and r2"
    for suffix in first["lts001b"]:
        same_rows(mixed["lts001b"][suffix], first["lts001b"][suffix].to_polars())


def test_values_without_a_counterpart_are_counted(con: ibis.BaseBackend) -> None:
    rows = pl.DataFrame({
        "la_code": ["101"] * 4,
        "importdate": [None] * 4,
        "ethnicity": ["White: Irish", "White: Irish", "Martian", None],
        "review_reason": ["Review of short term support", "Planned", "Planned", ""],
    }, schema_overrides={"importdate": pl.Datetime("us")})  # fmt: skip
    table = con.create_table(ibis.util.gen_name("few"), rows.to_arrow(), temp=True)
    found = in_release_1(table, keeper(con))
    assert found.used == "r2"
    assert found.events.to_polars()["ethnicity"].to_list() == ["White - Irish", "White - Irish", "Martian", None]
    assert found.unmapped is not None
    lost = found.unmapped.to_polars().sort("column_name")
    assert lost.rows() == [("ethnicity", 1, 1), ("review_reason", 1, 1)]


def test_the_wording_may_be_given(con: ibis.BaseBackend) -> None:
    collected = loaded(con, in_release_2)
    as_it_is = compute(["lts003"], collected, settings("pathways"), hold=keeper(con), wording="r1")
    assert as_it_is.wording.used == "r1"
    told = compute(["lts003"], collected, settings("pathways"), hold=keeper(con), wording="r2")
    found = compute(["lts003"], collected, settings("pathways"), hold=keeper(con))
    same_rows(told["lts003"]["_people"], found["lts003"]["_people"].to_polars())
