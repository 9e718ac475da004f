"""What of a history belongs in the file of one period, as it was known on the period's last day."""

from __future__ import annotations

from datetime import date

import polars as pl

from asccld.synthetic.chance import share, whole
from asccld.synthetic.choices import number, settings, word
from asccld.synthetic.identifiers import codes
from asccld.synthetic.model import History, day_number

_DAY = "%d/%m/%Y"
_IS_SERVICE = pl.col("event_type") == word("event_type", "service")
_SEEN_BEFORE_ASSESSMENT = 0.7
"""Of the requests: those that already give the support reason."""


def rows_of(
    history: History, start: date, end: date, *, carers: bool = True, financial: bool = False, limit: int | None = None
) -> pl.DataFrame:
    """One row per event of the period, and one per carer known by association, with the newest release's values.

    Columns are named as in the standard and hold text, as it is written to CSV; further columns are of no concern.
    People stand in the order of their households and service users before their carers, so that the first `limit` rows
    are a file whose links resolve. `carers` and `financial` (assessments) say what the release knows.
    """
    period = {"la_code": history.plan.la_code, "reporting_period_start_date": start.strftime(_DAY)}
    stated = (
        pl.lit(text).alias(name) for name, text in (period | {"reporting_period_end_date": end.strftime(_DAY)}).items()
    )
    rows = typed_rows_of(history, start, end, carers=carers, financial=financial, limit=limit)
    return _written(rows).with_columns(stated)


def typed_rows_of(
    history: History, start: date, end: date, *, carers: bool = True, financial: bool = False, limit: int | None = None
) -> pl.DataFrame:
    """The rows of `rows_of` before they are written.

    `birth`, `death`, `start` and `end` are numbers of days and money is in hundredths; the period is not stated.
    """
    first, last = day_number(start), day_number(end)
    own = word("assessment_type", "financial")
    events = history.events if financial else history.events.filter(pl.col("assessment_type").ne_missing(own))
    events = _events(events, first, last)
    people = _known_people(history.people, events, last)
    order = _order(events, people, carers=carers).head(limit if limit is not None else events.height + people.height)
    return _wide(order, events, people).with_columns(_provider(history.plan.la_code))


def _order(events: pl.DataFrame, people: pl.DataFrame, *, carers: bool) -> pl.DataFrame:
    """Which event (`at`) of which person comes when: decided on a few columns before the wide ones are fetched."""
    household = people.select("person", "household", "is_carer")
    rows = events.select("person", at=pl.int_range(pl.len(), dtype=pl.UInt32))
    known = people.filter(
        (pl.col("client_type") == word("client_type", "associated")) & pl.col("adult_1_linked_person_id").is_not_null()
    ).select("person", at=pl.lit(None, dtype=pl.UInt32))
    order = pl.concat([rows, known]).join(household, on="person", how="left", maintain_order="left")
    wanted = order if carers else order.filter(~pl.col("is_carer"))
    return wanted.sort("household", "is_carer", "person", "at", nulls_last=True).select("person", "at")


def _wide(order: pl.DataFrame, events: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Person and event of each row; a carer known by association has no event.

    People are fetched by their number: they stand in that order.
    """
    own = events.drop("person", "client_type", "group", "has_carer", "death").rename({"key": "event_key"})
    happened = own.select(pl.all().gather(order["at"]))
    about = people.select(pl.all().gather(order["person"]))
    rows = pl.concat([about, happened], how="horizontal")
    request = pl.col("event_type") == word("event_type", "request")
    early = request & ~pl.col("is_carer") & (share(pl.col("event_key"), "seen") >= _SEEN_BEFORE_ASSESSMENT)
    reason = pl.when(early).then(pl.lit(word("primary_support_reason", "unknown")))
    return rows.with_columns(
        primary_support_reason=pl.coalesce(reason, "primary_support_reason"),
        event_key=pl.coalesce("event_key", "key"),
    )


def _events(events: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Completed in the period, or a service that was active in it; the end of a service still to come is not known."""
    completed = pl.col("end").is_between(first, last)
    active = (pl.col("start") <= last) & (pl.col("end") >= first)
    still_open = _IS_SERVICE & (pl.col("end") > last)
    return events.filter(pl.when(_IS_SERVICE).then(active).otherwise(completed)).with_columns(
        end=pl.when(~still_open).then("end"),
        event_outcome=pl.when(still_open).then(pl.lit(word("event_outcome", "continued"))).otherwise("event_outcome"),
    )


def _known_people(people: pl.DataFrame, events: pl.DataFrame, last: int) -> pl.DataFrame:
    """People of the file: no death that is still to come, the address of those who live in a care home or prison."""
    known = people.with_columns(death=pl.when(pl.col("death") <= last).then("death")).join(
        _living_elsewhere(events), on="person", how="left", maintain_order="left"
    )
    homes = _home_postcodes(known)
    in_home = pl.col("elsewhere").is_in([word("accommodation_status", n) for n in ("nursing", "residential")])
    moved = known.with_columns(
        accommodation_status=pl.coalesce("elsewhere", "accommodation_status"),
        postcode=pl.when(in_home).then(pl.lit(homes).gather("care_home")).otherwise("postcode"),
        is_carer=pl.col("adult_1").is_not_null(),
    )
    return _linked(moved.drop("elsewhere"), events)


def _living_elsewhere(events: pl.DataFrame) -> pl.DataFrame:
    """Where people with an open place live; a nursing home goes before a care home, that before prison."""
    kinds = ("nursing", "residential")
    place = (
        pl.when(pl.col("service_component") == word("service_component", kinds[0]))
        .then(1)
        .when(pl.col("service_component") == word("service_component", kinds[1]))
        .then(2)
        .when(pl.col("service_type") == word("service_type", "prison"))
        .then(3)
    )
    here = pl.col("end").is_null() | (pl.col("end") == pl.col("death"))
    names = pl.Series([None, *(word("accommodation_status", k) for k in (*kinds, "prison"))])
    return (
        events.filter(_IS_SERVICE & here)
        .select("person", place=place)
        .drop_nulls()
        .group_by("person")
        .agg(pl.col("place").min())
        .select("person", elsewhere=pl.lit(names).gather("place"))
        .sort("person")
    )


def _home_postcodes(people: pl.DataFrame) -> pl.Series:
    """Care homes stand at addresses of the council's pool: those of the first people."""
    homes = int(number("people", "care_homes"))
    pool = people["postcode"].unique(maintain_order=True).head(homes)
    return pool.gather([at % len(pool) for at in range(homes)])


def _linked(people: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Linked people by their local identifier, those only whom the file is about, without gaps."""
    present = events.select("person").unique().sort("person").join(people, on="person", maintain_order="left")
    ids = present.select("person", id="la_person_unique_identifier")
    linked = people
    for at in (1, 2, 3):
        linked = linked.join(
            ids.rename({"person": f"adult_{at}", "id": f"id_{at}"}), on=f"adult_{at}", how="left", maintain_order="left"
        )
    found = pl.concat_list("id_1", "id_2", "id_3").list.drop_nulls()
    cared_for = pl.sum_horizontal(pl.col(f"adult_{at}").is_not_null().cast(pl.Int32) for at in (1, 2, 3))
    return linked.with_columns(
        *(found.list.get(at - 1, null_on_oob=True).alias(f"adult_{at}_linked_person_id") for at in (1, 2, 3)),
        no_of_adults_being_cared_for=pl.when("is_carer").then(cared_for.cast(pl.String)),
    ).drop("id_1", "id_2", "id_3")


def _written(rows: pl.DataFrame) -> pl.DataFrame:
    """Every cell as it is written to CSV."""
    dates = {
        "date_of_birth": pl.col("birth").cast(pl.Date),
        "date_of_death": pl.col("death").cast(pl.Date),
        "event_start_date": pl.col("start").cast(pl.Date),
        "event_end_date": pl.col("end").cast(pl.Date),
    }
    money = ("unit_cost", "planned_units_per_week")
    return rows.with_columns(
        *(expression.dt.strftime(_DAY).alias(name) for name, expression in dates.items()),
        *(_two_decimals(pl.col(name)).alias(name) for name in money),
    )


def _two_decimals(hundredths: pl.Expr) -> pl.Expr:
    cents = (hundredths % 100).cast(pl.String).str.zfill(2)
    return (hundredths // 100).cast(pl.String) + "." + cents


def _provider(council: str) -> tuple[pl.Expr, ...]:
    """The registered location: a person's own care home, or one of the council's home care providers."""
    registered = settings("words")["registered"]
    homes, others = int(number("people", "care_homes")), int(number("people", "providers"))
    locations = codes(council, "location", homes + others, "1-1", 9)
    component = pl.col("service_component")
    drawn = homes + whole(pl.col("event_key"), "provider", 0, others - 1)
    at = pl.when(component.is_in(registered["care_homes"])).then(pl.col("care_home")).otherwise(drawn)
    named = pl.when(component.is_in(registered["service_components"]))
    return (
        named.then(pl.lit(locations).gather(at)).alias("provider_cqc_location_id"),
        named.then(pl.lit("Location ") + (at + 1).cast(pl.String)).alias("provider_cqc_location_name"),
    )
