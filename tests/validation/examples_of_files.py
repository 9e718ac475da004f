"""Columns, cells, the reporting period, the council: rules at work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from validation.examples import FILE, PLAIN, example
from validation.spec import STANDARD, Row, valid_row

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
    "column-database-spelling",
    PLAIN,
    {FILE},
    PLAIN,
    fires_with={"headers": {"event_type": "Event_Type", "unit_cost": "unit_cost"}},
)
example(
    "column-order",
    PLAIN,
    {FILE},
    PLAIN,
    fires_with={"columns": list(STANDARD.releases["r2"].headers)[::-1]},
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
    "la-code-missing",
    """
    la_code
    503
    (empty)
    """.replace("(empty)", '""'),
    {(3, "la_code")},
    """
    la_code
    503
    """,
)
example(
    "la-code-format",
    """
    la_code
    Lincolnshire
    """,
    {(2, "la_code")},
    """
    la_code
    503
    """,
)
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
