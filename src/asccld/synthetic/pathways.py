"""Pathways: contact -> request -> assessment -> service -> review, each step a function from events to events.

Days are numbers. Every event carries its person's number, client type, age group and death, and a key of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from asccld.synthetic.chance import mixed, share, spread, whole
from asccld.synthetic.choices import days, number, pick, settings, word
from asccld.synthetic.model import Plan
from asccld.synthetic.services import with_service

KEY = pl.col("key")
ABOUT = ("person", "client_type", "group", "has_carer", "death")
"""What every event knows of its person."""
QUARTER, YEAR = 91, 365
IS_CARER = pl.col("client_type") == word("client_type", "carer")
CARER_OR_PERSON = pl.when(IS_CARER).then(pl.lit("carer")).otherwise(pl.lit("person"))


def follow(events: pl.DataFrame, name: str) -> pl.DataFrame:
    """What follows an event: its person and end as `after`, with a key of its own."""
    return events.select(*ABOUT, mixed(KEY, name).alias("key"), after=pl.col("end"))


def with_outcome(events: pl.DataFrame, outcome: str) -> pl.DataFrame:
    """The events that ended with this outcome (named as in `words.toml`)."""
    return events.filter(pl.col("event_outcome") == word("event_outcome", outcome))


def contacts(people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The days (`after`) on which somebody got in touch: at most once in a quarter, a little more often in winter."""
    begin = plan.first_day - int(number("days", "lead"))
    quarters = pl.DataFrame(
        {"quarter": pl.int_range(1 + (plan.last_day - begin) // QUARTER, dtype=pl.Int32, eager=True)}
    )
    moment = spread(pl.col("person") + pl.col("quarter") * 7, 0.25) * QUARTER
    season = pl.lit(pl.Series(settings("numbers")["contacts"]["season"], dtype=pl.Float64))
    month = pl.col("after").cast(pl.Date).dt.month().cast(pl.Int32) - 1
    rate = pl.when(IS_CARER).then(number("contacts", "carer_quarterly")).otherwise(number("contacts", "quarterly"))
    return (
        people.filter(pl.col("client_type") != word("client_type", "associated"))
        .select(*ABOUT, "key")
        .join(quarters, how="cross", maintain_order="left_right")
        .with_columns(
            key=mixed(KEY + pl.col("quarter").cast(pl.UInt64), "contact"),
            after=(begin + pl.col("quarter") * QUARTER + moment.floor()).cast(pl.Int32),
        )
        .filter(share(KEY, "in touch") < rate * season.gather(month))
        .drop("quarter")
    )


def requests(calls: pl.DataFrame) -> pl.DataFrame:
    """One request per contact."""
    given = pl.when(IS_CARER).then(pl.lit("carer")).otherwise(pl.col("group"))
    routed = calls.with_columns(pick("request_route_of_access", KEY, given))
    hospital = pl.col("request_route_of_access") == word("request_route_of_access", "hospital")
    kind = pl.when(IS_CARER).then(pl.lit("carer")).when(hospital).then(pl.lit("hospital")).otherwise(pl.lit("other"))
    return routed.with_columns(
        event_type=pl.lit(word("event_type", "request")),
        start=pl.col("after"),
        end=pl.col("after") + whole(KEY, "request", *days("request")),
        event_outcome=pick("request_outcome", KEY, kind),
    ).drop("after")


def assessments(after: pl.DataFrame, outcomes: pl.Expr | None = None) -> pl.DataFrame:
    """An assessment after each event; `outcomes` names the choice of outcomes, else it goes by type of assessment."""
    kind = pl.col("assessment_type")
    given = pl.when(IS_CARER).then(pl.lit("carer")).otherwise(kind) if outcomes is None else outcomes
    supported = [word("event_outcome", name) for name in ("support", "continued", "reablement")]
    eligible = pl.when(pl.col("event_outcome").is_in(supported)).then(pl.lit("supported")).otherwise(pl.lit("other"))
    return (
        after.with_columns(pick("assessment_type", KEY, CARER_OR_PERSON))
        .with_columns(
            event_type=pl.lit(word("event_type", "assessment")),
            start=pl.col("after") + whole(KEY, "wait", *days("to_assessment")),
            event_outcome=pick("assessment_outcome", KEY, given),
            method_of_assessment=method(),
        )
        .with_columns(
            pick("eligible_needs_identified", KEY, eligible),
            end=pl.col("start") + whole(KEY, "assessment", *days("assessment")),
        )
        .drop("after")
    )


def financial_assessments(after: pl.DataFrame) -> pl.DataFrame:
    """What somebody who is to be supported can pay: neither outcome nor method belong to it."""
    return (
        after.filter(~IS_CARER & (share(KEY, "financial") < number("events", "financial_assessment")))
        .with_columns(
            event_type=pl.lit(word("event_type", "assessment")),
            assessment_type=pl.lit(word("assessment_type", "financial")),
            start=pl.col("after") + whole(KEY, "wait", *days("request")),
        )
        .with_columns(end=pl.col("start") + whole(KEY, "assessment", *days("assessment")))
        .drop("after")
    )


def method() -> pl.Expr:
    """Who took part in an assessment or review."""
    with_carer = pl.when(pl.col("has_carer")).then(pl.lit("with carer")).otherwise(pl.lit("without carer"))
    return pick("method", KEY, pl.when(IS_CARER).then(pl.lit("carer")).otherwise(with_carer))


def short_services(after: pl.DataFrame, pathway: str, wait: str) -> pl.DataFrame:
    """A short term service after each event: `reablement` or `short`."""
    return (
        with_service(after, pl.lit(pathway))
        .with_columns(start=pl.col("after") + whole(KEY, "wait", *days(wait)))
        .with_columns(end=pl.col("start") + pl.col("lasts"), event_outcome=pick("short_service_outcome", KEY))
        .drop("after", "lasts")
    )


def long_services(after: pl.DataFrame) -> pl.DataFrame:
    """Long term support after each event, or support for the carer."""
    pathway = pl.when(IS_CARER).then(pl.lit("carer")).otherwise(pl.lit("long ") + pl.col("group"))
    return (
        with_service(after, pathway)
        .with_columns(start=pl.col("after") + whole(KEY, "wait", *days("to_long_service")))
        .with_columns(end=pl.col("start") + pl.col("lasts"), event_outcome=pick("long_service_outcome", KEY))
        .drop("after", "lasts")
    )


def existing_services(people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Long term support that was already there when the history begins; what is left of its length is part of it."""
    begin = plan.first_day - int(number("days", "lead"))
    since = tuple(int(n) for n in settings("numbers")["people"]["existing_since"])
    clients = people.filter("existing").select(*ABOUT, mixed(KEY, "existing").alias("key"))
    left = (pl.col("lasts") * share(KEY, "left")).floor().cast(pl.Int32) + 1
    return (
        with_service(clients, pl.lit("long ") + pl.col("group"))
        .with_columns(
            start=begin - whole(KEY, "since", since[0], since[1]),
            end=begin + left,
            event_outcome=pick("long_service_outcome", KEY),
        )
        .drop("lasts")
    )


def additional_services(services: pl.DataFrame) -> pl.DataFrame:
    """A second service beside some of the long term ones, within their time."""
    beside = services.filter(
        ~IS_CARER
        & (share(KEY, "additional") < number("events", "additional_service"))
        & (pl.col("end") > pl.col("start") + 60)
    ).select(*ABOUT, mixed(KEY, "second").alias("key"), after=pl.col("start"), until=pl.col("end"))
    return (
        with_service(beside, pl.lit("additional"))
        .with_columns(start=pl.col("after") + whole(KEY, "wait", 1, 50))
        .with_columns(
            end=pl.min_horizontal(pl.col("start") + pl.col("lasts"), "until"),
            event_outcome=pick("long_service_outcome", KEY),
        )
        .drop("after", "until", "lasts")
    )


def _each_year(services: pl.DataFrame, plan: Plan, name: str) -> pl.DataFrame:
    """One day (`after`) in each year of the history for every service that is running then."""
    begin = plan.first_day - int(number("days", "lead"))
    years = pl.DataFrame({"year": pl.int_range(1 + (plan.last_day - begin) // YEAR, dtype=pl.Int32, eager=True)})
    moment = spread(pl.int_range(pl.len(), dtype=pl.Int32)) * YEAR
    return (
        services.with_columns(moment=moment)
        .join(years, how="cross", maintain_order="left_right")
        .with_columns(after=(begin + pl.col("year") * YEAR + pl.col("moment").floor()).cast(pl.Int32))
        .filter(
            (pl.col("after") > pl.col("start") + days("first_review")[1])
            & (pl.col("after") + days("review")[1] < pl.col("end"))
        )
        .select(*ABOUT, "after", key=mixed(KEY + pl.col("year").cast(pl.UInt64), name))
    )


def reassessments(services: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Assessments of people who already have long term support."""
    due = _each_year(services.filter(~IS_CARER), plan, "reassessment")
    return assessments(due.filter(share(KEY, "due") < number("events", "yearly_reassessment")), pl.lit("reassessment"))


def _reviews(after: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    planned, short = word("review_reason", "planned"), word("review_reason", "short")
    is_planned = pl.col("review_reason").is_in([planned, short])
    group = pl.when(is_planned).then(pl.col("review_reason")).otherwise(pl.lit("Unplanned"))
    achieved = is_planned | (share(KEY, "achieved") < 0.5)
    return (
        after.with_columns(review_reason=reason)
        .with_columns(
            event_type=pl.lit(word("event_type", "review")),
            start=pl.col("after"),
            end=pl.col("after") + whole(KEY, "review", *days("review")),
            event_outcome=pick("review_outcome", KEY, group),
            review_outcomes_achieved=pl.when(achieved).then(pick("review_outcomes_achieved", KEY)),
            method_of_review=method(),
        )
        .drop("after")
    )


def reviews(long: pl.DataFrame, short: pl.DataFrame, plan: Plan) -> Sequence[pl.DataFrame]:
    """Reviews six weeks after a start and every year, unplanned ones, and those at the end of short term support."""
    planned = pl.lit(word("review_reason", "planned"))
    yearly = _each_year(long, plan, "review").filter(share(KEY, "due") < number("events", "yearly_review"))
    sudden = _each_year(long, plan, "unplanned review").filter(
        share(KEY, "due") < number("events", "yearly_unplanned_review")
    )
    first = (
        long.filter((pl.col("start") >= plan.first_day - YEAR) & (pl.col("end") > pl.col("start") + 90))
        .select(
            *ABOUT, key=mixed(KEY, "first review"), after=pl.col("start") + whole(KEY, "first", *days("first_review"))
        )
        .filter(share(KEY, "due") < number("events", "yearly_review"))
    )
    ended = follow(short, "short review").filter(share(KEY, "due") < number("events", "short_service_review"))
    return (
        _reviews(yearly, planned),
        _reviews(first, planned),
        _reviews(sudden, pick("review_reason_unplanned", KEY, CARER_OR_PERSON)),
        _reviews(ended, pl.lit(word("review_reason", "short"))),
    )
