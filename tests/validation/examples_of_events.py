"""What must, may and must not be filled, and what does not go together: rules at work."""

from __future__ import annotations

from validation.examples import CARER, example
from validation.spec import association_row, valid_row

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
