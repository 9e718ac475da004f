"""Persons and events that `asccld report` is asked to trace, and the identifiers that a shared report may not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asccld.errors import AsccldError

if TYPE_CHECKING:
    import polars as pl
    from ibis.expr.types import Table

    from asccld.cli.measure_inputs import Asked
    from asccld.cli.report_source import Input
    from asccld.reports.council.material import Traced
    from asccld.reports.council.scanning import Identifiers
    from asccld.reports.council.tracing import Subject

COLLECTED = ("event_reference", "la_person_unique_identifier", "der_nhs_number_pseudo", "der_nhs_number_traced_pseudo")
"""Columns of collected events that point at a person."""


@dataclass
class Tracing:
    """Whom to trace, and where the measures count them."""

    subjects: tuple[Subject, ...]
    known: pl.DataFrame | None
    counted: list[pl.DataFrame] = field(default_factory=list[Any])

    @classmethod
    def of(
        cls, persons: tuple[str, ...], file: Path | None, references: tuple[str, ...], events: Table, given: Input
    ) -> Tracing:
        """The persons and events that were asked for; raises AsccldError for one that is not among the events."""
        from asccld.reports.council.tracing import subjects_of

        asked = [("person", text) for text in (*persons, *(_lines(file) if file else ()))]
        asked += [("event reference", text) for text in references]
        if not asked:
            return cls((), None)
        known = known_records(events, given)
        return cls(subjects_of(asked, events, known), known)

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be traced."""
        return bool(self.subjects)

    def look(self, tables: Mapping[str, Mapping[str, Table]]) -> None:
        """Find the subjects among those whom the measures count."""
        from asccld.reports.council.tracing import counted_by

        self.counted += counted_by(self.subjects, tables)

    def traced(self, events: Table, asked: Asked) -> tuple[Traced, ...]:
        """Everything about the subjects."""
        from asccld.cli.measure_main import MAIN_START, joined_start
        from asccld.processing import Reference
        from asccld.reports.council.tracing import Run, trace

        if not self.subjects or self.known is None:
            return ()
        options = {name: value for name, value in asked.of_main.items() if name != MAIN_START}
        run = Run(
            joined_start(asked),
            asked.start,
            asked.end,
            asked.as_of or asked.end,
            Reference.read(asked.reference),
            options,
        )
        return trace(self.subjects, events, self.known, self.counted, run)


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AsccldError(
            "The list of persons cannot be read", str(file), "Give a text file, one person on a line"
        ) from error
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise AsccldError("The list of persons is empty", str(file), "Write one person on each line")
    return found


def known_records(events: Table, given: Input) -> pl.DataFrame:
    """Record id, event reference, the council's own identifier, submission and row of every record of the events."""
    return with_own_cells(referred_records(events), given)


def referred_records(events: Table, only: pl.Series | None = None) -> pl.DataFrame:
    """Record id and event reference of every record of the events, or of those whose ids are wanted `only`."""
    import polars as pl

    from asccld.reports.council.originals import RECORD, REFERENCE

    columns = [c for c in (RECORD, REFERENCE) if c in events.columns]
    if RECORD not in columns:
        return pl.DataFrame(schema={RECORD: pl.Int64, REFERENCE: pl.String})
    found = _of_records(events, only).select(*columns).to_polars().with_columns(pl.col(RECORD).cast(pl.Int64))
    return found if REFERENCE in columns else found.with_columns(pl.lit(None, pl.String).alias(REFERENCE))


def with_own_cells(records: pl.DataFrame, given: Input) -> pl.DataFrame:
    """The records with the council's own identifier, submission and row, from the files as they were received."""
    import polars as pl

    from asccld.reports.council.originals import LOCAL_ID, RECORD, cells_of

    blank = pl.DataFrame(schema={RECORD: pl.Int64, "row": pl.Int64, LOCAL_ID: pl.String, "submission": pl.Int64})
    ids = records.select(RECORD)
    parts = (
        frame.join(ids, on=RECORD, how="semi").with_columns(pl.lit(o.number, pl.Int64).alias("submission"))
        for o in given.originals
        for frame in cells_of(o.path, o.first_record_id, o.reading, (LOCAL_ID,))
    )
    return records.join(pl.concat([blank, *parts]), on=RECORD, how="left", maintain_order="left")


def _of_records(events: Table, only: pl.Series | None) -> Table:
    if only is None:
        return events
    import ibis

    return events.semi_join(ibis.memtable(only.to_frame()), only.name)


def identifiers_of(given: Input) -> Identifiers:
    """Every identifying value of the files that went in, and of the events that were collected of them."""
    from asccld.reports.council.originals import cells_of, identifying_fields
    from asccld.reports.council.scanning import Identifiers

    found = Identifiers()
    fields = identifying_fields()
    for original in given.originals:
        for frame in cells_of(original.path, original.first_record_id, original.reading, (*fields, "event_reference")):
            for name in (*fields, "event_reference"):
                found.add(name, frame[name])
            found.add_names(frame["first_name"], frame["last_name"])
    for name, values in _collected(given):
        found.add(name, values)
    return found


def _collected(given: Input) -> Any:  # noqa: ANN401 - pairs of a name and a column
    from asccld.engine import connected, table

    with connected(None) as con:
        events = table(con, given.events)
        for name in COLLECTED:
            if name in events.columns:
                yield name, events.select(name).distinct().to_polars()[name]
