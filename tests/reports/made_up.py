"""Results of checking files that never were: the shape is the engine's, the figures are ours."""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import polars as pl

from asccld.identifying import HIDDEN
from asccld.standard import Field, load_standard
from asccld.validation.result import (
    FIELD_COLUMNS,
    FINDING_COLUMNS,
    RULE_COLUMNS,
    SEVERITIES,
    FileFacts,
    Provenance,
    ReleaseChoice,
    Severity,
    ValidationResult,
    Verdict,
)

PERIOD = (date(2025, 10, 1), date(2026, 9, 30))
EVENT_SHARES = {"Request": 0.22, "Assessment": 0.18, "Service": 0.41, "Review": 0.16, "(blank)": 0.02}
REJECTING = {"column-unknown", "la-code-several", "period-inconsistent", "date-unreadable"}
MODULE_OF_TYPE = {
    "Events (requests only)": "Request",
    "Events (assessments only)": "Assessment",
    "Events (services only)": "Service",
    "Events (reviews only)": "Review",
    "Costs (services only)": "Service",
}
WRONG_VALUES = ["Not known", "White british", "Long Term Support", "99", "N/A", "Direct payments", "Home support"]
Rule = dict[str, str]


def shipped_rules() -> list[Rule]:
    text = files("asccld.validation").joinpath("data/rules.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _fields_of(rule: Rule, fields: Sequence[Field]) -> list[Field | None]:
    groups = {
        "@all": lambda f: True,
        "@list": lambda f: bool(f.defined_list),
        "@date": lambda f: f.type == "date",
        "@decimal": lambda f: f.type == "decimal",
        "@integer": lambda f: f.type == "integer",
        "@mandatory": lambda f: bool(f.mandatory_when) or f.module == "Person details",
        "@conditional": lambda f: f.module in MODULE_OF_TYPE,
        "@event": lambda f: f.module.startswith("Events"),
    }
    named = rule["fields"].split()
    chosen = [f for f in fields if f.name in named or any(groups[n](f) for n in named if n in groups)]
    return [f for f in chosen if f"-{f.name}" not in named] or [None]


def _severity(rule: Rule) -> str:
    return "reject" if rule["id"] in REJECTING else rule["severity"]


def _rule_row(
    rule: Rule, field: Field | None, rows: int, failed: int, checked: int, example: str | None
) -> dict[str, object]:
    header = field.header if field else None
    return {
        "rule": rule["id"],
        "field": field.name if field else None,
        "header": header,
        "severity": _severity(rule),
        "outcome": "failed" if failed else "passed" if checked else "not applicable",
        "failed": failed,
        "checked": checked,
        "listed": min(failed, 1000) if rule["listed"] == "1000" else failed,
        "confidence": rule["confidence"],
        "title": rule["title"],
        "message": _general(rule["message"], header),
        "fix": _general(rule["fix"], header),
        "source": rule["source"],
        "example_row": min(rows + 1, 17) if failed else None,
        "example_value": example if failed else None,
    }


def _general(text: str, header: str | None) -> str:
    places = {"{field}": header or "the row", "{value}": "…", "{meant}": "…", "{condition}": "always"}
    for place, words in places.items():
        text = text.replace(place, words)
    return text


def _rule_table(rows: int, faults: float, chance: random.Random) -> pl.DataFrame:
    release = load_standard().releases["r2"]
    table: list[dict[str, object]] = []
    for rule in shipped_rules():
        for field in _fields_of(rule, release.fields):
            whole_file = rule["type"] in {"header", "whole_file"}
            checked = 1 if whole_file else chance.choice([0, rows, rows // 2, rows // 5])
            failed = 0
            if checked and faults and chance.random() < 0.5:
                failed = 1 if whole_file else min(checked, round(rows * faults * chance.paretovariate(1.1) / 40))
            example = HIDDEN if field and field.identifying else chance.choice(WRONG_VALUES)
            table.append(_rule_row(rule, field, rows, failed, checked, example))
    return pl.DataFrame(table, schema=RULE_COLUMNS)


def findings_of(rules: pl.DataFrame, rows: int) -> pl.DataFrame:
    """One finding for every one listed, spread over the rows of the file, in the engine's order."""
    wrong = pl.Series(WRONG_VALUES)
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    row = (number.over("rule", "field") * 7 + 16) % max(rows, 1) + 2
    failed = rules.filter(pl.col("listed") > 0).with_columns(pl.col("severity").cast(pl.Enum(SEVERITIES)))
    return (
        failed.sort("severity", "rule", "field", maintain_order=True)
        .select(pl.all().repeat_by("listed").explode())
        .with_columns(
            pl.col("severity").cast(pl.String),
            pl.when(pl.col("field").is_not_null()).then(row).alias("row"),
            pl.when(pl.col("example_value") == HIDDEN)
            .then(pl.lit(HIDDEN))
            .otherwise(pl.lit(wrong).gather(number % len(wrong)))
            .alias("value"),
        )
        .with_columns(pl.format("EV{}", pl.col("row")).alias("event_reference"))
        .select(pl.col(name).cast(kind) for name, kind in FINDING_COLUMNS.items())
    )


def _cells(
    field: Field, event_type: str, count: int, faults: float, chance: random.Random
) -> Iterable[tuple[str, str, int]]:
    own_type = MODULE_OF_TYPE.get(field.module)
    if own_type and event_type != own_type:
        status = "Undetermined" if event_type == "(blank)" else "Not applicable"
        yield status, "Passed: Blank (Not Mandatory)", count
        return
    mandatory = field.module in {"Submission information", "Person details", "Events (all)"} or bool(field.defined_list)
    bad = round(count * min(0.4, faults * chance.paretovariate(1.5) / 2))
    blank, invalid, earlier = bad // 2, bad // 3, bad - bad // 2 - bad // 3
    if mandatory:
        yield "Mandatory", "Failed: Blank (Mandatory)", blank
    status = "Mandatory" if mandatory else "Applicable but not mandatory"
    optional_blank = 0 if mandatory else round((count - bad) * chance.random())
    yield status, "Failed: Invalid", invalid + (0 if mandatory else blank)
    yield status, "Failed: Release 1" if field.defined_list else "Failed: Invalid", earlier
    yield status, "Passed: Blank (Not Mandatory)", optional_blank
    yield status, "Passed: Valid", count - bad - optional_blank


def _field_table(rows: int, faults: float, chance: random.Random) -> pl.DataFrame:
    table: list[tuple[object, ...]] = []
    for field in load_standard().releases["r2"].fields:
        for event_type, share in EVENT_SHARES.items():
            for status, validity, count in _cells(field, event_type, round(rows * share), faults, chance):
                if count:
                    table.append((field.name, field.header, field.module, event_type, status, validity, count))
    return (
        pl.DataFrame(table, schema=FIELD_COLUMNS, orient="row")
        .group_by(*list(FIELD_COLUMNS)[:-1], maintain_order=True)
        .agg(pl.col("count").sum())
    )


def _month_table(rows: int, chance: random.Random) -> pl.DataFrame:
    first = pl.date_range(date(2024, 5, 1), date(2026, 10, 1), "1mo", eager=True).to_list()
    table = [
        (
            kind,
            month,
            0
            if (kind, month.month, month.year) == ("Review", 3, 2026)
            else round(size * (0.8 + 0.4 * chance.random())),
        )
        for kind, share in EVENT_SHARES.items()
        for month in first
        for size in [rows * share / 12 * (1 if PERIOD[0] <= month <= PERIOD[1] else 0.02)]
    ]
    schema = {"event_type": pl.String, "month": pl.Date, "events": pl.UInt32}
    return pl.DataFrame(table, schema=schema, orient="row").filter(pl.col("events") > 0)


def _verdict(counts: dict[Severity, int]) -> Verdict:
    if counts["reject"]:
        return "REJECTED"
    return "ACCEPTED WITH ERRORS" if counts["error"] else "ACCEPTED"


def _dq_values(fields: pl.DataFrame) -> pl.DataFrame:
    named = {"header": "datafield", "field_status": "fieldstatus", "field_validity": "fieldvalidity"}
    order = ["la_name", "la_code", "module", "datafield", "fieldstatus", "fieldvalidity", "value", "count"]
    return (
        fields.rename(named)
        .with_columns(la_name=pl.lit("Lincolnshire"), la_code=pl.lit("503"), value=pl.lit("N/A - PID"))
        .select(order)
    )


def with_findings(result: ValidationResult, findings: pl.DataFrame) -> ValidationResult:
    return replace(result, findings=findings)


def made_up(rows: int = 2_000, faults: float = 0.05, seed: int = 1) -> ValidationResult:
    """A result for a file of so many rows with about this share of faulty cells."""
    chance = random.Random(seed)
    rules = _rule_table(rows, faults, chance)
    totals = dict(rules.group_by("severity").agg(pl.col("failed").sum()).iter_rows())
    counts: dict[Severity, int] = {severity: totals.get(severity, 0) for severity in SEVERITIES}
    verdict = _verdict(counts)
    rejecting = rules.filter(severity="reject", outcome="failed")
    fields = _field_table(rows, faults, chance)
    return ValidationResult(
        file=FileFacts(
            path=Path("submissions/lincolnshire-2026-q2.csv"), sha256="9f2c" * 16, size_bytes=rows * 410, kind="csv",
            encoding="utf-8", delimiter=",", sheet=None, rows=rows, columns=48,
            notes=("A byte order mark at the start of the file was left out.",),
        ),
        release=ReleaseChoice("r2", "Release 2", "its period ends on or after 30 September 2025", given=False),
        provenance=Provenance(
            version="0.1.0", standard="4be1c9a07d52", rules="c81d20ff3a96", policy="asccld default 1 (77aa31b2)",
            adopted=(), received=date(2026, 10, 20),
        ),
        la_code="503", la_name="Lincolnshire", period=PERIOD, derived_period=PERIOD, verdict=verdict,
        reasons=tuple(f"{title}: {n:,} times" for title, n in rejecting.select("title", "failed").iter_rows()),
        counts=counts,
        rows_with={severity: min(rows, round(count * 0.8)) for severity, count in counts.items()},
        rules=rules, fields=fields, months=_month_table(rows, chance), findings=findings_of(rules, rows),
        dq_values=_dq_values(fields), seconds=rows / 400_000, identifiers_shown=False,
    )  # fmt: skip
