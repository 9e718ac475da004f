"""LTS002: reviews by hand, because the publisher describes them and has no code to compare with."""

from __future__ import annotations

from typing import Any

from measures.made_events import COMMUNITY, NURSING, PRISON, RESIDENTIAL, event, made

COLUMNS = "la_code table setting category count age_band"
HOSPITAL = "Unplanned - Hospital (Planned and unplanned episodes)"
ONWARD = "Progress to Support Planning / Services"


def support(nhs: str = "N1", service: str = COMMUNITY, start: str = "2022-01-01", **more: Any) -> dict[str, Any]:
    return event(start, nhs=nhs, service=service, **more)


def review(end: str | None, reason: str = HOSPITAL, outcome: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"kind": "Review", "service": None, "method": "Service User Only", "review": reason, "outcome": outcome}
    return event("2023-01-01", end, **(told | more))


def test_unplanned_reviews_count_by_setting_and_reason() -> None:
    rows = [
        support("C"), support("H", RESIDENTIAL), support("P", PRISON),
        review("2023-06-01", nhs="C", reference="1"), review("2023-06-01", nhs="H", reference="2"),
        review("2023-06-01", nhs="P", reference="3"), review("2023-06-01", nhs="NOBODY", reference="4"),
    ]  # fmt: skip
    assert made("lts002a", "", COLUMNS, *rows) == [
        ("101", "unplanned", "Community", HOSPITAL, 1, "65+"),
        ("101", "unplanned", "Residential or nursing", HOSPITAL, 1, "65+"),
    ]


def test_a_review_counts_where_it_ends() -> None:
    ends = {"A": "2023-04-01", "B": "2023-12-31", "C": "2023-03-31", "D": "2024-01-01", "E": None}
    rows = [support(nhs) for nhs in ends] + [review(end, nhs=nhs, reference=nhs) for nhs, end in ends.items()]
    assert made("lts002a", "_reviews", "id", *rows) == [("A",), ("B",)]


def test_only_reviews_with_the_client_count() -> None:
    ways = {"A": "service user and carer", "B": "Carer Only", "C": None}
    rows = [support(nhs) for nhs in ways] + [
        review("2023-06-01", nhs=n, method=w, reference=n) for n, w in ways.items()
    ]
    assert made("lts002a", "_reviews", "id", *rows) == [("A",)]


def test_rows_of_one_reference_are_one_event() -> None:
    rows = [support(), review("2023-06-01", reference="1"), review("2023-06-01", reference="1")]
    rows += [review("2023-06-01"), review("2023-06-01")]
    assert made("lts002a", "", "category count", *rows) == [(HOSPITAL, 3)]
    records = made("lts002a", "_reviews", "event_reference record_ids", *rows)
    assert records == [("1", "2,3"), (None, "4"), (None, "5")]


def test_planned_reviews_count_in_the_community_when_something_followed() -> None:
    rows = [
        support("C"), support("H", NURSING),
        review("2023-06-01", "Planned", ONWARD, nhs="C", reference="1"),
        review("2023-06-01", "Planned", "No change in package", nhs="C", reference="2"),
        review("2023-06-01", "Planned", ONWARD, nhs="H", reference="3"),
    ]  # fmt: skip
    assert made("lts002a", "", COLUMNS, *rows) == [("101", "planned", "Community", ONWARD, 1, "65+")]


def test_an_admission_counts_after_a_planned_review() -> None:
    rows = [
        support(end="2023-06-10"),
        review("2023-06-01", "Planned", ONWARD, reference="1"),
        review("2023-08-01", "Planned", ONWARD, reference="2"),
        event("2023-06-02", service=RESIDENTIAL, reference="3"),
        event("2023-06-02", service=RESIDENTIAL, reference="3"),
        event("2023-07-01", service=NURSING, reference="4"),
        event("2023-06-01", "2023-06-01", nhs="OTHER", service=NURSING, reference="5"),
    ]
    # On the day of the second review the person is in the care home, so only the first counts.
    assert made("lts002a", "", COLUMNS, *rows) == [
        ("101", "care home admission", "Community", NURSING, 1, "65+"),
        ("101", "care home admission", "Community", RESIDENTIAL, 1, "65+"),
        ("101", "planned", "Community", ONWARD, 1, "65+"),
    ]


def test_an_admission_on_the_day_of_the_review_is_none() -> None:
    rows = [support(), review("2023-06-01", "Planned", ONWARD, reference="1")]
    rows.append(event("2023-06-01", "2023-06-01", service=RESIDENTIAL, nhs="N1", reference="2"))
    assert made("lts002a", "", "table count", *rows) == [(None, 0)]


def test_without_support_on_the_day_the_setting_is_that_of_the_year() -> None:
    rows = [event("2023-09-01", service=NURSING), review("2023-06-01", reference="1")]
    assert made("lts002a", "", "setting category", *rows) == [("Residential or nursing", HOSPITAL)]


def test_lts002b_is_about_people_of_lts001c() -> None:
    rows = [support("LONG"), support("SHORT", start="2023-05-01")]
    rows += [review("2023-06-01", nhs=nhs, reference=nhs) for nhs in ("LONG", "SHORT")]
    assert made("lts002a", "_reviews", "id", *rows) == [("LONG",), ("SHORT",)]
    assert made("lts002b", "_reviews", "id", *rows) == [("LONG",)]
