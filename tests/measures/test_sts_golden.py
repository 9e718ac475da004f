"""The golden cases of the sequel tables: what NHS England's published scripts made of the same rows.

The order of rows of one day is not defined there. People whose chain depends on it are listed beside the golden tables;
`HANGS_ON_ORDER` counts them where ours, which is defined, differs.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import polars as pl
import pytest
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from asccld.engine import connect, keeper
from asccld.engine import table as read
from asccld.measures import compute, measure_named, needed_columns
from measures.golden import FOLDER, events, expected, same_rows, settings
from processing.golden import CASES

OURS = ("sts001", "sts002a", "sts002b", "nhse_ascof_2a")
Made = Mapping[str, Mapping[str, Table]]

FINAL = {
    ("sts001", ""): "STS001_rs01",
    ("sts001", "_national"): "STS001_rs02",
    ("sts001", "_detail"): "STS001_rs00",
    ("sts002b", ""): "STS002b_rs00",
}
ONE_BY_ONE = {
    ("sts001", "_requests"): ("STS001", "STS001"),
    ("sts002a", "_episodes"): ("STS002a", "STS001"),
    ("sts002b", "_episodes"): ("STS002b_ST_MAX_EXISTING_CLIENTS", None),
    ("nhse_ascof_2a", "_episodes"): ("ASCOF2A_STS002a", "STS001"),
}
"""Output, golden table, and the list of people whose rows depend on the order of rows of one day."""
DEPENDING = {"sts002a": "STS002a", "nhse_ascof_2a": "ASCOF2A"}
HANGS_ON_ORDER = {"small": 0, "pathways": 1}
"""How many episodes of STS002a ours decides otherwise: of people listed, and of nobody else."""


@pytest.fixture(scope="module")
def made(con: ibis.BaseBackend, case: str) -> Made:
    return compute(OURS, events(con, case), settings(case), hold=keeper(con))


def people_at_risk(case: str, *lists: str) -> list[tuple[str, ...]]:
    rows = [expected(case, f"{name}_tie_risk").select("la_code", "id").rows() for name in lists]
    return sorted({tuple(row) for part in rows for row in part})


def episodes(table: Table) -> pl.DataFrame:
    shown = ["la_code", "id", "final_outcome_mapped", "record_type"]
    return table.to_polars().select(pl.col(c).cast(pl.String).str.to_lowercase() for c in shown)


def unlike(made: Made, case: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Episodes of ours that the script decided otherwise, and of theirs that we did."""
    ours = episodes(made["sts002a"]["_episodes"])
    theirs = expected(case, "STS002a").select(pl.col(c).str.to_lowercase() for c in ours.columns)
    apart = [a.join(b, on=ours.columns, how="anti", nulls_equal=True) for a, b in ((ours, theirs), (theirs, ours))]
    return apart[0], apart[1]


@pytest.mark.parametrize(("output", "golden"), FINAL.items())
def test_final_tables(made: Made, case: str, output: tuple[str, str], golden: str) -> None:
    measure, suffix = output
    same_rows(made[measure][suffix], expected(case, golden))


@pytest.mark.parametrize(("output", "golden"), ONE_BY_ONE.items())
def test_counted_rows_one_by_one(
    made: Made, case: str, output: tuple[str, str], golden: tuple[str, str | None]
) -> None:
    measure, suffix = output
    name, source = golden
    lists = [source, DEPENDING.get(measure)] if measure != "sts001" else []
    at_risk = people_at_risk(case, *(part for part in lists if part))
    same_rows(made[measure][suffix], expected(case, name), apart_from=at_risk)


def test_sts001_agrees_even_for_people_whose_rows_have_no_order(made: Made, case: str) -> None:
    same_rows(made["sts001"]["_requests"], expected(case, "STS001"))


def test_only_people_whose_rows_have_no_order_differ(made: Made, case: str) -> None:
    ours, theirs = unlike(made, case)
    listed = {(la, who.lower()) for la, who in people_at_risk(case, "STS001", "STS002a")}
    assert ours.height == theirs.height == HANGS_ON_ORDER[case]
    assert {tuple(row) for row in ours.select("la_code", "id").rows()} <= listed


def test_sts002a_counts_its_episodes(made: Made, case: str) -> None:
    """With the episodes that hang on order put back as the script has them, the counts are the script's."""
    ours, theirs = unlike(made, case)
    changes = pl.concat([ours.with_columns(n=pl.lit(-1)), theirs.with_columns(n=pl.lit(1))])
    for suffix, golden, keys in (
        ("", "STS002a_rs00", ["la_code", "final_outcome_mapped"]),
        ("_national", "STS002a_rs01", ["final_outcome_mapped"]),
    ):
        found = made["sts002a"][suffix].to_polars().select(pl.col(keys).str.to_lowercase(), "count")
        moved = changes.group_by(keys).agg(count=pl.col("n").sum().cast(pl.Int64))
        settled = pl.concat([found.cast({"count": pl.Int64}), moved]).group_by(keys).agg(pl.col("count").sum())
        same_rows(settled.filter(pl.col("count") != 0).select(*keys, "count"), expected(case, golden))


def test_ascof_2a_counts_the_listed_categories(made: Made, case: str) -> None:
    ours, theirs = unlike(made, case)
    found = {la: (d, n) for la, d, n in made["nhse_ascof_2a"][""].to_polars().rows()}
    for frame, sign in ((ours, -1), (theirs, 1)):
        for la, category in frame.select("la_code", "final_outcome_mapped").rows():
            counted = category == "long term support (any setting)"
            found[la] = (found[la][0] + sign * counted, found[la][1])
    denominators = dict(expected(case, "ASCOF2A_ASCOF_2A_DENOMINATOR").rows())
    numerators = dict(expected(case, "ASCOF2A_ASCOF_2A_NUMERATOR").rows())
    assert found == {la: (int(d), int(numerators.get(la, 0))) for la, d in denominators.items()}


def test_every_table_has_the_columns_that_are_promised(made: Made) -> None:
    for name in OURS:
        for output in measure_named(name).outputs:
            columns = made[name][output.suffix].columns
            assert tuple(columns[: len(output.columns)]) == output.columns
            if output.id_column:
                assert "record_ids" in columns


def test_every_request_names_the_records_it_comes_from(made: Made, con: ibis.BaseBackend, case: str) -> None:
    """A request has records of type Request, and a sequel that was found has later ones."""
    rows = made["sts001"]["_requests"].to_polars()
    kinds = dict(events(con, case).select("der_unique_record_id", "event_type").to_polars().rows())
    for own, later, kind in rows.select("record_ids", "sequel_record_ids", "record_type").rows():
        assert {kinds[int(record)].lower() for record in own.split(",")} == {"request"}
        assert bool(later) == (kind in (2, 3))
        assert not set(own.split(",")) & set((later or "").split(","))


Tables = dict[tuple[str, str], pl.DataFrame]


def everything(con: BaseBackend, case: str, source: str | None = None) -> Tables:
    """Every table of ours, from the golden file or from a table of the engine."""
    kinds = {"text": "string", "integer": "int64", "timestamp": "timestamp", "date": "date"}
    columns = {name: kinds[kind] for name, kind in needed_columns(OURS).items()}
    aliases = {"der_la_person_unique_identifier_pseudo": "la_person_unique_identifier"}
    where = source or FOLDER / case / "input" / "CLD_R1_Raw.parquet"
    tables = compute(OURS, read(con, where, columns=columns, aliases=aliases), settings(case), hold=keeper(con))
    return {(name, suffix): tables[name][suffix].to_polars() for name in OURS for suffix in tables[name]}


def on_duckdb(case: str) -> Tables:
    con = connect("duckdb://?threads=2")
    try:
        return everything(con, case)
    finally:
        con.disconnect()


def alike(theirs: Tables, ours: Tables) -> None:
    for output, wanted in ours.items():
        same_rows(theirs[output], wanted)


@pytest.mark.parametrize("case", CASES)
def test_spark_makes_the_same_tables_as_duckdb(spark: BaseBackend, case: str) -> None:
    alike(everything(spark, case), on_duckdb(case))


def test_postgresql_makes_the_same_tables_as_duckdb(postgres_url: str) -> None:
    con = connect(postgres_url)
    rows = pl.read_parquet(FOLDER / "small" / "input" / "CLD_R1_Raw.parquet")
    con.create_table("events", rows.rename(str.lower).to_arrow())
    alike(everything(con, "small", "events"), on_duckdb("small"))
    con.disconnect()
