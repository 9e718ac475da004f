"""The report that stands beside a submission, and by which others know the mapping that made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from asccld.intake.mapped import sidecar_of

if TYPE_CHECKING:
    from asccld.intake.mapping.report import Report

__all__ = ["sidecar_of", "write_sidecar"]


def write_sidecar(report: Report, submission: Path) -> Path:
    """Write the report beside the submission and return its path."""
    from asccld.intake.mapping.writing import written

    path = sidecar_of(submission)
    with written(path) as target:
        target.add((json.dumps(report.content, indent=1, ensure_ascii=False) + "\n").encode())
    return path
