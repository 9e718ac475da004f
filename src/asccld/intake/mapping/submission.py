"""`map_extracts`: from extracts to a submission in one call, as the command does it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from asccld.intake.mapping import running
from asccld.intake.mapping.given import given_files
from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.report import Report
from asccld.intake.mapping.sidecar import write_sidecar
from asccld.standard import Standard, load_standard


def map_extracts(
    mapping: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    extracts: Sequence[str | os.PathLike[str]] = (),
    standard: Standard | str | os.PathLike[str] | None = None,
    progress: running.Progress | None = None,
) -> Report:
    """Write the submission that a mapping file makes of its extracts, with its report beside it.

    Without `out` nothing is written: that is the check. `extracts` are folders, files or `NAME=FILE`, where they are
    not those that the mapping names. Raises AsccldError for whatever is wrong with the mapping or missing in the
    extracts; what is wrong with single values is in the report's `findings`.
    """
    the_standard = standard if isinstance(standard, Standard) else load_standard(Path(standard) if standard else None)
    plan = prove(read_mapping(Path(mapping)), the_standard)
    target = Path(out) if out is not None else None
    report = running.map_extracts(plan, target, given_files(plan, [os.fspath(e) for e in extracts]), progress)
    if target is not None:
        write_sidecar(report, target)
    return report
