"""What councils send in the course of some quarters: rolling files, re-submissions, and one council's mishaps.

The first council has a year as nobody wishes it: a file that is rejected and sent again, and one that is accepted,
found to be wrong, withdrawn and sent again. Of the others every second one sends each file too early, and once more
when the month is complete. Everything is in `deliveries.csv`, in the order in which it happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.standard import Standard, load_standard
from asccld.synthetic.chance import mixed
from asccld.synthetic.choices import word
from asccld.synthetic.councils import make_councils
from asccld.synthetic.model import Submission
from asccld.synthetic.writing import writing_into, written_csv

DELIVERIES_FILE = "deliveries.csv"
FEWEST_QUARTERS = 3
"""One for each mishap, and one without."""

Action = Literal["add", "withdraw"]
Outcome = Literal["accepted", "rejected", "withdrawn"]

WITHDRAWN_BECAUSE = "Unit costs are in pence, and services that have ended are open again"
_DAYS_TOO_EARLY = 11
_MISSING_DAYS = 21
_DAY = "%d/%m/%Y"


@dataclass(frozen=True)
class Delivery:
    """One thing that happens: a file arrives, or one that arrived before is taken out of use."""

    at: datetime
    """In UTC, without saying so."""
    action: Action
    submission: Submission
    file: Path
    """What arrives or, for a withdrawal, the file that is withdrawn."""
    outcome: Outcome
    note: str
    """Why; for a withdrawal, the reason to give."""

    @property
    def uploader(self) -> str:
        """Whoever sends for the council: a role, not a person."""
        return f"performance-team@{self.submission.la_code}.example"


@dataclass(frozen=True)
class _Sent:
    """A file before it is written, and what it is good for."""

    frame: pl.DataFrame
    suffix: str
    days: int
    """After the day on which the council would have sent it."""
    outcome: Outcome
    note: str


def write_deliveries(
    out: Path,
    *,
    councils: int = 3,
    people: int = 400,
    quarters: int = 4,
    release: str = "auto",
    seed: int = 1,
    last_period_end: date | None = None,
    standard: Standard | None = None,
) -> list[Delivery]:
    """Write every file that the councils send into `out`, and tell what happens, in order; also in `deliveries.csv`.

    The release `auto` is for each file the one in force at the end of its period. Nothing is validated here: `outcome`
    is what the shipped policy says of a file, and tests hold it to that.
    """
    if quarters < FEWEST_QUARTERS:
        raise AsccldError(
            f"{counted(quarters, 'quarter')} would be too few for re-submissions and a withdrawal",
            None,
            f"Ask for at least {FEWEST_QUARTERS}",
        )
    standard = standard or load_standard()
    made = make_councils(
        councils=councils, people=people, quarters=quarters, release=release, seed=seed,
        last_period_end=last_period_end, standard=standard,
    )  # fmt: skip
    found: list[Delivery] = []
    with writing_into(out):
        for number, submission in enumerate(made):
            headers = standard.releases[submission.release].headers
            for sent in _sent(submission, number // quarters, number % quarters, quarters, headers):
                found += _delivered(sent, submission, out)
        found.sort(key=lambda d: (d.at, d.file.name, d.action))
        written_csv(_told(found), out / DELIVERIES_FILE)
    return found


def _sent(
    submission: Submission, council: int, quarter: int, quarters: int, headers: Mapping[str, str]
) -> Iterator[_Sent]:
    """The files of one period, in the order of their sending."""
    whole = _Sent(submission.frame, "", 0, "accepted", "Rolling twelve months")
    if council == 0 and quarter == quarters - 3:
        yield _Sent(_broken(submission.frame, headers), "-1", -2, "rejected", "A column is misspelt and dates are not")
        yield _Sent(submission.frame, "-2", 1, "accepted", "The rejected file, mended")
    elif council == 0 and quarter == quarters - 2:
        yield _Sent(_wrong(submission.frame, headers), "-1", -4, "withdrawn", WITHDRAWN_BECAUSE)
        yield _Sent(submission.frame, "-2", 9, "accepted", "In place of the withdrawn file")
    elif council % 2 == 1:
        early = _early(submission, headers)
        yield _Sent(early, "-1", -_DAYS_TOO_EARLY, "accepted", "Sent before the last weeks were recorded")
        yield _Sent(submission.frame, "-2", 0, "accepted", "Re-submission, complete")
    else:
        yield whole


def _delivered(sent: _Sent, submission: Submission, out: Path) -> Iterator[Delivery]:
    stem, suffix = submission.file_name.rsplit(".", 1)
    file = written_csv(sent.frame, out / f"{stem}{sent.suffix}.{suffix}")
    minutes = int(submission.la_code, 36) % 400
    arrived = datetime.combine(submission.received + timedelta(days=sent.days), time(8)) + timedelta(minutes=minutes)
    outcome: Outcome = "accepted" if sent.outcome == "withdrawn" else sent.outcome
    note = "Accepted, but wrong" if sent.outcome == "withdrawn" else sent.note
    yield Delivery(arrived, "add", submission, file, outcome, note)
    if sent.outcome == "withdrawn":
        yield Delivery(arrived + timedelta(days=5), "withdraw", submission, file, "withdrawn", sent.note)


def _told(deliveries: list[Delivery]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "at": [d.at.isoformat(sep=" ") for d in deliveries],
            "action": [d.action for d in deliveries],
            "la_code": [d.submission.la_code for d in deliveries],
            "la_name": [d.submission.la_name for d in deliveries],
            "file": [d.file.name for d in deliveries],
            "uploader": [d.uploader for d in deliveries],
            "outcome": [d.outcome for d in deliveries],
            "note": [d.note for d in deliveries],
        }
    )


# ---- what goes wrong


def _broken(frame: pl.DataFrame, headers: Mapping[str, str]) -> pl.DataFrame:
    """A header with a slip, and a day that no month has: each rejects."""
    start = headers["event_start_date"]
    slipped = pl.int_range(pl.len()) % 50 == 7
    return frame.with_columns(
        pl.when(slipped & pl.col(start).is_not_null()).then(pl.lit("31/02/2025")).otherwise(start).alias(start)
    ).rename({headers["event_outcome"]: "Event Outcom"})


def _wrong(frame: pl.DataFrame, headers: Mapping[str, str]) -> pl.DataFrame:
    """Nothing that a rule could reject, but wrong: costs a hundredfold, and half of the services without their end."""
    cost, kind, end, outcome, death = (
        headers[name] for name in ("unit_cost", "event_type", "event_end_date", "event_outcome", "date_of_death")
    )
    lost = (
        (pl.col(kind) == word("event_type", "service"))
        & pl.col(death).is_null()
        & (mixed(pl.int_range(pl.len()), "lost") % 2 == 0)
    )
    pence = pl.col(cost).str.replace(".", "", literal=True).str.strip_chars_start("0") + ".00"
    return frame.with_columns(
        pence.alias(cost),
        pl.when(~lost).then(end).alias(end),
        pl.when(lost).then(_continued(kind, end, outcome)).otherwise(outcome).alias(outcome),
    )


def _early(submission: Submission, headers: Mapping[str, str]) -> pl.DataFrame:
    """As it was known before the last weeks were recorded: their events are missing, or services have no end yet."""
    kind, start, end, outcome = (
        headers[name] for name in ("event_type", "event_start_date", "event_end_date", "event_outcome")
    )
    known = pl.lit(submission.period_end - timedelta(days=_MISSING_DAYS))
    begun, ended = (pl.col(name).str.to_date(_DAY) for name in (start, end))
    late = (ended > known).fill_null(value=False)
    service = (pl.col(kind) == word("event_type", "service")).fill_null(value=False)
    return submission.frame.filter(~(late & ~service) & (begun <= known).fill_null(value=True)).with_columns(
        pl.when(~late).then(end).alias(end),
        pl.when(late).then(_continued(kind, end, outcome)).otherwise(outcome).alias(outcome),
    )


def _continued(kind: str, end: str, outcome: str) -> pl.Expr:
    """What the file says of services that go on: the words differ from release to release."""
    going_on = (pl.col(kind) == word("event_type", "service")) & pl.col(end).is_null()
    return pl.col(outcome).filter(going_on).drop_nulls().mode(maintain_order=True).first()
