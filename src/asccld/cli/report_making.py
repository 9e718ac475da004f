"""Making a report: reading, computing, gathering, drawing, and putting everything in place at once."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asccld.cli.measure_inputs import Asked, asked
from asccld.cli.report_source import Input, opened
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    import polars as pl

    from asccld.cli.report_run import Computed
    from asccld.reports.council.material import Material, Period, Quality, Traced, Unit
    from asccld.reports.council.model import Report
    from asccld.reports.council.placing import Placed

ENGINE = "duckdb://?memory_limit=768MB"
"""A council's data take little more; what does not fit goes to the disk."""


@dataclass(frozen=True)
class Told:
    """What the command was told."""

    out: Path | None
    store: Path | None
    file: Path | None
    events: str | None
    catalogue: str | None
    la: str | None
    end: date | None
    start: date | None
    as_of: date | None
    reference: Path | None
    published: Path | None
    options: tuple[str, ...]
    people: bool
    persons: tuple[str, ...]
    persons_file: Path | None
    references: tuple[str, ...]
    shareable: bool
    summary: bool


def make(told: Told) -> bool:
    """Make the report; False where it was held back because an identifier would have been in it."""
    from asccld.reports.council.gather import gathered
    from asccld.reports.council.scanning import IdentifierFound

    refuse_contradictions(told)
    try:
        with input_of(told) as given, place_of(told) as placed:
            material = material_of(told, given, placed)
            report = gathered(material)
            if placed is not None:
                write(report, given, placed)
    except IdentifierFound as error:
        talk(f"asccld: {error}")
        return False
    if told.summary:
        from asccld.reports.council.terminal import print_summary

        print_summary(report)
    if told.out is not None:
        _tell(told.out, report)
    return True


def refuse_contradictions(told: Told) -> None:
    """Raise AsccldError for a report without a place, and for personal data that are to be shared."""
    if told.out is None and not told.summary:
        raise AsccldError("There is no folder for the report", "--out", "Give --out FOLDER, or --summary alone")
    asked_for = {
        "--people": told.people,
        "--person": told.persons,
        "--persons": told.persons_file,
        "--event-reference": told.references,
    }
    for option, value in asked_for.items():
        if value and told.shareable:
            remedy = "Leave one of them out"
            raise AsccldError("What is made to be shared holds no personal data", f"--shareable, {option}", remedy)
        if value and told.out is None:
            raise AsccldError(f"{option} changes nothing in a summary", option, "Give --out FOLDER, or leave it out")
    for option, path in {"--file": told.file, "--published": told.published}.items():
        if path is not None and not path.is_file():
            raise AsccldError("There is no such file", str(path), f"Check the path given with {option}")


@contextmanager
def input_of(told: Told) -> Generator[Input]:
    """What the command was told to read."""
    with opened(
        store=told.store,
        catalogue=told.catalogue,
        events=told.events,
        file=told.file,
        la=told.la,
        as_of=told.as_of,
        end=told.end,
    ) as given:
        _refuse_replacing(told, given)
        yield given


def _refuse_replacing(told: Told, given: Input) -> None:
    """Raise AsccldError for an output within an input, or above it."""
    if told.out is None:
        return
    out = told.out.resolve()
    for name, place in {"input": given.place, "reference tables": told.reference}.items():
        inside = place.resolve() if place is not None else None
        if inside is not None and (out == inside or inside in out.parents):
            raise AsccldError(
                f"The report would be written into the {name}", str(told.out), "Give --out another folder"
            )


def place_of(told: Told) -> Any:  # noqa: ANN401 - one of two context managers
    """Where the report goes, if anywhere."""
    from asccld.reports.council.placing import placing

    return placing(told.out) if told.out is not None else nullcontext()


@dataclass(frozen=True)
class _Parts:
    """What was computed while the engine was there."""

    asked: Asked
    councils: Mapping[str, str]
    quality: Quality
    made: Computed
    traced: tuple[Traced, ...]
    units: tuple[Unit, ...]

    @property
    def several(self) -> bool:
        return len(self.councils) > 1


def material_of(told: Told, given: Input, placed: Placed | None) -> Material:
    """Compute everything that the report is gathered from."""
    from asccld.reports.council.material import Material
    from asccld.reports.council.published import read_published

    published = read_published(told.published) if told.published else None
    parts = _computed(told, given, placed)
    made, period = parts.made, (parts.asked.start, parts.asked.end)
    if placed is not None and not told.shareable:
        _keep_history(placed, made)
    code = None if parts.several else next(iter(parts.councils))
    together = counted(len(parts.councils), "council")
    return Material(
        council_code=code,
        council_name=_name(code, parts.councils) if code else together,
        period=period,
        tables={**made.tables, "names": _names(parts.councils)},
        made_at=datetime.now(UTC).replace(microsecond=0),
        several=parts.several,
        previous=_previous(period, made),
        history=tuple(made.history),
        published=published,
        quality=parts.quality,
        served=tuple(made.served),
        units=parts.units,
        traced=parts.traced,
        absent=made.absent,
        cautions=made.cautions,
        facts=tuple(_facts(told, given, made)),
        notes=tuple(_notes(given, made)),
        shareable=told.shareable,
    )


def _computed(told: Told, given: Input, placed: Placed | None) -> _Parts:
    from asccld.cli.report_files import quality_of
    from asccld.cli.report_run import Wanted, councils_in, events_in, run
    from asccld.cli.report_traces import Tracing, referred_records
    from asccld.engine import connected
    from asccld.reports.council.originals import records_in

    asked_for = _asked(told, given)
    with connected(ENGINE) as con, events_in(con, given) as events:
        councils = councils_in(events, given.council)
        tracing = Tracing.of(told.persons, told.persons_file, told.references, events, given)
        # First what holds whole files in memory, which is free again when the measures need it.
        quality = quality_of(given, asked_for.end, several=len(councils) > 1)
        wanted = Wanted(
            told=asked_for,
            councils=tuple(councils),
            people=told.people,
            keep_table=lambda name, frame: _keep(told, placed, name, frame),
            look=tracing.look if tracing.is_wanted else None,
        )
        made = run(con, wanted)
        _refuse_nothing(made, quality)
        traced = tracing.traced(events, asked_for)
        records = referred_records(events, records_in(unit.rows for unit in made.units)) if told.people else None
    # Now that the engine's memory is free the files are read again.
    units = () if records is None else tuple(_with_references(made.units, records, given))
    return _Parts(asked_for, councils, quality, made, traced, units)


def _refuse_nothing(made: Computed, quality: Quality) -> None:
    """Raise why nothing was computed, unless the files do not serve the period and their quality can be told."""
    from asccld.measures.held import OutsideData

    if made.tables or not made.errors:
        return
    wrong = [error for error in made.errors if not isinstance(error, OutsideData)]
    if wrong or quality.latest is None:
        raise (wrong or made.errors)[0]


def _asked(told: Told, given: Input) -> Asked:
    """The period and the options; raises AsccldError for none, and for one that the files do not cover."""
    from asccld.cli.report_run import EVENTS
    from asccld.measures.dhsc.run_plan import year_up_to

    end = told.end or given.end
    if end is None:
        raise AsccldError("A report needs the last day of its period", "--end", "Example: --end 2026-03-31")
    if given.end is not None and end > given.end:
        what = f"The newest file ends on {given.end}, before {end}"
        raise AsccldError(what, f"--end {end}", f"Choose --end {given.end} or earlier, or add a newer file")
    start = told.start or year_up_to(end)
    moments = [datetime.combine(day, time()) for day in (start, end, given.as_of)]
    options = ["intervals=95", *told.options]
    return asked(
        moments[0],
        moments[1],
        options,
        events=EVENTS,
        store=None,
        catalogue=None,
        as_of=moments[2],
        reference=told.reference,
    )


def _previous(period: Period, made: Computed) -> Period | None:
    """The period a year before where the files cover it, else the one three months before, if any."""
    from asccld.standard.calendar import months_later

    known = [found for found, _ in made.history]
    year = months_later(period[0], -12)
    return next((p for p in known if p[0] == year), known[-1] if known else None)


def _keep(told: Told, placed: Placed | None, name: str, frame: pl.DataFrame) -> None:
    from asccld.reports.council.placing import write_table

    if placed is not None and not told.shareable:
        write_table(frame, placed.tables / f"{name}.csv")


def _keep_history(placed: Placed, made: Computed) -> None:
    from asccld.reports.council.placing import write_table

    for period, tables in made.history:
        for name, frame in tables.items():
            write_table(frame, placed.tables / f"{period[0]}_{period[1]}" / f"{name}.csv")


def _with_references(units: Sequence[Unit], records: pl.DataFrame, given: Input) -> Iterator[Unit]:
    """Those who are counted with the council's own identifiers and event references."""
    from dataclasses import replace

    from asccld.cli.report_traces import with_own_cells
    from asccld.reports.council.originals import with_own_references

    known = with_own_cells(records, given)
    return (replace(unit, rows=with_own_references(unit.rows, known)) for unit in units)


def write(report: Report, given: Input, placed: Placed) -> None:
    """Write all parts of the report; raises IdentifierFound where one that is to be shared holds an identifier."""
    from asccld.reports.council.placing import write_about, write_shown_tables
    from asccld.reports.council.web import write_web
    from asccld.reports.council.workbook import write_workbook

    talk("Writing the workbook and the pages")
    if report.shareable:
        write_shown_tables(report, placed)
    write_workbook(report, placed.workbook)
    write_web(report, placed.pages, tables=placed.tables)
    write_about(report, placed)
    if report.shareable:
        from asccld.cli.report_traces import identifiers_of
        from asccld.reports.council.scanning import refuse_identifiers

        identifiers = identifiers_of(given)
        files = refuse_identifiers(placed.folder, identifiers, report)
        talk(f"No identifier of the input is in the {counted(files, 'file')}: {identifiers.number:,} values looked for")


def _name(code: str, councils: Mapping[str, str]) -> str:
    from asccld.standard import load_standard

    known = load_standard().council_by_code.get(code)
    return known.name if known else councils.get(code, code)


def _names(councils: Mapping[str, str]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"la_code": list(councils), "la_name": [_name(c, councils) for c in councils]})


def _facts(told: Told, given: Input, made: Computed) -> list[tuple[str, str]]:
    from asccld.reports.council.placing import FORMAT
    from asccld.standard import load_standard
    from asccld.version import __version__

    kinds = {"store": "a register of submissions", "file": "one submission", "events": "a table of collected events"}
    facts = [
        ("asccld", __version__),
        ("Standard", load_standard().fingerprint),
        ("Made from", kinds[given.kind]),
        ("Files count that were received by", f"{given.as_of:%d/%m/%Y}"),
        ("Options", ", ".join(told.options) or "as published"),
    ]
    if made.wording:
        facts.append(("Wording of the events", made.wording.removeprefix("The events are in ")))
    if told.reference:
        names = sorted(p.name for p in told.reference.iterdir() if p.suffix.lower() in {".csv", ".parquet"})
        facts.append(("Reference tables given", ", ".join(names) or "none"))
    if given.checked is not None:
        facts.append(("Check of the file", given.checked.verdict))
    return [*facts, ("Format", FORMAT)]


def _notes(given: Input, made: Computed) -> list[str]:
    notes = list(dict.fromkeys(made.notes))
    if given.checked is not None and given.checked.verdict == "REJECTED":
        reasons = "; ".join(given.checked.reasons)
        notes.insert(0, f"The file would be REJECTED: {reasons}. Its events are counted all the same")
    if made.lost:
        rows = sum(count for _, count, _ in made.lost)
        notes.append(
            f"NHS England wrote the SALT method in the words of Release 1, and {counted(rows, 'value')} of these files"
            f" {'has' if rows == 1 else 'have'} no counterpart there: where such a value decides a SALT figure, it"
            " counts as unknown or not at all. ASCOF, waiting times, activity and costs do not need this step"
        )
    notes.extend(str(error) for error in made.errors)
    return [*dict.fromkeys(notes)]


def _tell(out: Path, report: Report) -> None:
    from asccld.reports.council.model import PERSONAL_BANNER
    from asccld.reports.council.placing import PAGES, TABLES, WORKBOOK

    talk(f"Workbook: {out / WORKBOOK}")
    talk(f"Pages:    {out / PAGES / 'index.html'}")
    talk(f"Tables:   {out / TABLES}")
    if report.personal:
        talk(PERSONAL_BANNER)
