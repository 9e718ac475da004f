"""The SALT tables of `asccld report`, and whether the files serve their period: what no file tells is not nought.

Every table reads the files by one of two rules: the latest file that covers the year, or all that came by a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from asccld.counting import counted

if TYPE_CHECKING:
    from asccld.measures import Computed, Settings
    from asccld.reports.council.material import Period

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Received:
    """A file of a council: the days that it is of, and when it came."""

    council: str
    first: date
    last: date
    imported: datetime


@dataclass(frozen=True)
class Lack:
    """What the files of a council do not tell of a period."""

    why: str
    is_whole: bool
    """Whether no figure can be made of what there is."""


@dataclass(frozen=True)
class Serving:
    """Which measures the files cannot serve, and what is to be known of the others; each by measure."""

    absent: Mapping[str, str] = field(default_factory=dict[str, str])
    cautions: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def notes(self) -> list[str]:
        """Each reason once, with the tables that it is about."""
        reasons = {why: [n for n, w in self.absent.items() if w == why] for why in self.absent.values()}
        told = [f"No figures of the {_tables(names)}. {why}" for why, names in reasons.items()]
        said = {text: [n for n, t in self.cautions.items() if t == text] for text in self.cautions.values()}
        return told + [f"The {_tables(names)}: {text}" for text, names in said.items()]


def serving(found: Computed) -> Serving:
    """Which measures have no file to be made of, in whole or in part."""
    files = _received(found)
    if not files:
        return Serving()
    limits = {name: _limit_of(name) for name in found}
    lacks = {limit: _lacks(found, limit, files) for limit in dict.fromkeys(limits.values())}
    absent: dict[str, str] = {}
    cautions: dict[str, str] = {}
    for name, limit in limits.items():
        if not (of_councils := lacks[limit]):
            continue
        everyone = len(of_councils) == len(files) and all(lack.is_whole for lack in of_councils.values())
        (absent if everyone else cautions)[name] = _told(of_councils, len(files))
    return Serving(absent, cautions)


def _tables(names: Iterable[str]) -> str:
    """`SALT tables LTS001a, ASCOF 2E`."""
    ascof = "nhse_"
    known = (n.removeprefix(ascof).upper().replace("_", " ") if ascof in n else n[:3].upper() + n[3:] for n in names)
    return f"SALT tables {', '.join(known)}"


def _limit_of(name: str) -> str:
    """The parameter by which a measure chooses its files."""
    from asccld.measures import measure_named
    from asccld.measures.held import LIMITS

    return next((limit for limit in LIMITS if limit in measure_named(name).parameters), "")


def _received(found: Computed) -> dict[str, list[Received]]:
    """The files of each council, those first that came first; none of a council whose files do not say their days."""
    from asccld.measures.selection import files_of

    rows = files_of(found.source.events).order_by("la_code", "importdate").to_pyarrow().to_pylist()
    files: dict[str, list[Received]] = {}
    for row in rows:
        if row["la_code"] and row["first"] and row["last"] and row["importdate"]:
            one = Received(row["la_code"], row["first"], row["last"], row["importdate"])
            files.setdefault(one.council, []).append(one)
    return files


def _lacks(found: Computed, limit: str, files: Mapping[str, Sequence[Received]]) -> dict[str, Lack]:
    """Of each council whose files do not tell all, what they do not; by its code."""
    from asccld.cli.measure_views import councils_without_file

    if limit == "import_by":
        without = councils_without_file(found)[1]
        return {c: Lack(_why_none(found.settings, files[c]), is_whole=True) for c in files if c in without}
    told = {council: _lack(found.settings, limit, mine) for council, mine in files.items()} if limit else {}
    return {council: lack for council, lack in told.items() if lack}


def _why_none(settings: Settings, files: Sequence[Received]) -> str:
    """Why none of the files is the latest one that covers the year, and what to do."""
    wanted = (settings.year_start, settings.end)
    able = [f for f in files if f.first <= wanted[0] and f.last >= wanted[1]]
    if not able:
        held = _words((min(f.first for f in files), max(f.last for f in files)))
        remedy = "Choose a period that one file covers, with --start and --end, or add the file of this one."
        return f"No single file covers {_words(wanted)}, as these tables need; the files are of {held}. {remedy}"
    newest = able[-1].imported.date()
    what = f"The file that covers {_words(wanted)} was received on {_day(newest)}"
    if newest > settings.import_by:
        return f"{what}, and only files received by {_day(settings.import_by)} count. {_remedy(settings, newest)}"
    option = f"--option import_after={newest - _ONE_DAY}"
    return f"{what}, and only files received after {_day(settings.import_after)} count. It counts with {option}"


def _lack(settings: Settings, limit: str, files: Sequence[Received]) -> Lack | None:
    """What is not told of the period by the files that came by a day."""
    wanted, by = (settings.start, settings.end), getattr(settings, limit)
    in_time = [f for f in files if _counts(f, settings, limit)]
    told, of_all = (_covered(some, wanted) for some in (in_time, files))
    if told == [wanted]:
        return None
    if told != of_all:
        needed = next(f for place, f in enumerate(files) if _covered([*in_time, *files[: place + 1]], wanted) == of_all)
        held = f"{_list(told)} only, and not" if told else "nothing"
        came = needed.imported.date()
        what = f"The files received before {_day(by)}, which alone count, tell of {held} of all of {_words(wanted)}"
        return Lack(f"{what}. The missing one was received on {_day(came)}. {_remedy(settings, came)}", is_whole=True)
    remedy = "Choose a period that the files cover, with --start and --end, or add the files that lack."
    if not told:
        return Lack(f"No file is of any day of {_words(wanted)}. {remedy}", is_whole=True)
    return Lack(f"Only {_list(told)} is covered by files, and not all of {_words(wanted)}. {remedy}", is_whole=False)


def _counts(file: Received, settings: Settings, limit: str) -> bool:
    """Whether a file came in time, as the measures have it."""
    end_of = datetime.combine(getattr(settings, limit), datetime.min.time())
    if limit == "sts_import_by" and settings.documented("x19"):
        return file.imported < end_of + _ONE_DAY
    return file.imported <= end_of if limit == "sts_import_by" else file.imported < end_of


def _covered(files: Iterable[Received], wanted: Period) -> list[Period]:
    """The days of a period that any of the files is of, as spans that do not touch."""
    spans: list[Period] = []
    for first, last in sorted((max(f.first, wanted[0]), min(f.last, wanted[1])) for f in files):
        if first > last:
            continue
        if spans and first <= spans[-1][1] + _ONE_DAY:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def _remedy(settings: Settings, imported: date) -> str:
    """All of the options that let a file count, so that nobody has to ask twice."""
    from asccld.measures.held import LIMITS, later_limits

    return f"It counts with {later_limits((n for n in LIMITS if getattr(settings, n) <= imported), imported)}"


def _told(lacks: Mapping[str, Lack], councils: int) -> str:
    """The reason of one council; of several, every council with its own."""
    if councils == 1:
        return next(iter(lacks.values())).why
    what = (
        f"The files of {len(lacks)} of {counted(councils, 'council')} do not tell everything, which is not counted as 0"
    )
    return f"{what}. {' '.join(_of_each(lacks))}"


def _of_each(lacks: Mapping[str, Lack]) -> Iterator[str]:
    """Each reason once, with the councils that it holds for."""
    from asccld.standard import load_standard

    known = load_standard().council_by_code
    for why in dict.fromkeys(lack.why for lack in lacks.values()):
        codes = [code for code, lack in lacks.items() if lack.why == why]
        yield f"{', '.join(f'{known[c].name} ({c})' if c in known else c for c in codes)}: {why.removesuffix('.')}."


def _list(spans: Sequence[Period]) -> str:
    return " and ".join(_words(span) for span in spans)


def _words(span: Period) -> str:
    from asccld.reports.display import period

    return period(span)


def _day(moment: date) -> str:
    from asccld.reports.display import day

    return day(moment)
