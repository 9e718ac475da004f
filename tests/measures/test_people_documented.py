"""What each option changes in the tables that count people: a few rows by hand, as the script and as documented."""

from __future__ import annotations

from typing import Any

import pytest

from measures.made_events import COMMUNITY, NURSING, PRISON, RESIDENTIAL, event, made

PLACED = "id primary_support_reason service_type table"
DOCUMENTED = "documented"


def both(option: str, *asked: Any) -> tuple[list[Any], list[Any]]:
    """The same question to the script's reading and to the documented one."""
    return made(*asked), made(*asked, **{option: DOCUMENTED})


def test_d1_a_file_of_the_year_counts_however_early_or_late() -> None:
    early = event("2023-05-01", nhs="EARLY", imported="2023-11-05T09:00:00")
    late = event("2023-05-01", nhs="LATE", la="102", imported="2024-07-31T23:00:00")
    too_late = event("2023-05-01", nhs="TOO LATE", la="103", imported="2024-08-01T00:00:00")
    script, guide = both("d1", "lts001a", "_people", "id", early, late, too_late, event("2023-05-01"))
    assert script == [("N1",)]
    # The council of the early file sent another one later, which stands for both.
    assert guide == [("LATE",), ("N1",)]


@pytest.mark.parametrize(
    ("option", "who"), [("replicate", ["A"]), (DOCUMENTED, ["A", "B"]), ("notes", ["A", "B", "C"])]
)
def test_d8_more_than_twelve_months_has_three_readings(option: str, who: list[str]) -> None:
    rows = [event(day, nhs=nhs) for nhs, day in (("A", "2022-12-30"), ("B", "2022-12-31"), ("C", "2023-01-01"))]
    rows.append(event("2023-01-02", nhs="D"))
    assert made("lts001c", "_people", "id", *rows, d8=option) == [(nhs,) for nhs in who]


def test_d16_without_the_latest_start_known_reasons_conflict() -> None:
    rows = [event("2023-05-01", reason="Mental Health Support"), event("2023-04-01"), event("2023-06-01", reason=None)]
    script, guide = both("d16", "lts001a", "_people", PLACED, *rows)
    assert script == [("N1", "Mental Health Support", COMMUNITY, "1b")]
    assert guide == [("N1", "Unknown", COMMUNITY, "1b")]


def test_d17_invalid_reasons_are_removed() -> None:
    rows = [
        event("2023-05-01", reason="junk", service=NURSING),
        event("2023-05-01"),
        event("2023-05-01", nhs="X", reason=None),
    ]
    script, guide = both("d17", "lts001a", "_people", PLACED, *rows)
    assert script == [("N1", "Invalid/NULL", NURSING, "1b"), ("X", "Invalid/NULL", COMMUNITY, "1b")]
    assert guide == [("N1", "Learning Disability Support", COMMUNITY, "1b")]


CARER = {"client": "Carer", "service": "Carer Support: Direct to Carer"}


def test_d18_only_carers_count() -> None:
    rows = [
        event("2023-05-01", **CARER),
        event("2023-05-01", nhs="K", **CARER | {"client": "Carer known by association"}),
    ]
    script, guide = both("d18", "lts003", "_people", "id", *rows)
    assert (script, guide) == ([("K",), ("N1",)], [("N1",)])


def test_d19_a_direct_payment_may_be_a_component() -> None:
    rows = [event("2023-05-01", component="Direct Payment", **CARER), event("2023-05-01", nhs="X", **CARER)]
    script, guide = both("d19", "lts003", "_people", "id support_provided", *rows)
    unknown = "Support Direct to Carer: Unknown Delivery Mech"
    assert script == [("N1", unknown), ("X", unknown)]
    assert guide == [("N1", "Direct Payment only"), ("X", unknown)]


WORKER = {"born": 1990, "employment": "Unknown"}


def test_d20_prison_does_not_count() -> None:
    rows = [event("2023-05-01", service=PRISON, **WORKER), event("2023-05-01", nhs="H", **WORKER)]
    script, guide = both("d20", "lts004", "_people", "id", *rows)
    assert (script, guide) == ([("H",), ("N1",)], [("H",)])


def test_d21_a_later_invalid_status_makes_a_person_invalid() -> None:
    rows = [event("2023-05-01", status="Tenant", **WORKER), event("2023-06-01", status="junk", **WORKER)]
    script, guide = both("d21", "lts004", "_2_people", "id accommodation_status table", *rows)
    assert (script, guide) == ([("N1", "Tenant", "2a")], [])
    script, guide = both("d21", "lts004", "_invalid", "gender accommodation_status count table", *rows)
    assert (script, guide) == ([], [("Male", "NULL/Invalid", 1, "2")])


def test_d23_all_admissions_are_compared() -> None:
    home = {"service": RESIDENTIAL, "imported": "2024-04-20T10:00:00"}
    rows = [
        event("2023-06-01", "2024-03-01", nhs="LEFT", **home),
        event("2021-06-01", "2023-05-31", nhs="MOVED", **home),
        event("2023-06-01", nhs="MOVED", **home),
    ]
    script, guide = both("d23", "nhse_ascof_2c", "_people", "id", *rows)
    assert (script, guide) == ([("MOVED",)], [("LEFT",)])


def test_d24_only_services_and_everybody_in_the_total() -> None:
    rows = [
        event("2023-05-01", status="Tenant"),
        event("2023-05-01", nhs="O", gender="Other", status="Tenant"),
        event("2023-05-01", nhs="A", kind="Assessment", status="Refuge"),
    ]
    columns = "total_denom male_denom female_denom total_num total_outcome"
    script, guide = both("d24", "nhse_ascof_2e", "", columns, *rows)
    assert (script, guide) == ([(2, 2, None, 1, 50.0)], [(2, 1, None, 2, 100.0)])


def test_d25_clients_of_the_whole_period() -> None:
    rows = [event("2023-05-01", "2023-06-30", nhs="ENDED", mechanism="Direct Payment"), event("2023-05-01")]
    columns = "total_client_denom 3d1a_total_num 3d1a_total_outcome"
    script, guide = both("d25", "nhse_ascof_3d", "", columns, *rows)
    assert (script, guide) == ([(1, None, None)], [(2, 1, 50.0)])


def test_d28_each_table_is_of_the_people_of_the_one_before() -> None:
    # An identifier that is ambiguous in the year, and no longer so on the last day.
    rows = [
        event("2022-05-01", nhs=None, own="L1"),
        event("2023-04-01", "2023-06-30", nhs="N1", own="L1"),
        event("2022-05-01", nhs="N2", own="L2"),
    ]
    script, guide = both("d28", "lts001b", "_people", "id", *rows)
    assert (script, guide) == ([("L1",), ("N2",)], [("N2",)])
    script, guide = both("d28", "lts001c", "_people", "id", *rows)
    assert (script, guide) == ([("N2",)], [("N2",)])


def test_x1_a_short_row_within_a_long_one_breaks_no_chain() -> None:
    rows = [
        event("2020-01-01"),
        event("2023-01-01", "2023-01-05"),
        event("2023-02-01", service=NURSING),
    ]
    script, guide = both("x1", "lts001c", "_people", PLACED, *rows)
    reason = "Learning Disability Support"
    assert (script, guide) == ([("N1", reason, COMMUNITY, "1b")], [("N1", reason, NURSING, "1b")])


def test_x8_a_chain_takes_no_number_from_another_council() -> None:
    # At 102 the second spell is number 2 and began in 2023; at 101 the same dates are number 1, which began in 2020.
    rows = [
        event("2020-01-01", "2020-06-30", la="102"),
        event("2023-03-01", la="102"),
        event("2020-01-01", "2023-03-01", la="101"),
        event("2023-03-01", la="101"),
    ]
    script, guide = both("x8", "lts001c", "_people", "la_code id", *rows)
    assert (script, guide) == ([("101", "N1"), ("102", "N1")], [("101", "N1")])


def test_x8_clients_of_two_councils_keep_their_own_setting() -> None:
    rows = [
        event("2023-05-01", la="101", service=NURSING),
        event("2023-05-01", la="101", mechanism="Direct Payment"),
        event("2023-05-01", la="102", mechanism="Direct Payment"),
    ]
    columns = "la_code total_client_denom 3d2a_total_num"
    script, guide = both("x8", "nhse_ascof_3d", "", columns, *rows)
    assert (script, guide) == ([("101", 1, 1), ("102", 1, 1)], [("102", 1, 1)])


@pytest.mark.parametrize(
    ("name", "suffix", "more"),
    [
        ("lts001a", "_people", {}),
        ("lts001c", "_people", {}),
        ("lts003", "_people", CARER),
        ("lts004", "_people", WORKER),
        ("nhse_ascof_2c", "_people", {"service": RESIDENTIAL}),
        ("nhse_ascof_2e", "_people", {}),
        ("nhse_ascof_3d", "_clients", {}),
        ("nhse_ascof_3d", "_carers", CARER | {"component": "Carer Respite"}),
    ],
)
def test_x9_an_identifier_is_ambiguous_within_its_council_only(name: str, suffix: str, more: dict[str, Any]) -> None:
    start = "2023-04-05" if name == "nhse_ascof_2c" else "2022-01-01"
    rows = [
        event(start, nhs="N1", own="L1", **more),
        event(start, nhs=None, own="L1", la="102", **more),
        event(start, nhs=None, own="L1", la="101", **more),
    ]
    script, guide = both("x9", name, suffix, "la_code id", *rows)
    assert script == [("101", "N1")]
    assert guide == [("101", "N1"), ("102", "L1")]


def test_x13_statuses_of_people_without_a_gender_conflict_too() -> None:
    rows = [event("2023-05-01", gender=None, status=s, employment="Unknown", born=1990) for s in ("Tenant", "Refuge")]
    for name, suffix in (("lts004", "_2_people"), ("nhse_ascof_2e", "_people")):
        script, guide = both("x13", name, suffix, "id accommodation_status", *rows)
        assert script == [("N1", "Refuge"), ("N1", "Tenant")]
        assert guide == [("N1", "Unknown")]


def test_x14_unknown_is_a_value_of_the_unpaid_carer() -> None:
    rows = [event("2023-05-01", nhs="U", carer="Unknown"), event("2023-05-01", nhs="J", carer="junk")]
    script, guide = both("x14", "lts001b", "_2_people", "id has_unpaid_carer", *rows)
    assert script == [("J", "Invalid/NULL"), ("U", "Invalid/NULL")]
    assert guide == [("J", "Invalid/NULL"), ("U", "Unknown")]


def test_x15_a_missing_component_is_no_direct_payment() -> None:
    rows = [event("2023-05-01", mechanism="CASSR Managed Personal Budget", **CARER), event("2023-05-01", nhs="C")]
    script, guide = both("x15", "nhse_ascof_3d", "_carers", "id support_provided", *rows)
    assert (script, guide) == ([], [("N1", "CASSR Managed Personal Budget")])


def test_x20_a_component_does_not_stand_for_a_mechanism() -> None:
    home = {"service": RESIDENTIAL}
    rows = [
        event("2023-06-01", component="Direct Payment", imported="2024-01-20T10:00:00", **home),
        event("2023-06-01", "2024-02-01", mechanism="Direct Payment", imported="2024-04-20T10:00:00", **home),
    ]
    script, guide = both("x20", "nhse_ascof_2c", "", "la_code total", *rows)
    # As one text the second row is a later version of the first, and closes it.
    assert (script, guide) == ([("101", 0)], [("101", 1)])


def test_x21_no_numerator_is_nought() -> None:
    rows = [event("2023-05-01", status="Refuge")]
    script, guide = both(
        "x21", "nhse_ascof_2e", "", "total_denom total_num total_outcome female_denom female_num", *rows
    )
    assert (script, guide) == ([(1, None, None, None, None)], [(1, 0, 0.0, None, None)])
    columns = "total_client_denom 3d1a_total_num 3d1a_total_outcome 1864_client_denom 3d1a_1864_num"
    script, guide = both("x21", "nhse_ascof_3d", "", columns, *rows)
    assert (script, guide) == ([(1, None, None, None, None)], [(1, 0, 0.0, None, None)])


def test_x22_a_mechanism_has_the_spelling_of_the_list() -> None:
    rows = [event("2023-05-01", mechanism=m) for m in ("Direct Payment", " direct payment")]
    columns = "id service_type delivery_mechanism"
    for name, suffix in (("lts001a", "_people"), ("lts001b", "_people"), ("nhse_ascof_3d", "_clients")):
        script, guide = both("x22", name, suffix, columns, *rows)
        assert script == [("N1", COMMUNITY, " direct payment"), ("N1", COMMUNITY, "Direct Payment")]
        assert guide == [("N1", COMMUNITY, "Direct Payment")]


def test_a_mechanism_that_the_setting_does_not_allow_keeps_nobody_apart() -> None:
    rows = [event("2023-05-01", service=PRISON, mechanism=m) for m in (" Direct Payment", None, "Direct Payment")]
    rows[1] |= {"primary_support_reason": "Mental Health Support"}
    assert made("lts001a", "_people", PLACED, *rows) == [("N1", "Unknown", PRISON, "1b")]
    assert len(made("nhse_ascof_3d", "_clients", "id", *rows)) == 1


def test_behaviour_sets_all_at_once_and_an_option_wins_over_it() -> None:
    rows = [event("2023-05-01", reason="junk")]
    asked = ("lts001a", "_people", "id", *rows)
    assert made(*asked, behaviour=DOCUMENTED) == []
    assert made(*asked, behaviour=DOCUMENTED, d17="replicate") == [("N1",)]
