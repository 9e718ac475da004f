"""ASCOF 2A and 2D on PostgreSQL: every table as the published scripts, or DuckDB, make it."""

from __future__ import annotations

import ibis
import pytest

from asccld.engine import connect, keeper
from asccld.measures import compute_from_main
from measures.dhsc.golden import expected, main, reference, same_rows, settings, stamp

CASE = "pathways"
TABLES = {
    "ascof_2a": {
        "": "ASCOF_2A_Latest",
        "_disaggregated": "ASCOF_2A_Disaggregated_Latest",
        "_episodes": f"work_2A_ASCOF2A_{stamp(CASE, 'ascof_latest')}",
    },
    "ascof_2d": {
        "_part1_demographics": "ASCOF2D_Part1_Demographics_Latest",
        "_part2_demographics": "ASCOF2D_Part2_Demographics_Latest",
        "_venn": "ASCOF2D_Venn_Latest",
        "_episodes": f"work_2D_Discharge_With_Outcome_{stamp(CASE, 'ascof_2d_latest')}",
    },
}


@pytest.mark.parametrize(("name", "run"), [("ascof_2a", "ascof_latest"), ("ascof_2d", "ascof_2d_latest")])
def test_postgresql_makes_the_same_tables(postgres_url: str, name: str, run: str) -> None:
    own, con = connect("duckdb://?threads=2"), connect(postgres_url)
    try:
        rows = con.create_table(ibis.util.gen_name("rows"), ibis.memtable(main(own, CASE).to_pyarrow()), temp=True)
        made = compute_from_main([name], rows, settings(CASE, run), reference=reference(CASE), hold=keeper(con))[name]
        for suffix, official in TABLES[name].items():
            found = made[suffix].to_polars()
            wanted = expected(CASE, official)
            label = "st_max_cluster_id"  # numbers follow the order of texts, which is the database's
            apart = [c for c in wanted.columns if c != label]
            same_rows(found.select(c for c in found.columns if c != label), wanted.select(apart))
    finally:
        own.disconnect()
        con.disconnect()
