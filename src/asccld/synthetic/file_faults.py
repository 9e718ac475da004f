"""Faults of a whole file: its columns, its period, its council, what it leaves out.

They would drown or reject everything else, so each is a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from asccld.errors import AsccldError
from asccld.standard import Release, Standard, load_standard
from asccld.standard.calendar import month_end, months_later, release_in_force
from asccld.synthetic.chance import number_of, share
from asccld.synthetic.recipe import DAY, day
from asccld.validation import load_rules

_START, _END, _EVENT_END = "reporting_period_start_date", "reporting_period_end_date", "event_end_date"
_FEW = 60


@dataclass(frozen=True)
class FileFault:
    """A file with one fault: `headers` are written instead of the frame's own names."""

    rule: str
    frame: pl.DataFrame
    headers: tuple[str, ...]
    truth: pl.DataFrame
    """`row`, `field`, `rule`; the row is blank where the fault is the file's."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """How the file has to be checked for the rule to find it (for example the submitting council)."""

    def write(self, path: Path) -> None:
        """Write the file as CSV."""
        names = pl.DataFrame([pl.Series(str(at), [text]) for at, text in enumerate(self.headers)])
        with path.open("wb") as out:
            names.write_csv(out, include_header=False)
            self.frame.write_csv(out, include_header=False)


@dataclass(frozen=True)
class _File:
    """A clean file, its columns named as in the standard."""

    frame: pl.DataFrame
    release: Release
    standard: Standard
    seed: int

    def drawn(self, count: int, name: str) -> int:
        """A number below `count`."""
        return number_of(f"{self.seed} {name}") % count

    def column(self, name: str) -> str:
        """A column of the file, drawn from those that are not the file's own frame (period, council, type)."""
        own = {"la_code", _START, _END, "event_type"}
        names = [n for n in self.frame.columns if n not in own]
        return names[self.drawn(len(names), name)]


_Made = tuple[pl.DataFrame, list[str], str | None]
"""The frame, its headers, and the field of the truth."""


def file_faults(
    frame: pl.DataFrame, rule: str, *, seed: int, release: str = "r2", standard: Standard | None = None
) -> FileFault:
    """The clean file with the fault of a whole-file rule (FILE_RULES); raises AsccldError where none can be made."""
    standard = standard or load_standard()
    chosen = standard.releases[release]
    named = frame.rename({header: name for name, header in chosen.headers.items()})
    if rule not in _MAKERS:
        raise AsccldError(
            what=f"No fault of a whole file is known for the rule '{rule}'",
            remedy=f"Use one of: {', '.join(FILE_RULES)}",
        )
    file = _File(named, chosen, standard, seed)
    known = next(r for r in load_rules() if r.id == rule)
    made = _MAKERS[rule](file) if release in known.releases else None
    if made is None:
        raise AsccldError(
            what=f"A file of release {release} cannot break the rule '{rule}'", remedy="Choose another release"
        )
    faulty, headers, name = made
    return FileFault(rule, faulty, tuple(headers), _truth(rule, name, faulty), _OPTIONS.get(rule, {}))


def _truth(rule: str, name: str | None, faulty: pl.DataFrame) -> pl.DataFrame:
    rows: Sequence[int | None] = [None]
    if rule == "la-code-not-submitter":
        rows = range(2, faulty.height + 2)
    elif rule == "la-code-several":
        rows = [faulty.height + 1]
    return pl.DataFrame(
        {"row": rows, "field": [name] * len(rows), "rule": [rule] * len(rows)},
        schema={"row": pl.UInt32, "field": pl.String, "rule": pl.String},
    )


def _headers(file: _File, frame: pl.DataFrame | None = None) -> list[str]:
    return [file.release.headers[n] for n in (file.frame if frame is None else frame).columns]


# ---- columns


def _unknown(file: _File) -> _Made:
    return file.frame.with_columns(extra=pl.lit("x")), [*_headers(file), "Key Worker Extension"], None


def _misspelt(file: _File) -> _Made:
    """Two letters of one header in the wrong order."""
    name = file.column("misspelt")
    at = file.frame.columns.index(name)
    headers = _headers(file)
    text = headers[at]
    middle = next(
        i for i in range(len(text) // 2, len(text) - 1) if text[i] != text[i + 1] and text[i : i + 2].isalpha()
    )
    headers[at] = text[:middle] + text[middle + 1] + text[middle] + text[middle + 2 :]
    return file.frame, headers, name


def _duplicate(file: _File) -> _Made:
    name = file.column("duplicate")
    return file.frame.with_columns(extra=pl.col(name)), [*_headers(file), file.release.headers[name]], name


def _missing(file: _File) -> _Made | None:
    """A column that the release surely has: its conditions are known."""
    sure = [] if file.release.voluntary else [f for f in file.release.fields if f.conditions_confidence != "gap"]
    return _without(file, [f.name for f in sure if f.name in file.frame.columns])


def _missing_unconfirmed(file: _File) -> _Made | None:
    unsure = (
        file.release.fields
        if file.release.voluntary
        else [f for f in file.release.fields if f.conditions_confidence == "gap"]
    )
    return _without(file, [f.name for f in unsure])


def _without(file: _File, names: list[str]) -> _Made | None:
    names = [n for n in names if n not in {"la_code", _START, _END, "event_type"}]
    if not names:
        return None
    name = names[file.drawn(len(names), "missing")]
    fewer = file.frame.drop(name)
    return fewer, _headers(file, fewer), name


def _removed(file: _File) -> _Made | None:
    """A column of the release before, whose removal is only inferred."""
    gone = [c.name for c in file.release.field_changes if c.change == "remove" and c.confidence != "confirmed"]
    if not gone or file.release.previous is None:
        return None
    name = gone[file.drawn(len(gone), "removed")]
    header = file.standard.releases[file.release.previous].headers[name]
    return file.frame.with_columns(extra=pl.lit("x")), [*_headers(file), header], name


def _respelt(file: _File) -> _Made:
    """Every header as the national database spells it."""
    return file.frame, [re.sub(r"\W+", "_", header).strip("_") for header in _headers(file)], None


def _order(file: _File) -> _Made:
    first, *rest = file.frame.columns
    turned = file.frame.select(*rest, first)
    return turned, _headers(file, turned), None


# ---- council and period


def _other_council(file: _File) -> _Made:
    """The council of every row is not the one that submits."""
    return file.frame, _headers(file), "la_code"


def _several_councils(file: _File) -> _Made:
    own = file.frame["la_code"][0]
    other = next(c.la_code for c in file.standard.councils if c.la_code not in ("", own) and c.status == "current")
    last = pl.int_range(pl.len()) == pl.len() - 1
    mixed = file.frame.with_columns(la_code=pl.when(last).then(pl.lit(other)).otherwise("la_code"))
    return mixed, _headers(file), "la_code"


def _quarter_only(file: _File) -> _Made:
    """A period of three months."""
    end = _last_day(file)
    start = months_later(end.replace(day=1), -2)
    return _in_period(file, start, end), _headers(file), _END


def _longer_period(file: _File) -> _Made:
    """The period stated begins three months before the events do."""
    end = _last_day(file)
    return _in_period(file, months_later(end.replace(day=1), -14), end), _headers(file), _END


def _other_period(file: _File) -> _Made:
    """A period in which another release is in force: the file is moved by whole years."""
    end = _last_day(file)
    for years in range(1, 12):
        for way in (-1, 1):
            moved = months_later(end, way * years * 12)
            first = next(iter(file.standard.releases.values())).valid_from
            if moved >= first and release_in_force(file.standard, moved).id != file.release.id:
                return _moved(file, way * years), _headers(file), _END
    raise AssertionError(end)


def _last_day(file: _File) -> date:
    return file.frame.select(day(_END).max()).item()


def _in_period(file: _File, start: date, end: date) -> pl.DataFrame:
    return file.frame.with_columns(
        pl.lit(start.strftime(DAY)).alias(_START), pl.lit(end.strftime(DAY)).alias(_END)
    ).filter(pl.col(_EVENT_END).is_null() | (day(_EVENT_END) >= start))


def _moved(file: _File, years: int) -> pl.DataFrame:
    dates = [f.name for f in file.release.fields if f.type == "date" and f.name != "date_of_birth"]
    moved = file.frame.with_columns(day(n).dt.offset_by(f"{years}y").dt.strftime(DAY).alias(n) for n in dates)
    end = month_end(months_later(_last_day(file), years * 12))
    return moved.with_columns(pl.lit(end.strftime(DAY)).alias(_END))


# ---- what is left out


def _event_type(file: _File) -> _Made:
    types = file.frame["event_type"].drop_nulls().unique().sort()
    gone = types[file.drawn(len(types), "event type")]
    return file.frame.filter(pl.col("event_type").ne_missing(gone)), _headers(file), "event_type"


def _month(file: _File) -> _Made:
    """The most frequent type of event has no completed event in one month."""
    kind = file.frame.filter(pl.col(_EVENT_END).is_not_null())["event_type"].value_counts(sort=True)["event_type"][0]
    month = months_later(_last_day(file).replace(day=1), -3)
    inside = day(_EVENT_END).is_between(month, month_end(month)) & (pl.col("event_type") == kind)
    return file.frame.filter(~inside.fill_null(value=False)), _headers(file), _EVENT_END


def _few(file: _File) -> _Made:
    picked = share(pl.int_range(pl.len(), dtype=pl.UInt64), f"{file.seed} few")
    return file.frame.sort(picked).head(_FEW), _headers(file), None


_MAKERS: Mapping[str, Callable[[_File], _Made | None]] = {
    "column-unknown": _unknown,
    "column-misspelt": _misspelt,
    "column-duplicate": _duplicate,
    "column-missing": _missing,
    "column-missing-unconfirmed": _missing_unconfirmed,
    "column-removed": _removed,
    "column-database-spelling": _respelt,
    "column-order": _order,
    "la-code-not-submitter": _other_council,
    "la-code-several": _several_councils,
    "period-length": _quarter_only,
    "period-derived": _longer_period,
    "release-period": _other_period,
    "event-type-missing": _event_type,
    "month-without-events": _month,
    "few-events": _few,
}
FILE_RULES = tuple(_MAKERS)
"""Rules that `file_faults` can break."""

_OPTIONS: Mapping[str, Mapping[str, str]] = {"la-code-not-submitter": {"la": "999"}}
