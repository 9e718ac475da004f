"""The people of a council: service users, their unpaid carers, and who lives with whom."""

from __future__ import annotations

import polars as pl

from asccld.synthetic.chance import mixed, share, spread, whole
from asccld.synthetic.choices import Weighted, number, pick, rows, word
from asccld.synthetic.identifiers import codes, drawn, local_ids, names, nhs_numbers, postcodes
from asccld.synthetic.model import Plan

KEY = pl.col("key")
IS_USER = pl.col("client_type") == word("client_type", "user")
YEAR = 365.25


def people_of(plan: Plan) -> pl.DataFrame:
    """One row per person, service users first.

    `adult_1` to `adult_3` are the numbers of the people a carer cares for; `household` orders a carer after them.
    """
    folk = _with_age(_with_roles(plan), plan)
    return _with_address(_with_details(folk), plan)


def _with_roles(plan: Plan) -> pl.DataFrame:
    users = max(1, round(plan.people * number("people", "service_users")))
    carers = plan.people - users
    person = pl.DataFrame({"person": pl.int_range(plan.people, dtype=pl.Int32, eager=True)})
    is_user = pl.col("person") < users
    at = pl.col("person") - users
    known = spread(at) < number("people", "carers_by_association")
    folk = person.with_columns(
        key=mixed(pl.col("person"), f"{plan.seed} {plan.la_code}"),
        client_type=pl.when(is_user)
        .then(pl.lit(word("client_type", "user")))
        .when(known)
        .then(pl.lit(word("client_type", "associated")))
        .otherwise(pl.lit(word("client_type", "carer"))),
        adult_1=pl.when(~is_user).then(at.cast(pl.Int64) * users // max(carers, 1)).cast(pl.Int32),
    )
    return _with_more_adults(folk, users)


def _with_more_adults(folk: pl.DataFrame, users: int) -> pl.DataFrame:
    adult, second, third = pl.col("adult_1"), number("people", "second_adult"), number("people", "third_adult")
    more = folk.with_columns(
        adult_2=pl.when((share(KEY, "second adult") < second) & (adult + 1 < users)).then(adult + 1)
    ).with_columns(
        adult_3=pl.when((share(KEY, "third adult") < third) & (pl.col("adult_2") + 1 < users)).then(adult + 2)
    )
    last = pl.max_horizontal("adult_1", "adult_2", "adult_3")
    cared_for = more.select(person=pl.col("adult_1")).drop_nulls().unique().with_columns(has_carer=pl.lit(value=True))
    return more.with_columns(household=last.fill_null(pl.col("person"))).join(
        cared_for, on="person", how="left", maintain_order="left"
    )


def _with_age(folk: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    ages = rows("ages")
    drawn_row = Weighted.of([r["role"] for r in ages], [float(r["weight"]) for r in ages])
    role = pl.when(IS_USER).then(pl.lit("user")).otherwise(pl.lit("carer"))

    def column(name: str, dtype: pl.DataType) -> pl.Expr:
        return pl.lit(pl.Series([r[name] for r in ages]).cast(dtype)).gather(pl.col("age_row"))

    aged = folk.with_columns(age_row=drawn_row.row(KEY, "age", role)).with_columns(
        group=column("group", pl.String()),
        age=whole(KEY, "years", column("low", pl.Int32()), column("high", pl.Int32())),
        rate=column("deaths_per_year", pl.Float64()),
    )
    begin = plan.first_day - int(number("days", "lead"))
    birth = pl.lit(plan.first_day) - (pl.col("age") * YEAR).floor() - whole(KEY, "birthday", 1, 364)
    lifetime = (1 - share(KEY, "death")).log() / pl.col("rate") * -YEAR
    death = begin + lifetime.floor()
    alive = (death > plan.last_day + YEAR) | (pl.col("client_type") == word("client_type", "associated"))
    return aged.with_columns(birth=birth.cast(pl.Int32), death=pl.when(~alive).then(death).cast(pl.Int32)).drop(
        "age_row", "age", "rate"
    )


def _with_details(folk: pl.DataFrame) -> pl.DataFrame:
    group = pl.col("group")
    basic = folk.with_columns(
        pick("gender", KEY, group),
        pick("ethnicity", KEY),
        pick("primary_support_reason", KEY, group),
        pick("accommodation_status", KEY, group),
        pl.coalesce(pl.when("has_carer").then(pl.lit(word("has_unpaid_carer", "with_carer"))), _has_carer()).alias(
            "has_unpaid_carer"
        ),
    )
    reason = pl.col("primary_support_reason")
    learning, memory = word("primary_support_reason", "learning_disability"), word("primary_support_reason", "memory")
    working = pl.when(group.is_in(["young", "working"])).then(pl.lit("working")).otherwise(pl.lit("older"))
    kind_of_work = (
        pl.when(~IS_USER)
        .then(group)
        .when((reason == learning) & (working == "working"))
        .then(pl.lit("learning disability"))
        .otherwise(working)
    )
    sensory = _group_of(reason.str.starts_with("Sensory"), "sensory")
    return basic.with_columns(
        pick("employment_status", KEY, kind_of_work),
        _users_only(pick("autism_spectrum_disorder_asd", KEY, _group_of(reason == learning, learning))),
        _users_only(pick("dementia", KEY, _group_of(reason == memory, memory))),
        _users_only(pick("visual_impairment", KEY, sensory)),
        _users_only(pick("hearing_impairment", KEY, sensory)),
        _users_only(pick("client_funding_status", KEY, pl.when(IS_USER).then(group).otherwise(pl.lit("older")))),
        pl.when(~IS_USER).then(pick("total_hrs_caring_per_week", KEY)).alias("total_hrs_caring_per_week"),
        (spread(pl.col("person"), 0.5) < number("people", "existing_clients")).alias("existing") & IS_USER,
    )


def _has_carer() -> pl.Expr:
    return pick("has_unpaid_carer", KEY)


def _group_of(condition: pl.Expr, name: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(name)).otherwise(pl.lit("other"))


def _users_only(drawn_value: pl.Expr) -> pl.Expr:
    return pl.when(IS_USER).then(drawn_value).alias(drawn_value.meta.output_name())


def _with_address(folk: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    pool = postcodes(plan.la_code, int(number("people", "postcodes")))
    practices = codes(plan.la_code, "practice", int(number("people", "gp_practices")), "Y9", 4)
    surgery = pl.lit(names("last")).gather(pl.col("practice") % len(names("last")))
    female = pl.col("gender") == "Female"
    own = folk.with_columns(
        practice=whole(KEY, "practice", 0, len(practices) - 1),
        nhs_number=nhs_numbers(pl.col("person"), plan.people_before, plan.people),
        la_person_unique_identifier=local_ids(pl.col("person")),
        first_name=pl.when(female)
        .then(drawn(names("Female"), KEY, "first"))
        .otherwise(drawn(names("Male"), KEY, "first")),
        last_name=drawn(names("last"), KEY, "last"),
        postcode=drawn(pool, KEY, "postcode"),
        care_home=whole(KEY, "care home", 0, int(number("people", "care_homes")) - 1),
    ).with_columns(
        gp_practice_code=pl.lit(practices).gather(pl.col("practice")),
        gp_practice_name=pl.concat_str(pl.lit("The "), surgery, pl.lit(" Practice")),
    )
    return _with_shared_address(own).drop("practice")


def _with_shared_address(folk: pl.DataFrame) -> pl.DataFrame:
    """A carer mostly lives with, and is named like, the person cared for."""
    other = folk.select(adult_1=pl.col("person"), their_postcode=pl.col("postcode"), their_name=pl.col("last_name"))
    together = share(KEY, "together") < number("people", "lives_with")
    related = share(KEY, "related") < number("people", "same_name")
    return (
        folk.join(other, on="adult_1", how="left", maintain_order="left")
        .with_columns(
            postcode=pl.when(together).then(pl.coalesce("their_postcode", "postcode")).otherwise("postcode"),
            last_name=pl.when(related).then(pl.coalesce("their_name", "last_name")).otherwise("last_name"),
        )
        .drop("their_postcode", "their_name")
    )
