"""What a report keeps of checked and of compared files: counts and words, and none of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asccld.reports.faults import checks_of, to_fix_first

if TYPE_CHECKING:
    import polars as pl

    from asccld.reports.faults import Check
    from asccld.submissions import Comparison, Submission
    from asccld.validation import ValidationResult

MOST_FAULTS: Final = 40


@dataclass(frozen=True)
class Checked:
    """The check of one file."""

    fields: pl.DataFrame
    """The national data-quality model, counted."""
    faults: tuple[Check, ...]
    """The faults to mend first."""
    rows: int
    rows_with: Mapping[str, int]
    verdict: str
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, result: ValidationResult) -> Checked:
        """What is kept of a check."""
        faults = to_fix_first(checks_of(result))[:MOST_FAULTS]
        rows_with = {str(name): count for name, count in result.rows_with.items()}
        return cls(result.fields, faults, result.file.rows, rows_with, result.verdict, result.reasons)


@dataclass(frozen=True)
class Changes:
    """What changed from one submission to the next."""

    earlier: Submission
    later: Submission
    events: Mapping[str, int]
    """How many events were added, are gone and so on, by words for it."""
    fields: pl.DataFrame
    months: pl.DataFrame

    @classmethod
    def of(cls, found: Comparison) -> Changes:
        """What is kept of a comparison."""
        events = {
            "Events added": found.added.height,
            "Events gone": found.gone.height,
            "of which ended before the new period": found.left_the_period,
            "Events changed": found.changed,
            "Events unchanged": found.unchanged,
        }
        return cls(found.earlier, found.later, events, found.fields, found.months)
