"""What a case management system would hold behind a made-up submission: its people, and more events than belong in it.

A submission is what is left when the right events are chosen. So beside its own events there are some that were
cancelled or entered in error, some not finished, some long ago, and some of people who are not real: a mapping that
leaves out too few or too many is found out by comparing what it writes with the submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from asccld.standard import load_standard
from asccld.synthetic.chance import mixed
from asccld.synthetic.choices import word
from asccld.synthetic.model import Submission

_ID = "la_person_unique_identifier"
_DATES = ("date_of_birth", "date_of_death", "event_start_date", "event_end_date")
_LONG_AGO = timedelta(days=3 * 365)
_SHORTLY = timedelta(days=7)
_FIRST_OTHER = 9_000_000
"""References of events that do not belong in the submission begin here."""
_TEST_PEOPLE = 2
LEFT_OUT = ("cancelled", "error", "open", "old", "test")
"""Why an event is in the extracts and not in the submission."""
_ONE_IN = {"cancelled": 29, "error": 83, "open": 41, "old": 31, "test": 97}


@dataclass(frozen=True)
class LocalTables:
    """Columns named as in the standard, national values, dates as dates; `key` decides among local words."""

    people: pl.DataFrame
    events: pl.DataFrame
    """`status` as in the words, `is_test` of the person, and `belongs`: null, or why it is not in the submission."""
    submission: Submission


def tables_of(submission: Submission) -> LocalTables:
    """The people and the events behind a submission of the newest release."""
    names = {header: name for name, header in load_standard().releases[submission.release].headers.items()}
    rows = submission.frame.rename(names).with_columns(pl.col(_DATES).str.to_date("%d/%m/%Y"))
    people = _people(rows)
    real = rows.filter(pl.col("event_type").is_not_null()).with_columns(
        status=pl.lit("live"), left_out=pl.lit(None, dtype=pl.String)
    )
    others = _others(real, submission.la_code, people.filter("is_test")[_ID])
    events = pl.concat([real, others], how="diagonal").with_columns(
        reference_number=pl.col("event_reference").str.slice(-7)
    )
    # in the order in which a system lists them
    events = events.sort("event_start_date", "event_reference").with_columns(key=_key("event_reference"))
    return LocalTables(people, events, submission)


def _key(column: str) -> pl.Expr:
    """A number for each text: its digits."""
    return mixed(pl.col(column).str.extract_all(r"\d").list.join("").cast(pl.UInt64), "local")


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per person, those who are not real last."""
    unknown = word("primary_support_reason", "unknown")
    reason = pl.col("primary_support_reason")
    own = rows.group_by(_ID, maintain_order=True).agg(
        own_primary_support_reason=reason.filter(reason != unknown).first().fill_null(pl.lit(unknown)),
        has_events=pl.col("event_type").is_not_null().any(),
    )
    real = rows.unique(_ID, keep="first", maintain_order=True).join(own, on=_ID, maintain_order="left")
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).cast(pl.String)
    tests = (
        real.filter("has_events")
        .head(_TEST_PEOPLE)
        .with_columns(pl.lit("P9999999").add(numbers).alias(_ID), first_name=pl.lit("Test"), last_name=pl.lit("ZZTest"))
    )
    both = pl.concat([real.with_columns(is_test=pl.lit(value=False)), tests.with_columns(is_test=pl.lit(value=True))])
    return both.with_columns(key=_key(_ID))


def _others(events: pl.DataFrame, la_code: str, test_people: pl.Series) -> pl.DataFrame:
    """Events that do not belong in the submission, each much like one that does."""
    finished = pl.col("event_type") != word("event_type", "service")
    drawn = [
        events.filter(
            (mixed(pl.int_range(pl.len()), why) % one_in == 0) & (finished if why == "open" else pl.lit(value=True))
        ).with_columns(left_out=pl.lit(why))
        for why, one_in in _ONE_IN.items()
    ]
    start, why = pl.col("event_start_date"), pl.col("left_out")
    number = pl.int_range(_FIRST_OTHER, _FIRST_OTHER + pl.len()).cast(pl.String)
    others = pl.concat(drawn).with_columns(
        event_reference=pl.col("event_type").str.slice(0, 3).str.to_uppercase() + f"-{la_code}-" + number,
        status=pl.when(why.is_in(["cancelled", "error", "open"])).then(why).otherwise(pl.lit("live")),
        event_start_date=pl.when(why == "old").then(start - _LONG_AGO).otherwise(start),
        event_end_date=pl.when(why == "old")
        .then(start - _LONG_AGO + _SHORTLY)
        .when(why != "open")
        .then("event_end_date"),
        event_outcome=pl.when(why != "open").then("event_outcome"),
    )
    someone = pl.lit(test_people).gather(pl.int_range(pl.len()) % max(1, len(test_people)))
    return others.with_columns(pl.when(why == "test").then(someone).otherwise(_ID).alias(_ID))
