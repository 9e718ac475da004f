"""The language of these tests: a small table of rows in, a set of findings out.

    check('''
        event_type | event_end_date
        Review     |
    ''') == {("open-event", 2, "event_end_date")}

A table names only the columns that matter. Every other cell is that of a valid row of the release: a person of their
own with an event of the given type (a service where none is given). A cell in double quotes keeps its blanks; the word
(blank row) is a row without any value. Row numbers are those of the file: the header is row 1.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import xlsxwriter
from hypothesis import HealthCheck

from asccld.standard import Release, load_standard
from asccld.validation import ValidationResult, validate

Row = Mapping[str, str]
Finding = tuple[str, int | None, str | None]

STANDARD = load_standard()
RECEIVED = date(2026, 5, 1)
BLANK_ROW: Row = {}

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
"""For made-up files: each is written, read and checked."""

OF_SMALL_FILES = frozenset({"few-events", "event-type-missing", "period-derived"})
"""What every file of a few rows gets; left out unless asked for."""


def nhs_number(n: int) -> str:
    """The n-th valid NHS number from 4000000000 on."""
    found = -1
    base = 400_000_000
    while True:
        check = (11 - sum(int(d) * w for d, w in zip(str(base), range(10, 1, -1), strict=True)) % 11) % 11
        found += check != 10
        if found == n:
            return f"{base}{check}"
        base += 1


PEOPLE = [nhs_number(n) for n in range(200)]

_PERSON = {
    "la_code": "503",
    "gender": "Female",
    "date_of_birth": "01/06/1950",
    "postcode": "LN1 1YS",
    "accommodation_status": "Unknown",
    "has_unpaid_carer": "No",
}
_RELEASES: Mapping[str, Row] = {
    "r2": {
        "reporting_period_start_date": "01/04/2025",
        "reporting_period_end_date": "31/03/2026",
        "ethnicity": "White: Irish",
        "client_type": "Service user",
        "primary_support_reason": "Physical support: Personal care support",
        "client_funding_status": "Fully social care funded",
        "event_start_date": "05/01/2026",
    },
    "r1": {
        "reporting_period_start_date": "01/04/2024",
        "reporting_period_end_date": "31/03/2025",
        "ethnicity": "White - Irish",
        "client_type": "Service User",
        "primary_support_reason": "Physical Support: Personal care support",
        "client_funding_status": "Fully Social Care Funded",
        "event_start_date": "05/01/2025",
    },
    "v5": {
        "reporting_period_start_date": "01/04/2022",
        "reporting_period_end_date": "31/03/2023",
        "ethnicity": "White - Irish",
        "primary_support_reason": "Physical Support: Personal care support",
        "event_start_date": "05/01/2023",
    },
}
_ENDS = {"r2": "20/02/2026", "r1": "20/02/2025", "v5": "20/02/2023"}
_EVENTS: Mapping[str, Mapping[str, Row]] = {
    "r2": {
        "Request": {
            "event_outcome": "Progress to assessment, review or reassessment",
            "request_route_of_access": "Community or other route",
        },
        "Assessment": {
            "event_outcome": "Progress to support planning or services",
            "assessment_type": "Long term assessment",
            "method_of_assessment": "Service user only",
        },
        "Service": {
            "event_outcome": "Continuation of support or services",
            "service_type": "Long term support: Community",
            "service_component": "Home support or domiciliary care",
            "delivery_mechanism": "CASSR managed personal budget",
            "unit_cost": "21.50",
            "cost_frequency_unit_type": "Hourly",
            "planned_units_per_week": "10.00",
        },
        "Review": {
            "event_outcome": "Continuation of support or services",
            "review_reason": "Planned",
            "review_outcomes_achieved": "Fully met",
            "method_of_review": "Service user only",
        },
    },
    "r1": {
        "Request": {
            "event_outcome": "Progress to Assessment",
            "request_route_of_access": "Community / Other route",
        },
        "Assessment": {
            "event_outcome": "Progress to Support Planning / Services",
            "assessment_type": "Long Term Assessment",
            "method_of_assessment": "Service user only",
        },
        "Service": {
            "event_outcome": "Provision of service",
            "service_type": "Long Term Support: Community",
            "service_component": "Home Support",
            "delivery_mechanism": "CASSR Managed Personal Budget",
            "unit_cost": "21.50",
            "cost_frequency_unit_type": "Hourly",
            "planned_units_per_week": "10.00",
        },
        "Review": {
            "event_outcome": "No change in package",
            "review_reason": "Planned",
            "review_outcomes_achieved": "Fully Met",
            "method_of_review": "Service user only",
        },
    },
    "v5": {
        "Request": {
            "event_outcome": "Progress to Assessment",
            "request_route_of_access": "Community / Other route",
        },
        "Assessment": {
            "event_outcome": "Progress to Support Planning / Services",
            "assessment_type": "Long Term Assessment",
        },
        "Service": {
            "event_outcome": "Provision of service",
            "service_type": "Long Term Support: Community",
            "delivery_mechanism": "Community: CASSR Managed Personal Budget",
        },
        "Review": {"event_outcome": "No change in package", "review_reason": "Planned"},
    },
}


def valid_row(release: str, n: int, event_type: str = "Service") -> dict[str, str]:
    """A row with nothing to find: the n-th person and one event of the type."""
    event = dict(_EVENTS[release].get(event_type, {}))
    if event_type in ("Request", "Assessment", "Review"):
        event["event_end_date"] = _ENDS[release]
    who = {
        "nhs_number": PEOPLE[n],
        "la_person_unique_identifier": f"P{n}",
        "event_reference": f"E{n}",
        "event_type": event_type,
    }
    return {**_PERSON, **_RELEASES[release], **who, **event}


def association_row(release: str, n: int, linked: str = "") -> dict[str, str]:
    """A carer known by association: a person, whom they care for, and no event."""
    row = valid_row(release, n, "")
    row.update(dict.fromkeys(("event_reference", "event_start_date", "client_funding_status"), ""))
    row["client_type"] = "Unpaid carer known by association" if release == "r2" else "Carer known by association"
    row["adult_1_linked_person_id"] = linked
    return row


def rows_of(table: str, release: str) -> list[Row]:
    """The rows of a table, each filled up to a valid one."""
    lines = [line for line in table.splitlines() if line.strip()]
    names = _cells(lines[0])
    given = [None if "(blank row)" in line else dict(zip(names, _cells(line), strict=True)) for line in lines[1:]]
    return [BLANK_ROW if g is None else _filled_up(g, release, n) for n, g in enumerate(given)]


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split("|")]
    return [c[1:-1].replace("\\n", "\n") if len(c) > 1 and c[0] == c[-1] == '"' else c for c in cells]


def _filled_up(given: Row, release: str, n: int) -> Row:
    if "known by association" in given.get("client_type", ""):
        return {**association_row(release, n), **given}
    event_type = given.get("event_type", "Service")
    known = event_type if event_type in _EVENTS[release] else "Service"
    return {**valid_row(release, n, known), **given}


def headers_of(release: Release, without: Iterable[str] = ()) -> dict[str, str]:
    """The official header of every column, but for those left out."""
    return {name: header for name, header in release.headers.items() if name not in set(without)}


def write_csv(path: Path, rows: Sequence[Row], headers: Mapping[str, str]) -> Path:
    """The rows as a file; `headers` gives columns, their order and what is written above each."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(headers.values())
        writer.writerows([row.get(name, "") for name in headers] for row in rows)
    return path


def write_workbook(path: Path, rows: Sequence[Row], headers: Mapping[str, str], numbers: frozenset[str]) -> Path:
    """The rows as a workbook of text cells, but for the columns that are to be numbers."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Extract")
        sheet.write_row(0, 0, list(headers.values()))
        for at, row in enumerate(rows, start=1):
            for column, name in enumerate(headers):
                text = row.get(name, "")
                if text and name in numbers:
                    sheet.write_number(at, column, float(text))
                elif text:
                    sheet.write_string(at, column, text)
    return path


def result_of(
    rows: str | Sequence[Row],
    *,
    release: str = "r2",
    columns: Sequence[str] | None = None,
    without: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
    la: str | None = None,
    received: date = RECEIVED,
    policy: str | None = None,
    show_identifiers: bool = False,
    dq_values: bool = False,
    checked_as: str | None = None,
    excel_numbers: Iterable[str] | None = None,
) -> ValidationResult:
    """The result of checking the rows as a CSV file.

    `columns` are the file's columns in order (default: the release's, but for `without`); `headers` are those written
    differently, and columns besides the release's; `policy` is the text of a policy file; `checked_as` another release
    (or auto) than the one that the rows are made for; `excel_numbers` makes a workbook, with these columns as numbers.
    """
    wanted = STANDARD.releases[release]
    written = headers_of(wanted, without)
    if columns is not None:
        written = {name: written[name] for name in columns}
    written.update(headers or {})
    filled = rows_of(rows, release) if isinstance(rows, str) else list(rows)
    with tempfile.TemporaryDirectory() as folder:
        if excel_numbers is None:
            path = write_csv(Path(folder) / "extract.csv", filled, written)
        else:
            path = write_workbook(Path(folder) / "extract.xlsx", filled, written, frozenset(excel_numbers))
        policy_path = None
        if policy is not None:
            policy_path = Path(folder) / "policy.toml"
            policy_path.write_text(policy, encoding="utf-8")
        return validate(
            path,
            release=checked_as or release,
            la=la,
            received=received,
            policy=policy_path,
            show_identifiers=show_identifiers,
            dq_values=dq_values,
        )


def findings_of(result: ValidationResult, also: Iterable[str] = ()) -> set[Finding]:
    """(rule, row, field) of every finding but those that every small file gets."""
    left_out = OF_SMALL_FILES - set(also)
    found = result.findings.select("rule", "row", "field").cast({"rule": pl.String, "field": pl.String}).iter_rows()
    return {(rule, row, field) for rule, row, field in found if rule not in left_out}


def check(
    rows: str | Sequence[Row],
    *,
    release: str = "r2",
    la: str | None = None,
    received: date = RECEIVED,
    also: Iterable[str] = (),
    without: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    policy: str | None = None,
    checked_as: str | None = None,
    excel_numbers: Iterable[str] | None = None,
) -> set[Finding]:
    """The findings of a small file: (rule, row, field); row and field are None where a finding is about more."""
    result = result_of(
        rows,
        release=release,
        la=la,
        received=received,
        without=without,
        headers=headers,
        columns=columns,
        policy=policy,
        checked_as=checked_as,
        excel_numbers=excel_numbers,
    )
    return findings_of(result, also)
