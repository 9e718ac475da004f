"""One council's history: its people and every event over all periods, so that the files of several quarters agree."""

from __future__ import annotations

import polars as pl

from asccld.synthetic import pathways as path
from asccld.synthetic.choices import pick, word
from asccld.synthetic.model import History, Plan
from asccld.synthetic.people import people_of
from asccld.synthetic.services import with_costs

_SAME_EVENT = (
    "person", "event_type", "start", "request_route_of_access", "assessment_type", "service_type", "service_component",
)  # fmt: skip
"""Two events that agree in these would count as one."""


def history_of(plan: Plan) -> History:
    """The people of a council and their events; the same plan gives the same history."""
    people = people_of(plan)
    events = _referenced(_until_death(_all_events(people, plan)), plan)
    return History(plan, people, events)


def _all_events(people: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    requests = path.requests(path.contacts(people, plan))
    reablement = path.short_services(
        path.follow(path.with_outcome(requests, "reablement"), "reablement"), "reablement", "to_reablement"
    )
    short = path.short_services(
        path.follow(path.with_outcome(requests, "support").filter(~path.IS_CARER), "short"), "short", "to_short_service"
    )
    carers = path.follow(path.with_outcome(requests, "support").filter(path.IS_CARER), "carer")
    assessments = path.assessments(
        pl.concat(
            [
                path.follow(path.with_outcome(requests, "assessment"), "assessment"),
                path.follow(path.with_outcome(reablement, "assessment"), "assessment"),
            ]
        )
    )
    later = path.short_services(
        path.follow(path.with_outcome(assessments, "reablement"), "reablement"), "reablement", "to_reablement"
    )
    supported = path.follow(path.with_outcome(assessments, "support"), "long")
    existing = path.existing_services(people, plan)
    main = pl.concat([existing, path.long_services(pl.concat([supported, carers]))], how="diagonal")
    long = pl.concat([main, path.additional_services(main)], how="diagonal")
    short_term = pl.concat([reablement, later, short], how="diagonal")
    services = with_costs(pl.concat([long, short_term], how="diagonal"))
    paid = path.financial_assessments(path.follow(path.with_outcome(assessments, "support"), "financial"))
    reassessed = path.reassessments(main, plan)
    reviewed = path.reviews(main, pl.concat([reablement, later], how="diagonal"), plan)
    return pl.concat([requests, assessments, paid, reassessed, services, *reviewed], how="diagonal")


def _until_death(events: pl.DataFrame) -> pl.DataFrame:
    """Nothing begins after a death; what is running ends with it; unfinished assessments and reviews are left out."""
    kinds = [word("event_type", "request"), word("event_type", "service")]
    death = pl.col("death")
    cut = death.is_not_null() & (pl.col("end") >= death)
    return events.filter(
        death.is_null() | (pl.col("start") < death) & (pl.col("event_type").is_in(kinds) | (pl.col("end") < death))
    ).with_columns(
        end=pl.when(cut).then(death).otherwise("end"),
        event_outcome=pl.when(cut).then(pl.lit(word("event_outcome", "deceased"))).otherwise("event_outcome"),
    )


def _referenced(events: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """In order of time, each event once, with its reference."""
    described = pick("event_description", path.KEY, pl.col("event_type"))
    return (
        events.sort("start", "end", "person", "event_type", "key")
        .unique(subset=list(_SAME_EVENT), keep="first", maintain_order=True)
        .with_columns(described)
        .with_row_index("number")
        .with_columns(
            event_reference=pl.concat_str(
                pl.col("event_type").str.slice(0, 3).str.to_uppercase(),
                pl.lit(f"-{plan.la_code}-"),
                pl.col("number").cast(pl.String).str.zfill(7),
            )
        )
        .drop("number")
    )
