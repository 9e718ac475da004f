"""What `asccld report` reads: a register, a table of events, or one submission that is in no register."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from asccld.privacy import PseudonymKey
    from asccld.reports.council.checked import Checked
    from asccld.submissions import Listed, Register, Submission
    from asccld.validation import ValidationResult

RECEIVED_AT = time(12)
"""A single file counts as received at noon after its period: as every method wants it, and not by the clock."""


@dataclass(frozen=True)
class Original:
    """The bytes of a submission, and which record ids its rows have in file order."""

    number: int | None
    path: Path
    release: str
    first_record_id: int
    rows: int
    reading: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Input:
    """Where the events are, and what is known of the files that they came in."""

    events: str | list[Path]
    kind: str
    """`store`, `file` or `events`."""
    place: Path | None
    """What may not be replaced by an output."""
    council: str | None
    """The only council that the report is about; None for all of the input, or where that is not known yet.

    Of a table of events as it was typed: nobody has looked into the table yet.
    """
    end: date | None
    """The last day that the newest file covers."""
    as_of: date
    withdrawn: tuple[tuple[str, datetime], ...] = ()
    listed: tuple[Listed, ...] = ()
    originals: tuple[Original, ...] = ()
    checked: Checked | None = None
    register: Register | None = None


@contextmanager
def opened(
    *,
    store: Path | None,
    catalogue: str | None,
    events: str | None,
    file: Path | None,
    la: str | None,
    as_of: date | None,
    end: date | None,
) -> Generator[Input]:
    """The input that was named; raises AsccldError for none or several, and for a council that is not in it."""
    refuse_wrong_number({"--store": store, "--events": events, "--file": file})
    typed = (la or "").strip() or None
    if store is not None:
        yield from _of_store(store, catalogue, typed, as_of or datetime.now(UTC).date())
    elif file is not None:
        with TemporaryDirectory(prefix="asccld-", ignore_cleanup_errors=True) as folder:
            yield _of_file(file, Path(folder), typed, end)
    else:
        place = Path(str(events))
        yield Input(str(events), "events", place, typed, None, as_of or datetime.now(UTC).date())


def refuse_wrong_number(inputs: Mapping[str, object]) -> None:
    """Raise AsccldError for none or several of these options."""
    given = [name for name, value in inputs.items() if value is not None]
    if len(given) != 1:
        what = f"There are {len(given)} inputs" if given else "There is no input"
        remedy = "Give a register with --store, or one submission with --file, or collected events with --events"
        raise AsccldError(what, ", ".join(given or inputs), remedy)


def council_among(known: Sequence[str], typed: str, what: str) -> str:
    """The code that was typed, in whatever capitals; raises AsccldError that names the council that is nearest."""
    from asccld.standard import load_standard
    from asccld.standard.names import nearest

    if typed.upper() in known:
        return typed.upper()
    councils = load_standard().council_by_code
    names = {councils[code].name: code for code in known if code in councils}
    near = nearest(typed, [*known, *names], 1)
    remedy = f"There are: {_some(known)}" if known else "Check the code, and the file"
    if near:
        code = names.get(near[0], near[0])
        remedy = f"Did you mean {code}{f' ({councils[code].name})' if code in councils else ''}?"
    other = councils.get(typed.upper())
    raise AsccldError(
        f"{what} no such council" if other is None else f"{what} nothing of {other.name}", f"--la {typed}", remedy
    )


def _of_store(store: Path, catalogue: str | None, code: str | None, as_of: date) -> Generator[Input]:
    from asccld.submissions import Register

    with Register.open(store, catalogue=catalogue) as register:
        listed = register.list(as_of=as_of)
        council = _council_of(listed, code, store, received_later=not listed and bool(register.list()))
        mine = [entry for entry in listed if council is None or entry.submission.la_code == council]
        standing = [e.submission for e in mine if e.state in {"current", "superseded"}]
        paths = register.parquet_paths(as_of, la=council)
        ends = [p[1] for s in standing if (p := s.derived_period or s.period)]
        yield Input(
            events=paths,
            kind="store",
            place=store,
            council=council,
            end=max(ends, default=None),
            as_of=as_of,
            withdrawn=tuple(register.withdrawn()),
            listed=tuple(mine),
            originals=tuple(_original(register, s) for s in standing),
            register=register,
        )


def _council_of(listed: Sequence[Listed], code: str | None, store: Path, *, received_later: bool) -> str | None:
    """The council that is meant: the one asked for, the only one, or None for all; raises AsccldError."""
    usable = sorted({e.submission.la_code for e in listed if e.state in {"current", "superseded"}})
    if received_later:
        raise AsccldError("No file of the register was received by then", "--as-of", "Choose a later day")
    if not usable:
        what = "The register holds no accepted submission" if listed else "The register is empty"
        raise AsccldError(what, str(store), "Add files with: asccld submissions add")
    if code is None:
        return usable[0] if len(usable) == 1 else None
    if code.upper() not in usable and any(e.submission.la_code == code.upper() for e in listed):
        remedy = f"asccld submissions list --store {store} --la {code} says why"
        raise AsccldError("No file of this council counts: all are rejected or withdrawn", f"--la {code}", remedy)
    return council_among(usable, code, "The register has")


def _some(codes: Sequence[str]) -> str:
    from asccld.standard import load_standard

    councils, most, with_names = load_standard().council_by_code, 20, 5
    named = [f"{c} ({councils[c].name})" if c in councils and len(codes) <= with_names else c for c in codes]
    return ", ".join(named[:most]) + (f" and {len(codes) - most} more" if len(codes) > most else "")


def _original(register: Register, found: Submission) -> Original:
    path = register.store.joinpath(*found.original.split("/"))
    return Original(
        found.number, path, found.release, found.first_record_id or 0, found.events_rows or 0, found.reading
    )


def _of_file(file: Path, folder: Path, typed: str | None, end: date | None) -> Input:
    """Check the file and collect its events, whatever the verdict: the report says what it was."""
    from asccld.privacy import PseudonymKey
    from asccld.reports.council.checked import Checked
    from asccld.validation import validate

    code = typed.upper() if typed else None
    result = validate(file, la=code)
    council = code or result.la_code
    if council is None:
        raise AsccldError("The file does not say of which council it is", str(file), "Give the code with --la")
    if result.la_code not in {None, council}:
        what = f"The rows of the file are of council {result.la_code}, and not of {typed}"
        named = f"{result.la_code} ({result.la_name})" if result.la_name else result.la_code
        raise AsccldError(what, f"--la {typed}", f"Give --la {named}, or the file of the council that is meant")
    period = result.period or result.derived_period
    last = end or (period[1] if period else None)
    if last is None:
        raise AsccldError("The file does not say which period it covers", str(file), "Give the last day with --end")
    moment = datetime.combine(last + timedelta(days=1), RECEIVED_AT)
    rows = _collect(file, folder / "events.parquet", council, moment, result, PseudonymKey.generate())
    return Input(
        events=[folder / "events.parquet"],
        kind="file",
        place=file,
        council=council,
        end=last,
        as_of=moment.date(),
        originals=(Original(None, file, result.release.id, 1, rows),),
        checked=Checked.of(result),
    )


def _collect(file: Path, out: Path, council: str, moment: datetime, result: ValidationResult, key: PseudonymKey) -> int:
    from asccld.intake import open_extract
    from asccld.standard import load_standard
    from asccld.submissions.collected import Import, collected_events
    from asccld.submissions.events import write_events

    known = load_standard().council_by_code.get(council)
    imported = Import(council, known.name if known else council, moment, 1, 1, result.release.id)
    with open_extract(file) as extract:
        return write_events(collected_events(extract, imported, key), out, max(result.file.rows, 1))
