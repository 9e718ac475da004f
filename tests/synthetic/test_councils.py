"""Made-up submissions keep what the standard and common sense ask of them, in every release and for every seed."""

from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.synthetic import Submission, make_councils
from asccld.synthetic.where import holds

STANDARD = load_standard()
RELEASES = tuple(STANDARD.releases)
DAY = "%d/%m/%Y"
PERSON = ("nhs_number", "gender", "ethnicity", "date_of_birth", "date_of_death", "postcode")
LINKED = tuple(f"adult_{n}_linked_person_id" for n in (1, 2, 3))
EVENT_DETAILS = (
    "event_start_date", "request_route_of_access", "assessment_type", "eligible_needs_identified", "service_type",
    "service_component", "delivery_mechanism", "review_reason", "review_outcomes_achieved", "event_description",
)  # fmt: skip


def named(submission: Submission) -> pl.DataFrame:
    """The file with columns named as in the standard."""
    headers = STANDARD.releases[submission.release].headers
    return submission.frame.rename({header: name for name, header in headers.items()})


def day(name: str) -> pl.Expr:
    return pl.col(name).str.to_date(DAY)


@cache
def made(release: str, quarters: int = 4, people: int = 600, councils: int = 2) -> tuple[Submission, ...]:
    return tuple(make_councils(councils=councils, people=people, quarters=quarters, release=release, seed=11))


def one(release: str, seed: int, people: int = 120) -> tuple[Submission, pl.DataFrame]:
    submission = next(iter(make_councils(people=people, release=release, seed=seed)))
    return submission, named(submission)


any_release = pytest.mark.parametrize("release", RELEASES)
seeds = given(release=st.sampled_from(RELEASES), seed=st.integers(1, 10_000))
patient = hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# ---- shape


@any_release
def test_a_file_has_the_headers_of_its_release_in_order_and_only_text(release: str) -> None:
    for submission in made(release):
        assert tuple(submission.frame.columns) == tuple(STANDARD.releases[release].headers.values())
        assert set(submission.frame.dtypes) == {pl.String}


@any_release
def test_files_are_of_rolling_years_three_months_apart(release: str) -> None:
    first = [s for s in made(release) if s.la_code == made(release)[0].la_code]
    ends = [s.period_end for s in first]
    assert len(set(ends)) == 4
    assert ends == sorted(ends)
    for submission in first:
        assert (submission.period_start.day, submission.period_end.month % 3) == (1, 0)
        assert 364 <= (submission.period_end - submission.period_start).days <= 365
        assert 0 < (submission.received - submission.period_end).days <= 31


def test_the_release_is_in_force_for_its_last_period() -> None:
    assert [made(r)[3].period_end for r in RELEASES] == [date(2023, 3, 31), date(2025, 6, 30), date(2026, 3, 31)]


def test_councils_are_current_ones_of_the_register() -> None:
    codes = {s.la_code for s in made("r2")}
    assert len(codes) == 2
    assert {STANDARD.council_by_code[c].status for c in codes} == {"current"}


def test_a_file_name_tells_council_release_and_period() -> None:
    submission = made("r2")[0]
    assert submission.file_name == f"{submission.la_code}_r2_20240701_20250630.csv"


@any_release
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(release: str) -> None:
    def written(seed: int) -> list[str]:
        return [s.frame.write_csv() for s in make_councils(people=80, quarters=2, release=release, seed=seed)]

    assert written(5) == written(5)
    assert written(5) != written(6)


def test_threads_do_not_matter() -> None:
    """A council made alone is the same as one made after another."""
    both = {s.la_code: s.frame for s in make_councils(councils=2, people=80, seed=3)}
    alone = next(iter(make_councils(councils=1, people=80, seed=3)))
    assert both[alone.la_code].equals(alone.frame)


def test_rows_are_as_many_as_asked_for() -> None:
    assert [s.frame.height for s in make_councils(rows=2345, seed=4)] == [2345]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"councils": 500}, "1 to 1"),
        ({"quarters": 0}, "at least one"),
        ({"release": "r7"}, "v5, r1, r2"),
        ({"people": 10**6}, "spread"),
    ],
)
def test_what_cannot_be_made_is_refused(wrong: dict[str, int], told: str) -> None:
    with pytest.raises(AsccldError, match=told):
        list(make_councils(**wrong))  # type: ignore[arg-type]


# ---- values


@patient
@seeds
def test_listed_values_come_from_the_lists(release: str, seed: int) -> None:
    _, frame = one(release, seed)
    for field in STANDARD.releases[release].fields:
        found = STANDARD.releases[release].list_of(field.name)
        if found is not None and found.values:
            assert set(frame[field.name].drop_nulls()) <= set(found.texts), field.name


@patient
@seeds
def test_mandatory_cells_are_filled_and_others_blank_where_they_do_not_apply(release: str, seed: int) -> None:
    _, frame = one(release, seed)
    for field in STANDARD.releases[release].fields:
        applies, must = (holds(c, frame.columns) for c in (field.applicable_when, field.mandatory_when))
        blank = pl.col(field.name).is_null()
        assert frame.filter(applies & must & blank).is_empty(), field.name
        assert frame.filter(~applies & ~blank).is_empty(), field.name


@patient
@seeds
def test_dates_are_in_order(release: str, seed: int) -> None:
    submission, frame = one(release, seed)
    start, end = day("event_start_date"), day("event_end_date")
    service = pl.col("event_type") == "Service"
    wrong = {
        "start after end": start > end,
        "start after death": start > day("date_of_death"),
        "end after death": end > day("date_of_death"),
        "open after death": pl.col("date_of_death").is_not_null() & pl.col("event_end_date").is_null(),
        "born too late": day("date_of_birth") > start,
        "not begun": start > submission.period_end,
        "over before": end < submission.period_start,
        "over after": end > submission.period_end,
        "unfinished": ~service & pl.col("event_type").is_not_null() & pl.col("event_end_date").is_null(),
        "death not known yet": day("date_of_death") > submission.period_end,
    }
    assert {
        name: n for name, n in frame.select(e.sum().alias(k) for k, e in wrong.items()).row(0, named=True).items() if n
    } == {}


@patient
@seeds
def test_a_person_is_the_same_on_all_rows(release: str, seed: int) -> None:
    _, frame = one(release, seed)
    kinds = frame.group_by("la_person_unique_identifier").agg(pl.col(PERSON).n_unique())
    assert kinds.select(pl.col(PERSON).max()).row(0) == (1,) * len(PERSON)
    assert frame["nhs_number"].n_unique() == frame["la_person_unique_identifier"].n_unique()


@patient
@given(release=st.sampled_from(["r1", "r2"]), seed=st.integers(1, 10_000))
def test_linked_people_are_service_users_of_the_file(release: str, seed: int) -> None:
    _, frame = one(release, seed)
    users = frame.filter(pl.col("client_type").str.to_lowercase() == "service user")
    linked = frame.unpivot(on=LINKED, index="la_person_unique_identifier")["value"].drop_nulls()
    assert linked.len() > 0
    assert linked.is_in(users["la_person_unique_identifier"].implode()).all()
    assert frame.filter(pl.col(LINKED[0]).is_null() & pl.col(LINKED[1]).is_not_null()).is_empty()


@patient
@seeds
def test_events_are_there_once(release: str, seed: int) -> None:
    _, frame = one(release, seed)
    events = frame.filter(pl.col("event_type").is_not_null())
    assert events["event_reference"].n_unique() == events.height
    person = [c for c in ("nhs_number", "client_type", "event_type") if c in frame.columns]
    details = ["event_start_date", "request_route_of_access", "assessment_type", "service_type", "service_component"]
    reviews = ["review_reason"]
    assert events.select(*person, *details, *reviews).is_duplicated().sum() == 0


@any_release
def test_carers_known_by_association_have_links_and_no_event(release: str) -> None:
    frame = named(made(release)[0])
    if "client_type" not in frame.columns:
        return
    known = frame.filter(pl.col("client_type").str.contains("association"))
    assert known.height > 10
    assert known["adult_1_linked_person_id"].null_count() == 0
    assert known.select(pl.col(EVENT_DETAILS).count()).row(0) == (0,) * len(EVENT_DETAILS)


@any_release
def test_residents_of_care_homes_live_there(release: str) -> None:
    frame = named(made(release)[3])
    living = pl.col("service_component").str.to_lowercase() == "long term residential care"
    here = frame.filter(living & pl.col("event_end_date").is_null())
    assert here.height > 10
    assert set(here["accommodation_status"]) <= {"Registered care home", "Registered nursing home"}


@any_release
def test_some_descriptions_tell_of_a_conversation(release: str) -> None:
    told = named(made(release)[0])["event_description"].str.contains("conversation").fill_null(value=False)
    assert 0.02 < float(told.mean()) < 0.5  # type: ignore[arg-type]


@any_release
def test_every_month_has_every_type_of_event(release: str) -> None:
    for submission in made(release):
        ended = named(submission).drop_nulls("event_end_date")
        months = ended.group_by("event_type").agg(pl.col("event_end_date").str.slice(3).n_unique())
        assert sorted(months.iter_rows()) == [(t, 12) for t in ("Assessment", "Request", "Review", "Service")]


def test_ages_are_those_of_adult_social_care() -> None:
    submission = made("r2")[0]
    people = named(submission).unique("la_person_unique_identifier", maintain_order=True)
    ages = people.filter(pl.col("client_type") == "Service user").select(
        age=(pl.lit(submission.period_end) - day("date_of_birth")).dt.total_days() // 365.25
    )["age"]
    assert (ages >= 18).all()
    assert 0.35 < float((ages >= 75).mean()) < 0.65  # type: ignore[arg-type]


# ---- files of one council agree with each other


@any_release
def test_the_same_event_is_the_same_in_every_file(release: str) -> None:
    code = made(release)[0].la_code
    files = [named(s) for s in made(release) if s.la_code == code]
    columns = [
        c for c in (*EVENT_DETAILS, "unit_cost", "la_person_unique_identifier", "nhs_number") if c in files[0].columns
    ]
    rows = pl.concat(
        [f.filter(pl.col("event_reference").is_not_null()).select("event_reference", *columns) for f in files]
    )
    assert rows.height > 1.5 * rows["event_reference"].n_unique()
    assert rows.unique().height == rows["event_reference"].n_unique()


@any_release
def test_a_later_file_knows_more_and_nothing_else(release: str) -> None:
    """An end that was known stays; a service that was open is open or ended after the earlier period."""
    earlier, later = (made(release)[n] for n in (2, 3))
    columns = ["event_reference", "event_type", "event_end_date", "event_outcome"]
    both = (
        named(earlier)
        .select(columns)
        .drop_nulls("event_reference")
        .join(named(later).select(columns), on="event_reference", suffix="_later")
    )
    ended = both.filter(pl.col("event_end_date").is_not_null())
    assert ended.filter(pl.col("event_end_date").ne_missing(pl.col("event_end_date_later"))).is_empty()
    assert ended.filter(pl.col("event_outcome").ne_missing(pl.col("event_outcome_later"))).is_empty()
    was_open = both.filter(pl.col("event_end_date").is_null() & pl.col("event_end_date_later").is_not_null())
    assert was_open.height > 0
    assert was_open.filter(day("event_end_date_later") <= earlier.period_end).is_empty()


@any_release
def test_an_event_of_the_shared_months_is_in_both_files(release: str) -> None:
    earlier, later = (made(release)[n] for n in (2, 3))
    inside = pl.col("event_end_date").str.to_date(DAY).is_between(later.period_start, earlier.period_end)
    references = [set(named(s).filter(inside)["event_reference"]) for s in (earlier, later)]
    assert references[0] == references[1]
    assert len(references[0]) > 100


@pytest.mark.parametrize("end", [date(2026, 2, 15), date(2026, 3, 30), date(2026, 2, 28)])
def test_a_day_that_ends_no_quarter_is_refused(end: date) -> None:
    with pytest.raises(AsccldError, match="is not the end of a quarter"):
        next(make_councils(people=10, last_period_end=end))
