"""The beginning of the demo: from the extracts of a case management system to a submission."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from asccld.synthetic import Submission

SYSTEM = "mosaic"


def map_made_up_extracts(out: Path, submission: Submission) -> list[Path]:
    """Make the extracts behind a submission up, in invented words, and make the submission of them.

    Returns the submission first, then its mapping and its report.
    """
    from asccld.cli import map_views
    from asccld.intake.mapping.loading import read_mapping
    from asccld.intake.mapping.proving import prove
    from asccld.intake.mapping.running import map_extracts
    from asccld.intake.mapping.sidecar import sidecar_of, write_sidecar
    from asccld.standard import load_standard
    from asccld.synthetic import write_extracts
    from asccld.synthetic.local_extracts import MAPPING_FILE

    folder, path = out / "extracts", out / "submission.csv"
    extracts = write_extracts(folder, SYSTEM, submission)
    tables = sum(extract.suffix == ".csv" for extract in extracts)
    typer.echo(f"{tables} extracts with invented headers and codes, and a mapping file: {folder}")
    typer.echo(f"\n$ asccld map --mapping {folder / MAPPING_FILE} --out {path}\n")
    result = map_extracts(prove(read_mapping(folder / MAPPING_FILE), load_standard()), path)
    write_sidecar(result, path)
    map_views.show(result, out=path, every=False)
    return [path, folder / MAPPING_FILE, sidecar_of(path)]
