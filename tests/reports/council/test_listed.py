"""What somebody typed into a field that has a list is not shown: it may be a name."""

from datetime import date

import ibis
import polars as pl
from ibis.backends import BaseBackend

from asccld.measures.dhsc.hospital import COMMUNITY_SUPPORT, NO_LONG_TERM
from asccld.reports.council.counting import tallied
from asccld.reports.council.layout import tallies
from asccld.reports.council.listed import NOT_LISTED, only_listed
from reports.council.made_council import Made

TYPED = ["Robinson, William", "943 476 5919", "ELIGIBLE needs identified ", None, ""]


def test_only_values_of_a_list_stand_in_a_column_of_a_list() -> None:
    rows = pl.DataFrame({"eligible_needs_identified": TYPED, "la_name": "Gateshead", "count": 1})
    shown = only_listed(rows)
    kept = ["ELIGIBLE needs identified ", None, ""]
    assert shown["eligible_needs_identified"].to_list() == [NOT_LISTED, NOT_LISTED, *kept]
    assert shown.drop("eligible_needs_identified").equals(rows.drop("eligible_needs_identified"))


def test_an_outcome_behind_a_word_of_the_method_is_one_of_the_list() -> None:
    said = ["No_Chronology_Admitted to hospital", "No_Chronology_Robinson", "No Service Found"]
    shown = only_listed(pl.DataFrame({"final_outcome": said}))["final_outcome"]
    assert shown.to_list() == [said[0], NOT_LISTED, said[2]]


def test_counts_have_one_row_for_all_that_is_not_on_the_list(con: BaseBackend) -> None:
    tally = next(t for t in tallies() if t.table == "assessments_by_needs")
    rows = ibis.memtable(pl.DataFrame({"eligible_needs_identified": TYPED, "event_count": 2}))
    found = con.to_pyarrow(tallied(rows, tally, (date(2025, 4, 1), date(2026, 3, 31)))).to_pylist()
    counted = {r["eligible_needs_identified"]: r["count"] for r in found}
    assert counted == {NOT_LISTED: 4, TYPED[2]: 2, None: 2, "": 2}


def test_what_the_methods_say_themselves_stays(made: Made) -> None:
    for path in made.tables.glob("*.csv"):
        assert NOT_LISTED not in path.read_text(encoding="utf-8"), path.name


def test_the_groups_of_ascof_2d_stay_though_client_type_has_a_list() -> None:
    groups = pl.DataFrame({"client_type": [COMMUNITY_SUPPORT, NO_LONG_TERM, "Total"]})
    assert only_listed(groups).equals(groups)
