"""`asccld.measure`: one measure of one table, from Python."""

from __future__ import annotations

from datetime import date

import pytest
from ibis.backends import BaseBackend

import asccld
from asccld.engine import keeper
from asccld.measures import MissingForMeasure, UnknownMeasure
from measures.dhsc import golden as department
from measures.golden import events, expected, same_rows, settings


def test_it_makes_the_tables_of_collected_events(con: BaseBackend) -> None:
    given = settings("small")
    tables = asccld.measure(
        "sts002b", events(con, "small"), start=given.start, end=given.end, hold=keeper(con),
        options={"sts_import_by": given.sts_import_by.isoformat(), "today": given.today.isoformat()},
    )  # fmt: skip
    assert set(tables) == {"", "_episodes"}
    same_rows(tables[""], expected("small", "STS002b_rs00"))


def test_it_makes_the_tables_of_a_main_table(con: BaseBackend) -> None:
    start, end = department.period("small", "ascof_latest")
    tables = asccld.measure(
        "ascof_2e", department.main(con, "small"), start=start, end=end, reference=department.reference("small"),
        hold=keeper(con),
    )  # fmt: skip
    department.same_rows(tables[""], department.expected("small", "ASCOF_2E_All_Latest"))


def test_it_says_what_is_wrong(con: BaseBackend) -> None:
    rows = events(con, "small")
    with pytest.raises(UnknownMeasure, match="lts001a"):
        asccld.measure("lts01a", rows, start=date(2023, 4, 1), end=date(2023, 12, 31))
    with pytest.raises(MissingForMeasure, match="event_outcome"):
        asccld.measure("sts001", rows.drop("event_outcome"), start=date(2023, 4, 1), end=date(2023, 12, 31))
