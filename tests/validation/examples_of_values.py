"""Lists, dates, numbers, identifiers: rules at work."""

from __future__ import annotations

from datetime import date

from validation.examples import CARER, example, with_check_digit
from validation.spec import nhs_number, valid_row

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
