"""What stands on each sheet of the workbook."""

# XlsxWriter has no type information: what we pass is checked by the tests that read the workbook back.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from asccld.counting import all_of, counted
from asccld.reports.display import day, number, period, size, visible, visible_column
from asccld.reports.excel_writing import LONGEST_TEXT, Cell, Column, Formats, height_of, new_sheet, write_table
from asccld.reports.quality import FORMULAS, by_field, by_field_and_event_type, overall
from asccld.validation.result import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from xlsxwriter import Workbook

    from asccld.validation.result import ValidationResult

RULES: dict[str, Column] = {
    "severity": Column("Severity", 11),
    "outcome": Column("Outcome", 14),
    "title": Column("Rule", 36),
    "header": Column("Field", 30),
    "failed": Column("Found", 11, "count"),
    "checked": Column("Checked", 11, "count"),
    "share": Column("Share", 9, "rate"),
    "example_row": Column("Example row", 10, "count"),
    "fix": Column("What to do", 50),
    "example_value": Column("Example value", 24, printed=False),
    "message": Column("What is wrong", 50, printed=False),
    "shown": Column("On sheet Findings", 11, "count", printed=False),
    "confidence": Column("Confidence", 11, printed=False),
    "source": Column("Source", 40, printed=False),
    "rule": Column("Rule id", 24, printed=False),
}
"""Columns of the sheet Rules by their name in the result's table (share and shown are computed)."""

FIELDS: dict[str, Column] = {
    "header": Column("Field", 34),
    "module": Column("Module", 32),
    "event_type": Column("Event type", 16),
    "completeness": Column("Completeness", 13, "rate"),
    "validity": Column("Validity", 10, "rate"),
    "mandatory_failure_rate": Column("Mandatory failure rate", 12, "rate"),
    "applicable": Column("Cells where it applies", 12, "count"),
    "mandatory": Column("of these mandatory", 12, "count"),
    "filled": Column("Filled", 11, "count"),
    "passed": Column("Passed", 11, "count"),
    "blank_mandatory": Column("Mandatory but blank", 12, "count"),
    "invalid": Column("Invalid", 11, "count"),
    "earlier_release": Column("Of an earlier release", 12, "count"),
    "not_applicable": Column("Not applicable", 12, "count"),
    "undetermined": Column("Undetermined", 14, "count"),
}
"""Columns of the sheet Fields by their name in `quality`."""

FINDINGS: dict[str, Column] = {
    "severity": Column("Severity", 10),
    "row": Column("Row", 10, "count"),
    "event_reference": Column("Event reference", 20),
    "header": Column("Field", 28),
    "value": Column("Value", 28),
    "message": Column("What is wrong", 55),
    "fix": Column("What to do", 50),
    "confidence": Column("Confidence", 11, printed=False),
    "rule": Column("Rule id", 24, printed=False),
}
"""Columns of the sheet Findings by their name in the findings table."""

ALL_EVENT_TYPES = "(all)"

CAUTION = "Identifying values are shown: do not pass this workbook on."

_MEANINGS: dict[Severity, str] = {
    "reject": "rejects the file",
    "error": "wrong by the standard",
    "warning": "probably wrong",
    "info": "worth knowing",
}


def summary_sheet(book: Workbook, formats: Formats, result: ValidationResult) -> None:
    """Verdict, reasons, file, counts and provenance."""
    sheet = new_sheet(book, "Summary", landscape=False)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 70)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, "Adult Social Care Client Level Data: data quality", formats.title)
    sheet.set_row(1, 24)
    sheet.write_string(1, 0, result.verdict, formats.verdicts[result.verdict])
    for row, (term, fact) in enumerate(_facts(result), start=3):
        sheet.set_row(row, height_of([fact], [70]))
        sheet.write_string(row, 0, term, formats.term)
        if isinstance(fact, str):
            sheet.write_string(row, 1, fact, formats.of("text", fact))
        elif fact is not None:
            sheet.write_number(row, 1, fact, formats.count if isinstance(fact, int) else formats.rate)


def _facts(result: ValidationResult) -> Iterator[tuple[str, Cell]]:
    file, made = result.file, result.provenance
    yield from (
        ("Why rejected" if not place else "", visible(reason, 300)) for place, reason in enumerate(result.reasons)
    )
    yield "File", visible(file.path.name)
    yield "Size", f"{counted(file.rows, 'row')}, {counted(file.columns, 'column')}, {size(file.size_bytes)}"
    yield "Council", visible(f"{result.la_name or 'not recognised'} (LA Code {result.la_code or 'not stated'})", 160)
    yield "Reporting period", period(result.period)
    yield "Period that the events show", period(result.derived_period)
    yield (
        "Release",
        f"{result.release.title}: {'chosen by the user' if result.release.given else result.release.reason}",
    )
    yield from (("Note", visible(note, 300)) for note in file.notes)
    if result.identifiers_shown:
        yield "Caution", CAUTION
    yield "", None
    for severity in SEVERITIES:
        yield f"Findings: {severity} ({_MEANINGS[severity]})", result.counts.get(severity, 0)
        yield "   rows with at least one", result.rows_with.get(severity, 0)
    yield "", None
    yield from _rates(result)
    yield "", None
    yield "asccld", made.version
    yield "Standard", made.standard
    yield "Rules", made.rules
    yield "Policy", made.policy
    yield "Adopted workbooks", ", ".join(visible(name) for name in made.adopted) or "none"
    yield "Day of submission", day(made.received)
    yield "Mapping that made the file", visible(file.mapping) if file.mapping else "none known"
    yield "SHA-256 of the file", file.sha256


def _rates(result: ValidationResult) -> Iterator[tuple[str, Cell]]:
    rates = overall(result.fields).to_dicts()
    for (name, formula), column in zip(FORMULAS, ("completeness", "validity", "mandatory_failure_rate"), strict=True):
        yield name, rates[0][column] if rates else "–"
        yield "   how it is made (inferred)", formula


def rules_sheet(book: Workbook, formats: Formats, result: ValidationResult, shown: pl.DataFrame) -> None:
    """Every rule on every field, those that found something first."""
    sheet = new_sheet(book, "Rules")
    listed = shown.select(pl.col("rule", "field").cast(pl.String)).group_by("rule", "field").len("shown")
    table = (
        result.rules.join(listed, on=["rule", "field"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.col("shown").fill_null(0),
            share=pl.when(pl.col("checked") > 0).then(pl.col("failed") / pl.col("checked")),
        )
        .sort(pl.col("failed") == 0, maintain_order=True)
        .select(list(RULES))
    )
    _write(sheet, formats, 0, RULES, _for_cells(table))


def fields_sheet(book: Workbook, formats: Formats, result: ValidationResult) -> None:
    """Completeness and validity of every field, over all and by event type."""
    sheet = new_sheet(book, "Fields")
    whole = by_field(result.fields).with_columns(event_type=pl.lit(ALL_EVENT_TYPES))
    table = pl.concat([whole.select(list(FIELDS)), by_field_and_event_type(result.fields).select(list(FIELDS))])
    order = {header: place for place, header in enumerate(whole["header"])}
    place = pl.col("header").replace_strict(order, default=None, return_dtype=pl.UInt32)
    _write(sheet, formats, 0, FIELDS, _for_cells(table.sort(place, maintain_order=True)))


def findings_sheet(
    book: Workbook, formats: Formats, result: ValidationResult, shown: pl.DataFrame, findings_path: Path | None
) -> None:
    """Findings, and in the first line how many there are and where all of them are."""
    sheet = new_sheet(book, "Findings")
    caution = f"{CAUTION} " if result.identifiers_shown else ""
    sheet.write_string(0, 0, caution + _how_many(result, shown.height, findings_path), formats.note)
    _write(sheet, formats, 1, FINDINGS, _for_cells(shown.select(list(FINDINGS))))


def _how_many(result: ValidationResult, shown: int, findings_path: Path | None) -> str:
    found, listed = sum(result.counts.values()), result.findings.height
    if shown == found:
        return f"{all_of(found, 'finding')}."
    if shown == listed:
        rest = "the others are of rules that list only their first ones (sheet Rules)."
        return f"{number(shown)} of {counted(found, 'finding')}; {rest}"
    where = str(findings_path) if findings_path else "asccld validate FILE --findings FINDINGS.csv"
    return (
        f"{number(shown)} of {counted(found, 'finding')}: the most severe first, and some of every rule."
        f" {number(found - shown)} are not here (counts: sheet Rules). All that are listed: {where}"
    )


def _write(sheet: object, formats: Formats, top: int, columns: dict[str, Column], table: pl.DataFrame) -> None:
    write_table(sheet, formats, top, list(columns.values()), table.iter_rows(), table.height)  # pyright: ignore[reportArgumentType]


def _for_cells(table: pl.DataFrame) -> pl.DataFrame:
    """Texts as a cell can hold and a reader can see them."""
    texts = [name for name, kind in table.schema.items() if isinstance(kind, pl.String | pl.Enum | pl.Categorical)]
    return table.with_columns(visible_column(table[name].cast(pl.String), LONGEST_TEXT) for name in texts)
