"""One zip to send when asking for help. It is made of what may be told, so nothing has to be taken out of it."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asccld.reports.diagnostics import extract, machine, store
from asccld.reports.diagnostics.trying import Trials
from asccld.reports.files import replacing
from asccld.settings import load_settings

if TYPE_CHECKING:
    import polars as pl

    from asccld.standard import Standard

FORMAT: Final = "asccld-diagnostics-1"
SELF_TEST_ROWS: Final = 500
READ_ME: Final = """\
What is in this file, and what is not

It was made by "asccld diagnose" to be sent to somebody who helps. Nothing was sent anywhere. Look into it: it is text.

  diagnostics.json  versions, the machine, how the file or the register is built, timings, and where something failed
  columns.csv       each column of the file by its place, and the field of the standard that it is taken for
  rules.csv         how often each rule failed
  fields.csv        the national counts by field, event type, status and validity
  months.csv        events by type and month
  submissions.csv   the submissions of the register with their counts

Not in it: names, identifiers, dates of persons, postcodes, event references, row numbers, values of any cell,
headers that are not of the standard, names of files and folders, names of users and machines, the text of errors.

Counts of faults, of values and of events of 1 to 4, which could point at a person, are written as "1 to 4". Every
other one is rounded to the nearest 5, so that no sum or difference tells what a band hides.

What it does tell: the council's code, the period, how many rows there are, and the SHA-256 of the file.
"""


@dataclass(frozen=True)
class Bundle:
    """What was written."""

    path: Path
    parts: Mapping[str, int]
    """Name and bytes of each part."""
    failed: tuple[str, ...]
    """What was tried and did not work."""


def diagnose(
    out: Path,
    *,
    file: Path | None = None,
    register: Path | None = None,
    catalogue: str | None = None,
    standard: Standard | Path | None = None,
    **options: Any,  # noqa: ANN401 - as `validate` takes them: la, release, policy, sheet, delimiter, encoding
) -> Bundle:
    """Write the bundle about this installation, and about a file and a register where they are given.

    Whatever fails is noted and the rest goes on: a failure is the usual reason to ask. Raises ReportError where the
    bundle itself cannot be written.
    """
    trials = Trials()
    tables: dict[str, pl.DataFrame] = {}
    content: dict[str, Any] = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": trials.attempt("read the versions", machine.program),
        "machine": trials.attempt("look at the machine", lambda: machine.machine(out.absolute().parent)),
        "speeds": trials.attempt("measure the machine", machine.speeds),
        "self_test": trials.attempt("check a made-up file", _self_test),
    }
    settings = trials.attempt("read the settings", load_settings)
    content["overlay_in_use"] = bool(standard or (settings and settings.standard))
    standard = standard or (settings.standard if settings else None)
    if file is not None:
        told = extract.described(file, trials, options, standard)
        content["file"], tables = told.facts, told.tables
    if register is not None:
        content["register"], submissions = store.described(register, catalogue, trials)
        if submissions is not None:
            tables["submissions"] = submissions
    content |= {"seconds": trials.seconds, "failures": trials.failures}
    return Bundle(out, _written(out, content, tables), tuple(trials.failures))


def _self_test() -> dict[str, Any]:
    """Whether a made-up file is checked as it should be: an installation that is broken fails here, and no file can."""
    from asccld.synthetic import make_councils
    from asccld.validation import validate

    made = next(iter(make_councils(rows=SELF_TEST_ROWS, seed=1)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.csv"
        made.frame.write_csv(path)
        result = validate(path)
    return {"rows": result.file.rows, "verdict": result.verdict, "seconds": round(result.seconds, 3)}


def _written(out: Path, content: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    parts = {"README.txt": READ_ME.encode(), "diagnostics.json": _json(content)}
    parts |= {f"{name}.csv": _csv(table) for name, table in tables.items()}
    with replacing(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return {name: len(text) for name, text in parts.items()}


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=True, default=str) + "\n").encode("ascii")


def _csv(table: pl.DataFrame) -> bytes:
    room = io.BytesIO()
    table.write_csv(room)
    return room.getvalue()
