"""For every rule a file that breaks it and a nearby one that does not: read top to bottom, this is what we check.

`fires` breaks the rule at the places `at`, (row, field); `beside` are the findings of other rules on the same file, so
that the whole outcome is stated. `silent` is as near as can be without breaking the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from validation.spec import STANDARD, Finding, Row, association_row, nhs_number, valid_row

Place = tuple[int | None, str | None]
Table = str | Sequence[Row]

PLAIN = """
    event_type
    Service
"""


@dataclass(frozen=True)
class Example:
    """A rule at work."""

    fires: Table
    at: set[Place]
    silent: Table
    beside: set[Finding] = field(default_factory=set)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of both files."""
    fires_with: Mapping[str, Any] = field(default_factory=dict)
    silent_with: Mapping[str, Any] = field(default_factory=dict)


EXAMPLES: dict[str, Example] = {}
FILE: Place = (None, None)


def example(
    rule: str,
    fires: Table,
    at: set[Place],
    silent: Table,
    *,
    beside: set[Finding] | None = None,
    fires_with: Mapping[str, Any] | None = None,
    silent_with: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Add an example to the collection."""
    assert rule not in EXAMPLES
    EXAMPLES[rule] = Example(fires, at, silent, beside or set(), options, fires_with or {}, silent_with or {})


def with_check_digit(nine: str) -> str:
    """The valid NHS number that begins with nine digits, or with the next nine that any number begins with."""
    check = (11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
    return nine + str(check) if check != 10 else with_check_digit(f"{int(nine) + 1:09}")


# ------------------------------------------------------------------ columns

example("column-unknown", PLAIN, {FILE}, PLAIN, fires_with={"headers": {"shoe_size": "Shoe Size"}})
example(
    "column-misspelt",
    PLAIN,
    {(None, "event_type")},
    PLAIN,
    fires_with={"headers": {"event_type": "Event Typ"}},
    silent_with={"headers": {"event_type": "Event_Type"}},  # the national database's spelling
)
example(
    "column-duplicate",
    PLAIN,
    {(None, "event_type")},
    PLAIN,
    fires_with={"headers": {"once_more": "Event Type"}},
)
example("column-missing", PLAIN, {(None, "postcode")}, PLAIN, fires_with={"without": ["postcode"]})
example(
    "column-missing-unconfirmed",
    PLAIN,
    {(None, "first_name")},
    PLAIN,
    fires_with={"without": ["first_name"]},
)
example(
    "column-removed",
    PLAIN,
    {(None, "gp_practice_name")},
    PLAIN,
    fires_with={"headers": {"gp_practice_name": "GP Practice Name"}},
    silent_with={"release": "r1"},
)
example(
    "column-order",
    PLAIN,
    {FILE},
    PLAIN,
    fires_with={"columns": list(reversed(STANDARD.releases["r2"].headers))},
)

# ------------------------------------------------------------------ cells

example(
    "row-blank",
    """
    event_type
    Service
    (blank row)
    Review
    """,
    {(3, None)},
    """
    event_type
    Service
    Review
    """,
)
example(
    "text-trimmed",
    """
    event_type | event_reference
    "Service " | " E1"
    """,
    {(2, "event_type"), (2, "event_reference")},
    """
    event_type | event_reference
    Service    | E 1
    """,
)
example(
    "literal-null",
    """
    employment_status | date_of_death | event_reference
    NULL              | NULL          | " NULL "
    """,
    {(2, "employment_status"), (2, "date_of_death"), (2, "event_reference")},
    """
    employment_status | event_reference
    Unknown           | NULLABLE
    """,
    beside={("text-trimmed", 2, "event_reference")},
)
example(
    "excel-repaired",
    """
    event_type
    Service
    """,
    {(None, "unit_cost")},
    PLAIN,
    fires_with={"excel_numbers": ["unit_cost"]},
    silent_with={"excel_numbers": []},
)

# ------------------------------------------------------------------ reporting period

example(
    "period-missing",
    """
    reporting_period_start_date | reporting_period_end_date
    01/04/2025                  | 31/03/2026
    01/04/2025                  |
                                | 31/03/2026
    """,
    {(3, "reporting_period_end_date"), (4, "reporting_period_start_date")},
    PLAIN,
)
example(
    "period-inconsistent",
    """
    reporting_period_start_date | reporting_period_end_date
    01/04/2025                  | 31/03/2026
    01/04/2025                  | 31/03/2026
    01/05/2025                  | 30/04/2026
    """,
    {(4, "reporting_period_start_date"), (4, "reporting_period_end_date")},
    """
    reporting_period_start_date | reporting_period_end_date
    01/04/2025                  | 31/03/2026
    01/04/2025                  | 31/03/2026
    """,
)
example(
    "period-order",
    """
    event_type | reporting_period_start_date | reporting_period_end_date | event_start_date
    Service    | 01/04/2026                  | 31/03/2026                | 05/01/2026
    """,
    {(2, "reporting_period_end_date")},
    PLAIN,
    beside={("period-length", None, "reporting_period_end_date")},
)
example(
    "period-in-future",
    PLAIN,
    {(2, "reporting_period_end_date")},
    PLAIN,
    fires_with={"received": date(2026, 3, 30)},
    silent_with={"received": date(2026, 3, 31)},
)
example(
    "period-length",
    """
    reporting_period_start_date | reporting_period_end_date
    01/01/2026                  | 31/03/2026
    """,
    {(None, "reporting_period_end_date")},
    """
    reporting_period_start_date | reporting_period_end_date
    01/04/2025                  | 31/03/2026
    """,
)


def _months(count: int, ends: Sequence[str]) -> list[Row]:
    period = {"reporting_period_start_date": "01/04/2025", "reporting_period_end_date": "31/03/2026"}
    return [
        {
            **valid_row("r2", n, "Request"),
            **period,
            "event_start_date": "01/04/2025",
            "event_end_date": ends[n % len(ends)],
        }
        for n in range(count)
    ]


ALL_MONTHS = [f"15/{m:02}/2025" for m in range(4, 13)] + [f"15/{m:02}/2026" for m in range(1, 4)]

example(
    "period-derived",
    _months(11, ALL_MONTHS[:11]),
    {(None, "reporting_period_end_date")},
    _months(12, ALL_MONTHS),
    also={"period-derived"},
)
example(
    "release-period",
    """
    reporting_period_start_date | reporting_period_end_date | event_start_date
    01/10/2024                  | 29/09/2025                | 05/01/2025
    """,
    {(None, "reporting_period_end_date")},
    """
    reporting_period_start_date | reporting_period_end_date | event_start_date
    01/10/2024                  | 30/09/2025                | 05/01/2025
    """,
    beside={("period-length", None, "reporting_period_end_date")},
)

# ------------------------------------------------------------------ council

example(
    "la-code-several",
    """
    la_code
    503
    503
    504
    """,
    {(4, "la_code")},
    """
    la_code
    503
    503
    """,
    beside={("la-code-abolished", 4, "la_code")},
)
example(
    "la-code-not-submitter",
    """
    la_code
    503
    """,
    {(2, "la_code")},
    """
    la_code
    508
    """,
    la="508",
)
example(
    "la-code-unknown",
    """
    la_code
    998
    """,
    {(2, "la_code")},
    """
    la_code
    503
    """,
)
example(
    "la-code-abolished",
    """
    la_code
    102
    """,
    {(2, "la_code")},
    """
    la_code
    102
    """,
    silent_with={"release": "v5"},  # Cumbria was abolished at the end of March 2023
)

# ------------------------------------------------------------------ defined lists

example(
    "value-unknown",
    """
    gender
    Robot
    """,
    {(2, "gender")},
    """
    gender
    Other
    """,
)
example(
    "value-case",
    """
    gender | employment_status
    FEMALE | Paid: hours per week unknown
    """,
    {(2, "gender"), (2, "employment_status")},
    """
    gender | employment_status
    Female | Paid: Hours per week unknown
    """,
)
example(
    "value-misspelt",
    """
    accommodation_status
    Registered care hom
    """,
    {(2, "accommodation_status")},
    """
    accommodation_status
    Registered care home
    """,
)
example(
    "value-earlier-release",
    """
    ethnicity     | client_type
    White - Irish | Service User
    """,
    {(2, "ethnicity"), (2, "client_type")},
    """
    ethnicity    | client_type
    White: Irish | Service user
    """,
)
example(
    "value-earlier-release-dropped",
    """
    event_type | assessment_type      | event_outcome
    Assessment | Financial Assessment |
    """,
    {(2, "assessment_type")},
    """
    event_type | assessment_type      | event_outcome
    Assessment | Financial Assessment |
    """,
    silent_with={"release": "r1"},
)
example(
    "value-later-release",
    """
    ethnicity    | accommodation_status
    White: Irish | Tenant: Private landlord
    """,
    {(2, "ethnicity"), (2, "accommodation_status")},
    """
    ethnicity     | accommodation_status
    White - Irish | Tenant - private landlord
    """,
    release="r1",
)

# ------------------------------------------------------------------ mandatory, applicable, not applicable

example(
    "required-blank",
    """
    event_type | gender | primary_support_reason | service_type
    Service    |        |                        |
    """,
    {(2, "gender"), (2, "primary_support_reason"), (2, "service_type")},
    """
    event_type | primary_support_reason
    Request    |
    """,
)
example(
    "open-event",
    """
    event_type | event_end_date
    Request    |
    Assessment |
    Service    |
    Review     |
    """,
    {(2, "event_end_date"), (3, "event_end_date"), (5, "event_end_date")},
    """
    event_type | event_end_date
    Request    | 20/02/2026
    Service    |
    """,
)
example(
    "service-open-after-death",
    """
    event_type | date_of_death | event_end_date
    Service    | 10/02/2026    |
    """,
    {(2, "event_end_date")},
    """
    event_type | date_of_death | event_end_date
    Service    | 10/02/2026    | 10/02/2026
    Service    |               |
    """,
)
example(
    "planned-units-missing",
    """
    cost_frequency_unit_type | planned_units_per_week
    Hourly                   |
    Daily                    |
    Per session              |
    """,
    {(2, "planned_units_per_week"), (3, "planned_units_per_week"), (4, "planned_units_per_week")},
    """
    cost_frequency_unit_type | planned_units_per_week
    Hourly                   | 7
    Weekly                   |
    """,
)
example(
    "planned-units-blank",
    """
    cost_frequency_unit_type | planned_units_per_week
    Weekly                   |
    """,
    {(2, "planned_units_per_week")},
    """
    cost_frequency_unit_type | planned_units_per_week
    Weekly                   | 1
    """,
)
example(
    "planned-units-blank-no-unit",
    """
    cost_frequency_unit_type | planned_units_per_week
                             |
    """,
    {(2, "planned_units_per_week")},
    """
    cost_frequency_unit_type | planned_units_per_week | delivery_mechanism
                             |                        | CASSR commissioned support
    """,
    beside={("required-blank", 2, "cost_frequency_unit_type")},
)
example(
    "not-applicable",
    """
    event_type | request_route_of_access | review_reason
    Request    | Community or other route | Planned
    """,
    {(2, "review_reason")},
    """
    event_type | request_route_of_access
    Request    | Community or other route
    """,
)
example(
    "not-applicable-guidance",
    """
    client_type  | dementia | client_funding_status | primary_support_reason
    Unpaid carer | Yes      |                       | Social support: Support to unpaid carer
    """,
    {(2, "dementia")},
    """
    client_type  | dementia
    Service user | Yes
    """,
)
ASSOCIATION = association_row("r2", 1, linked="P0")
example(
    "association-event-details",
    [valid_row("r2", 0), {**ASSOCIATION, "event_type": "Review", "event_start_date": "05/01/2026"}],
    {(3, "event_type"), (3, "event_start_date")},
    [valid_row("r2", 0), ASSOCIATION],
    beside=set(),
)
example(
    "association-without-link",
    """
    client_type
    Unpaid carer known by association
    """,
    {(2, "adult_1_linked_person_id")},
    [valid_row("r2", 0), ASSOCIATION],
)
example(
    "person-unidentified",
    """
    nhs_number | la_person_unique_identifier
               |
    """,
    {(2, "la_person_unique_identifier")},
    """
    nhs_number | la_person_unique_identifier
               | A17
    """,
    beside={("required-blank", 2, "nhs_number"), ("required-blank", 2, "la_person_unique_identifier")},
)

# ------------------------------------------------------------------ dates

example(
    "date-unreadable",
    """
    date_of_birth | event_start_date
    31/02/1950    | soon
    """,
    {(2, "date_of_birth"), (2, "event_start_date")},
    """
    date_of_birth | event_start_date
    28/02/1950    | 05/01/2026
    """,
)
example(
    "date-format",
    """
    date_of_birth | event_start_date
    1950-06-01    | 05/01/2026 00:00:00
    """,
    {(2, "date_of_birth"), (2, "event_start_date")},
    """
    date_of_birth | event_start_date
    01/06/1950    | 05/01/2026
    """,
)
example(
    "birth-in-future",
    """
    date_of_birth | event_start_date
    02/05/2026    |
    """,
    {(2, "date_of_birth")},
    """
    date_of_birth | event_start_date
    01/05/2026    |
    """,
    beside={("age-under-18", 2, "date_of_birth"), ("required-blank", 2, "event_start_date")},
    received=date(2026, 5, 1),
)
example(
    "death-in-future",
    """
    date_of_death | event_end_date
    02/05/2026    | 20/02/2026
    """,
    {(2, "date_of_death")},
    """
    date_of_death | event_end_date
    01/05/2026    | 20/02/2026
    """,
    received=date(2026, 5, 1),
)
example(
    "birth-after-start",
    """
    date_of_birth | event_start_date
    06/01/2000    | 05/01/2000
    """,
    {(2, "date_of_birth")},
    """
    date_of_birth | event_start_date
    05/01/2000    | 05/01/2000
    """,
)
example(
    "death-before-birth",
    """
    event_type | date_of_birth | date_of_death | event_start_date | event_end_date
    Service    | 01/06/1950    | 31/05/1950    |                  | 20/02/2026
    """,
    {(2, "date_of_death")},
    """
    event_type | date_of_birth | date_of_death | event_start_date | event_end_date
    Service    | 01/06/1950    | 01/06/1950    |                  | 20/02/2026
    """,
    beside={("required-blank", 2, "event_start_date"), ("end-after-death", 2, "event_end_date")},
)
example(
    "death-before-start",
    """
    date_of_death | event_start_date | event_end_date
    04/01/2026    | 05/01/2026       | 05/01/2026
    """,
    {(2, "event_start_date")},
    """
    date_of_death | event_start_date | event_end_date
    05/01/2026    | 05/01/2026       | 05/01/2026
    """,
    beside={("end-after-death", 2, "event_end_date")},
)
example(
    "end-after-death",
    """
    date_of_death | event_end_date
    19/02/2026    | 20/02/2026
    """,
    {(2, "event_end_date")},
    """
    date_of_death | event_end_date
    20/02/2026    | 20/02/2026
    """,
)
example(
    "end-before-start",
    """
    event_start_date | event_end_date
    05/01/2026       | 04/01/2026
    """,
    {(2, "event_end_date")},
    """
    event_start_date | event_end_date
    05/01/2026       | 05/01/2026
    """,
)
example(
    "start-after-period",
    """
    event_start_date
    01/04/2026
    """,
    {(2, "event_start_date")},
    """
    event_start_date
    31/03/2026
    """,
)
example(
    "end-after-period",
    """
    event_type | event_end_date
    Request    | 01/04/2026
    Service    | 01/04/2026
    """,
    {(2, "event_end_date")},
    """
    event_type | event_end_date
    Request    | 31/03/2026
    Service    | 01/04/2026
    """,
)
example(
    "end-before-period",
    """
    event_type | event_start_date | event_end_date
    Service    | 01/01/2020       | 31/03/2025
    """,
    {(2, "event_end_date")},
    """
    event_type | event_start_date | event_end_date
    Service    | 01/01/2020       | 01/04/2025
    """,
)
example(
    "age-over-120",
    """
    date_of_birth | date_of_death
    31/03/1905    |
    """,
    {(2, "date_of_birth")},
    """
    date_of_birth | event_end_date | date_of_death
    01/04/1905    |                |
    31/03/1905    | 05/01/2026     | 05/01/2026
    """,
)
example(
    "age-under-18",
    """
    date_of_birth
    01/04/2008
    """,
    {(2, "date_of_birth")},
    """
    date_of_birth
    31/03/2008
    """,
)

# ------------------------------------------------------------------ numbers

example(
    "number-unreadable",
    """
    unit_cost | planned_units_per_week
    £21.50    | ten
    """,
    {(2, "unit_cost"), (2, "planned_units_per_week")},
    """
    unit_cost | planned_units_per_week
    21.50     | 10
    """,
)
example(
    "number-decimals",
    """
    unit_cost | planned_units_per_week
    21.505    | 10.000
    """,
    {(2, "unit_cost"), (2, "planned_units_per_week")},
    """
    unit_cost | planned_units_per_week
    21.50     | 10.5
    """,
)
CARER = "Social support: Support to unpaid carer"
example(
    "number-not-whole",
    f"""
    client_type  | primary_support_reason | client_funding_status | no_of_adults_being_cared_for
    Unpaid carer | {CARER}                |                       | 1.5
    """,
    {(2, "no_of_adults_being_cared_for")},
    f"""
    client_type  | primary_support_reason | client_funding_status | no_of_adults_being_cared_for
    Unpaid carer | {CARER}                |                       | 2
    """,
)
example(
    "number-negative",
    """
    unit_cost
    -21.50
    """,
    {(2, "unit_cost")},
    """
    unit_cost
    0.01
    """,
)
example(
    "cost-zero",
    """
    unit_cost
    0.00
    """,
    {(2, "unit_cost")},
    """
    unit_cost
    0.01
    """,
)
example(
    "cost-implausible",
    """
    unit_cost
    20000.01
    """,
    {(2, "unit_cost")},
    """
    unit_cost
    20000.00
    """,
)
example(
    "units-implausible",
    """
    planned_units_per_week
    168.5
    """,
    {(2, "planned_units_per_week")},
    """
    planned_units_per_week
    168
    """,
)
example(
    "adults-implausible",
    f"""
    client_type  | primary_support_reason | client_funding_status | no_of_adults_being_cared_for
    Unpaid carer | {CARER}                |                       | 11
    """,
    {(2, "no_of_adults_being_cared_for")},
    f"""
    client_type  | primary_support_reason | client_funding_status | no_of_adults_being_cared_for
    Unpaid carer | {CARER}                |                       | 10
    """,
)

# ------------------------------------------------------------------ identifiers

example(
    "nhs-number-format",
    """
    nhs_number
    943 476 5919
    943476591
    """,
    {(2, "nhs_number"), (3, "nhs_number")},
    """
    nhs_number
    9434765919
    """,
)
example(
    "nhs-number-check-digit",
    """
    nhs_number
    9434765918
    """,
    {(2, "nhs_number")},
    """
    nhs_number
    9434765919
    """,
)
example(
    "nhs-number-test",
    f"""
    nhs_number
    {with_check_digit("999012345")}
    """,
    {(2, "nhs_number")},
    f"""
    nhs_number
    {with_check_digit("998912345")}
    """,
)
example(
    "nhs-number-not-english",
    f"""
    nhs_number
    {with_check_digit("010105000")}
    {with_check_digit("320000123")}
    {with_check_digit("812345678")}
    """,
    {(2, "nhs_number"), (3, "nhs_number"), (4, "nhs_number")},
    f"""
    nhs_number
    {with_check_digit("400000123")}
    {with_check_digit("612345678")}
    """,
)
example(
    "nhs-number-placeholder",
    """
    nhs_number
    4444444444
    """,
    {(2, "nhs_number")},
    """
    nhs_number
    4444444452
    """,
)
example(
    "nhs-number-shared",
    f"""
    nhs_number       | la_person_unique_identifier
    {nhs_number(7)}  | A
    {nhs_number(7)}  | B
    {nhs_number(8)}  | C
    """,
    {(2, "nhs_number"), (3, "nhs_number")},
    f"""
    nhs_number       | la_person_unique_identifier | event_start_date
    {nhs_number(7)}  | A                           | 05/01/2026
    {nhs_number(7)}  | A                           | 06/01/2026
    """,
    beside={("duplicate-event", 3, None)},
)
example(
    "nhs-number-several",
    f"""
    nhs_number       | la_person_unique_identifier
    {nhs_number(7)}  | A
    {nhs_number(8)}  | A
    """,
    {(2, "la_person_unique_identifier"), (3, "la_person_unique_identifier")},
    f"""
    nhs_number       | la_person_unique_identifier
    {nhs_number(7)}  | A
    {nhs_number(8)}  | B
    """,
)
SAME = f"{nhs_number(7)} | A"
example(
    "person-births",
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | date_of_birth
    {SAME}                                   | 05/01/2026       | 01/06/1950
    {SAME}                                   | 06/01/2026       | 02/06/1950
    """,
    {(2, "date_of_birth"), (3, "date_of_birth")},
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | date_of_birth
    {SAME}                                   | 05/01/2026       | 01/06/1950
    {SAME}                                   | 06/01/2026       | 1950-06-01
    """,
)
example(
    "person-deaths",
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | event_end_date | date_of_death
    {SAME}                                   | 05/01/2026       | 10/02/2026     | 10/02/2026
    {SAME}                                   | 06/01/2026       | 10/02/2026     | 11/02/2026
    """,
    {(2, "date_of_death"), (3, "date_of_death")},
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | event_end_date | date_of_death
    {SAME}                                   | 05/01/2026       | 10/02/2026     | 10/02/2026
    {SAME}                                   | 06/01/2026       |                |
    """,
)
example(
    "person-genders",
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | gender
    {SAME}                                   | 05/01/2026       | Female
    {SAME}                                   | 06/01/2026       | Male
    """,
    {(2, "gender"), (3, "gender")},
    f"""
    nhs_number | la_person_unique_identifier | event_start_date | gender
    {SAME}                                   | 05/01/2026       | Female
    {SAME}                                   | 06/01/2026       | "Female "
    """,
)
example(
    "postcode-format",
    """
    postcode
    LN1 1Y
    """,
    {(2, "postcode")},
    """
    postcode
    ln11ys
    GIR 0AA
    """,
)
example(
    "gp-practice-code-format",
    """
    gp_practice_code
    C8301
    """,
    {(2, "gp_practice_code")},
    """
    gp_practice_code
    C83010
    """,
)
example(
    "cqc-location-format",
    """
    provider_cqc_location_id
    2-123456789
    """,
    {(2, "provider_cqc_location_id")},
    """
    provider_cqc_location_id
    1-123456789
    """,
)
_CARER_ROW = {
    **valid_row("r2", 1, "Review"),
    "client_type": "Unpaid carer",
    "primary_support_reason": CARER,
    "client_funding_status": "",
}
example(
    "linked-person-not-in-file",
    [valid_row("r2", 0), {**_CARER_ROW, "adult_1_linked_person_id": "P0", "adult_2_linked_person_id": "P9"}],
    {(3, "adult_2_linked_person_id")},
    [valid_row("r2", 0), {**_CARER_ROW, "adult_1_linked_person_id": "P0"}],
)
example(
    "linked-person-self",
    [valid_row("r2", 0), {**_CARER_ROW, "adult_1_linked_person_id": "P1"}],
    {(3, "adult_1_linked_person_id")},
    [valid_row("r2", 0), {**_CARER_ROW, "adult_1_linked_person_id": "P0"}],
)
_THREE = [valid_row("r2", 0), valid_row("r2", 2), valid_row("r2", 3)]
example(
    "linked-person-repeated",
    [
        *_THREE,
        {
            **_CARER_ROW,
            "adult_1_linked_person_id": "P0",
            "adult_2_linked_person_id": "P2",
            "adult_3_linked_person_id": "P0",
        },
    ],
    {(5, "adult_3_linked_person_id")},
    [
        *_THREE,
        {
            **_CARER_ROW,
            "adult_1_linked_person_id": "P0",
            "adult_2_linked_person_id": "P2",
            "adult_3_linked_person_id": "P3",
        },
    ],
)

# ------------------------------------------------------------------ what does not go together

PRISON = "Long term support: Prison"
example(
    "direct-payment-prison",
    f"""
    service_type | delivery_mechanism
    {PRISON}     | Direct payment
    """,
    {(2, "delivery_mechanism")},
    f"""
    service_type                 | delivery_mechanism
    {PRISON}                     | CASSR managed personal budget
    Long term support: Community | Direct payment
    """,
)
example(
    "outcome-deceased",
    """
    event_type | date_of_death | event_outcome
    Request    | 20/02/2026    | NFA: Deceased
    Assessment | 20/02/2026    | NFA: Deceased
    Review     | 20/02/2026    | NFA: Deceased
    """,
    {(3, "event_outcome"), (4, "event_outcome")},
    """
    event_type | date_of_death | event_outcome | event_end_date
    Request    | 20/02/2026    | NFA: Deceased | 20/02/2026
    Service    | 20/02/2026    | NFA: Deceased | 20/02/2026
    """,
)
example(
    "outcome-financial-assessment",
    """
    event_type | assessment_type      | event_outcome
    Assessment | Financial Assessment | Progress to Support Planning / Services
    """,
    {(2, "event_outcome")},
    """
    event_type | assessment_type      | event_outcome
    Assessment | Financial Assessment |
    Assessment | Long Term Assessment | Progress to Support Planning / Services
    """,
    release="r1",
)
example(
    "outcome-deceased-no-date",
    """
    event_type | event_outcome
    Request    | NFA: Deceased
    """,
    {(2, "date_of_death")},
    """
    event_type | event_outcome | date_of_death
    Request    | NFA: Deceased | 20/02/2026
    Request    | NFA: Other    |
    """,
)
example(
    "metering-only",
    """
    delivery_mechanism
    Self-Funder Metering Only
    """,
    {(2, "delivery_mechanism")},
    """
    delivery_mechanism
    Direct Payment
    """,
    release="r1",
)
example(
    "metering-only-funding",
    """
    client_funding_status
    Self-funder - Metering Only
    """,
    {(2, "client_funding_status")},
    """
    client_funding_status
    18(3) (full cost client)
    """,
    release="r1",
)
example(
    "carer-support-reason",
    """
    client_type  | client_funding_status | primary_support_reason
    Unpaid carer |                       | Mental health support
    """,
    {(2, "primary_support_reason")},
    f"""
    client_type  | client_funding_status | primary_support_reason
    Unpaid carer |                       | {CARER}
    Unpaid carer |                       | Unknown
    """,
)
example(
    "carer-component",
    """
    service_component
    Unpaid carer respite
    """,
    {(2, "service_component")},
    """
    service_type                                 | service_component
    Unpaid carer support: Direct to unpaid carer | Unpaid carer respite
    """,
)
example(
    "long-term-component",
    """
    service_component
    Reablement
    Short term nursing care
    """,
    {(2, "service_component"), (3, "service_component")},
    """
    service_component
    Long term nursing care
    Meals
    """,
)
example(
    "cost-out-of-scope",
    """
    service_type              | service_component | unit_cost
    Short term support: ST-Max | Reablement       | 21.50
    """,
    {(2, "unit_cost"), (2, "cost_frequency_unit_type"), (2, "planned_units_per_week")},
    """
    service_type                 | unit_cost
    Long term support: Community | 21.50
    """,
)
example(
    "units-not-needed",
    """
    cost_frequency_unit_type | planned_units_per_week
    Weekly                   | 1
    """,
    {(2, "planned_units_per_week")},
    """
    cost_frequency_unit_type | planned_units_per_week
    Hourly                   | 10
    """,
)

# ------------------------------------------------------------------ whole rows, whole file

example(
    "duplicate-row",
    [valid_row("r2", 0), valid_row("r2", 1), valid_row("r2", 0)],
    {(4, None)},
    [valid_row("r2", 0), valid_row("r2", 1)],
)
example(
    "duplicate-event",
    [valid_row("r2", 0), {**valid_row("r2", 0), "event_reference": "E9"}],
    {(3, None)},
    [valid_row("r2", 0), {**valid_row("r2", 0), "event_start_date": "06/01/2026"}],
)
example(
    "event-type-missing",
    """
    event_type
    Request
    Assessment
    Service
    """,
    {(None, "event_type")},
    """
    event_type
    Request
    Assessment
    Service
    Review
    """,
    also={"event-type-missing"},
)
example(
    "month-without-events",
    _months(66, ALL_MONTHS[:5] + ALL_MONTHS[6:]),
    {(None, "event_end_date")},
    _months(66, ALL_MONTHS),
)
example("few-events", _months(99, ALL_MONTHS), {FILE}, _months(100, ALL_MONTHS), also={"few-events"})
