"""Extracts as a case management system would give them, made up: local headers, local words, local dates.

The layouts and the words are invented, so that they fit nobody's system by accident and show everything that a mapping
has to do. What is written is the way back from a submission, which is therefore the truth of a mapping: `map` has to
make that file of these extracts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.standard.names import did_you_mean
from asccld.synthetic.choices import word
from asccld.synthetic.local_files import LocalFile, write_local_files
from asccld.synthetic.local_tables import LocalTables, tables_of
from asccld.synthetic.local_words import BETWEEN, LOCAL, SERVICE, SYSTEMS, in_local_words
from asccld.synthetic.writing import writing_into, written_csv

if TYPE_CHECKING:
    from asccld.synthetic.model import Submission

MAPPING_FILE = "mapping.toml"
_LISTED = {"own_primary_support_reason": "primary_support_reason", "reason_at_request": "primary_support_reason"}
_FIRST_CONTACT = {"liquidlogic": "New Contact"}


def write_with_extracts(out: Path, system: str, submissions: Iterable[Submission]) -> list[Path]:
    """Write each submission, and beside it a folder of its name with the extracts behind it and their mapping file.

    Returns the paths of all. Raises AsccldError for a system without invented words.
    """
    _known(system)
    written: list[Path] = []
    with writing_into(out):
        for submission in submissions:
            path = written_csv(submission.frame, out / submission.file_name)
            written += [path, *write_extracts(path.with_suffix(""), system, submission)]
    return written


def write_extracts(out: Path, system: str, submission: Submission) -> list[Path]:
    """Write the extracts of one system behind a submission, and the mapping file that makes it of them.

    `submission` is of the newest release. Raises AsccldError for a system without invented words.
    """
    files = local_files(system, submission)
    with writing_into(out):
        return [*write_local_files(out, files), *write_mapping(out, system, submission)]


def write_mapping(out: Path, system: str, submission: Submission) -> list[Path]:
    """Write the mapping template of a system, with the council and the period of a submission."""
    filled = {
        'la_code = "503"': f'la_code = "{submission.la_code}"',
        "start = 2025-04-01": f"start = {submission.period_start}",
        "end = 2026-03-31": f"end = {submission.period_end}",
        "REQ-503-": f"REQ-{submission.la_code}-",
        "ASS-503-": f"ASS-{submission.la_code}-",
        "SER-503-": f"SER-{submission.la_code}-",
        "REV-503-": f"REV-{submission.la_code}-",
    }
    template = LOCAL / "mappings" / _known(system)
    written: list[Path] = []
    for source in sorted(p for p in template.rglob("*") if p.is_file()):
        text = source.read_text(encoding="utf-8")
        for before, own in filled.items():
            text = text.replace(before, own)
        target = out / source.relative_to(template)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text.encode())
        written.append(target)
    return written


def local_files(system: str, submission: Submission) -> list[LocalFile]:
    """The extracts of one system behind a submission."""
    with (LOCAL / f"{_known(system)}.toml").open("rb") as file:
        layout = tomllib.load(file)
    tables = tables_of(submission)
    return [
        LocalFile(
            told["name"],
            told.get("sheet"),
            told.get("delimiter", ","),
            _Extract(system, layout, told["name"]).table(_rows(tables, told["rows"]), told["columns"]),
        )
        for told in layout["file"]
    ]


def _known(system: str) -> str:
    if system not in SYSTEMS:
        remedy = did_you_mean(system, SYSTEMS, count=1) or f"There are: {', '.join(SYSTEMS)}"
        raise AsccldError(f"There are no made-up words for '{system}'", None, remedy)
    return system


def _rows(tables: LocalTables, rows: str) -> pl.DataFrame:
    """The rows of one extract."""
    people, events = tables.people, tables.events
    is_carer = pl.col("client_type") != word("client_type", "user")
    services = events.filter(pl.col("event_type") == word("event_type", "service"))
    match rows:
        case "people":
            return people
        case "carers":
            return people.filter(is_carer & ~pl.col("is_test"))
        case "without events":
            return people.filter(~pl.col("has_events"))
        case "providers":
            return services.filter(pl.col("provider_cqc_location_id").is_not_null()).unique(
                "provider_cqc_location_id", keep="first", maintain_order=True
            )
        case "costs":
            return services.filter(pl.col("unit_cost").is_not_null())
        case _:
            return events.filter(pl.col("event_type").is_in(rows.split(", ")))


@dataclass(frozen=True)
class _Extract:
    system: str
    layout: Mapping[str, Any]
    name: str

    def table(self, rows: pl.DataFrame, columns: Sequence[Sequence[str]]) -> pl.DataFrame:
        """The rows under local headers, as the file has them."""
        return pl.DataFrame([self._column(rows, source).alias(header) for header, source in columns])

    def _column(self, rows: pl.DataFrame, source: str) -> pl.Series:
        listed = load_standard().latest.list_of(_LISTED.get(source, source))
        made = {
            "service": self._service,
            "is_test": self._is_test,
            "provider": self._provider,
            "sub_type": self._sub_type,
            "reason_at_request": self._reason_at_request,
        }
        if source in made:
            return made[source](rows)
        if source == "status" or listed is not None:
            return self._words(rows[source], rows, listed.name if listed else source)
        return self._plain(rows[source])

    def _service(self, rows: pl.DataFrame) -> pl.Series:
        both = rows.select(pl.concat_str("service_type", "service_component", separator=BETWEEN)).to_series()
        return self._words(both, rows, SERVICE)

    def _is_test(self, rows: pl.DataFrame) -> pl.Series:
        return rows.select(pl.when("is_test").then(pl.lit("Y")).otherwise(pl.lit("N"))).to_series()

    def _provider(self, rows: pl.DataFrame) -> pl.Series:
        return rows.select(pl.lit("PR") + pl.col("provider_cqc_location_id").str.slice(-4)).to_series()

    def _reason_at_request(self, rows: pl.DataFrame) -> pl.Series:
        asked = pl.col("event_type") == word("event_type", "request")
        reason = rows.select(pl.when(asked).then("primary_support_reason")).to_series()
        return self._words(reason, rows, "Primary Support Reason")

    def _words(self, column: pl.Series, rows: pl.DataFrame, name: str) -> pl.Series:
        local = in_local_words(column, rows["key"], self.system, name)
        return local.fill_null(self.layout["empty"]) if "empty" in self.layout else local

    def _sub_type(self, rows: pl.DataFrame) -> pl.Series:
        """What kind of request, assessment or review: one column for all."""
        kinds = ((f, load_standard().latest.by_name[f].defined_list) for f in ("assessment_type", "review_reason"))
        local = [in_local_words(rows[f], rows["key"], self.system, name).alias(f) for f, name in kinds]
        return pl.DataFrame(local).select(pl.coalesce(pl.all(), pl.lit(_FIRST_CONTACT[self.system]))).to_series()

    def _plain(self, column: pl.Series) -> pl.Series:
        if column.dtype == pl.Date:
            return column if self.name.endswith((".xlsx", ".parquet")) else column.dt.strftime(self.layout["dates"])
        if column.name == "nhs_number" and self.layout.get("nhs_number_grouped"):
            return column.str.replace(r"^(\d{3})(\d{3})(\d{4})$", "$1 $2 $3")
        if column.name == "unit_cost" and self.layout.get("pounds"):
            return "£" + column.str.replace(r"(\d)(\d{3}\.)", "$1,$2")
        return column
