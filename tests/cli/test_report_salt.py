"""Figures of SALT that no file tells are absent for a reason, and those of which a part is told say which."""

from datetime import date
from typing import Any

import ibis
import pytest

from asccld.cli.report_salt import Serving, serving
from asccld.engine import keeper
from asccld.measures import compute, settings_for
from asccld.measures.held import OutsideData
from measures.made_events import event, events_of

NAMES = ("sts001", "lts001a", "lts004", "nhse_ascof_2e")
YEAR = (date(2025, 4, 1), date(2026, 3, 31))


def file(first: str, last: str, imported: str, la: str = "608") -> dict[str, Any]:
    """One event of a file of these days."""
    days = {
        "reporting_period_start_date": date.fromisoformat(first),
        "reporting_period_end_date": date.fromisoformat(last),
    }
    return event("2025-05-01", la=la, imported=imported) | days


def told(*files: dict[str, Any], **options: str) -> Serving:
    con = ibis.duckdb.connect()
    try:
        return serving(compute(NAMES, events_of(con, NAMES, *files), settings_for(*YEAR, options), hold=keeper(con)))
    finally:
        con.disconnect()


IN_TIME = file("2025-04-01", "2026-03-31", "2026-04-20T09:00")
LATE = file("2025-04-01", "2026-03-31", "2026-06-20T09:00")
BEFORE = file("2025-01-01", "2025-12-31", "2026-01-20T09:00")
BOTH = "--option import_by=2026-06-21 --option sts_import_by=2026-06-21"


def test_a_file_that_came_in_time_serves_every_table() -> None:
    assert told(BEFORE, IN_TIME) == Serving()
    assert told(BEFORE, IN_TIME, LATE).notes == []


def test_a_late_file_leaves_no_figure_and_every_table_names_all_options() -> None:
    found = told(BEFORE, LATE)
    assert set(found.absent) == set(NAMES)
    assert not found.cautions
    assert all(BOTH in why and "received on 20 June 2026" in why for why in found.absent.values())
    assert "tell of 1 April 2025 to 31 December 2025 only" in found.absent["sts001"]
    assert found.notes[1].startswith("No figures of the SALT tables LTS001a, LTS004, ASCOF 2E. The file that covers")
    assert told(BEFORE, LATE, import_by="2026-06-21", sts_import_by="2026-06-21") == Serving()


def test_files_that_cover_a_part_of_the_period_say_which() -> None:
    found = told(file("2025-10-01", "2026-03-31", "2026-04-20T09:00"))
    assert set(found.cautions) == {"sts001"}
    assert found.cautions["sts001"].startswith("Only 1 October 2025 to 31 March 2026 is covered by files")
    assert set(found.absent) == set(NAMES) - {"sts001"}
    assert found.absent["lts004"].startswith("No single file covers 1 April 2025 to 31 March 2026")
    with_hole = told(
        file("2025-04-01", "2025-06-30", "2025-07-20T09:00"), file("2026-01-01", "2026-03-31", "2026-04-20T09:00")
    )
    assert "Only 1 April 2025 to 30 June 2025 and 1 January 2026 to 31 March 2026" in with_hole.cautions["sts001"]


def test_of_several_councils_those_without_a_file_are_named() -> None:
    found = told(IN_TIME, file("2025-04-01", "2026-03-31", "2026-06-20T09:00", la="609"))
    assert not found.absent
    for caution in found.cautions.values():
        assert "of 1 of 2 councils do not tell everything, which is not counted as 0" in caution
        assert "Suffolk (609): " in caution
        assert "Oxfordshire" not in caution
        assert BOTH in caution


def test_where_every_file_came_late_the_error_names_all_options_at_once() -> None:
    with pytest.raises(OutsideData) as stop:
        _ = told(LATE)
    assert BOTH in stop.value.remedy
